"""The best labels of many sentences and the probabilities of all, by numpy: the sentences are walked through in step.

The tokens of a step lie side by side, in the same order of sentences at each step (the longest first), so that a step
and the one before it are two slices. All arrays here have a row a token, sentence after sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Steps:
    """`place` says where each token goes, `bounds` where the tokens of each step begin; the end comes last."""

    place: Numbers
    bounds: list[int]

    def packed(self, rows: Scores) -> Scores:
        """The rows as columns, in the order of the steps."""
        columns = np.empty(rows.shape[::-1], rows.dtype)
        columns[:, self.place] = rows.T
        return columns


def _steps(lengths: Numbers) -> _Steps:
    order = np.argsort(-lengths, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    step_count = int(lengths.max(initial=0))
    bounds = np.zeros(step_count + 1, np.int64)
    np.cumsum(np.searchsorted(-lengths[order], -np.arange(step_count), side="left"), out=bounds[1:])
    ends = lengths.cumsum()
    step = np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)
    return _Steps(bounds[step] + np.repeat(rank, lengths), bounds.tolist())


def viterbi(scores: Scores, lengths: Numbers, transitions: Scores) -> Numbers:
    """The label of each token on the best path of its sentence.

    `scores` are those of the tokens for each label, `lengths` the tokens of each sentence; `transitions[i, j]` scores
    label j after label i.
    """
    steps = _steps(lengths)
    best, bounds = steps.packed(scores), steps.bounds
    moves = np.ascontiguousarray(transitions)[:, :, None]
    for before, start, end in zip(bounds, bounds[1:], bounds[2:], strict=False):
        options = best[:, None, before : before + end - start] + moves
        best[:, start:end] += options.max(axis=0)
    labels = np.zeros(len(scores), np.int64)
    following = labels[:0]
    for start, end in zip(bounds[-2::-1], bounds[:0:-1], strict=True):
        options = best[:, start:end]
        if len(following):
            options[:, : len(following)] += transitions[:, following]
        following = labels[start:end] = options.argmax(axis=0)
    found: Numbers = labels[steps.place]
    return found


def forward_backward(scores: Scores, lengths: Numbers, transitions: Scores) -> Scores:
    """The probability of each label (columns) of each token (rows); arguments as of `viterbi`."""
    steps = _steps(lengths)
    chances, bounds = steps.packed(np.exp(scores - scores.max(axis=1, keepdims=True))), steps.bounds
    moves: Scores = np.exp(transitions)
    onwards = np.ascontiguousarray(moves.T)
    found = np.empty_like(chances)  # forward, then times backward
    backward = np.ones_like(chances)  # a sentence's backward pass begins at its own last token
    before = 0
    for start, end in pairwise(bounds):
        row = chances[:, start:end]
        if start:
            row = row * (onwards @ found[:, before : before + end - start])
        np.divide(row, row.sum(axis=0), out=found[:, start:end])
        before = start
    for before, start, end in reversed(list(zip(bounds, bounds[1:], bounds[2:], strict=False))):
        row = moves @ (backward[:, start:end] * chances[:, start:end])
        np.divide(row, row.sum(axis=0), out=backward[:, before : before + end - start])
    found *= backward
    found /= found.sum(axis=0)
    rows: Scores = found.T[steps.place]
    return rows

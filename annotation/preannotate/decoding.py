"""The probabilities of the labels of many sentences, by numpy: the sentences are walked through in step.

The tokens of a step lie side by side, in the same order of sentences at each step (the longest first), so that a step
and the one before it are two slices. Scores and probabilities have a row a label and a column a token, sentence after
sentence: numpy is fast along rows.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def _steps(lengths: Numbers) -> tuple[Numbers, Numbers, list[int]]:
    """Where each token goes, where it goes if sentences are read backwards, and where the steps begin and end."""
    order = np.argsort(-lengths, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    step_count = int(lengths.max(initial=0))
    bounds = np.zeros(step_count + 1, np.int64)
    np.cumsum(np.searchsorted(-lengths[order], -np.arange(step_count), side="left"), out=bounds[1:])
    ends = lengths.cumsum()
    after = np.repeat(ends, lengths) - np.arange(int(lengths.sum()))  # tokens to the end, itself included
    of_sentence = np.repeat(rank, lengths)
    return bounds[np.repeat(lengths, lengths) - after] + of_sentence, bounds[after - 1] + of_sentence, bounds.tolist()


def forward_backward(scores: Scores, lengths: Numbers, transitions: Scores) -> Scores:
    """The probability of each label of each token.

    `scores` are those of the tokens for each label, `lengths` the tokens of each sentence; `transitions[i, j]` scores
    label j after label i. Both passes are walked in one: the backward pass is a forward pass over reversed sentences.
    """
    places = _steps(lengths)
    bounds = places[-1]
    chances: Scores = scores - scores.max(axis=0)
    np.exp(chances, out=chances)
    both = np.empty((2, *scores.shape), np.float32)
    for way, place in zip(both, places[:2], strict=True):
        source = np.empty_like(place)
        source[place] = np.arange(len(place))
        chances.take(source, axis=1, out=way, mode="clip")  # "clip": straight into `out`; all indices are in range
    moves = np.exp(transitions)
    onwards = np.stack([moves.T, moves])
    heard = np.ones_like(both)  # what the tokens before say of each; of the first nothing
    state = both[:, :, : bounds[:2][-1]]
    for start, end in pairwise(bounds[1:]):
        here = heard[:, :, start:end] = onwards @ state[:, :, : end - start]
        state = both[:, :, start:end] * here
        state /= state.sum(axis=1, keepdims=True)
    for way, place in zip(heard, places[:2], strict=True):
        chances *= way.take(place, axis=1)
    chances /= chances.sum(axis=0)
    return chances

"""A linear-chain tagger whose emissions are sums of cached per-word vectors, decoded for many sentences at once.

The model is a conditional random field trained elsewhere (`training.entities`). At run time, a word form's features
are looked up once; what it adds to the label scores of the token at each offset is one row of a growing table. A
batch is then five table look-ups a token and a Viterbi pass over sentences padded to similar lengths, all in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.features import OFFSETS, FeatureExtractor

_PADDED = 64  # sentences decoded together: sorted by length, so that little is padded
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: `rows[i]` are the weights of `features[i]` for each offset and label."""

    labels: tuple[str, ...]
    feature_rows: dict[str, int]
    rows: Scores
    transitions: Scores


@dataclass(frozen=True, slots=True)
class Tagged:
    """The tags of a sentence and, per token, the probability of its tag (a softmax over the path's alternatives)."""

    tags: list[str]
    probabilities: list[float]


class SequenceTagger:
    """Tags sentences of word forms. Not safe to share between threads (it grows its cache)."""

    def __init__(self, weights: Weights, extractor: FeatureExtractor) -> None:
        self.labels = weights.labels
        self._weights = weights
        self.extractor = extractor
        self._ids: dict[str, int] = {"": 0}
        shape = (1024, len(OFFSETS), len(weights.labels))
        self._table: Scores = np.zeros(shape, dtype=np.float32)

    def emissions(self, sentences: Sequence[Sequence[str]]) -> list[Scores]:
        """For each sentence, the scores of its tokens (rows) for each label (columns)."""
        flat, bounds = self._form_ids(sentences)
        reach = max(OFFSETS)
        total = np.zeros((len(flat), len(self.labels)), dtype=np.float32)
        inner = np.arange(reach, len(flat) - reach)
        for column, offset in enumerate(OFFSETS):
            total[inner] += self._table[flat[inner + offset], column]
        return [total[start:end] for start, end in bounds]

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[int]]:
        """The best label numbers of each sentence."""
        return self.decode(self.emissions(sentences))

    def decode(self, emissions: Sequence[Scores]) -> list[list[int]]:
        """The best label numbers of each sentence of emissions."""
        order = sorted(range(len(emissions)), key=lambda index: len(emissions[index]))
        paths: list[list[int]] = [[] for _ in emissions]
        for first in range(0, len(order), _PADDED):
            group = order[first : first + _PADDED]
            for index, path in zip(
                group, viterbi([emissions[i] for i in group], self._weights.transitions), strict=True
            ):
                paths[index] = path
        return paths

    def marginals(self, emissions: Sequence[Scores]) -> list[Scores]:
        """For each sentence, each token's label probabilities (forward-backward)."""
        order = sorted(range(len(emissions)), key=lambda index: len(emissions[index]))
        found: list[Scores] = [np.zeros((0, len(self.labels)), dtype=np.float32)] * len(emissions)
        for first in range(0, len(order), _PADDED):
            group = order[first : first + _PADDED]
            rows = forward_backward([emissions[i] for i in group], self._weights.transitions)
            for index, row in zip(group, rows, strict=True):
                found[index] = row
        return found

    def _form_ids(self, sentences: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
        """All forms as table rows, with empty rows between sentences so that no neighbour is seen across them."""
        ids = self._ids
        reach = max(OFFSETS)
        flat: list[int] = [0] * reach
        bounds = []
        for sentence in sentences:
            start = len(flat)
            for form in sentence:
                number = ids.get(form)
                flat.append(self._learn(form) if number is None else number)
            bounds.append((start, len(flat)))
            flat.extend([0] * reach)
        return np.array(flat, dtype=np.int64), bounds

    def _learn(self, form: str) -> int:
        number = len(self._ids)
        if number == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        known = self._weights.feature_rows
        rows = [known[feature] for feature in self.extractor.features(form) if feature in known]
        self._table[number] = self._weights.rows[rows].sum(axis=0)
        self._ids[form] = number
        return number


def _padded(emissions: Sequence[Scores]) -> tuple[Scores, NDArray[np.int64]]:
    lengths = np.array([len(rows) for rows in emissions], dtype=np.int64)
    padded = np.zeros((int(lengths.max(initial=0)), len(emissions), emissions[0].shape[1]), dtype=np.float32)
    for index, rows in enumerate(emissions):
        padded[: len(rows), index] = rows
    return padded, lengths


def viterbi(emissions: Sequence[Scores], transitions: Scores) -> list[list[int]]:
    """The best path of each sentence. `transitions[i, j]` scores label j after label i."""
    padded, lengths = _padded(emissions)
    steps, count, width = padded.shape
    if not steps:
        return [[] for _ in emissions]
    back = np.zeros((steps, count, width), dtype=np.int8)
    score = padded[0]
    final = score.copy()
    for step in range(1, steps):
        options = score[:, :, None] + transitions[None]
        back[step] = options.argmax(axis=1)
        score = options.max(axis=1) + padded[step]
        alive = lengths > step
        final[alive] = score[alive]
    state = final.argmax(axis=1)
    paths = np.zeros((steps, count), dtype=np.int64)
    everyone = np.arange(count)
    for step in range(steps - 1, -1, -1):
        paths[step] = state
        inside = lengths > step
        previous = back[step, everyone, state]
        state = np.where(inside, previous, state) if step else state
    return [paths[:length, index].tolist() for index, length in enumerate(lengths)]


def forward_backward(emissions: Sequence[Scores], transitions: Scores) -> list[Scores]:
    """Each token's label probabilities, for each sentence."""
    padded, lengths = _padded(emissions)
    steps, count, width = padded.shape
    if not steps:
        return [rows for rows in emissions]
    shift = padded.max(axis=2, keepdims=True)
    emission = np.exp((padded - shift).astype(np.float64))
    moves = np.exp(transitions.astype(np.float64))
    forward: NDArray[np.float64] = np.zeros((steps, count, width))
    forward[0] = emission[0] / emission[0].sum(axis=1, keepdims=True)
    for step in range(1, steps):
        row = (forward[step - 1] @ moves) * emission[step]
        forward[step] = row / row.sum(axis=1, keepdims=True)
    backward: NDArray[np.float64] = np.ones((count, width))
    found = np.zeros((steps, count, width))
    for step in range(steps - 1, -1, -1):
        product = forward[step] * backward
        found[step] = product / product.sum(axis=1, keepdims=True)
        row = (backward * emission[step]) @ moves.T
        row /= row.sum(axis=1, keepdims=True)
        # A sentence's backward pass begins at its own last token.
        backward = np.where((lengths > step)[:, None], row, 1.0)
    return [found[:length, index].astype(np.float32) for index, length in enumerate(lengths)]

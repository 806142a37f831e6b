"""A linear-chain tagger whose emissions are sums of cached per-word vectors, decoded for many sentences at once.

The model is a conditional random field trained elsewhere (`training.entities`). At run time, a word form's features
are looked up once; what it adds to the label scores of the token at each offset is one row of a growing table. A
batch is then five table look-ups a token and a Viterbi pass over all sentences in step, all in numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.features import OFFSETS, FeatureExtractor
from annotation.preannotate.forms import Forms

_TOGETHER = 1024  # sentences decoded together: bounds the memory
_LEARNT_TOGETHER = 1024  # new forms added up together: bounds the memory
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
    """Tags sentences of word forms. Not safe to share between threads (it grows its table)."""

    def __init__(self, weights: Weights, extractor: FeatureExtractor, forms: Forms | None = None) -> None:
        self.labels = weights.labels
        self._weights = weights
        self.extractor = extractor
        self._forms = forms or Forms()
        self._learnt = 1  # forms in the table; the first row is that of no form
        shape = (1024, len(OFFSETS), len(weights.labels))
        self._table: Scores = np.zeros(shape, dtype=np.float32)

    def emissions(self, sentences: Sequence[Sequence[str]]) -> list[Scores]:
        """For each sentence of forms, the scores of its tokens (rows) for each label (columns)."""
        return self.numbered_emissions([self._forms.numbers(sentence) for sentence in sentences])

    def numbered_emissions(self, sentences: Sequence[Sequence[int]]) -> list[Scores]:
        """As `emissions`, for sentences of form numbers."""
        self._learn()
        reach = max(OFFSETS)
        bounds = []
        padded = [0] * reach  # between sentences too, so that no neighbour is seen across them
        for sentence in sentences:
            bounds.append((len(padded), len(padded) + len(sentence)))
            padded += sentence
            padded += [0] * reach
        flat = np.array(padded, dtype=np.int64)
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
        return [path for group in _groups(emissions) for path in viterbi(group, self._weights.transitions)]

    def marginals(self, emissions: Sequence[Scores]) -> list[Scores]:
        """For each sentence, each token's label probabilities (forward-backward)."""
        return [rows for group in _groups(emissions) for rows in forward_backward(group, self._weights.transitions)]

    def _learn(self) -> None:
        """Adds the rows of the forms that are new."""
        known = self._weights.feature_rows
        new = self._forms.known[self._learnt :]
        while self._learnt + len(new) > len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        for first in range(0, len(new), _LEARNT_TOGETHER):
            rows: list[int] = []
            begins: dict[int, int] = {}
            for number, form in enumerate(new[first : first + _LEARNT_TOGETHER], self._learnt + first):
                found = [known[feature] for feature in self.extractor.features(form) if feature in known]
                if found:
                    begins[number] = len(rows)
                    rows += found
            if rows:
                self._table[list(begins)] = np.add.reduceat(self._weights.rows[rows], list(begins.values()))
        self._learnt += len(new)


def _groups(emissions: Sequence[Scores]) -> Iterator[Sequence[Scores]]:
    for first in range(0, len(emissions), _TOGETHER):
        yield emissions[first : first + _TOGETHER]


class _Columns:
    """Sentences to be walked through in step, the longest first: at each step those that are not over yet.

    `scores` has a column a token, sentence after sentence as they were given.
    """

    def __init__(self, emissions: Sequence[Scores]) -> None:
        lengths = np.array([len(rows) for rows in emissions], dtype=np.int64)
        ends = lengths.cumsum()
        self.ranges = list(zip((ends - lengths).tolist(), ends.tolist(), strict=True))
        order = np.argsort(-lengths, kind="stable")
        self._starts = (ends - lengths)[order]
        self.steps = int(lengths.max(initial=0))
        self._alive = np.searchsorted(-lengths[order], -np.arange(self.steps), side="left").tolist()
        self.scores: Scores = np.ascontiguousarray(np.concatenate([*emissions]).T)

    def tokens(self, step: int) -> NDArray[np.int64]:
        """The tokens of a step, by their columns."""
        tokens: NDArray[np.int64] = self._starts[: self._alive[step]] + step
        return tokens


def viterbi(emissions: Sequence[Scores], transitions: Scores) -> list[list[int]]:
    """The best path of each sentence. `transitions[i, j]` scores label j after label i."""
    if not any(map(len, emissions)):
        return [[] for _ in emissions]
    columns = _Columns(emissions)
    best = columns.scores.copy()
    reached = best[:, columns.tokens(0)]
    for step in range(1, columns.steps):
        tokens = columns.tokens(step)
        options = reached[:, None, : len(tokens)] + transitions[:, :, None]
        reached = options.max(axis=0) + columns.scores[:, tokens]
        best[:, tokens] = reached
    labels = np.zeros(best.shape[1], dtype=np.int64)
    for step in range(columns.steps - 1, -1, -1):
        tokens = columns.tokens(step)
        options = best[:, tokens]
        if step + 1 < columns.steps:
            following = columns.tokens(step + 1)
            options[:, : len(following)] += transitions[:, labels[following]]
        labels[tokens] = options.argmax(axis=0)
    return [labels[start:end].tolist() for start, end in columns.ranges]


def forward_backward(emissions: Sequence[Scores], transitions: Scores) -> list[Scores]:
    """Each token's label probabilities, for each sentence."""
    if not any(map(len, emissions)):
        return [rows for rows in emissions]
    columns = _Columns(emissions)
    emission = np.exp((columns.scores - columns.scores.max(axis=0)).astype(np.float64))
    moves = np.exp(transitions.astype(np.float64))
    forward = np.zeros_like(emission)
    for step in range(columns.steps):
        tokens = columns.tokens(step)
        row = emission[:, tokens]
        if step:
            row *= moves.T @ forward[:, tokens - 1]
        forward[:, tokens] = row / row.sum(axis=0)
    found = np.zeros(emission.shape, dtype=np.float32)
    backward = np.ones((len(emission), len(emissions)))
    for step in range(columns.steps - 1, -1, -1):
        tokens = columns.tokens(step)
        after = backward[:, : len(tokens)]  # a sentence's backward pass begins at its own last token
        product = forward[:, tokens] * after
        found[:, tokens] = product / product.sum(axis=0)
        row = moves @ (after * emission[:, tokens])
        backward[:, : len(tokens)] = row / row.sum(axis=0)
    return [found[:, start:end].T for start, end in columns.ranges]

"""A linear-chain tagger whose emissions are sums of cached per-word vectors, decoded for many sentences at once.

The model is a conditional random field trained elsewhere (`training.entities`). At run time, a word form's features
are looked up once; what it adds to the label scores of the token at each offset is one row of a growing table. A
batch is then five table look-ups a token and a Viterbi pass over all sentences in step, all in numpy. Two more
passes over the sentences with words that the article repeats weigh what the pass before made of them (`elsewhere.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate import elsewhere
from annotation.preannotate.features import OFFSETS, FeatureExtractor
from annotation.preannotate.forms import Forms

_TOGETHER = 1024  # sentences decoded together: bounds the memory
_LEARNT_TOGETHER = 1024  # new forms added up together: bounds the memory
_FURTHER_LOOKS = 2
_NEWS = 0.01  # a change of a label's score below which a sentence is not looked at again
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: `rows[i]` are the weights of `features[i]` for each offset and label.

    `elsewhere[i]` are those of the columns of `elsewhere.evidence`, for the token itself; None: one pass only.
    """

    labels: tuple[str, ...]
    feature_rows: dict[str, int]
    rows: Scores
    transitions: Scores
    elsewhere: Scores | None = None


@dataclass(slots=True)
class Judged:
    """The best label numbers of a sentence, and each token's label probabilities where any names one (else None)."""

    path: list[int]
    marginals: Scores | None


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
        self._stem_numbers: dict[str, int] = {}
        self._stems: list[int] = []
        self._members = elsewhere.members(weights.labels)

    def renumbered(self, forms: Forms) -> SequenceTagger:
        """The same tagger with an empty table, for another numbering of forms."""
        return SequenceTagger(self._weights, self.extractor, forms)

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

    def judge(self, sentences: Sequence[Sequence[int]], documents: Sequence[int]) -> list[Judged]:
        """The labels of sentences of form numbers; `documents` says, for each, which document it belongs to."""
        emissions = self.numbered_emissions(sentences)
        judged = self._judge(emissions)
        weights = self._weights.elsewhere
        if weights is None or not emissions:
            return judged
        ends = np.cumsum([len(rows) for rows in emissions])
        before = np.zeros((ends[-1], len(self.labels)), np.float32)
        for _ in range(_FURTHER_LOOKS):
            tokens, rows = self.evidence(sentences, documents, judged)
            changes = np.zeros_like(before)
            changes[tokens] = rows @ weights
            news = np.flatnonzero(np.abs(changes - before).max(axis=1) > _NEWS)
            again = np.unique(np.searchsorted(ends, news, side="right")).tolist()
            before = changes
            looked = self._judge([emissions[n] + changes[ends[n] - len(emissions[n]) : ends[n]] for n in again])
            for number, each in zip(again, looked, strict=True):
                judged[number] = each
        return judged

    def evidence(
        self, sentences: Sequence[Sequence[int]], documents: Sequence[int], judged: Sequence[Judged]
    ) -> tuple[NDArray[np.int64], Scores]:
        """What a first pass says of words near by: tokens (all in a row), and a row of evidence for each."""
        for form in self._forms.known[len(self._stems) :]:
            stem = self.extractor.stem(form) if form[:1].isalpha() else ""
            known = self._stem_numbers
            number = known.setdefault(stem, len(known)) if len(stem) >= elsewhere.SHORTEST else elsewhere.NOWHERE
            self._stems.append(number)
        stems = np.array(self._stems)[np.array([number for each in sentences for number in each], dtype=np.int64)]
        sentence = np.repeat(np.arange(len(sentences)), [len(each) for each in sentences])
        document = np.array(documents, dtype=np.int64)[sentence]
        words = np.where(stems == elsewhere.NOWHERE, elsewhere.NOWHERE, stems + (document << 32))
        return elsewhere.evidence(words, sentence, self._shares(judged))

    def _shares(self, judged: Sequence[Judged]) -> Scores:
        """For all tokens in a row, the probability of each kind of name; none where no token of a sentence is one."""
        named = np.repeat([each.marginals is not None for each in judged], [len(each.path) for each in judged])
        found = np.zeros((len(named), self._members.shape[1]), np.float32)
        marginals = [each.marginals for each in judged if each.marginals is not None]
        if marginals:
            found[named] = np.concatenate(marginals) @ self._members
        return found

    def _judge(self, emissions: Sequence[Scores]) -> list[Judged]:
        paths = self.decode(emissions)
        named = [index for index, path in enumerate(paths) if any(path)]
        marginals = dict(zip(named, self.marginals([emissions[index] for index in named]), strict=True))
        return [Judged(path, marginals.get(index)) for index, path in enumerate(paths)]

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


def scored_mentions(labels: Sequence[str], judged: Judged) -> Iterator[tuple[int, int, str, float]]:
    """The names of a sentence: tokens from and to (half-open), kind, and the least probability of its tags."""
    path, rows = judged.path, judged.marginals
    if rows is None:
        return
    probabilities = rows[np.arange(len(path)), path].tolist()
    start = 0
    for at in range(1, len(path) + 1):
        here = labels[path[at]] if at < len(path) else "O"
        if here.startswith("I-"):
            continue
        before = labels[path[at - 1]]
        if before != "O":
            yield start, at, before[2:], min(probabilities[start:at])
        start = at


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability, which is kept from 0 and 1 by a millionth."""
    kept = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))


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
    emission: Scores = np.exp(columns.scores - columns.scores.max(axis=0))
    moves: Scores = np.exp(transitions)
    forward = np.zeros_like(emission)
    for step in range(columns.steps):
        tokens = columns.tokens(step)
        row = emission[:, tokens]
        if step:
            row *= moves.T @ forward[:, tokens - 1]
        forward[:, tokens] = row / row.sum(axis=0)
    found = np.zeros(emission.shape, dtype=np.float32)
    backward: Scores = np.ones((len(emission), len(emissions)), dtype=np.float32)
    for step in range(columns.steps - 1, -1, -1):
        tokens = columns.tokens(step)
        after = backward[:, : len(tokens)]  # a sentence's backward pass begins at its own last token
        product = forward[:, tokens] * after
        found[:, tokens] = product / product.sum(axis=0)
        row = moves @ (after * emission[:, tokens])
        backward[:, : len(tokens)] = row / row.sum(axis=0)
    return [found[:, start:end].T for start, end in columns.ranges]

"""A linear-chain tagger whose emissions are sums of cached per-word vectors, decoded for many sentences at once.

The model is a conditional random field trained elsewhere (`training.entities`). At run time, a word form's features
are looked up once; what it adds to the label scores of the token at each offset is one row of a growing table. A
batch is then five table look-ups a token and a Viterbi pass over all sentences in step, all in numpy. Two more
looks at words that the article repeats weigh what the look before made of them (`elsewhere.py`).
A batch is a row of tokens, sentence after sentence, with the number of tokens of each sentence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np

from annotation.preannotate import elsewhere
from annotation.preannotate.decoding import Flags, Numbers, Scores, forward_backward, viterbi
from annotation.preannotate.features import OFFSETS, FeatureExtractor
from annotation.preannotate.forms import Forms

_LEARNT_TOGETHER = 1024  # new forms added up together: bounds the memory
_FURTHER_LOOKS = 2
_NEWS = 0.01  # a change of a label's score below which a word is not looked at again
_SURELY_OUTSIDE = 0.99  # probability of being in no name from which on a word parts what is looked at again


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


Mention = tuple[int, int, str, float]
"""Tokens from and to (half-open) of a sentence, the kind of name, and the least probability of its tags."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a tagger makes of the tokens of a batch: their best label numbers, and the probabilities of all labels."""

    lengths: Numbers
    labels: Numbers
    marginals: Scores


class SequenceTagger:
    """Tags sentences of word forms. Not safe to share between threads (it grows its table)."""

    def __init__(self, weights: Weights, extractor: FeatureExtractor, forms: Forms | None = None) -> None:
        self.labels = weights.labels
        self._weights = weights
        self.extractor = extractor
        self._forms = forms or Forms()
        self._learnt = 1  # forms in the table; the first row is that of no form
        self._table: Scores = np.zeros((1024, len(OFFSETS), len(weights.labels)), np.float32)
        rows = weights.rows.reshape(len(weights.rows), -1)
        self._rows: Scores = np.concatenate([rows, np.zeros_like(rows[:1])])  # the last is that of no feature
        self._stem_numbers: dict[str, int] = {}
        self._stems: Numbers = np.full(1024, elsewhere.NOWHERE)
        self._members = elsewhere.members(weights.labels)

    def renumbered(self, forms: Forms) -> SequenceTagger:
        """The same tagger with an empty table, for another numbering of forms."""
        return SequenceTagger(self._weights, self.extractor, forms)

    def numbered(self, sentences: Sequence[Sequence[str]]) -> tuple[Numbers, Numbers]:
        """Sentences of forms as a batch: the numbers of their forms, and the tokens of each."""
        return as_batch([self._forms.numbers(sentence) for sentence in sentences])

    def emissions(self, forms: Numbers, lengths: Numbers) -> Scores:
        """The scores of the tokens of a batch (rows) for each label (columns)."""
        self._learn()
        reach = max(OFFSETS)
        # What is beyond the ends of a sentence is no form; sentences do not see each other.
        places = np.arange(len(forms)) + reach * np.repeat(np.arange(1, len(lengths) + 1), lengths)
        padded = np.zeros(len(forms) + reach * (len(lengths) + 1), np.int64)
        padded[places] = forms * len(OFFSETS)
        rows = self._table.reshape(-1, len(self.labels))
        total = np.zeros((len(forms), len(self.labels)), np.float32)
        for column, offset in enumerate(OFFSETS):
            total += rows.take(padded[places + offset] + column, axis=0)
        return total

    def judge(self, forms: Numbers, lengths: Numbers, documents: Sequence[int]) -> Judged:
        """The labels of a batch of form numbers; `documents` says, for each sentence, which document it belongs to."""
        emissions = self.emissions(forms, lengths)
        labels, marginals = self.decode(emissions, lengths), self.marginals(emissions, lengths)
        judged = Judged(lengths, labels, marginals)
        weights = self._weights.elsewhere
        if weights is None or not len(forms):
            return judged
        before = np.zeros_like(emissions)
        for _ in range(_FURTHER_LOOKS):
            tokens, rows = self.evidence(forms, documents, judged)
            changes = np.zeros_like(emissions)
            changes[tokens] = rows @ weights
            self._look_again(judged, emissions + changes, np.abs(changes - before).max(axis=1) > _NEWS)
            before = changes
        return judged

    def _look_again(self, judged: Judged, emissions: Scores, news: Flags) -> None:
        """Judge those tokens anew whose scores have changed, and those around them as far as they may be in names."""
        if not news.any():
            return
        ends = judged.lengths.cumsum()
        first, last = np.zeros_like(news), np.zeros_like(news)
        first[(ends - judged.lengths)[judged.lengths > 0]] = True
        last[ends[judged.lengths > 0] - 1] = True
        loose = news | (judged.marginals[:, 0] < _SURELY_OUTSIDE)
        begins = loose & (first | ~np.concatenate([[False], loose[:-1]]))
        stretch = begins.cumsum() - 1
        tokens = np.flatnonzero(loose & (np.bincount(stretch[news], minlength=stretch[-1] + 1) > 0)[stretch])
        scores = emissions[tokens]
        starts = np.flatnonzero(begins[tokens])
        lengths = np.diff(starts, append=len(tokens))
        stops = starts + lengths - 1
        # Beyond either end of a stretch, but for the ends of the sentence, is a word that is in no name.
        transitions = self._weights.transitions
        scores[starts] += np.where(first[tokens[starts], None], 0, transitions[0])
        scores[stops] += np.where(last[tokens[stops], None], 0, transitions[:, 0])
        judged.labels[tokens] = self.decode(scores, lengths)
        judged.marginals[tokens] = self.marginals(scores, lengths)

    def evidence(self, forms: Numbers, documents: Sequence[int], judged: Judged) -> tuple[Numbers, Scores]:
        """What a look says of words near by: tokens of the batch, and a row of evidence for each.

        A sentence in which no word is a name says nothing: with its small doubts scores were worse calibrated.
        """
        self._learn()
        sentence = np.repeat(np.arange(len(judged.lengths)), judged.lengths)
        stems = self._stems[forms]
        document = np.array(documents, np.int64)[sentence]
        words = np.where(stems == elsewhere.NOWHERE, elsewhere.NOWHERE, stems + (document << 32))
        named = np.bincount(sentence[judged.labels != 0], minlength=len(judged.lengths)) > 0
        return elsewhere.evidence(words, sentence, (judged.marginals @ self._members) * named[sentence, None])

    def decode(self, emissions: Scores, lengths: Numbers) -> Numbers:
        """The best label number of each token."""
        return viterbi(emissions, lengths, self._weights.transitions)

    def marginals(self, emissions: Scores, lengths: Numbers) -> Scores:
        """Each token's label probabilities (forward-backward)."""
        return forward_backward(emissions, lengths, self._weights.transitions)

    def _learn(self) -> None:
        """Adds the rows and stems of the forms that are new."""
        known, plain = self._forms.known, self._forms.plain
        while len(known) > len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
            self._stems = np.concatenate([self._stems, np.full_like(self._stems, elsewhere.NOWHERE)])
        for first in range(self._learnt, len(known), _LEARNT_TOGETHER):
            last = min(first + _LEARNT_TOGETHER, len(known))
            self._table[first:last] = self._sums(known[first:last], plain[first:last])
            for number in range(first, last):
                if known[number][:1].isalpha():
                    stem = self.extractor.vocabulary.split(plain[number]).stem
                    if len(stem) >= elsewhere.SHORTEST:
                        self._stems[number] = self._stem_numbers.setdefault(stem, len(self._stem_numbers))
        self._learnt = len(known)

    def _sums(self, forms: Sequence[str], plain: Sequence[str]) -> Scores:
        """What each form adds to the scores at each offset: the sum of the rows of its features."""
        row_of = self._weights.feature_rows.get
        none = len(self._rows) - 1
        found = [[*map(row_of, self.extractor.features_of(*each))] for each in zip(forms, plain, strict=True)]
        found = [[row for row in rows if row is not None] for rows in found]
        most = max(map(len, found), default=0)
        table = np.array([[*rows, *repeat(none, most - len(rows))] for rows in found], np.int64)
        total: Scores = np.zeros((len(forms), self._rows.shape[1]), np.float32)
        for column in table.T:
            total += self._rows.take(column, axis=0)
        return total.reshape(len(forms), len(OFFSETS), -1)


def as_batch(sentences: Sequence[Sequence[int]]) -> tuple[Numbers, Numbers]:
    """Sentences of form numbers as a batch: the numbers, and the tokens of each sentence."""
    return np.array([*chain.from_iterable(sentences)], np.int64), np.array([*map(len, sentences)], np.int64)


def mentions(names: Sequence[str], judged: Judged) -> list[list[Mention]]:
    """The names in each sentence of a batch; `names` are those of the labels, "O" the first."""
    labels, ends = judged.labels, judged.lengths.cumsum()
    found: list[list[Mention]] = [[] for _ in ends]
    named = np.flatnonzero(labels)
    if not len(named):
        return found
    continues = np.array([name.startswith("I-") for name in names])[labels]
    before = np.concatenate([[0], labels[:-1]]) != 0
    before[(ends - judged.lengths)[judged.lengths > 0]] = False  # in the same sentence
    begins = ~(continues & before)[named]
    starts = named[begins]
    stops = named[np.concatenate([begins[1:], [True]])] + 1
    scores = np.minimum.reduceat(judged.marginals[named, labels[named]], np.flatnonzero(begins))
    sentences = np.searchsorted(ends, starts, side="right")
    first = (ends - judged.lengths)[sentences]
    kinds = [name[2:] for name in names]
    for sentence, start, stop, label, score in zip(
        sentences.tolist(), (starts - first).tolist(), (stops - first).tolist(), labels[starts].tolist(),
        scores.tolist(), strict=True,
    ):  # fmt: skip
        found[sentence].append((start, stop, kinds[label], score))
    return found


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability, which is kept from 0 and 1 by a millionth."""
    kept = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))

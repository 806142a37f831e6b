"""A linear-chain tagger whose emissions are sums of cached per-word vectors, decoded for many sentences at once.

The model is a conditional random field trained elsewhere (`training.entities`). At run time, a word form's features
are looked up once; what it adds to the label scores of the token at each offset is one row of a growing table. A
batch is then five table look-ups a token and a forward-backward pass over all sentences in step, all in numpy; a
token's label is its most probable one. Two more looks at words that the article repeats weigh what the look before
made of them (`elsewhere.py`).
A batch is a row of tokens, sentence after sentence, with the number of tokens of each sentence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate import elsewhere
from annotation.preannotate.decoding import Flags, Numbers, Scores, forward_backward
from annotation.preannotate.features import FINAL_YEH, OFFSETS, FeatureExtractor, FeatureRows
from annotation.preannotate.forms import Forms
from annotation.preannotate.words import Split

_LEARNT_TOGETHER = 1024  # new forms added up together: bounds the memory
_FURTHER_LOOKS = 2
_NEWS = 0.01  # a change of a label's score below which a word is not looked at again
_SURELY_OUTSIDE = 0.99  # probability of being in no name from which on a word parts what is looked at again


@dataclass(frozen=True, slots=True)
class Sums:
    """What common words add to the scores at each offset, summed ahead: `rows` in `scales`, by the `numbers` of words.

    Words are in their plain spelling; a final ى, which that does not tell from ي, is not yet added.
    """

    numbers: Mapping[str, int]
    rows: NDArray[np.int8]
    scales: Scores


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: `rows[i]` are the weights of `features[i]` for each offset and label.

    `elsewhere[i]` are those of the rows of `elsewhere.evidence`, for the token itself; None: one pass only.
    """

    labels: tuple[str, ...]
    feature_rows: dict[str, int]
    rows: Scores
    transitions: Scores
    elsewhere: Scores | None = None
    sums: Sums | None = None


Mention = tuple[int, int, str, float]
"""Tokens from and to (half-open) of a sentence, the kind of name, and the least probability of its tags."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a tagger makes of the tokens of a batch, `lengths` of them a sentence: the probabilities of all labels.

    `marginals` have a row a label and a column a token.
    """

    lengths: Numbers
    marginals: Scores

    def labels(self) -> Numbers:
        """The most probable label number of each token."""
        found = np.zeros(self.marginals.shape[1], np.int64)
        named = np.flatnonzero(self.marginals[0] < 0.5)  # of the others the first label, "O", is the most probable
        found[named] = self.marginals[:, named].argmax(axis=0)
        return found

    def edges(self) -> tuple[Flags, Flags]:
        """Which tokens are the first and which the last of their sentences."""
        first, last = np.zeros((2, self.marginals.shape[1]), np.bool_)
        lengths, ends = self.lengths[self.lengths > 0], self.lengths.cumsum()[self.lengths > 0]
        first[ends - lengths] = last[ends - 1] = True
        return first, last


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
        self._features = FeatureRows(extractor, weights.feature_rows, len(rows))
        self._final_yeh = weights.feature_rows.get("final=" + FINAL_YEH, len(rows))
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
        """The scores of the tokens of a batch (columns) for each label (rows)."""
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
        return np.ascontiguousarray(total.T)

    def judge(self, forms: Numbers, lengths: Numbers, documents: Sequence[int]) -> Judged:
        """The labels of a batch of form numbers; `documents` says, for each sentence, which document it belongs to."""
        emissions = self.emissions(forms, lengths)
        judged = Judged(lengths, self.marginals(emissions, lengths))
        weights = self._weights.elsewhere
        if weights is None or not len(forms):
            return judged
        repeated = self.repeated(forms, lengths, documents)
        before = np.zeros_like(emissions)
        for _ in range(_FURTHER_LOOKS):
            tokens, evidence = self.evidence(repeated, judged)
            changes = np.zeros_like(emissions)
            changes[:, tokens] = weights.T @ evidence
            self._look_again(judged, emissions + changes, np.abs(changes - before).max(axis=0) > _NEWS)
            before = changes
        return judged

    def _look_again(self, judged: Judged, emissions: Scores, news: Flags) -> None:
        """Judge those tokens anew whose scores have changed, and those around them as far as they may be in names."""
        if not news.any():
            return
        first, last = judged.edges()
        loose = news | (judged.marginals[0] < _SURELY_OUTSIDE)
        begins = loose & (first | ~np.append(False, loose[:-1]))
        stretch = begins.cumsum() - 1
        tokens = np.flatnonzero(loose & (np.bincount(stretch[news], minlength=stretch[-1] + 1) > 0)[stretch])
        scores = emissions[:, tokens]
        starts = np.flatnonzero(begins[tokens])
        lengths = np.diff(starts, append=len(tokens))
        stops = starts + lengths - 1
        # Beyond either end of a stretch, but for the ends of the sentence, is a word that is in no name.
        transitions = self._weights.transitions
        scores[:, starts] += np.where(first[tokens[starts]], 0, transitions[0][:, None])
        scores[:, stops] += np.where(last[tokens[stops]], 0, transitions[:, :1])
        judged.marginals[:, tokens] = self.marginals(scores, lengths)

    def repeated(self, forms: Numbers, lengths: Numbers, documents: Sequence[int]) -> elsewhere.Repeated:
        """The words that the documents of a batch have more than once; arguments as of `judge`."""
        self._learn()
        sentences = np.repeat(np.arange(len(lengths)), lengths)
        return elsewhere.repeated(self._stems[forms], sentences, np.array(documents, np.int64))

    def evidence(self, repeated: elsewhere.Repeated, judged: Judged) -> tuple[Numbers, Scores]:
        """What a look says of words near by: tokens of the batch, and a column of evidence for each.

        A sentence in which no word is a name says nothing: with its small doubts scores were worse calibrated.
        """
        sentence = np.repeat(np.arange(len(judged.lengths)), judged.lengths)
        named = np.bincount(sentence[judged.labels() != 0], minlength=len(judged.lengths)) > 0
        doubtful = named[repeated.sentences] & (judged.marginals[0, repeated.tokens] < 1 - elsewhere.LEAST)
        places = repeated.of_words(doubtful)
        return elsewhere.evidence(places, self._members @ judged.marginals[:, places.tokens] * named[places.sentences])

    def marginals(self, emissions: Scores, lengths: Numbers) -> Scores:
        """Each token's label probabilities (forward-backward)."""
        return forward_backward(emissions, lengths, self._weights.transitions)

    def _learn(self) -> None:
        """Adds the rows and stems of the forms that are new."""
        known, plain, numbers = self._forms.known, self._forms.plain, self._stem_numbers
        while len(known) > len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
            self._stems = np.concatenate([self._stems, np.full_like(self._stems, elsewhere.NOWHERE)])
        for first in range(self._learnt, len(known), _LEARNT_TOGETHER):
            new = slice(first, min(first + _LEARNT_TOGETHER, len(known)))
            splits = [*map(self.extractor.vocabulary.split, plain[new])]
            self._table[new] = self.sums(known[new], plain[new], splits)
            self._stems[new] = [
                numbers.setdefault(stem, len(numbers))
                if len(stem) >= elsewhere.SHORTEST and form[:1].isalpha()
                else elsewhere.NOWHERE
                for form, (_, stem) in zip(known[new], splits, strict=True)
            ]
        self._learnt = len(known)

    def sums(self, forms: Sequence[str], plain: Sequence[str], splits: Sequence[Split]) -> Scores:
        """What forms, with their plain spellings and their splits, add to the scores: by form, offset and label."""
        total: Scores = np.zeros((len(forms), self._rows.shape[1]), np.float32)
        common = self._weights.sums
        others = range(len(forms))
        if common is not None:
            number = common.numbers.get
            # Without marks: with one before it a word is not spelt like any other.
            found = np.array([number(p, -1) if len(p) == len(f) else -1 for f, p in zip(forms, plain, strict=True)])
            here = np.flatnonzero(found >= 0)
            total[here] = common.rows[found[here]] * common.scales[found[here], None]
            final = [at for at in here.tolist() if forms[at][-1] == FINAL_YEH]
            total[final] += self._rows[self._final_yeh]
            others = np.flatnonzero(found < 0).tolist()
        if others:
            total[others] = self._added([self._features.rows(forms[at], plain[at], splits[at]) for at in others])
        return total.reshape(len(forms), len(OFFSETS), -1)

    def _added(self, found: Sequence[list[int]]) -> Scores:
        """The sums of rows of weights."""
        most, none = max(map(len, found)), [len(self._rows) - 1]
        table = np.array([rows + none * (most - len(rows)) for rows in found])
        total: Scores = np.zeros((len(found), self._rows.shape[1]), np.float32)
        for column in table.T:
            total += self._rows.take(column, axis=0)
        return total


def as_batch(sentences: Sequence[Sequence[int]]) -> tuple[Numbers, Numbers]:
    """Sentences of form numbers as a batch: the numbers, and the tokens of each sentence."""
    lengths = np.array([*map(len, sentences)], np.int64)
    return np.fromiter(chain.from_iterable(sentences), np.int64, int(lengths.sum())), lengths


def mentions(names: Sequence[str], judged: Judged) -> list[list[Mention]]:
    """The names in each sentence of a batch; `names` are those of the labels, "O" the first."""
    labels, ends = judged.labels(), judged.lengths.cumsum()
    found: list[list[Mention]] = [[] for _ in ends]
    named = np.flatnonzero(labels)
    if not len(named):
        return found
    continues = np.array([name.startswith("I-") for name in names])[labels]
    first, _ = judged.edges()
    before = (np.append(0, labels[:-1]) != 0) & ~first  # in the same sentence
    begins = ~(continues & before)[named]
    starts = named[begins]
    stops = named[np.append(begins[1:], True)] + 1
    scores = np.minimum.reduceat(judged.marginals[labels[named], named], np.flatnonzero(begins))
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

"""What the sequence model made of a word near by in the same article: evidence for a second look at it.

A name is introduced where its context shows it plainly, and repeated where nothing does. The first pass says how
likely each token is part of each kind of name; the second adds, to the scores of each word that the article has more
than once, what the first thought of the other places. (A linear form of the two stages of Krishnan and Manning 2006,
"An effective two-stage model for exploiting non-local dependencies in named entity recognition".)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.decoding import Flags, Numbers

NOWHERE = -1
REACH = 12  # sentences before and after in which a word is looked for
SHORTEST = 3  # letters of a stem that is looked for
_MOST_PLACES = 64  # on either side that are asked: bounds the time that an article of one name takes
LEAST = 0.05  # probability up to which a place does not speak for a kind of name
_SURE = 0.8
Shares = NDArray[np.float32]


def kinds_of(labels: Sequence[str]) -> tuple[str, ...]:
    """The kinds of name among BIO labels, sorted."""
    return tuple(sorted({label[2:] for label in labels if label != "O"}))


def columns(labels: Sequence[str]) -> tuple[str, ...]:
    """The names of the evidence's columns for a tagger's labels."""
    return ("again", *(f"{what} {kind}" for what in ("mean", "most", "sure") for kind in kinds_of(labels)))


def members(labels: Sequence[str]) -> Shares:
    """Which labels (columns) are of which kind of name (rows): what turns label probabilities into `Shares`."""
    return np.array([[label[2:] == kind for label in labels] for kind in kinds_of(labels)], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Repeated:
    """The tokens whose word their document has more than once: `tokens` word by word, rising within a word.

    `words` numbers the words from 0 and is parallel to `tokens`, as are `sentences`, the numbers of their sentences.
    """

    tokens: Numbers
    words: Numbers
    sentences: Numbers

    def of_words(self, marked: Flags) -> Repeated:
        """All places of the words that have a marked place; `marked` is parallel to `tokens`."""
        heard = np.zeros(self.words.max(initial=-1) + 1, np.bool_)
        heard[self.words[marked]] = True
        kept = np.flatnonzero(heard[self.words])
        return Repeated(self.tokens[kept], self.words[kept], self.sentences[kept])


def repeated(stems: Numbers, sentences: Numbers, documents: Numbers) -> Repeated:
    """The repeated words of a batch.

    `stems` numbers what each token is an occurrence of (`NOWHERE`: nothing to look for), `sentences` are the rising
    numbers of their sentences, `documents` those of the document of each sentence.
    """
    tokens = np.flatnonzero(stems != NOWHERE)
    # One number for document, stem and token: sorting them is several times as fast as sorting places by their words.
    bits, stem_bits = len(stems).bit_length(), int(stems.max(initial=0)).bit_length()
    keys = (documents[sentences[tokens]] << stem_bits | stems[tokens]) << bits | tokens
    keys.sort()
    tokens, keys = keys & (1 << bits) - 1, keys >> bits
    begins = np.append(True, keys[1:] != keys[:-1])[: len(keys)]
    again = ~(begins & np.append(begins[1:], True)[: len(keys)])
    tokens, begins = tokens[again], begins[again]
    return Repeated(tokens, begins.cumsum() - 1, sentences[tokens])


def evidence(places: Repeated, found: Shares) -> tuple[Numbers, Shares]:
    """The tokens whose word is near by again, and the evidence for each (a column, rows as `columns` says).

    `found` says how likely each of the `places` is each kind of name (rows).
    """
    here: Numbers = np.arange(len(places.tokens))
    # Within a word sentences rise, so that the places near each are a range around it.
    keys = places.words * (2 * REACH + 1 + places.sentences.max(initial=0)) + places.sentences
    first = np.maximum(np.searchsorted(keys, keys - REACH, "left"), here - _MOST_PLACES)
    last = np.minimum(np.searchsorted(keys, keys + REACH, "right"), here + _MOST_PLACES + 1)
    times = last - first - 1
    near = np.flatnonzero(times)
    here, first, last = here[near], first[near], last[near]
    sums = np.zeros((len(found), len(places.tokens) + 1))
    np.cumsum(found, axis=1, out=sums[:, 1:])
    mean = (sums[:, last] - sums[:, first] - found[:, here]) / times[near]
    most = np.maximum(_most(found, first, here), _most(found, here + 1, last))
    rows = [np.ones_like(mean[:1]), mean, most, most > _SURE]
    return places.tokens[near], np.concatenate(rows, dtype=np.float32)


def _most(found: Shares, first: Numbers, last: Numbers) -> Shares:
    """The largest value of each row in each of the ranges of columns, 0 in an empty one."""
    bounds = np.stack([first, last], axis=1).ravel()
    padded = np.append(found, np.zeros_like(found[:, :1]), axis=1)  # a bound may be the end
    largest = np.maximum.reduceat(padded, bounds, axis=1)[:, ::2]
    return np.where(first < last, largest, np.float32(0))

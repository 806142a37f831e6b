"""What the sequence model made of a word near by in the same article: evidence for a second look at it.

A name is introduced where its context shows it plainly, and repeated where nothing does. The first pass says how
likely each token is part of each kind of name; the second adds, to the scores of each word that the article has more
than once, what the first thought of the other places. (A linear form of the two stages of Krishnan and Manning 2006,
"An effective two-stage model for exploiting non-local dependencies in named entity recognition".)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NOWHERE = -1
REACH = 12  # sentences before and after in which a word is looked for
SHORTEST = 3  # letters of a stem that is looked for
_MOST_PLACES = 64  # on either side that are asked: bounds the time that a line of one name takes
_LEAST = 0.05  # probability below which no place speaks for a kind of name
_SURE = 0.8
Shares = NDArray[np.float32]


def kinds_of(labels: Sequence[str]) -> tuple[str, ...]:
    """The kinds of name among BIO labels, sorted."""
    return tuple(sorted({label[2:] for label in labels if label != "O"}))


def columns(labels: Sequence[str]) -> tuple[str, ...]:
    """The names of the evidence's columns for a tagger's labels."""
    return ("again", *(f"{what} {kind}" for what in ("mean", "most", "sure") for kind in kinds_of(labels)))


def members(labels: Sequence[str]) -> Shares:
    """Which labels (rows) are of which kind of name (columns): what turns label probabilities into `Shares`."""
    return np.array([[label[2:] == kind for kind in kinds_of(labels)] for label in labels], dtype=np.float32)


def evidence(
    words: NDArray[np.int64], sentences: NDArray[np.int64], found: Shares
) -> tuple[NDArray[np.int64], Shares]:
    """The tokens whose word may be a name near by, and the evidence for each (a row, `columns`).

    `words` numbers what each token is an occurrence of, within its document (`NOWHERE`: nothing to look for),
    `sentences` are the rising numbers of their sentences, `found` says how likely each is each kind of name.
    """
    heard = (found.max(axis=1, initial=0) > _LEAST) & (words != NOWHERE)
    tokens = np.flatnonzero(np.isin(words, words[heard]))
    tokens = tokens[np.argsort(words[tokens], kind="stable")]
    word, sentence, own = words[tokens], sentences[tokens], found[tokens]
    total, most = np.zeros_like(own), np.zeros_like(own)
    times: Shares = np.zeros(len(own), np.float32)
    for lag in range(1, min(len(tokens), _MOST_PLACES)):
        near = np.flatnonzero((word[lag:] == word[:-lag]) & (sentence[lag:] - sentence[:-lag] <= REACH))
        if not len(near):
            break
        for here, there in ((near, near + lag), (near + lag, near)):
            total[here] += own[there]
            most[here] = np.maximum(most[here], own[there])
            times[here] += 1
    repeated = times > 0
    tokens, total, most, counted = tokens[repeated], total[repeated], most[repeated], times[repeated, None]
    again = np.ones_like(counted)
    return tokens, np.concatenate([again, total / counted, most, most > _SURE], axis=1, dtype=np.float32)

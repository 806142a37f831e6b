"""Near-duplicate clusters over the whole corpus: MinHash signatures, candidate pairs, a true comparison, union."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rensa import RMinHash, RMinHashLSH

VERSION = "1"
THRESHOLD = 0.5
_SHINGLE = 4
_PERMUTATIONS = 128
_BANDS = 32
_SEED = 42
_WORD = re.compile(r"\w+")
_FOLD = str.maketrans("أإآٱىة", "اااايه", "".join(map(chr, (*range(0x64B, 0x660), 0x640, 0x670))))


def shingles(text: str) -> frozenset[str]:
    """The word 4-grams of a text, folded over diacritics and spelling variants of alef, yeh and teh marbuta."""
    words = _WORD.findall(text.translate(_FOLD))
    if len(words) <= _SHINGLE:
        return frozenset([" ".join(words)])
    return frozenset(map(" ".join, zip(*(words[at:] for at in range(_SHINGLE)), strict=False)))


def clusters(texts: Sequence[str]) -> list[int]:
    """For each text the index of the first text of its near-duplicate cluster (its own, where it has no duplicate).

    Two texts are near duplicates when the Jaccard similarity of their word 4-grams is at least `THRESHOLD`; a cluster
    is everything such pairs connect. With 32 bands of 4 rows a pair at 0.5 becomes a candidate with probability 0.87,
    one at 0.7 with 0.9998. The order of the texts decides nothing but which one is first.
    """
    sets = [shingles(text) for text in texts]
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    parents = list(range(len(texts)))
    for nth, grams in enumerate(sets):
        signature = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        signature.update(sorted(grams))
        for other in sorted(set(index.query(signature))):
            a, b = _root(parents, other), _root(parents, nth)
            # Of a cluster one similar text is enough: a thousand bulletins of one form are not compared in pairs.
            if a != b and _similar(sets[other], grams):
                parents[max(a, b)] = min(a, b)
        index.insert(nth, signature)
    return [_root(parents, nth) for nth in range(len(texts))]


def _similar(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= THRESHOLD * (len(one) + len(other) - shared)


def _root(parents: list[int], at: int) -> int:
    while parents[at] != at:
        parents[at] = parents[parents[at]]
        at = parents[at]
    return at

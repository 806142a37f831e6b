"""Which of some words many texts hold, as parts of words too: all of them looked for in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.text.blocks import blocks, code_points

_COMMONEST: Final = " الينمرتوبدعهسفكقحجأةشصطىخذضزئءثإغظؤآ"
"""What Arabic newspapers are written with, the commonest first."""


class WordFinder:
    """Looks for `words`: by three letters of each, those rarest in texts, and only where these are letter by letter."""

    def __init__(self, words: Iterable[str]) -> None:
        self._short: list[str] = []
        self._by_three: dict[str, list[tuple[str, int]]] = {}
        for word in words:
            if len(word) < 3:
                self._short.append(word)
                continue
            offset = max(range(len(word) - 2), key=lambda at: _rarity(word[at : at + 3]))
            self._by_three.setdefault(word[offset : offset + 3], []).append((word, offset))
        self._wanted = np.zeros(1 << 16, bool)
        for three in self._by_three:
            self._wanted[_mixed(three)] = True

    def find(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """The words that each text holds."""
        return [found for block in blocks(texts) for found in self._find(block)]

    def _find(self, texts: Sequence[str]) -> list[frozenset[str]]:
        joined = "\n".join([*texts, "", ""])
        short = [word for word in self._short if word in joined]
        found = [{word for word in short if word in text} for text in texts]
        at = np.flatnonzero(self._wanted[_mixed(joined)])
        bases = list(accumulate((len(text) + 1 for text in texts), initial=0))
        owners = np.searchsorted(bases, at, side="right") - 1
        for position, owner in zip(at.tolist(), owners.tolist(), strict=True):
            for word, offset in self._by_three.get(joined[position : position + 3], ()):
                start = position - offset
                if start >= bases[owner] and joined.startswith(word, start, bases[owner + 1] - 1):
                    found[owner].add(word)
        return list(map(frozenset, found))


def _rarity(letters: str) -> int:
    return sum(_COMMONEST.find(letter) % 100 for letter in letters)  # a letter that is not there counts 99


def _mixed(text: str) -> NDArray[np.uint16]:
    """A number for each three code points of `text`, which other ones may share."""
    codes = code_points(text).astype(np.uint16)
    return (codes[:-2] << np.uint16(10)) ^ (codes[1:-1] << np.uint16(5)) ^ codes[2:]

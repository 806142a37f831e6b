"""Other units of length, for programs that do not count code points."""

from __future__ import annotations

import bisect
import re
from itertools import accumulate

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Utf16:
    """Positions of a text in UTF-16 code units (JavaScript's) and back."""

    __slots__ = ("_astral", "_units")

    def __init__(self, text: str) -> None:
        self._astral = [match.start() for match in _ASTRAL.finditer(text)]
        self._units = [at + nth for nth, at in enumerate(self._astral)]

    def from_code_points(self, position: int) -> int:
        """The number of code units before code point `position`."""
        return position + bisect.bisect_left(self._astral, position)

    def to_code_points(self, position: int) -> int | None:
        """The code point that starts at code unit `position`; None in the middle of a surrogate pair."""
        before = bisect.bisect_left(self._units, position)
        if before and self._units[before - 1] == position - 1:
            return None
        return position - before


def utf8_lengths(text: str) -> list[int]:
    """Bytes of UTF-8 before each code point of `text`, and after the last."""
    return [0, *accumulate(len(char.encode("utf-8")) for char in text)]

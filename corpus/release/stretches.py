"""Where the ranges of a text went when the text changed: with the lines, and parts of lines, that stayed the same."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

Stretch = tuple[int, int, int]
"""Start and end of a stretch in the one text, and how much further on it lies in the other; in code points."""


def kept_stretches(old: str, new: str) -> list[Stretch]:
    """Stretches of `old` that `new` has too: whole lines, and the beginnings and ends of lines that changed."""
    if old == new:
        return [(0, len(old), 0)]
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts: tuple[list[int], list[int]] = ([0], [0])
    for side, lines in zip(starts, (before, after), strict=True):
        for line in lines:
            side.append(side[-1] + len(line))
    found = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        start, end, there, stop = starts[0][i1], starts[0][i2], starts[1][j1], starts[1][j2]
        if tag == "equal":
            found.append((start, end, there - start))
        elif tag == "replace":
            head = _common(old[start:end], new[there:stop])
            tail = _common(old[start + head : end][::-1], new[there + head : stop][::-1])
            found += [(start, start + head, there - start), (end - tail, end, stop - end)]
    return found


def carry(place: tuple[int, int], stretches: Iterable[Stretch]) -> tuple[int, int] | None:
    """Where a range of the one text lies in the other; None if it did not stay whole."""
    for start, end, shift in stretches:
        if start <= place[0] and place[1] <= end:
            return place[0] + shift, place[1] + shift
    return None


def backwards(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same stretches seen from the other text."""
    return [(start + shift, end + shift, -shift) for start, end, shift in stretches]


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((nth for nth in range(shorter) if one[nth] != other[nth]), shorter)

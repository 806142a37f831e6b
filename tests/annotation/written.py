"""Mentions as cases write them: `LABEL words`, or `LABEL words #2` for the second place where those words stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from annotation.notation import occurrences
from corpus.span import Entity

CASES = Path(__file__).parents[1] / "cases"

_WRITTEN = re.compile(r"(?P<label>[A-Z]+) (?P<words>.*?)(?: #(?P<nth>[0-9]+))?")


def entities(text: str, written: Iterable[str]) -> tuple[Entity, ...]:
    """The mentions of a text, longer ones before those inside them."""
    found = []
    for one in written:
        match = _WRITTEN.fullmatch(one)
        assert match, f"{one!r} is not 'LABEL words'"
        places = occurrences(text, match["words"])
        nth = int(match["nth"] or 1)
        assert len(places) >= nth, f"{match['words']!r} stands {len(places)} times in {text!r}"
        start = places[nth - 1]
        found.append(Entity(start, start + len(match["words"]), match["label"]))
    return tuple(sorted(found, key=lambda one: (one.start, -one.end)))


def write(text: str, start: int, end: int, label: str) -> str:
    """A mention as cases write it."""
    words = text[start:end]
    nth = occurrences(text, words).index(start) + 1
    return f"{label} {words}" + (f" #{nth}" if nth > 1 else "")

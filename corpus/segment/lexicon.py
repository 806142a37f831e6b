"""The words that boundary rules know, read from `words/`: spelt without marks, hamza variants where news mixes them."""

from __future__ import annotations

from importlib.resources import files
from typing import Final


def load_phrases(name: str) -> list[str]:
    """The lines of `words/<name>.txt` that are neither blank nor comments."""
    lines = (files(__package__) / "words" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def load_words(name: str) -> frozenset[str]:
    """The words of `words/<name>.txt`, which stand several to a line."""
    return frozenset(word for line in load_phrases(name) for word in line.split())


LETTERED: Final = load_words("lettered")
ABBREVIATIONS: Final = load_words("abbreviations")
UNITS: Final = load_words("units")
LETTER_NAMES: Final = load_words("letter-names")
INITIALS: Final = load_words("initials")
LATIN_ABBREVIATIONS: Final = load_words("latin-abbreviations")
WEB_ENDINGS: Final = load_words("web-endings")
CLEAR_STARTS: Final = tuple(load_phrases("clear-starts"))

_IRREGULAR_FEMININE = {
    "رأى": "رأت",
    "راى": "رات",
    "دعا": "دعت",
    "نفى": "نفت",
    "أبدى": "أبدت",
    "عزا": "عزت",
    "روى": "روت",
}
_PAST = load_words("reporting-past")
_PRESENT = load_words("reporting-present")

OPENERS: Final = load_words("openers") | {
    f"و{verb}"
    for verb in (
        *_PAST,
        *(_IRREGULAR_FEMININE.get(verb, f"{verb}ت") for verb in _PAST),
        *_PRESENT,
        *(f"ت{verb[1:]}" for verb in _PRESENT),
    )
}
"""Words that start a new sentence in news prose (وأضاف، كما), also after an abbreviation or a quoted question."""

INDEPENDENT: Final = OPENERS | load_words("independent")
"""Words after which what follows an ellipsis stands on its own if it is long enough."""

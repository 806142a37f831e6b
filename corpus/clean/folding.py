"""Folding for comparing furniture: the rules look at lines in one plain spelling, the text itself stays as it is."""

from __future__ import annotations

import re
from typing import Final

from corpus.segment.tokens import MARKS

_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "گ": "ك",
        "ة": "ه",
        "\N{ARABIC LETTER HEH GOAL}": "ه",
        "\N{NO-BREAK SPACE}": " ",
        "\t": " ",
        **{chr(0x660 + digit): str(digit) for digit in range(10)},
        **{chr(0x6F0 + digit): str(digit) for digit in range(10)},
    }
)
_DROPPED = re.compile(rf"[{MARKS}\N{{ARABIC TATWEEL}}]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NOT_A_WORD = re.compile(r"[^\w]+|_+")


def fold(text: str) -> str:
    """`text` with one form of each letter and ASCII digits, of the same length: offsets carry over."""
    return text.translate(_LETTERS).lower() if text.isascii() or len(text.lower()) == len(text) else text.translate(_LETTERS)


def key(text: str) -> str:
    """The words of `text`, folded, without marks, tatweel and punctuation, numbers as "#", one space between."""
    folded = _DROPPED.sub("", text.translate(_LETTERS)).lower()
    return " ".join(_NOT_A_WORD.sub(" ", _NUMBER.sub(" NUMBER ", folded)).split()).replace("NUMBER", "#")


def bare(text: str) -> str:
    """The letters and digits of `text`, folded: equal for two printings of one headline."""
    return _NOT_A_WORD.sub("", _DROPPED.sub("", text.translate(_LETTERS)).lower())

"""Folding for comparing furniture: the rules look at lines in one plain spelling, the text itself stays as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from corpus.text.chars import MARKS, TATWEEL

# The rules fold the same line again and again, hence the caches; chained str.replace is many times faster than
# str.translate on Arabic text.
_LETTERS: Final = (
    ("أ", "ا"),
    ("إ", "ا"),
    ("آ", "ا"),
    ("\N{ARABIC LETTER ALEF WASLA}", "ا"),
    ("ى", "ي"),
    ("\N{ARABIC LETTER FARSI YEH}", "ي"),
    ("\N{ARABIC LETTER KEHEH}", "ك"),
    ("\N{ARABIC LETTER GAF}", "ك"),
    ("ة", "ه"),
    ("\N{ARABIC LETTER HEH GOAL}", "ه"),
    ("\N{NO-BREAK SPACE}", " "),
    ("\t", " "),
)
_DIGITS: Final = tuple((chr(zero + digit), str(digit)) for zero in (0x660, 0x6F0) for digit in range(10))
_OTHER_DIGIT = re.compile(
    "[\N{ARABIC-INDIC DIGIT ZERO}-\N{ARABIC-INDIC DIGIT NINE}"
    "\N{EXTENDED ARABIC-INDIC DIGIT ZERO}-\N{EXTENDED ARABIC-INDIC DIGIT NINE}]"
)
_DROPPED = re.compile(rf"[{MARKS}\N{{ARABIC TATWEEL}}]+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """`text` with one form of each letter, ASCII digits and small letters, of the same length: offsets carry over."""
    for letter, plain in _LETTERS:
        text = text.replace(letter, plain)
    if _OTHER_DIGIT.search(text):
        for digit, plain in _DIGITS:
            text = text.replace(digit, plain)
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


@lru_cache(maxsize=1024)
def key(text: str) -> str:
    """The words of `text`, folded, without marks, tatweel and punctuation, numbers as "#", one space between."""
    folded = fold(text)
    if TATWEEL not in folded and folded.replace(" ", "").isalpha():
        return " ".join(folded.split())
    return " ".join(["#" if word[0].isdecimal() else word for word in _WORD.findall(_DROPPED.sub("", folded))])


@lru_cache(maxsize=1024)
def bare(text: str) -> str:
    """The letters and digits of `text`, folded: equal for two printings of one headline."""
    folded = fold(text).replace(" ", "")
    if TATWEEL not in folded and folded.isalnum():
        return folded
    return "".join(_LETTERS_AND_DIGITS.findall(_DROPPED.sub("", folded)))

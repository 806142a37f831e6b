"""The characters that this project treats specially, by name, each in the one list that says why."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

import unicodedata2

UCD_VERSION = unicodedata2.unidata_version

# Line ends of other systems, all written as one \n (and \r\n too).
LINE_ENDS = ("\r", "\x0b", "\x0c", "\x85", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}")

# They order or hide text on a screen and are no part of it.
BIDI_CONTROLS = (
    "\N{ARABIC LETTER MARK}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}"
    "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}"
    "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
)
INVISIBLE = "\N{ZERO WIDTH NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}\N{WORD JOINER}"

TATWEEL = "\N{ARABIC TATWEEL}"
ZWNJ, ZWJ = "\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"

# Short vowels, doubling, Koranic signs: everything that stands on an Arabic letter without being one.
HARAKAT = (
    "".join(chr(code) for code in range(0x0610, 0x061B))
    + "".join(chr(code) for code in range(0x064B, 0x0660))
    + "\N{ARABIC LETTER SUPERSCRIPT ALEF}"
    + "".join(chr(code) for code in (*range(0x06D6, 0x06DD), *range(0x06DF, 0x06E5), 0x06E7, 0x06E8))
    + "".join(chr(code) for code in range(0x06EA, 0x06EE))
)

# Persian and Urdu letters that look like an Arabic one, and the Arabic one.
LOOK_ALIKES: Mapping[str, str] = MappingProxyType(
    {
        "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
        "\N{ARABIC LETTER SWASH KAF}": "\N{ARABIC LETTER KAF}",
        "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER YEH BARREE}": "\N{ARABIC LETTER YEH}",
    }
)

MARKS: Final = (
    r"\u0300-\u036F\u1AB0-\u1AFF\u20D0-\u20F0"  # combining diacritical marks, also for symbols
    r"\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u08CA-\u08E1\u08E3-\u08FF"
    r"\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}"
    r"\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}-\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
)
"""Inside a character class: the marks that stay with the letter or sign before them, and the two joiners."""

ARABIC: Final = (
    r"\u0620-\u064A\u066E\u066F\u0671-\u06D3\u06D5\u06E5\u06E6\u06EE\u06EF\u06FA-\u06FC\u06FF\u0750-\u077F\u08A0-\u08C9"
)
"""Inside a character class: the letters of the Arabic script, tatweel among them."""

URL_LIMIT: Final = 2000
"""Code points after which a url is taken to have ended: it bounds the time spent on text without spaces."""

URL: Final = (
    rf"(?:https?://|www\.)[^\s<>«»“”\"()،؛]{{0,{URL_LIMIT - 1}}}[^\s<>«»“”\"()،؛.,:;!?؟…'\]]"
    r"|[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
"""A url (without the stop after it) or an e-mail address."""


@functools.cache
def presentation_forms() -> Mapping[str, str]:
    """Presentation form of a letter -> the letter or letters it stands for (`presentation_forms.tsv`)."""
    table = {}
    for line in files("corpus.text").joinpath("presentation_forms.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, letters, _ = line.split("\t")
            table[chr(int(code, 16))] = letters
    return MappingProxyType(table)


@functools.cache
def composing_seconds() -> frozenset[str]:
    """Characters that can compose with the character before them: marks, vowel signs, Hangul jamo."""
    seconds = set()
    for code in range(0x300, 0x1FA20):
        parts = unicodedata2.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))
    jamo = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))
    return frozenset(seconds | {chr(code) for code in jamo})

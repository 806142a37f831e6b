"""The characters that this project treats specially, by name, each in the one list that says why."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

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
def composing_starters() -> frozenset[str]:
    """Characters of combining class 0 that can compose with the character before them (vowel signs, Hangul jamo)."""
    seconds = set()
    for code in range(0x300, 0x1FA20):
        parts = unicodedata2.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))
    jamo = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))
    return frozenset(seconds | {chr(code) for code in jamo})

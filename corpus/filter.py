"""What a text is like, and whether it belongs into a release: measured per document, decided by a documented policy.

A document that does not pass is kept with its reason; only releases leave it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSION = "1"

# Letters that Arabic does not use and Persian or Urdu cannot do without.
_PERSIAN = re.compile("[پچژگ\N{ARABIC LETTER FARSI YEH}\N{ARABIC LETTER KEHEH}]")
_URDU = re.compile("[ٹڈڑں\N{ARABIC LETTER HEH DOACHASHMEE}\N{ARABIC LETTER YEH BARREE}\N{ARABIC LETTER HEH GOAL}]")
# Letters by which Arabic is told from Persian and Urdu, which write them rarely or never.
_ARABIC_ONLY = re.compile("[\N{ARABIC LETTER YEH}\N{ARABIC LETTER KAF}\N{ARABIC LETTER TEH MARBUTA}أإىؤ]")
_ARABIC_SCRIPT = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\w+")

MIN_ARABIC_SHARE = 0.5
MIN_WORDS = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of a document: `language` is an ISO 639 code, 'und' where undecided; `arabic_share` of the letters."""

    language: str
    arabic_share: float
    words: int


def measure(text: str) -> Quality:
    """The measures of a text."""
    letters = len(_LETTER.findall(text))
    arabic = len(_ARABIC_SCRIPT.findall(text))
    share = arabic / letters if letters else 0.0
    return Quality(_language(text, arabic, share), share, len(_WORD.findall(text)))


def _language(text: str, arabic: int, share: float) -> str:
    if not arabic or share < MIN_ARABIC_SHARE:
        return "und"
    own = len(_ARABIC_ONLY.findall(text))
    urdu, persian = len(_URDU.findall(text)), len(_PERSIAN.findall(text))
    if own >= max(urdu, persian):
        return "ar"
    return "ur" if urdu * 2 > persian else "fa"


def drop_reason(quality: Quality) -> str | None:
    """Why a document is kept out of releases, or None: `not-arabic`, `too-short` (fewer than ten words)."""
    if quality.language != "ar":
        return "not-arabic"
    if quality.words < MIN_WORDS:
        return "too-short"
    return None

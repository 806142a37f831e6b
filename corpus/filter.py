"""What a text is like, and whether it belongs into a release: measured per document, decided by a documented policy.

A document that does not pass is kept with its reason; only releases leave it out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

VERSION = "1"

# Words by which the languages of the Arabic script are told apart: letters will not do, because Arabic pages are also
# typed with Persian letters that look like Arabic ones.
_ARABIC = re.compile(
    r"\b(?:[وف]?(?:[بك]?ال|لل)\w{2,}|[وف]?(?:من|في|فی|على|علی|إلى|الى|إلی|أن|ان|إن|التي|التی|الذي|الذی|هذا|هذه|عن|مع|كان|کان"
    r"|كانت|قد|بعد|خلال|بين|لم|لا|ما|كما|ديال|هاد|اللي|اللى|ده|دي|مش|شو))\b"
)
_PERSIAN = re.compile(r"\b(?:که|كه|در|این|اين|است|را|به|از|با|برای|براي|آن|می|مي|های|هاي|شد|شده|بود|کرد|كرد|خود)\b")
_URDU = re.compile(r"\b(?:ہے|ہیں|کے|کی|کا|کو|میں|اور|سے|نے|پر|یہ|اس|تھا)\b")
_ARABIC_SCRIPT = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9]")

_MARKS = re.compile("[\u064b-\u0655\u0670\u0640]+")  # vocalised words are the same words

LANGUAGE_SAMPLE = 4000
"""Code points at the beginning of a text by which its language is told."""
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
    counts = Counter(text)
    letters = sum(number for char, number in counts.items() if char.isalpha())
    arabic = sum(number for char, number in counts.items() if _ARABIC_SCRIPT.match(char))
    share = arabic / letters if letters else 0.0
    return Quality(_language(_MARKS.sub("", text[:LANGUAGE_SAMPLE]), share), share, len(text.split()))


def _language(text: str, share: float) -> str:
    if share < MIN_ARABIC_SHARE:
        return "und"
    counts = {"ar": len(_ARABIC.findall(text)), "fa": len(_PERSIAN.findall(text)), "ur": len(_URDU.findall(text))}
    likeliest = max(counts, key=lambda language: counts[language])
    return likeliest if counts[likeliest] else "und"


def drop_reason(quality: Quality) -> str | None:
    """Why a document is kept out of releases, or None: `not-arabic`, `too-short` (fewer than ten words)."""
    if quality.language != "ar":
        return "not-arabic"
    if quality.words < MIN_WORDS:
        return "too-short"
    return None

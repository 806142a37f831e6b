"""What a text is like, and whether it belongs into a release: measured per document, decided by a documented policy.

A document that does not pass is kept with its reason; only releases leave it out (docs/cleaning.md, "Quality").
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

VERSION = "2"

_ARABIC_SCRIPT = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9]")
_MARKS = re.compile("[\u064b-\u0655\u0670\u0640]+")  # vocalised words are the same words
_AROUND = ".,،؛;:!?؟…()[]«»\"'“”‘’-–"

# The languages of the Arabic script are told apart by words: letters will not do, because Arabic pages are also typed
# with Persian letters that look like Arabic ones.
def _read_words(language: str, *openings: str) -> frozenset[str]:
    """The words of a language in `language_words.txt`, also with these openings before them."""
    lines = files("corpus").joinpath("language_words.txt").read_text("utf-8").splitlines()
    words = next(line.partition(": ")[2] for line in lines if line.startswith(f"{language}: ")).split()
    return frozenset(opening + word for opening in ("", *openings) for word in words)


_ARABIC: Final = _read_words("ar", "و", "ف")
_MOROCCAN: Final = _read_words("ary", "و", "ف")
_PERSIAN: Final = _read_words("fa")
_URDU: Final = _read_words("ur")
_DEFINITE = tuple(f" {opening}" for opening in ("ال", "وال", "فال", "بال", "كال", "وبال", "لل", "ولل"))
_TELLING = _PERSIAN | _URDU | _MOROCCAN
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")

LANGUAGE_SAMPLE: Final = 4000
"""Code points at the beginning of a text by which its language is told."""
MIN_ARABIC_SHARE: Final = 0.5
MIN_WORDS: Final = 10
MAX_REPETITION: Final = 0.5
SHINGLE: Final = 4
"""Words in a row that count as repeated if they stood in the text before."""
_LEAST_MARKERS: Final = 2
_MARKER_SHARE: Final = 0.04

_NONE, _OTHER, _ARABIC_LETTER, _MARK = range(4)


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of a document.

    `language` is an ISO 639 code, 'und' where undecided, `languages` the same for each line ('ary' Moroccan Arabic in
    Arabic letters, 'und-Latn' other scripts); `arabic_share` is of the letters; `repetition` the share of the words
    that begin four words in a row which the text had before.
    """

    language: str
    arabic_share: float
    words: int
    repetition: float = 0.0
    languages: tuple[str, ...] = ()


@functools.cache
def _classes() -> npt.NDArray[np.uint8]:
    """What each code point of the basic plane is."""
    table = np.zeros(0x10000, np.uint8)
    for code in range(0x10000):
        char = chr(code)
        if _ARABIC_SCRIPT.match(char):
            table[code] = _ARABIC_LETTER
        elif char.isalpha():
            table[code] = _OTHER
        elif _MARKS.match(char):
            table[code] = _MARK
    return table


def measure(text: str) -> Quality:
    """The measures of a text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    classes = _classes()[np.minimum(codes, 0xFFFF)]
    if len(codes) and codes.max() > 0xFFFF:
        astral = np.flatnonzero(codes > 0xFFFF).tolist()
        classes[[at for at in astral if text[at].isalpha()]] = _OTHER
    counts = np.bincount(classes, minlength=4).tolist()
    arabic, other = counts[_ARABIC_LETTER], counts[_OTHER]
    share = arabic / (arabic + other) if arabic else 0.0
    words = text.split()
    plain = _MARKS.sub("", text) if counts[_MARK] or "\N{ARABIC TATWEEL}" in text else text
    bare = _unpunctuated(plain)
    sample = bare[:LANGUAGE_SAMPLE]
    language = _language(sample, sample.split(), share)
    languages: tuple[str, ...] = ()
    if text:
        # A count belongs to the line whose break, or whose start of the text, comes before it.
        breaks = np.concatenate(([0], np.flatnonzero(codes == ord("\n"))))
        arabic_of = np.add.reduceat(classes == _ARABIC_LETTER, breaks, dtype=np.int64).tolist()
        if language == "ar" and not other and _TELLING.isdisjoint(bare.split()):
            languages = tuple(["ar" if number else "und" for number in arabic_of])
        else:
            other_of = np.add.reduceat(classes == _OTHER, breaks, dtype=np.int64).tolist()
            lines = zip(bare.split("\n"), arabic_of, other_of, strict=True)
            languages = tuple([_line_language(*line, language) for line in lines])
    return Quality(language, share, len(words), _repetition(words), languages)


def _unpunctuated(text: str) -> str:
    for mark in _AROUND:
        if mark in text:
            text = text.replace(mark, " ")
    return text


def _language(text: str, words: Sequence[str], share: float) -> str:
    """The language that the words speak for; 'und' if none does, or the script is another."""
    if share < MIN_ARABIC_SHARE:
        return "und"
    persian = _count(words, _PERSIAN)
    urdu = _count(words, _URDU)
    spaced = f" {text}"
    arabic = _count(words, _ARABIC) + (sum(spaced.count(opening) for opening in _DEFINITE) if words else 0)
    if not (arabic or persian or urdu):
        return "und"
    return "ar" if arabic >= max(persian, urdu) else "fa" if persian >= urdu else "ur"


def _count(words: Sequence[str], known: frozenset[str]) -> int:
    return 0 if known.isdisjoint(words) else sum(map(known.__contains__, words))


def _line_language(line: str, arabic: int, other: int, language: str) -> str:
    """The language of a line with so many letters: what its words say, else the text's if its script is Arabic."""
    if not arabic + other:
        return "und"
    share = arabic / (arabic + other)
    if share < MIN_ARABIC_SHARE:
        return "und-Latn" if _LATIN.search(line) else "und"
    words = line.split()
    if language == "ar" and _TELLING.isdisjoint(words):
        return language
    own = _language(line, words, share)
    if own == "ar":
        moroccan = len(_MOROCCAN.intersection(words))
        return "ary" if moroccan >= max(_LEAST_MARKERS, _MARKER_SHARE * len(words)) else "ar"
    return language if own == "und" else own


def _repetition(words: Sequence[str]) -> float:
    rows = len(words) - SHINGLE + 1
    if rows < SHINGLE:
        return 0.0
    return 1 - len(set(zip(words, words[1:], words[2:], words[3:], strict=False))) / rows


def drop_reason(quality: Quality) -> str | None:
    """Why a document is kept out of releases, or None: `not-arabic`, `too-short`, `repetitive`."""
    if quality.language != "ar":
        return "not-arabic"
    if quality.words < MIN_WORDS:
        return "too-short"
    if quality.repetition > MAX_REPETITION:
        return "repetitive"
    return None

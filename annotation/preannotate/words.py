"""Word forms as the entity models see them: folded spelling, and where the word proper begins after its proclitics.

Two questions are answered once per distinct form. *How is it spelt, roughly?* `plain` drops vowel marks and tatweel
and merges the letters that Arabic writers interchange (hamza on alef, final yeh), so that models and lexicons need one
entry; `fold` merges ta marbuta with heh as well. *Where does the word begin?* `Vocabulary.split` decides how
many leading letters are the conjunctions and prepositions و ف ب ل ك س: by what is known about the whole word and about
the rest (وليد is a name, وفرنسا is و and a name).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_MARKS = "".join(
    chr(code)
    for first, last in ((0x0610, 0x061A), (0x064B, 0x065F), (0x06D6, 0x06ED))
    for code in range(first, last + 1)
)
_DROPPED = _MARKS + (
    "\N{ARABIC LETTER SUPERSCRIPT ALEF}\N{ARABIC TATWEEL}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
)
_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_DROPPED),
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "گ": "ك",
        "ݣ": "ك",
        "ڭ": "ك",
        "ڤ": "ف",
        "ڥ": "ف",
        "پ": "ب",
        "چ": "ج",
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)
# Forms of these characters only are spelt plainly already: most are, and str.translate is slow on Arabic.
_IS_PLAIN = re.compile("[!-@\\[-~،؛؟«»\u0621\u0624\u0626-\u063a\u0641-\u0648\u064a]*+")

# Letters of the proclitics in the order in which they can follow each other, with the article where it is written
# with them (لل stands for ل + ال: the article has lost its alef).
PROCLITIC_STRINGS = ("و", "ف", "ب", "ل", "ك", "س", "وب", "ول", "وك", "وس", "فب", "فل", "فس")
_SHORTEST_REST = 2
_SHORT_REST = 3


def plain(form: str) -> str:
    """The spelling of `form` without marks, hamza on alef and final yeh merged; ta marbuta is kept (بلدية, لديه)."""
    return form if _IS_PLAIN.fullmatch(form) else form.translate(_PLAIN).lower()


def plain_words(text: str) -> frozenset[str]:
    """The space-separated words of a literal in their plain spelling."""
    return frozenset(plain(word) for word in text.split())


def fold(form: str) -> str:
    """The spelling of `form` with all interchangeable letters merged, ta marbuta too. Lossy: never for offsets."""
    return plain(form).replace("ة", "ه")


def kept_letters(form: str) -> list[int]:
    """For each character of `plain(form)` or `fold(form)`, its index in `form`: characters are dropped, never added."""
    return [index for index, letter in enumerate(form) if _PLAIN.get(ord(letter), letter) is not None]


def restore_article(rest: str) -> str:
    """The folded word behind the proclitic ل: للمغرب leaves لمغرب, which is written المغرب when it stands alone."""
    return "ا" + rest if rest.startswith("ل") else rest


@dataclass(frozen=True, slots=True)
class Split:
    """A reading of a folded form: `length` proclitic letters, then `stem` (folded, article restored)."""

    length: int
    stem: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of word forms: counts in running text, and names that must not be cut.

    `counts` maps plain forms to their frequency in raw text; `names` says, for single words known as (parts of) names
    or lexicon entries, how sure that is (on the scale of `_evidence`).
    """

    counts: Mapping[str, int]
    names: Mapping[str, float]
    _cache: dict[str, Split] = field(default_factory=dict, repr=False, compare=False)

    def split(self, folded: str) -> Split:
        """The proclitics of a folded form by the best reading; cached."""
        found = self._cache.get(folded)
        if found is None:
            found = self._cache[folded] = self._best(folded)
        return found

    def _best(self, folded: str) -> Split:
        whole = Split(0, folded)
        readings = list(_readings(folded))
        if not readings:
            return whole
        best, best_score = whole, self._evidence(folded, whole)
        for reading in readings:
            score = self._evidence(folded, reading)
            if score > best_score:
                best, best_score = reading, score
        return best

    def _evidence(self, folded: str, reading: Split) -> float:
        """How well a reading is supported, on a log-like scale; a reading without evidence scores 0."""
        stem = reading.stem
        count = self.counts.get(stem, 0)
        known = self.names.get(stem, 0.0)
        if reading.length == 0:
            # The whole form is counted with its cut readings in it, so a count alone says little for it.
            return 0.5 + known + _log2(count) * 0.7
        if count == 0 and not known:
            return 0.0
        score = _log2(count) + min(known, 5.0) - 1.5
        if stem.startswith("ال") and len(stem) > 4:
            score += 6.0  # a proclitic before the article is unmistakable
        if reading.length == 2:
            score -= 0.5
        if len(stem) <= _SHORT_REST and not known:
            score -= 2.0
        proclitic = folded[: reading.length]
        if proclitic in ("ك", "ف", "س", "وك", "فب", "فل", "فس"):
            score -= 4.0
        elif proclitic in ("ل", "ب"):
            score -= 0.5
        return score


def _readings(folded: str) -> Iterable[Split]:
    for proclitic in PROCLITIC_STRINGS:
        if not folded.startswith(proclitic):
            continue
        rest = folded[len(proclitic) :]
        if len(rest) < _SHORTEST_REST:
            continue
        if proclitic.endswith("س") and rest[0] not in "يتنا":
            continue  # the future particle stands before a verb only
        if proclitic.endswith("ل") and rest.startswith("ل"):
            yield Split(len(proclitic), restore_article(rest))
        elif proclitic.endswith("ل") and rest.startswith("ال"):
            continue  # ل + ال is written لل
        else:
            yield Split(len(proclitic), rest)


def _log2(count: int) -> float:
    return float(count.bit_length())

"""Word forms as the entity models see them: folded spelling, and where the word proper begins after its proclitics.

Two questions are answered once per distinct form. *How is it spelt, roughly?* `plain` drops vowel marks and tatweel
and merges the letters that Arabic writers interchange (hamza on alef, final yeh), so that models and lexicons need one
entry; `fold` merges ta marbuta with heh as well. *Where does the word begin?* `Vocabulary.split` decides how
many leading letters are the conjunctions and prepositions و ف ب ل ك س: by what is known about the whole word and about
the rest (وليد is a name, وفرنسا is و and a name).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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


class Split(NamedTuple):
    """A reading of a folded form: `length` proclitic letters, then `stem` (folded, article restored)."""

    length: int
    stem: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of word forms: counts in running text, and names that must not be cut.

    `counts` maps plain forms to their frequency in raw text; `names` says, for single words known as (parts of) names
    or lexicon entries, how sure that is (on the scale of `_best`). Words that have `numbers` have been split ahead:
    there, `lengths` has the letters of their proclitics.
    """

    counts: Mapping[str, int]
    names: Mapping[str, float]
    numbers: Mapping[str, int] = field(default_factory=dict)
    lengths: bytes = b""
    _cache: dict[str, Split] = field(default_factory=dict, repr=False, compare=False)

    def split(self, folded: str) -> Split:
        """The proclitics of a folded form by the best reading; cached."""
        found = self._cache.get(folded)
        if found is None:
            found = Split(0, folded)
            if folded[:1] in _BY_FIRST:
                number = self.numbers.get(folded)
                if number is None:
                    found = self._best(folded, found)
                elif self.lengths[number]:
                    proclitic = folded[: self.lengths[number]]
                    found = Split(len(proclitic), _behind(proclitic, folded))
            self._cache[folded] = found
        return found

    def _best(self, folded: str, whole: Split) -> Split:
        """The reading with the best evidence, on a log-like scale; a cut one without any is none."""
        counts, names = self.counts, self.names
        # The whole form is counted with its cut readings in it, so a count alone says little for it.
        best, best_score = whole, 0.5 + names.get(folded, 0.0) + 0.7 * counts.get(folded, 0).bit_length()
        for proclitic, cost in _BY_FIRST[folded[0]]:
            stem = _behind(proclitic, folded) if folded.startswith(proclitic) else ""
            count, known = counts.get(stem, 0), names.get(stem, 0.0)
            if not stem or not (count or known):
                continue
            score = count.bit_length() + min(known, 5.0) - cost
            if len(stem) > 4 and stem.startswith("ال"):
                score += 6.0  # a proclitic before the article is unmistakable
            if len(stem) <= _SHORT_REST and not known:
                score -= 2.0
            if score > best_score:
                best, best_score = Split(len(proclitic), stem), score
        return best


def _behind(proclitic: str, folded: str) -> str:
    """The stem that a proclitic leaves of a form that begins with it; empty where it can't be one."""
    rest = folded[len(proclitic) :]
    if len(rest) < _SHORTEST_REST:
        return ""
    if proclitic.endswith("س"):
        return rest if rest[0] in "يتنا" else ""  # the future particle stands before a verb only
    if proclitic.endswith("ل"):
        return "" if rest.startswith("ال") else restore_article(rest)  # ل + ال is written لل
    return rest


def _cost(proclitic: str) -> float:
    """What a reading with these proclitics must have more evidence than one without."""
    rare = proclitic in ("ك", "ف", "س", "وك", "فب", "فل", "فس")
    return 1.5 + 0.5 * (len(proclitic) == 2) + (4.0 if rare else 0.5 if proclitic in ("ل", "ب") else 0.0)


_BY_FIRST = {
    letter: [(each, _cost(each)) for each in PROCLITIC_STRINGS if each[0] == letter] for letter in "وفبلكس"
}

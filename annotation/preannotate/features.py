"""What the sequence model sees of a word: features of one form, each valid for its neighbours at a fixed offset.

Every feature depends on one token alone. That is what makes the model fast: the score vector a form contributes at
each offset is computed once and cached (`sequence.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from annotation.preannotate.gazetteer import norp_words, words
from annotation.preannotate.words import Vocabulary, plain

OFFSETS = (-2, -1, 0, 1, 2)
_LISTS = (
    "first_names", "surnames", "gpe", "gpe_ambiguous", "loc", "org", "honorifics", "offices", "org_heads",
    "event_heads",     "fac_heads", "place_heads", "cities", "name_firsts", "name_lasts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordClasses:
    """Word classes learnt from raw text, coarse to fine: `classes[form]` is one number a granularity."""

    classes: Mapping[str, Sequence[int]]

    def verbal(self, verbs: Collection[str]) -> frozenset[int]:
        """The finest classes that hold verbs, by their share of known verbs or of words that begin as present tense."""
        finest = {word: numbers[-1] for word, numbers in self.classes.items()}
        sizes = Counter(finest.values())
        known = Counter(finest[word] for word in verbs if word in finest)
        present = Counter(
            number for word, number in finest.items() if word[:1] in ("ي", "ت") or word[:2] in ("سي", "ست")
        )
        masculine = Counter(number for word, number in finest.items() if word[:1] == "ي" or word[:2] == "سي")
        return frozenset(
            number
            for number, size in sizes.items()
            if known[number] / size >= 0.12 or present[number] / size >= 0.75 or masculine[number] / size >= 0.3
        )


Tendencies = Mapping[str, str]
"""Per folded stem, the kinds of name it mostly is in raw text with the bucket of each share: `PERS4 ORG1`, `-`."""


class FeatureExtractor:
    """Features of word forms, from their letters, their class, the lists and what they tend to be."""

    def __init__(self, vocabulary: Vocabulary, classes: WordClasses, tendencies: Tendencies) -> None:
        self.vocabulary = vocabulary
        self._tendencies = tendencies
        self._classes = classes.classes
        self._listed: dict[str, list[str]] = {}
        for name, listed in (*((name, words(name)) for name in _LISTS), ("norp", norp_words())):
            for word in listed:
                self._listed.setdefault(word, []).append("g=" + name)
        self._of_tendency: dict[str | None, list[str]] = {None: ["t?"]}

    def features(self, form: str) -> list[str]:
        """The features of a form, without offset."""
        return self.features_of(form, plain(form))

    def features_of(self, form: str, folded: str) -> list[str]:
        """The features of a form whose plain spelling is `folded`."""
        split = self.vocabulary.split(folded)
        stem = split.stem
        if split.length:
            found = ["b", "w=" + _digits_to_zero(folded), "c=" + folded[: split.length], "s=" + stem]
        else:
            digitless = _digits_to_zero(folded)
            found = ["b", "w=" + digitless, "s=" + digitless]
        first = form[:1]
        if not first.isalpha():
            found.append("punct" if not first.isdigit() else "digit")
            return found
        if first.isascii():
            found.append("latin")
        article = stem.startswith("ال") and len(stem) > 4
        core = stem[2:] if article else stem
        found.append("al" if article else "noal")
        found.append("n=" + str(min(len(core), 9)))
        for size in (2, 3, 4):
            if len(core) > size:
                found.append("<" + core[:size])
                found.append(core[-size:] + ">")
        found.append(core[-1:] + ">")
        if form.endswith(("ة", "ى")):
            found.append("final=" + form[-1])  # على is no name, علي may be
        classes = self._classes.get(stem) or self._classes.get(folded)
        if classes is None:
            found.append("k-")
        else:
            found += [f"k{level}={number}" for level, number in enumerate(classes)]
        tendency = self._tendencies.get(stem)
        notes = self._of_tendency.get(tendency)
        if notes is None:
            notes = self._of_tendency[tendency] = ["t=" + note for note in (tendency or "").split(" ")]
        found += notes
        found += self._listed.get(stem, ())
        count = self.vocabulary.counts.get(folded, 0)
        found.append("f=" + str(min(count.bit_length(), 12)))
        return found


def _digits_to_zero(folded: str) -> str:
    if folded.isalpha():
        return folded
    return "".join("0" if letter.isdigit() else letter for letter in folded)

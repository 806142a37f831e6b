"""What the sequence model sees of a word: features of one form, each valid for its neighbours at a fixed offset.

Every feature depends on one token alone. That is what makes the model fast: the score vector a form contributes at
each offset is computed once and cached (`sequence.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from annotation.preannotate.gazetteer import norp_words, words
from annotation.preannotate.words import Split, Vocabulary, plain

OFFSETS = (-2, -1, 0, 1, 2)
LISTS = (
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


FINAL_YEH = "ى"
_FINALS = ("ة", FINAL_YEH)
_LONGEST = 9  # letters that are counted
_LENGTHS = tuple(map(str, range(_LONGEST + 1)))
_FREQUENCIES = tuple(str(min(bits, 12)) for bits in range(64))
_NO_AFFIXES = (None,) * 6

Tendencies = Mapping[str, str]
"""Per folded stem, the kinds of name it mostly is in raw text with the bucket of each share: `PERS4 ORG1`, `-`."""


_BY_FORM = ("w", "c", "s", "kind", "f", "n", "<2", ">2", "<3", ">3", "<4", ">4", ">1", "final")
Known = tuple[Sequence[int] | None, str | None, tuple[str, ...]]
"""What is known of a word: the numbers of its classes, its tendencies, and the lists that it is on."""


class FeatureExtractor:
    """Features of word forms, from their letters, their class, the lists and what they tend to be.

    A feature is written `template=value`. Those of `_BY_FORM` come from the form and its stem, the others from `Known`.
    """

    def __init__(self, vocabulary: Vocabulary, classes: WordClasses, tendencies: Tendencies) -> None:
        self.vocabulary = vocabulary
        self._tendencies = tendencies
        self._classes = classes.classes
        self._lists: dict[str, tuple[str, ...]] = {}
        for name, listed in (*((name, words(name)) for name in LISTS), ("norp", norp_words())):
            for word in listed:
                self._lists[word] = (*self._lists.get(word, ()), name)

    def features(self, form: str) -> list[str]:
        """The features of a form, without offset."""
        folded = plain(form)
        values, known = self.values(form, folded, self.vocabulary.split(folded))
        found = [f"{template}={value}" for template, value in zip(_BY_FORM, values, strict=False) if value is not None]
        return found if known is None else found + _notes(known)

    def values(self, form: str, folded: str, split: Split) -> tuple[tuple[str | None, ...], Known | None]:
        """The values of the templates `_BY_FORM` (the last may be missing) of a form, its plain spelling and its split.

        With them what is known of the word; nothing of what is no word.
        """
        length, stem = split
        proclitic = folded[:length] if length else None
        whole = folded if folded.isalpha() else _digits_to_zero(folded)
        first = form[:1]
        if not first.isalpha():
            return (whole, proclitic, stem if proclitic else whole, "digit" if first.isdigit() else "punct"), None
        article = stem.startswith("ال") and len(stem) > 4
        core = stem[2:] if article else stem
        kind = "article" if article else "latin" if first.isascii() else "bare"
        length = len(core)
        values = (
            whole,
            proclitic,
            stem if proclitic else whole,
            kind,
            _FREQUENCIES[self.vocabulary.counts.get(folded, 0).bit_length()],
            _LENGTHS[min(length, _LONGEST)],
            *(
                (core[:2], core[-2:], core[:3], core[-3:], core[:4], core[-4:])
                if length > 4
                else (core[:2], core[-2:], core[:3], core[-3:], None, None)
                if length > 3
                else (core[:2], core[-2:], None, None, None, None)
                if length > 2
                else _NO_AFFIXES
            ),
            core[-1:],
            form[-1] if form[-1] in _FINALS else None,  # على is no name, علي may be
        )
        classes = self._classes.get(stem) or self._classes.get(folded)
        return values, (classes, self._tendencies.get(stem), self._lists.get(stem, ()))


class FeatureRows:
    """Where the features of word forms stand in a table; `missing` is the row of a feature that is not there."""

    def __init__(self, extractor: FeatureExtractor, numbers: Mapping[str, int], missing: int) -> None:
        tables: dict[str, dict[str | None, int]] = {template: {} for template in _BY_FORM}
        for feature, number in numbers.items():
            template, _, value = feature.partition("=")
            if template in tables:
                tables[template][value] = number
        self._tables = [table.get for table in tables.values()]
        self._extractor = extractor
        self._numbers = numbers
        self._missing = missing
        self._of_known: dict[Known, list[int]] = {}

    def rows(self, form: str, folded: str, split: Split) -> list[int]:
        """The rows of the features of a form, its plain spelling and its split, in the order of `features`."""
        missing = self._missing
        values, known = self._extractor.values(form, folded, split)
        found = [row_of(value, missing) for row_of, value in zip(self._tables, values, strict=False)]
        if known is None:
            return found
        others = self._of_known.get(known)
        if others is None:
            others = self._of_known[known] = [self._numbers.get(note, missing) for note in _notes(known)]
        return found + others


def _notes(known: Known) -> list[str]:
    """What is known of a word as features."""
    classes, tendency, lists = known
    found = [f"k{level}={number}" for level, number in enumerate(classes)] if classes else ["k=none"]
    found += [f"t={note}" for note in tendency.split(" ")] if tendency else ["t=none"]
    return found + [f"g={name}" for name in lists]


def _digits_to_zero(folded: str) -> str:
    return "".join("0" if letter.isdigit() else letter for letter in folded)

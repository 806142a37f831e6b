"""How far a noun phrase reaches after its head: the complement chain of Arabic offices, bodies and events.

A chain is indefinite nouns in construct (إصلاح) up to a definite noun or a name (الإدارة), then definite adjectives.
Where the head allows it, و joins a second noun, ل and ب a part or a seat. The chain ends at punctuation, function
words, verbs, participles that tell of the head (الصادر), dates and the names of persons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotation.preannotate import lists
from annotation.preannotate.line import Found, Line
from annotation.preannotate.words import plain_words

_LONGEST = 14  # tokens of a complement
_CONSTRUCT = 3  # indefinite nouns in a row before the definite one
_LISTENERS = plain_words("مراسل مراسلة مراسلنا مراسلتنا")  # قال فلان لمراسل كذا: whom an official speaks to
_NAMES = ("ORG", "GPE", "LOC", "FAC", "EVENT", "LAW")


@dataclass(frozen=True, slots=True)
class Allows:
    """What a head lets its complement hold beyond the plain chain.

    `conjunction`: a second noun joined by و; `to`: a part joined by ل; `places`: a name joined by ب, في or لدى;
    `names`: a person's name as the complement; `by`: what ب joins to a verbal noun (للتوعية بخطر الألغام); `purpose`:
    an indefinite noun and what ل joins to it (مؤسسة سلال للتراث).
    """

    conjunction: bool = False
    to: bool = False
    places: bool = False
    names: bool = False
    by: bool = False
    purpose: bool = False


_PRONOUNS = ("ها", "هم", "هما", "هن")


class Names:
    """The mentions already known in a line, by the token they start at and by the tokens they cover."""

    __slots__ = ("_starting", "blocked", "inner", "line", "of_persons", "persons")

    def __init__(self, line: Line, known: Iterable[Found]) -> None:
        self.line = line
        self._starting: dict[int, Found] = {}
        self.blocked: set[int] = set()
        self.persons: set[int] = set()
        self.of_persons: list[Found] = []
        self.inner: set[int] = set()  # tokens behind the first of a name known by list or head
        self.add(known)

    def add(self, known: Iterable[Found]) -> None:
        """Takes note of further mentions."""
        for found in known:
            start, end, label = found.start, found.end, found.label
            if label in ("DATE", "MONEY"):
                self.blocked.update(range(start, end))
                continue
            if label == "PERS":
                self.of_persons.append(found)
                self.persons.update(range(start, end))
            elif end > start + 1 and label in _NAMES and found.source in ("list", "phrases"):
                self.inner.update(range(start + 1, end))
            longest = self._starting.get(start)
            if longest is None or longest.end < end:
                self._starting[start] = found

    def starting(self, index: int) -> Found | None:
        """The longest known mention that starts at a token."""
        return self._starting.get(index)

    def label_at(self, index: int) -> str:
        """The label of the longest mention that starts at a token; empty where none does."""
        found = self._starting.get(index)
        return found.label if found else ""

    def any_starts(self, start: int, end: int) -> bool:
        """Whether a known mention starts at one of these tokens."""
        return not self._starting.keys().isdisjoint(range(start, end))

    def is_nisba(self, index: int) -> bool:
        """Whether the token is a nationality or group word."""
        stems = self.line.stems
        return 0 <= index < len(stems) and stems[index] in lists.NATIONS

    def ends_phrase(self, index: int) -> bool:
        """Whether no noun phrase can go on with this token."""
        its = self.line.words
        if index >= len(its) or index in self.blocked:
            return True
        word = its[index]
        return word.closing or (word.predicate and index not in self._starting)


def chain_end(names: Names, index: int, allows: Allows, *, closed: bool = False) -> int:
    """Where the complement that begins at token `index` ends; `index` itself where there is none.

    `closed` says that a definite noun or a name has been reached: only adjectives and joined parts follow.
    """
    end = index
    limit = min(len(names.line.words), index + _LONGEST)
    while end < limit:
        step, closed = _step(names, end, index, allows, closed=closed)
        if step == end:
            break
        end = step
    return min(end, len(names.line.words))


def _step(names: Names, at: int, first: int, allows: Allows, *, closed: bool) -> tuple[int, bool]:
    """The token behind the next part of a chain (`at` where it ends), and whether the chain is closed then."""
    line = names.line
    word = line.words[at]
    found = names.starting(at)
    end = (at, closed)
    if allows.conjunction and closed and at > first and word.folded == "و" and at + 1 < len(line.words):
        noun = line.words[at + 1]  # العدالة و التنمية
        alone = noun.definite and not _begins_another(names, at + 1) and not names.ends_phrase(at + 1)
        return (at + 2, True) if alone else end
    if found is not None and found.label == "PERS":
        ruler = at == first + 1 and line.stems[first] in lists.SOVEREIGNS
        return (found.end, True) if allows.names and (at == first or ruler) and not word.proclitic else end
    named = found is not None and found.label in _NAMES
    if not (named and found is not None and found.end > at + 1):  # عين السبع, سيدي بوزيد
        if names.ends_phrase(at):
            if allows.places and closed and word.folded in ("في", "لدي") and names.label_at(at + 1) in _NAMES:
                place = names.starting(at + 1)
                return (place.end, True) if place else end
            return end
        if word.folded in lists.HONORIFICS or (word.definite and at > first and word.folded in lists.SOVEREIGNS):
            return end
    if not word.proclitic:
        if closed:
            if not word.definite or (named and not _adjective(names, at)):
                return end
            if names.is_nisba(at - 1) and not _adjective(names, at):
                return end  # nothing but a further adjective follows a nationality
            if word.stem[2:] in lists.OFFICES and word.folded not in lists.OFFICE_ADJECTIVES:
                return end  # ولي العهد النائب الثاني: another office
            return at + 1, True
        if named and found is not None:
            return found.end, True
        if word.definite:
            return at + 1, True
        if word.folded in lists.FIRST_NAMES:
            return end
        if allows.purpose and at == first and _for_purpose(names, at + 1):
            return at + 1, True
        return (at + 1, False) if _carries(names, at + 1) else end
    if word.proclitic == "و" and allows.conjunction and at > first and closed:
        if _begins_another(names, at):
            return end
        if word.folded.endswith(_PRONOUNS):
            return end  # وزارة الحج وتواصلها الدائم
        if word.definite:
            return at + 1, True
        return (at + 1, False) if _carries(names, at + 1) else end
    if word.proclitic == "ل" and word.stem not in _LISTENERS and (allows.to or at == first):
        if named and found is not None:
            return found.end, True
        if word.definite:
            return at + 1, True
        return (at + 1, False) if _carries(names, at + 1) else end
    if word.proclitic == "ب" and closed and named and found is not None:
        return (found.end, True) if allows.places else end
    if word.proclitic == "ب" and allows.by and closed:
        if word.definite:
            return at + 1, True
        return (at + 1, False) if _carries(names, at + 1) else end
    return end


def _for_purpose(names: Names, at: int) -> bool:
    """Whether a purpose follows: للتراث, للنشر."""
    if names.ends_phrase(at):
        return False
    word = names.line.words[at]
    return word.proclitic == "ل" and word.definite


def _begins_another(names: Names, at: int) -> bool:
    """Whether a joined noun begins a name of its own: وزارة التجهيز والولاية."""
    word = names.line.words[at]
    found = names.starting(at)
    if word.definite and word.stem[2:] in lists.PLACE_HEADS:
        return True
    named = found is not None and found.label in _NAMES
    return word.stem in lists.ORG_HEADS or names.is_nisba(at) or named or _office(word.stem)


def _office(stem: str) -> bool:
    return stem in lists.OFFICES or (stem.startswith("ال") and stem[2:] in lists.OFFICES)


def _adjective(names: Names, at: int) -> bool:
    return names.is_nisba(at) or names.line.stems[at] in lists.OFFICE_ADJECTIVES


def _carries(names: Names, at: int) -> bool:
    """Whether what follows at `at` makes the preceding indefinite noun part of a definite phrase."""
    for index in range(at, at + _CONSTRUCT):
        if names.ends_phrase(index):
            return False
        word = names.line.words[index]
        if word.cut or word.folded in lists.HONORIFICS:
            return False
        label = names.label_at(index)
        if label:
            return label in _NAMES
        if word.folded.endswith(_PRONOUNS):
            return False  # هيئة معارضة مقرها لندن
        if word.definite:
            return True
    return False

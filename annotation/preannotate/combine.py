"""The default entity annotator: the sequence model, the lexicons, the grammars, dates and money in one layer.

Order of trust, where two candidates cross or claim the same range: dates and money, then names known by list, then
phrases by their heads, then the model, then repetitions. Candidates inside others stay where the conventions let them
nest (`_MAY_HOLD`). Scores say how often such a candidate was right (`_SHARES`; models/ENTITIES_CARD.md says on what).
"""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from annotation.preannotate.chains import Names
from annotation.preannotate.consistency import repeated_names
from annotation.preannotate.dates import DateAnnotator
from annotation.preannotate.embedded import EmbeddedModel, load
from annotation.preannotate.forms import Forms
from annotation.preannotate.gazetteer import words
from annotation.preannotate.line import Found, Line, LineReader
from annotation.preannotate.mending import completed, label_of, mended, trimmed_to_surnames, without_adjectives
from annotation.preannotate.money import MoneyAnnotator
from annotation.preannotate.offices import offices
from annotation.preannotate.patterns import about_sport, clubs, editions, lone_clubs, quoted_names
from annotation.preannotate.persons import persons, strange_surnames, strangers
from annotation.preannotate.phrases import headed, listed_cities, national_words, placed, regional_words
from annotation.preannotate.protocol import Article
from annotation.preannotate.sequence import Mention, as_batch, mentions
from annotation.preannotate.triggers import (
    CITY,
    CLUB,
    DESCRIBING,
    EDITION,
    GIVEN,
    HEAD,
    LISTED,
    LONE_CLUB,
    NATIONAL,
    OFFICE,
    PLACE,
    QUOTE,
    REGIONAL,
    listed_names,
    triggers,
)
from annotation.preannotate.words import plain_words
from corpus.span import Entity

NAME = "mudawwana-entities"
VERSION = "4"
LABELS = frozenset(["PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "LAW", "PRODUCT", "DATE", "MONEY"])

_MOST_FORMS = 300_000  # distinct word forms remembered before beginning anew: bounds the memory
_TOGETHER = 64  # articles judged together: bounds the memory, and fits a processor's cache
_LEAST = 0.5  # a model mention less probable than this (by its tagger) is not suggested
# How often candidates of a source and label were right on the sample articles, a little less for small counts.
_USUAL_SHARES = {"list": 0.95, "phrases": 0.8, "repeated": 0.8}
_SHARES = {(source, label): share for source, share in _USUAL_SHARES.items() for label in LABELS} | {
    ("list", "EVENT"): 0.85,
    ("list", "LOC"): 0.92,
    ("offices", "OCC"): 0.9,
    ("norp", "NORP"): 0.94,
    ("phrases", "PERS"): 0.93,
    ("linked", "PERS"): 0.85,
    ("phrases", "ORG"): 0.9,
    ("phrases", "LAW"): 0.88,
    ("phrases", "EVENT"): 0.8,
    ("phrases", "FAC"): 0.82,
    ("phrases", "LOC"): 0.75,
    ("phrases", "GPE"): 0.85,
    ("phrases", "PRODUCT"): 0.88,
    ("repeated", "PERS"): 0.9,
}
_TRUST = ("dates", "money", "list", "offices", "phrases", "linked", "model", "repeated", "norp")
_RANKS = {source: rank for rank, source in enumerate(_TRUST)}
_START = itemgetter(0)  # of a candidate
_FIXED = ("DATE", "MONEY")
_WITH_YEARS = ("EVENT", "LAW")
_SIDES = plain_words("شمال جنوب شرق غرب وسط دول")  # شمال أفريقيا holds أفريقيا; البحر المتوسط is one thing
_MAY_HOLD = {
    "PERS": frozenset[str](),
    "GPE": frozenset[str](),
    "LOC": frozenset(("NORP", "LOC", "GPE")),
    "NORP": frozenset(("NORP", "GPE")),
    "FAC": frozenset(("PERS", "GPE", "ORG", "NORP", "FAC", "LOC")),
    "ORG": frozenset(("PERS", "GPE", "ORG", "NORP", "LOC", "FAC", "EVENT")),
    "OCC": frozenset(("PERS", "GPE", "ORG", "NORP", "LOC", "FAC", "EVENT", "LAW")),
    "EVENT": frozenset(("PERS", "GPE", "ORG", "NORP", "LOC", "FAC", "EVENT", "DATE")),
    "LAW": frozenset(("PERS", "GPE", "ORG", "NORP", "LOC", "FAC", "EVENT", "DATE")),
    "PRODUCT": frozenset(("PERS", "GPE", "ORG", "NORP", "LOC", "FAC")),
    "DATE": frozenset[str](),
    "MONEY": frozenset[str](),
}


class EmbeddedEntityAnnotator:
    """Entities by the packaged model and rules. Not safe to share between threads."""

    def __init__(self, model: EmbeddedModel) -> None:
        self._model = model
        self._vocabulary = model.vocabulary
        self._verbal = model.classes.verbal(words("verbs"))
        self._forget()

    def _forget(self) -> None:
        """Begins a numbering of forms, shared by everything that asks what a word is."""
        model = self._model
        self._forms = Forms()
        self._reader = LineReader(model.vocabulary, model.classes, self._verbal, triggers(), self._forms)
        self._tagger = model.tagger(self._forms)
        self._dates = DateAnnotator(self._forms)
        self._money = MoneyAnnotator(self._forms)

    @property
    def name(self) -> str:
        return NAME

    @property
    def version(self) -> str:
        return VERSION

    @property
    def labels(self) -> frozenset[str]:
        return LABELS

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        """The entities of each article, sorted by range, never crossing, at most one label a range."""
        groups = (articles[first : first + _TOGETHER] for first in range(0, len(articles), _TOGETHER))
        return [found for group in groups for found in self._entities(group)]

    def _entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        if len(self._forms.known) > _MOST_FORMS:
            self._forget()
        readings = [self._forms.read(article) for article in articles]
        lines = [self._reader.lines(reading) for reading in readings]
        judged = self._tagger.judge(
            *as_batch([line.numbers for of_article in lines for line in of_article]),
            [number for number, of_article in enumerate(lines) for _ in of_article],
        )
        tagged = map(_found, mentions(self._tagger.labels, judged))
        result = []
        for reading, of_article in zip(readings, lines, strict=True):
            fixed = [*self._dates.mentions(reading), *self._money.mentions(reading)]
            result.append(self._article(of_article, [next(tagged) for _ in of_article], fixed))
        return result

    def _article(self, lines: Sequence[Line], tagged: Sequence[list[Found]], fixed: Sequence[Entity]) -> list[Entity]:
        candidates: list[list[Found]] = []
        for line, tags, blocked in zip(lines, tagged, _by_line(lines, fixed), strict=True):
            its = [*blocked, *_listed(line)]
            modelled = completed(line, [part for each in tags for part in mended(line, each)]) if tags else []
            if GIVEN in line.triggers:
                its += persons(Names(line, [*blocked, *modelled]))
            its += modelled
            candidates.append(settled(its))
        candidates = trimmed_to_surnames(lines, candidates)
        repeated = repeated_names(lines, candidates, self._vocabulary)
        found: list[Entity] = list(fixed)
        phrases = (*_PHRASES, (LONE_CLUB, lone_clubs)) if about_sport(lines) else _PHRASES
        for line, names, again in zip(lines, candidates, repeated, strict=True):
            if not (names or again or line.triggers):
                continue
            known = Names(line, [*names, *again])
            phrased = _set_off(phrases, known)
            if known.of_persons:
                phrased += strange_surnames(known)
            known.add(phrased)
            further = [*again, *phrased, *_set_off(_AROUND, known)]
            for each in settled(without_prefixes([*names, *further])) if further else names:
                label, source = each.label, each.source
                if label not in _FIXED:
                    score = self._calibrated(each) if source == "model" else _SHARES[source, label]
                    start, end = line.range_of(each)
                    found.append(Entity(start, end, label, score, source))
                if label in _WITH_YEARS and _is_year(line.forms[each.end - 1]) and each.end - 1 not in known.blocked:
                    found.append(_year(line, each.end - 1))
        return without_collisions(found)

    def _calibrated(self, found: Found) -> float:
        """How likely a candidate of the model is right."""
        return round(self._model.calibrated(found.label, found.score), 3)


_Rules = Sequence[tuple[int, Callable[[Names], Iterable[Found]]]]  # each with the trigger that sets it off
_PHRASES: _Rules = (
    (HEAD, headed),
    (PLACE, placed),
    (CITY, listed_cities),
    (CLUB, clubs),
    (QUOTE, quoted_names),
    (DESCRIBING, strangers),
)
_AROUND: _Rules = (  # what they find may hold phrases
    (OFFICE, offices),
    (EDITION, editions),
    (NATIONAL, national_words),
    (REGIONAL, regional_words),
)


def _set_off(rules: _Rules, known: Names) -> list[Found]:
    """The candidates of those rules that a line's words set off; they may overlap."""
    triggers = known.line.triggers
    return [found for trigger, rule in rules if trigger in triggers for found in rule(known)]


def _found(mentions: Iterable[Mention]) -> list[Found]:
    """The model's mentions of a sentence that are probable enough."""
    return [Found(*mention, "model") for mention in mentions if mention[3] >= _LEAST]


def _listed(line: Line) -> list[Found]:
    """The names of a line that are known by list."""
    starts = line.at(LISTED)
    if not starts:
        return []
    names = listed_names()
    matches = [*names.matches(line.stems, line.folded, starts)]
    for outer in [match for match in matches if match[1] > match[0] + 1]:
        for each in names.inside(outer, line.stems, line.folded):
            if each[2] != "LOC" or line.stem(each[0] - 1) in _SIDES:
                matches.append(each)
    if not matches:
        return []
    listed = [Found(start, end, label_of(line, start, kind), 0.95, "list") for start, end, kind in matches]
    return completed(line, without_adjectives(line, listed))


def _is_year(form: str) -> bool:
    return len(form) == 4 and form.isdecimal() and form.startswith(("19", "20"))


def _year(line: Line, at: int) -> Entity:
    """The year that ends a name (قمة الويب 2026) as a DATE inside it."""
    return Entity(*line.tokens[at], "DATE", 0.7, "phrases", line.forms[at])


def _by_line(lines: Sequence[Line], entities: Sequence[Entity]) -> list[list[Found]]:
    """Dates and money by the line that they lie in whole."""
    found: list[list[Found]] = [[] for _ in lines]
    starts = [line.tokens[0][0] for line in lines]
    for entity in entities:
        number = bisect_right(starts, entity.start) - 1
        if number >= 0 and entity.end <= lines[number].tokens[-1][1]:
            found[number].append(_as_found(lines[number], entity))
    return found


def _as_found(line: Line, entity: Entity) -> Found:
    start = bisect_right(line.tokens, entity.start, key=itemgetter(1))
    end = bisect_left(line.tokens, entity.end, key=itemgetter(0))
    return Found(start, end, entity.label, entity.score, "dates" if entity.label == "DATE" else "money")


def settled(candidates: Sequence[Found]) -> list[Found]:
    """The candidates that can stand together, by trust: none crossing, none twice, nesting only as allowed."""
    if len(candidates) < 2:
        return [*candidates]
    kept: list[Found] = []
    rivals: list[Found] = []  # of overlapping ones, the first is kept till the last is known
    reach = 0
    for found in sorted(candidates, key=_START):
        if found.start >= reach:
            if rivals:
                kept[-1:] = _best(rivals)
                rivals = []
            kept.append(found)
            reach = found.end
        elif not rivals and found[:3] == kept[-1][:3]:  # the same twice: the more trusted stands for both
            if _RANKS[found.source] < _RANKS[kept[-1].source]:
                kept[-1] = found
        else:
            rivals = rivals or kept[-1:]
            rivals.append(found)
            reach = max(reach, found.end)
    if rivals:
        kept[-1:] = _best(rivals)
    return kept


def _order(found: Found) -> tuple[int, int, int]:
    return _RANKS[found.source], found.start - found.end, found.start


def _best(rivals: Sequence[Found]) -> list[Found]:
    """Of candidates that overlap, those that can stand together."""
    kept: list[Found] = []
    for found in sorted(rivals, key=_order):
        start, end = found.start, found.end
        for other in kept:
            if start < other.end and other.start < end and not _compatible(found, other):
                break
        else:
            kept.append(found)
    return kept


def without_prefixes(candidates: Sequence[Found]) -> Sequence[Found]:
    """The candidates without listed events and laws that a phrase carries on: كأس العالم beside كأس العالم 2026."""
    longest: dict[tuple[int, str], int] = {}
    for found in candidates:
        if found.label in _WITH_YEARS:
            key = (found.start, found.label)
            longest[key] = max(found.end, longest.get(key, 0))
    if not longest:
        return candidates
    return [
        found
        for found in candidates
        if found.source != "list" or found.end == longest.get((found.start, found.label), found.end)
    ]


def _compatible(found: Found, other: Found) -> bool:
    """Whether two candidates that share a token can both stand."""
    start, end, label = found.start, found.end, found.label
    if start == other.start and (end == other.end or label == other.label):
        return False
    if label == other.label == "LOC" and not found.source == other.source == "list":
        return False  # the matcher has seen to it that only شمال and the like hold one
    if other.start <= start and end <= other.end:
        return label in _MAY_HOLD[other.label]
    if start <= other.start and other.end <= end:
        return other.label in _MAY_HOLD[label]
    return False


def without_collisions(entities: Sequence[Entity]) -> list[Entity]:
    """Of entities that cross or share a range, the one that comes first in the order given; sorted by range."""
    kept: list[int] = []  # by their place in the order given
    rivals: list[int] = []  # of overlapping ones, the first is kept till the last is known
    reach = 0
    starts = [entity.start for entity in entities]
    for rank in sorted(range(len(starts)), key=starts.__getitem__):
        end = entities[rank].end
        if starts[rank] < reach:
            rivals = rivals or kept[-1:]
            rivals.append(rank)
            reach = max(reach, end)
            continue
        if rivals:
            kept[-1:] = _standing(entities, rivals)
            rivals = []
        kept.append(rank)
        reach = end
    if rivals:
        kept[-1:] = _standing(entities, rivals)
    return [entities[rank] for rank in kept]


def _standing(entities: Sequence[Entity], rivals: Iterable[int]) -> list[int]:
    """Of overlapping entities, those that neither cross nor share a range; sorted by range."""
    kept: list[tuple[int, int, int]] = []
    for start, outward, rank in sorted([(entities[rank].start, -entities[rank].end, rank) for rank in rivals]):
        # Those before begin no later: what reaches into this one and does not hold it, crosses it.
        colliding = [each for each in kept if start < -each[1] and (each[1] > outward or each[:2] == (start, outward))]
        if not colliding:
            kept.append((start, outward, rank))
        elif all(each[2] > rank for each in colliding):
            kept = [*(each for each in kept if each not in colliding), (start, outward, rank)]
    return [rank for _, _, rank in sorted(kept, key=_range)]


def _range(span: tuple[int, int, int]) -> tuple[int, int]:
    return span[0], -span[1]


@functools.cache
def default_entity_annotator() -> EmbeddedEntityAnnotator:
    """The packaged annotator, loaded once a process. Raises `FileNotFoundError` where the model file is missing."""
    return EmbeddedEntityAnnotator(load())

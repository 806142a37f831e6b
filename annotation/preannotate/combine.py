"""The default entity annotator: the sequence model, the lexicons, the grammars, dates and money in one layer.

Order of trust, where two candidates cross or claim the same range: dates and money, then names known by list, then
phrases by their heads, then the model, then repetitions. Candidates inside others stay where the conventions let them
nest (`_MAY_HOLD`). Scores say how often such a candidate was right (`_SHARES`; models/ENTITIES_CARD.md says on what).
"""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

from annotation.preannotate.chains import Names
from annotation.preannotate.consistency import repeated_names
from annotation.preannotate.dates import DateAnnotator
from annotation.preannotate.embedded import EmbeddedModel, load
from annotation.preannotate.forms import Forms
from annotation.preannotate.gazetteer import words
from annotation.preannotate.line import Found, Line, LineReader
from annotation.preannotate.mending import completed, governed, mended, printed, trimmed_to_surnames, without_adjectives
from annotation.preannotate.money import MoneyAnnotator
from annotation.preannotate.offices import offices
from annotation.preannotate.patterns import about_sport, editions, lone_clubs
from annotation.preannotate.persons import persons
from annotation.preannotate.phrases import national_words, phrases_in, regional_words
from annotation.preannotate.protocol import Article
from annotation.preannotate.sequence import Mention, as_batch, mentions
from annotation.preannotate.triggers import LISTED, listed_names, triggers
from annotation.preannotate.words import plain_words
from corpus.span import Entity

NAME = "mudawwana-entities"
VERSION = "3"
LABELS = frozenset(["PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "LAW", "PRODUCT", "DATE", "MONEY"])

_MOST_FORMS = 300_000  # distinct word forms remembered before beginning anew: bounds the memory
_TOGETHER = 64  # articles judged together: bounds the memory, and fits a processor's cache
_LEAST = 0.5  # a model mention less probable than this (by its tagger) is not suggested
# How often candidates of a source and label were right on the sample articles, a little less for small counts.
_SHARES = {
    ("list", "EVENT"): 0.85,
    ("list", "LOC"): 0.92,
    ("offices", "OCC"): 0.9,
    ("norp", "NORP"): 0.94,
    ("phrases", "PERS"): 0.93,
    ("phrases", "ORG"): 0.9,
    ("phrases", "LAW"): 0.88,
    ("phrases", "EVENT"): 0.8,
    ("phrases", "FAC"): 0.82,
    ("phrases", "LOC"): 0.75,
    ("phrases", "GPE"): 0.85,
    ("phrases", "PRODUCT"): 0.88,
    ("repeated", "PERS"): 0.9,
}
_USUAL_SHARES = {"list": 0.95, "phrases": 0.8, "repeated": 0.8}
_TRUST = ("dates", "money", "list", "offices", "phrases", "model", "repeated", "norp")
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
            if not (blocked or tags or line.active):
                candidates.append([])
                continue
            modelled = completed(line, [part for each in tags for part in mended(line, each)])
            candidates.append(settled([*blocked, *_listed(line), *persons(Names(line, blocked)), *modelled]))
        candidates = trimmed_to_surnames(lines, candidates)
        repeated = repeated_names(lines, candidates, self._vocabulary)
        found: list[Entity] = list(fixed)
        sport = about_sport(lines)
        for line, names, again in zip(lines, candidates, repeated, strict=True):
            if not (names or again or line.active):
                continue
            known = Names(line, [*names, *again])
            phrased = [*phrases_in(known), *(lone_clubs(known) if sport else ())]
            known = Names(line, [*names, *again, *phrased])
            everything = [*names, *again, *phrased, *offices(known)]
            everything += [*editions(known), *national_words(known), *regional_words(known)]
            for each in settled(without_prefixes(everything)):
                if each.label not in ("DATE", "MONEY"):
                    start, end = line.range_of(each)
                    found.append(Entity(start, end, each.label, self._score(each), each.source))
                if (
                    each.label in ("EVENT", "LAW")
                    and _is_year(line.forms[each.end - 1])
                    and each.end - 1 not in known.blocked
                ):
                    found.append(_year(line, each.end - 1))
        return sorted(without_collisions(found))

    def _score(self, found: Found) -> float:
        """How likely a candidate is right: calibrated, for the model; else the share of such candidates that was."""
        if found.source == "model":
            return round(self._model.calibrated(found.label, found.score), 3)
        return _SHARES.get((found.source, found.label), _USUAL_SHARES.get(found.source, found.score))


def _found(mentions: Iterable[Mention]) -> list[Found]:
    """The model's mentions of a sentence that are probable enough."""
    return [Found(*mention, "model") for mention in mentions if mention[3] >= _LEAST]


def _listed(line: Line) -> list[Found]:
    """The names of a line that are known by list."""
    starts = line.at(LISTED)
    if not starts:
        return []
    outer = list(listed_names().matches(line.stems, line.folded, starts))
    inner = [each for match in outer for each in listed_names().inside(match, line.stems, line.folded)]
    matches = [*outer, *(each for each in inner if each.kind != "LOC" or line.stem(each.start - 1) in _SIDES)]
    listed = [Found(each.start, each.end, each.kind, 0.95, "list") for each in matches]
    listed = [each._replace(label="GPE") if governed(line, each) else each for each in listed]
    listed = [each._replace(label="ORG") if printed(line, each) else each for each in listed]
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


def _order(found: Found) -> tuple[int, int, int]:
    return _TRUST.index(found.source), found.start - found.end, found.start


def settled(candidates: Iterable[Found]) -> list[Found]:
    """The candidates that can stand together, by trust: none crossing, none twice, nesting only as allowed."""
    kept: list[Found] = []
    covering: dict[int, list[Found]] = {}  # those kept, by each token
    for found in sorted(candidates, key=_order):
        its = range(found.start, found.end)
        if all(_compatible(found, other) for at in its for other in covering.get(at, ())):
            kept.append(found)
            for at in its:
                covering.setdefault(at, []).append(found)
    return kept


def without_prefixes(candidates: Sequence[Found]) -> list[Found]:
    """The candidates without listed events and laws that a phrase carries on: كأس العالم beside كأس العالم 2026."""
    longest: dict[tuple[int, str], int] = {}
    for found in candidates:
        key = (found.start, found.label)
        longest[key] = max(found.end, longest.get(key, 0))
    return [
        found
        for found in candidates
        if found.source != "list"
        or found.label not in ("EVENT", "LAW")
        or found.end == longest[found.start, found.label]
    ]


def _compatible(found: Found, other: Found) -> bool:
    """Whether two candidates that share a token can both stand."""
    if found.start == other.start and (found.end == other.end or found.label == other.label):
        return False
    if found.label == other.label == "LOC":
        return found.source == other.source == "list"  # the matcher has seen to it that only شمال and the like hold one
    if other.covers(found):
        return found.label in _MAY_HOLD[other.label]
    if found.covers(other):
        return other.label in _MAY_HOLD[found.label]
    return False


def without_collisions(entities: Iterable[Entity]) -> list[Entity]:
    """Of entities that cross or share a range, the one that comes first in the order given; sorted by range."""
    ranked = sorted(enumerate(entities), key=lambda each: (each[1].start, -each[1].end, each[0]))
    kept: dict[int, Entity] = {}
    reaching: dict[int, Entity] = {}  # those kept that reach beyond the point of the sweep
    for rank, entity in ranked:
        reaching = {other: each for other, each in reaching.items() if each.end > entity.start}
        rivals = [other for other, each in reaching.items() if _collide(each, entity)]
        if any(other < rank for other in rivals):
            continue
        for other in rivals:
            del kept[other], reaching[other]
        kept[rank] = reaching[rank] = entity
    return list(kept.values())


def _collide(one: Entity, other: Entity) -> bool:
    return one.crosses(other) or (one.start, one.end) == (other.start, other.end)


@functools.cache
def default_entity_annotator() -> EmbeddedEntityAnnotator:
    """The packaged annotator, loaded once a process. Raises `FileNotFoundError` where the model file is missing."""
    return EmbeddedEntityAnnotator(load())

"""All figures of agreement of a corpus, and the rows of the table `agreement` that they make."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np
import pyarrow as pa

from annotation.agreement import units
from annotation.agreement.alpha import alpha
from annotation.agreement.anchoring import ALL, Anchoring, Estimate, Fate, anchoring, beside_model, fates
from annotation.agreement.compare import Compared, Sums, compare_marks, counts_by_document, f1, with_all
from annotation.agreement.marks import Comparison, compare_sides
from annotation.agreement.resample import interval
from annotation.judged import Judged, read_predictions, read_work
from corpus.release.source import CorpusTables
from schemas.tables import AGREEMENT, SENTENCE_KINDS, TASKS

MEASURES: Final = {
    "f1-strict": "Pairwise F1 of the same range and label; for topics, of the same topic.",
    "f1-partial": "Pairwise F1 of the same label on overlapping ranges, matched one to one.",
    "alpha": "Krippendorff's alpha of whether a document has the topic.",
    "alpha-main": "Krippendorff's alpha of the main topic.",
    "alpha-sets": "Krippendorff's alpha of the set of topics, at MASI distance.",
    "alpha-boundaries": "Krippendorff's alpha of whether a sentence begins at a gap of the text.",
    "alpha-kinds": "Krippendorff's alpha of the kind of sentences that are delimited alike.",
    "alpha-characters": "Krippendorff's alpha of the label of the outermost entity at each code point.",
    "model-f1-seen": "F1 (strict) of annotators against the predictions that they saw.",
    "model-f1-blind": "F1 (strict) of annotators against predictions that they did not see.",
    "anchoring": "model-f1-seen minus model-f1-blind.",
    "anchoring-p": "Permutation p-value of anchoring.",
    "accepted": "Share of the predictions seen that were kept as they were.",
    "changed": "Share of the predictions seen that got another range or label.",
    "rejected": "Share of the predictions seen that were removed.",
    "added": "Share of the marks of annotators who saw predictions that no prediction led to.",
}
EXAMPLES: Final = 3
"""Places that are kept as examples of each difference."""
SHOWN: Final = 60
"""Code points of an example's words that are kept."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table `agreement`; `low` and `high` are None where there is no interval."""

    task: str
    label: str
    measure: str
    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class PairFigure:
    """How far two annotators agree on the `documents` that both finished."""

    task: str
    first: str
    second: str
    documents: int
    strict: Estimate
    partial: Estimate


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a document (at most `SHOWN` code points of them): `start` and `end` in code points."""

    doc_id: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class DifferenceCount:
    """How often two annotators differ in the same way.

    `kind` is one of `annotation.agreement.compare.KINDS`; a label is None where that annotator has nothing there.
    """

    task: str
    first: str
    second: str
    kind: str
    first_label: str | None
    second_label: str | None
    times: int
    examples: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """All that is known of a corpus's agreement. `documents` and `shared` are by task: finished, and by two or more."""

    documents: Mapping[str, int]
    shared: Mapping[str, int]
    figures: tuple[Figure, ...]
    pairs: tuple[PairFigure, ...]
    differences: tuple[DifferenceCount, ...]
    anchoring: tuple[Anchoring, ...]
    fates: tuple[Fate, ...]


def measure_agreement(tables: CorpusTables, *, round_: int | None = None) -> Agreement:
    """Compare annotators with each other and with the model, in all tasks.

    With `round_` only work of that campaign counts. Figures that are not defined (nobody to compare with, nothing that
    varies) are left out.
    """
    columns = (tables.documents[name].to_pylist() for name in ("doc_id", "text"))
    texts = dict(zip(*columns, strict=True))
    documents, shared = {}, {}
    figures: list[Figure] = []
    pairs: list[PairFigure] = []
    differences: list[DifferenceCount] = []
    swayed: list[Anchoring] = []
    became: list[Fate] = []
    for task in TASKS:
        judged = read_work(tables, task, round_=round_, independent=True)
        if not judged.works:
            continue
        sides = compare_sides(judged)
        documents[task] = len(sides.docs)
        shared[task] = int((sides.did[0].sum(axis=1) > 1).sum())
        compared = dict(_pairs(sides))
        figures += _f1_figures(sides, compared)
        figures += _alpha_figures(judged, sides, texts)
        pairs += _pair_figures(sides, compared)
        differences += _difference_counts(sides, compared, texts)
        predictions, beside = read_predictions(tables, task, judged)
        if predictions.works:
            model = beside_model(judged, predictions, beside)
            swayed += anchoring(model)
            became += fates(model)
    figures += [figure for one in swayed for figure in _anchoring_figures(one)]
    figures += [figure for one in became for figure in _fate_figures(one)]
    return Agreement(
        documents, shared, tuple(figures), tuple(pairs), tuple(differences), tuple(swayed), tuple(became)
    )


def agreement_table(figures: tuple[Figure, ...]) -> pa.Table:
    """The rows of the table `agreement`; values are rounded to six decimals, so that equal figures are equal bytes."""
    return pa.Table.from_pylist(
        [
            {
                "task": one.task,
                "label": one.label,
                "measure": one.measure,
                "value": round(one.value, 6),
                "low": None if one.low is None else round(one.low, 6),
                "high": None if one.high is None else round(one.high, 6),
                "n": one.n,
            }
            for one in figures
        ],
        AGREEMENT,
    )


def _pairs(sides: Comparison) -> Iterator[tuple[tuple[int, int], Compared]]:
    """Each two annotators who share documents, compared on those."""
    done, marks = sides.did[0], sides.sides[0]
    for first, second in combinations(range(len(sides.people[0])), 2):
        both = done[:, first] & done[:, second]
        if both.any():
            in_both = both[marks.doc]
            one, other = (marks.take(in_both & (marks.who == who)) for who in (first, second))
            yield (first, second), compare_marks(one, other)


def _f1_figures(sides: Comparison, compared: Mapping[tuple[int, int], Compared]) -> Iterator[Figure]:
    """F1 of all pairs together: matches and marks are added up over pairs and documents (micro average)."""
    if not compared:
        return
    together = np.zeros((len(sides.docs), len(sides.labels), 4))
    for one in compared.values():
        together += counts_by_document(one, sides)
    several = sides.did[0].sum(axis=1) > 1
    by_document = with_all(together)[several]
    sums = by_document.sum(axis=0)
    values, (low, high) = _both(sums), interval(by_document, _both)
    measures = ("f1-strict", "f1-partial") if sides.task == "entities" else ("f1-strict",)
    for place, label in enumerate((ALL, *sides.labels)):
        if sides.task == "sentences" and label != ALL:
            continue
        for nth, measure in enumerate(measures):
            n = int(sums[place, 2] + sums[place, 3])
            value, lower, upper = (part[place, nth] for part in (values, low, high))
            yield from _figure(sides.task, label, measure, value, lower, upper, n)


def _both(sums: Sums) -> Sums:
    """Strict and partial F1."""
    return np.stack([f1(sums[..., nth], sums[..., 2], sums[..., 3]) for nth in (0, 1)], axis=-1)


def _alpha_figures(judged: Judged, sides: Comparison, texts: Mapping[str, str]) -> Iterator[Figure]:
    marks = sides.sides[0]
    taken: list[tuple[str, str, tuple[Sums, Sums]]] = []
    if sides.task == "topics":
        taken += [("alpha-main", ALL, units.main_topics(judged, sides))]
        taken += [("alpha-sets", ALL, units.topic_sets(judged, sides))]
        choices, distance = units.topic_choices(marks, sides)
        taken += [("alpha", label, (choices[:, nth], distance)) for nth, label in enumerate(sides.labels)]
    elif sides.task == "sentences":
        taken += [("alpha-boundaries", ALL, units.boundaries(marks, sides, texts))]
        taken += [("alpha-kinds", ALL, units.sentence_kinds(judged, marks, sides, SENTENCE_KINDS))]
    else:
        taken += [("alpha-characters", ALL, units.characters(marks, sides, texts))]
    several = sides.did[0].sum(axis=1) > 1
    for measure, label, (by_document, distance) in taken:
        by_document = by_document[several]
        if not len(by_document):
            continue
        sums = by_document.sum(axis=0)
        low, high = interval(by_document, partial(alpha, distance=distance))
        yield from _figure(sides.task, label, measure, alpha(sums, distance), low, high, int(sums[1:].sum()))


def _pair_figures(sides: Comparison, compared: Mapping[tuple[int, int], Compared]) -> Iterator[PairFigure]:
    done = sides.did[0]
    for (first, second), one in compared.items():
        both = done[:, first] & done[:, second]
        by_document = counts_by_document(one, sides).sum(axis=1)[both]
        values, (low, high) = _both(by_document.sum(axis=0)), interval(by_document, _both)
        strict, lenient = (Estimate(*(float(part[nth]) for part in (values, low, high))) for nth in (0, 1))
        people = sides.people[0]
        yield PairFigure(sides.task, people[first], people[second], int(both.sum()), strict, lenient)


def _difference_counts(
    sides: Comparison, compared: Mapping[tuple[int, int], Compared], texts: Mapping[str, str]
) -> list[DifferenceCount]:
    """Who differs from whom on what, the commonest first."""
    found: list[DifferenceCount] = []
    for (first, second), pair in compared.items():
        times: Counter[tuple[str, str | None, str | None]] = Counter()
        examples: dict[tuple[str, str | None, str | None], list[Place]] = defaultdict(list)
        for one in pair.differences:
            of_first = sides.labels[pair.first.label[one.first]] if one.first >= 0 else None
            of_second = sides.labels[pair.second.label[one.second]] if one.second >= 0 else None
            key = (one.kind, of_first, of_second)
            times[key] += 1
            if len(examples[key]) < EXAMPLES:
                marks, row = (pair.first, one.first) if one.first >= 0 else (pair.second, one.second)
                doc, start, end = sides.docs[marks.doc[row]], int(marks.start[row]), int(marks.end[row])
                if sides.task == "topics":
                    examples[key].append(Place(doc, 0, 0, ""))
                else:
                    examples[key].append(Place(doc, start, end, texts[doc][start:end][:SHOWN]))
        people = sides.people[0]
        found += [
            DifferenceCount(sides.task, people[first], people[second], *key, number, tuple(examples[key]))
            for key, number in times.items()
        ]
    return sorted(
        found,
        key=lambda d: (-d.times, d.first, d.second, d.kind, d.first_label or "", d.second_label or ""),
    )


def _anchoring_figures(one: Anchoring) -> Iterator[Figure]:
    n = one.seen_documents + one.blind_documents
    for measure, estimate, number in (
        ("model-f1-seen", one.seen, one.seen_documents),
        ("model-f1-blind", one.blind, one.blind_documents),
        ("anchoring", one.difference, n),
        ("anchoring-p", Estimate(one.p, np.nan, np.nan), n),
    ):
        yield from _figure(one.task, one.label, measure, estimate.value, estimate.low, estimate.high, number)


def _fate_figures(one: Fate) -> Iterator[Figure]:
    for measure in ("accepted", "changed", "rejected"):
        estimate: Estimate = getattr(one, measure)
        yield from _figure(one.task, one.label, measure, estimate.value, estimate.low, estimate.high, one.shown)
    yield from _figure(one.task, one.label, "added", one.added.value, one.added.low, one.added.high, one.given)


def _figure(
    task: str, label: str, measure: str, value: float | Sums, low: float | Sums, high: float | Sums, n: int
) -> Iterator[Figure]:
    """The figure, unless it is not defined."""
    if np.isfinite(value):
        lower, upper = (float(bound) if np.isfinite(bound) else None for bound in (low, high))
        yield Figure(task, label, measure, float(value), lower, upper, n)

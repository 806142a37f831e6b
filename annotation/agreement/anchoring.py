"""What seeing predictions does to annotators, and what annotators do to predictions.

Anchoring is agreement with the model where predictions were seen, minus the same on blind documents. Blind documents
are drawn at random when tasks are made, so the difference estimates the effect of seeing; where they were chosen
otherwise, it also holds whatever else differs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from annotation.agreement.compare import (
    ALONE,
    Compared,
    Sums,
    compare_marks,
    counts_by_document,
    f1,
    with_all,
)
from annotation.agreement.marks import Comparison, Flags, compare_sides
from annotation.agreement.resample import difference_interval, interval, permutation_p
from annotation.judged import Integers, Judged

ALL: Final = "*"
"""The label under which figures of all labels together stand."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; NaN where there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Agreement (strict F1) with the model on documents whose predictions were seen, and on blind ones.

    `difference` is seen minus blind; `p` is of the two-sided permutation test over documents.
    """

    task: str
    label: str
    seen: Estimate
    blind: Estimate
    difference: Estimate
    p: float
    seen_documents: int
    blind_documents: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the predictions that annotators saw, as shares of them; the three add up to 1.

    `accepted`: kept as it was. `changed`: another range or label in its place. `rejected`: gone. `shown` counts
    predictions, once for each annotator who saw them. `added` is the share of the annotators' own `given` marks that
    no prediction led to.
    """

    task: str
    label: str
    shown: int
    accepted: Estimate
    changed: Estimate
    rejected: Estimate
    given: int
    added: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class BesideModel:
    """Each annotator's work compared with the predictions for the same documents.

    `compared` has one comparison an annotator (first the annotator, second the model); `saw[doc, annotator]` is 1
    where predictions were seen, 0 where they were not, -1 where that is not known or nothing was done.
    """

    sides: Comparison
    saw: Integers
    compared: tuple[Compared, ...]
    judged: Judged
    predictions: Judged


def beside_model(judged: Judged, predictions: Judged, beside: Integers) -> BesideModel:
    """Compare work with predictions, paired as `annotation.judged.read_predictions` says."""
    sides = compare_sides(judged, predictions)
    docs = {doc: code for code, doc in enumerate(sides.docs)}
    saw = np.full(sides.did[0].shape, -1)
    wanted: list[list[int]] = [[] for _ in sides.people[0]]
    people = {person: code for code, person in enumerate(sides.people[0])}
    for number, work in enumerate(judged.works):
        if beside[number] >= 0:
            who = people[work.annotator]
            wanted[who].append(int(beside[number]))
            if work.saw_predictions is not None:
                saw[docs[work.doc_id], who] = int(work.saw_predictions)
    mine, models = sides.sides
    prediction_work = predictions.work_of_row[models.row]
    compared = tuple(
        compare_marks(mine.take(mine.who == who), models.take(np.isin(prediction_work, works)))
        for who, works in enumerate(wanted)
    )
    return BesideModel(sides, saw, compared, judged, predictions)


def anchoring(beside: BesideModel) -> list[Anchoring]:
    """How much more annotators agree with predictions that they saw, for all labels and for each.

    Empty where no document is blind, or none was seen.
    """
    seen, blind = _sums(beside, 1), _sums(beside, 0)
    in_seen, in_blind = (np.any(beside.saw == state, axis=1) for state in (1, 0))
    if not (in_seen.any() and in_blind.any()):
        return []
    one, other = with_all(seen)[in_seen], with_all(blind)[in_blind]
    values = [_strict(part.sum(axis=0)) for part in (one, other)]
    bounds = [interval(part, _strict) for part in (one, other)]
    low, high = difference_interval(one, other, _strict)
    p = permutation_p(one, other, _strict)
    found = []
    for place, label in enumerate((ALL, *beside.sides.labels)):
        with_model = [
            Estimate(float(value[place]), float(lower[place]), float(upper[place]))
            for value, (lower, upper) in zip(values, bounds, strict=True)
        ]
        difference = float(values[0][place] - values[1][place])
        if np.isfinite(difference):
            found.append(
                Anchoring(
                    beside.sides.task, label, with_model[0], with_model[1],
                    Estimate(difference, float(low[place]), float(high[place])), float(p[place]),
                    int(in_seen.sum()), int(in_blind.sum()),
                )
            )  # fmt: skip
    return found


def _sums(beside: BesideModel, state: int) -> Sums:
    """Counts by document and label of the works with that state of `saw`."""
    total = np.zeros((len(beside.sides.docs), len(beside.sides.labels), 4))
    for who, compared in enumerate(beside.compared):
        total += np.where((beside.saw[:, who] == state)[:, None, None], counts_by_document(compared, beside.sides), 0)
    return total


def _strict(sums: Sums) -> Sums:
    return f1(sums[..., 0], sums[..., 2], sums[..., 3])


def fates(beside: BesideModel) -> list[Fate]:
    """What became of the predictions that were seen, by label of the prediction.

    An annotator's mark stands in a prediction's place if it was made from it (`parents`), or else has its range, or
    overlaps it and nothing fits better.
    """
    labels = len(beside.sides.labels)
    shape = (len(beside.sides.docs), labels, 5)
    total = np.zeros(shape)  # shown, accepted, changed; given, led to
    for who, compared in enumerate(beside.compared):
        saw = beside.saw[:, who] == 1
        for column, docs, names in _fate_rows(beside, compared):
            kept = saw[docs]
            np.add.at(total[..., column], (docs[kept], names[kept]), 1)
    sums = with_all(total)[np.any(beside.saw == 1, axis=1)]
    if not len(sums):
        return []
    values = _shares(sums.sum(axis=0))
    low, high = interval(sums, _shares)
    counts = sums.sum(axis=0).astype(np.int64)
    found = []
    for place, label in enumerate((ALL, *beside.sides.labels)):
        shares = [Estimate(*(float(part[place, nth]) for part in (values, low, high))) for nth in range(4)]
        if counts[place, 0]:
            found.append(
                Fate(
                    beside.sides.task, label, int(counts[place, 0]), shares[0], shares[1], shares[2],
                    int(counts[place, 3]), shares[3],
                )
            )  # fmt: skip
    return found


def _shares(sums: Sums) -> Sums:
    shown, given = sums[..., 0], sums[..., 3]
    parts = [sums[..., 1], sums[..., 2], shown - sums[..., 1] - sums[..., 2], given - sums[..., 4]]
    wholes = [shown, shown, shown, given]
    return np.stack(
        [np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
         for part, whole in zip(parts, wholes, strict=True)],
        axis=-1,
    )  # fmt: skip


def _fate_rows(beside: BesideModel, compared: Compared) -> Iterator[tuple[int, Integers, Integers]]:
    """Columns of the counts of `fates`, each with the document and label of every row that counts in it."""
    mine, models = compared.first, compared.second
    exact = compared.exact
    pairs = _led_to(beside, compared)
    changed = np.array([second for _, second in pairs], dtype=np.int64)
    led = np.concatenate([exact[:, 0], np.array([first for first, _ in pairs], dtype=np.int64)])
    for column, marks, rows in (
        (0, models, np.arange(len(models.doc))), (1, models, exact[:, 1]), (2, models, changed),
        (3, mine, np.arange(len(mine.doc))), (4, mine, led),
    ):  # fmt: skip
        yield column, marks.doc[rows], marks.label[rows]


def _led_to(beside: BesideModel, compared: Compared) -> list[tuple[int, int]]:
    """(row of the annotator, row of the model) where a mark stands in the place of another prediction."""
    if beside.sides.task == "topics":
        return []
    mine, models = compared.first, compared.second
    loose_mine = _loose(len(mine.doc), compared.exact[:, 0])
    loose_models = _loose(len(models.doc), compared.exact[:, 1])
    others = np.flatnonzero(loose_models)
    ids = beside.predictions.rows["annotation_id"].take(pa.array(models.row[others])).to_pylist()
    known = dict(zip(ids, others.tolist(), strict=True))
    own = np.flatnonzero(loose_mine)
    parents = beside.judged.rows["parents"].take(pa.array(mine.row[own])).to_pylist()
    pairs: list[tuple[int, int]] = []
    for row, its_parents in zip(own.tolist(), parents, strict=True):
        for parent in its_parents:
            if parent in known:
                pairs.append((row, known.pop(parent)))
                break
    used: dict[str, set[int]] = defaultdict(set)
    for first, second in pairs:
        used["mine"].add(first)
        used["models"].add(second)
    pairs += [
        (one.first, one.second)
        for one in compared.differences
        if one.kind != ALONE and one.first not in used["mine"] and one.second not in used["models"]
    ]
    return pairs


def _loose(size: int, exact: Integers) -> Flags:
    flags = np.ones(size, dtype=np.bool_)
    flags[exact] = False
    return flags

"""What two annotators share and where they differ: exact and overlapping ranges, matched one to one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from annotation.agreement.marks import Comparison, Marks
from annotation.judged import Integers

Sums = npt.NDArray[np.float64]

SAME_RANGE: Final = "label"
SAME_LABEL: Final = "boundary"
OVERLAP: Final = "boundary-and-label"
ALONE: Final = "missed"
KINDS: Final = (SAME_RANGE, SAME_LABEL, OVERLAP, ALONE)


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Rows of the two sides that are about the same words and not the same; -1 where a side has nothing there."""

    kind: str
    first: int
    second: int


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two sides' marks of the documents that both did, compared.

    `exact` are (row of first, row of second) with the same range and label; `partial` further pairs of one label that
    overlap; `differences` classify every row that has no exact counterpart.
    """

    first: Marks
    second: Marks
    exact: Integers
    partial: Integers
    differences: tuple[Difference, ...]


class _Candidate(NamedTuple):
    """Sorts best first: same range, same label, largest overlap, then as the rows are ordered."""

    other_range: bool
    other_label: bool
    overlap: int
    first: int
    second: int


def compare_marks(first: Marks, second: Marks) -> Compared:
    """Compare two sides' marks of the same documents.

    Overlapping rows without an exact counterpart are matched one to one, the best pair first: the same range, then
    the same label, then the largest overlap in code points. `partial` is matched among rows of one label only.
    """
    _, in_first, in_second = np.intersect1d(first.key, second.key, assume_unique=True, return_indices=True)
    exact = np.stack([in_first, in_second], axis=1).astype(np.int64)
    left_first = np.setdiff1d(np.arange(len(first.key)), in_first)
    left_second = np.setdiff1d(np.arange(len(second.key)), in_second)
    candidates = _candidates(first, left_first, second, left_second)
    same_label = _match([one for one in candidates if not one.other_label])
    partial = np.array([(one.first, one.second) for one in same_label], dtype=np.int64).reshape(-1, 2)
    differences = []
    seen_first, seen_second = set(), set()
    for one in _match(candidates):
        kind = SAME_RANGE if not one.other_range else OVERLAP if one.other_label else SAME_LABEL
        differences.append(Difference(kind, one.first, one.second))
        seen_first.add(one.first)
        seen_second.add(one.second)
    differences += [Difference(ALONE, row, -1) for row in left_first.tolist() if row not in seen_first]
    differences += [Difference(ALONE, -1, row) for row in left_second.tolist() if row not in seen_second]
    return Compared(first, second, exact, partial, tuple(differences))


def _candidates(first: Marks, left_first: Integers, second: Marks, left_second: Integers) -> list[_Candidate]:
    """The pairs of left rows that overlap."""
    by_doc: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for row, doc, start, end, label in _listed(second, left_second):
        by_doc[doc].append((row, start, end, label))
    found = []
    for row, doc, start, end, label in _listed(first, left_first):
        for other, other_start, other_end, other_label in by_doc.get(doc, ()):
            overlap = min(end, other_end) - max(start, other_start)
            if overlap > 0:
                other_range = (start, end) != (other_start, other_end)
                found.append(_Candidate(other_range, label != other_label, -overlap, row, other))
    return found


def _listed(marks: Marks, rows: Integers) -> list[tuple[int, int, int, int, int]]:
    columns = (rows, marks.doc[rows], marks.start[rows], marks.end[rows], marks.label[rows])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _match(candidates: list[_Candidate]) -> list[_Candidate]:
    """One to one, the best first."""
    used_first: set[int] = set()
    used_second: set[int] = set()
    matched = []
    for one in sorted(candidates):
        if one.first not in used_first and one.second not in used_second:
            used_first.add(one.first)
            used_second.add(one.second)
            matched.append(one)
    return matched


def counts_by_document(compared: Compared, sides: Comparison) -> Sums:
    """For each document and label: exact matches, exact and partial matches, marks of the first, of the second.

    Shape (documents, labels, 4).
    """
    shape = (len(sides.docs), len(sides.labels))
    first, second = compared.first, compared.second

    def count(marks: Marks, rows: Integers) -> Sums:
        places = marks.doc[rows] * shape[1] + marks.label[rows]
        return np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    exact = count(first, compared.exact[:, 0])
    partial = exact + count(first, compared.partial[:, 0])
    all_first, all_second = (count(marks, np.arange(len(marks.row))) for marks in (first, second))
    return np.stack([exact, partial, all_first, all_second], axis=-1)


def with_all(sums: Sums) -> Sums:
    """Counts by label, with those of all labels together in front."""
    return np.concatenate([sums.sum(axis=-2, keepdims=True), sums], axis=-2)


def f1(matched: Sums, of_first: Sums, of_second: Sums) -> Sums:
    """2·matched / (first + second): the F1 of either side against the other. NaN where neither has anything."""
    total = of_first + of_second
    values: Sums = np.divide(2 * matched, total, out=np.full(np.shape(total), np.nan), where=total > 0)
    return values

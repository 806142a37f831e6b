"""Finished work as columns of numbers: what is compared, once it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotation.judged import Integers, Judged, integers

Flags = npt.NDArray[np.bool_]
_Columns = tuple[Integers, Integers, Integers, Integers, Integers]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What was said, a row for each label on a range; a topic has the range 0-1.

    `doc`, `who` and `label` are indices into the tuples of a `Comparison`; `key` is the same number for the same
    label on the same range of the same document; `place` is the same for the same range whatever its label; `row` is
    the row of `Judged.rows`. No work has two rows with one key.
    """

    doc: Integers
    who: Integers
    start: Integers
    end: Integers
    label: Integers
    place: Integers
    key: Integers
    row: Integers

    def take(self, which: Integers | Flags) -> Marks:
        """Some of the rows."""
        return Marks(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Work on one task beside other work on the same documents: `sides` share documents, labels and keys.

    `did[side][doc, who]` says whether an annotator finished a document.
    """

    task: str
    docs: tuple[str, ...]
    labels: tuple[str, ...]
    people: tuple[tuple[str, ...], ...]
    did: tuple[Flags, ...]
    sides: tuple[Marks, ...]


def compare_sides(*judged: Judged) -> Comparison:
    """Columns of several readings of one task (annotators; annotators and predictions)."""
    task = judged[0].task
    docs = tuple(dict.fromkeys(work.doc_id for one in judged for work in one.works))
    doc_code = {doc: code for code, doc in enumerate(docs)}
    names = sorted({label for one in judged for label in one.rows["label"].unique().to_pylist()})
    label_code = {label: code for code, label in enumerate(names)}
    people, did, parts = [], [], []
    for one in judged:
        persons = tuple(sorted({work.annotator for work in one.works}))
        person_code = {person: code for code, person in enumerate(persons)}
        doc_of = np.array([doc_code[work.doc_id] for work in one.works], dtype=np.int64)
        who_of = np.array([person_code[work.annotator] for work in one.works], dtype=np.int64)
        done = np.zeros((len(docs), len(persons)), dtype=np.bool_)
        done[doc_of, who_of] = True
        people.append(persons)
        did.append(done)
        parts.append(_columns(one, doc_of, who_of, label_code))
    return Comparison(task, docs, tuple(names), tuple(people), tuple(did), _keyed(parts, len(names)))


def _columns(judged: Judged, doc_of: Integers, who_of: Integers, labels: dict[str, int]) -> _Columns:
    rows = judged.rows
    work = judged.work_of_row
    if judged.task == "topics":
        start, end = np.zeros(rows.num_rows, dtype=np.int64), np.ones(rows.num_rows, dtype=np.int64)
    else:
        start, end = integers(rows, "start"), integers(rows, "end")
    label = np.array([labels[name] for name in rows["label"].to_pylist()], dtype=np.int64)
    return doc_of[work], who_of[work], start, end, label


def _keyed(parts: Sequence[_Columns], labels: int) -> tuple[Marks, ...]:
    doc, _, start, end, label = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    place = _dense(_dense(doc, start), end)
    key = place * max(labels, 1) + label
    sides, at = [], 0
    for part in parts:
        size = len(part[0])
        its_place, its_key = place[at : at + size], key[at : at + size]
        marks = Marks(*part, its_place, its_key, np.arange(size))
        _, first = np.unique(_dense(marks.who, its_key), return_index=True)
        sides.append(marks.take(np.sort(first)))
        at += size
    return tuple(sides)


def _dense(high: Integers, low: Integers) -> Integers:
    """A number for each distinct pair, counted from 0 in the order of the pairs."""
    size = int(low.max(initial=0)) + 1
    codes: Integers = np.unique(high * size + low, return_inverse=True)[1].astype(np.int64)
    return codes

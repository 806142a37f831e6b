"""The units that Krippendorff's alpha is taken over: documents for topics, gaps and characters for ranges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from annotation.agreement.alpha import MISSING, Sums, masi, nominal, unit_sums
from annotation.agreement.marks import Comparison, Flags, Marks
from annotation.judged import Integers, Judged, integers


def main_topics(judged: Judged, sides: Comparison) -> tuple[Sums, Sums]:
    """Units are documents, the value is the main topic (or that there is none); with the distances."""
    first = np.flatnonzero(integers(judged.rows, "rank") == 0)
    labels = {label: code for code, label in enumerate(sides.labels, 1)}
    values = np.where(sides.did[0], 0, MISSING)
    doc, who = _places(judged, sides)
    names = judged.rows["label"].to_pylist()
    for row in first.tolist():
        work = judged.work_of_row[row]
        values[doc[work], who[work]] = labels[names[row]]
    distance = nominal(len(labels) + 1)
    return unit_sums(values, np.arange(len(sides.docs)), len(sides.docs), distance), distance


def topic_sets(judged: Judged, sides: Comparison) -> tuple[Sums, Sums]:
    """Units are documents, the value is the set of topics, at their MASI distances."""
    given: dict[int, set[str]] = {}
    for work, label in zip(judged.work_of_row.tolist(), judged.rows["label"].to_pylist(), strict=True):
        given.setdefault(work, set()).add(label)
    sets = [frozenset(given.get(work, ())) for work in range(len(judged.works))]
    codes = {one: code for code, one in enumerate(sorted(set(sets), key=sorted))}
    values = np.full(sides.did[0].shape, MISSING)
    doc, who = _places(judged, sides)
    values[doc, who] = [codes[one] for one in sets]
    distance = masi(list(codes))
    return unit_sums(values, np.arange(len(sides.docs)), len(sides.docs), distance), distance


def topic_choices(marks: Marks, sides: Comparison) -> tuple[Sums, Sums]:
    """For each topic, units are documents, the value is whether it was given. Shape (documents, topics, 3)."""
    distance = nominal(2)
    chosen = np.zeros((len(sides.labels), *sides.did[0].shape), dtype=np.int64)
    chosen[marks.label, marks.doc, marks.who] = 1
    docs = np.arange(len(sides.docs))
    sums = [
        unit_sums(np.where(sides.did[0], its, MISSING), docs, len(docs), distance) for its in chosen
    ]
    return np.stack(sums, axis=1) if sums else np.zeros((len(docs), 0, 3)), distance


def _places(judged: Judged, sides: Comparison) -> tuple[Integers, Integers]:
    docs = {doc: code for code, doc in enumerate(sides.docs)}
    people = {person: code for code, person in enumerate(sides.people[0])}
    return (
        np.array([docs[work.doc_id] for work in judged.works], dtype=np.int64),
        np.array([people[work.annotator] for work in judged.works], dtype=np.int64),
    )


def boundaries(marks: Marks, sides: Comparison, texts: Mapping[str, str]) -> tuple[Sums, Sums]:
    """Units are the gaps where a sentence can begin, the value is whether one does.

    A gap is every run of white space, and every other place where any annotator begins or ends a sentence. The ends
    of the text are no gaps. Closed form of `unit_sums` for two values: unmarked gaps agree.
    """
    annotators = sides.did[0].sum(axis=1)
    lengths = np.array([len(texts[doc]) for doc in sides.docs], dtype=np.int64)
    spaces = np.array([len(texts[doc].split()) - 1 for doc in sides.docs], dtype=np.int64)
    docs, people, starts, ends = (x.tolist() for x in (marks.doc, marks.who, marks.start, marks.end))
    begins: set[tuple[int, int, int]] = set()
    glued: set[tuple[int, int]] = set()
    for doc, who, start, end in zip(docs, people, starts, ends, strict=True):
        text = texts[sides.docs[doc]]
        after = end + 1 if text[end : end + 1].isspace() else end
        for place in (start, after):
            if 0 < place < lengths[doc]:
                begins.add((doc, place, who))
                if not text[place - 1].isspace():
                    glued.add((doc, place))
    sums = np.zeros((len(sides.docs), 3))
    gaps = spaces + np.bincount([doc for doc, _ in glued], minlength=len(sides.docs))
    marked: dict[tuple[int, int], int] = {}
    for doc, place, _ in begins:
        marked[doc, place] = marked.get((doc, place), 0) + 1
    for (doc, _), times in marked.items():
        several = int(annotators[doc])
        if several >= 2:
            sums[doc, 0] += 2 * times * (several - times) / (several - 1)
            sums[doc, 2] += times
    sums[:, 1] = np.where(annotators >= 2, gaps * annotators - sums[:, 2], 0)
    return sums, nominal(2)


def sentence_kinds(judged: Judged, marks: Marks, sides: Comparison, kinds: tuple[str, ...]) -> tuple[Sums, Sums]:
    """Units are sentences that two annotators or more delimit alike, the value is the kind."""
    codes = {kind: code for code, kind in enumerate(kinds)}
    names = judged.rows["kind"].to_pylist()
    unit, first = np.unique(marks.place, return_index=True)
    values = np.full((len(unit), len(sides.people[0])), MISSING)
    values[np.searchsorted(unit, marks.place), marks.who] = [codes[names[row]] for row in marks.row.tolist()]
    distance = nominal(len(kinds))
    return unit_sums(values, marks.doc[first], len(sides.docs), distance), distance


def characters(marks: Marks, sides: Comparison, texts: Mapping[str, str]) -> tuple[Sums, Sums]:
    """Units are code points of the text, the value is the label of the outermost entity there, or none."""
    lengths = np.array([len(texts[doc]) for doc in sides.docs], dtype=np.int64)
    offset = np.concatenate([[0], np.cumsum(lengths)])
    outer = marks.take(_outermost(marks))
    start, end = offset[outer.doc] + outer.start, offset[outer.doc] + outer.end
    cuts = np.unique(np.concatenate([offset, start, end]))
    pieces, weight = cuts[:-1], np.diff(cuts)
    doc = np.searchsorted(offset, pieces, side="right") - 1
    values = np.full((len(pieces), len(sides.people[0])), MISSING)
    for who in range(values.shape[1]):
        mine = np.flatnonzero(outer.who == who)
        mine = mine[np.argsort(start[mine], kind="stable")]
        values[:, who] = np.where(sides.did[0][doc, who], 0, MISSING)
        if len(mine):
            last = np.searchsorted(start[mine], pieces, side="right") - 1
            at = mine[np.maximum(last, 0)]
            inside = (last >= 0) & (pieces < end[at])
            values[inside, who] = 1 + outer.label[at[inside]]
    distance = nominal(len(sides.labels) + 1)
    return unit_sums(values, doc, len(sides.docs), distance, weight), distance


def _outermost(marks: Marks) -> Flags:
    """The rows that no earlier, longer one of the same work covers."""
    size = int(marks.end.max(initial=0)) + 1
    people = int(marks.who.max(initial=0)) + 1
    work = marks.doc * people + marks.who
    order = np.lexsort((-marks.end, marks.start, work))
    reach = work[order] * size + marks.end[order]
    before = np.concatenate([[-1], np.maximum.accumulate(reach)[:-1]])
    flags = np.zeros(len(order), dtype=np.bool_)
    flags[order] = reach > before
    return flags

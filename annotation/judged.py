"""What annotators said last: the one place where agreement, review and adjudication read the tables.

Of an annotator's layers of a task the newest that speaks of a document counts (round, then place in the table), of its
revisions the latest; skipped, unfinished and deleted work does not count. A layer without judgments, as made by other
programs, counts for the documents that it has rows for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus.release.choose import current_annotations
from corpus.release.source import CorpusTables

Integers = npt.NDArray[np.int64]

_PREDICTION = "prediction"
_ANNOTATION = "annotation"


@dataclass(frozen=True, slots=True)
class Work:
    """That an annotator finished a document in one task; for a prediction, that a model was run on it.

    `parent_layer` is what the layer was made from, `seconds` the working time that the server measured.
    """

    doc_id: str
    annotator: str
    layer_id: str
    round: int = 0
    parent_layer: str | None = None
    seconds: float | None = None
    saw_predictions: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Finished work of one task with what it says.

    `rows` are rows of `SPANS` or `TOPICS`, ordered by work, then by place (longer spans first) or rank;
    `work_of_row` has the index in `works` of each.
    """

    task: str
    works: tuple[Work, ...]
    rows: pa.Table
    work_of_row: Integers

    def bounds(self) -> Iterator[tuple[Work, slice]]:
        """Each work with the slice of `rows` that is its own."""
        edges = np.searchsorted(self.work_of_row, np.arange(len(self.works) + 1)).tolist()
        for work, start, end in zip(self.works, edges, edges[1:], strict=False):
            yield work, slice(start, end)

    def only(self, places: Sequence[int]) -> Judged:
        """The works at those places, in order, with their rows."""
        new = np.full(len(self.works), -1, dtype=np.int64)
        new[np.asarray(places, dtype=np.int64)] = np.arange(len(places))
        kept = np.flatnonzero(new[self.work_of_row] >= 0)
        works = tuple(self.works[place] for place in places)
        return Judged(self.task, works, self.rows.take(pa.array(kept)), new[self.work_of_row[kept]])

    def by_document(self) -> dict[str, list[int]]:
        """The indices in `works` of each document's works, documents in the order of the corpus."""
        found: dict[str, list[int]] = {}
        for place, work in enumerate(self.works):
            found.setdefault(work.doc_id, []).append(place)
        return found


@dataclass(frozen=True, slots=True)
class _Layer:
    layer_id: str
    kind: str
    producer: str
    parent: str | None
    round: int


@dataclass(frozen=True, slots=True)
class _Judgment:
    revision: int
    status: str
    seconds: float | None
    saw: bool | None


_UNJUDGED = _Judgment(0, "submitted", None, None)


def read_work(
    tables: CorpusTables,
    task: str,
    *,
    kind: str = "annotation",
    round_: int | None = None,
    layers: Collection[str] | None = None,
    drafts: bool = False,
    independent: bool = False,
) -> Judged:
    """The finished work of a task in layers of a kind (`annotation` or `gold`), of documents still in the corpus.

    Works are ordered by document as in the table `documents`, then by annotator. With `round_` only layers of that
    campaign are read, with `layers` only those. With `drafts` unfinished work counts too.

    Where somebody corrected another's work (a layer made from an annotation layer of somebody else), the correction
    stands for both; with `independent` it does not count, but what it was made from does.
    """
    rows = current_annotations(tables, task)
    listed = _layers(tables, task)
    corrects = _corrections(listed)
    wanted = [
        layer
        for layer in listed
        if not (independent and layer.layer_id in corrects)
        and layer.kind == kind
        and round_ in (None, layer.round)
        and (layers is None or layer.layer_id in layers)
    ]
    judgments = _latest(tables.judgments)
    documents: list[str] = tables.documents["doc_id"].to_pylist()
    present = set(documents)
    spoken: dict[str, list[str]] = {}
    for doc, layer_id in set(_pairs(rows)) | judgments.keys():
        if doc in present:
            spoken.setdefault(layer_id, []).append(doc)
    newest: dict[tuple[str, str], Work] = {}
    for layer in wanted:  # oldest first
        for doc in spoken.get(layer.layer_id, ()):
            judgment = judgments.get((doc, layer.layer_id), _UNJUDGED)
            if judgment.status == "submitted" or (drafts and judgment.status == "draft"):
                newest[doc, layer.producer] = Work(
                    doc, layer.producer, layer.layer_id, layer.round, layer.parent, judgment.seconds, judgment.saw
                )
    corrected = {(doc, corrects[its.layer_id]) for (doc, _), its in newest.items() if its.layer_id in corrects}
    for key in corrected & newest.keys():
        del newest[key]
    place = {doc: number for number, doc in enumerate(documents)}
    works = [newest[key] for key in sorted(newest, key=lambda key: (place[key[0]], key[1]))]
    return _with_rows(task, works, rows)


def read_predictions(tables: CorpusTables, task: str, judged: Judged) -> tuple[Judged, Integers]:
    """The predictions that stand beside finished work, and for each work the index of its prediction (-1: none).

    A prediction is that of the layer which the work was made from, where the corpus still has it; else of the newest
    prediction layer with rows for the document; else of the newest one, which then found nothing there.
    """
    rows = current_annotations(tables, task)
    layers = [layer.layer_id for layer in _layers(tables, task) if layer.kind == _PREDICTION]
    rows = rows.filter(pc.is_in(rows["layer_id"], value_set=pa.array(layers, pa.string())))
    pairs = set(_pairs(rows))
    places: dict[tuple[str, str], int] = {}
    beside = np.full(len(judged.works), -1, dtype=np.int64)
    for number, work in enumerate(judged.works if layers else ()):
        layer = work.parent_layer if work.parent_layer in layers else None
        if layer is None:
            layer = next((one for one in reversed(layers) if (work.doc_id, one) in pairs), layers[-1])
        beside[number] = places.setdefault((work.doc_id, layer), len(places))
    works = [Work(doc, "", layer) for doc, layer in places]
    return _with_rows(task, works, rows), beside


def _layers(tables: CorpusTables, task: str) -> list[_Layer]:
    """The layers of a task, the newest last."""
    names = ("layer_id", "task", "kind", "producer", "parent_layer", "round")
    columns = [tables.layers[name].to_pylist() for name in names]
    found = [
        _Layer(layer, kind, producer, parent, round_)
        for layer, its_task, kind, producer, parent, round_ in zip(*columns, strict=True)
        if its_task == task
    ]
    return sorted(found, key=lambda layer: layer.round)


def _corrections(layers: Sequence[_Layer]) -> dict[str, str]:
    """Of the layers that were made from somebody else's annotations, whose those were."""
    by_id = {layer.layer_id: layer for layer in layers if layer.kind == _ANNOTATION}
    found: dict[str, str] = {}
    for layer in by_id.values():
        first = layer
        while first.producer == layer.producer and first.parent in by_id:  # in labels of an earlier ontology
            first = by_id[first.parent]
        if first.producer != layer.producer:
            found[layer.layer_id] = first.producer
    return found


def _latest(judgments: pa.Table) -> dict[tuple[str, str], _Judgment]:
    """The latest judgment of each (document, layer)."""
    latest: dict[tuple[str, str], _Judgment] = {}
    names = ("doc_id", "layer_id", "revision", "status", "seconds", "saw_predictions")
    for doc, layer, revision, *rest in zip(*(judgments[name].to_pylist() for name in names), strict=True):
        known = latest.get((doc, layer))
        if known is None or revision >= known.revision:
            latest[doc, layer] = _Judgment(revision, *rest)
    return latest


def _pairs(rows: pa.Table) -> Iterator[tuple[str, str]]:
    """The distinct (document, layer) of rows."""
    pairs = rows.group_by(["doc_id", "layer_id"], use_threads=False).aggregate([])
    return zip(pairs["doc_id"].to_pylist(), pairs["layer_id"].to_pylist(), strict=True)


def _with_rows(task: str, works: Sequence[Work], rows: pa.Table) -> Judged:
    codes: Mapping[str, int] = {name: code for code, name in enumerate(dict.fromkeys(w.layer_id for w in works))}
    docs: Mapping[str, int] = {name: code for code, name in enumerate(dict.fromkeys(w.doc_id for w in works))}
    keys = np.array([codes[w.layer_id] * len(docs) + docs[w.doc_id] for w in works], dtype=np.int64)
    layer = _codes(rows["layer_id"], codes)
    doc = _codes(rows["doc_id"], docs)
    order = np.argsort(keys)
    wanted = layer * len(docs) + doc
    found = np.searchsorted(keys, wanted, sorter=order)
    found = order[np.minimum(found, len(keys) - 1)] if len(keys) else np.zeros(rows.num_rows, dtype=np.int64)
    fits = (layer >= 0) & (doc >= 0)
    if len(keys):
        fits &= keys[found] == wanted
    kept = np.flatnonzero(fits)
    rows, work = rows.take(pa.array(kept)), found[kept]
    if task == "topics":
        sort = np.lexsort((integers(rows, "rank"), work))
    else:
        sort = np.lexsort((-integers(rows, "end"), integers(rows, "start"), work))
    return Judged(task, tuple(works), rows.take(pa.array(sort)), work[sort].astype(np.int64))


def integers(rows: pa.Table, name: str) -> Integers:
    """A whole-number column as 64-bit integers."""
    return np.asarray(rows[name].to_numpy(zero_copy_only=False), dtype=np.int64)


def _codes(column: pa.ChunkedArray, codes: Mapping[str, int]) -> Integers:
    found = pc.fill_null(pc.index_in(column, value_set=pa.array(list(codes), pa.string())), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)

"""Which layer speaks for a document: gold before an annotator, an annotator before the machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.ids import annotation_id
from corpus.release.source import CorpusTables

GOLD: Final = "gold"
SINGLE: Final = "single"
SILVER: Final = "silver"
STATUSES: Final = (GOLD, SINGLE, SILVER)

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of one task; `order` is its place in the order (round, place in the table): later is newer."""

    layer_id: str
    kind: str
    producer: str
    order: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands for a document in one task: its layer (None where no layer has anything), and who is behind it.

    `disputed` marks a document whose annotators differ while nobody has adjudicated: the newest layer was taken.
    """

    layer_id: str | None
    status: str
    disputed: bool = False


NOTHING: Final = Choice(None, SILVER)


def layers_of(tables: CorpusTables, task: str) -> list[Layer]:
    """The layers of a task, in the order of the table."""
    rows = tables.layers.select(["layer_id", "task", "kind", "producer", "round"]).to_pylist()
    return [
        Layer(row["layer_id"], row["kind"], row["producer"], (row["round"], place))
        for place, row in enumerate(rows)
        if row["task"] == task
    ]


def current_annotations(tables: CorpusTables, task: str) -> pa.Table:
    """The spans (or topics) of the task's layers, without those of an annotator's earlier revisions.

    An annotation does not name its revision, but its id is a hash of it: where a document was annotated anew in a
    layer, those ids count that the latest revision gives.
    """
    rows = tables.topics if task == "topics" else tables.spans
    names = pa.array([layer.layer_id for layer in layers_of(tables, task)], pa.string())
    rows = rows.filter(pc.is_in(rows["layer_id"], value_set=names))
    latest = {pair: max(revision for _, revision in seen) for pair, seen in _latest_judgments(tables.judgments).items()}
    revised = {pair: revision for pair, revision in latest.items() if revision > 1}
    if not revised:
        return rows
    keys = ["annotation_id", "layer_id", "doc_id", *(("label",) if task == "topics" else ("start", "end", "label"))]
    keep = np.ones(rows.num_rows, dtype=bool)
    for place, row in enumerate(rows.select(keys).to_pylist()):
        revision = revised.get((row["doc_id"], row["layer_id"]))
        if revision is not None:
            range_ = (row.get("start", -1), row.get("end", -1))
            keep[place] = row["annotation_id"] == annotation_id(
                row["layer_id"], row["doc_id"], revision, *range_, row["label"]
            )
    return rows.filter(pa.array(keep))


def choose_layers(tables: CorpusTables, task: str, annotations: pa.Table) -> dict[str, Choice]:
    """The choice of every document that any layer of the task says something about.

    `annotations` are the task's `current_annotations`. A submitted judgment without annotations means "looked, found
    nothing" and stands above any prediction; a layer whose judgments of a document are all skipped, drafts or deleted
    does not count for it. (Sentences are the exception: no text is without any, so they need rows.)
    """
    pairs = annotations.group_by(["doc_id", "layer_id"], use_threads=False).aggregate([])
    present: set[_Pair] = set(zip(pairs["doc_id"].to_pylist(), pairs["layer_id"].to_pylist(), strict=True))
    judged = {
        pair: any(status == "submitted" for status, _ in seen)
        for pair, seen in _latest_judgments(tables.judgments).items()
    }
    layers = {layer.layer_id: layer for layer in layers_of(tables, task)}
    candidates: dict[str, list[Layer]] = defaultdict(list)
    for pair in present if task == "sentences" else present | judged.keys():
        if pair[1] in layers and judged.get(pair, True):
            candidates[pair[0]].append(layers[pair[1]])
    contents = _Contents(annotations, task)
    return {doc: _choose(doc, candidates[doc], contents) for doc in sorted(candidates)}


def _latest_judgments(judgments: pa.Table) -> dict[_Pair, list[tuple[str, int]]]:
    """For each (document, layer) the status and revision of each annotator's latest judgment."""
    latest: dict[tuple[str, str, str], tuple[int, str]] = {}
    columns = (judgments[name].to_pylist() for name in ("doc_id", "layer_id", "annotator", "revision", "status"))
    for doc, layer, annotator, revision, status in zip(*columns, strict=True):
        key = (doc, layer, annotator)
        if key not in latest or revision >= latest[key][0]:
            latest[key] = (revision, status)
    found: dict[_Pair, list[tuple[str, int]]] = defaultdict(list)
    for (doc, layer, _), (revision, status) in latest.items():
        found[doc, layer].append((status, revision))
    return found


class _Contents:
    """What a layer says of a document, looked up only for documents that several annotators worked on."""

    def __init__(self, annotations: pa.Table, task: str) -> None:
        self._annotations = annotations
        self._columns = ("label", "rank") if task == "topics" else ("start", "end", "label", "kind")
        self._by_layer: dict[str, Mapping[str, frozenset[tuple[object, ...]]]] = {}

    def of(self, doc: str, layer: str) -> frozenset[tuple[object, ...]]:
        if layer not in self._by_layer:
            rows = self._annotations.filter(pc.equal(self._annotations["layer_id"], layer))
            docs: Iterable[str] = rows["doc_id"].to_pylist()
            found: dict[str, set[tuple[object, ...]]] = defaultdict(set)
            for name, *content in zip(docs, *(rows[column].to_pylist() for column in self._columns), strict=True):
                found[name].add(tuple(content))
            self._by_layer[layer] = {name: frozenset(content) for name, content in found.items()}
        return self._by_layer[layer].get(doc, frozenset())


def _choose(doc: str, candidates: Sequence[Layer], contents: _Contents) -> Choice:
    newest = {kind: _newest(candidates, kind) for kind in ("gold", "annotation", "prediction")}
    if newest["gold"]:
        return Choice(newest["gold"].layer_id, GOLD)
    if newest["annotation"]:
        annotators = {layer.producer for layer in candidates if layer.kind == "annotation"}
        if len(annotators) == 1:
            return Choice(newest["annotation"].layer_id, SINGLE)
        last_of_each = [
            max((layer for layer in candidates if layer.kind == "annotation" and layer.producer == name), key=_order)
            for name in sorted(annotators)
        ]
        agreed = len({contents.of(doc, layer.layer_id) for layer in last_of_each}) == 1
        return Choice(newest["annotation"].layer_id, GOLD if agreed else SINGLE, disputed=not agreed)
    if newest["prediction"]:
        return Choice(newest["prediction"].layer_id, SILVER)
    return NOTHING


def _order(layer: Layer) -> tuple[int, int]:
    return layer.order


def _newest(layers: Sequence[Layer], kind: str) -> Layer | None:
    return max((layer for layer in layers if layer.kind == kind), key=_order, default=None)

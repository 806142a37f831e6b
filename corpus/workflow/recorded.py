"""What a corpus has of annotators' work from a project already: the latest revision of each document and annotator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from annotation.labelstudio.revisions import Content, Recorded
from corpus.ids import annotation_id
from corpus.release.source import CorpusTables


def recorded_work(tables: CorpusTables, version: str, docs: Collection[str]) -> dict[tuple[str, str], Recorded]:
    """For each (document, annotator) the latest revision in the layers of a producer version.

    `docs` are the documents that count.
    """
    ours_ = [row for row in tables.layers.to_pylist() if row["producer_version"] == version]
    layers = {row["layer_id"]: row["task"] for row in ours_}
    migrated = {row["layer_id"]: row["parent_layer"] for row in ours_ if row["parent_layer"] in layers}
    if not layers:
        return {}
    ours = pa.array(list(layers), pa.string())
    judged = tables.judgments.filter(pc.is_in(tables.judgments["layer_id"], value_set=ours)).to_pylist()
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    times: dict[tuple[str, str], set[str]] = defaultdict(set)
    docs_of: dict[tuple[str, str], set[str]] = defaultdict(set)  # an annotation moved to another text keeps its time
    owner: dict[str, str] = {}
    for row in judged:
        key = (row["doc_id"], row["annotator"])
        owner[row["layer_id"]] = row["annotator"]
        if row["submitted_at"]:
            times[key].add(row["submitted_at"])
            docs_of[row["annotator"], row["submitted_at"]].add(row["doc_id"])
        # that of the entities, because sentences may be a draft in a submission
        if row["layer_id"] in migrated.values():
            continue  # it stands in another layer, in other labels
        if layers[row["layer_id"]] == "entities" and row["revision"] >= latest.get(key, {"revision": 0})["revision"]:
            latest[key] = row
    contents = _contents(tables, layers, owner, {key: int(row["revision"]) for key, row in latest.items()}, ours)
    return {
        key: Recorded(
            row["revision"], row["status"], row["submitted_at"], row["seconds"], row["problem"], row["comment"],
            contents[key], frozenset(times[key]), len(docs_of[key[1], row["submitted_at"]]) > 1,
            row["layer_id"] in migrated,
        )
        for key, row in latest.items()
        if key[0] in docs
    }  # fmt: skip


def _contents(
    tables: CorpusTables,
    layers: Mapping[str, str],
    owner: Mapping[str, str],
    latest: Mapping[tuple[str, str], int],
    ours: pa.Array,
) -> Mapping[tuple[str, str], Content]:
    spans: dict[tuple[str, str, str], set[tuple[int, int, str]]] = defaultdict(set)
    topics: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    columns = ("annotation_id", "doc_id", "layer_id", "start", "end", "label", "kind")
    rows = tables.spans.filter(pc.is_in(tables.spans["layer_id"], value_set=ours))
    for one, doc, layer, start, end, label, kind in zip(*(rows[name].to_pylist() for name in columns), strict=True):
        key = (doc, owner.get(layer, ""))
        # a span does not name its revision, but its id is a hash of it
        if key in latest and one == annotation_id(layer, doc, latest[key], start, end, label):
            spans[layers[layer], *key].add((start, end, kind or label))
    rows = tables.topics.filter(pc.is_in(tables.topics["layer_id"], value_set=ours))
    names = ("annotation_id", "doc_id", "layer_id", "rank", "label")
    for one, doc, layer, rank, label in zip(*(rows[name].to_pylist() for name in names), strict=True):
        key = (doc, owner.get(layer, ""))
        if key in latest and one == annotation_id(layer, doc, latest[key], -1, -1, label):
            topics[key].append((rank, label))
    return {
        key: Content(
            frozenset(spans["sentences", *key]),
            frozenset(spans["entities", *key]),
            tuple(label for _, label in sorted(topics[key])),
        )
        for key in latest
    }

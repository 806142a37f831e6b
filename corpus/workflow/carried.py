"""What annotators did on earlier texts, for the new tasks to carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from annotation.annotators import read_annotators
from annotation.labelstudio.tasks import Done, Suggested, Work
from corpus.ids import annotation_id
from corpus.release.source import CorpusTables
from corpus.span import Topic

PULLED = "labelstudio-"
"""How the producer version of a layer that was pulled begins."""


def carried_work(root: Path, server: str, tables: CorpusTables, version: str) -> Mapping[str, Sequence[Done]]:
    """For each document what users of `server` have done on it by the tables, in the latest revision.

    `version` is the producer version of the layers that are pulled from the project that it is for.

    Only documents without a task need it: it came with them from an earlier text.

    Raises:
        AnnotatorsError
    """
    pulled = tables.layers.filter(pc.equal(tables.layers["producer_version"], version))
    if not pulled.num_rows:
        return {}
    layers = {row["layer_id"]: row for row in pulled.to_pylist()}
    users = {
        one.pseudonym: person.user
        for one in read_annotators(root, {row["producer"] for row in layers.values()})
        for person in one.people
        if person.server == server
    }
    ours = pa.array(list(layers), pa.string())
    judged, spans, topics = (
        rows.filter(pc.is_in(rows["layer_id"], value_set=ours)).to_pylist()
        for rows in (tables.judgments, tables.spans, tables.topics)
    )
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in judged:
        key = (row["doc_id"], row["layer_id"])
        if key not in latest or row["revision"] > latest[key]["revision"]:
            latest[key] = row
    found: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in spans:
        at = latest.get((row["doc_id"], row["layer_id"]))
        layer, start, end, label = row["layer_id"], row["start"], row["end"], row["label"]
        if at and row["annotation_id"] == annotation_id(layer, row["doc_id"], at["revision"], start, end, label):
            shown = row["kind"] or label
            one = Suggested(row["annotation_id"], start, end, shown, row["surface"])
            found[row["doc_id"], layers[layer]["producer"]][layers[layer]["task"]].append(one)
    for row in topics:
        at = latest.get((row["doc_id"], row["layer_id"]))
        layer, label = row["layer_id"], row["label"]
        if at and row["annotation_id"] == annotation_id(layer, row["doc_id"], at["revision"], -1, -1, label):
            found[row["doc_id"], layers[layer]["producer"]]["topics"].append(Topic(label, row["rank"]))
    done: dict[str, list[Done]] = defaultdict(list)
    for (doc, layer), row in latest.items():
        if layers[layer]["task"] != "entities" or row["status"] == "deleted" or row["annotator"] not in users:
            continue
        work = found[doc, row["annotator"]]
        whole = Work(tuple(work["sentences"]), tuple(work["entities"]), tuple(work["topics"]))
        done[doc].append(
            Done(users[row["annotator"]], whole, row["status"], row["seconds"], row["problem"], row["comment"])
        )
    return done

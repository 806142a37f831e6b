"""What happens to annotations when cleaning gives a page another text: they go along, as far as the words do.

The old text is kept in the table `retired`. An annotator's latest revision is written again for the new document, in
the same layer and under the same number, each span naming the one it was made from; a span whose words did not arrive
exactly is a reject. A task of which the new text has words that the annotator never saw is a draft again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from annotation.moving import Route
from corpus.ids import annotation_id, digest
from corpus.ingest import Reject
from corpus.release.source import CorpusTables, read_corpus
from corpus.store import Head, read_table, write_shard
from corpus.text.edits import Edit
from corpus.workflow.derive import rejects_table
from schemas.tables import JUDGMENTS, RETIRED, SPANS, TOPICS

_Row = Mapping[str, Any]
_HUMAN = ("annotation", "gold")


def worked_on(root: Path, head: Head) -> CorpusTables | None:
    """The tables of a corpus that annotators work on, or did; None where none do, and nothing can get lost."""
    kinds = read_table(root, "layers", head, ["layer_id", "kind"])["kind"].unique().to_pylist()
    return read_corpus(root, head) if _pushed(root) or set(kinds) & set(_HUMAN) else None


def _pushed(root: Path) -> bool:
    return (root / "labelstudio.json").exists()


def retire(root: Path, before: CorpusTables, head: Head) -> Head:
    """`head` with the documents of `before` that it no longer has kept in `retired`.

    Only documents that a person worked on are kept, or all where tasks of any may be with annotators.
    """
    after = read_corpus(root, head)
    gone = pc.invert(pc.is_in(before.documents["doc_id"], value_set=after.documents["doc_id"].combine_chunks()))
    lost = set(before.documents.filter(gone)["doc_id"].to_pylist())
    if not _pushed(root):
        lost &= _with_work(before)
    rows = [
        {"doc_id": row["doc_id"], "source_id": row["source_id"], "page_id": row["page_id"], "edits": row["edits"]}
        for row in _of(before.sightings, lost).to_pylist()
    ]
    texts = dict(zip(*(_of(before.documents, lost)[name].to_pylist() for name in ("doc_id", "text")), strict=True))
    known = {
        (row["doc_id"], row["source_id"], row["page_id"])
        for row in read_table(root, "retired", head, ["doc_id", "source_id", "page_id"]).to_pylist()
    }
    new = [
        {**row, "text": texts[row["doc_id"]]}
        for row in rows
        if texts.get(row["doc_id"]) and (row["doc_id"], row["source_id"], row["page_id"]) not in known
    ]
    if not new:
        return head
    key = "retired-" + digest(*(f"{row['doc_id']} {row['source_id']} {row['page_id']}" for row in new))[:24]
    write_shard(root, "retired", key, pa.Table.from_pylist(new, RETIRED))
    return Head({**head.shards, "retired": (*head.keys("retired"), key)})


def carry(root: Path, head: Head) -> Head:
    """`head` with the annotations of retired documents moved to the documents that their pages give now."""
    retired = read_table(root, "retired", head).to_pylist()
    if not retired:
        return head
    tables = read_corpus(root, head)
    mover = _Mover(tables)
    for row in reversed(retired):  # the latest text first: it has what earlier ones could hand on
        if row["doc_id"] not in mover.texts:
            mover.move(row)
    return mover.written(root, head)


def _with_work(tables: CorpusTables) -> set[str]:
    human = tables.layers.filter(pc.is_in(tables.layers["kind"], value_set=pa.array(_HUMAN)))["layer_id"]
    layers = human.combine_chunks()
    return {
        doc
        for rows in (tables.spans, tables.topics, tables.judgments)
        for doc in rows.filter(pc.is_in(rows["layer_id"], value_set=layers))["doc_id"].unique().to_pylist()
    }


def _of(rows: pa.Table, docs: Iterable[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows["doc_id"], value_set=pa.array(list(docs), pa.string())))


@dataclass(slots=True)
class _Mover:
    """Moves the annotations of one retired document after the other; what is moved already stays as it is."""

    tables: CorpusTables
    texts: dict[str, str] = field(init=False)
    _sightings: dict[str, list[_Row]] = field(init=False)
    _judged: dict[str, list[_Row]] = field(init=False)
    _spans: dict[tuple[str, str], list[_Row]] = field(init=False)
    _topics: dict[tuple[str, str], list[_Row]] = field(init=False)
    _tasks: dict[str, str] = field(init=False)
    _there: dict[tuple[str, str, str], int] = field(init=False)
    _new: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"spans": [], "topics": [], "judgments": []}
    )
    _rejects: list[Reject] = field(default_factory=list)

    def __post_init__(self) -> None:
        tables = self.tables
        columns = ("doc_id", "text")
        self.texts = dict(zip(*(tables.documents[name].to_pylist() for name in columns), strict=True))
        self._sightings = _grouped(tables.sightings.to_pylist(), "page_id")
        self._tasks = {row["layer_id"]: row["task"] for row in tables.layers.to_pylist() if row["kind"] in _HUMAN}
        ours = pa.array(list(self._tasks), pa.string())
        spans, topics, judged = (
            rows.filter(pc.is_in(rows["layer_id"], value_set=ours)).to_pylist()
            for rows in (tables.spans, tables.topics, tables.judgments)
        )
        self._spans, self._topics = _by_layer(spans), _by_layer(topics)
        self._judged = _grouped(judged, "doc_id")
        self._there = defaultdict(int)
        for row in judged:
            key = (row["doc_id"], row["layer_id"], row["annotator"])
            self._there[key] = max(self._there[key], row["revision"])

    def move(self, retired: _Row) -> None:
        """Move everything that was said of a retired document, as far as its page gives a text now."""
        old = retired["doc_id"]
        latest = [row for row in self._latest(old) if row["status"] != "deleted"]
        target = self._target(retired) if latest else None
        if target is None:
            return
        text = self.texts[target["doc_id"]]
        route = Route.between(_edits(retired["edits"]), _edits(target["edits"]), text)
        for judgment in latest:
            key = (target["doc_id"], judgment["layer_id"], judgment["annotator"])
            if self._there[key] < judgment["revision"]:
                self._there[key] = judgment["revision"]
                self._move_judgment(judgment, target["doc_id"], route)

    def _latest(self, doc: str) -> list[_Row]:
        """The judgments of a document that count."""
        latest: dict[tuple[str, str], _Row] = {}
        for row in self._judged.get(doc, ()):
            key = (row["layer_id"], row["annotator"])
            if key not in latest or row["revision"] > latest[key]["revision"]:
                latest[key] = row
        return list(latest.values())

    def _target(self, retired: _Row) -> _Row | None:
        """The sighting that has the page's text now: that of the same article, else the page's only one."""
        found = [row for row in self._sightings.get(retired["page_id"], ()) if self.texts.get(row["doc_id"])]
        same = [row for row in found if row["source_id"] == retired["source_id"]]
        if same or len({row["doc_id"] for row in found}) == 1:
            return (same or found)[0]
        return None

    def _move_judgment(self, judgment: _Row, doc: str, route: Route) -> None:
        old, layer, number = judgment["doc_id"], judgment["layer_id"], judgment["revision"]
        task = self._tasks[layer]
        moved = list(self._moved_spans(judgment, doc, route))
        whole = not route.unseen if task == "entities" else True
        if task == "sentences":
            whole = _covers(moved, route.text)
        status = judgment["status"] if whole or judgment["status"] != "submitted" else "draft"
        self._new["judgments"].append({**judgment, "doc_id": doc, "status": status})
        self._new["spans"] += moved
        for row in self._topics.get((old, layer), ()):
            if row["annotation_id"] == annotation_id(layer, old, number, -1, -1, row["label"]):
                key = annotation_id(layer, doc, number, -1, -1, row["label"])
                self._new["topics"].append({**row, "annotation_id": key, "doc_id": doc})

    def _moved_spans(self, judgment: _Row, doc: str, route: Route) -> Iterator[dict[str, Any]]:
        old, layer, number = judgment["doc_id"], judgment["layer_id"], judgment["revision"]
        for row in self._spans.get((old, layer), ()):
            start, end, label = row["start"], row["end"], row["label"]
            if row["annotation_id"] != annotation_id(layer, old, number, start, end, label):
                continue  # of an earlier revision
            found = route.move(start, end, row["surface"])
            if found is None:
                message = (
                    f"{row['kind'] or label} of {judgment['annotator']} at {start}-{end} did not arrive in document "
                    f"{doc}, which the page gives now: its words were cut or changed. Annotate the new text, or mend "
                    "the cleaning rule"
                )
                self._rejects.append(Reject(f"document {old}", "text-changed", message, row["surface"][:200]))
                continue
            key = annotation_id(layer, doc, number, *found, label)
            parents = [row["annotation_id"]]
            yield {**row, "annotation_id": key, "doc_id": doc, "start": found[0], "end": found[1], "parents": parents}

    def written(self, root: Path, head: Head) -> Head:
        """The head with what was moved as one more shard."""
        if not self._new["judgments"]:
            return head
        tables = {
            "spans": pa.Table.from_pylist(self._new["spans"], SPANS),
            "topics": pa.Table.from_pylist(self._new["topics"], TOPICS),
            "judgments": pa.Table.from_pylist(self._new["judgments"], JUDGMENTS),
            "rejects": rejects_table(self._rejects),
        }
        key = "import-moved-" + digest(*(f"{n}:{row}" for n in tables for row in tables[n].to_pylist()))[:24]
        for name, rows in tables.items():
            write_shard(root, name, key, rows)
        return Head({**head.shards, **{name: (*head.keys(name), key) for name in tables}})


def _covers(sentences: Sequence[_Row], text: str) -> bool:
    at = 0
    for row in sorted(sentences, key=lambda one: one["start"]):
        if row["start"] < at or text[at : row["start"]].strip():
            return False
        at = row["end"]
    return not text[at:].strip()


def _edits(rows: Iterable[_Row]) -> tuple[Edit, ...]:
    return tuple(Edit(**row) for row in rows)


def _grouped(rows: Iterable[_Row], key: str) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def _by_layer(rows: Iterable[_Row]) -> dict[tuple[str, str], list[_Row]]:
    found: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        found[row["doc_id"], row["layer_id"]].append(row)
    return found

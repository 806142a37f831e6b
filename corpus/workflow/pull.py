"""`mudawwana pull`: everything annotators did, as revisions of layers, each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from annotation.annotators import Annotator, Person, named, pseudonym, read_annotators, write_annotators
from annotation.imports.match import CorpusDocument, DocumentIndex
from annotation.labelstudio.client import ClientError, Project, User
from annotation.labelstudio.revisions import TASKS, Content, Recorded, Revision, new_revisions, parents
from annotation.labelstudio.submissions import ReadTask, Submission, TaskReader, iterate_tasks
from annotation.layers import SENTENCE_LABEL, Layer
from corpus.config import CorpusConfig
from corpus.ids import annotation_id, digest
from corpus.ingest import Reject
from corpus.release.source import CorpusTables, read_corpus
from corpus.store import Head, StoreError, locked, read_head, read_table, write_head, write_shard
from corpus.workflow.build import derive_settings
from corpus.workflow.carried import PULLED
from corpus.workflow.carry import carry
from corpus.workflow.derive import rejects_table
from corpus.workflow.exports import any_export, received_export
from corpus.workflow.labelstudio import (
    connect,
    find_project,
    ontology_of,
    producer_version,
    read_state,
    task_link,
)
from schemas.tables import JUDGMENTS, LAYERS, SPANS, TOPICS

_TABLES = ("layers", "spans", "topics", "judgments")


@dataclass(frozen=True, slots=True)
class PullSummary:
    """What arrived: judgments are counted once a document and annotator. `new` is false where nothing had changed."""

    project: int
    export: str
    tasks: int
    annotators: int
    submitted: int
    skipped: int
    drafts: int
    deleted: int
    entities: int
    topics: int
    to_review: int
    new: bool
    rejects: tuple[Reject, ...]


@dataclass(slots=True)
class _Found:
    """What an export holds, gathered by (document, user)."""

    tasks: int = 0
    present: set[str] = field(default_factory=set)
    work: dict[tuple[str, int], list[Submission]] = field(default_factory=lambda: defaultdict(list))
    rejects: list[Reject] = field(default_factory=list)

    def add(self, task: ReadTask) -> None:
        self.tasks += 1
        self.rejects.extend(task.rejects)
        if task.doc_id is not None:
            self.present.add(task.doc_id)
        for one in task.submissions:
            self.work[one.doc_id, one.user].append(one)


def pull(
    root: Path, config: CorpusConfig, *, round_: int = 1, report: Callable[[str], None] = lambda _: None
) -> PullSummary:
    """Store the round's project as the server exports it, and add what is new in it to the tables.

    Raises:
        ClientError, ServerError, StoreError, AnnotatorsError, OntologyError
    """
    settings = derive_settings(root, config)
    ontology, ontology_version = ontology_of(settings)
    with locked(root):
        state = read_state(root)
        if state is None:
            raise ClientError("nothing was pushed from this corpus yet; next: mudawwana push")
        client = connect(root)
        project = find_project(client, state, round_)
        if project is None:
            raise ClientError(
                f"{client.url} has no project of round {round_} of this corpus: it was never pushed there, or somebody "
                "deleted it. What was pulled stays; 'mudawwana push' makes a new one"
            )
        version = producer_version(project)
        head = read_head(root)
        tables = read_corpus(root)
        index = document_index(tables, read_table(root, "retired", head, ["doc_id", "text"]))
        users = client.users()
        reader = TaskReader(
            index,
            ontology.inventory(settings.inventory).codes,
            ontology.topic_codes,
            tuple(one.code for one in ontology.problems),
            {user.email.lower(): user.id for user in users},
            task_link(client, project.id, ""),
        )
        report("exporting")
        with received_export(root, lambda target: client.export(project.id, target)) as export:
            report("reading")
            found = read_export(export.path, reader)
            annotators = _annotators(root, client.url, users, tables, {user for _, user in found.work})
            recorded = _recorded(tables, version, found.present)
            revisions = list(_revisions(found, client.url, annotators, recorded))
            rows = _rows(revisions, index, tables.spans, version, ontology_version, round_)
            changed = _changed(root, head, rows, found.rejects, version)
            if changed == head and not (root / "exports" / export.name).exists() and any_export(root):
                export.drop()  # only the clock differs: "5 minutes ago"
            if changed != head:
                report("writing")
                write_annotators(root, annotators)  # before any table says their names
        if changed != head:
            write_head(root, changed)
    return _summary(project, export.name, found, revisions)


def read_export(export: Path, reader: TaskReader) -> _Found:
    """What a raw export holds.

    Raises:
        StoreError: if it is not an export.
    """
    found = _Found()
    try:
        with export.open("rb") as file:
            for task in iterate_tasks(file):
                found.add(reader.read(task))
    except ValueError as error:
        raise StoreError(f"{export} cannot be read ({error}); see the server's log, then pull again") from error
    for submissions in found.work.values():
        for one in submissions:
            found.rejects.extend((*one.rejects, *one.doubts))
    return found


def document_index(tables: CorpusTables, retired: pa.Table) -> DocumentIndex:
    """The documents that a task can be of: those of the corpus, and those whose pages give other texts by now."""
    return DocumentIndex(
        CorpusDocument(doc, text, ())
        for rows in (retired, tables.documents)
        for doc, text in zip(rows["doc_id"].to_pylist(), rows["text"].to_pylist(), strict=True)
    )


def _annotators(
    root: Path, server: str, accounts: Iterable[User], tables: CorpusTables, users: Collection[int]
) -> tuple[Annotator, ...]:
    """Everybody with a pseudonym; who has none gets one."""
    layers = tables.layers.filter(pc.starts_with(tables.layers["producer_version"], PULLED))
    known = read_annotators(root, set(layers["producer"].to_pylist()))
    emails = {user.id: user.email for user in accounts}
    return named(known, [Person(server, user, emails.get(user, "")) for user in sorted(users)])


def _recorded(tables: CorpusTables, version: str, docs: Collection[str]) -> dict[tuple[str, str], Recorded]:
    """For each (document, annotator) the latest revision pulled from this project."""
    layers = {
        row["layer_id"]: row["task"] for row in tables.layers.to_pylist() if row["producer_version"] == version
    }
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
        if layers[row["layer_id"]] == "entities" and row["revision"] >= latest.get(key, {"revision": 0})["revision"]:
            latest[key] = row
    contents = _contents(tables, layers, owner, {key: int(row["revision"]) for key, row in latest.items()}, ours)
    return {
        key: Recorded(
            row["revision"], row["status"], row["submitted_at"], row["seconds"], row["problem"], row["comment"],
            contents[key], frozenset(times[key]), len(docs_of[key[1], row["submitted_at"]]) > 1,
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


@dataclass(frozen=True, slots=True)
class _Addition:
    """A revision with whose it is and on what."""

    doc_id: str
    annotator: str
    revision: Revision


def _revisions(
    found: _Found, server: str, annotators: Sequence[Annotator], recorded: Mapping[tuple[str, str], Recorded]
) -> Iterator[_Addition]:
    work: dict[tuple[str, str], list[Submission]] = {key: [] for key in recorded}
    names = {user: pseudonym(annotators, Person(server, user)) for user in {user for _, user in found.work}}
    for (doc, user), submissions in found.work.items():
        work.setdefault((doc, names[user]), []).extend(submissions)
    for (doc, name), submissions in sorted(work.items()):
        for revision in new_revisions(submissions, recorded.get((doc, name))):
            yield _Addition(doc, name, revision)


def _rows(
    additions: Iterable[_Addition], index: DocumentIndex, spans: pa.Table, version: str, ontology: str, round_: int
) -> dict[str, pa.Table]:
    listed = list(additions)
    docs = pa.array(sorted({one.doc_id for one in listed}), pa.string())
    near = spans.filter(pc.is_in(spans["doc_id"], value_set=docs))
    predicted = dict(zip(near["annotation_id"].to_pylist(), near["layer_id"].to_pylist(), strict=True))
    layers: dict[str, Layer] = {}
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in _TABLES}
    for one in listed:
        of = {task: Layer(task, "annotation", one.annotator, version, ontology, None, round_) for task in TASKS}
        ids = {task: layer.layer_id for task, layer in of.items()}
        layers.update({ids[task]: of[task] for task in TASKS})
        rows["judgments"] += [_judgment(one, ids[task], task) for task in TASKS]
        document = index.by_id(one.doc_id)
        rows["spans"] += _spans(one, ids, document.text if document else "", predicted)
        rows["topics"] += _topics(one, ids["topics"])
    rows["layers"] = [
        {
            "layer_id": key, "task": layer.task, "kind": layer.kind, "producer": layer.producer,
            "producer_version": version, "ontology_version": ontology, "parent_layer": None, "round": round_,
        }
        for key, layer in layers.items()
    ]  # fmt: skip
    schemas = {"layers": LAYERS, "spans": SPANS, "topics": TOPICS, "judgments": JUDGMENTS}
    return {name: pa.Table.from_pylist(rows[name], schema) for name, schema in schemas.items()}


def _judgment(one: _Addition, layer: str, task: str) -> dict[str, object]:
    did = one.revision.submission
    return {
        "doc_id": one.doc_id,
        "layer_id": layer,
        "annotator": one.annotator,
        "revision": one.revision.number,
        "status": one.revision.status(task),
        "seconds": did.seconds if did else None,
        "submitted_at": did.submitted_at or None if did else None,
        "saw_predictions": (did.saw_sentences if task == "sentences" else did.saw_entities) if did else None,
        "problem": did.result.problem if did else None,
        "comment": did.result.comment if did else None,
    }


def _spans(
    one: _Addition, layers: Mapping[str, str], text: str, predicted: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    result = one.revision.result
    made_from = parents(result, predicted)
    for task, marked in (("sentences", result.sentences), ("entities", result.entities)):
        layer = layers[task]
        for span in marked:
            label = SENTENCE_LABEL if task == "sentences" else span.label
            key = annotation_id(layer, one.doc_id, one.revision.number, span.start, span.end, label)
            yield {
                "annotation_id": key,
                "doc_id": one.doc_id,
                "layer_id": layer,
                "revision": one.revision.number,
                "start": span.start,
                "end": span.end,
                "label": label,
                "kind": span.label if task == "sentences" else None,
                "surface": text[span.start : span.end],
                "score": 1.0,
                "producer": one.annotator,
                "value": None,
                "parents": made_from.get((span.start, span.end, span.label), []),
            }


def _topics(one: _Addition, layer: str) -> Iterator[dict[str, object]]:
    for rank, label in enumerate(one.revision.result.topics):
        yield {
            "annotation_id": annotation_id(layer, one.doc_id, one.revision.number, -1, -1, label),
            "doc_id": one.doc_id,
            "layer_id": layer,
            "revision": one.revision.number,
            "label": label,
            "rank": rank,
            "score": 1.0,
        }


def _bytes(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return bytes(sink.getvalue())


def _changed(
    root: Path, head: Head, rows: Mapping[str, pa.Table], rejects: Sequence[Reject], version: str
) -> Head:
    """The head with the rows as a shard. The rejects of a project are those of its present export, not earlier ones."""
    shards = dict(head.shards)
    if rows["judgments"].num_rows:
        key = "import-" + digest(*(_bytes(rows[name]) for name in _TABLES))[:24]
        for name in _TABLES:
            write_shard(root, name, key, rows[name])
            shards[name] = (*(one for one in head.keys(name) if one != key), key)
    prefix = f"import-{version}-"
    kept = tuple(key for key in head.keys("rejects") if not key.startswith(prefix))
    if rejects:
        table = rejects_table(sorted(rejects, key=lambda one: (one.origin, one.reason, one.message)))
        key = prefix + digest(*map(str, table.to_pylist()))[:24]
        write_shard(root, "rejects", key, table)
        kept = (*kept, key)
    if kept or head.keys("rejects"):
        shards["rejects"] = kept
    return carry(root, Head(shards))


_REVIEW = ("two-labels", "crossing-spans", "uncovered-text", "sentences-overlap")


def _summary(
    project: Project, export: str, found: _Found, additions: Sequence[_Addition]
) -> PullSummary:
    statuses = [one.revision.status("entities") for one in additions]
    return PullSummary(
        project.id,
        export,
        found.tasks,
        len({user for _, user in found.work}),
        statuses.count("submitted"),
        statuses.count("skipped"),
        statuses.count("draft"),
        statuses.count("deleted"),
        sum(len(one.revision.result.entities) for one in additions),
        sum(len(one.revision.result.topics) for one in additions),
        sum(one.reason in _REVIEW for one in found.rejects),
        bool(additions),
        tuple(found.rejects),
    )

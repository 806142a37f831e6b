"""`mudawwana push`: documents to a Label Studio project, each once, whatever is interrupted or repeated."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from html import escape
from importlib import resources
from pathlib import Path

import pyarrow as pa

from annotation.labelstudio.client import Client, ClientError, Project, Refused, Task
from annotation.labelstudio.config import label_config
from annotation.labelstudio.tasks import (
    Done,
    Json,
    Known,
    Sharing,
    Suggested,
    TaskDocument,
    Work,
    check_document,
    in_order,
    prediction,
    task,
)
from corpus.config import CorpusConfig
from corpus.ingest import Reject
from corpus.release.source import CorpusTables, read_corpus
from corpus.span import Topic
from corpus.store import locked
from corpus.workflow.build import Progress, derive_settings
from corpus.workflow.carried import carried_work
from corpus.workflow.labelstudio import (
    LinkState,
    Pending,
    connect,
    find_project,
    marker,
    new_state,
    note_pending,
    ontology_of,
    producer_version,
)
from schemas.labels import Ontology

BATCH = 500
SETTLE_SECONDS = 15.0
"""How long a request that nobody waits for any more may still be carried out by the server."""

ONLY_KEYS = ("doc_id", "source", "outlet", "topic", "published", "language")


class PushError(Exception):
    """What was asked for cannot be pushed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What to push and how. `only` holds (key of `ONLY_KEYS`, glob): a document must fit one glob of each key."""

    round: int = 1
    sharing: Sharing = field(default_factory=Sharing)
    order: str = "uncertainty"
    only: tuple[tuple[str, str], ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class PushSummary:
    """What a push did. `closed`: tasks of texts that are no longer in the corpus."""

    project: int
    url: str
    created: bool
    new_tasks: int
    blind: int
    shared: int
    new_predictions: int
    tasks: int
    duplicates_removed: int
    closed: int
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A document with what it can be chosen and ordered by."""

    document: TaskDocument
    published: str
    values: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Push:
    """A push under way."""

    root: Path
    client: Client
    state: LinkState
    project: Project
    progress: Progress
    sleep: Callable[[float], None]
    done: Mapping[str, Sequence[Done]]
    removed: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def listed(self) -> dict[str, Task]:
        """The project's tasks by document; what is there twice and untouched is taken away."""
        found: dict[str, list[Task]] = defaultdict(list)
        for one in self.client.tasks(self.project.id):
            found[str(one.data.get("doc_id", ""))].append(one)
        found.pop("", None)  # not ours
        kept = {}
        for doc, tasks in found.items():
            tasks.sort(key=lambda one: (-(one.annotations + one.drafts), one.id))
            kept[doc] = tasks[0]
            for one in tasks[1:]:
                if one.annotations or one.drafts:
                    message = f"tasks {tasks[0].id} and {one.id} are of one document, both annotated; both are pulled"
                    self.rejects.append(Reject(f"document {doc}", "task-twice", message, ""))
                else:
                    self.client.delete_task(one.id)
                    self.removed += 1
        return kept

    def settle(self) -> None:
        """Wait until a request that was cut off is surely over."""
        if self.state.pending is not None:
            waited = time.time() - self.state.pending.sent_at
            self.sleep(min(max(SETTLE_SECONDS - waited, 0.0), SETTLE_SECONDS))

    def send(self, documents: Sequence[TaskDocument], version: str, sharing: Sharing) -> None:
        """Add the tasks of documents that the project does not have."""
        for at in range(0, len(documents), BATCH):
            batch = documents[at : at + BATCH]
            pending = Pending(self.project.id, tuple(one.doc_id for one in batch), time.time())
            self.state = note_pending(self.root, self.state, pending)
            ids = self.client.import_tasks(
                self.project.id,
                [task(one, version, sharing, self.done.get(one.doc_id, ())) for one in batch],
            )
            for one, number in zip(batch, ids, strict=True):
                if (overlap := sharing.overlap(one)) > 1:
                    self.client.update_task(number, {"overlap": overlap})
            self.state = note_pending(self.root, self.state, None)
            self.progress("tasks", min(at + BATCH, len(documents)), len(documents))

    def mend_overlap(self, tasks: Mapping[str, Task]) -> None:
        """Give tasks the number of annotators they were sent with, where a push was cut off before it could."""
        for one in tasks.values():
            wanted = one.data.get("annotators")
            if isinstance(wanted, int) and wanted > 1 and one.overlap < wanted:
                self.client.update_task(one.id, {"overlap": wanted})

    def renew(self, documents: Sequence[TaskDocument], tasks: Mapping[str, Task], version: str) -> int:
        """Predictions of a new model version for open tasks; how many got some.

        Nobody sees other suggestions than those before them: an annotated task keeps what it shows, a blind one its
        sentences alone, under the new version's name because the server shows one version only.
        """
        if self.project.model_version in ("", version):
            return 0  # the version is named last of all, see below
        done = self.client.tasks_with_version(self.project.id, version)
        sent: list[Json] = []
        number = 0
        for document in documents:
            known = tasks.get(document.doc_id)
            if known is None or known.id in done or known.is_labeled:
                continue
            if known.annotations or known.drafts or known.data.get("blind") is True:
                shown = self.client.latest_prediction(known.id)
                if shown is not None:
                    sent.append({**shown, "task": known.id, "model_version": version})
            else:
                sent.append({**prediction(document, version, blind=False), "task": known.id})
                number += 1
        for at in range(0, len(sent), BATCH):
            self.client.import_predictions(self.project.id, sent[at : at + BATCH])
            self.progress("predictions", min(at + BATCH, len(sent)), len(sent))
        self.client.update_project(self.project.id, {"model_version": version})
        return number

    def close(self, tasks: Mapping[str, Task], current: set[str]) -> int:
        """Take tasks of texts that are no longer in the corpus out of the queue: untouched ones away, others done."""
        closed = 0
        for doc, one in tasks.items():
            if doc in current or one.is_labeled:
                continue
            if one.annotations or one.drafts:
                if one.annotations and one.overlap > 1:
                    self.client.update_task(one.id, {"overlap": 1})
                    closed += 1
            else:
                self.client.delete_task(one.id)
                closed += 1
        return closed


def push(
    root: Path,
    config: CorpusConfig,
    options: PushOptions,
    *,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> PushSummary:
    """Make or update the project of a round, and give it a task for each document that has none.

    Raises:
        ClientError, ServerError, StoreError, OntologyError, PushError
    """
    settings = derive_settings(root, config)
    ontology, _ = ontology_of(settings)
    known = Known(ontology.inventory(settings.inventory).codes, ontology.topic_codes)
    with locked(root):
        client = connect(root)
        state = new_state(root)
        tables = read_corpus(root)
        version, candidates = _candidates(tables)
        rejects: list[Reject] = []
        sound = [one for one in candidates if not _noted(check_document(one.document, known), rejects)]
        chosen = in_order([(one.document, one.published) for one in sound if _fits(one, options.only)], options.order)
        if not candidates:
            raise PushError("the corpus has no documents yet; next: mudawwana build SOURCES…")
        settled: Json = {
            "label_config": label_config(ontology, settings.inventory),
            "expert_instruction": instructions(ontology, settings.inventory),
        }
        project, created = _project(client, state, options.round, config.corpus.name, settled)
        done = carried_work(root, client.url, tables, producer_version(project))
        run = _Push(root, client, state, project, progress, sleep, done, rejects=rejects)
        run.settle()
        tasks = {} if created else run.listed()
        run.mend_overlap(tasks)
        predicted = run.renew([one.document for one in sound], tasks, version)
        new = [one for one in chosen if one.doc_id not in tasks][: options.limit]
        run.send(new, version, options.sharing)
        closed = run.close(tasks, {one.document.doc_id for one in candidates})
        number = client.project(project.id).tasks
        if number != len(tasks) + len(new) - closed:
            number = len(run.listed())
        if run.state.pending is not None:
            run.state = note_pending(root, run.state, None)
    return PushSummary(
        project.id,
        f"{client.url}/projects/{project.id}",
        created,
        len(new),
        sum(options.sharing.is_blind(one) for one in new),
        sum(options.sharing.overlap(one) > 1 for one in new),
        predicted,
        number,
        run.removed,
        closed,
        tuple(rejects),
    )


def _noted(found: Sequence[Reject], rejects: list[Reject]) -> bool:
    rejects.extend(found)
    return bool(found)


def _fits(candidate: _Candidate, only: Sequence[tuple[str, str]]) -> bool:
    wanted: dict[str, list[str]] = defaultdict(list)
    for key, glob in only:
        wanted[key].append(glob)
    return all(
        any(fnmatchcase(value, glob) for value in candidate.values[key] for glob in globs)
        for key, globs in wanted.items()
    )


def _project(client: Client, state: LinkState, round_: int, name: str, settings: Json) -> tuple[Project, bool]:
    """The project of a round with the settings of today, made now if there is none."""
    mark = marker(state, round_)
    found = find_project(client, state, round_)
    if found is None:
        fixed: Json = {
            "title": f"{name} · {round_}"[:50],
            "description": f"{mark} Keep this line: mudawwana finds the project by it.",
            "show_instruction": True,
            "show_skip_button": True,
            "enable_empty_annotation": True,
            "show_collab_predictions": True,
            "sampling": "Sequential sampling",
            "maximum_annotations": 1,
        }
        return client.create_project({**fixed, **settings}), True
    if {"label_config": found.label_config, "expert_instruction": found.instruction} != settings:
        try:
            client.update_project(found.id, settings)
        except Refused as error:
            raise ClientError(
                f"project {found.id} has another labelling interface, and the server does not take the corpus's: "
                f"{error}. What is in use cannot be dropped: start a new round (--round), or give it back"
            ) from error
    return found, False


def instructions(ontology: Ontology, inventory: str) -> str:
    """What annotators read before they begin: HTML, in Arabic, with the definitions of the labels they use."""
    labels = "\n".join(
        f"<li><b>{escape(one.name_ar)}</b> ({one.code}): {escape(one.definition_ar)}</li>"
        for one in ontology.inventory(inventory).labels
    )
    page = resources.files("annotation").joinpath("guidelines", "instructions.ar.html").read_text("utf-8")
    return page.replace("{labels}", labels)


def _candidates(tables: CorpusTables) -> tuple[str, list[_Candidate]]:
    """The documents to annotate, with the machine's suggestions, and what the suggestions' version is called."""
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist() if row["kind"] == "prediction"}
    named = {row["task"]: f"{row['producer']} {row['producer_version']}" for row in layers.values()}
    version = " + ".join(named[one] for one in ("entities", "topics", "sentences") if one in named)
    spans = _predicted_spans(tables.spans, {key: str(row["task"]) for key, row in layers.items()})
    topics: dict[str, list[Topic]] = defaultdict(list)
    for row in tables.topics.to_pylist():
        if row["layer_id"] in layers:
            topics[row["doc_id"]].append(Topic(row["label"], row["rank"], row["score"]))
    seen: dict[str, dict[str, str | None]] = {}
    sources: dict[str, list[str]] = defaultdict(list)
    for row in tables.sightings.drop_columns(["edits"]).to_pylist():
        seen.setdefault(row["doc_id"], row)
        sources[row["doc_id"]] += [str(row[name]) for name in ("source_id", "path", "url") if row[name]]
    candidates = []
    for row in tables.documents.to_pylist():
        if row["drop_reason"] is not None or not row["text"]:
            continue
        doc = row["doc_id"]
        sighting = seen.get(doc, {})
        about = [str(sighting["outlet"])] if sighting.get("outlet") else []
        if sighting.get("published"):
            about.append(f"\N{FIRST STRONG ISOLATE}{str(sighting['published'])[:10]}\N{POP DIRECTIONAL ISOLATE}")
        work = Work(tuple(spans["sentences", doc]), tuple(spans["entities", doc]), tuple(topics[doc]))
        source = str(sighting.get("source_id") or doc)
        document = TaskDocument(doc, source, row["text"], row["title"] or "—", " · ".join(about) or "—", work)
        values = {
            "doc_id": (doc,),
            "source": tuple(sources[doc]),
            "outlet": (str(sighting.get("outlet") or ""),),
            "topic": tuple(topic.label for topic in work.topics),
            "published": (str(sighting.get("published") or ""),),
            "language": (row["language"],),
        }
        candidates.append(_Candidate(document, str(sighting.get("published") or ""), values))
    return version, candidates


def _predicted_spans(spans: pa.Table, tasks: Mapping[str, str]) -> dict[tuple[str, str], list[Suggested]]:
    found: dict[tuple[str, str], list[Suggested]] = defaultdict(list)
    names = ("layer_id", "doc_id", "annotation_id", "start", "end", "label", "kind", "surface", "score")
    for layer, doc, one, start, end, label, kind, surface, score in zip(
        *(spans[name].to_pylist() for name in names), strict=True
    ):
        if (of := tasks.get(layer)) is not None:
            shown = kind if of == "sentences" else label
            found[of, doc].append(Suggested(one, start, end, shown or "", surface, min(max(score, 0.0), 1.0)))
    return found

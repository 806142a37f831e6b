"""`mudawwana push`: documents to a Label Studio project, each once, whatever is interrupted or repeated."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from importlib import resources
from pathlib import Path

from annotation.examples import examples_html
from annotation.labelstudio.client import Task
from annotation.labelstudio.config import label_config
from annotation.labelstudio.tasks import Json, Known, Sharing, TaskDocument, check_document, in_order, prediction
from annotation.labelstudio.tasks import task as task_of
from corpus.config import CorpusConfig
from corpus.ingest import Reject
from corpus.release.source import read_corpus
from corpus.store import locked
from corpus.workflow.build import Progress, derive_settings
from corpus.workflow.candidates import candidates_of
from corpus.workflow.carried import carried_work
from corpus.workflow.garbage import uncollected
from corpus.workflow.labelstudio import connect, marker, new_state, ontology_of, producer_version
from corpus.workflow.sending import BATCH, Sending, ToSend, settled_project
from schemas.labels import Ontology


class PushError(Exception):
    """What was asked for cannot be pushed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What to push and how. `only`: (key of `candidates.ONLY_KEYS`, glob); a document fits one of each key."""

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


@dataclass(slots=True)
class _Push(Sending):
    """A push under way."""

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
    sharing = options.sharing
    with locked(root), uncollected():
        client = connect(root)
        state = new_state(root)
        tables = read_corpus(root)
        version, candidates = candidates_of(tables)
        rejects: list[Reject] = []
        sound = [one for one in candidates if not _noted(check_document(one.document, known), rejects)]
        chosen = in_order([(one.document, one.published) for one in sound if one.fits(options.only)], options.order)
        if not candidates:
            raise PushError("the corpus has no documents yet; next: mudawwana build SOURCES…")
        title = f"{config.corpus.name} · {options.round}"
        interface = interface_settings(ontology, settings.inventory)
        project, created = settled_project(client, marker(state, options.round), title, interface)
        done = carried_work(root, client.url, tables, producer_version(project))
        run = _Push(root, client, state, project, progress, sleep, rejects=rejects)
        run.settle()
        tasks = {} if created else run.listed()
        run.mend_overlap(tasks)
        predicted = run.renew([one.document for one in sound], tasks, version)
        new = [one for one in chosen if one.doc_id not in tasks][: options.limit]
        run.send(
            [
                ToSend(
                    one.doc_id,
                    partial(task_of, one, version, sharing, done.get(one.doc_id, ())),
                    sharing.overlap(one),
                )
                for one in new
            ]
        )
        closed = run.close(tasks, {one.document.doc_id for one in candidates})
        number = client.project(project.id).tasks
        if number != len(tasks) + len(new) - closed:
            number = len(run.listed())
        run.settled()
    return PushSummary(
        project.id,
        f"{client.url}/projects/{project.id}",
        created,
        len(new),
        sum(sharing.is_blind(one) for one in new),
        sum(sharing.overlap(one) > 1 for one in new),
        predicted,
        number,
        run.removed,
        closed,
        tuple(rejects),
    )


def _noted(found: Sequence[Reject], rejects: list[Reject]) -> bool:
    rejects.extend(found)
    return bool(found)


def interface_settings(ontology: Ontology, inventory: str, *, asks: bool = False) -> Json:
    """What a project shows: the labelling interface and the instructions; `asks` as of `label_config`."""
    return {
        "label_config": label_config(ontology, inventory, asks=asks),
        "expert_instruction": instructions(ontology, inventory),
    }


def instructions(ontology: Ontology, inventory: str) -> str:
    """What annotators read before they begin: HTML, in Arabic, with the definitions of the labels they use and worked
    examples of them."""
    used = ontology.inventory(inventory).labels
    labels = "\n".join(
        f"<li><b>{escape(one.name_ar)}</b> ({one.code}): {escape(one.definition_ar)}</li>" for one in used
    )
    examples = examples_html({one.code: one.name_ar for one in used})
    page = resources.files("annotation").joinpath("guidelines", "instructions.ar.html").read_text("utf-8")
    return page.replace("{labels}", labels).replace("{examples}", examples)

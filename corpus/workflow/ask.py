"""Asking annotators again: doubts go to a review project, open conflicts to an adjudication project.

`pull` takes the answers in. A question is sent once, and taken away again when it has become another and nobody has
begun with it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from annotation.adjudicate.answers import Mark, Version
from annotation.adjudicate.rules import Rule
from annotation.adjudicate.settle import adjudicate, marks_of, open_documents
from annotation.labelstudio.questions import (
    ADJUDICATION,
    AGREED,
    ITEM,
    REVIEW,
    REVIEWED,
    Question,
    agreed,
    question_task,
)
from annotation.labelstudio.tasks import Known, Suggested, TaskDocument, Work
from annotation.review.checks import review, review_tasks, reviewed_work
from corpus.config import CorpusConfig
from corpus.ingest import Reject
from corpus.release.choose import choose_layers, current_annotations
from corpus.release.source import CorpusTables, read_corpus
from corpus.span import Topic
from corpus.store import locked
from corpus.workflow.build import Progress, derive_settings
from corpus.workflow.candidates import candidates_of
from corpus.workflow.labelstudio import connect, new_state, ontology_of, purpose_marker
from corpus.workflow.push import interface_settings
from corpus.workflow.sending import Sending, ToSend, settled_project
from schemas.tables import TASKS


@dataclass(frozen=True, slots=True)
class AskSummary:
    """What was sent. `closed`: tasks whose question is no longer asked, and that nobody had begun with."""

    purpose: str
    project: int
    url: str
    new_tasks: int
    closed: int
    tasks: int
    rejects: tuple[Reject, ...]


def ask_review(
    root: Path,
    config: CorpusConfig,
    *,
    only: Collection[str] = (),
    annotators: Collection[str] = (),
    round_: int | None = None,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> AskSummary:
    """Send each annotator's doubtful articles to the review project, with the doubts as comment.

    Arguments as of `annotation.review.checks.review`. With any of them, other questions stay as they are.

    Raises:
        ClientError, ServerError, StoreError, OntologyError
        LookupError: for an unknown check.
    """

    def questions(tables: CorpusTables, documents: Mapping[str, TaskDocument]) -> Iterator[Question]:
        said = _said(tables, round_)
        standing = _Standing(tables)
        for one in review_tasks(review(tables, only=only, annotators=annotators, round_=round_)):
            document = documents.get(one.doc_id)
            if document is None:
                continue
            its = {task: said[key] for task in TASKS if (key := (task, one.doc_id, one.annotator)) in said}
            marks = {task: its[task].marks if task in its else standing.marks(task, one.doc_id) for task in TASKS}
            campaign = max((found.round for found in its.values()), default=1)
            shown = {REVIEWED: _work(marks, document.text)}
            yield Question(document, shown, tuple(one.comment.split("\n")), TASKS, campaign, one.annotator)

    whole = not only and not annotators and round_ is None
    return _ask(root, config, REVIEW, questions, whole, progress, sleep)


def ask_adjudication(
    root: Path,
    config: CorpusConfig,
    rule: Rule,
    *,
    tasks: Collection[str] = TASKS,
    least: int = 2,
    round_: int | None = None,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> AskSummary:
    """Send the documents with open conflicts to the adjudication project, with every annotator's version.

    Arguments as of `annotation.adjudicate.settle.adjudicate`. With any but `rule`, other questions stay as they are.

    Raises:
        ClientError, ServerError, StoreError, OntologyError, MissingLibraryError
    """

    def questions(tables: CorpusTables, documents: Mapping[str, TaskDocument]) -> Iterator[Question]:
        standing = _Standing(tables)
        outcome = adjudicate(tables, rule, tasks=tasks, least=least, round_=round_)
        for one in open_documents(tables, outcome.conflicts, least=least, round_=round_):
            document = documents.get(one.doc_id)
            if document is None:
                continue
            settled = {task: standing.marks(task, one.doc_id) for task in TASKS if task not in one.versions}
            by_annotator: dict[str, dict[str, tuple[Mark, ...]]] = {}
            for task, versions in one.versions.items():
                for version in versions:
                    by_annotator.setdefault(version.annotator, {})[task] = version.marks
            shown = {
                annotator: _work({**settled, **marks}, document.text)
                for annotator, marks in sorted(by_annotator.items())
            }
            campaign = max(version.round for versions in one.versions.values() for version in versions)
            versions_ = {AGREED: agreed(tuple(shown.values())), **shown}
            yield Question(document, versions_, tuple(one.comment.split("\n")), tuple(one.versions), campaign)

    whole = set(tasks) == set(TASKS) and least == 2 and round_ is None
    return _ask(root, config, ADJUDICATION, questions, whole, progress, sleep)


def _ask(
    root: Path,
    config: CorpusConfig,
    purpose: str,
    questions: Callable[[CorpusTables, Mapping[str, TaskDocument]], Iterable[Question]],
    whole: bool,
    progress: Progress,
    sleep: Callable[[float], None],
) -> AskSummary:
    settings = derive_settings(root, config)
    ontology, version = ontology_of(settings)
    known = Known(ontology.inventory(settings.inventory).codes, ontology.topic_codes)
    with locked(root):
        client = connect(root)
        state = new_state(root)
        tables = read_corpus(root)
        documents = {one.document.doc_id: one.document for one in candidates_of(tables)[1]}
        asked: dict[str, Question] = {}
        rejects: list[Reject] = []
        for question in questions(tables, documents):
            faults = question.faults(known)
            rejects += faults
            if not faults:
                asked[question.item] = question
        title = f"{config.corpus.name} · {purpose}"
        interface = interface_settings(ontology, settings.inventory, asks=True)
        project, created = settled_project(client, purpose_marker(state, purpose, version), title, interface)
        run = Sending(root, client, state, project, progress, sleep, ITEM, rejects=rejects)
        run.settle()
        there = {} if created else run.listed()
        new = [question for item, question in asked.items() if item not in there]
        run.send([ToSend(one.item, partial(question_task, one)) for one in new])
        closed = 0
        for item, task in there.items():
            if whole and item not in asked and not (task.annotations or task.drafts):
                client.delete_task(task.id)
                closed += 1
        if new and purpose == ADJUDICATION:
            client.update_project(project.id, {"model_version": AGREED})
        run.settled()
    number = len(there) + len(new) - closed
    return AskSummary(
        purpose, project.id, f"{client.url}/projects/{project.id}", len(new), closed, number, tuple(rejects)
    )


def _said(tables: CorpusTables, round_: int | None) -> dict[tuple[str, str, str], Version]:
    """What annotators finished, as far as it is reviewed, by task, document and annotator."""
    found: dict[tuple[str, str, str], Version] = {}
    for task in TASKS:
        judged = reviewed_work(tables, task, round_=round_)
        marks = marks_of(task, judged.rows)
        for work, its in judged.bounds():
            found[task, work.doc_id, work.annotator] = Version(work.annotator, work.round, tuple(marks[its]))
    return found


class _Standing:
    """What stands for a document in a task: gold before an annotator, an annotator before the machine."""

    def __init__(self, tables: CorpusTables) -> None:
        self._marks: dict[tuple[str, str], tuple[Mark, ...]] = {}
        for task in TASKS:
            rows = current_annotations(tables, task)
            chosen = choose_layers(tables, task, rows)
            found: dict[str, list[Mark]] = defaultdict(list)
            places = zip(rows["doc_id"].to_pylist(), rows["layer_id"].to_pylist(), strict=True)
            for (doc, layer), mark in zip(places, marks_of(task, rows), strict=True):
                if doc in chosen and chosen[doc].layer_id == layer:
                    found[doc].append(mark)
            self._marks.update({(task, doc): tuple(marks) for doc, marks in found.items()})

    def marks(self, task: str, doc: str) -> tuple[Mark, ...]:
        """Its marks."""
        return self._marks.get((task, doc), ())


def _work(marks: Mapping[str, Iterable[Mark]], text: str) -> Work:
    def spans(task: str) -> tuple[Suggested, ...]:
        return tuple(
            Suggested(one.annotation_id, one.start, one.end, one.kind or one.label, text[one.start : one.end])
            for one in sorted(marks.get(task, ()), key=lambda one: (one.start, -one.end, one.label))
        )

    topics = sorted(marks.get("topics", ()), key=lambda one: one.rank)
    return Work(spans("sentences"), spans("entities"), tuple(Topic(one.label, one.rank) for one in topics))

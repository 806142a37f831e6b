"""Documents as tasks of a project. Pure; the server checks nothing, so everything is checked here before it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotation.labelstudio.config import COMMENT, ENTITIES, MAIN_TOPIC, PROBLEM, SENTENCES, TEXT, TOPICS
from corpus.ids import doc_id
from corpus.ingest import Reject
from corpus.span import Topic
from schemas.tables import SENTENCE_KINDS

Json = dict[str, object]
"""An object of the server's API."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A span that is shown to annotators, in code points. Its id is that of the annotation it stands for, so that what
    becomes of it can be followed."""

    annotation_id: str
    start: int
    end: int
    label: str
    surface: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody, or the machine, says of a document: sentences by kind, entities by label, topics by rank."""

    sentences: tuple[Suggested, ...] = ()
    entities: tuple[Suggested, ...] = ()
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What a user of the server did on an earlier text of a page, and takes along to the present one.

    A draft (there are words in the present text that they never saw) is shown as a suggestion, to be finished.
    """

    user: int
    work: Work
    status: str
    seconds: float | None
    problem: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class TaskDocument:
    """A document to be annotated. `about` is the line under its title: outlet, date, address."""

    doc_id: str
    source_id: str
    text: str
    title: str
    about: str
    predicted: Work

    @property
    def uncertainty(self) -> float:
        """How unsure the machine is, from 0 to 1: the mean of 1 - score over the entities and the main topic."""
        scores = [one.score for one in self.predicted.entities] + [one.score for one in self.predicted.topics[:1]]
        return sum(1 - score for score in scores) / len(scores) if scores else 1.0


@dataclass(frozen=True, slots=True)
class Sharing:
    """Which tasks go out blind, and which go to several annotators: shares from 0 to 1, and to how many.

    A lot is drawn from where the document comes from, so that it stays the same in every run and for every text that
    cleaning may make of the page.
    """

    blind: float = 0.0
    shared: float = 0.0
    annotators: int = 1

    def is_blind(self, document: TaskDocument) -> bool:
        """Whether the document goes out without suggested entities and topics."""
        return _lot("blind", document.source_id) < self.blind

    def overlap(self, document: TaskDocument) -> int:
        """How many annotators the document is to be done by."""
        return self.annotators if _lot("shared", document.source_id) < self.shared else 1


def _lot(what: str, source_id: str) -> float:
    return int.from_bytes(hashlib.sha256(f"{what}\0{source_id}".encode()).digest()[:8], "big") / 2**64


@dataclass(frozen=True, slots=True)
class Known:
    """What a suggestion may name."""

    labels: Collection[str]
    topics: Collection[str]


def check_document(document: TaskDocument, known: Known) -> list[Reject]:
    """What is wrong with a document or its suggestions; it must not be sent with any of it."""
    origin, text = f"document {document.doc_id}", document.text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return [Reject(origin, "unsendable-text", f"a lone surrogate at {error.start} cannot be sent", text[:200])]
    if not text.strip() or doc_id(text) != document.doc_id:
        return [Reject(origin, "unsendable-text", "its text is empty or not the one of its id", text[:200])]
    work = document.predicted
    rejects = [
        Reject(origin, "unsendable-suggestion", f"{one.start}-{one.end} {one.label}: {why}", one.surface[:200])
        for found, labels in ((work.sentences, SENTENCE_KINDS), (work.entities, known.labels))
        for one in found
        if (why := _fault(one, text, labels))
    ]
    ids = [one.annotation_id for one in (*work.sentences, *work.entities)]
    if len(set(ids)) < len(ids):
        rejects.append(Reject(origin, "unsendable-suggestion", "two suggestions have one id", ""))
    for topic in work.topics:
        if topic.label not in known.topics:
            rejects.append(Reject(origin, "unsendable-suggestion", f"the ontology has no topic '{topic.label}'", ""))
    return rejects


def _fault(one: Suggested, text: str, labels: Collection[str]) -> str:
    if one.label not in labels:
        return f"the label is none of {', '.join(labels)}"
    if not 0 <= one.start < one.end <= len(text):
        return f"outside of the text of {len(text)} code points"
    if text[one.start : one.end] != one.surface:
        return f"the text has '{text[one.start : one.end][:60]}' there"
    return "" if 0 <= one.score <= 1 else f"its score {one.score} is no probability"


def task(document: TaskDocument, model_version: str, sharing: Sharing, done: Sequence[Done] = ()) -> Json:
    """The task of a document with the machine's suggestions, only the sentences of them if it is blind."""
    blind = sharing.is_blind(document)
    content = {
        "doc_id": document.doc_id,
        "text": document.text,
        "title": document.title,
        "about": document.about,
        "blind": blind,
        "annotators": sharing.overlap(document),
    }
    drafts = [one.work for one in done if one.status == "draft"]
    shown = replace(document, predicted=drafts[0]) if drafts and not blind else document
    made: Json = {"data": content, "predictions": [prediction(shown, model_version, blind=blind)]}
    finished = [annotation(one) for one in done if one.status != "draft"]
    return {**made, "annotations": finished} if finished else made


def annotation(done: Done) -> Json:
    """An annotation that a new task carries."""
    result = regions(done.work)
    if done.problem:
        result.append(_choice(PROBLEM, [done.problem]))
    if done.comment:
        value: Json = {"text": [done.comment]}
        result.append({"id": COMMENT, "from_name": COMMENT, "to_name": TEXT, "type": "textarea", "value": value})
    return {
        "completed_by": done.user,
        "was_cancelled": done.status == "skipped",
        "lead_time": done.seconds,
        "result": result,
    }


def prediction(document: TaskDocument, model_version: str, *, blind: bool) -> Json:
    """The machine's suggestions for a document."""
    work = replace(document.predicted, entities=(), topics=()) if blind else document.predicted
    return {
        "model_version": model_version,
        "score": round(1 - document.uncertainty, 6),
        "result": regions(work),
    }


def regions(work: Work) -> list[Json]:
    """The regions by which the server shows what somebody says of a document."""
    spans = [_span(SENTENCES, one) for one in work.sentences] + [_span(ENTITIES, one) for one in work.entities]
    ranked = [topic.label for topic in sorted(work.topics, key=lambda one: one.rank)]
    chosen = ((MAIN_TOPIC, ranked[:1]), (TOPICS, ranked[1:]))
    return spans + [_choice(name, labels) for name, labels in chosen if labels]


def _span(control: str, one: Suggested) -> Json:
    value: Json = {"start": one.start, "end": one.end, "text": one.surface, "labels": [one.label]}
    return {
        "id": one.annotation_id,
        "from_name": control,
        "to_name": TEXT,
        "type": "labels",
        "value": value,
        "score": round(one.score, 6),
    }


def _choice(control: str, labels: Sequence[str]) -> Json:
    return {
        "id": control,
        "from_name": control,
        "to_name": TEXT,
        "type": "choices",
        "value": {"choices": list(labels)},
    }


ORDERS: Mapping[str, str] = {
    "uncertainty": "what the machine is least sure of first",
    "date": "newest first, by the date of publication",
    "corpus": "as they lie in the corpus",
}


def in_order(documents: Iterable[tuple[TaskDocument, str]], order: str) -> list[TaskDocument]:
    """Documents with their dates (ISO 8601 or "") in one of `ORDERS`."""
    listed = list(documents)
    if order == "uncertainty":
        listed.sort(key=lambda one: -one[0].uncertainty)
    elif order == "date":
        listed.sort(key=lambda one: one[1], reverse=True)
    return [document for document, _ in listed]

"""Tasks that ask a person again: about what looks like a slip (review), and what annotators differ on (adjudication).

Such a task shows whole versions of a document as predictions, each under a name, with the questions as its comment.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from annotation.labelstudio.config import COMMENT, TEXT
from annotation.labelstudio.tasks import Json, Known, TaskDocument, Work, check_document, regions
from corpus.ids import digest
from corpus.ingest import Reject

REVIEW: Final = "review"
ADJUDICATION: Final = "adjudication"
REVIEWED: Final = "reviewed"
"""The name of the version that a review task shows."""
AGREED: Final = "agreed"
"""The name of the version that an adjudicator starts from: what everybody has, and the first one's sentences."""

ITEM: Final = "item"
"""The key in a task's data that tells what it asks: the same question is never sent twice."""


@dataclass(frozen=True, slots=True)
class Question:
    """A document to be looked at again.

    `versions` are shown under their names; `lines` is what is asked, in Arabic; `asked` are the tasks (sentences,
    entities, topics) that it is about. `reviewed` is whose work it is (in a review), `round` the campaign.
    """

    document: TaskDocument
    versions: Mapping[str, Work]
    lines: tuple[str, ...]
    asked: tuple[str, ...]
    round: int
    reviewed: str = ""

    @property
    def item(self) -> str:
        """What makes two questions the same: the document, what is shown of it, and what is asked."""
        shown = [f"{name} {task} {fingerprint(work, task)}" for name, work in self.versions.items() for task in _TASKS]
        return digest(self.document.doc_id, self.reviewed, str(self.round), *shown, *self.lines)[:16]

    def faults(self, known: Known) -> list[Reject]:
        """What is wrong with what it shows; it must not be sent with any of it."""
        versions = (replace(self.document, predicted=work) for work in self.versions.values())
        return list(dict.fromkeys(fault for one in versions for fault in check_document(one, known)))


_TASKS: Final = ("sentences", "entities", "topics")


def question_task(question: Question) -> Json:
    """The task of a question."""
    document = question.document
    shown = next(iter(question.versions.values()))
    about = f"{document.about} · {question.reviewed}" if question.reviewed else document.about
    content: Json = {
        "doc_id": document.doc_id,
        "text": document.text,
        "title": document.title,
        "about": about,
        ITEM: question.item,
        "note": "\n".join(question.lines),
        "round": question.round,
        "reviewed": question.reviewed,
        # What is not asked about counts only where somebody changes it all the same.
        "unasked": {task: fingerprint(shown, task) for task in _TASKS if task not in question.asked},
    }
    predictions: list[Json] = [
        {"model_version": name, "result": [*regions(work), *_comment(question.lines)]}
        for name, work in question.versions.items()
    ]
    return {"data": content, "predictions": predictions}


def _comment(lines: Sequence[str]) -> list[Json]:
    if not lines:
        return []
    value: Json = {"text": list(lines)}
    return [{"id": COMMENT, "from_name": COMMENT, "to_name": TEXT, "type": "textarea", "value": value}]


def fingerprint(work: Work, task: str) -> str:
    """A hash of what a version says in a task."""
    if task == "topics":
        return topics_fingerprint(one.label for one in sorted(work.topics, key=lambda one: one.rank))
    spans = work.sentences if task == "sentences" else work.entities
    return spans_fingerprint((one.start, one.end, one.label) for one in spans)


def spans_fingerprint(spans: Iterable[tuple[int, int, str]]) -> str:
    """The `fingerprint` of spans."""
    return digest(*(f"{start} {end} {label}" for start, end, label in sorted(set(spans))))[:16]


def topics_fingerprint(labels: Iterable[str]) -> str:
    """The `fingerprint` of topics, the main one first: further topics have no order."""
    main, *further = (*labels, "")  # "" where there is none
    return digest(main, *sorted(further))[:16]


def agreed(versions: Sequence[Work]) -> Work:
    """What all versions have; sentences, which have to cover the text, are those of the first."""
    first, *others = versions
    spans = [{(one.start, one.end, one.label) for one in other.entities} for other in others]
    topics = [{one.label for one in other.topics} for other in others]
    return Work(
        first.sentences,
        tuple(one for one in first.entities if all((one.start, one.end, one.label) in each for each in spans)),
        tuple(one for one in first.topics if all(one.label in each for each in topics)),
    )


def without_note(comment: str | None, note: object) -> str | None:
    """A comment without the lines of the question that it was shown with; None where nothing is left."""
    if comment is None or not isinstance(note, str) or not note:
        return comment
    asked = set(note.split("\n"))
    left = "\n".join(line for line in comment.split("\n") if line not in asked)
    return left or None

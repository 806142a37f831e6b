"""Adjudication of a corpus: which documents are settled by a rule, which are not and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from annotation.adjudicate.answers import Answer, Case, Conflict, Mark, Settled, Version
from annotation.adjudicate.entities import settle_entities
from annotation.adjudicate.rules import RULES, Rule
from annotation.adjudicate.sentences import settle_sentences
from annotation.adjudicate.topics import settle_topics
from annotation.judged import Judged, read_work
from corpus.release.source import CorpusTables
from schemas.tables import TASKS

LEAST_ANNOTATORS: Final = 2

_SETTLE: Final[Mapping[str, Callable[[Sequence[Case], Rule], list[Answer]]]] = {
    "sentences": settle_sentences,
    "entities": settle_entities,
    "topics": settle_topics,
}

_LEFT, _END = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_REASONS_AR: Final[Mapping[str, str]] = {
    "undecided": "اختلف الموسّمون",
    "crossing": "مقطعان يتقاطعان",
    "two-labels": "وسمان على مقطع واحد",
    "main-topic": "الموضوع الرئيسي غير محسوم",
    "kind": "نوع الجملة غير محسوم",
    "uncovered": "نص لا تغطيه جملة",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule made of a corpus. `by_person` counts documents of a task that a person has adjudicated."""

    rule: str
    settled: tuple[Settled, ...]
    conflicts: tuple[Conflict, ...]
    by_person: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document for an adjudicator: every annotator's version of its open tasks, and the conflicts."""

    doc_id: str
    versions: Mapping[str, tuple[Version, ...]]
    conflicts: tuple[Conflict, ...]

    @property
    def comment(self) -> str:
        """A line for each conflict, in Arabic: the words, why it is open, and who says what."""
        return "\n".join(_line(one) for one in self.conflicts)


def _line(conflict: Conflict) -> str:
    said = "؛ ".join(
        f"{_LEFT}{reading.annotator}: {', '.join(mark.kind or mark.label for mark in reading.marks) or '—'}{_END}"
        for reading in conflict.readings
    )
    words = f"«{conflict.words}» " if conflict.words else ""
    return f"{words}{_REASONS_AR[conflict.reason]} ({said})"


def adjudicate(
    tables: CorpusTables,
    rule: Rule,
    *,
    tasks: Collection[str] = TASKS,
    least: int = LEAST_ANNOTATORS,
    round_: int | None = None,
) -> Outcome:
    """Settle every document that `least` annotators or more finished, unless a person has adjudicated it.

    Raises:
        MissingLibraryError: if the rule needs a library that is not installed.
    """
    settled: list[Settled] = []
    conflicts: list[Conflict] = []
    by_person: dict[str, int] = {}
    for task in TASKS:
        if task not in tasks:
            continue
        done = adjudicated_by_persons(tables, task)
        cases = [case for case in read_cases(tables, task, least=least, round_=round_) if case.doc_id not in done]
        by_person[task] = len(done)
        for answer in _SETTLE[task](cases, rule):
            if isinstance(answer, Settled):
                settled.append(answer)
            else:
                conflicts += answer
    return Outcome(rule.name, tuple(settled), tuple(conflicts), by_person)


def adjudicated_by_persons(tables: CorpusTables, task: str) -> set[str]:
    """The documents with gold that no rule of ours made."""
    return {work.doc_id for work in read_work(tables, task, kind="gold").works if work.annotator not in RULES}


def read_cases(tables: CorpusTables, task: str, *, least: int, round_: int | None = None) -> list[Case]:
    """The documents that `least` annotators or more finished, with their versions."""
    judged = read_work(tables, task, round_=round_)
    columns = (tables.documents[name].to_pylist() for name in ("doc_id", "text"))
    texts = dict(zip(*columns, strict=True))
    versions = _versions(judged)
    return [
        Case(doc, texts[doc], tuple(versions[place] for place in places))
        for doc, places in judged.by_document().items()
        if len(places) >= least
    ]


def _versions(judged: Judged) -> list[Version]:
    marks = marks_of(judged.task, judged.rows)
    return [Version(work.annotator, work.round, tuple(marks[its])) for work, its in judged.bounds()]


def marks_of(task: str, rows: pa.Table) -> list[Mark]:
    """Rows of `SPANS` or `TOPICS` as marks."""
    ids, labels = (rows[name].to_pylist() for name in ("annotation_id", "label"))
    if task == "topics":
        nothing = [0] * rows.num_rows
        return list(map(Mark, nothing, nothing, labels, [None] * rows.num_rows, ids, rows["rank"].to_pylist()))
    starts, ends, kinds = (rows[name].to_pylist() for name in ("start", "end", "kind"))
    return list(map(Mark, starts, ends, labels, kinds, ids))


def open_documents(
    tables: CorpusTables, conflicts: Iterable[Conflict], *, least: int = LEAST_ANNOTATORS, round_: int | None = None
) -> tuple[OpenDocument, ...]:
    """What an adjudication project shows: the documents with open conflicts, in the order of the conflicts' documents.

    Each has the versions of the tasks in which something is open.
    """
    by_document: dict[str, list[Conflict]] = {}
    for one in conflicts:
        by_document.setdefault(one.doc_id, []).append(one)
    versions = {
        (task, case.doc_id): case.versions
        for task in TASKS
        for case in read_cases(tables, task, least=least, round_=round_)
        if case.doc_id in by_document
    }
    return tuple(
        OpenDocument(doc, {task: versions[task, doc] for task in dict.fromkeys(one.task for one in its)}, tuple(its))
        for doc, its in by_document.items()
    )

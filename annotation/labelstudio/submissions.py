"""Who did what on a task: the annotations and drafts of a project's export, settled on their texts. Pure."""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final

from annotation.imports.match import CorpusDocument, DocumentIndex
from annotation.labelstudio.questions import ADJUDICATION, spans_fingerprint, topics_fingerprint, without_note
from annotation.labelstudio.results import Marked, Result, ResultReader, find_document, seconds_of, shown, tidy
from corpus.ingest import Reject

_CHUNK: Final = 1 << 20
TASKS: Final = ("sentences", "entities", "topics")
NOTHING: Final = Result((), (), (), None, None, False)
"""What a deleted annotation says."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one user did on one document. `status` is submitted, skipped or draft; `submitted_at` the server's time.

    `saw_sentences` and `saw_entities` say whether suggestions of that kind were shown. `doubts` are what a person
    should look at again; with `gaps` the sentences are not a whole division of the text. It counts in the tasks
    `counts`: an adjudicator was asked about some of them only.
    """

    doc_id: str
    user: int
    status: str
    submitted_at: str
    seconds: float | None
    saw_sentences: bool
    saw_entities: bool
    result: Result
    gaps: bool
    doubts: tuple[Reject, ...]
    rejects: tuple[Reject, ...]
    counts: frozenset[str] = frozenset(TASKS)


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A task of an export: its document (None where the corpus does not have its text) and what was done on it.

    `link` is its address; `reviewed` and `round` say whose work of which campaign it asks about, in a project that
    does.
    """

    doc_id: str | None
    submissions: tuple[Submission, ...]
    rejects: tuple[Reject, ...]
    link: str = ""
    reviewed: str = ""
    round: int = 0


@dataclass(frozen=True, slots=True)
class TaskReader:
    """Reads the tasks of an export.

    `users` has the ids of users by their addresses in small letters, by which drafts name them; `link` is the address
    of a task without its number; `purpose` is that of the project, "" for a round's own.
    """

    index: DocumentIndex
    labels: Collection[str]
    topics: Collection[str]
    problems: Collection[str]
    users: Mapping[str, int]
    link: str
    purpose: str = ""

    def read(self, task: object) -> ReadTask:
        """One task. Nothing in it can make this fail: what cannot be used is a reject."""
        found = self._read(task)
        if not self.purpose or not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            return found
        reviewed, round_ = task["data"].get("reviewed"), task["data"].get("round")
        return replace(
            found,
            link=self.link + shown(task.get("id")),
            reviewed=tidy(reviewed) if isinstance(reviewed, str) else "",
            round=round_ if isinstance(round_, int) and 0 <= round_ < 1 << 31 else 0,
        )

    def _read(self, task: object) -> ReadTask:
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            return ReadTask(None, (), (Reject(self.link, "not-a-task", "expected a task with 'data'", shown(task)),))
        origin = self.link + shown(task.get("id"))
        done = [(one, False) for one in _listed(task.get("annotations"))]
        drafts = [(one, True) for one in _listed(task.get("drafts")) if not isinstance(one, int)]
        rejects: list[Reject] = []
        if not done and not drafts:
            document = self._known(task["data"].get("text"))
            return ReadTask(document.doc_id if document else None, (), ())
        document = find_document(origin, task["data"].get("text"), self.index, rejects)
        if document is None:
            return ReadTask(None, (), tuple(rejects))
        reader = ResultReader(document.text, self.topics, rejects)
        found = [
            one
            for raw, is_draft in (*done, *drafts)
            if (one := self._submission(origin, raw, is_draft, task, document, reader, rejects)) is not None
        ]
        submitted = {one.user for one in found if one.status != "draft"}
        # A draft on top of an annotation is work under way: until it is submitted, the annotation stands.
        kept = [one for one in found if one.status != "draft" or one.user not in submitted]
        return ReadTask(document.doc_id, tuple(kept), tuple(rejects))

    def _known(self, words: object) -> CorpusDocument | None:
        return find_document("", words, self.index, [])

    def _submission(
        self,
        origin: str,
        raw: object,
        is_draft: bool,
        task: Mapping[str, Any],
        document: CorpusDocument,
        reader: ResultReader,
        rejects: list[Reject],
    ) -> Submission | None:
        user = self._user(raw, "user" if is_draft else "completed_by")
        if not isinstance(raw, dict) or not isinstance(raw.get("result"), list) or user is None:
            message = "expected an annotation with a list 'result' and somebody who did it"
            rejects.append(Reject(origin, "not-an-annotation", message, shown(raw)))
            return None
        at = len(rejects)
        result = self._checked(origin, reader.read(origin, raw["result"]), document.text, rejects)
        result = replace(result, comment=without_note(result.comment, task["data"].get("note")))
        own = tuple(rejects[at:])
        del rejects[at:]
        blind = task["data"].get("blind") is True
        shown_any = bool(task.get("total_predictions") or task.get("predictions"))
        status = "draft" if is_draft else "skipped" if raw.get("was_cancelled") else "submitted"
        doubts = tuple(_doubts(origin, result, document.text)) if status == "submitted" else ()
        return Submission(
            document.doc_id,
            user,
            status,
            tidy(shown(raw.get("updated_at") or raw.get("created_at") or "")),
            seconds_of(raw.get("lead_time")),
            shown_any,
            shown_any and not blind,
            result,
            any(one.reason in ("uncovered-text", "sentences-overlap") for one in doubts),
            doubts,
            own,
            self._counts(task["data"].get("unasked"), result),
        )

    def _counts(self, unasked: object, result: Result) -> frozenset[str]:
        """The tasks that an adjudicator was asked about, or changed all the same; elsewhere all of them."""
        if self.purpose != ADJUDICATION or not isinstance(unasked, dict):
            return frozenset(TASKS)
        said = {
            "sentences": spans_fingerprint((one.start, one.end, one.label) for one in result.sentences),
            "entities": spans_fingerprint((one.start, one.end, one.label) for one in result.entities),
            "topics": topics_fingerprint(result.topics),
        }
        return frozenset(task for task in TASKS if task not in unasked or unasked[task] != said[task])

    def _user(self, raw: object, key: str) -> int | None:
        value = raw.get(key) if isinstance(raw, dict) else None
        value = value.get("id") if isinstance(value, dict) else value
        value = self.users.get(value.lower()) if isinstance(value, str) else value
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None

    def _checked(self, origin: str, result: Result, text: str, rejects: list[Reject]) -> Result:
        """The result without labels and problems that the ontology does not have."""
        kept = []
        for one in result.entities:
            if one.label in self.labels:
                kept.append(one)
            else:
                message = f"the ontology has no entity label '{tidy(one.label)[:60]}'; known: {', '.join(self.labels)}"
                rejects.append(Reject(origin, "unknown-label", message, text[one.start : one.end]))
        problem = result.problem
        if problem is not None and problem not in self.problems:
            known = ", ".join(self.problems)
            rejects.append(Reject(origin, "unknown-problem", f"no problem '{problem[:60]}'; known: {known}", ""))
            problem = None
        return replace(result, entities=tuple(kept), problem=problem)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _doubts(origin: str, result: Result, text: str) -> Iterator[Reject]:
    """What a person should look at again: two labels on one span, crossing spans, text that no sentence covers."""
    open_spans: list[Marked] = []
    for one in result.entities:
        words = text[one.start : one.end][:120]
        open_spans = [other for other in open_spans if other.end > one.start]
        for other in open_spans:
            if (other.start, other.end) == (one.start, one.end):
                message = f"'{words}' at {one.start}-{one.end} is both {other.label} and {one.label}; take one away"
                yield Reject(origin, "two-labels", message, words)
                break
            if other.end < one.end and other.start < one.start:
                message = (
                    f"{one.label} at {one.start}-{one.end} crosses {other.label} at {other.start}-{other.end}; "
                    "make one lie inside the other"
                )
                yield Reject(origin, "crossing-spans", message, words)
                break
        open_spans.append(one)
    at = 0
    for sentence in result.sentences:
        yield from _uncovered(origin, text, at, sentence.start)
        if sentence.start < at:
            message = f"two sentences share the text at {sentence.start}-{min(at, sentence.end)}; shorten one of them"
            yield Reject(origin, "sentences-overlap", message, text[sentence.start : at][:120])
        at = max(at, sentence.end)
    yield from _uncovered(origin, text, at, len(text))


def _uncovered(origin: str, text: str, start: int, end: int) -> Iterator[Reject]:
    if start < end and text[start:end].strip():
        message = f"no sentence covers {start}-{end}; draw one over it, or lengthen its neighbour"
        yield Reject(origin, "uncovered-text", message, text[start:end].strip()[:120])


def iterate_tasks(file: BinaryIO) -> Iterator[object]:
    """The tasks of an export, one after the other, so that a large one need not fit into memory.

    Raises:
        ValueError: if it is not a JSON list, or ends too soon.
    """
    decoder = json.JSONDecoder()
    reading = _Reading(file)
    if reading.next() != "[":
        raise ValueError("the export is not a JSON list")
    reading.at += 1
    while (char := reading.next()) != "]":
        if char == ",":
            reading.at += 1
            continue
        if not char:
            raise ValueError("the export ends before its list does")
        while True:
            try:
                task, reading.at = decoder.raw_decode(reading.text, reading.at)
                break
            except RecursionError as error:
                raise ValueError("the export is nested too deeply") from error
            except json.JSONDecodeError:
                if not reading.more():
                    raise
            except ValueError:  # a number of more digits than Python reads
                decoder = json.JSONDecoder(parse_int=_whole_number)
        yield task


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < 400 else float("inf")


class _Reading:
    """The part of a file that is being looked at: `text` from `at` on."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.text = ""
        self.at = 0

    def next(self) -> str:
        """The next character that is not white space; "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def more(self) -> bool:
        """Read at least as much again as there is; False at the end."""
        rest = self.text[self.at :]
        body = self._file.read(max(_CHUNK, 2 * len(rest)))
        self.text, self.at = rest + self._decoder.decode(body, final=not body), 0
        return bool(body)

"""What Label Studio's JSON says about documents. Pure; the server checks nothing, so everything is checked here.

Offsets are settled by the text: code points if the surface fits, else UTF-16 code units, else the region is a reject.
The surface is compared up to white space, because the server writes line breaks and runs of spaces otherwise.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annotation.imports.match import CorpusDocument, DocumentIndex, Imported, Matched, reject_unknown, topics_of
from annotation.labelstudio.config import MAIN_TOPIC, PROBLEM
from corpus.ids import digest, doc_id
from corpus.ingest import Reject
from corpus.span import Entity, Sentence
from corpus.text.units import Utf16
from schemas.tables import SENTENCE_KINDS

_PAYLOAD = 200


@dataclass(frozen=True, slots=True, order=True)
class Marked:
    """A region settled on its text: `text[start:end]` in code points. `from_prediction`: it was suggested, and not
    drawn by hand; `changed`: the suggestion was altered; `region` is the id the suggestion had."""

    start: int
    end: int
    label: str
    region: str = field(default="", compare=False)
    from_prediction: bool = field(default=False, compare=False)
    changed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What the regions of one annotation say, sorted; the main topic comes first."""

    sentences: tuple[Marked, ...]
    entities: tuple[Marked, ...]
    topics: tuple[str, ...]
    problem: str | None
    comment: str | None
    from_prediction: bool


@dataclass(slots=True)
class _Gathered:
    sentences: dict[tuple[int, int, str], Marked] = field(default_factory=dict)
    entities: dict[tuple[int, int, str], Marked] = field(default_factory=dict)
    main: list[str] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    problem: str | None = None
    comment: str | None = None
    from_prediction: bool = False


class ResultReader:
    """Reads the regions of annotations of one text; what does not fit it goes to `rejects`, with its origin."""

    def __init__(self, text: str, topics: Collection[str], rejects: list[Reject]) -> None:
        self._text = text
        self._topics = topics
        self._rejects = rejects
        self._utf16: Utf16 | None = None

    def read(self, origin: str, regions: Sequence[object]) -> Result:
        """What the regions of an annotation say."""
        found = _Gathered()
        for region in regions:
            value = region.get("value") if isinstance(region, dict) else None
            if not isinstance(region, dict) or not isinstance(value, dict):
                self._reject(origin, "not-a-region", "expected a region with a 'value'", region)
                continue
            whence = region.get("origin")
            found.from_prediction |= isinstance(whence, str) and whence.startswith("prediction")
            kind = region.get("type")
            if kind == "labels":
                self._labels(origin, region, value, found)
            elif kind == "choices":
                self._choices(origin, region, value, found)
            elif kind == "textarea":
                lines = value.get("text")
                for line in lines if isinstance(lines, list) else [lines]:
                    if isinstance(line, str):
                        found.comment = tidy(f"{found.comment}\n{line}" if found.comment else line) or None
                    else:
                        self._reject(origin, "not-a-comment", "expected a comment that is a text", line)
            else:
                self._reject(origin, "unknown-region-type", f"no use for a region of type '{shown(kind)}'", kind)
        return Result(
            tuple(found.sentences[key] for key in sorted(found.sentences)),
            tuple(found.entities[key] for key in sorted(found.entities, key=lambda key: (key[0], -key[1], key[2]))),
            tuple(dict.fromkeys(found.main + found.further)),
            found.problem,
            found.comment,
            found.from_prediction,
        )

    def _labels(self, origin: str, region: Mapping[str, Any], value: Mapping[str, Any], found: _Gathered) -> None:
        span = self._settle(origin, value)
        names = value.get("labels")
        if span is None:
            return
        if not isinstance(names, list) or len(names) != 1 or not isinstance(names[0], str):
            self._reject(origin, "not-one-label", "expected one label", names)
            return
        whence = region.get("origin")
        marked = Marked(
            *span, names[0], shown(region.get("id")), whence in ("prediction", "prediction-changed"),
            whence == "prediction-changed",
        )  # fmt: skip
        there = found.sentences if names[0] in SENTENCE_KINDS else found.entities
        there.setdefault((*span, names[0]), marked)

    def _choices(self, origin: str, region: Mapping[str, Any], value: Mapping[str, Any], found: _Gathered) -> None:
        choices = value.get("choices")
        if not isinstance(choices, list):
            choices = [] if choices is None else [choices]
        for choice in choices:
            if region.get("from_name") == PROBLEM and isinstance(choice, str):
                found.problem = tidy(choice)
            elif isinstance(choice, str) and choice in self._topics:
                (found.main if region.get("from_name") == MAIN_TOPIC else found.further).append(choice)
            else:
                self._reject(origin, "unknown-label", f"the ontology has no topic '{shown(choice)}'", choice)

    def _settle(self, origin: str, value: Mapping[str, Any]) -> tuple[int, int] | None:
        """The range of code points that a region means, or a reject."""
        start, end, surface = value.get("start"), value.get("end"), value.get("text")
        if type(start) is int and type(end) is int and 0 <= start < end <= len(self._text):
            words = self._text[start:end]
            if words == surface and words == words.strip():
                return start, end  # as it nearly always is
        if not (_whole(start) and _whole(end)):
            message = f"start and end are whole numbers, not {shown(start)!r} and {shown(end)!r}"
            self._reject(origin, "bad-offset", message, surface)
            return None
        first, last = int(start), int(end)  # type: ignore[arg-type]
        if self._utf16 is None:
            self._utf16 = Utf16(self._text)
        text, units = self._text, self._utf16
        candidates: Sequence[tuple[int | None, int | None]] = (
            (first, last),
            (units.to_code_points(first), units.to_code_points(last)) if first >= 0 and last >= 0 else (None, None),
        )
        for one, other in candidates:
            if one is None or other is None or not 0 <= one < other <= len(text):
                continue
            # Without words the two units must agree.
            if candidates[0] == candidates[1] if surface is None else _same_words(text[one:other], surface):
                trimmed = _trimmed(text, one, other)
                if trimmed is None:
                    self._reject(origin, "blank-region", f"there is nothing but white space at {first}-{last}", surface)
                return trimmed
        there = text[max(first, 0) : max(last, 0)][:80]
        message = (
            f"at {shown(first)}-{shown(last)} the text has '{there}', "
            "neither in code points nor in UTF-16 the region's words"
        )
        self._reject(origin, "offset-mismatch", message, surface)
        return None

    def _reject(self, origin: str, reason: str, message: str, payload: object) -> None:
        self._rejects.append(Reject(origin, reason, message, shown(payload)))


def import_export(
    name: str, text: str, index: DocumentIndex, labels: Mapping[str, object], topics: Collection[str]
) -> Imported:
    """Match the annotations of an export (a list of tasks, or one task a line) to documents."""
    imported = Imported()
    try:
        tasks = parse_tasks(text)
    except ValueError as error:
        imported.rejects.append(Reject(name, "invalid-json", str(error), text[:_PAYLOAD]))
        return imported
    for nth, task in enumerate(tasks, 1):
        _import_task(name, nth, task, index, labels, topics, imported)
    imported.matched[:] = _latest(name, imported)
    return imported


def _latest(name: str, imported: Imported) -> Iterator[Matched]:
    """Of several annotations of one document by one annotator the latest submitted; the others become rejects."""
    found: dict[tuple[str, str | None], list[Matched]] = {}
    for matched in imported.matched:
        found.setdefault((matched.doc_id, matched.annotator), []).append(matched)
    for (doc, annotator), several in found.items():
        *earlier, latest = sorted(several, key=lambda one: (one.status != "draft", one.submitted_at or ""))
        yield latest
        for one in earlier:
            said = [(entity.start, entity.end, entity.label) for entity in one.entities or ()]
            message = f"{annotator or 'the annotator'} annotated this document again (or had a draft of it); one counts"
            payload = shown([one.status, one.submitted_at, said, [topic.label for topic in one.topics or ()]])
            imported.rejects.append(Reject(f"{name}: document {doc}", "earlier-revision", message, payload))


def parse_tasks(text: str) -> list[object]:
    """The tasks of an export: a JSON list, or one task a line.

    Raises:
        ValueError: if it is not JSON.
    """
    try:
        tasks = json.loads(text)
        return tasks if isinstance(tasks, list) else [tasks]
    except (ValueError, RecursionError):
        try:
            return [json.loads(line) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError) as error:
            raise ValueError(f"not a JSON export of Label Studio ({error})") from error


def _import_task(
    name: str,
    nth: int,
    task: object,
    index: DocumentIndex,
    labels: Mapping[str, object],
    topics: Collection[str],
    imported: Imported,
) -> None:
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        message = "expected a task with 'data' and 'annotations'"
        imported.rejects.append(Reject(f"{name}:{nth}", "not-a-task", message, shown(task)))
        return
    origin = f"{name}: task {shown(task.get('id', nth))}"
    document = find_document(origin, task["data"].get("text"), index, imported.rejects)
    if document is None:
        return
    reader = ResultReader(document.text, topics, imported.rejects)
    for key in ("annotations", "drafts"):
        given = task.get(key)
        if given is not None and not isinstance(given, list):
            imported.rejects.append(Reject(origin, "not-a-task", f"'{key}' is not a list", shown(given)))
            continue
        for annotation in given or ():
            # Of drafts many exports have only the numbers.
            if key == "annotations" or not isinstance(annotation, int):
                _import_annotation(origin, annotation, key == "drafts", reader, document, labels, imported)


def _import_annotation(
    origin: str,
    annotation: object,
    draft: bool,
    reader: ResultReader,
    document: CorpusDocument,
    labels: Mapping[str, object],
    imported: Imported,
) -> None:
    if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
        message = "expected an annotation with a list 'result'"
        imported.rejects.append(Reject(origin, "not-an-annotation", message, shown(annotation)))
        return
    result = reader.read(origin, annotation["result"])
    matched = _matched(origin, annotation, result, document, labels, imported.rejects)
    imported.matched.append(replace(matched, status="draft") if draft else matched)


def find_document(origin: str, words: object, index: DocumentIndex, rejects: list[Reject]) -> CorpusDocument | None:
    """The document whose text is exactly `words`; None, and a reject, where there is none."""
    document = index.by_id(doc_id(words)) if isinstance(words, str) and _encodable(words) else None
    if document is None or document.text != words:
        message = "no document of the corpus has this task's text; a span is never applied to another text"
        rejects.append(Reject(origin, "no-such-document", message, shown(words)))
        return None
    return document


def _matched(
    origin: str,
    annotation: Mapping[str, Any],
    result: Result,
    document: CorpusDocument,
    labels: Mapping[str, object],
    rejects: list[Reject],
) -> Matched:
    entities = [Entity(one.start, one.end, one.label) for one in result.entities]
    kept = reject_unknown(origin, entities, document.text, labels, rejects)
    return Matched(
        document.doc_id,
        document.text,
        _sentences(origin, result.sentences, document.text, rejects),
        tuple(sorted(set(kept), key=lambda one: (one.start, -one.end))),
        topics_of(result.topics) or None,
        annotator=_author(annotation),
        status="skipped" if annotation.get("was_cancelled") else "submitted",
        seconds=seconds_of(annotation.get("lead_time")),
        submitted_at=tidy(shown(annotation.get("updated_at") or annotation.get("created_at") or "")) or None,
        saw_predictions=result.from_prediction or None,
        problem=result.problem,
        comment=result.comment,
    )


def _author(annotation: Mapping[str, Any]) -> str | None:
    """A pseudonym: the server's number of the annotator, or a hash of what may be a name or an e-mail address."""
    author = annotation.get("completed_by", annotation.get("user"))
    if isinstance(author, dict):
        author = author.get("id", author.get("email"))
    if author is None:
        return None
    number = author if isinstance(author, int) else digest(tidy(shown(author)))[:8]
    return f"annotator-{shown(number)}"


def _sentences(
    origin: str, marked: Sequence[Marked], text: str, rejects: list[Reject]
) -> tuple[Sentence, ...] | None:
    """The sentences, if they are disjoint and leave no word out; None where none are marked."""
    end, problem = 0, ""
    for start, stop in [*((one.start, one.end) for one in marked), (len(text), len(text))]:
        if start < end:
            problem = problem or f"two sentences overlap at {start}"
        elif missing := text[end:start].strip():
            problem = problem or f"no sentence has the words '{missing[:40]}'"
        end = max(end, stop)
    if not marked or not problem:
        return tuple(Sentence(one.start, one.end, one.label) for one in marked) or None
    for one in marked:
        message = f"{problem}; none of this annotation's sentences was taken"
        rejects.append(Reject(origin, "bad-sentences", message, text[one.start : one.end][:_PAYLOAD]))
    return None


def seconds_of(value: object) -> float | None:
    """A working time in seconds; None where it is no such thing."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def tidy(words: str) -> str:
    """`words` as they can be stored: without lone surrogates."""
    return words.encode("utf-8", "replace").decode()


def shown(value: object) -> str:
    """The beginning of a value, for messages."""
    try:
        return str(value)[:_PAYLOAD]
    except (ValueError, RecursionError):  # a number of thousands of digits, or nested without end
        return f"<{type(value).__name__}>"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range without white space at its edges; None if nothing is left."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return (start, end) if start < end else None


def _whole(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1


def _same_words(words: str, surface: object) -> bool:
    return words == surface or (isinstance(surface, str) and _bare(words) == _bare(surface))


def _bare(words: str) -> str:
    return re.sub(r"\s|\\n", "", words)


def _encodable(words: str) -> bool:
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True

"""Label Studio's JSON export as claims about documents. Pure; the server checks nothing, so everything is checked here.

Offsets are settled by the text: code points if the surface fits, else UTF-16 code units, else the region is a reject.
The surface is compared up to white space, because the server writes line breaks and runs of spaces otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from annotation.imports.match import CorpusDocument, DocumentIndex, Imported, Matched, reject_unknown, topics_of
from corpus.ids import doc_id
from corpus.ingest import Reject
from corpus.span import Entity, Sentence
from corpus.text.units import Utf16
from schemas.tables import SENTENCE_KINDS

_PAYLOAD = 200


def import_export(
    name: str, text: str, index: DocumentIndex, labels: Mapping[str, object], topics: Collection[str]
) -> Imported:
    """Match the annotations of an export (a list of tasks, or one task a line) to documents."""
    imported = Imported()
    try:
        tasks = json.loads(text)
        tasks = tasks if isinstance(tasks, list) else [tasks]
    except (ValueError, RecursionError):
        try:
            tasks = [json.loads(line) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError) as error:
            message = f"not a JSON export of Label Studio ({error})"
            imported.rejects.append(Reject(name, "invalid-json", message, text[:_PAYLOAD]))
            return imported
    for nth, task in enumerate(tasks, 1):
        _import_task(name, nth, task, index, labels, topics, imported)
    return imported


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
        imported.rejects.append(Reject(f"{name}:{nth}", "not-a-task", message, _shown(task)))
        return
    origin = f"{name}: task {task.get('id', nth)}"
    words = task["data"].get("text")
    document = index.by_id(doc_id(words)) if isinstance(words, str) and _encodable(words) else None
    if document is None or document.text != words:
        message = "no document of the corpus has this task's text; a span is never applied to another text"
        imported.rejects.append(Reject(origin, "no-such-document", message, _shown(words)))
        return
    annotations = task.get("annotations")
    for annotation in annotations if isinstance(annotations, list) else []:
        if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
            message = "expected an annotation with a list 'result'"
            imported.rejects.append(Reject(origin, "not-an-annotation", message, _shown(annotation)))
            continue
        imported.matched.append(_annotation(origin, annotation, document, labels, topics, imported.rejects))


def _annotation(
    origin: str,
    annotation: Mapping[str, Any],
    document: CorpusDocument,
    labels: Mapping[str, object],
    topics: Collection[str],
    rejects: list[Reject],
) -> Matched:
    entities: list[Entity] = []
    sentences: list[Sentence] = []
    chosen: list[str] = []
    comment: str | None = None
    saw = False
    for region in annotation["result"]:
        value = region.get("value") if isinstance(region, dict) else None
        if not isinstance(value, dict):
            rejects.append(Reject(origin, "not-a-region", "expected a region with a 'value'", _shown(region)))
            continue
        saw = saw or str(region.get("origin", "")).startswith("prediction")
        kind = region.get("type")
        if kind == "labels":
            span = _settle(origin, value, document.text, rejects)
            names = value.get("labels")
            if span is None:
                continue
            if not isinstance(names, list) or len(names) != 1 or not isinstance(names[0], str):
                rejects.append(Reject(origin, "not-one-label", "expected one label", _shown(names)))
            elif names[0] in SENTENCE_KINDS:
                sentences.append(Sentence(*span, names[0]))
            else:
                entities.append(Entity(*span, names[0]))
        elif kind == "choices":
            for choice in value.get("choices") or []:
                if choice in topics and choice not in chosen:
                    chosen.append(choice)
                elif choice not in topics:
                    message = f"the ontology has no topic '{choice}'"
                    rejects.append(Reject(origin, "unknown-label", message, _shown(choice)))
        elif kind == "textarea":
            comment = "\n".join(map(str, value.get("text") or [])) or None
        else:
            rejects.append(Reject(origin, "unknown-region-type", f"no use for a region of type '{kind}'", _shown(kind)))
    kept = reject_unknown(origin, entities, document.text, labels, rejects)
    author = annotation.get("completed_by")
    author = author.get("id") if isinstance(author, dict) else author
    lead_time = annotation.get("lead_time")
    return Matched(
        document.doc_id,
        document.text,
        tuple(sorted(sentences)) or None,
        tuple(sorted(set(kept), key=lambda one: (one.start, -one.end))),
        topics_of(chosen) or None,
        annotator=f"annotator-{author}" if author is not None else None,
        status="skipped" if annotation.get("was_cancelled") else "submitted",
        seconds=float(lead_time) if isinstance(lead_time, int | float) else None,
        submitted_at=str(annotation.get("updated_at") or annotation.get("created_at") or "") or None,
        saw_predictions=saw or None,
        comment=comment,
    )


def _settle(origin: str, value: Mapping[str, Any], text: str, rejects: list[Reject]) -> tuple[int, int] | None:
    """The range of code points that a region means, or a reject."""
    start, end, surface = value.get("start"), value.get("end"), value.get("text")
    if not (_whole(start) and _whole(end)):
        rejects.append(Reject(origin, "bad-offset", f"start and end are whole numbers, not {start!r} and {end!r}"))
        return None
    first, last = int(start), int(end)  # type: ignore[arg-type]
    units = Utf16(text)
    candidates: Sequence[tuple[int | None, int | None]] = (
        (first, last),
        (units.to_code_points(first), units.to_code_points(last)) if first >= 0 and last >= 0 else (None, None),
    )
    for one, other in candidates:
        if one is None or other is None or not 0 <= one < other <= len(text):
            continue
        if not isinstance(surface, str) or _bare(text[one:other]) == _bare(surface):
            return _trimmed(text, one, other)
    there = text[max(first, 0) : max(last, 0)][:80]
    message = f"at {first}-{last} the text has '{there}', neither in code points nor in UTF-16 the region's words"
    rejects.append(Reject(origin, "offset-mismatch", message, _shown(surface)))
    return None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range without white space at its edges; None if nothing is left."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return (start, end) if start < end else None


def _whole(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1


def _bare(words: str) -> str:
    return re.sub(r"\s|\\n", "", words)


def _encodable(words: str) -> bool:
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(value: object) -> str:
    return str(value)[:_PAYLOAD]

"""`mudawwana annotate`: what the pipeline makes of any text, without a corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from annotation.notation import NotedArticle, format_article
from annotation.preannotate.protocol import Article
from annotation.preannotate.registry import Annotated, Preannotation
from corpus.config import DEFAULT_COLUMNS
from corpus.extract import ExtractError, PageText
from corpus.ids import article_source_id
from corpus.ingest import TEXT, FoundPage, Reject, read_pages
from corpus.pipeline import Document, read_page
from corpus.span import Entity
from corpus.workflow.derive import unexpected
from corpus.workflow.metadata import Metadata, article_metadata
from corpus.workflow.sources import source_page

BATCH = 64


@dataclass(frozen=True, slots=True)
class AnnotatedDocument:
    """A document of a page, the `nth` (from 1) of its `source`, with what the machine found in it.

    `source_id` and `metadata` are those that a corpus without settings of its own would give it. `page_text` is the
    text that `document.edits` are ranges of, where that is not simply the decoded file; else None.
    """

    source: str
    nth: int
    source_id: str
    page_text: str | None
    metadata: Metadata
    document: Document
    annotated: Annotated


def annotate_files(sources: Sequence[str], preannotation: Preannotation) -> Iterator[AnnotatedDocument | Reject]:
    """The documents of `sources` in order, or a reject for what cannot be read.

    Raises:
        SourceError: for a source that names nothing.
    """
    waiting: list[_Read | Reject] = []
    for found in read_pages(sources):
        waiting.extend([found] if isinstance(found, Reject) else _page(found))
        if len(waiting) >= BATCH:
            yield from _annotated(waiting, preannotation)
            waiting = []
    yield from _annotated(waiting, preannotation)


@dataclass(frozen=True, slots=True)
class _Read:
    """A document of a page before anything was suggested in it."""

    page: FoundPage
    nth: int
    source_id: str
    read: PageText
    document: Document

    def with_suggestions(self, annotated: Annotated) -> AnnotatedDocument:
        text = None if self.page.media_type == TEXT else self.read.text
        metadata = article_metadata(self.read.fields, self.document.metadata)
        source_id = article_source_id(self.source_id, self.nth)
        return AnnotatedDocument(self.page.path, self.nth, source_id, text, metadata, self.document, annotated)


def _page(found: FoundPage) -> list[_Read | Reject]:
    try:
        source = source_page(found, DEFAULT_COLUMNS)
        read = read_page(found.body, found.media_type, DEFAULT_COLUMNS, source.known)
    except ExtractError as error:
        return [Reject(found.path, error.reason, str(error))]
    except ImportError:
        raise  # a broken installation is not the page's fault
    except Exception as error:  # one page's surprise must not end the run
        return [unexpected(found.path, error)]
    page = replace(read.page, fields=replace(read.page.fields, url=source.known.url or read.page.fields.url))
    source_id = str(source.row["source_id"])
    return [_Read(found, nth, source_id, page, document) for nth, document in enumerate(read.documents, 1)]


def _annotated(
    waiting: Sequence[_Read | Reject], preannotation: Preannotation
) -> Iterator[AnnotatedDocument | Reject]:
    documents = [item.document for item in waiting if not isinstance(item, Reject)]
    articles = [Article(document.text, document.sentences, document.tokens) for document in documents]
    results = iter(preannotation.annotate_each(articles))
    for item in waiting:
        if isinstance(item, Reject):
            yield item
            continue
        result = next(results)
        yield unexpected(item.page.path, result) if isinstance(result, Exception) else item.with_suggestions(result)


def to_json(found: AnnotatedDocument) -> str:
    """The JSON line of a document (its schema is `schemas/generated/annotate.schema.json`)."""
    document, annotated = found.document, found.annotated
    text = document.text
    line: dict[str, object] = {
        "source": found.source,
        "source_id": found.source_id,
        "doc_id": document.doc_id if text else None,
        "metadata": asdict(found.metadata),
        "title": document.title,
        "text": text,
        "drop_reason": document.drop_reason,
        "edits": [
            {"start": edit.start, "end": edit.end, "replacement": edit.replacement, "rule": edit.rule}
            for edit in document.edits
        ],
        "sentences": [{"start": one.start, "end": one.end, "kind": one.kind} for one in document.sentences],
        "entities": [_entity(one, text) for one in annotated.entities],
        "topics": [{"label": topic.label, "score": round(topic.score, 4)} for topic in annotated.topics],
    }
    if found.page_text is not None:
        line["page_text"] = found.page_text
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _entity(entity: Entity, text: str) -> dict[str, object]:
    return {
        "start": entity.start,
        "end": entity.end,
        "label": entity.label,
        "score": round(entity.score, 4),
        "surface": text[entity.start : entity.end],
    }


def to_notation(found: AnnotatedDocument) -> str:
    """A document in the notation, ready to be corrected and imported."""
    document = found.document
    names = ("byline", "agency", "place", "outlet", "published")
    header = [(name, " ".join(str(value).split())) for name in names if (value := getattr(found.metadata, name))]
    return format_article(
        NotedArticle(
            source=article_source_id(found.source, found.nth),
            text=document.text,
            sentences=document.sentences,
            entities=found.annotated.entities,
            topics=tuple(topic.label for topic in found.annotated.topics),
            drop_reason=None if document.text else document.drop_reason,
            header=tuple(header),
        )
    )

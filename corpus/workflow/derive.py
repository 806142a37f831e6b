"""The stage from a shard of pages to documents, sightings and prediction layers. Row-local and picklable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

import pyarrow as pa

from annotation.layers import LayerRows, prediction_rows
from annotation.preannotate.protocol import Article
from annotation.preannotate.registry import Annotated, Preannotation, load_preannotation
from corpus import ids, personal
from corpus.clean import PAGES_AT_ONCE, KnownPage
from corpus.extract import ExtractError, PageFields, PageText, extract
from corpus.ingest import PAGE_PAYLOAD, Reject
from corpus.pipeline import POLICY_VERSION, Document, read_each
from corpus.retractions import RETRACTED, Retractions, Tombstone
from corpus.store import read_shard, shard_path, write_shard
from corpus.text.chars import UCD_VERSION
from corpus.workflow.metadata import article_metadata
from corpus.workflow.outlets import Recurring
from schemas.tables import DOCUMENTS, REJECTS, SIGHTINGS

DERIVED_TABLES = ("documents", "sightings", "layers", "spans", "topics", "rejects")


@dataclass(frozen=True, slots=True)
class DeriveSettings:
    """All that decides what a page becomes."""

    columns: Mapping[str, tuple[str, ...]]
    outlet: str
    licence: str
    ontology: str
    inventory: str
    min_score: float
    entities: tuple[str, ...]
    topics: str
    redacted: tuple[str, ...] = ()

    def preannotation(self) -> Preannotation:
        """The pre-annotators that these settings name. Raises as `load_preannotation`."""
        return load_preannotation(self.ontology, self.inventory, self.min_score, self.entities, self.topics)

    def key(self, producers: str) -> str:
        """Changes whenever the same page could become something else."""
        settings = json.dumps([getattr(self, one.name) for one in fields(self)], sort_keys=True, default=list)
        masking = (personal.VERSION,) if self.redacted else ()
        return ids.digest(settings, POLICY_VERSION, UCD_VERSION, producers, *masking)


@dataclass(frozen=True, slots=True)
class DeriveTask:
    """A shard of pages to be derived under a key."""

    root: Path
    pages_key: str
    key: str
    settings: DeriveSettings
    # Not part of the key: pages that show what was retracted are gone, only new ones can bring it back.
    retractions: Retractions = field(default_factory=Retractions)
    recurring: Recurring = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Derived:
    """How a shard came out."""

    pages: int
    documents: int
    rejects: int


@dataclass(frozen=True, slots=True)
class _Source:
    source_id: str
    page_id: str
    path: str
    fields: PageFields


def derive_shard(task: DeriveTask) -> Derived:
    """Derive one shard of pages and write the shards of `DERIVED_TABLES`; the last one written completes it."""
    pages = {row["page_id"]: row for row in read_shard(task.root, "pages", task.pages_key).to_pylist()}
    sources = [_source(row) for row in read_shard(task.root, "sources", task.pages_key).to_pylist()]
    rejects: list[Reject] = []
    found = list(_documents(sources, pages, task, rejects))
    preannotation = task.settings.preannotation()
    unique = {document.doc_id: document for _, document, _ in found if document.text}
    predicted, broken = predict(list(unique.values()), preannotation)
    for source, document, _ in found:
        if document.doc_id in broken:
            rejects.append(unexpected(source.path, broken[document.doc_id], PAGE_PAYLOAD + source.page_id))
    found = [one for one in found if one[1].doc_id not in broken]
    tables = {
        "documents": documents_table([document for _, document, _ in found]),
        "sightings": _sightings_table(found, task.settings),
        "layers": predicted.layers,
        "spans": predicted.spans,
        "topics": predicted.topics,
        "rejects": rejects_table(rejects),
    }
    for name in DERIVED_TABLES:
        write_shard(task.root, name, task.key, tables[name])
    return Derived(len(sources), len(unique) - len(broken), len(rejects))


def is_derived(root: Path, key: str) -> bool:
    """Whether the shards under `key` are complete."""
    return all(shard_path(root, name, key).exists() for name in DERIVED_TABLES)


def _source(row: Mapping[str, str | None]) -> _Source:
    known = PageFields(**{one.name: row[one.name] for one in fields(PageFields)})
    return _Source(str(row["source_id"]), str(row["page_id"]), str(row["path"]), known)


def _documents(
    sources: Sequence[_Source],
    pages: Mapping[str, Mapping[str, str | bytes]],
    task: DeriveTask,
    rejects: list[Reject],
) -> Iterator[tuple[_Source, Document, str]]:
    for start in range(0, len(sources), PAGES_AT_ONCE):
        some = [
            replace(source, fields=replace(source.fields, outlet=source.fields.outlet or task.settings.outlet or None))
            for source in sources[start : start + PAGES_AT_ONCE]
        ]
        extracted = [_extracted(source, pages[source.page_id], task) for source in some]
        known = [
            KnownPage(
                page.text,
                page.fields.title,
                source.fields.outlet,
                page.line_kinds,
                task.recurring.get(source.fields.outlet or "", frozenset()),
            )
            for source, page in zip(some, extracted, strict=True)
            if isinstance(page, PageText)
        ]
        read = iter(read_each(known, task.settings.redacted))
        for source, page in zip(some, extracted, strict=True):
            documents = next(read) if isinstance(page, PageText) else ()
            if isinstance(page, Reject):
                rejects.append(page)
            elif isinstance(documents, Exception):
                rejects.append(unexpected(source.path, documents, PAGE_PAYLOAD + source.page_id))
            else:
                yield from _sighted(source, page, documents, task.retractions, rejects)


def _extracted(source: _Source, page: Mapping[str, str | bytes], task: DeriveTask) -> PageText | Reject:
    try:
        return extract(bytes(page["body"]), str(page["media_type"]), task.settings.columns)  # type: ignore[arg-type]
    except ExtractError as error:
        return Reject(source.path, error.reason, str(error), PAGE_PAYLOAD + source.page_id)
    except ImportError:
        raise  # a broken installation is not the page's fault
    except Exception as error:  # one page's surprise must not end the run of thousands
        return unexpected(source.path, error, PAGE_PAYLOAD + source.page_id)


def _sighted(
    source: _Source,
    page: PageText,
    documents: Sequence[Document],
    retractions: Retractions,
    rejects: list[Reject],
) -> Iterator[tuple[_Source, Document, str]]:
    """The documents of a page with their sources, but for those that were retracted."""
    merged = _merged(source.fields, page.fields)
    for nth, document in enumerate(documents, 1):
        if document.text and (stone := retractions.document(document.doc_id)):
            rejects.append(retracted(source.path, stone, PAGE_PAYLOAD + source.page_id))
            continue
        numbered = replace(source, source_id=ids.article_source_id(source.source_id, nth), fields=merged)
        yield numbered, document, page.encoding


def retracted(origin: str, stone: Tombstone, payload: str = "") -> Reject:
    """The reject of a page or text that was taken down and is found again."""
    message = f"it was retracted on {stone.date} and is not taken in again; remove it from your sources"
    return Reject(origin, RETRACTED, message, payload)


def unexpected(origin: str, error: Exception, payload: str = "") -> Reject:
    """The reject of a page that broke the program: a defect of ours, worth reporting."""
    kind = type(error).__name__
    return Reject(origin, "unexpected-error", f"{kind}: {error}; please report this page as a defect"[:500], payload)


def _merged(known: PageFields, found: PageFields) -> PageFields:
    return PageFields(**{one.name: getattr(known, one.name) or getattr(found, one.name) for one in fields(PageFields)})


def predict(
    documents: Sequence[Document], preannotation: Preannotation
) -> tuple[LayerRows, Mapping[str, Exception]]:
    """The prediction layers of `documents` (sentences, entities, topics), and which broke a pre-annotator, by how."""
    articles = [Article(document.text, document.sentences, document.tokens) for document in documents]
    done: list[tuple[str, Article, Annotated]] = []
    broken: dict[str, Exception] = {}
    for document, article, found in zip(documents, articles, preannotation.annotate_each(articles), strict=True):
        if isinstance(found, Exception):
            broken[document.doc_id] = found
        else:
            done.append((document.doc_id, article, found))
    rows = prediction_rows(
        [doc_id for doc_id, _, _ in done],
        [article for _, article, _ in done],
        [found for _, _, found in done],
        preannotation,
        POLICY_VERSION,
    )
    return rows, broken


def documents_table(documents: Sequence[Document]) -> pa.Table:
    """Rows of the table `documents`, one for each different text."""
    rows = {
        document.doc_id: {
            "doc_id": document.doc_id,
            "text": document.text,
            "title": document.title,
            "language": document.quality.language,
            "characters": len(document.text),
            "languages": document.quality.languages,
            "words": document.quality.words,
            "arabic_share": document.quality.arabic_share,
            "repetition": document.quality.repetition,
            "kept_share": document.kept_share,
            "drop_reason": document.drop_reason,
        }
        for document in reversed(documents)
    }
    return pa.Table.from_pylist(list(reversed(rows.values())), DOCUMENTS)


def _sightings_table(found: Sequence[tuple[_Source, Document, str]], settings: DeriveSettings) -> pa.Table:
    rows = []
    for source, document, encoding in found:
        metadata = article_metadata(source.fields, document.metadata, settings.redacted)
        rows.append(
            {
                "doc_id": document.doc_id,
                "source_id": source.source_id,
                "page_id": source.page_id,
                "path": source.path,
                "encoding": encoding,
                **asdict(metadata),
                "licence": metadata.licence or settings.licence or None,
                "edits": [
                    {"start": edit.start, "end": edit.end, "replacement": edit.replacement, "rule": edit.rule}
                    for edit in document.edits
                ],
                "policy_version": POLICY_VERSION,
                "ucd_version": UCD_VERSION,
            }
        )
    return pa.Table.from_pylist(rows, SIGHTINGS)


def rejects_table(rejects: Sequence[Reject]) -> pa.Table:
    """Rows of the table `rejects`."""
    rows = [
        {"origin": one.origin, "reason": one.reason, "message": one.message, "payload": one.payload}
        for one in rejects
    ]
    clean = [{key: value.encode("utf-8", "replace").decode() for key, value in row.items()} for row in rows]
    return pa.Table.from_pylist(clean, REJECTS)

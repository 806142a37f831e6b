"""Whether a corpus keeps its promises: one plain function a check, in a table, each with a stable id.

Levels: structure (tables can be read and refer to each other), text and offsets, ontology. Releases have checks of
their own (`corpus.release.verify`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import unicodedata2

from corpus.config import CorpusConfig
from corpus.extract import ExtractError, extract
from corpus.ids import doc_id, page_id
from corpus.release.choose import current_annotations
from corpus.release.source import CorpusTables, read_corpus
from corpus.release.verify_rows import Finding
from corpus.retractions import FILE_NAME as RETRACTIONS
from corpus.retractions import read_retractions
from corpus.store import StoreError, read_head, read_table, shard_path
from corpus.text.edits import Edit, EditError, apply_edits, check_edits
from schemas.labels import Ontology

MAX_FINDINGS = 20
"""Findings of one check that are listed one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class _Corpus:
    """A corpus as the checks see it."""

    root: Path
    config: CorpusConfig
    ontology: Ontology
    tables: CorpusTables
    texts: Mapping[str, str]
    layers: Mapping[str, Mapping[str, Any]]


def check_references(corpus: _Corpus) -> Iterator[Finding]:
    """`dangling-reference`: a row names a document or layer that is not there."""
    for table in ("sightings", "clusters"):
        for doc in getattr(corpus.tables, table)["doc_id"].unique().to_pylist():
            if doc not in corpus.texts:
                yield Finding("dangling-reference", f"document {doc} is not in the corpus", table)
    for table in ("spans", "topics", "judgments"):
        for layer in getattr(corpus.tables, table)["layer_id"].unique().to_pylist():
            if layer not in corpus.layers:
                yield Finding("dangling-reference", f"layer {layer} is not in the corpus", table)


def check_texts(corpus: _Corpus) -> Iterator[Finding]:
    """`doc-id`: the id is the text's hash. `not-normal`: text is NFC and its white space tidy."""
    for doc, text in corpus.texts.items():
        where = f"document {doc}"
        if doc_id(text) != doc:
            yield Finding("doc-id", f"its text has the id {doc_id(text)}", where)
        if unicodedata2.normalize("NFC", text) != text:
            yield Finding("not-normal", "its text is not in Unicode normalisation form C", where)
        elif text != "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip()):
            yield Finding("not-normal", "its text has blank lines or spare white space", where)


def check_edits_give_text(corpus: _Corpus) -> Iterator[Finding]:
    """`page-bytes`: a page is its hash's page. `edits-text`: a sighting's edits make the document from the page."""
    pages = read_table(corpus.root, "pages")
    bodies = {row["page_id"]: row for row in pages.to_pylist()}
    columns = corpus.config.sources.columns
    for row in corpus.tables.sightings.to_pylist():
        where = f"source {row['source_id']} ({row['path']})"
        page = bodies.get(row["page_id"])
        if page is None or page_id(page["body"]) != row["page_id"]:
            yield Finding("page-bytes", f"page {row['page_id'][:16]}… is missing or has other bytes", where)
            continue
        try:
            text = extract(page["body"], page["media_type"], columns).text
            edits = [Edit(**edit) for edit in row["edits"]]
            check_edits(edits, len(text))
        except (ExtractError, EditError) as error:
            yield Finding("edits-text", str(error), where)
            continue
        if apply_edits(text, edits) != corpus.texts.get(row["doc_id"], ""):
            yield Finding("edits-text", f"the edits of its page do not give document {row['doc_id']}", where)


def check_spans(corpus: _Corpus) -> Iterator[Finding]:
    """`span-offsets`: inside the text, no white space at the edges, the words as noted. `span-label`: known."""
    known = set(corpus.ontology.inventory(corpus.config.annotation.inventory).codes)
    withdrawn = _withdrawn(corpus.tables.judgments)  # among others what stands in the labels of a later ontology
    names = ("doc_id", "layer_id", "start", "end", "label", "surface")
    for doc, layer, start, end, label, surface in zip(
        *(corpus.tables.spans[name].to_pylist() for name in names), strict=True
    ):
        text = corpus.texts.get(doc)
        if text is None:
            continue  # the document's text changed since; `status` counts it
        where = f"document {doc}, {start}-{end} of layer {layer}"
        words = text[start:end]
        if not 0 <= start < end <= len(text) or words != surface:
            yield Finding("span-offsets", f"the text has {words[:60]!r} there, not {surface[:60]!r}", where)
        elif words != words.strip():
            yield Finding("span-offsets", f"{words[:60]!r} begins or ends with white space", where)
        is_entity = corpus.layers.get(layer, {}).get("task") == "entities"
        if is_entity and label not in known and (layer, doc) not in withdrawn:
            yield Finding("span-label", f"the ontology has no label '{label}'", where)


def _withdrawn(judgments: pa.Table) -> set[tuple[str, str]]:
    """The (layer, document) that the latest judgment deletes."""
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    columns = (judgments[name].to_pylist() for name in ("layer_id", "doc_id", "revision", "status"))
    for layer, doc, revision, status in zip(*columns, strict=True):
        latest[layer, doc] = max(latest.get((layer, doc), (0, "")), (revision, status))
    return {key for key, (_, status) in latest.items() if status == "deleted"}


def check_sentences(corpus: _Corpus) -> Iterator[Finding]:
    """`sentence-cover`: sentences are disjoint and cover every character that is not white space."""
    # Earlier revisions, drafts and skipped documents need not be whole.
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    judged = (corpus.tables.judgments[name].to_pylist() for name in ("layer_id", "doc_id", "revision", "status"))
    for layer, doc, revision, status in zip(*judged, strict=True):
        latest[layer, doc] = max(latest.get((layer, doc), (0, "")), (revision, status))
    spans = current_annotations(corpus.tables, "sentences")
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for doc, layer, start, end in zip(
        *(spans[name].to_pylist() for name in ("doc_id", "layer_id", "start", "end")), strict=True
    ):
        if latest.get((layer, doc), (0, "submitted"))[1] == "submitted" and doc in corpus.texts:
            found.setdefault((layer, doc), []).append((start, end))
    for (layer, doc), ranges in found.items():
        text, at = corpus.texts[doc], 0
        for start, end in sorted(ranges):
            if start < at or text[at:start].strip():
                message = f"two sentences share, or none covers, what stands before {start}"
                yield Finding("sentence-cover", message, f"document {doc} of layer {layer}")
            at = max(at, end)
        if text[at:].strip():
            yield Finding("sentence-cover", f"no sentence covers {at}-{len(text)}", f"document {doc} of layer {layer}")


def check_topics(corpus: _Corpus) -> Iterator[Finding]:
    """`topic-label`: topics are in the ontology."""
    known = {topic.code for topic in corpus.ontology.topics}
    for label in corpus.tables.topics["label"].unique().to_pylist():
        if label not in known:
            yield Finding("topic-label", f"the ontology has no topic '{label}'", "topics")


def check_retractions(corpus: _Corpus) -> Iterator[Finding]:
    """`retracted`: nothing that was taken down is there, and every retraction was carried out to its end."""
    retractions = read_retractions(corpus.root)
    remedy = "was retracted and is still in the corpus; run 'mudawwana build', which finishes the retraction"
    for doc in corpus.texts:
        if retractions.document(doc):
            yield Finding("retracted", f"it {remedy}", f"document {doc}")
    for source in read_table(corpus.root, "sources", columns=["source_id"])["source_id"].to_pylist():
        if retractions.source(source):
            yield Finding("retracted", f"it {remedy}", f"source {source}")
    if not retractions.erased:
        message = "a retraction was interrupted; run 'mudawwana build', which finishes it"
        yield Finding("retracted", message, RETRACTIONS)


CHECKS: tuple[Callable[[_Corpus], Iterator[Finding]], ...] = (
    check_references,
    check_texts,
    check_edits_give_text,
    check_spans,
    check_sentences,
    check_topics,
    check_retractions,
)


def validate_corpus(root: Path, config: CorpusConfig, ontology: Ontology) -> list[Finding]:
    """What is wrong with the corpus in `root`; of each check at most `MAX_FINDINGS` findings and a count of the rest.

    Unreadable tables (`damaged-shard`) end the checking, because nothing else can be said of them.
    """
    try:
        head = read_head(root)
        for table, keys in head.shards.items():
            for key in keys:
                if not shard_path(root, table, key).exists():
                    raise StoreError(f"{shard_path(root, table, key)} is missing; run 'mudawwana build'")
        tables = read_corpus(root)
    except StoreError as error:
        return [Finding("damaged-shard", str(error), str(root))]
    documents = tables.documents
    corpus = _Corpus(
        root,
        config,
        ontology,
        tables,
        dict(zip(documents["doc_id"].to_pylist(), documents["text"].to_pylist(), strict=True)),
        {row["layer_id"]: row for row in tables.layers.to_pylist()},
    )
    findings: list[Finding] = []
    for check in CHECKS:
        found = list(check(corpus))
        findings += found[:MAX_FINDINGS]
        if len(found) > MAX_FINDINGS:
            findings.append(Finding(found[0].check, f"and {len(found) - MAX_FINDINGS:,} more", str(root)))
    return findings

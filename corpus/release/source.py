"""What a release is made from: the corpus's tables, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from corpus.ingest import PAGE_PAYLOAD
from corpus.store import Head, read_head, read_table
from schemas.tables import AGREEMENT

_AS_THEY_ARE = ("clusters", "layers", "spans", "topics", "judgments", "agreement")


@dataclass(frozen=True, slots=True)
class CorpusTables:
    """The tables of a corpus as they count now, one row a document, source, layer, annotation or judgment.

    Columns are those of `schemas.tables`. Only current sightings and documents that have one are here: a source
    whose page changed no longer shows its old text, nor what was wrong with its old page.
    """

    documents: pa.Table
    sightings: pa.Table
    clusters: pa.Table
    layers: pa.Table
    spans: pa.Table
    topics: pa.Table
    judgments: pa.Table
    rejects: pa.Table
    agreement: pa.Table = field(default_factory=AGREEMENT.empty_table)


def read_corpus(root: Path, head: Head | None = None) -> CorpusTables:
    """The tables of the corpus in `root`, under `head` where that is another than its own."""
    head = head or read_head(root)
    current = read_table(root, "sources", head, ["source_id", "page_id"])
    pages = dict(zip(current["source_id"].to_pylist(), current["page_id"].to_pylist(), strict=True))
    sightings = read_table(root, "sightings", head)
    seen = zip(sightings["source_id"].to_pylist(), sightings["page_id"].to_pylist(), strict=True)
    is_current = [pages.get(source.split("#")[0]) == page for source, page in seen]
    sightings = sightings.filter(pa.array(is_current, pa.bool_()))
    documents = read_table(root, "documents", head)
    rejects = read_table(root, "rejects", head)
    current_pages = set(pages.values())
    is_open = [
        not payload.startswith(PAGE_PAYLOAD) or payload.removeprefix(PAGE_PAYLOAD) in current_pages
        for payload in rejects["payload"].to_pylist()
    ]
    present = set(sightings["doc_id"].to_pylist())
    documents = documents.filter(pa.array([doc in present for doc in documents["doc_id"].to_pylist()], pa.bool_()))
    return CorpusTables(
        documents=documents,
        sightings=sightings,
        rejects=rejects.filter(pa.array(is_open, pa.bool_())),
        **{name: read_table(root, name, head) for name in _AS_THEY_ARE},
    )

"""`mudawwana status`: what a corpus holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from corpus.ingest import Reject
from corpus.release.source import read_corpus
from corpus.release.versions import list_versions
from corpus.workflow.build import BuildSummary, corpus_counts


@dataclass(frozen=True, slots=True)
class LayerStatus:
    """A producer's work on a task: on how many documents."""

    task: str
    kind: str
    producer: str
    documents: int


@dataclass(frozen=True, slots=True)
class CorpusStatus:
    """What a corpus holds now. `stale_annotations`: judged documents whose text is no longer in it."""

    counts: BuildSummary
    layers: tuple[LayerStatus, ...]
    stale_annotations: int
    releases: tuple[str, ...]
    rejects: tuple[Reject, ...]


def corpus_status(root: Path) -> CorpusStatus:
    """The status of the corpus in `root`.

    Raises:
        StoreError: if its tables cannot be read.
    """
    tables = read_corpus(root)
    names = {row["layer_id"]: (row["task"], row["kind"], row["producer"]) for row in tables.layers.to_pylist()}
    present = set(tables.documents["doc_id"].to_pylist())
    pairs = set()
    for table in (tables.spans, tables.topics, tables.judgments):
        pairs |= set(zip(table["layer_id"].to_pylist(), table["doc_id"].to_pylist(), strict=True))
    documents = Counter(names[layer] for layer, doc in pairs if layer in names and doc in present)
    judged = set(tables.judgments["doc_id"].to_pylist())
    return CorpusStatus(
        corpus_counts(root),
        tuple(LayerStatus(*name, number) for name, number in sorted(documents.items())),
        len(judged - present),
        tuple(map(str, list_versions(root / "releases"))),
        tuple(Reject(**row) for row in tables.rejects.to_pylist()),
    )

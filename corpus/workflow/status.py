"""`mudawwana status`: what a corpus holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.ingest import Reject
from corpus.release.source import CorpusTables, read_corpus
from corpus.release.versions import list_versions
from corpus.store import read_table
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
    """What a corpus holds now. `stale_annotations`: judged documents whose text is no longer in it, and
    whose annotations did not move to the text that their page gives now."""

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
    retired = read_table(root, "retired", columns=["doc_id", "page_id"])
    names = {row["layer_id"]: (row["task"], row["kind"], row["producer"]) for row in tables.layers.to_pylist()}
    present = set(tables.documents["doc_id"].to_pylist())
    pairs = set()
    for table in (tables.spans, tables.topics, tables.judgments):
        pairs |= set(zip(table["layer_id"].to_pylist(), table["doc_id"].to_pylist(), strict=True))
    documents = Counter(names[layer] for layer, doc in pairs if layer in names and doc in present)
    judged = _grouped(_standing(tables))
    pages = _grouped(zip(*(tables.sightings[name].to_pylist() for name in ("page_id", "doc_id")), strict=True))
    moved = set()
    for doc, page in zip(*(retired[name].to_pylist() for name in ("doc_id", "page_id")), strict=True):
        there = {layer for one in pages.get(page, ()) if one in present for layer in judged.get(one, ())}
        if judged.get(doc, set()) <= there:
            moved.add(doc)
    return CorpusStatus(
        corpus_counts(root),
        tuple(LayerStatus(*name, number) for name, number in sorted(documents.items())),
        len(judged.keys() - present - moved),
        tuple(map(str, list_versions(root / "releases"))),
        tuple(Reject(**row) for row in tables.rejects.to_pylist()),
    )


def _standing(tables: CorpusTables) -> Iterator[tuple[str, str]]:
    """Each document and layer with a judgment that was not deleted."""
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    columns = (tables.judgments[name].to_pylist() for name in ("doc_id", "layer_id", "revision", "status"))
    for doc, layer, revision, status in zip(*columns, strict=True):
        latest[doc, layer] = max(latest.get((doc, layer), (0, "")), (revision, status))
    yield from (pair for pair, (_, status) in latest.items() if status != "deleted")


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """The second members of pairs by the first."""
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found

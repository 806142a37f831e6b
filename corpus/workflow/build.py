"""`mudawwana build`: new pages into the store, then everything that follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from corpus import ids
from corpus.config import CorpusConfig
from corpus.ingest import FoundPage, Reject, read_pages
from corpus.release.source import read_corpus
from corpus.retractions import RETRACTED, Retractions, read_retractions
from corpus.run import run_tasks
from corpus.store import Head, locked, read_head, read_table, shard_path, write_head, write_shard
from corpus.workflow.carry import carry, retire, worked_on
from corpus.workflow.derive import (
    DERIVED_TABLES,
    DeriveSettings,
    DeriveTask,
    derive_shard,
    is_derived,
    rejects_table,
    retracted,
)
from corpus.workflow.erase import erase, finish
from corpus.workflow.outlets import digest_of, learn, outlets_of
from corpus.workflow.relate import relate
from corpus.workflow.sources import SourcePage, source_page
from schemas.tables import PAGES, SOURCES

PAGES_PER_SHARD = 256
BYTES_PER_SHARD = 16 << 20

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much is done and the total (0 while it is unknown)."""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build did and what the corpus holds now; of its rejects, what was retracted comes last."""

    found: int
    new_pages: int
    updated_sources: int
    derived_shards: int
    documents: int
    dropped: Mapping[str, int]
    sentences: int
    entities: int
    topics: int
    near_duplicates: int
    rejects: Mapping[str, int]
    first_rejects: tuple[Reject, ...]


def build(
    root: Path, config: CorpusConfig, sources: Sequence[str], *, jobs: int, progress: Progress
) -> BuildSummary:
    """Take in what is new in `sources` and derive documents, prediction layers and clusters for the whole corpus.

    Without sources only the deriving is done, as after a change of settings or of the program. Interrupted at any
    time it leaves the corpus as it was; what was already written is used when it is run again.

    Raises:
        SourceError, StoreError, OntologyError
    """
    settings = derive_settings(root, config)
    with locked(root):
        retractions = read_retractions(root)
        found_head = read_head(root)
        head = erased = erase(root, found_head, retractions)
        before = worked_on(root, head)
        found, head = _ingest(root, head, config, sources, retractions, progress)
        new_pages, updated = found.new, found.updated
        pages_keys = head.keys("pages")
        stage = settings.key(settings.preannotation().key)
        recurring, evidence = learn(root, pages_keys, settings.columns, settings.outlet)
        tasks = []
        for key in pages_keys:
            learnt = digest_of(recurring, outlets_of(root, key, settings.outlet))
            task_key = ids.digest(key, stage, *([learnt] if learnt else []))[:32]
            tasks.append(DeriveTask(root, key, task_key, settings, retractions, recurring))
        open_tasks = [task for task in tasks if not is_derived(root, task.key)]
        done = 0
        if open_tasks:
            total = sum(_shard_rows(root, task.pages_key) for task in open_tasks)
            progress("documents", 0, total)
            for result in run_tasks(derive_shard, open_tasks, jobs):
                done += result.pages
                progress("documents", done, total)
        shards = {**head.shards, "outlet_lines": evidence}
        ingest_rejects = tuple(key for key in head.keys("rejects") if key.startswith("ingest-"))
        for table in DERIVED_TABLES:
            kept = tuple(key for key in head.keys(table) if key.startswith("import-"))
            shards[table] = (ingest_rejects if table == "rejects" else ()) + tuple(task.key for task in tasks) + kept
        head = relate(root, Head(shards), progress)
        if before is not None:
            head = carry(root, retire(root, before, head))
        write_head(root, head)
        if erased != found_head or not retractions.erased:
            finish(root, head, retractions)
    counts = corpus_counts(root)
    return replace(
        counts,
        found=found.found,
        new_pages=new_pages,
        updated_sources=updated,
        derived_shards=len(open_tasks),
    )


def derive_settings(root: Path, config: CorpusConfig) -> DeriveSettings:
    """The settings that decide what a page of this corpus becomes."""
    ontology = str((root / config.annotation.ontology).resolve()) if config.annotation.ontology else ""
    return DeriveSettings(
        config.sources.columns,
        config.sources.outlet,
        config.sources.licence,
        ontology,
        config.annotation.inventory,
        config.annotation.min_score,
        config.annotation.entities,
        config.annotation.topics,
        config.privacy.redact,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    found: int = 0
    new: int = 0
    updated: int = 0


def _ingest(
    root: Path,
    head: Head,
    config: CorpusConfig,
    sources: Sequence[str],
    retractions: Retractions,
    progress: Progress,
) -> tuple[_Found, Head]:
    """Write shards of the pages that the corpus does not have yet; nothing is changed if there are none."""
    if not sources:
        return _Found(), head
    known = {
        ids.digest(*(f"{name}={row[name]}" for name in SOURCES.names)): row["source_id"]
        for row in read_table(root, "sources", head).to_pylist()
    }
    known_sources = set(known.values())
    rejects: list[Reject] = []
    origins: set[str] = set()
    new: list[SourcePage] = []
    keys: list[str] = []
    found = updated = new_pages = 0
    seen: dict[str, str] = {}
    for item in _pages(sources, origins, rejects):
        found += 1
        if found % 100 == 0:
            progress("pages", found, 0)
        source = source_page(item, config.sources.columns)
        source_id = str(source.row["source_id"])
        if stone := retractions.source(source_id):
            rejects.append(retracted(item.path, stone))
            continue
        if source_id in seen:
            if seen[source_id] != source.page_id:
                rejects.append(_twice(source))
            continue
        seen[source_id] = source.page_id
        if source.fingerprint in known:
            continue
        updated += source_id in known_sources
        new_pages += 1
        new.append(source)
        if len(new) == PAGES_PER_SHARD or sum(len(one.page.body) for one in new[-1:]) > BYTES_PER_SHARD:
            keys.append(_write_pages(root, new))
            new = []
    if new:
        keys.append(_write_pages(root, new))
    shards = dict(head.shards)
    if keys:
        shards["pages"] = head.keys("pages") + tuple(keys)
        shards["sources"] = head.keys("sources") + tuple(keys)
    imported = tuple(key for key in head.keys("rejects") if key.startswith("import-"))
    shards["rejects"] = _ingest_rejects(root, head, rejects, origins) + imported
    return _Found(found, new_pages, updated), Head(shards)


def _pages(sources: Sequence[str], origins: set[str], rejects: list[Reject]) -> Iterator[FoundPage]:
    for item in read_pages(sources):
        if isinstance(item, Reject):
            origins.add(item.origin)
            rejects.append(item)
        else:
            origins.add(item.path)
            yield item


def _twice(source: SourcePage) -> Reject:
    name = source.row["url"] or source.row["path"]
    return Reject(
        source.page.path,
        "same-source-twice",
        f"another page of this build is also '{name}', with other content; the first one was taken. If these are "
        "different articles, give them different urls, or build their common parent folder",
        f"page {source.page_id}",
    )


def _write_pages(root: Path, pages: Sequence[SourcePage]) -> str:
    key = ids.digest(*(page.fingerprint for page in pages))[:32]
    bodies = {page.page_id: page.page for page in pages}
    write_shard(
        root,
        "pages",
        key,
        pa.Table.from_pylist(
            [
                {"page_id": page_id, "body": page.body, "media_type": page.media_type}
                for page_id, page in bodies.items()
            ],
            PAGES,
        ),
    )
    write_shard(root, "sources", key, pa.Table.from_pylist([dict(page.row) for page in pages], SOURCES))
    return key


def _ingest_rejects(root: Path, head: Head, new: Sequence[Reject], origins: set[str]) -> tuple[str, ...]:
    """The rejects of earlier builds whose origin was not looked at again, and the new ones, as one shard."""
    old = Head({"rejects": tuple(key for key in head.keys("rejects") if key.startswith("ingest-"))})
    kept = [Reject(**row) for row in read_table(root, "rejects", old).to_pylist() if row["origin"] not in origins]
    rejects = [*kept, *new]
    if not rejects:
        return ()
    table = rejects_table(rejects)
    key = f"ingest-{ids.digest(*map(str, table.to_pylist()))[:24]}"
    write_shard(root, "rejects", key, table)
    return (key,)


def _shard_rows(root: Path, key: str) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(shard_path(root, "sources", key)).num_rows)


def corpus_counts(root: Path) -> BuildSummary:
    """What the corpus holds now."""
    tables = read_corpus(root)
    dropped = _count(reason for reason in tables.documents["drop_reason"].to_pylist() if reason)
    predictions = {
        row["layer_id"]: row["task"] for row in tables.layers.to_pylist() if row["kind"] == "prediction"
    }
    tasks = _count(predictions.get(layer, "") for layer in tables.spans["layer_id"].to_pylist())
    topics = _count(predictions.get(layer, "") for layer in tables.topics["layer_id"].to_pylist())
    clusters = tables.clusters["cluster_id"].to_pylist()
    rejects = sorted(tables.rejects.to_pylist(), key=lambda row: row["reason"] == RETRACTED)
    return BuildSummary(
        found=0,
        new_pages=0,
        updated_sources=0,
        derived_shards=0,
        documents=tables.documents.num_rows - sum(dropped.values()),
        dropped=dropped,
        sentences=tasks.get("sentences", 0),
        entities=tasks.get("entities", 0),
        topics=topics.get("topics", 0),
        near_duplicates=len(clusters) - len(set(clusters)),
        rejects=_count(row["reason"] for row in rejects),
        first_rejects=tuple(Reject(**row) for row in rejects[:20]),
    )


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

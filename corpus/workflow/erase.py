"""Erasing what was retracted from everything that a corpus keeps: tables, raw exports, and what interrupted runs left.

Tombstones come first, then the tables, then the files that no longer count. `Retractions.erased` is false from the
first to the last of these, so that whatever is interrupted is finished by the next build or retraction.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from corpus import ids
from corpus.retractions import Retractions, write_retractions
from corpus.store import Head, read_shard, read_table, write_shard
from corpus.workflow.exports import purge_exports

_RUN: Final = 4  # words in a row that show where a longer quotation is from
_QUOTED: Final = re.compile(r"'([^']+)'")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Gone:
    sources: frozenset[str]
    documents: frozenset[str]
    names: frozenset[str]
    """Paths, addresses and ids of the pages and texts."""
    first_sources: Mapping[str, str]
    """The first source of each document that stays."""


def erase(root: Path, head: Head, retractions: Retractions) -> Head:
    """`head` without what was retracted: shards that hold any of it are written anew without it.

    Every build calls it, so that a retraction interrupted half-way is finished.
    """
    if not retractions.tombstones:
        return head
    gone = _gone(root, head, retractions)
    if not (gone.sources or gone.documents):
        return head
    shards = {**head.shards, **_pages_left(root, head, gone)}
    for table, keys in head.shards.items():
        if table in ("pages", "sources", "outlet_lines"):
            continue
        shards[table] = tuple(
            new for key in keys if (new := _left(root, table, key, _filtered(root, table, key, gone)))
        )
    shards["rejects"] = tuple(_unquoting(root, shards.get("rejects", ()), head, Head(shards), gone))
    return Head(shards)


def finish(root: Path, head: Head, retractions: Retractions) -> tuple[Path, ...]:
    """Erase the files that hold what was retracted and that no table names; the exports that cannot be read."""
    sweep(root, head)
    unread = purge_exports(root, retractions)
    if retractions.tombstones and not retractions.erased:
        write_retractions(root, replace(retractions, erased=True))
    return unread


def sweep(root: Path, head: Head) -> None:
    """Delete what no longer counts: shards (what is needed of them is made again) and what interrupted runs left."""
    for path in (root / "store").glob("*/*.parquet"):
        if path.stem not in head.keys(path.parent.name):
            path.unlink()
    for left in (*root.glob(".tmp-*"), *(root / "releases").glob(".tmp-*")):
        left.unlink()
    for folder in (root / "releases").glob(".partial-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _gone(root: Path, head: Head, retractions: Retractions) -> _Gone:
    """The pages and texts of the corpus, those of earlier states too, that were retracted."""
    seen = [
        (row["source_id"].split("#")[0], row["doc_id"])
        for table in ("sightings", "retired")
        for row in read_table(root, table, head, ["source_id", "doc_id"]).to_pylist()
    ]
    held = [
        row
        for key in head.keys("sources")
        for row in read_shard(root, "sources", key, ["source_id", "page_id", "path", "url"]).to_pylist()
    ]
    documents = {doc for _, doc in seen if retractions.document(doc)}
    sources = {source for source, _ in seen} | {row["source_id"] for row in held}
    sources = {source for source in sources if retractions.source(source)}
    sources |= {source for source, doc in seen if doc in documents}
    elsewhere = {doc for source, doc in seen if source not in sources}
    documents |= {doc for source, doc in seen if source in sources and doc not in elsewhere}
    known = read_table(root, "documents", head, ["doc_id"])["doc_id"].to_pylist()
    documents |= {doc for doc in known if retractions.document(doc)}
    names = {str(row[name]) for row in held if row["source_id"] in sources for name in ("path", "url") if row[name]}
    seen_last = read_table(root, "sightings", head, ["source_id", "doc_id"]).to_pylist()[::-1]
    firsts = {row["doc_id"]: row["source_id"] for row in seen_last if row["source_id"].split("#")[0] not in sources}
    return _Gone(frozenset(sources), frozenset(documents), frozenset(names | sources | documents), firsts)


def _pages_left(root: Path, head: Head, gone: _Gone) -> dict[str, tuple[str, ...]]:
    """The keys of pages, sources and the evidence that is drawn from pages. Pages and sources lie under one key."""
    evidence = head.keys("outlet_lines")
    parallel = len(evidence) == len(head.keys("pages"))  # until the next build it is not
    kept: list[str] = []
    kept_evidence: list[str] = []
    changed = False
    for nth, key in enumerate(head.keys("sources")):
        rows = read_shard(root, "sources", key)
        left = _without(rows, "source_id", gone.sources)
        if left.num_rows == rows.num_rows:
            kept.append(key)
            kept_evidence += evidence[nth : nth + 1] if parallel else ()
            continue
        changed = True
        if left.num_rows:
            new = ids.digest(key, *left["source_id"].to_pylist())[:32]
            pages = read_shard(root, "pages", key)
            write_shard(root, "pages", new, _of(pages, "page_id", left["page_id"].to_pylist()))
            write_shard(root, "sources", new, left)
            kept.append(new)
    lines = tuple(kept_evidence) if changed else evidence
    return {"pages": tuple(kept), "sources": tuple(kept), "outlet_lines": lines}


def _filtered(root: Path, table: str, key: str, gone: _Gone) -> pa.Table:
    rows = read_shard(root, table, key)
    if table == "clusters":
        return _renamed(_without(rows, "doc_id", gone.documents), gone)
    if table == "rejects":
        return rows.filter(pc.invert(pc.is_in(rows["origin"], value_set=_strings(gone.names))))
    if "source_id" in rows.column_names:
        rows = _without(rows, "source_id", gone.sources)
    return _without(rows, "doc_id", gone.documents) if "doc_id" in rows.column_names else rows


def _left(root: Path, table: str, key: str, left: pa.Table) -> str:
    """The key of what is left of a shard, which is written if it is less; empty where nothing is left.

    It begins like the old one, which says where the shard came from.
    """
    if left.equals(read_shard(root, table, key)):
        return key
    if not left.num_rows:
        return ""
    new = key[: key.rfind("-") + 1] + ids.digest(key, table, *map(str, left.to_pylist()))[:24]
    write_shard(root, table, new, left)
    return new


def _renamed(clusters: pa.Table, gone: _Gone) -> pa.Table:
    """Clusters and stories whose first member is gone, called after the first that is left."""
    for name in ("cluster_id", "story_id"):
        values = clusters[name].to_pylist()
        firsts = dict(zip(reversed(values), reversed(clusters["doc_id"].to_pylist()), strict=True))
        new = [
            gone.first_sources[firsts[value]] if value and value.split("#")[0] in gone.sources else value
            for value in values
        ]
        column = pa.array(new, pa.string())
        clusters = clusters.set_column(clusters.column_names.index(name), clusters.schema.field(name), column)
    return clusters


def _unquoting(root: Path, keys: Iterable[str], head: Head, after: Head, gone: _Gone) -> Iterator[str]:
    """The keys of `rejects` without those that name what was retracted, or quote words that no text says now.

    Those of derived shards name the page in their origin, and went with it.
    """
    texts = (
        text
        for table in ("documents", "retired")
        for text in _of(read_table(root, table, head, ["doc_id", "text"]), "doc_id", gone.documents)["text"].to_pylist()
    )
    said = {run for text in texts for run in _runs(text)}
    for key in keys:
        if not key.startswith(("ingest-", "import-")):
            yield key
            continue
        rows = read_shard(root, "rejects", key)
        quoted = [_quoted_runs(row) & said for row in rows.to_pylist()]
        if found := {run for runs in quoted for run in runs}:
            rest = read_table(root, "documents", after, ["text"])["text"].to_pylist()
            found -= {run for text in rest for run in _runs(text) if run in found}
        kept = [
            not runs & found and not any(name in f"{row['origin']} {row['message']}" for name in gone.documents)
            and not set(_QUOTED.findall(row["message"])) & gone.names
            for row, runs in zip(rows.to_pylist(), quoted, strict=True)
        ]
        if new := _left(root, "rejects", key, rows.filter(pa.array(kept, pa.bool_()))):
            yield new


def _quoted_runs(reject: dict[str, str]) -> set[tuple[str, ...]]:
    """The runs of words that a reject quotes: `_RUN` words in a row, or all where it quotes fewer."""
    found = set()
    for quoted in (reject["payload"], *_QUOTED.findall(reject["message"])):
        words = _WORD.findall(quoted)
        size = min(_RUN, len(words))
        found |= {tuple(words[at : at + size]) for at in range(len(words) - size + 1) if size}
    return found


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text)
    for size in range(1, _RUN + 1):
        yield from (tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def _of(rows: pa.Table, column: str, values: Iterable[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows[column], value_set=_strings(values)))


def _strings(values: Iterable[str]) -> pa.Array:
    return pa.array(sorted(set(values)), pa.string())


def _without(rows: pa.Table, column: str, values: Iterable[str]) -> pa.Table:
    """The rows whose value is none of these; of an article's source id the page's counts."""
    out = set(values)
    kept = [str(value).split("#")[0] not in out for value in rows[column].to_pylist()]
    return rows.filter(pa.array(kept, pa.bool_()))

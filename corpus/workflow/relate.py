"""Which documents of a corpus belong together: near duplicates and stories, over the whole corpus at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from corpus import dedup, ids, stories
from corpus.store import Head, read_shard, read_table, shard_path, write_shard
from corpus.stories import Article
from schemas.tables import CLUSTERS

_PERSONS: Final = frozenset(("PERS", "PER"))
_NO_NAMES: Final = ("sentence", "NORP", "OCC", "DATE", "MONEY")
_RECORD: Final = re.compile(r"(.*):\d+")

_Row = Mapping[str, str | None]
"""Of a document's first sighting: doc_id, source_id, path, outlet, published."""


def relate(root: Path, head: Head, progress: Callable[[str, int, int], None]) -> Head:
    """`head` with the clusters and stories of all documents that releases may hold.

    Both ids are the source_id of the first member, in the order in which documents came to the corpus; near duplicates
    are always of one story.
    """
    rows = read_table(root, "documents", head, ["doc_id", "drop_reason"]).to_pylist()
    kept = [row["doc_id"] for row in rows if row["drop_reason"] is None]
    seen: dict[str, _Row] = {}
    columns = ["doc_id", "source_id", "path", "outlet", "published"]
    for row in read_table(root, "sightings", head, columns).to_pylist():
        seen.setdefault(row["doc_id"], row)
    # The machine's spans lie under the keys of the documents that they were made with, people's under others.
    shards = [key for key in head.keys("spans") if key in head.keys("documents")]
    key = ids.digest(
        dedup.VERSION, stories.VERSION, *shards, *(f"{doc}={sorted(map(str, seen[doc].values()))}" for doc in kept)
    )[:32]
    if not shard_path(root, "clusters", key).exists():
        progress("near duplicates and stories", 0, len(kept))
        articles = story_articles(root, head, kept, seen, shards)
        sources = [seen[doc]["source_id"] for doc in kept]
        clusters = dedup.clusters([article.text for article in articles])
        told = _joined(stories.stories(articles), clusters)
        columns_ = {
            "doc_id": kept,
            "cluster_id": [sources[first] for first in clusters],
            "story_id": [sources[first] for first in told],
        }
        write_shard(root, "clusters", key, pa.table(columns_, CLUSTERS))
        progress("near duplicates and stories", len(kept), len(kept))
    return Head({**head.shards, "clusters": (key,)})


def story_articles(
    root: Path, head: Head, kept: Sequence[str], seen: Mapping[str, _Row], shards: Sequence[str]
) -> list[Article]:
    """The documents `kept` as `corpus.stories` takes them, each with its first sighting in `seen`; `shards` are those
    of the machine's spans."""
    texts = {row["doc_id"]: row for row in read_table(root, "documents", head, ["doc_id", "text", "title"]).to_pylist()}
    persons: dict[str, list[str]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    for key in shards:
        spans = read_shard(root, "spans", key, ["doc_id", "label", "surface"])
        spans = spans.filter(pc.invert(pc.is_in(spans["label"], value_set=pa.array(_NO_NAMES))))
        for doc, label, surface in zip(*(column.to_pylist() for column in spans.columns), strict=True):
            names[doc].append(surface)
            if label in _PERSONS:
                persons[doc].append(surface)
    return [
        Article(
            texts[doc]["text"],
            texts[doc]["title"],
            _day(seen[doc]["published"]),
            _outlet(seen[doc]),
            tuple(persons[doc]),
            tuple(names[doc]),
        )
        for doc in kept
    ]


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def _outlet(row: _Row) -> str | None:
    """The outlet; records of one file that do not name theirs are taken to be of one outlet."""
    record = _RECORD.fullmatch(row["path"] or "")
    return row["outlet"] or (record[1] if record else None)


def _joined(told: Sequence[int], clusters: Sequence[int]) -> list[int]:
    """Stories of which each cluster lies in one."""
    parents = list(range(len(told)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    for nth, related in enumerate(zip(told, clusters, strict=True)):
        for other in related:
            one, first = sorted((root(nth), root(other)), reverse=True)
            parents[one] = first
    return [root(nth) for nth in range(len(told))]

"""The numbers of a release, each computed from its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from corpus.release.choose import STATUSES
from schemas.tables import RELEASE_CONFIGS, TASKS

UNKNOWN: Final = "unknown"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

SplitTables = Mapping[str, Mapping[str, pa.Table]]
"""The tables of a release: by config, then by split."""


@dataclass(frozen=True, slots=True)
class AuthorFigures:
    """What one layer contributed."""

    task: str
    kind: str
    author: str
    version: str
    round: int
    annotations: int
    documents: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over the rows of a release.

    `entities` counts, for each label, the entities of `documents` by the status of their document; `statuses` counts
    documents by task and status; `stories` are those of several documents; `published` is the first and last day of
    publication, where any is known.
    """

    rows: Mapping[str, Mapping[str, int]]
    tokens: Mapping[str, int]
    characters: int
    sightings: int
    clusters: int
    clustered: int
    stories: int
    entities: Mapping[str, Mapping[str, int]]
    nested: int
    topics: Mapping[str, int]
    without_topic: int
    statuses: Mapping[str, Mapping[str, int]]
    kinds: Mapping[str, int]
    outlets: Mapping[str, int]
    licences: Mapping[str, int]
    titled: int
    located: int
    dated: int
    published: tuple[str, str] | None
    authors: tuple[AuthorFigures, ...]

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return sum(self.rows["documents"].values())

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return sum(self.rows["sentences"].values())

    @property
    def annotations(self) -> int:
        """How many annotations there are, of all layers."""
        return sum(self.rows["annotations"].values())

    def with_status(self, task: str, *statuses: str) -> int:
        """Documents whose annotations of a task have one of the statuses."""
        return sum(self.statuses[task][status] for status in statuses)


def count_rows(tables: SplitTables) -> Figures:
    """The figures of a release with these tables."""
    whole = {config: pa.concat_tables(tables[config].values()) for config in RELEASE_CONFIGS}
    documents, sentences = whole["documents"], whole["sentences"]
    cluster_sizes = Counter(documents["cluster_id"].to_pylist())
    days = sorted(found[0] for day in documents["published"].to_pylist() if day and (found := _DATE.match(day)))
    per_document = pc.list_value_length(documents["entities"])
    owner = pc.list_parent_indices(documents["entities"])
    labels = pc.struct_field(pc.list_flatten(documents["entities"]), "label").to_pylist()
    by_status = Counter(zip(labels, documents["entities_status"].take(owner).to_pylist(), strict=True))
    return Figures(
        rows={config: {split: rows.num_rows for split, rows in splits.items()} for config, splits in tables.items()},
        tokens={
            split: pc.sum(pc.list_value_length(rows["tokens"])).as_py() or 0
            for split, rows in tables["sentences"].items()
        },
        characters=pc.sum(pc.utf8_length(documents["text"])).as_py() or 0,
        sightings=pc.sum(documents["sightings"]).as_py() or 0,
        clusters=len(cluster_sizes),
        clustered=sum(size for size in cluster_sizes.values() if size > 1),
        stories=sum(size > 1 for size in Counter(documents["story_id"].drop_null().to_pylist()).values()),
        entities={
            label: {status: by_status[label, status] for status in STATUSES} for label in _by_count(labels)
        },
        nested=(pc.sum(per_document).as_py() or 0) - _outer_entities(documents["entities"]),
        topics=_by_count(pc.list_flatten(documents["topics"]).to_pylist()),
        without_topic=sum(length == 0 for length in pc.list_value_length(documents["topics"]).to_pylist()),
        statuses={
            task: {status: Counter(documents[f"{task}_status"].to_pylist())[status] for status in STATUSES}
            for task in TASKS
        },
        kinds=_by_count(sentences["kind"].to_pylist()),
        outlets=_by_count(outlet or UNKNOWN for outlet in documents["outlet"].to_pylist()),
        licences=_by_count(licence or UNKNOWN for licence in documents["licence"].to_pylist()),
        titled=documents["title"].drop_null().length(),
        located=documents["url"].drop_null().length(),
        dated=len(days),
        published=(days[0], days[-1]) if days else None,
        authors=_authors(whole["annotations"]),
    )


def _by_count(values: Iterable[str]) -> dict[str, int]:
    """How often each value stands, the most frequent first, equal ones by name."""
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _outer_entities(entities: pa.ChunkedArray) -> int:
    """Entities that lie in no other one of their document (lists are sorted by start, longer ones first)."""
    owners = pc.list_parent_indices(entities).to_pylist()
    flat = pc.list_flatten(entities)
    ends = pc.struct_field(flat, "end").to_pylist()
    count, previous, reach = 0, -1, -1
    for owner, end in zip(owners, ends, strict=True):
        if owner != previous or end > reach:
            count += 1
            reach = end
        previous = owner
    return count


def _authors(annotations: pa.Table) -> tuple[AuthorFigures, ...]:
    """The layers that have annotations, by task, kind and round."""
    keys = ["task", "layer_kind", "author", "author_version", "round", "layer_id"]
    rows = annotations.group_by(keys).aggregate([("annotation_id", "count"), ("doc_id", "count_distinct")])
    return tuple(
        AuthorFigures(
            row["task"], row["layer_kind"], row["author"], row["author_version"], row["round"],
            row["annotation_id_count"], row["doc_id_count_distinct"],
        )
        for row in rows.sort_by([(key, "ascending") for key in keys]).to_pylist()
    )

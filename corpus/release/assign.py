"""What a release says of each document beyond its own text: its split, its cluster, its story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from corpus.release.choose import choose_layers, current_annotations
from corpus.release.history import Earlier, Place
from corpus.release.source import CorpusTables
from corpus.release.splits import Member, SplitPlan, plan_splits

_RELATIONS = ("cluster_id", "story_id")


def assign(
    documents: pa.Table, tables: CorpusTables, earlier: Earlier, shares: Mapping[str, float]
) -> tuple[pa.Table, SplitPlan]:
    """The documents that can be released, with the relations to say of them, and their splits.

    Splits are balanced by main topic and outlet. What a release once said of a document stays: its split, and the
    cluster and story it was given. So that growth is never a change, a new document takes over the ids under which
    its relatives were published.
    """
    sources: dict[str, list[str]] = defaultdict(list)
    for doc, source in zip(*(tables.sightings[name].to_pylist() for name in ("doc_id", "source_id")), strict=True):
        sources[doc].append(source)
    topics = main_topics(tables)
    columns = (documents[name].to_pylist() for name in ("doc_id", *_RELATIONS, "outlet"))
    members = []
    places: list[Place | None] = []
    for doc, cluster, story, outlet in zip(*columns, strict=True):
        strata = [("topic", topics[doc])] if doc in topics else []
        strata += [("outlet", outlet)] if outlet else []
        members.append(Member(doc, cluster, story, earlier.splits_of(doc, sources[doc]), tuple(strata)))
        places.append(earlier.place_of(doc, sources[doc]))
    plan = plan_splits(members, shares)
    for name in _RELATIONS:
        values = pa.array(_relations(documents[name].to_pylist(), places, name), pa.string())
        documents = documents.set_column(documents.column_names.index(name), name, values)
    held_out = pa.array(sorted(plan.held_out), pa.string())
    return documents.filter(pc.invert(pc.is_in(documents["doc_id"], value_set=held_out))), plan


def main_topics(tables: CorpusTables) -> dict[str, str]:
    """The first topic of each document that has one, from the layer that speaks for it."""
    rows = current_annotations(tables, "topics")
    chosen = choose_layers(tables, "topics", rows)
    best: dict[str, tuple[int, str]] = {}
    columns = (rows[name].to_pylist() for name in ("doc_id", "layer_id", "rank", "label"))
    for doc, layer, rank, label in zip(*columns, strict=True):
        if doc in chosen and chosen[doc].layer_id == layer:
            best[doc] = min(best.get(doc, (rank, label)), (rank, label))
    return {doc: label for doc, (_, label) in best.items()}


def _relations(now: Sequence[str | None], places: Sequence[Place | None], name: str) -> list[str | None]:
    """The id that each document is published with: the one it had; else one that a relative of it had; else its own."""
    before = [getattr(place, name) if place else None for place in places]
    had: dict[str | None, set[str]] = defaultdict(set)
    for value, published in zip(now, before, strict=True):
        if published is not None:
            had[value].add(published)
    common = {value: value if value in ids else min(ids) for value, ids in had.items()}
    return [published or common.get(value, value) for value, published in zip(now, before, strict=True)]

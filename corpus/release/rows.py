"""The rows of a release, from the corpus's tables: documents, sentences, and every annotation of every layer.

Offsets of a whole corpus are worked on at once, in one coordinate system: each document's text begins at a base of
its own (the sum of the lengths before it), so that sorting and searching need no loop over documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.release.choose import NOTHING, Choice, choose_layers, current_annotations
from corpus.release.source import CorpusTables
from corpus.release.tagging import Offsets, split_at, tag_names, tag_tokens
from corpus.segment.tokens import token_ranges
from schemas.tables import RELEASE_ANNOTATIONS, RELEASE_DOCUMENTS, RELEASE_SENTENCES, TASKS

Places = NDArray[np.int64]

SORTED_BY: Mapping[str, tuple[str, ...]] = {
    "documents": ("doc_id",),
    "sentences": ("doc_id", "position"),
    "annotations": ("doc_id", "layer_id", "start", "end", "rank", "annotation_id"),
}
KEYS: Mapping[str, str] = {"documents": "doc_id", "sentences": "sentence_id", "annotations": "annotation_id"}
META = ("source_id", "url", "outlet", "published", "licence", "byline", "agency", "place")


@dataclass(frozen=True, slots=True)
class ReleaseRows:
    """The three tables, sorted as `SORTED_BY` says, and what they leave out.

    `crossing` counts entities of documents that lie in no one sentence; `disputed` counts, for each task, documents
    whose annotators differ without adjudication.
    """

    tables: Mapping[str, pa.Table]
    crossing: int
    disputed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Texts:
    """Documents in order: their texts, and the base of each in the common coordinate system."""

    ids: pa.Array
    texts: Sequence[str]
    bases: Offsets

    def places(self, doc_ids: pa.ChunkedArray) -> Places:
        """The place of each document named; -1 for one that is not here."""
        return _places(doc_ids, self.ids)


def release_documents(tables: CorpusTables, clusters: Mapping[str, tuple[str, str | None]]) -> pa.Table:
    """The documents that may be released, sorted by id, with what is known of each apart from annotations.

    A text found on several pages shows the metadata of the first of them, as that source says it now. `clusters` gives
    (cluster_id, story_id) of a document; one that it does not name is alone in a cluster.
    """
    seen = _sources(tables.sightings)
    documents = tables.documents.filter(pc.is_null(tables.documents["drop_reason"])).sort_by("doc_id")
    documents = documents.filter(pc.is_in(documents["doc_id"], value_set=seen["doc_id"].combine_chunks()))
    shown = pc.index_in(documents["doc_id"], value_set=seen["doc_id"].combine_chunks())  # of several the first
    sightings = tables.sightings.take(seen["place_max"].take(shown))
    counts = np.bincount(_places(seen["doc_id"], documents["doc_id"].combine_chunks()) + 1)[1:]
    names = documents["doc_id"].to_pylist()
    sources = sightings["source_id"].to_pylist()
    pairs = [clusters.get(name, (source, None)) for name, source in zip(names, sources, strict=True)]
    return pa.table(
        {
            "doc_id": documents["doc_id"],
            "cluster_id": pa.array([cluster for cluster, _ in pairs], pa.string()),
            "story_id": pa.array([story for _, story in pairs], pa.string()),
            "title": documents["title"],
            "text": documents["text"],
            **{name: sightings[name] for name in META},
            "sightings": pa.array(counts, pa.int32()),
        }
    )


def _sources(sightings: pa.Table) -> pa.Table:
    """Each (document, source) once, in the order of first sight, with the `place_max` of its newest sighting."""
    keyed = pa.table(
        {
            "doc_id": sightings["doc_id"],
            "source_id": sightings["source_id"],
            "place": pa.array(np.arange(sightings.num_rows)),
        }
    )
    pairs = keyed.group_by(["doc_id", "source_id"], use_threads=False)
    return pairs.aggregate([("place", "min"), ("place", "max")]).sort_by("place_min")


def build_rows(tables: CorpusTables, documents: pa.Table, labels: Sequence[str]) -> ReleaseRows:
    """All rows for `documents`, which come from `release_documents`; `labels` is the inventory of entities."""
    texts = documents["text"].to_pylist()
    lengths = np.array([len(text) + 1 for text in texts], dtype=np.int64)
    corpus = _Texts(documents["doc_id"].combine_chunks(), texts, np.cumsum(lengths) - lengths)
    names: list[str] = corpus.ids.to_pylist()
    best: dict[str, pa.Table] = {}
    statuses: dict[str, pa.Array] = {}
    disputed: dict[str, int] = {}
    for task in TASKS:
        rows = current_annotations(tables, task)
        chosen = choose_layers(tables, task, rows)
        choices = [chosen.get(name, NOTHING) for name in names]
        best[task] = _of_chosen(corpus, rows, choices, tables.layers)
        statuses[task] = pa.array([choice.status for choice in choices], pa.string())
        disputed[task] = sum(choice.disputed for choice in choices)
    status_columns = {f"{task}_status": statuses[task] for task in TASKS}
    sentences, entities = best["sentences"], best["entities"]
    topics = _lists(best["topics"]["label"].combine_chunks(), _place(best["topics"]), len(names))
    document_rows = documents.append_column(
        "sentences", _lists(_struct(sentences, ("start", "end", "kind")), _place(sentences), len(names))
    ).append_column(
        "entities", _lists(_struct(entities, _ENTITY_FIELDS), _place(entities), len(names))
    ).append_column("topics", topics)
    for name, column in status_columns.items():
        document_rows = document_rows.append_column(name, column)
    document_rows = document_rows.select(RELEASE_DOCUMENTS.names).cast(RELEASE_DOCUMENTS)
    sentence_rows, crossing = _sentence_rows(corpus, document_rows, sentences, entities, labels)
    return ReleaseRows(
        {
            "documents": document_rows,
            "sentences": sentence_rows,
            "annotations": _annotation_rows(tables, corpus),
        },
        crossing,
        disputed,
    )


def of_documents(rows: pa.Table, doc_ids: pa.Array) -> pa.Table:
    """The rows of some documents, in the same order."""
    return rows.filter(pc.is_in(rows["doc_id"], value_set=doc_ids))


_INHERITED = frozenset(("doc_id", "topics", *META, *(f"{task}_status" for task in TASKS)))
_ENTITY_FIELDS = ("start", "end", "label", "surface", "score", "value")


def _places(values: pa.ChunkedArray, among: pa.Array) -> Places:
    found = pc.index_in(values, value_set=among)
    return np.asarray(pc.fill_null(found, -1).to_numpy()).astype(np.int64)


def _numbers(rows: pa.Table, name: str) -> Offsets:
    return np.asarray(rows[name].to_numpy()).astype(np.int64)


def _place(rows: pa.Table) -> Places:
    return _numbers(rows, "place")


def _of_chosen(corpus: _Texts, rows: pa.Table, choices: Sequence[Choice], layers: pa.Table) -> pa.Table:
    """The annotations of the chosen layers, with the `place` of their document, sorted by document and range (or
    rank)."""
    layer_ids = layers["layer_id"].combine_chunks()
    chosen = _places(pa.chunked_array([pa.array([choice.layer_id for choice in choices], pa.string())]), layer_ids)
    chosen = np.where([choice.layer_id is None for choice in choices], -2, chosen) if choices else chosen
    place = corpus.places(rows["doc_id"])
    kept = place >= 0
    kept[kept] = chosen[place[kept]] == _places(rows["layer_id"], layer_ids)[kept]
    rows = rows.filter(pa.array(kept)).append_column("place", pa.array(place[kept]))
    if "rank" in rows.column_names:
        return rows.sort_by([("place", "ascending"), ("rank", "ascending"), ("label", "ascending")])
    return rows.sort_by([("place", "ascending"), ("start", "ascending"), ("end", "descending"), ("label", "ascending")])


def _lists(values: pa.Array, owners: Places, count: int) -> pa.ListArray:
    """For each owner from 0 to `count` the list of its values; `owners` is sorted."""
    offsets = np.searchsorted(owners, np.arange(count + 1))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _struct(rows: pa.Table, names: Sequence[str]) -> pa.StructArray:
    return pa.StructArray.from_arrays([rows[name].combine_chunks() for name in names], list(names))


def _sentence_rows(
    corpus: _Texts, documents: pa.Table, sentences: pa.Table, entities: pa.Table, labels: Sequence[str]
) -> tuple[pa.Table, int]:
    """The rows of the config `sentences`, and how many entities cross a sentence's end."""
    owner = _place(sentences)
    starts, ends = _numbers(sentences, "start"), _numbers(sentences, "end")
    base = corpus.bases[owner]
    tokens, token_starts, token_ends, token_owner = _tokens(corpus, base + starts, base + ends)
    entity_starts = corpus.bases[_place(entities)] + _numbers(entities, "start")
    entity_ends = corpus.bases[_place(entities)] + _numbers(entities, "end")
    entity_owner = np.searchsorted(base + starts, entity_starts, side="right") - 1
    within = entity_owner >= 0
    within[within] = entity_ends[within] <= (base + ends)[entity_owner[within]]
    inside = entities.filter(pa.array(within))
    entity_owner, entity_starts, entity_ends = entity_owner[within], entity_starts[within], entity_ends[within]
    label_codes = _places(inside["label"], pa.array(list(labels), pa.string()))
    known = label_codes >= 0
    tags = tag_tokens(token_starts, token_ends, entity_starts[known], entity_ends[known], label_codes[known])
    shift = (base + starts)[entity_owner]
    relative = {"start": pa.array(entity_starts - shift, pa.int32()), "end": pa.array(entity_ends - shift, pa.int32())}
    for name, column in relative.items():
        inside = inside.set_column(inside.column_names.index(name), name, column)
    count = sentences.num_rows
    tag_column = pa.array(tag_names(labels), pa.string()).take(pa.array(tags))
    token_shift = (base + starts)[token_owner]
    position = np.arange(count) - np.searchsorted(owner, owner)
    ids = corpus.ids.to_pylist()
    inherited = documents.select([name for name in RELEASE_SENTENCES.names if name in _INHERITED]).take(pa.array(owner))
    columns = {
        **{name: inherited[name] for name in inherited.column_names},
        "sentence_id": pa.array(
            [f"{ids[doc]}-{number}" for doc, number in zip(owner.tolist(), position.tolist(), strict=True)], pa.string()
        ),
        "position": pa.array(position, pa.int32()),
        "kind": sentences["kind"],
        "text": pa.array(
            [corpus.texts[doc][start:end] for doc, start, end in zip(
                owner.tolist(), starts.tolist(), ends.tolist(), strict=True
            )], pa.string()
        ),
        "start": pa.array(starts, pa.int32()),
        "tokens": _lists(tokens, token_owner, count),
        "token_starts": _lists(pa.array(token_starts - token_shift, pa.int32()), token_owner, count),
        "token_ends": _lists(pa.array(token_ends - token_shift, pa.int32()), token_owner, count),
        "ner_tags": _lists(tag_column, token_owner, count),
        "entities": _lists(_struct(inside, _ENTITY_FIELDS), entity_owner, count),
    }
    table = pa.table({name: columns[name] for name in RELEASE_SENTENCES.names})
    return table.cast(RELEASE_SENTENCES), int(len(within) - within.sum())


def _tokens(corpus: _Texts, starts: Offsets, ends: Offsets) -> tuple[pa.StringArray, Offsets, Offsets, Places]:
    """Tokens of all texts with their ranges (common coordinates) and the sentence that each lies in."""
    found = token_ranges(corpus.texts)
    bases = np.repeat(corpus.bases, found.counts)
    token_starts, token_ends, owner = split_at(found.starts + bases, found.ends + bases, starts, ends)
    return _slices(corpus.texts, token_starts, token_ends), token_starts, token_ends, owner


def _slices(texts: Sequence[str], starts: Offsets, ends: Offsets) -> pa.StringArray:
    """The words of sorted, disjoint ranges in common coordinates, cut from the texts' bytes all at once."""
    joined = np.frombuffer("\n".join([*texts, ""]).encode(), dtype=np.uint8)
    byte_of = np.append(np.flatnonzero((joined & 0xC0) != 0x80), len(joined))  # of each code point its first byte
    first, last = byte_of[starts], byte_of[ends]
    edges = np.zeros(len(joined) + 1, dtype=np.int8)
    edges[first] += 1
    edges[last] -= 1
    words = joined[np.cumsum(edges[:-1], dtype=np.int8) > 0]
    offsets = np.concatenate(([0], np.cumsum(last - first)))
    written = pa.LargeStringArray.from_buffers(len(first), pa.py_buffer(offsets), pa.py_buffer(words))
    return written.cast(pa.string())


def _annotation_rows(tables: CorpusTables, corpus: _Texts) -> pa.Table:
    """A row for every annotation of every layer, superseded ones too, with its author."""
    spans = tables.spans.set_column(
        tables.spans.column_names.index("label"),
        "label",
        pc.coalesce(tables.spans["kind"], tables.spans["label"]),
    )
    schema = RELEASE_ANNOTATIONS
    wanted = [name for name in schema.names if name in {*spans.column_names, *tables.topics.column_names}]
    parts = []
    for rows in (spans, tables.topics):
        rows = rows.filter(pc.is_in(rows["doc_id"], value_set=corpus.ids))
        parts.append(
            pa.table(
                {
                    name: rows[name] if name in rows.column_names else _absent(schema.field(name), rows.num_rows)
                    for name in wanted
                }
            ).cast(pa.schema([schema.field(name) for name in wanted]))
        )
    rows = pa.concat_tables(parts)
    layer = _places(rows["layer_id"], tables.layers["layer_id"].combine_chunks())
    rows, layer = rows.filter(pa.array(layer >= 0)), layer[layer >= 0]
    layers = tables.layers.take(pa.array(layer))
    for name, column in (
        ("task", "task"),
        ("layer_kind", "kind"),
        ("author", "producer"),
        ("author_version", "producer_version"),
        ("round", "round"),
    ):
        rows = rows.append_column(name, layers[column])
    rows = rows.select(schema.names).cast(schema)
    return rows.sort_by([(name, "ascending") for name in SORTED_BY["annotations"]])


def _absent(field: pa.Field, count: int) -> pa.Array:
    """What a span or topic has no value for: nothing, or an empty list of parents."""
    if pa.types.is_list(field.type):
        return pa.array([[]] * count, field.type)
    return pa.nulls(count, field.type)

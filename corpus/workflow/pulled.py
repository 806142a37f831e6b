"""Revisions that were pulled, as rows of the tables `layers`, `spans`, `topics` and `judgments`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from annotation.imports.match import DocumentIndex
from annotation.labelstudio.revisions import TASKS, Revision
from annotation.layers import SENTENCE_LABEL, Layer
from corpus.ids import annotation_id
from schemas.tables import JUDGMENTS, LAYERS, SPANS, TOPICS

TABLES: Final = ("layers", "spans", "topics", "judgments")
_SCHEMAS: Final = dict(zip(TABLES, (LAYERS, SPANS, TOPICS, JUDGMENTS), strict=True))

Mark = tuple[str, str, int, int, str]
"""Document, task, start, end, and kind or label."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A revision with whose it is and on what."""

    doc_id: str
    annotator: str
    revision: Revision


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms layers were made: see `annotation.layers.Layer`. `made_from` has the parent layer of each task.

    `said` has the ids of annotations that say the same: what an adjudicator chose comes from them.
    """

    kind: str
    version: str
    ontology: str
    round: int
    made_from: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[Mark, Sequence[str]] = field(default_factory=dict)

    def layer(self, task: str, annotator: str) -> Layer:
        """An annotator's layer of a task."""
        return Layer(
            task, self.kind, annotator, self.version, self.ontology, self.made_from.get(task), self.round
        )


def pulled_rows(
    additions: Sequence[Addition], index: DocumentIndex, spans: pa.Table, terms: Terms
) -> dict[str, pa.Table]:
    """The rows of revisions, by table. `spans` are the corpus's, among which are the suggestions."""
    docs = pa.array(sorted({one.doc_id for one in additions}), pa.string())
    shown = spans.filter(pc.is_in(spans["doc_id"], value_set=docs))["annotation_id"]
    suggested = frozenset(shown.to_pylist())
    columns: dict[str, dict[str, list[object]]] = {
        table: {name: [] for name in schema.names} for table, schema in _SCHEMAS.items()
    }
    layers: dict[str, Mapping[str, str]] = {}
    for one in additions:
        if one.annotator not in layers:
            layers[one.annotator] = _add_layers(columns["layers"], one.annotator, terms)
        ids = layers[one.annotator]
        document = index.by_id(one.doc_id)
        text = document.text if document else ""
        _add_judgments(columns["judgments"], one, ids)
        _add_spans(columns["spans"], one, ids, text, suggested, terms)
        _add_topics(columns["topics"], one, ids["topics"])
    return {table: pa.table(columns[table], schema) for table, schema in _SCHEMAS.items()}


def _append(columns: Mapping[str, list[object]], values: Iterable[object]) -> None:
    for column, value in zip(columns.values(), values, strict=True):
        column.append(value)


def _add_layers(columns: Mapping[str, list[object]], annotator: str, terms: Terms) -> Mapping[str, str]:
    ids = {}
    for task in TASKS:
        layer = terms.layer(task, annotator)
        ids[task] = layer.layer_id
        _append(
            columns,
            (layer.layer_id, task, layer.kind, annotator, layer.producer_version, layer.ontology_version,
             layer.parent_layer, layer.round),
        )  # fmt: skip
    return ids


def _add_judgments(columns: Mapping[str, list[object]], one: Addition, ids: Mapping[str, str]) -> None:
    did = one.revision.submission
    for task in TASKS:
        status = one.revision.status(task)
        if did is None:
            told: tuple[object, ...] = (None, None, None, None, None)
        else:
            saw = did.saw_sentences if task == "sentences" else did.saw_entities
            told = (did.seconds, did.submitted_at or None, saw, did.result.problem, did.result.comment)
        _append(columns, (one.doc_id, ids[task], one.annotator, one.revision.number, status, *told))


def _add_spans(
    columns: Mapping[str, list[object]],
    one: Addition,
    ids: Mapping[str, str],
    text: str,
    suggested: frozenset[str],
    terms: Terms,
) -> None:
    result, doc, number = one.revision.result, one.doc_id, one.revision.number
    for task, marked in (("sentences", result.sentences), ("entities", result.entities)):
        if not marked:
            continue
        layer, times = ids[task], len(marked)
        starts, ends, names = ([getattr(span, name) for span in marked] for name in ("start", "end", "label"))
        labels = [SENTENCE_LABEL] * times if task == "sentences" else names
        places = list(zip(starts, ends, labels, strict=True))
        made_from: Sequence[Sequence[str]] = [
            [span.region] if span.from_prediction and span.region in suggested else [] for span in marked
        ]
        if terms.said:
            said = (terms.said.get((doc, task, span.start, span.end, span.label), ()) for span in marked)
            made_from = [sorted({*first, *others}) for first, others in zip(made_from, said, strict=True)]
        values: tuple[Sequence[object], ...] = (
            [annotation_id(layer, doc, number, *place) for place in places],
            [doc] * times, [layer] * times, starts, ends, labels,
            names if task == "sentences" else [None] * times,
            [text[start:end] for start, end, _ in places],
            [1.0] * times, [one.annotator] * times, [None] * times, made_from,
        )  # fmt: skip
        for column, its in zip(columns.values(), values, strict=True):
            column.extend(its)


def _add_topics(columns: Mapping[str, list[object]], one: Addition, layer: str) -> None:
    for rank, label in enumerate(one.revision.result.topics):
        key = annotation_id(layer, one.doc_id, one.revision.number, -1, -1, label)
        _append(columns, (key, one.doc_id, layer, label, rank, 1.0))

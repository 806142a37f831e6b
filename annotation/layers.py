"""Layers: who says what about which documents. Rows of the tables `layers`, `spans`, `topics` and `judgments`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from annotation.preannotate.protocol import Article
from annotation.preannotate.registry import Annotated, Preannotation
from corpus import ids
from corpus.span import Entity, Sentence, Topic
from schemas.tables import JUDGMENTS, LAYERS, SPANS, TOPICS

SENTENCE_LABEL = "sentence"


@dataclass(frozen=True, slots=True)
class Layer:
    """One producer's work on one task on stated terms. `round` is 0 for machines."""

    task: str
    kind: str
    producer: str
    producer_version: str
    ontology_version: str
    parent_layer: str | None = None
    round: int = 0

    @property
    def layer_id(self) -> str:
        """Hash of all of the above."""
        return ids.layer_id(
            self.task,
            self.kind,
            self.producer,
            self.producer_version,
            self.ontology_version,
            self.parent_layer or "",
            self.round,
        )


@dataclass(frozen=True, slots=True)
class Judgment:
    """That somebody looked at a document: `status` is one of `schemas.tables.JUDGMENT_STATUSES`."""

    doc_id: str
    layer: Layer
    annotator: str
    revision: int = 1
    status: str = "submitted"
    seconds: float | None = None
    submitted_at: str | None = None
    saw_predictions: bool | None = None
    problem: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class LayerRows:
    """Tables of the same names, each with its declared columns."""

    layers: pa.Table
    spans: pa.Table
    topics: pa.Table
    judgments: pa.Table


@dataclass(slots=True)
class LayerBuilder:
    """Gathers rows; `build` gives the tables.

    `revision` (from 1) is an annotator's nth version of a document; annotation ids differ with it, so that the versions
    stay apart in the tables.
    """

    _layers: dict[str, Layer] = field(default_factory=dict)
    _spans: dict[str, list[object]] = field(default_factory=lambda: {name: [] for name in SPANS.names})
    _topics: dict[str, list[object]] = field(default_factory=lambda: {name: [] for name in TOPICS.names})
    _judgments: list[Judgment] = field(default_factory=list)

    def add_layer(self, layer: Layer) -> None:
        """Note that the layer exists, even if it says nothing."""
        self._layers[layer.layer_id] = layer

    def add_sentences(
        self, layer: Layer, doc_id: str, text: str, sentences: Sequence[Sentence], revision: int = 1
    ) -> None:
        """The sentences of a document."""
        for one in sentences:
            found = Entity(one.start, one.end, SENTENCE_LABEL, producer=layer.producer)
            self._span(layer, doc_id, text, found, one.kind, revision)

    def add_entities(
        self, layer: Layer, doc_id: str, text: str, entities: Sequence[Entity], revision: int = 1
    ) -> None:
        """The entities of a document."""
        for one in entities:
            self._span(layer, doc_id, text, one, None, revision)

    def add_topics(self, layer: Layer, doc_id: str, topics: Sequence[Topic], revision: int = 1) -> None:
        """The topics of a document."""
        self.add_layer(layer)
        for one in topics:
            annotation = ids.annotation_id(layer.layer_id, doc_id, revision, -1, -1, one.label)
            values = (annotation, doc_id, layer.layer_id, one.label, one.rank, one.score)
            for name, value in zip(TOPICS.names, values, strict=True):
                self._topics[name].append(value)

    def add_judgment(self, judgment: Judgment) -> None:
        """That somebody looked."""
        self.add_layer(judgment.layer)
        self._judgments.append(judgment)

    def _span(self, layer: Layer, doc_id: str, text: str, one: Entity, kind: str | None, revision: int) -> None:
        self.add_layer(layer)
        annotation = ids.annotation_id(layer.layer_id, doc_id, revision, one.start, one.end, one.label)
        surface = text[one.start : one.end]
        producer = one.producer or layer.producer
        values: tuple[object, ...] = (
            annotation, doc_id, layer.layer_id, one.start, one.end, one.label, kind, surface, one.score, producer,
            one.value, [],
        )  # fmt: skip
        for name, value in zip(SPANS.names, values, strict=True):
            self._spans[name].append(value)

    def build(self) -> LayerRows:
        """The tables."""
        layers = [
            {
                "layer_id": key,
                "task": layer.task,
                "kind": layer.kind,
                "producer": layer.producer,
                "producer_version": layer.producer_version,
                "ontology_version": layer.ontology_version,
                "parent_layer": layer.parent_layer,
                "round": layer.round,
            }
            for key, layer in self._layers.items()
        ]
        judgments = [
            {
                "doc_id": one.doc_id,
                "layer_id": one.layer.layer_id,
                "annotator": one.annotator,
                "revision": one.revision,
                "status": one.status,
                "seconds": one.seconds,
                "submitted_at": one.submitted_at,
                "saw_predictions": one.saw_predictions,
                "problem": one.problem,
                "comment": one.comment,
            }
            for one in self._judgments
        ]
        return LayerRows(
            pa.Table.from_pylist(layers, LAYERS),
            pa.table(self._spans, SPANS),
            pa.table(self._topics, TOPICS),
            pa.Table.from_pylist(judgments, JUDGMENTS),
        )


def prediction_rows(
    doc_ids: Sequence[str],
    articles: Sequence[Article],
    annotated: Sequence[Annotated],
    preannotation: Preannotation,
    policy_version: str,
) -> LayerRows:
    """The three prediction layers of a batch of documents."""
    builder = LayerBuilder()
    ontology = preannotation.ontology_version
    sentences = Layer("sentences", "prediction", "rules", policy_version, ontology)
    entities = Layer("entities", "prediction", *preannotation.entity_producer, ontology)
    topics = Layer("topics", "prediction", *preannotation.topic_producer, ontology)
    for layer in (sentences, entities, topics):
        builder.add_layer(layer)
    for doc_id, article, found in zip(doc_ids, articles, annotated, strict=True):
        builder.add_sentences(sentences, doc_id, article.text, article.sentences)
        builder.add_entities(entities, doc_id, article.text, found.entities)
        builder.add_topics(topics, doc_id, found.topics)
    return builder.build()

"""Layers: the rows that say who says what about which documents."""

from __future__ import annotations

from dataclasses import fields, replace

from annotation.layers import Judgment, Layer, LayerBuilder
from corpus.ids import annotation_id
from corpus.span import Entity, Sentence, Topic
from schemas.tables import JUDGMENT_STATUSES, JUDGMENTS, LAYER_KINDS, LAYERS, SPANS, TASKS, TOPICS

TEXT = "زارت سلمى مصر"
LAYER = Layer("entities", "gold", "annotator-1", "f00", "news-1.0.0", None, 1)


def test_a_layer_is_another_one_if_anything_is() -> None:
    changed = [
        replace(LAYER, task="topics"),
        replace(LAYER, kind="annotation"),
        replace(LAYER, producer="annotator-2"),
        replace(LAYER, producer_version="f01"),
        replace(LAYER, ontology_version="news-2.0.0"),
        replace(LAYER, parent_layer="p"),
        replace(LAYER, round=2),
    ]
    assert len(changed) == len(fields(Layer))
    assert len({LAYER.layer_id, *(layer.layer_id for layer in changed)}) == 1 + len(changed)


def test_nothing_gives_empty_tables() -> None:
    rows = LayerBuilder().build()
    assert (rows.layers.schema, rows.spans.schema) == (LAYERS, SPANS)
    assert (rows.topics.schema, rows.judgments.schema) == (TOPICS, JUDGMENTS)
    assert rows.layers.num_rows == rows.spans.num_rows == rows.topics.num_rows == rows.judgments.num_rows == 0


def test_a_layer_that_says_nothing_is_there() -> None:
    builder = LayerBuilder()
    builder.add_layer(LAYER)
    builder.add_entities(LAYER, "d", TEXT, [])
    assert builder.build().layers.to_pylist() == [
        {"layer_id": LAYER.layer_id, "task": "entities", "kind": "gold", "producer": "annotator-1",
         "producer_version": "f00", "ontology_version": "news-1.0.0", "parent_layer": None, "round": 1}
    ]  # fmt: skip


def test_spans_say_their_words_and_who_found_them() -> None:
    builder = LayerBuilder()
    rules = replace(LAYER, kind="prediction", producer="rules+model", round=0)
    builder.add_entities(rules, "d", TEXT, [Entity(5, 9, "PERS", 0.5, "model"), Entity(10, 13, "GPE", value="EG")])
    builder.add_sentences(replace(rules, task="sentences"), "d", TEXT, [Sentence(0, 13, "title")])
    rows = builder.build().spans.to_pylist()
    assert [row["annotation_id"] for row in rows[:2]] == [
        annotation_id(rules.layer_id, "d", 1, 5, 9, "PERS"),
        annotation_id(rules.layer_id, "d", 1, 10, 13, "GPE"),
    ]
    shown = [
        (row["surface"], row["label"], row["kind"], row["score"], row["producer"], row["value"], row["parents"])
        for row in rows
    ]
    assert shown == [
        ("سلمى", "PERS", None, 0.5, "model", None, []),
        ("مصر", "GPE", None, 1.0, "rules+model", "EG", []),
        (TEXT, "sentence", "title", 1.0, "rules+model", None, []),
    ]


def test_topics_have_ranks() -> None:
    builder = LayerBuilder()
    layer = replace(LAYER, task="topics")
    builder.add_topics(layer, "d", [Topic("sport", 0, 0.75), Topic("weather", 1, 0.25)])
    rows = builder.build().topics
    assert rows.select(["doc_id", "label", "rank", "score"]).to_pylist() == [
        {"doc_id": "d", "label": "sport", "rank": 0, "score": 0.75},
        {"doc_id": "d", "label": "weather", "rank": 1, "score": 0.25},
    ]
    assert len(set(rows["annotation_id"].to_pylist())) == 2


def test_a_judgment_says_that_somebody_looked_even_if_nothing_was_found() -> None:
    builder = LayerBuilder()
    builder.add_judgment(Judgment("d", LAYER, "annotator-1", seconds=12.5, saw_predictions=True, comment="تعليق"))
    rows = builder.build()
    assert rows.layers["layer_id"].to_pylist() == [LAYER.layer_id]
    assert rows.judgments.to_pylist() == [
        {"doc_id": "d", "layer_id": LAYER.layer_id, "annotator": "annotator-1", "revision": 1, "status": "submitted",
         "seconds": 12.5, "submitted_at": None, "saw_predictions": True, "problem": None, "comment": "تعليق"}
    ]  # fmt: skip


def test_the_words_used_here_are_those_of_the_tables() -> None:
    assert LAYER.task in TASKS
    assert LAYER.kind in LAYER_KINDS
    assert Judgment("d", LAYER, "a").status in JUDGMENT_STATUSES

"""Which work counts: the latest, finished, of documents that are still there."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from annotation.judged import Judged, read_predictions, read_work
from annotation.layers import Judgment, Layer
from annotation.notation import NotedArticle
from corpus.ids import doc_id
from corpus.release.source import CorpusTables
from corpus.span import Entity
from tests.annotation.simulated import Simulation

ARTICLE = NotedArticle("a.txt", "زار وفد من فاس مدينة وجدة", (), ())
FAS, WAJDA = Entity(11, 14, "GPE"), Entity(21, 25, "GPE")
DOC = doc_id(ARTICLE.text)


def said(judged: Judged) -> dict[str, list[str]]:
    """The words that each annotator marked."""
    words = judged.rows["surface"].to_pylist()
    return {work.annotator: words[its] for work, its in judged.bounds()}


def test_finished_work_counts_even_if_it_says_nothing() -> None:
    simulation = Simulation.of([ARTICLE])
    simulation.add(replace(ARTICLE, entities=(FAS,)), "one")
    simulation.add(ARTICLE, "two")
    assert said(read_work(simulation.tables(), "entities")) == {"one": ["فاس"], "two": []}


def test_skipped_drafted_and_deleted_work_does_not() -> None:
    simulation = Simulation.of([ARTICLE])
    for status in ("skipped", "draft", "deleted"):
        simulation.add(replace(ARTICLE, entities=(FAS,)), status, status=status)
    assert said(read_work(simulation.tables(), "entities")) == {}


def test_the_latest_revision_counts() -> None:
    simulation = Simulation.of([ARTICLE])
    simulation.add(replace(ARTICLE, entities=(FAS,)), "one", tasks=["entities"])
    layer = Layer("entities", "annotation", "one", "1", "1.0.0", None, 1)
    simulation.builder.add_judgment(Judgment(DOC, layer, "one", 2))
    simulation.builder.add_entities(layer, DOC, ARTICLE.text, [WAJDA], 2)
    assert said(read_work(simulation.tables(), "entities")) == {"one": ["وجدة"]}


def test_a_deletion_takes_the_work_away() -> None:
    simulation = Simulation.of([ARTICLE])
    simulation.add(replace(ARTICLE, entities=(FAS,)), "one", tasks=["entities"])
    layer = Layer("entities", "annotation", "one", "1", "1.0.0", None, 1)
    simulation.builder.add_judgment(Judgment(DOC, layer, "one", 2, "deleted"))
    assert said(read_work(simulation.tables(), "entities")) == {}


def test_a_later_round_counts_and_an_earlier_one_can_be_asked_for() -> None:
    simulation = Simulation.of([ARTICLE])
    simulation.add(replace(ARTICLE, entities=(WAJDA,)), "one", round_=2)
    simulation.add(replace(ARTICLE, entities=(FAS,)), "one", round_=1)
    tables = simulation.tables()
    assert said(read_work(tables, "entities")) == {"one": ["وجدة"]}
    assert said(read_work(tables, "entities", round_=1)) == {"one": ["فاس"]}


def test_documents_that_left_the_corpus_do_not_count() -> None:
    simulation = Simulation.of([])
    simulation.add(ARTICLE, "one")
    assert read_work(simulation.tables(), "entities").works == ()


def test_rows_are_in_reading_order_longer_ones_first() -> None:
    simulation = Simulation.of([ARTICLE])
    outer = Entity(15, 25, "LOC")
    simulation.add(replace(ARTICLE, entities=(WAJDA, outer, FAS)), "one")
    assert said(read_work(simulation.tables(), "entities")) == {"one": ["فاس", "مدينة وجدة", "وجدة"]}


def tables_with_predictions() -> CorpusTables:
    """Two models' predictions and one annotator."""
    simulation = Simulation.of([ARTICLE])
    simulation.add(replace(ARTICLE, entities=(FAS,)), "old", kind="prediction")
    simulation.add(replace(ARTICLE, entities=(WAJDA,)), "new", kind="prediction")
    simulation.add(ARTICLE, "one")
    return simulation.tables()


def test_the_newest_prediction_stands_beside_the_work() -> None:
    tables = tables_with_predictions()
    judged = read_work(tables, "entities")
    predictions, beside = read_predictions(tables, "entities", judged)
    assert said(predictions) == {"": ["وجدة"]}
    assert beside.tolist() == [0]


def test_the_prediction_that_the_work_was_made_from_goes_first() -> None:
    tables = tables_with_predictions()
    rows = tables.layers.to_pylist()
    old = next(row["layer_id"] for row in rows if (row["producer"], row["task"]) == ("old", "entities"))
    rows = [{**row, "parent_layer": old if row["kind"] == "annotation" else None} for row in rows]
    tables = replace(tables, layers=pa.Table.from_pylist(rows, tables.layers.schema))
    predictions, _ = read_predictions(tables, "entities", read_work(tables, "entities"))
    assert said(predictions) == {"": ["فاس"]}

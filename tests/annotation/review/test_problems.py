"""Reported problems, with the cleaning rules that they point to."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from annotation.layers import Judgment, Layer
from annotation.review.problems import Cut, reported_problems, suspects
from corpus.ids import doc_id
from corpus.release.source import CorpusTables
from schemas.tables import SIGHTINGS
from tests.annotation.simulated import Simulation, copies


def sighting(doc: str, cuts: list[tuple[str, int]]) -> dict[str, object]:
    """A page of which rules removed that many characters, and white space was tidied."""
    edits, at = [], 0
    for rule, size in [*cuts, ("whitespace", 3)]:
        edits.append({"start": at, "end": at + size, "replacement": "", "rule": rule})
        at += size + 1
    empty = dict.fromkeys(SIGHTINGS.names)
    filled = {"doc_id": doc, "source_id": f"s-{doc}", "page_id": "p", "path": "a.txt", "encoding": "utf-8"}
    return {**empty, **filled, "edits": edits, "policy_version": "1", "ucd_version": "16"}


@pytest.fixture
def tables() -> CorpusTables:
    """Six documents; of the first two text is reported missing, whose pages a rule cut that cut one other."""
    simulation = Simulation.of(copies(6))
    docs = [doc_id(article.text) for article in simulation.articles]
    for nth, article in enumerate(simulation.articles):
        problem = "text-missing" if nth < 2 else None
        simulation.add(article, "one", problem=problem, status="skipped" if nth == 1 else "submitted")
    rows = [
        sighting(docs[0], [("tag-list", 900), ("share-line", 10)]),
        sighting(docs[1], [("tag-list", 700)]),
        sighting(docs[2], [("tag-list", 5), ("share-line", 10)]),
        *(sighting(doc, [("share-line", 10)]) for doc in docs[3:]),
    ]
    return replace(simulation.tables(), sightings=pa.Table.from_pylist(rows, SIGHTINGS))


def test_a_report_names_the_rules_that_cut_most(tables: CorpusTables) -> None:
    first, second = reported_problems(tables)
    assert (first.problem, first.annotator) == ("text-missing", "one")
    assert first.cuts == (Cut("tag-list", 900), Cut("share-line", 10))
    assert second.cuts == (Cut("tag-list", 700),), "skipped work reports too"
    assert second.source_ids == (f"s-{second.doc_id}",)


def test_the_rule_that_cut_reported_articles_oftener_than_others_is_suspected(tables: CorpusTables) -> None:
    (suspect,) = suspects(tables, reported_problems(tables))
    assert (suspect.rule, suspect.reported_with_rule, suspect.reported) == ("tag-list", 2, 2)
    assert (suspect.others_with_rule, suspect.others) == (1, 4)
    assert suspect.excess == pytest.approx(0.75)


def test_a_report_that_was_taken_back_does_not_count() -> None:
    simulation = Simulation.of(copies(1))
    (article,) = simulation.articles
    simulation.add(article, "one", problem="not-article", tasks=["entities"])
    layer = Layer("entities", "annotation", "one", "1", "1.0.0", None, 1)
    simulation.builder.add_judgment(Judgment(doc_id(article.text), layer, "one", 2))
    assert reported_problems(simulation.tables()) == []


def test_no_reports_no_suspects() -> None:
    tables = Simulation.of(copies(2)).tables()
    assert suspects(tables, reported_problems(tables)) == []

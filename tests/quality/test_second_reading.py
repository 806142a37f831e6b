"""Two readers, independent of each other, agree on the sample articles; the published table says how far."""

from __future__ import annotations

from pathlib import Path

from bench.second_reading import agreement, readings, table

BENCHMARKS = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def test_the_readings_are_of_the_same_ten_articles() -> None:
    assert len(readings()) == 10
    assert all(one.source == other.source for one, other in readings())


def test_readers_agree_on_text_and_sentences() -> None:
    scores = agreement()
    assert scores["cleaning"].f1 >= 0.99
    assert scores["sentences"].f1 >= 0.99
    assert scores["entities"].f1 >= 0.95


def test_the_published_table_is_this_one() -> None:
    assert table() in BENCHMARKS.read_text("utf-8")

"""Strict and partial matches and differences of two annotators, as worked out by hand."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.agreement.compare import compare_marks, counts_by_document, f1
from annotation.agreement.marks import Marks, compare_sides
from annotation.judged import read_work
from annotation.notation import NotedArticle
from corpus.span import Entity
from tests.annotation import written
from tests.annotation.simulated import Simulation
from tests.annotation.written import CASES

HAND = tomllib.loads((CASES / "agreement" / "f1.toml").read_text("utf-8"))["case"]


def compared(text: str, first: tuple[Entity, ...], second: tuple[Entity, ...]):  # type: ignore[no-untyped-def]
    """The comparison of two annotators, with its columns."""
    article = NotedArticle("a.txt", text, (), ())
    simulation = Simulation.of([article])
    for annotator, entities in (("one", first), ("two", second)):
        simulation.add(replace(article, entities=entities), annotator, tasks=["entities"])
    sides = compare_sides(read_work(simulation.tables(), "entities"))
    marks = sides.sides[0]
    return compare_marks(*(marks.take(marks.who == who) for who in (0, 1))), sides


@pytest.mark.parametrize("case", HAND, ids=lambda case: case["name"])
def test_hand_computed(case: dict) -> None:  # type: ignore[type-arg]
    first, second = (written.entities(case["text"], case[side]) for side in ("first", "second"))
    found, sides = compared(case["text"], first, second)
    strict, partial, of_first, of_second = counts_by_document(found, sides).sum(axis=(0, 1))
    assert [strict, partial, of_first + of_second] == [case["strict"], case["partial"], case["marks"]]
    assert [float(f1(n, of_first, of_second)) for n in (strict, partial)] == pytest.approx(case["f1"])

    def label(marks: Marks, row: int) -> str:
        return sides.labels[marks.label[row]] if row >= 0 else "-"

    differences = [
        f"{one.kind} {label(found.first, one.first)} {label(found.second, one.second)}" for one in found.differences
    ]
    assert sorted(differences) == sorted(case["differences"])


TEXT = "كلمة " * 8
SPANS = st.builds(
    lambda start, length, label: Entity(start, start + length, label),
    st.integers(0, 20), st.integers(1, 15), st.sampled_from(["ORG", "GPE"]),
)  # fmt: skip
WORK = st.lists(SPANS, min_size=1, max_size=6, unique=True).map(tuple)


@given(WORK, WORK)
def test_every_mark_is_matched_or_differs_once(first: tuple[Entity, ...], second: tuple[Entity, ...]) -> None:
    found, _ = compared(TEXT, first, second)
    for nth, size in ((0, len(first)), (1, len(second))):
        rows = [int(pair[nth]) for pair in found.exact]
        rows += [row for one in found.differences if (row := (one.first, one.second)[nth]) >= 0]
        assert sorted(rows) == list(range(size))


@given(WORK, WORK)
def test_f1_is_symmetric_and_partial_is_no_less_than_strict(
    first: tuple[Entity, ...], second: tuple[Entity, ...]
) -> None:
    there, sides = compared(TEXT, first, second)
    back, other_sides = compared(TEXT, second, first)
    one = counts_by_document(there, sides).sum(axis=(0, 1))
    other = counts_by_document(back, other_sides).sum(axis=(0, 1))
    assert one[[0, 1, 3, 2]].tolist() == other.tolist()
    assert one[1] >= one[0]
    assert (one[0] == one[2] == one[3]) == (set(first) == set(second))

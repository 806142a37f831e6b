"""Edits apply, compose and go back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.edits import Alignment, Edit, EditError, apply_edits, check_edits, compose

TEXT = st.text(st.sampled_from("ab \n\N{ARABIC LETTER BEH}\N{ARABIC FATHA}\N{GRINNING FACE}"), max_size=24)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> tuple[Edit, ...]:
    """Random edits of `text`."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    found = []
    for start, end in pairwise(cuts):
        if draw(st.booleans()):
            found.append(Edit(start, end, draw(st.sampled_from(["", "", "x", "xyz"])), draw(st.sampled_from("pqr"))))
    return tuple(found)


@given(st.data(), TEXT)
def test_composed_edits_do_what_both_do(data: st.DataObject, page: str) -> None:
    first = data.draw(edits_of(page))
    middle = apply_edits(page, first)
    second = data.draw(edits_of(middle))
    both = compose(first, second, middle)
    check_edits(both, len(page))
    assert apply_edits(page, both) == apply_edits(middle, second)


@given(st.data(), TEXT)
def test_composing_is_associative(data: st.DataObject, page: str) -> None:
    first = data.draw(edits_of(page))
    one = apply_edits(page, first)
    second = data.draw(edits_of(one))
    two = apply_edits(one, second)
    third = data.draw(edits_of(two))
    left = compose(compose(first, second, one), third, two)
    right = compose(first, compose(second, third, two), one)
    assert apply_edits(page, left) == apply_edits(page, right) == apply_edits(two, third)


@given(st.data(), TEXT)
def test_a_removal_keeps_its_rule(data: st.DataObject, page: str) -> None:
    """Removals of the first step are still there, under their rule, after removals of the second."""
    first = tuple(Edit(e.start, e.end, "", f"first-{e.rule}") for e in data.draw(edits_of(page)))
    middle = apply_edits(page, first)
    second = tuple(Edit(e.start, e.end, "", f"second-{e.rule}") for e in data.draw(edits_of(middle)))
    both = compose(first, second, middle)
    for edit in first:
        assert any(other.rule == edit.rule and other.covers(edit) for other in both)
    assert not any("+" in edit.rule for edit in both)


@given(st.data(), TEXT)
def test_kept_characters_go_to_the_page_and_back(data: st.DataObject, page: str) -> None:
    edits = data.draw(edits_of(page))
    text = apply_edits(page, edits)
    alignment = Alignment(edits)
    kept = [at for at in range(len(page)) if not any(edit.start <= at < edit.end for edit in edits)]
    for at in kept:
        arrived = alignment.to_text(at, at + 1)
        assert arrived is not None and arrived[1] - arrived[0] == 1
        assert text[arrived[0]] == page[at]
        assert alignment.to_page(*arrived) == (at, at + 1)


@given(st.data(), TEXT)
def test_every_range_of_the_text_has_its_page_range(data: st.DataObject, page: str) -> None:
    edits = data.draw(edits_of(page))
    text = apply_edits(page, edits)
    alignment = Alignment(edits)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            first, last = alignment.to_page(start, end)
            assert 0 <= first < last <= len(page)
            back = alignment.to_text(first, last)
            assert back is not None and back[0] <= start and end <= back[1]


def test_an_edge_inside_a_replacement_does_not_arrive() -> None:
    alignment = Alignment([Edit(2, 6, "xy", "rule")])
    assert alignment.to_text(0, 4) is None
    assert alignment.to_text(3, 8) is None
    assert alignment.to_text(2, 6) == (2, 4)
    assert alignment.to_text(0, 2) == (0, 2)


def test_what_was_removed_at_the_edges_is_gone() -> None:
    alignment = Alignment([Edit(2, 6, "", "rule")])
    assert alignment.to_text(0, 4) == (0, 2)
    assert alignment.to_text(3, 8) == (2, 4)
    assert alignment.to_text(2, 6) is None


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(1, 1, "x", "insertion")],
        [Edit(0, 2, "", "a"), Edit(1, 3, "", "overlap")],
        [Edit(3, 4, "", "a"), Edit(0, 1, "", "unsorted")],
        [Edit(3, 9, "", "too-long")],
    ],
)
def test_wrong_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(EditError):
        check_edits(edits, 5)

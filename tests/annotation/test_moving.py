"""Annotations move from an old text of a page to a new one exactly, or not at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotation.moving import Route
from corpus.text.edits import Edit, apply_edits

PAGE = "قائمة | خبر عاجل\nقالت سلمى 😀 في طنجة إن الدخول مجاني.\nشارك المقال\nوأضافت أن المعرض يستمر أسبوعا."


@st.composite
def edits(draw: st.DrawFn) -> tuple[Edit, ...]:
    """Removals and replacements of parts of the page."""
    cuts = sorted(draw(st.lists(st.integers(0, len(PAGE)), unique=True, max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return tuple(Edit(start, end, draw(st.sampled_from(["", "", " ", "ء"])), "rule") for start, end in pairs)


@given(edits(), edits(), st.data())
def test_what_arrives_reads_the_same_and_comes_from_the_same_place(
    old: tuple[Edit, ...], new: tuple[Edit, ...], data: st.DataObject
) -> None:
    before, after = apply_edits(PAGE, old), apply_edits(PAGE, new)
    if not before:
        return
    start = data.draw(st.integers(0, len(before) - 1))
    end = data.draw(st.integers(start + 1, len(before)))
    found = Route.between(old, new, after).move(start, end, before[start:end])
    if found is not None:
        assert after[found[0] : found[1]] == before[start:end]


@given(edits(), st.data())
def test_nothing_changes_where_the_edits_are_the_same(same: tuple[Edit, ...], data: st.DataObject) -> None:
    text = apply_edits(PAGE, same)
    route = Route.between(same, same, text)
    assert route.unseen == ()
    inside = [edit for edit in same if edit.replacement]
    if text and not inside:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        assert route.move(start, end, text[start:end]) == (start, end)


def test_words_that_were_cut_do_not_arrive_and_words_that_came_are_unseen() -> None:
    menu, share = PAGE.index("قالت"), PAGE.index("شارك")
    old = (Edit(0, menu, "", "menu"),)
    new = (Edit(0, menu, "", "menu"), Edit(share, share + 12, "", "share"))
    text = apply_edits(PAGE, new)
    route = Route.between(old, new, text)
    before = apply_edits(PAGE, old)
    at = before.index("شارك")
    assert route.move(at, at + 4, "شارك") is None
    last = before.index("المعرض")
    moved = route.move(last, last + 6, "المعرض")
    assert moved is not None and text[slice(*moved)] == "المعرض"
    assert route.unseen == ()
    back = Route.between(new, old, before)
    assert ["شارك المقال" in before[one.start : one.end] for one in back.unseen] == [True]

"""Tokens: readable cases with "|" where a token ends without a space, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.segment.tokens import token_offsets, token_ranges, tokens_of

CASES = Path(__file__).parents[2] / "cases" / "tokens"


def cases() -> list[object]:
    return [
        pytest.param(line, id=f"{path.stem}-{number}")
        for path in sorted(CASES.glob("*.txt"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line and not line.startswith("# ")
    ]


@pytest.mark.parametrize("marked", cases())
def test_case(marked: str) -> None:
    text = marked.replace("|", "")
    assert [text[start:end] for start, end in token_offsets(text)] == marked.replace("|", " ").split()


def test_there_are_cases() -> None:
    assert len(cases()) >= 15


TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(st.sampled_from('ابوَّ.،:@#/1٢aB-_"« \n\t…\N{ZERO WIDTH JOINER}'), max_size=60),
    st.text(st.sampled_from("ابو.،:/1٢%َ  "), max_size=60),
)


@given(st.lists(TEXTS, max_size=8))
def test_many_texts_at_once_have_the_tokens_of_each(texts: list[str]) -> None:
    expected = [tuple(token_offsets(text)) for text in texts]
    assert tokens_of(texts) == expected
    assert token_ranges(texts).counts.tolist() == list(map(len, expected))


def test_more_texts_than_are_worked_on_at_once_have_the_tokens_of_each() -> None:
    texts = ["قال «نعم» في 3.5 دقائق " * 100 + "و.م.ع"] * 100
    assert tokens_of(texts) == [tuple(token_offsets(texts[0]))] * 100


@given(TEXTS)
def test_tokens_are_sorted_disjoint_and_cover_the_text(text: str) -> None:
    position = 0
    for start, end in token_offsets(text):
        assert start >= position
        assert end > start
        assert not text[position:start].strip()
        assert not any(char.isspace() for char in text[start:end])
        position = end
    assert not text[position:].strip()


@given(
    st.text(
        st.sampled_from("اب ةلم\N{ARABIC FATHA}\N{ARABIC SHADDA}\N{ARABIC KASRATAN}\N{ARABIC TATWEEL}.،"), max_size=40
    )
)
def test_marks_stay_with_their_letter(text: str) -> None:
    marks = {"\N{ARABIC FATHA}", "\N{ARABIC SHADDA}", "\N{ARABIC KASRATAN}"}
    for start, _ in token_offsets(text):
        assert text[start] not in marks or start == 0 or text[start - 1].isspace() or text[start - 1] in marks


@pytest.mark.parametrize(
    "text", ["a.-" * 60_000, "www." * 60_000, '"' * 300_000, "ا." * 100_000, "1." * 100_000, "a@" * 60_000]
)
def test_time_is_linear(text: str) -> None:
    """Would not end in reasonable time if any part were quadratic."""
    assert sum(end - start for start, end in token_offsets(text)) == len(text)

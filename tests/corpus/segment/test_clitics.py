"""Proclitics: readable cases with "+" where one ends, and what holds for any token."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.segment.clitics import clitic_boundaries, parts
from corpus.segment.tokens import token_offsets

CASES = Path(__file__).parents[2] / "cases" / "clitics"
LINES = [
    (path.stem, line)
    for path in sorted(CASES.glob("*.txt"))
    for line in path.read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("name", "marked"), LINES, ids=[f"{name}-{line}" for name, line in LINES])
def test_case(name: str, marked: str) -> None:
    token = marked.replace("+", "")
    assert "+".join(token[start:end] for start, end in parts(token, 0, len(token))) == marked


@given(st.text(st.sampled_from("وفبكلااللمغرسن\u064e\u0651\u0640 .12ab"), max_size=20))
def test_boundaries_are_inside_the_token_and_in_order(text: str) -> None:
    for start, end in token_offsets(text):
        boundaries = clitic_boundaries(text[start:end])
        assert list(boundaries) == sorted(set(boundaries))
        assert all(0 < at < end - start for at in boundaries)
        assert "".join(text[one:two] for one, two in parts(text, start, end)) == text[start:end]

"""Tags follow from entities: readable cases, and what must hold of any spans."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.release.tagging import outermost, split_at, tag_names, tag_tokens
from corpus.segment.tokens import token_offsets

LABELS = ("PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "LAW", "PRODUCT", "DATE", "MONEY")
CASES = tomllib.loads((Path(__file__).parents[2] / "cases/release/tags.toml").read_text(encoding="utf-8"))["case"]

Span = tuple[int, int, int]


def tag(tokens: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[str]:
    pairs = np.array(tokens, dtype=np.int64).reshape(-1, 2)
    columns = np.array(spans, dtype=np.int64).reshape(-1, 3)
    codes = tag_tokens(pairs[:, 0], pairs[:, 1], columns[:, 0], columns[:, 1], columns[:, 2])
    names = tag_names(LABELS)
    return [names[code] for code in codes]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, str]) -> None:
    text = case["text"]
    spans = []
    for entity in case["entities"]:
        label, words = entity.split(" ", 1)
        start = text.index(words)
        spans.append((start, start + len(words), LABELS.index(label)))
    assert tag(token_offsets(text), spans) == case["tags"].split()


tokens_of_any_length = st.lists(st.integers(1, 4), max_size=12).map(
    lambda lengths: [(sum(lengths[:n]) + n, sum(lengths[: n + 1]) + n) for n in range(len(lengths))]
)
any_spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20), st.integers(0, 2)).map(
        lambda parts: (parts[0], parts[0] + parts[1], parts[2])
    ),
    max_size=8,
)


@given(tokens_of_any_length, any_spans)
def test_tags_are_iob2_and_every_tagged_token_is_touched_by_a_span_of_its_label(
    tokens: list[tuple[int, int]], spans: list[Span]
) -> None:
    before = "O"
    for (start, end), name in zip(tokens, tag(tokens, spans), strict=True):
        if name[0] == "I":
            assert before[2:] == name[2:]
        if name != "O":
            assert any(a < end and start < b and LABELS[label] == name[2:] for a, b, label in spans)
        before = name


@given(tokens_of_any_length, any_spans)
def test_the_order_of_spans_changes_nothing(tokens: list[tuple[int, int]], spans: list[Span]) -> None:
    assert tag(tokens, spans) == tag(tokens, spans[::-1])


@given(any_spans)
def test_outermost_spans_are_those_in_no_other(spans: list[Span]) -> None:
    columns = np.array(spans, dtype=np.int64).reshape(-1, 3)
    kept = {spans[place] for place in outermost(columns[:, 0], columns[:, 1], columns[:, 2]).tolist()}
    for span in spans:
        inside = any(
            other[0] <= span[0] and span[1] <= other[1] and (other[:2] != span[:2] or other[2] < span[2])
            for other in spans
        )
        assert (span in kept) != inside


def test_a_token_is_cut_where_a_sentence_ends_inside_it() -> None:
    starts, ends, sentence = split_at(
        np.array([0, 4, 14]), np.array([3, 13, 16]), np.array([0, 9]), np.array([9, 16])
    )
    assert list(zip(starts.tolist(), ends.tolist(), sentence.tolist(), strict=True)) == [
        (0, 3, 0), (4, 9, 0), (9, 13, 1), (14, 16, 1),
    ]


def test_a_token_outside_every_sentence_is_left_out() -> None:
    starts, ends, sentence = split_at(np.array([0, 5, 9]), np.array([3, 8, 12]), np.array([5]), np.array([8]))
    assert (starts.tolist(), ends.tolist(), sentence.tolist()) == ([5], [8], [0])

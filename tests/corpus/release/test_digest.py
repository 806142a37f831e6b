"""Digests say what `json` would say of the rows, and nothing of how they lie in memory."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.release.digest import canonical_forms, content_digest, row_digests

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("number", pa.int32()),
        ("score", pa.float32()),
        ("words", pa.list_(pa.string())),
        ("spans", pa.list_(pa.struct([("label", pa.string()), ("end", pa.int32()), ("at", pa.list_(pa.int32()))]))),
    ]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-(2**31), 2**31 - 1)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "id": texts,
            "number": st.none() | numbers,
            "score": st.none() | st.floats(width=32, allow_nan=False, allow_infinity=False),
            "words": st.none() | st.lists(texts | st.none(), max_size=3),
            "spans": st.lists(
                st.fixed_dictionaries(
                    {"label": st.none() | texts, "end": numbers, "at": st.lists(numbers, max_size=2)}
                ),
                max_size=3,
            ),
        }
    ),
    max_size=6,
)


def by_json(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@settings(max_examples=40)
@given(rows)
def test_canonical_forms_are_what_json_gives(content: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(content, schema=SCHEMA)
    lines = [line for part in canonical_forms(table) for line in part.to_pylist()]
    assert lines == [by_json(row) for row in table.to_pylist()]
    body = "".join(f"{line}\n" for line in lines).encode()
    assert content_digest(table) == hashlib.sha256(body).hexdigest()


@settings(max_examples=20)
@given(rows, rows)
def test_chunks_and_slices_change_nothing(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    one, two = (pa.Table.from_pylist(part, schema=SCHEMA) for part in (first, second))
    chunked = pa.concat_tables([one, two])
    assert content_digest(chunked) == content_digest(pa.Table.from_pylist([*first, *second], schema=SCHEMA))
    assert content_digest(chunked.slice(len(first))) == content_digest(two)


def test_rows_are_told_apart() -> None:
    table = pa.table({"id": ["a", "b"], "text": ["س", "س"]})
    digests = row_digests(table, "id")
    assert digests.keys() == {"a", "b"}
    assert digests["a"] != digests["b"]

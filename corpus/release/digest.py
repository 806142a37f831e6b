"""What a table says, whatever wrote it: digests of rows and of tables that do not depend on the Parquet writer.

A row's canonical form is its JSON object with sorted keys, no spaces, characters as they are, in UTF-8: what
`json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)` gives; a 32-bit number is written as the
double that it equals. A table's content digest is the sha256 over the canonical forms of its rows in the release's
order, each followed by a line feed. The digest of a config is the sha256 over a line `<split> <digest>` for each of its
splits, sorted by name.

The canonical forms are put together a column at a time, which takes a tenth of the time that `json` needs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_BATCH: Final = 5_000
_json: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_NEEDS_ESCAPE: Final = re.compile(rb'[\x00-\x1f"\\]')


def content_digest(rows: pa.Table) -> str:
    """The content digest of a table, in hex."""
    state = hashlib.sha256()
    for lines in canonical_forms(rows):
        state.update(_written(pc.binary_join_element_wise(lines, "\n", "")))
    return state.hexdigest()


def row_digests(rows: pa.Table, key: str) -> dict[str, bytes]:
    """A short digest of each row, by its value in the column `key`."""
    digests = (
        hashlib.blake2b(line.encode(), digest_size=16).digest()
        for lines in canonical_forms(rows)
        for line in lines.to_pylist()
    )
    return dict(zip(rows[key].to_pylist(), digests, strict=True))


def config_digest(splits: Mapping[str, str]) -> str:
    """The digest of a config, from the content digests of its splits by name."""
    lines = "".join(f"{name} {splits[name]}\n" for name in sorted(splits))
    return hashlib.sha256(lines.encode()).hexdigest()


def canonical_forms(rows: pa.Table) -> Iterator[pa.StringArray]:
    """The canonical form of each row, some thousands of rows at a time."""
    for start in range(0, rows.num_rows, _BATCH):
        batch = rows.slice(start, _BATCH).combine_chunks()
        yield _object({name: _whole(batch[name]) for name in batch.column_names})


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks)


def _object(members: Mapping[str, pa.Array]) -> pa.StringArray:
    """Objects with these members. Braces and keys are joined to the values as constants."""
    pieces: list[pa.Array | str] = []
    for place, name in enumerate(sorted(members)):
        pieces += [("," if place else "{") + _json(name) + ":", _values(members[name])]
    return pc.binary_join_element_wise(*pieces, "}", "")


def _values(values: pa.Array) -> pa.StringArray:
    """The JSON of each value; null where there is none."""
    kind = values.type
    if pa.types.is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(values), 0)
        offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(pc.cast(lengths, pa.int64()))])
        lists = pa.ListArray.from_arrays(pc.cast(offsets, pa.int32()), _values(values.flatten()))
        written = pc.binary_join_element_wise("[", pc.binary_join(lists, ","), "]", "")
        return _null_where(values, written)
    if pa.types.is_struct(kind):
        members = {kind.field(place).name: pc.struct_field(values, place) for place in range(kind.num_fields)}
        return _null_where(values, _object(members))
    if pa.types.is_string(kind):
        return _strings(values)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return pc.fill_null(pc.cast(values, pa.string()), "null")
    if pa.types.is_floating(kind):
        return _each(values)
    raise TypeError(f"a release has no columns of type {kind}")


def _null_where(values: pa.Array, written: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.is_null(values), "null", written) if values.null_count else written


def _strings(values: pa.StringArray) -> pa.StringArray:
    if _NEEDS_ESCAPE.search(_written(values)):
        return _each(values)
    return pc.fill_null(pc.binary_join_element_wise('"', values, '"', ""), "null")


def _each(values: pa.Array) -> pa.StringArray:
    """The JSON of each value, made once for equal ones."""
    coded = values.dictionary_encode()
    names = [_json(value) for value in coded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(names, pa.string()).take(coded.indices), "null")


def _written(values: pa.StringArray) -> memoryview:
    """The bytes of all strings, one after the other."""
    _, offsets, characters = values.buffers()
    if characters is None or not len(values):
        return memoryview(b"")
    place = memoryview(offsets).cast("i")
    return memoryview(characters)[place[values.offset] : place[values.offset + len(values)]]

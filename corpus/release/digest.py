"""What a table says, whatever wrote it: digests of rows and of tables that do not depend on the Parquet writer.

A row's canonical form is its JSON object with sorted keys, no spaces, characters as they are, in UTF-8; a 32-bit
number is written as the double that it equals. A table's content digest is the sha256 over the canonical forms of its
rows in the release's row order, each followed by a line feed. The digest of a config is the sha256 over a line
`<split> <digest>` for each of its splits, sorted by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

_BATCH = 5_000
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class TableDigest:
    """The content digest of a table, in hex, and a short digest of each row by its key."""

    content: str
    rows: Mapping[str, bytes]


def digest_table(rows: pa.Table, key: str) -> TableDigest:
    """Digest of `rows`; `key` is the column whose value is a row's own."""
    state = hashlib.sha256()
    by_key: dict[str, bytes] = {}
    for start in range(0, rows.num_rows, _BATCH):
        for row in rows.slice(start, _BATCH).to_pylist():
            line = _canonical(row).encode()
            state.update(line + b"\n")
            by_key[row[key]] = hashlib.blake2b(line, digest_size=16).digest()
    return TableDigest(state.hexdigest(), by_key)


def config_digest(splits: Mapping[str, str]) -> str:
    """The digest of a config, from the content digests of its splits by name."""
    lines = "".join(f"{name} {splits[name]}\n" for name in sorted(splits))
    return hashlib.sha256(lines.encode()).hexdigest()

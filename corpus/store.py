"""Where a corpus keeps its tables: immutable Parquet shards, and one small head file that says which of them count.

A corpus folder holds `corpus.toml` (its settings, written by a person), `store/<table>/<key>.parquet` (shards; a key
says what the shard was made from, so an existing shard never needs to be made again), `head.json` (the shards that
make up the corpus now) and `releases/`. Shards and head are written to a temporary file and renamed: whatever is
interrupted, the head names complete shards only.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.tables import TABLES

HEAD_FORMAT = 1

# The column by which rows of a table are one row, and which of several equal ones counts.
_UNIQUE = {
    "pages": ("page_id", "min"),
    "sources": ("source_id", "max"),
    "documents": ("doc_id", "min"),
    "clusters": ("doc_id", "max"),
    "layers": ("layer_id", "min"),
    "spans": ("annotation_id", "min"),
    "topics": ("annotation_id", "min"),
}


# Tables that a build makes anew from pages and sources where a shard is missing.
_DERIVED = frozenset(("documents", "clusters", "sightings", "layers", "spans", "topics", "rejects"))


class StoreError(Exception):
    """The corpus folder is not what it should be; the message says what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Head:
    """The shards that make up a corpus: for each table its shard keys, in order."""

    shards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def keys(self, table: str) -> tuple[str, ...]:
        """The shard keys of a table, oldest first."""
        return self.shards.get(table, ())


def atomic_write(path: Path, body: bytes) -> None:
    """Write `body` to `path` so that the file is at all times absent, the old one, or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-", suffix=path.suffix)
    except OSError as error:
        error.filename = str(path)
        raise
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException as error:
        if isinstance(error, OSError):  # a failed write doesn't say where
            error.filename = str(path)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def read_head(root: Path) -> Head:
    """The head of the corpus in `root`; an empty one before the first build.

    Raises:
        StoreError: if `head.json` cannot be read.
    """
    path = root / "head.json"
    if not path.exists():
        return Head()
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != HEAD_FORMAT:
            raise StoreError(f"{path}: format {content['format']}, but this mudawwana reads format {HEAD_FORMAT}")
        shards = content["shards"]
        if not all(isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in shards.values()):
            raise TypeError("'shards' is not lists of keys")
        return Head({table: tuple(keys) for table, keys in shards.items()})
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise StoreError(
            f"{path} is damaged ({error}); restore it from a copy, or delete it and build again from the sources"
        ) from error


def write_head(root: Path, head: Head) -> None:
    """Make `head` the corpus's head."""
    shards = {table: list(head.shards[table]) for table in sorted(head.shards)}
    body = json.dumps({"format": HEAD_FORMAT, "shards": shards}, indent=1) + "\n"
    atomic_write(root / "head.json", body.encode())


def shard_path(root: Path, table: str, key: str) -> Path:
    """Where the shard lies or would lie."""
    return root / "store" / table / f"{key}.parquet"


def write_shard(root: Path, table: str, key: str, rows: pa.Table) -> None:
    """Write a shard once; an existing one of the same key is left as it is.

    Raises:
        StoreError: if `rows` does not have the table's declared columns.
    """
    path = shard_path(root, table, key)
    if path.exists():
        return
    schema = TABLES[table]
    if rows.schema.names != schema.names:
        raise StoreError(f"table {table} has columns {schema.names}, not {rows.schema.names}")
    sink = pa.BufferOutputStream()
    pq.write_table(rows.cast(schema), sink, compression="zstd", store_schema=True)
    atomic_write(path, sink.getvalue().to_pybytes())


def read_shard(root: Path, table: str, key: str, columns: Sequence[str] | None = None) -> pa.Table:
    """One shard of a table.

    Raises:
        StoreError: if it is missing or damaged.
    """
    path = shard_path(root, table, key)
    schema = TABLES[table]
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    try:
        # Without `partitioning` a folder `year=2026` above the corpus would be a column.
        rows = pq.read_table(path, columns=schema.names, partitioning=None)
        if rows.schema.names != schema.names:
            raise ValueError(f"columns {rows.schema.names}, not {schema.names}")
        return rows.cast(schema)
    except (OSError, ValueError, pa.ArrowException) as error:
        made_again = table in _DERIVED and not key.startswith(("ingest-", "import-"))
        remedy = "delete it and run 'mudawwana build'" if made_again else "restore it from a copy of the corpus"
        raise StoreError(f"{path} is missing or damaged ({error}); {remedy}") from error


def read_table(root: Path, table: str, head: Head | None = None, columns: Sequence[str] | None = None) -> pa.Table:
    """All rows of a table that count, in the order of their shards.

    Of rows that mean the same thing (one text found by two shards, one source fetched twice) one is kept.
    """
    head = head or read_head(root)
    schema = TABLES[table]
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns])
    parts = [read_shard(root, table, key, columns) for key in head.keys(table)]
    rows = pa.concat_tables(parts) if parts else schema.empty_table()
    if table in _UNIQUE and _UNIQUE[table][0] in rows.column_names:
        rows = _unique(rows, *_UNIQUE[table])
    return rows


def _unique(rows: pa.Table, key: str, which: str) -> pa.Table:
    places = pa.table({"key": rows[key], "place": pa.array(range(rows.num_rows), pa.int64())})
    chosen = places.group_by("key", use_threads=False).aggregate([("place", which)])[f"place_{which}"]
    if chosen.length() == rows.num_rows:
        return rows
    return rows.take(chosen.take(pc.sort_indices(chosen)))


@contextlib.contextmanager
def locked(root: Path, name: str = ".lock") -> Iterator[None]:
    """Hold the corpus for writing; another `name` is another lock.

    Raises:
        StoreError: if another process holds it.
    """
    path = root / name
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"another mudawwana process is writing to {root}; wait for it to finish") from error
        yield

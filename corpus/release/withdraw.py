"""Releases that hold what was retracted: which they are, and how they go once another one stands in their place.

Only the folder goes. The registry of versions calls the version withdrawn, and where its other documents lay stays
known (`kept-splits.parquet` beside the releases), since no document may ever change its split.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.release.manifest import ManifestError, read_manifest
from corpus.release.parquet import read_files
from corpus.release.registry import withdraw_version
from corpus.release.versions import ReleaseError, Version, list_versions
from corpus.retractions import Retractions
from corpus.store import StoreError, atomic_write

KEPT_SPLITS: Final = "kept-splits.parquet"
STANDOFF_SUFFIX: Final = "-standoff"  # the folder of a release's edition without texts is named after it
_GROUPS: Final = ("cluster_id", "story_id")  # the source_id of the first member
_COLUMNS: Final = ("doc_id", "source_id", *_GROUPS)
_KEPT: Final = pa.schema([(name, pa.string()) for name in ("version", "split", *_COLUMNS)])


def holding_versions(releases: Path, retractions: Retractions) -> tuple[str, ...]:
    """The versions, oldest first, whose documents or sources have since been retracted.

    Raises:
        ReleaseError: if a release cannot be read.
    """
    if not retractions.tombstones:
        return ()
    return tuple(
        str(version)
        for version in list_versions(releases)
        if any(_is_retracted(row, retractions) for row in _places(releases / str(version)).to_pylist())
    )


def check_retracted(documents: Iterable[pa.Table], retractions: Retractions) -> None:
    """Refuse to release documents that were retracted: a retraction was interrupted.

    Raises:
        ReleaseError: with the first of them.
    """
    for rows in documents if retractions.tombstones else ():
        for row in rows.select(["doc_id", "source_id"]).to_pylist():
            if _is_retracted(row, retractions):
                raise ReleaseError(
                    f"document {row['doc_id']} was retracted and is still in the corpus; run 'mudawwana build', which "
                    "finishes the retraction, and release again"
                )


def withdraw_versions(releases: Path, versions: tuple[str, ...], retractions: Retractions, replaced_by: str) -> None:
    """Take these versions away: what is left of them is their line in the registry and the splits of their documents.

    Interrupted it leaves whole folders, which the next release takes away.
    """
    for version in versions:
        if version == replaced_by:
            raise ReleaseError(f"version {version} holds what was retracted and cannot replace itself")
        folder = releases / version
        _keep_splits(releases, version, _places(folder), retractions)
        withdraw_version(releases, version, replaced_by=replaced_by)
        for path in (folder, releases / f"{version}{STANDOFF_SUFFIX}"):
            if path.is_dir():
                going = releases / f".partial-withdrawn-{path.name}"
                shutil.rmtree(going, ignore_errors=True)
                os.rename(path, going)
                shutil.rmtree(going)


def read_kept_splits(releases: Path) -> list[Mapping[str, str | None]]:
    """For each document of a withdrawn version its `version`, `split`, `doc_id`, `source_id`, `cluster_id` and
    `story_id`, the oldest version first.

    Raises:
        StoreError: if the file is damaged.
    """
    path = releases / KEPT_SPLITS
    if not path.exists():
        return []
    try:
        rows = pq.read_table(path, partitioning=None).cast(_KEPT).to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged ({error}); without it documents could change their split; restore it "
                         "from a copy") from error
    return sorted(rows, key=lambda row: Version.parse(row["version"]))


def _is_retracted(row: Mapping[str, str], retractions: Retractions) -> bool:
    return bool(retractions.document(row["doc_id"]) or retractions.source(row["source_id"]))


def _places(folder: Path) -> pa.Table:
    try:
        splits = read_manifest(folder).configs["documents"].splits
        parts = []
        for split, entry in splits.items():
            rows = read_files(folder, entry.files, _COLUMNS)
            parts.append(rows.append_column("split", pa.array([split] * rows.num_rows, pa.string())))
        return pa.concat_tables(parts)
    except (OSError, ManifestError, KeyError, pa.ArrowException) as error:
        raise ReleaseError(
            f"{folder} cannot be read ({error}), so nobody can say whether it holds what was retracted; restore it "
            "from a copy"
        ) from error


def _keep_splits(releases: Path, version: str, places: pa.Table, retractions: Retractions) -> None:
    kept = [dict(row) for row in read_kept_splits(releases) if row["version"] != version]
    kept += [{**row, "version": version} for row in places.to_pylist()]
    rows = [
        {name: None if name in _GROUPS and value and retractions.source(value) else value
         for name, value in row.items()}
        for row in kept
        if not _is_retracted(row, retractions)  # type: ignore[arg-type]
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, _KEPT), sink, compression="zstd")
    atomic_write(releases / KEPT_SPLITS, sink.getvalue().to_pybytes())

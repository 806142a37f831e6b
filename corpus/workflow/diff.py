"""`mudawwana diff`: what changed between two releases, or between a release and the corpus as it is now."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.config import read_config as read_settings
from corpus.release.build import next_release
from corpus.release.diff import Diff, changes_table, compare_releases
from corpus.release.figures import SplitTables
from corpus.release.history import read_config
from corpus.release.manifest import STANDOFF, ManifestError, read_manifest
from corpus.release.versions import ReleaseError, Version, list_versions
from corpus.store import atomic_write

CORPUS = "the corpus"


def diff_releases(root: Path, old: str | None = None, new: str | None = None) -> Diff:
    """How `new` differs from `old`, both versions; without `new` what `release` would release now, without `old` the
    newest version.

    Raises:
        ReleaseError: if there is no such version, or one cannot be read.
        StoreError, ConfigError: if the corpus cannot be read.
    """
    releases = root / "releases"
    versions = [str(version) for version in list_versions(releases)]
    for asked in (old, new):
        if asked is not None and asked not in versions:
            raise ReleaseError(f"there is no release {asked}; there are: {', '.join(versions) or 'none'}")
    if not versions:
        raise ReleaseError("nothing was released yet, so there is nothing to compare with; next: mudawwana release")
    before = old or versions[-1]
    if new is None:
        after, name = next_release(root, read_settings(root)), CORPUS
    else:
        after, name = _tables(releases / new), new
    return compare_releases(before, _tables(releases / before), name, after)


def next_version(diff: Diff) -> Version:
    """The smallest version that what follows `diff.old` may have."""
    return Version.parse(diff.old).after(diff.step)


def write_changes(diff: Diff, path: Path) -> None:
    """Write the changes as a Parquet file, a row each."""
    sink = pa.BufferOutputStream()
    pq.write_table(changes_table(diff), sink, compression="zstd")
    atomic_write(path, sink.getvalue().to_pybytes())


def _tables(release: Path) -> SplitTables:
    try:
        manifest = read_manifest(release)
    except ManifestError as error:
        raise ReleaseError(str(error)) from error
    if manifest.edition == STANDOFF:
        raise ReleaseError(f"{release} has no texts; compare the releases that it was made from")
    return {name: read_config(release, manifest, name) for name in manifest.configs}

"""What earlier releases said: which split each document had, and what it was related to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from corpus.release.manifest import Manifest, read_manifest
from corpus.release.parquet import read_files
from corpus.release.versions import ReleaseError, list_versions
from corpus.release.withdraw import read_kept_splits
from corpus.retractions import Retractions

NONE: Final = Retractions()


@dataclass(frozen=True, slots=True)
class Place:
    """The split of a published document, and what it was known to be related to; None where that id is of a source
    that was retracted."""

    split: str
    cluster_id: str | None
    story_id: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where earlier releases had each document, by its id and by the source that it shows; the newest word counts."""

    documents: Mapping[str, Place]
    sources: Mapping[str, Place]

    def splits_of(self, doc_id: str, source_ids: Iterable[str]) -> frozenset[str]:
        """The split that a document had; of one that is new, the splits that other texts of its sources had."""
        if doc_id in self.documents:
            return frozenset((self.documents[doc_id].split,))
        return frozenset(self.sources[source].split for source in source_ids if source in self.sources)

    def place_of(self, doc_id: str, source_ids: Iterable[str]) -> Place | None:
        """Where a document was; of one that is new, where another text of one of its sources was."""
        known = (self.sources[source] for source in source_ids if source in self.sources)
        return self.documents.get(doc_id) or next(known, None)


def read_earlier(releases: Path, retractions: Retractions = NONE) -> Earlier:
    """What all releases in the folder `releases` say, newer ones over older ones.

    Clusters and stories are called after their first member; where that was retracted they get another name.

    Raises:
        ReleaseError: if one cannot be read.
    """
    documents: dict[str, Place] = {}
    sources: dict[str, Place] = {}
    columns = ["doc_id", "source_id", "cluster_id", "story_id"]

    def name(source: str | None) -> str | None:
        return None if source is None or retractions.source(source) else source

    for row in read_kept_splits(releases):
        place = Place(str(row["split"]), name(row["cluster_id"]), name(row["story_id"]))
        documents[str(row["doc_id"])] = sources[str(row["source_id"])] = place
    for version in list_versions(releases):
        folder = releases / str(version)
        try:
            splits = read_manifest(folder).configs["documents"].splits
            parts = {split: read_files(folder, entry.files, columns).to_pylist() for split, entry in splits.items()}
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise ReleaseError(
                f"release {version} cannot be read ({error}), and without it documents could change their split; "
                f"restore {folder} from a copy ('mudawwana validate' says what is damaged)"
            ) from error
        for split, rows in parts.items():
            for row in rows:
                place = Place(split, name(row["cluster_id"]), name(row["story_id"]))
                documents[row["doc_id"]] = sources[row["source_id"]] = place
    return Earlier(documents, sources)


def read_config(folder: Path, manifest: Manifest, config: str) -> dict[str, pa.Table]:
    """The rows of a config in an earlier release, by split.

    Raises:
        ReleaseError: if its files cannot be read.
    """
    try:
        return {
            split: read_files(folder, entry.files)
            for split, entry in manifest.configs[config].splits.items()
        }
    except (OSError, KeyError, pa.ArrowException) as error:
        raise ReleaseError(
            f"{folder} cannot be read ({error}), and the next version follows from what changed since; restore it "
            "from a copy ('mudawwana validate' says what is damaged)"
        ) from error

"""The corpus side of mudawwana: from scraped pages to a versioned release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets import DatasetDict


def load(release: str | Path, config: str = "sentences", cache_dir: str | None = None) -> DatasetDict:
    """A release, loaded with `datasets.load_dataset`, of which it is certain that it is this one.

    What `datasets` gives must say this version and have the rows whose content digest the manifest gives, in the same
    splits: no cache, no namesake and no changed file can stand in for it.

    Args:
        release: a release's folder, or a version of the corpus that the current folder is in.
        config: sentences, documents or annotations.
        cache_dir: where `datasets` keeps what it read; by default its own folder.

    Raises:
        corpus.release.versions.ReleaseError: if there is no such release or config, or anything is not as it must be.
    """
    from corpus.release.load import load_release

    return load_release(release, config, cache_dir)

"""A release as `datasets` sees it: loaded with `load_dataset`, offline, with a cache of its own."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.config import ConfigError, find_root
from corpus.release.choose import SILVER
from corpus.release.digest import content_digest
from corpus.release.manifest import MANIFEST, read_manifest
from corpus.release.versions import ReleaseError, list_versions
from schemas.tables import RELEASE_CONFIGS

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading a release gave: its version, the rows of each config and split, and a sentence to show.

    `entities` are the words and label of each of the sentence's; `status` says who stands behind them. A release
    without a single entity shows no sentence: "".
    """

    version: str
    counts: Mapping[str, Mapping[str, int]]
    sentence: str = ""
    entities: tuple[tuple[str, str], ...] = ()
    topics: tuple[str, ...] = ()
    status: str = ""


def preview(path: Path) -> Preview:
    """Load every config of the release in `path` with `datasets.load_dataset` in a fresh cache."""
    with fresh_cache() as cache:
        loaded = {config: load_config(path, config, cache) for config in RELEASE_CONFIGS}
        sentences = loaded["sentences"]
        counts = {config: {split: part.num_rows for split, part in splits.items()} for config, splits in loaded.items()}
        found = Preview(str(next(iter(sentences.values())).info.version), counts)
        place = _best_sentence(sentences)
        if place is None:
            return found
        split, number = place
        row = _row(sentences[split], number)
        return replace(
            found,
            sentence=row["text"],
            entities=tuple((entity["surface"], entity["label"]) for entity in row["entities"]),
            topics=tuple(row["topics"]),
            status=row["entities_status"],
        )


@contextlib.contextmanager
def fresh_cache() -> Iterator[Path]:
    """An empty cache folder for `datasets`, which makes no requests and shows no progress while it is used."""
    import datasets

    offline = datasets.config.HF_HUB_OFFLINE
    progress = datasets.is_progress_bar_enabled()
    with tempfile.TemporaryDirectory(prefix="mudawwana-") as folder:
        try:
            datasets.config.HF_HUB_OFFLINE = True
            datasets.disable_progress_bars()
            yield Path(folder)
        finally:
            datasets.config.HF_HUB_OFFLINE = offline
            if progress:
                datasets.enable_progress_bars()


def load_release(release: str | Path, config: str = "sentences", cache: str | None = None) -> DatasetDict:
    """What `corpus.load` promises.

    Raises:
        ReleaseError: if there is no such release, it has no such config, or `datasets` gave rows of another one.
    """
    from datasets import load_dataset

    folder = _folder(release)
    manifest = read_manifest(folder)
    if config not in manifest.configs:
        raise ReleaseError(f"{folder} has no config '{config}'; it has: {', '.join(manifest.configs)}")
    splits = manifest.configs[config].splits
    loaded = load_dataset(str(folder), config, cache_dir=cache)
    found = {split: (str(part.info.version), content_digest(_as_written(part))) for split, part in loaded.items()}
    expected = {split: (manifest.version, entry.content_sha256) for split, entry in splits.items()}
    for split in sorted(found.keys() | expected.keys()):
        if found.get(split) != expected.get(split):
            raise ReleaseError(
                f"load_dataset gave for {split} of {config} {_named(found.get(split))}, and the manifest says "
                f"{_named(expected.get(split))}; 'mudawwana validate {folder}' says whether a file changed, else give "
                "another cache_dir"
            )
    return loaded


def _named(part: tuple[str, str] | None) -> str:
    return f"version {part[0]} with the content digest {part[1][:16]}…" if part else "nothing"


def _as_written(part: Dataset) -> pa.Table:
    """The rows of a loaded split as its files have them, with the names of classes."""
    return pa.table({name: with_names(whole(part.data[name]), feature) for name, feature in part.features.items()})


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array, whatever its chunks."""
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _folder(release: str | Path) -> Path:
    """A release's folder: as given, else that of the version in the corpus that the current folder is in."""
    if (Path(release) / MANIFEST).exists():
        return Path(release)
    try:
        root = find_root(Path.cwd())
    except ConfigError as error:
        raise ReleaseError(f"there is no release in {Path(release).resolve()}, and no corpus here: {error}") from error
    versions = [str(version) for version in list_versions(root / "releases")]
    if str(release) not in versions:
        raise ReleaseError(f"there is no release {release} in {root}; there are: {', '.join(versions) or 'none'}")
    return root / "releases" / str(release)


def load_config(path: Path, config: str, cache: Path) -> DatasetDict:
    """One config of a release as users load it, all splits."""
    from datasets import DatasetDict, load_dataset

    loaded = load_dataset(str(path), config, cache_dir=str(cache))
    if not isinstance(loaded, DatasetDict):
        raise TypeError(f"load_dataset gave a {type(loaded).__name__}, not a DatasetDict")
    return loaded


def _best_sentence(sentences: DatasetDict) -> tuple[str, int] | None:
    """Split and row of the sentence to show: people's entities before the machine's, several labels, a readable
    length."""
    best: tuple[tuple[bool, int, int, int], str, int] | None = None
    for split, part in sentences.items():
        rows = part.data.table.select(["text", "entities", "entities_status"])
        lengths, statuses = pc.utf8_length(rows["text"]).to_pylist(), rows["entities_status"].to_pylist()
        for place, entities in enumerate(rows["entities"].to_pylist()):
            labels = len({entity["label"] for entity in entities})
            score = (statuses[place] != SILVER, min(labels, 4), -abs(lengths[place] - 110), -place)
            if labels and (best is None or score > best[0]):
                best = (score, split, place)
    return None if best is None else best[1:]


def _row(part: Dataset, number: int) -> dict[str, Any]:
    """A row of a loaded split as its file has it, with the names of classes."""
    rows = part.data.table.slice(number, 1)
    return {
        name: with_names(rows[name].combine_chunks(), feature)[0].as_py() for name, feature in part.features.items()
    }


def with_names(values: pa.Array, feature: object) -> pa.Array:
    """An Arrow array that `datasets` loaded, with the names of classes in place of their codes.

    `feature` is its declaration in `datasets`: a ClassLabel, a list of something, a dict of columns, or a plain value.
    """
    import datasets

    if isinstance(feature, datasets.ClassLabel):
        return pa.array(feature.names, pa.string()).take(values)
    if isinstance(feature, datasets.List):
        lengths = pc.list_value_length(values).to_numpy(zero_copy_only=False)
        offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
        return pa.ListArray.from_arrays(offsets, with_names(values.flatten(), feature.feature))
    if isinstance(feature, dict):
        members = [with_names(pc.struct_field(values, name), member) for name, member in feature.items()]
        return pa.StructArray.from_arrays(members, list(feature))
    return values

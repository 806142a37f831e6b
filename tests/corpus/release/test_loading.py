"""Loading releases: as the card shows, by version and by folder, with caches that have seen others."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pandas
import polars
import pytest
from datasets import load_dataset

import corpus
from corpus.config import CorpusConfig
from corpus.release.build import release
from corpus.release.manifest import read_manifest
from corpus.release.versions import ReleaseError
from tests.corpus.release.conftest import MATCH, MINISTER, PORT, RAIN, TEXTS, sample


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


@pytest.fixture
def versions(tmp_path: Path, config: CorpusConfig) -> tuple[Path, Path]:
    """Two versions of a corpus; the second has a document more, and another one's text changed."""
    root = tmp_path / "corpus"
    root.mkdir()
    (root / "corpus.toml").touch()
    sample((MINISTER, MATCH, RAIN)).write(root)
    first = release(root, config, report=lambda message: None).path
    sample((MINISTER, MATCH.replace("هدفين", "ثلاثة أهداف"), RAIN, PORT)).write(root, "b")
    return first, release(root, config, report=lambda message: None).path


def texts(loaded: Any) -> set[str]:
    return {text for part in loaded.values() for text in part["text"]}


def test_every_way_that_the_card_shows(tmp_path: Path, config: CorpusConfig) -> None:
    sample().write(tmp_path)
    path = release(tmp_path, config, report=lambda message: None).path
    card = (path / "README.md").read_text(encoding="utf-8")
    blocks = re.findall("```python\n(.*?)```", card, flags=re.DOTALL)
    assert len(blocks) == 5
    seen: list[dict[str, Any]] = []
    for block in blocks:
        assert "path/to/1.0.0" in block
        names: dict[str, Any] = {}
        exec(block.replace("path/to/1.0.0", str(path)), names)
        seen.append(names)
    by_datasets, by_duckdb, by_polars, by_pandas, by_corpus = seen
    rows = {name: entry.splits for name, entry in read_manifest(path).configs.items()}
    assert {split: part.num_rows for split, part in by_datasets["sentences"].items()} == {
        split: entry.rows for split, entry in rows["sentences"].items()
    }
    train = rows["documents"]["train"].rows
    assert by_datasets["documents"].num_rows == len(list(by_datasets["streamed"])) == train
    assert set(by_datasets["said"]["label"]) == {"paragraph"} and by_datasets["said"].num_rows >= train
    assert by_datasets["tags"][:3] == ["O", "B-PERS", "I-PERS"]
    assert dict(by_duckdb["labels"].fetchall())["GPE"] == 2
    assert isinstance(by_polars["topics"], polars.DataFrame)
    assert dict(by_polars["topics"].iter_rows()) == {"society": 4, "sport": 1}
    assert isinstance(by_pandas["table"], pandas.DataFrame)
    assert len(by_pandas["table"]) == sum(entry.rows for entry in rows["sentences"].values())
    assert texts(by_corpus["documents"]) == set(TEXTS)


def test_two_versions_in_one_process_give_their_own_rows(versions: tuple[Path, Path]) -> None:
    for _ in range(2):  # the second time from the cache
        found = [texts(load_dataset(str(path), "documents")) for path in versions]
        assert found == [{MINISTER, MATCH, RAIN}, {MINISTER, MATCH.replace("هدفين", "ثلاثة أهداف"), RAIN, PORT}]
        known = [load_dataset(str(path))["train"].info.version for path in versions]
        assert [str(version) for version in known] == ["1.0.0", "2.0.0"]


def test_by_version_from_anywhere_in_the_corpus(
    versions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(versions[0].parent)
    assert texts(corpus.load("1.0.0", "documents")) == {MINISTER, MATCH, RAIN}
    assert str(corpus.load("2.0.0")["train"].info.version) == "2.0.0"
    with pytest.raises(ReleaseError, match=r"there is no release 3\.0\.0 in .*; there are: 1\.0\.0, 2\.0\.0"):
        corpus.load("3.0.0")


def test_what_is_not_there_is_named(
    versions: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReleaseError, match=r"no release in .*/1\.0\.0, and no corpus here"):
        corpus.load("1.0.0")
    with pytest.raises(ReleaseError, match="has no config 'tokens'; it has: documents, sentences, annotations"):
        corpus.load(versions[0], "tokens")


def swap_rows(first: Path, second: Path) -> None:
    name = "data/documents/train-00000-of-00001.parquet"
    shutil.copy(second / name, first / name)


def swap_card(first: Path, second: Path) -> None:
    shutil.copy(second / "README.md", first / "README.md")


def hide_version(first: Path, second: Path) -> None:
    card = (first / "README.md").read_text(encoding="utf-8")
    (first / "README.md").write_text(card.replace("version: 1.0.0", "version: 0.0.0"), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swap_rows, "for train of documents version 1.0.0 with the content digest .* the manifest says version 1.0.0"),
        (swap_card, "version 2.0.0 with .* the manifest says version 1.0.0"),
        (hide_version, "version 0.0.0 with"),
    ],
)
def test_nothing_else_stands_in_for_a_release(
    versions: tuple[Path, Path], change: Callable[[Path, Path], None], message: str
) -> None:
    first, second = versions
    load_dataset(str(second), "documents")
    change(first, second)
    with pytest.raises(ReleaseError, match=message):
        corpus.load(first, "documents")

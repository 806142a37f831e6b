"""The edition without texts: what it holds, and that texts come back digest for digest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from datasets import load_dataset

import corpus
from corpus.config import AboutConfig, CorpusConfig
from corpus.ids import doc_id
from corpus.release.build import release
from corpus.release.digest import config_digest, content_digest
from corpus.release.manifest import read_manifest
from corpus.release.parquet import read_files
from corpus.release.publish import check_publishable
from corpus.release.standoff import attach, write_standoff
from corpus.release.verify import verify_release
from corpus.release.versions import ReleaseError, list_versions
from tests.conftest import tree
from tests.corpus.release.conftest import ANSWERED, RAIN, TEXTS, sample

ABOUT = AboutConfig(name="samples", title="مدونة التجربة", licence="CC-BY-4.0")
WORDS = {word for text in TEXTS for word in text.split() if len(word) > 3}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release that must stay local."""
    monkeypatch.setattr("corpus.release.verify.check_reload", lambda *arguments: iter(()))
    root = tmp_path / "corpus"
    root.mkdir()
    maker = sample()
    maker.rows["sightings"][0]["licence"] = "CC-BY-ND-4.0"
    maker.write(root)
    config = CorpusConfig(corpus=ABOUT, datasheet=ANSWERED)
    return release(root, config, report=lambda message: None).path


def test_no_word_of_the_texts_is_in_it(made: Path) -> None:
    edition = write_standoff(made, ABOUT)
    assert edition.name == "1.0.0-standoff"
    for config, entry in read_manifest(edition).configs.items():
        for split in entry.splits.values():
            rows = read_files(edition, split.files)
            assert not {"text", "title", "tokens", "surface"} & set(rows.column_names), config
            said = str(rows.drop_columns([n for n in ("outlet", "value") if n in rows.column_names]).to_pylist())
            assert not [word for word in WORDS if word in said], config
    body = b"".join(tree(edition).values())
    assert RAIN.encode() not in body


def test_it_is_sound_loads_and_is_no_version(made: Path, tmp_path: Path) -> None:
    edition = write_standoff(made, ABOUT)
    assert verify_release(edition) == []
    assert [str(version) for version in list_versions(made.parent)] == ["1.0.0"]
    loaded = load_dataset(str(edition), "documents", cache_dir=str(tmp_path / "cache"))
    assert str(loaded["train"].info.version) == "1.0.0"
    for config in ("sentences", "documents", "annotations"):
        assert corpus.load(edition, config, cache_dir=str(tmp_path / "cache"))["train"].num_rows
    lengths = {row["doc_id"]: row["characters"] for part in loaded.values() for row in part}
    assert lengths == {doc_id(text): len(text) for text in TEXTS}
    sentences = load_dataset(str(edition), cache_dir=str(tmp_path / "cache"))
    assert sentences["train"].features["ner_tags"].feature.names[:2] == ["O", "B-PERS"]


def test_it_may_be_published_where_the_release_may_not(made: Path) -> None:
    edition = write_standoff(made, ABOUT)
    with pytest.raises(ReleaseError, match="is for local use"):
        check_publishable(made, made.name)
    assert check_publishable(edition, edition.name).licence == "CC-BY-4.0"
    header = yaml.safe_load((edition / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert header["license"] == "cc-by-4.0"


def test_without_a_licence_of_its_own_it_stays_local(made: Path) -> None:
    edition = write_standoff(made, replace(ABOUT, licence=""))
    with pytest.raises(ReleaseError, match="is for local use"):
        check_publishable(edition, edition.name)


def test_texts_come_back_digest_for_digest(made: Path, tmp_path: Path) -> None:
    edition = write_standoff(made, ABOUT)
    done = attach(edition, {doc_id(text): text for text in TEXTS}, tmp_path / "whole")
    assert (done.documents, done.missing, done.complete) == (len(TEXTS), 0, True)
    for entry in read_manifest(made).configs.values():
        digests = {split: content_digest(read_files(done.path, part.files)) for split, part in entry.splits.items()}
        assert config_digest(digests) == entry.content_sha256


def test_texts_that_are_missing_or_differ_are_left_out(made: Path, tmp_path: Path) -> None:
    edition = write_standoff(made, ABOUT)
    texts = {doc_id(text): text for text in TEXTS[:-1]} | {doc_id(RAIN): RAIN + " ثم توقفت."}
    done = attach(edition, texts, tmp_path / "part")
    assert (done.documents, done.missing, done.complete) == (len(TEXTS) - 2, 2, False)
    with pytest.raises(ReleaseError, match="exists; name a new folder"):
        attach(edition, texts, tmp_path / "part")
    with pytest.raises(ReleaseError, match="has its texts"):
        attach(made, texts, tmp_path / "other")


def test_the_same_release_gives_the_same_bytes(made: Path) -> None:
    edition = write_standoff(made, ABOUT)
    before = tree(edition)
    assert write_standoff(made, ABOUT) == edition
    for path in sorted(edition.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    edition.rmdir()
    assert tree(write_standoff(made, ABOUT)) == before


def test_a_changed_byte_is_found(made: Path) -> None:
    edition = write_standoff(made, ABOUT)
    path = next(edition.glob("data/sentences/*.parquet"))
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    assert [(finding.check, finding.where) for finding in verify_release(edition)] == [
        ("file-changed", path.relative_to(edition).as_posix())
    ]

"""Whole releases: made, loaded with `load_dataset`, grown, refused."""

from __future__ import annotations

import json
import os
import socket
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import load_dataset

import schemas.ontology
from corpus.config import AboutConfig, CorpusConfig, ReleaseConfig
from corpus.ids import doc_id
from corpus.release.build import ReleaseSummary, release
from corpus.release.load import preview
from corpus.release.manifest import list_files, read_manifest
from corpus.release.parquet import read_files
from corpus.release.verify import verify_release
from corpus.release.versions import ReleaseError
from schemas.ontology import load_ontology
from schemas.tables import SENTENCE_KINDS
from tests.conftest import tree
from tests.corpus.release.conftest import MATCH, MINISTER, PORT, RAIN, TEXTS, Maker, sample

MORE = tuple(f"خبر رقم {number}\nوصل الوفد رقم {number} إلى المطار." for number in range(12))


@pytest.fixture
def make(tmp_path: Path, config: CorpusConfig) -> Callable[..., ReleaseSummary]:
    """Release a maker's corpus, which stands in `tmp_path/corpus`; another shard is another state of it."""

    def made(
        maker: Maker, shard: str = "a", version: str | None = None, settings: CorpusConfig = config
    ) -> ReleaseSummary:
        root = tmp_path / "corpus"
        root.mkdir(exist_ok=True)
        maker.write(root, shard)
        return release(root, settings, version, report=lambda message: None)

    return made


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the slowest check of a release, for tests that release several times."""
    monkeypatch.setattr("corpus.release.verify.check_reload", lambda *arguments: iter(()))


def splits_of(path: Path) -> dict[str, str]:
    parts = read_manifest(path).configs["documents"].splits
    return {doc: split for split, part in parts.items() for doc in read_files(path, part.files)["doc_id"].to_pylist()}


def test_a_release_loads_with_load_dataset(make: Callable[..., ReleaseSummary], tmp_path: Path) -> None:
    made = make(sample())
    assert (made.version, made.created, made.path.name) == ("1.0.0", True, "1.0.0")
    loaded = load_dataset(str(made.path), cache_dir=str(tmp_path / "cache"))  # the default config
    assert {split: part.num_rows for split, part in loaded.items()} == made.counts["sentences"]
    features = loaded["train"].features
    assert features["kind"].names == list(SENTENCE_KINDS)
    assert features["ner_tags"].feature.names[:3] == ["O", "B-PERS", "I-PERS"]
    assert features["entities"].feature["label"].names[:3] == ["PERS", "ORG", "GPE"]
    assert str(loaded["train"].info.version) == "1.0.0"
    rows = [row for part in loaded.values() for row in part]
    (row,) = (row for row in rows if row["text"].startswith("هطلت"))
    label = features["entities"].feature["label"].int2str
    assert [(label(entity["label"]), entity["surface"]) for entity in row["entities"]] == [
        ("GPE", "بيروت"), ("DATE", "أمس"),
    ]
    assert all(row["text"][e["start"] : e["end"]] == e["surface"] for row in rows for e in row["entities"])
    assert [features["topics"].feature.int2str(topic) for topic in row["topics"]] == ["society"]
    documents = load_dataset(str(made.path), "documents", cache_dir=str(tmp_path / "cache"))
    assert {text for part in documents.values() for text in part["text"]} == set(TEXTS)


def test_filters_and_streaming_work(make: Callable[..., ReleaseSummary], tmp_path: Path) -> None:
    path = str(make(sample()).path)
    filters = [("label", "==", "paragraph")]
    found = load_dataset(path, "annotations", filters=filters, cache_dir=str(tmp_path / "cache"))
    assert {words for part in found.values() for words in part["surface"]} == {text.split("\n")[-1] for text in TEXTS}
    streamed = load_dataset(path, "documents", streaming=True)
    assert sum(1 for part in streamed.values() for _ in part) == len(TEXTS)


def test_two_corpora_in_folders_of_one_name_load_their_own_rows(tmp_path: Path, config: CorpusConfig) -> None:
    cache = str(tmp_path / "cache")
    found = []
    for place, texts in (("one", (MINISTER, MATCH, RAIN)), ("two", (MINISTER, MATCH, PORT))):
        root = tmp_path / place / "corpus"
        root.mkdir(parents=True)
        sample(texts).write(root)
        path = release(root, config, report=lambda message: None).path
        loaded = load_dataset(str(path), "documents", cache_dir=cache)
        found.append({text for part in loaded.values() for text in part["text"]})
    assert found == [{MINISTER, MATCH, RAIN}, {MINISTER, MATCH, PORT}]


@pytest.mark.usefixtures("unloaded")
def test_the_same_corpus_gives_the_same_bytes(tmp_path: Path, config: CorpusConfig) -> None:
    trees = []
    for place in ("one", "two"):
        root = tmp_path / place
        root.mkdir()
        sample().write(root)
        trees.append(tree(release(root, config, report=lambda message: None).path))
    assert trees[0] == trees[1]


@pytest.mark.usefixtures("unloaded")
def test_an_unchanged_corpus_is_not_released_again(make: Callable[..., ReleaseSummary]) -> None:
    first = make(sample())
    before = tree(first.path)
    again = make(sample())
    assert (again.created, again.version, again.path, again.counts) == (False, "1.0.0", first.path, first.counts)
    assert again.reason == "nothing to release: all is as in 1.0.0"
    assert tree(first.path) == before
    assert [path.name for path in first.path.parent.iterdir() if path.is_dir()] == ["1.0.0"]


@pytest.mark.usefixtures("unloaded")
def test_growth_is_minor_and_moves_nothing(make: Callable[..., ReleaseSummary]) -> None:
    first = make(sample())
    kept = tree(first.path)
    second = make(sample((*TEXTS, *MORE)), "b")
    third = make(sample((*TEXTS, *MORE, "نص آخر")), "c")
    assert [made.version for made in (first, second, third)] == ["1.0.0", "1.1.0", "1.2.0"]
    assert read_manifest(third.path).parent == "1.1.0"
    splits = [splits_of(made.path) for made in (first, second, third)]
    assert all(splits[1][doc] == split for doc, split in splits[0].items())
    assert all(splits[2][doc] == split for doc, split in splits[1].items())
    assert tree(first.path) == kept


@pytest.mark.usefixtures("unloaded")
def test_corrections_and_removals_are_major(make: Callable[..., ReleaseSummary]) -> None:
    make(sample())
    corrected = sample()
    gold = corrected.layer("entities", "gold", "adjudicator", round=1)
    corrected.entity(gold, RAIN, "بيروت", "GPE")
    second = make(corrected, "b")
    assert second.version == "2.0.0"
    assert second.reason == "documents: 1 changed; sentences: 2 changed; annotations: 1 added"
    third = make(sample((MINISTER, MATCH, RAIN, PORT)), "c")
    assert third.version == "3.0.0"


@pytest.mark.usefixtures("unloaded")
def test_other_packaging_of_the_same_rows_is_a_patch(
    make: Callable[..., ReleaseSummary], config: CorpusConfig
) -> None:
    make(sample())
    renamed = replace(config, corpus=replace(config.corpus, title="مدونة أخرى"))
    second = make(sample(), settings=renamed)
    assert (second.version, second.reason) == ("1.0.1", "the same rows in other packaging")
    assert not make(sample(), settings=renamed).created


@pytest.mark.usefixtures("unloaded")
def test_a_document_keeps_its_split_through_an_absence_and_a_correction(make: Callable[..., ReleaseSummary]) -> None:
    first = splits_of(make(sample((*TEXTS, *MORE))).path)
    make(sample(TEXTS), "b")
    back = sample((*TEXTS, *MORE[:-1]))
    corrected = MORE[-1] + " ثم غادر."
    back.document(corrected, f"page-{len(TEXTS) + len(MORE) - 1}.txt")
    last = splits_of(make(back, "c").path)
    assert all(last[doc] == split for doc, split in first.items() if doc in last)
    assert last[doc_id(corrected)] == first[doc_id(MORE[-1])]


@pytest.mark.usefixtures("unloaded")
def test_a_document_that_bridges_splits_is_held_out(make: Callable[..., ReleaseSummary]) -> None:
    splits = splits_of(make(sample()).path)
    one = next(text for text in TEXTS if splits[doc_id(text)] == "train")
    other = next(text for text in TEXTS if splits[doc_id(text)] == "test")
    grown = sample()
    bridge = f"{one}\n{other}"
    grown.document(bridge, "bridge.txt")
    for row in grown.rows["clusters"]:
        if row["doc_id"] in {doc_id(text) for text in (one, other, bridge)}:
            row["cluster_id"] = "joined"
    held_out = make(grown, "b")  # what was there keeps its cluster: only the card has something new to say
    assert (held_out.version, held_out.reason) == ("1.0.1", "the same rows in other packaging")
    grown.document(MORE[0], "more.txt")
    second = make(grown, "c")
    assert second.version == "1.1.0"
    assert splits_of(second.path).keys() == splits.keys() | {doc_id(MORE[0])}
    left_out = read_manifest(second.path).left_out
    assert (left_out.documents, left_out.torn_documents) == ({"bridges-splits": 1}, 2)
    assert "| bridges-splits | 1 |" in (second.path / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("unloaded")
def test_a_version_may_be_greater_than_it_must(make: Callable[..., ReleaseSummary]) -> None:
    assert make(sample(), version="0.3.0").version == "0.3.0"
    assert make(sample((*TEXTS, *MORE)), "b", version="2.0.0").version == "2.0.0"


@pytest.mark.usefixtures("unloaded")
def test_a_version_that_is_too_small_is_refused(make: Callable[..., ReleaseSummary]) -> None:
    made = make(sample())
    with pytest.raises(ReleaseError) as refused:
        make(sample((*TEXTS, MORE[0])), "b", version="1.0.1")
    assert str(refused.value) == (
        "version 1.0.1 is too small: compared with 1.0.0 there is documents: 1 added; sentences: 2 added; "
        "annotations: 3 added, which makes this at least 1.1.0; leave the version out, or ask for 1.1.0 or a greater "
        "one"
    )
    assert [path.name for path in made.path.parent.iterdir() if path.is_dir()] == ["1.0.0"]


@pytest.mark.usefixtures("unloaded")
def test_an_existing_version_is_refused(make: Callable[..., ReleaseSummary]) -> None:
    make(sample())
    with pytest.raises(ReleaseError, match=r"release 1\.0\.0 exists and is never changed"):
        make(sample((*TEXTS, MORE[0])), "b", version="1.0.0")


def test_an_empty_corpus_is_refused(make: Callable[..., ReleaseSummary]) -> None:
    with pytest.raises(ReleaseError, match="no documents to release; 'mudawwana build SOURCES' makes them"):
        make(sample(()))


def test_faulty_annotations_are_not_released(make: Callable[..., ReleaseSummary], tmp_path: Path) -> None:
    maker = sample()
    layer = maker.layer("entities", "gold", "adjudicator", round=1)
    maker.entity(layer, RAIN, "بيروت", "TOWN")
    with pytest.raises(ReleaseError, match=r"unknown-label: documents/.*'TOWN' is not one of: PERS"):
        make(maker)
    assert [path for path in (tmp_path / "corpus/releases").iterdir() if path.is_dir()] == []


def test_what_an_interrupted_release_left_is_removed(make: Callable[..., ReleaseSummary], tmp_path: Path) -> None:
    left = tmp_path / "corpus/releases/.partial-x"
    left.mkdir(parents=True)
    (left / "README.md").touch()
    make(sample())
    assert not left.exists()


def test_an_unknown_licence_keeps_the_release_local(make: Callable[..., ReleaseSummary]) -> None:
    maker = sample()
    maker.document(MORE[0], "more.txt", licence=None)
    path = make(maker).path
    manifest = read_manifest(path)
    assert (manifest.distribution, manifest.text_licences) == ("local", {"CC0-1.0": 5, "unknown": 1})
    header = header_of(path)
    assert (header["license"], header["license_name"], header["license_link"]) == (
        "other", "not-for-distribution", "LICENSE",
    )
    assert "NOT FOR DISTRIBUTION" in (path / "LICENSE").read_text(encoding="utf-8")
    assert "**Not for distribution.**" in (path / "README.md").read_text(encoding="utf-8")


def test_the_card_says_who_annotated(make: Callable[..., ReleaseSummary]) -> None:
    maker = sample()
    gold = maker.layer("entities", "gold", "adjudicator", round=1)
    maker.entity(gold, RAIN, "بيروت", "GPE")
    header = header_of(make(maker).path)
    assert header["annotations_creators"] == ["machine-generated", "expert-generated"]
    assert header["license"] == "cc0-1.0"
    assert header["size_categories"] == ["n<1K"]
    (default,) = (entry for entry in header["configs"] if entry.get("default"))
    assert default["config_name"] == "sentences"
    assert not any("splits" in entry for entry in header["dataset_info"])


def header_of(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((path / "README.md").read_text(encoding="utf-8").split("---\n")[1]))


def test_a_split_of_the_settings_may_have_any_name(make: Callable[..., ReleaseSummary], config: CorpusConfig) -> None:
    settings = replace(config, release=ReleaseConfig({"train": 0.5, "dev": 0.5}))
    assert make(sample(), settings=settings).counts["documents"].keys() == {"train", "dev"}


def test_one_document_is_enough(make: Callable[..., ReleaseSummary]) -> None:
    made = make(sample((RAIN,)))
    assert made.counts["documents"] == {"train": 1}
    assert verify_release(made.path) == []


def test_a_split_whose_documents_have_no_entities_loads(make: Callable[..., ReleaseSummary]) -> None:
    maker = Maker()
    for number, text in enumerate(MORE[:4]):
        maker.document(text, f"{number}.txt")
    made = make(maker)
    assert preview(made.path).entities == ()


def test_nothing_is_asked_of_the_network(
    make: Callable[..., ReleaseSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    preview(make(sample()).path)


def test_the_preview_shows_a_sentence_with_entities(make: Callable[..., ReleaseSummary]) -> None:
    maker = sample()
    gold = maker.layer("entities", "gold", "adjudicator", round=1)
    maker.entity(gold, RAIN, "بيروت", "GPE")
    made = make(maker)
    shown = preview(made.path)
    assert (shown.version, shown.counts) == ("1.0.0", made.counts)
    assert shown.sentence in RAIN.split("\n")
    assert shown.entities == (("بيروت", "GPE"),)
    assert (shown.status, shown.topics) == ("gold", ("society",))


def test_a_release_holds_no_time_and_no_path_of_this_machine(
    make: Callable[..., ReleaseSummary], tmp_path: Path
) -> None:
    path = make(sample()).path
    names = list_files(path)
    assert [name for name in names if "/" not in name] == [
        "CHANGELOG.md", "CITATION.cff", "DATASHEET.md", "LICENSE", "README.md", "SHA256SUMS", "croissant.json",
        "manifest.json", "ontology.toml",
    ]
    for name in names:
        body = (path / name).read_bytes()
        assert str(tmp_path).encode() not in body
        assert b"T00:" not in body
    assert json.loads((path / "manifest.json").read_bytes())["published"] == ["2026-01-12", "2026-01-12"]
    assert oct(os.stat(path).st_mode)[-3:] == "755"


def test_an_ontology_that_takes_topics_from_the_packaged_one_is_released_whole(
    make: Callable[..., ReleaseSummary], config: CorpusConfig, tmp_path: Path
) -> None:
    packaged = (Path(schemas.ontology.__file__).parent / "ontology.toml").read_text(encoding="utf-8")
    own = "# ours\n" + packaged.split("\n[topics]\n")[0] + "\n"
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "own.toml").write_text(own, encoding="utf-8")
    path = make(sample(), settings=replace(config, annotation=replace(config.annotation, ontology="own.toml"))).path
    released = (path / "ontology.toml").read_text(encoding="utf-8")
    inherited = {"topics", "sentences", "problems"}
    assert released.startswith(own.rstrip("\n"))
    assert inherited <= tomllib.loads(released).keys() and not inherited & tomllib.loads(own).keys()
    theirs, ours = load_ontology(path / "ontology.toml"), load_ontology(tmp_path / "corpus" / "own.toml")
    assert theirs == ours and theirs.digest == read_manifest(path).ontology.digest


def test_the_ontology_of_the_corpus_is_released(make: Callable[..., ReleaseSummary], config: CorpusConfig) -> None:
    settings = replace(config, annotation=replace(config.annotation, inventory="conll"), corpus=AboutConfig())
    maker = Maker()
    maker.document(RAIN, "a.txt")
    layer = maker.layer("entities", "prediction", "rules")
    maker.entity(layer, RAIN, "بيروت", "LOC")
    path = make(maker, settings=settings).path
    assert read_manifest(path).ontology.inventory == "conll"
    assert "  - LOC\n" not in (path / "README.md").read_text(encoding="utf-8")
    assert "'0': PER\n" in (path / "README.md").read_text(encoding="utf-8")

"""Building a corpus: the same input gives the same bytes, whatever happens on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus.config import CorpusConfig, parse_config
from corpus.release.source import read_corpus
from corpus.store import StoreError, locked, read_table
from corpus.workflow.build import BuildSummary, build
from corpus.workflow.init import init_corpus
from tests.conftest import SAMPLES, Run, tree

PAGES = ("ma-07*", "ma-08*", "ma-09*", "dz-02*", "sa-02*", "gulf-world.jsonl")


def quiet(stage: str, done: int, total: int) -> None:
    """No progress."""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A few sample pages: near duplicates, no article, windows-1256, two articles on a page, records."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for pattern in PAGES:
        for path in (SAMPLES / "pages").glob(pattern):
            shutil.copy(path, folder)
    return folder


def build_in(root: Path, *sources: Path, config: CorpusConfig | None = None, jobs: int = 1) -> BuildSummary:
    """Build quietly in `root`, which is made if need be."""
    if not (root / "corpus.toml").exists():
        init_corpus(root, "test")
    return build(root, config or CorpusConfig(), list(map(str, sources)), jobs=jobs, progress=quiet)


def test_a_page_becomes_documents_with_predictions(tmp_path: Path, pages: Path) -> None:
    summary = build_in(tmp_path / "corpus", pages)
    assert summary.found == 10
    assert summary.documents == 10  # two articles on one page; one page without an article
    assert summary.dropped == {"no-article": 1}
    assert summary.near_duplicates == 1
    assert summary.sentences > 100 and summary.entities > 150 and summary.topics >= 8
    tables = read_corpus(tmp_path / "corpus")
    encodings = set(tables.sightings["encoding"].to_pylist())
    assert encodings == {"utf-8", "cp1256"}
    records = tables.sightings.filter([path.startswith("gulf") for path in tables.sightings["path"].to_pylist()])
    assert set(records["licence"].to_pylist()) == {"CC0-1.0"}
    assert all(url.startswith("https://") for url in records["url"].to_pylist())


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, pages: Path) -> None:
    build_in(tmp_path / "one", pages)
    build_in(tmp_path / "two", pages, jobs=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_second_run_does_nothing(tmp_path: Path, pages: Path) -> None:
    first = build_in(tmp_path / "corpus", pages)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "corpus" / "store").rglob("*.parquet")}
    again = build_in(tmp_path / "corpus", pages)
    assert (again.new_pages, again.derived_shards) == (0, 0)
    assert again.documents == first.documents
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "corpus" / "store").rglob("*.parquet")}


def test_interrupted_anywhere_and_run_again_it_gives_the_same(
    tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every rename of a build is once the one that does not happen any more."""
    reference = tmp_path / "reference"
    calls = 0
    replace = os.replace

    def counting(source: str, target: str) -> None:
        nonlocal calls
        calls += 1
        replace(source, target)

    monkeypatch.setattr(os, "replace", counting)
    build_in(reference, pages)
    total = calls
    assert total > 8
    for stop_at in range(2, total + 1):  # the first writes corpus.toml
        root = tmp_path / f"stopped-{stop_at}"
        calls = 0

        def stopping(source: str, target: str, at: int = stop_at) -> None:
            nonlocal calls
            calls += 1
            if calls == at:
                raise KeyboardInterrupt
            replace(source, target)

        monkeypatch.setattr(os, "replace", stopping)
        with pytest.raises(KeyboardInterrupt):
            build_in(root, pages)
        monkeypatch.setattr(os, "replace", replace)
        build_in(root, pages)
        assert tree(root) == tree(reference), f"stopped at rename {stop_at}"


@pytest.mark.parametrize("seconds", [0.7, 1.3, 2.0])
def test_killed_and_run_again_it_gives_the_same(tmp_path: Path, pages: Path, seconds: float) -> None:
    build_in(tmp_path / "reference", pages)
    root = tmp_path / "killed"
    init_corpus(root, "test")
    command = [sys.executable, "-m", "corpus.cli.app", "build", str(pages), "--corpus", str(root), "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    build_in(root, pages)
    kept = {name: body for name, body in tree(root).items() if "/.tmp-" not in name}
    assert kept == tree(tmp_path / "reference")


def test_growing_keeps_what_was_there(tmp_path: Path, pages: Path) -> None:
    root = tmp_path / "corpus"
    build_in(root, pages / "ma-07-cannery-deal.txt")
    before = read_corpus(root)
    summary = build_in(root, pages)
    assert summary.new_pages == 9
    after = read_corpus(root)
    assert set(before.documents["doc_id"].to_pylist()) < set(after.documents["doc_id"].to_pylist())
    first = before.clusters["cluster_id"][0].as_py()
    assert after.clusters["cluster_id"].to_pylist().count(first) == 2


def test_a_changed_page_replaces_its_documents(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    text = (SAMPLES / "pages" / "tn-02-mobile-libraries.txt").read_text("utf-8")
    page.write_text(text, "utf-8")
    root = tmp_path / "corpus"
    build_in(root, page)
    (old,) = read_corpus(root).documents["doc_id"].to_pylist()
    page.write_text(text + "\nوأضاف المسؤول أن المشروع سيستمر خلال السنة المقبلة في ولايات أخرى.\n", "utf-8")
    summary = build_in(root, page)
    assert (summary.new_pages, summary.updated_sources, summary.documents) == (1, 1, 1)
    (new,) = read_corpus(root).documents["doc_id"].to_pylist()
    assert new != old


def test_equal_texts_are_one_document_with_several_sightings(tmp_path: Path) -> None:
    text = (SAMPLES / "pages" / "tn-02-mobile-libraries.txt").read_bytes()
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(text)
    summary = build_in(tmp_path / "corpus", tmp_path / "a.txt", tmp_path / "b.txt")
    assert summary.documents == 1
    assert read_corpus(tmp_path / "corpus").sightings.num_rows == 2


def test_two_pages_that_claim_one_source_are_not_both_taken(tmp_path: Path) -> None:
    for folder, words in (("a", "tn-01-rural-transport.txt"), ("b", "tn-02-mobile-libraries.txt")):
        (tmp_path / folder).mkdir()
        shutil.copy(SAMPLES / "pages" / words, tmp_path / folder / "page.txt")
    summary = build_in(tmp_path / "corpus", tmp_path / "a", tmp_path / "b")
    assert summary.documents == 1
    assert summary.rejects == {"same-source-twice": 1}
    apart = build_in(tmp_path / "other", tmp_path / "a" / "..", config=CorpusConfig())
    assert apart.documents >= 2


def test_a_mended_source_is_no_reject_any_more(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_bytes(b"")
    root = tmp_path / "corpus"
    assert build_in(root, page).rejects == {"empty-page": 1}
    shutil.copy(SAMPLES / "pages" / "tn-02-mobile-libraries.txt", page)
    summary = build_in(root, page)
    assert (summary.rejects, summary.documents) == ({}, 1)


def test_another_inventory_translates_the_labels(tmp_path: Path, pages: Path) -> None:
    config = parse_config('[annotation]\ninventory = "conll"\n')
    build_in(tmp_path / "corpus", pages, config=config)
    labels = set(read_corpus(tmp_path / "corpus").spans["label"].to_pylist()) - {"sentence"}
    assert {"PER", "LOC", "ORG"} <= labels <= {"PER", "LOC", "ORG", "MISC"}


def test_only_one_process_writes(tmp_path: Path, pages: Path) -> None:
    root = tmp_path / "corpus"
    init_corpus(root, "test")
    with locked(root), pytest.raises(StoreError, match="another mudawwana process"):
        build(root, CorpusConfig(), [str(pages)], jobs=1, progress=quiet)


def test_secrets_of_an_address_are_neither_stored_nor_released(tmp_path: Path, run_command: Run) -> None:
    text = (SAMPLES / "pages" / "tn-02-mobile-libraries.txt").read_text("utf-8")
    record = {"text": text, "url": "https://user:pa55w0rd@example.org/a?token=s3cr3t&id=7", "licence": "CC0-1.0"}
    (tmp_path / "page.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    html = (SAMPLES / "pages" / "lb-01-trail.html").read_text("utf-8")
    canonical = '<link rel="canonical" href="https://example.org/b?sid=s3cr3t&amp;id=8">'
    (tmp_path / "page.html").write_text(html.replace("<head>", f"<head>{canonical}", 1), "utf-8")
    run_command("init", "corpus")
    assert run_command("build", "page.jsonl", "page.html", "--corpus", "corpus").returncode == 0
    run_command("release", "--corpus", "corpus")
    root = tmp_path / "corpus"
    urls = {"https://example.org/a?token=&id=7", "https://example.org/b?sid=&id=8"}
    assert set(read_table(root, "sources")["url"].to_pylist()) == urls
    assert set(read_table(root, "sightings")["url"].to_pylist()) == urls
    released = [pq.read_table(file)["url"].to_pylist() for file in (root / "releases").rglob("documents/*.parquet")]
    assert {url for column in released for url in column} == urls
    held = run_command("lookup", record["url"].replace("s3cr3t", "other"), "--corpus", "corpus", "--json")
    assert json.loads(held.stdout)["in_corpus"]

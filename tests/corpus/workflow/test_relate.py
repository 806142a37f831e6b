"""Near duplicates and stories of the sample corpus: which articles, under whose id."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from bench.stories import read_pairs, score
from corpus.config import CorpusConfig
from corpus.store import read_head, read_table
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from tests.conftest import SAMPLES


def build_in(root: Path, *sources: Path) -> None:
    if not root.exists():
        init_corpus(root, "test")
    build(root, CorpusConfig(), list(map(str, sources)), jobs=1, progress=lambda *_: None)


def related(root: Path, column: str) -> dict[str, set[str]]:
    """Paths by cluster or story, those of several documents."""
    paths = {row["doc_id"]: row["path"] for row in read_table(root, "sightings").to_pylist()}
    found = defaultdict(set)
    for row in read_table(root, "clusters").to_pylist():
        found[row[column]].add(paths[row["doc_id"]])
    return {name: members for name, members in found.items() if len(members) > 1}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of all sample pages."""
    root = tmp_path_factory.mktemp("samples") / "corpus"
    build_in(root, SAMPLES / "pages")
    return root


def test_the_stories_of_the_sample_articles_are_found_and_no_others(samples: Path) -> None:
    assert sorted(map(sorted, related(samples, "story_id").values())) == [
        ["jo-01-trail.txt", "lb-01-trail.html"],
        ["ma-07-cannery-deal.txt", "ma-08-cannery-wages.txt"],  # near duplicates, hence of one story
    ]
    assert list(map(sorted, related(samples, "cluster_id").values())) == [
        ["ma-07-cannery-deal.txt", "ma-08-cannery-wages.txt"]
    ]


def test_the_judged_pairs_of_the_samples_are_met(samples: Path) -> None:
    stories = {row["doc_id"]: row["story_id"] for row in read_table(samples, "clusters").to_pylist()}
    sightings = read_table(samples, "sightings").to_pylist()
    story_of = {row["source_id"]: stories[row["doc_id"]] for row in sightings if row["doc_id"] in stories}
    pairs = [pair for pair in read_pairs() if pair.sample == "samples"]
    found = score(pairs, story_of)
    assert pairs and (found.right, found.found, found.same) == (len(pairs), len(pairs), len(pairs))


def test_ids_are_those_of_the_first_member(samples: Path) -> None:
    sources = {row["source_id"]: row["path"] for row in read_table(samples, "sightings").to_pylist()}
    assert {sources[name] for name in related(samples, "story_id")} == {"jo-01-trail.txt", "ma-07-cannery-deal.txt"}
    assert all(row["story_id"] in sources for row in read_table(samples, "clusters").to_pylist())


def test_an_article_that_comes_later_takes_the_id_of_the_first(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    build_in(root, SAMPLES / "pages" / "lb-01-trail.html")
    (only,) = read_table(root, "clusters").to_pylist()
    build_in(root, SAMPLES / "pages" / "jo-01-trail.txt")
    assert {row["story_id"] for row in read_table(root, "clusters").to_pylist()} == {only["story_id"]}


def test_related_documents_are_found_once(samples: Path) -> None:
    head = read_head(samples)
    build_in(samples, SAMPLES / "pages")
    assert read_head(samples) == head


def test_records_of_one_file_are_taken_to_be_of_one_outlet(tmp_path: Path) -> None:
    texts = [
        "زلزال يضرب إقليم الحسيمة\nضرب زلزال بقوة 5.4 درجات سواحل إقليم الحسيمة فجر الثلاثاء، وفق المعهد الوطني "
        "للجيوفيزياء. وقال مديره ناصر جبور إن الهزة وقعت على عمق 17 كيلومترا شمال أجدير. ولم تسجل خسائر تذكر.",
        "هزة أرضية توقظ سكان أجدير\nاستيقظ سكان أجدير فجر الثلاثاء على هزة أرضية بلغت 5.4 درجات. وأوضح ناصر جبور، مدير "
        "المعهد الوطني للجيوفيزياء، أن مركز الزلزال كان شمال إقليم الحسيمة على عمق 17 كيلومترا، دون خسائر تذكر.",
    ]
    for name, outlets in (("named", ("أ", "ب")), ("unnamed", (None, None))):
        records = [
            json.dumps({"text": text, **({"outlet": outlet} if outlet else {})}, ensure_ascii=False)
            for text, outlet in zip(texts, outlets, strict=True)
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(records), encoding="utf-8")
        build_in(tmp_path / name, tmp_path / f"{name}.jsonl")
        assert bool(related(tmp_path / name, "story_id")) == (name == "named")

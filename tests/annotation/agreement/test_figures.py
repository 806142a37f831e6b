"""The figures of whole corpora, and the table that they become."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotation.agreement.figures import MEASURES, agreement_table, measure_agreement
from annotation.notation import format_article
from corpus.config import CorpusConfig
from corpus.store import read_head, read_table
from corpus.workflow.agreement import corpus_agreement
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from corpus.workflow.take_in import import_files
from tests.annotation.simulated import PERFECT, Habits, Simulation, annotate, copies, samples
from tests.conftest import SAMPLES, Run, tree


def simulated(habits: Habits, documents: int = 20) -> Simulation:
    """Three annotators of the same habits, and predictions; every fourth document is blind."""
    random = np.random.default_rng(11)
    simulation = Simulation.of(copies(documents))
    for nth, article in enumerate(simulation.articles):
        simulation.add(annotate(article, Habits(miss=0.2), random), "model", kind="prediction")
        for reader in range(3):
            simulation.add(annotate(article, habits, random), f"reader-{reader}", saw=nth % 4 != 0)
    return simulation


def test_perfect_annotators_agree_wholly() -> None:
    found = measure_agreement(simulated(PERFECT).tables())
    between = [one for one in found.figures if one.measure.startswith(("f1", "alpha"))]
    assert {one.measure for one in between} == {name for name in MEASURES if name.startswith(("f1", "alpha"))}
    assert {one.value for one in between} == {1.0}
    assert found.differences == ()


def test_every_measure_is_documented_and_lies_in_its_interval() -> None:
    found = measure_agreement(simulated(Habits(miss=0.1, relabel=0.1, shift=0.1, boundary=0.1, topic=0.3)).tables())
    assert {one.measure for one in found.figures} == set(MEASURES)
    docs = (Path(__file__).parents[3] / "docs" / "agreement.md").read_text("utf-8")
    for measure in MEASURES:
        assert f"`{measure}`" in docs
    for one in found.figures:
        if one.low is not None and one.high is not None and one.n > 200:
            assert one.low <= one.value <= one.high


def test_careless_annotators_are_found_out() -> None:
    """The third annotator misses every second mention: the pairs with them agree less."""
    random = np.random.default_rng(12)
    simulation = Simulation.of(copies(20))
    for article in simulation.articles:
        for reader, miss in enumerate((0.05, 0.05, 0.5)):
            simulation.add(annotate(article, Habits(miss=miss), random), f"reader-{reader}", tasks=["entities"])
    found = measure_agreement(simulation.tables())
    strict = {(one.first, one.second): one.strict.value for one in found.pairs}
    assert strict["reader-0", "reader-1"] > 0.9
    assert max(strict["reader-0", "reader-2"], strict["reader-1", "reader-2"]) < 0.75
    (worst, *_) = found.differences
    assert (worst.kind, "reader-2" in (worst.first, worst.second)) == ("missed", True)
    assert worst.examples[0].words


def test_single_annotators_give_no_figures() -> None:
    simulation = Simulation.of(copies(2))
    for nth, article in enumerate(simulation.articles):
        simulation.add(article, f"reader-{nth}")
    found = measure_agreement(simulation.tables())
    assert found.documents["entities"] == 2
    assert found.shared["entities"] == 0
    assert found.figures == ()


def test_nothing_annotated() -> None:
    assert measure_agreement(Simulation.of(copies(2)).tables()).figures == ()


def test_the_same_tables_give_the_same_rows() -> None:
    tables = simulated(Habits(miss=0.1), 8).tables()
    one, other = (agreement_table(measure_agreement(tables).figures) for _ in range(2))
    assert one.equals(other)
    assert one.num_rows > 10


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A corpus of two sample pages, each annotated by two."""
    folder = tmp_path / "corpus"
    init_corpus(folder, "test")
    pages = ("tn-02-mobile-libraries", "ye-01-coffee")
    sources = [str(SAMPLES / "pages" / f"{page}.txt") for page in pages]
    build(folder, CorpusConfig(), sources, jobs=1, progress=lambda *_: None)
    for annotator in ("one", "two"):
        file = tmp_path / f"{annotator}.gold"
        articles = [one for one in samples() if one.source.removesuffix(".txt") in pages]
        if annotator == "two":
            articles = [replace(one, entities=one.entities[:-2]) for one in articles]
        file.write_text("\n".join(map(format_article, articles)), "utf-8")
        import_files(folder, CorpusConfig(), [str(file)], annotator=annotator, gold=False, round_=1)
    return folder


def test_the_figures_become_the_table_of_the_corpus(root: Path) -> None:
    found = corpus_agreement(root)
    rows = read_table(root, "agreement")
    assert rows.equals(agreement_table(found.figures))
    before = tree(root)
    corpus_agreement(root)
    assert tree(root) == before, "a second run changes nothing"
    file = root.parent / "three.gold"
    article = next(one for one in samples() if one.source == "ye-01-coffee.txt")
    file.write_text(format_article(article), "utf-8")
    import_files(root, CorpusConfig(), [str(file)], annotator="three", gold=False, round_=1)
    corpus_agreement(root)
    assert len(read_head(root).keys("agreement")) == 1
    assert not read_table(root, "agreement").equals(rows)


def test_the_command_prints_figures_as_a_table_and_as_json(root: Path, run_command: Run) -> None:
    shown = run_command("agreement", "--corpus", root)
    assert shown.returncode == 0, shown.stderr
    assert "f1-strict" in shown.stdout
    assert "missed" in shown.stdout
    found = json.loads(run_command("agreement", "--corpus", root, "--json").stdout)
    strict = next(one for one in found["figures"] if (one["task"], one["label"], one["measure"])
                  == ("entities", "*", "f1-strict"))  # fmt: skip
    assert 0.8 < strict["value"] < 1
    assert strict["low"] <= strict["value"] <= strict["high"]

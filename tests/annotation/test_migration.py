"""Labels of a corpus in work that are mapped, split and retired: as new layers, once, and nothing is lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from annotation.judged import read_work
from annotation.migration import UNDECIDED, PlanError, read_plan
from annotation.review.checks import review
from corpus.config import read_config
from corpus.release.choose import SILVER, SINGLE, choose_layers, current_annotations
from corpus.release.source import CorpusTables, read_corpus
from corpus.validate import validate_corpus
from corpus.workflow.migrate import migrate_corpus
from schemas.ontology import load_ontology
from tests.annotation.written import CASES
from tests.conftest import SAMPLES, Run, tree

ONTOLOGY, PLAN = CASES / "migration" / "ontology.toml", CASES / "migration" / "plan.toml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of two samples with a reader's annotations, whose ontology has become another."""
    folder = tmp_path_factory.mktemp("migration") / "corpus"
    command = str(Path(sys.executable).with_name("mudawwana"))

    def run(*arguments: str | Path) -> None:
        subprocess.run([command, *map(str, arguments)], check=True, capture_output=True)

    run("init", folder)
    pages = [SAMPLES / "pages" / f"{name}" for name in ("ma-01-olive-oil.txt", "lb-01-trail.html")]
    run("build", *pages, "--corpus", folder)
    for one in pages:
        run("import", next((SAMPLES / "gold").glob(f"{one.stem}*")), "--annotator", "reader-1", "--corpus", folder)
    change_ontology(folder)
    run("build", "--corpus", folder)
    return folder


@pytest.fixture
def root(tmp_path: Path, made: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "corpus"))


def change_ontology(root: Path) -> None:
    """Let the corpus use the later ontology."""
    shutil.copy(ONTOLOGY, root / "places.toml")
    config = root / "corpus.toml"
    text = config.read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("ontology =", "inventory ="))]
    at = next((nth for nth, line in enumerate(lines) if line.strip() == "[annotation]"), None)
    if at is None:
        lines, at = [*lines, "[annotation]"], len(lines)
    lines[at + 1 : at + 1] = ['ontology = "places.toml"', 'inventory = "places"']
    config.write_text("\n".join(lines) + "\n", "utf-8")


def labels_of(tables: CorpusTables, *, drafts: bool = False) -> Counter[str]:
    """The labels that count of people's entities."""
    return Counter(read_work(tables, "entities", drafts=drafts).rows["label"].to_pylist())


def test_labels_are_mapped_split_and_retired_once(root: Path) -> None:
    config = read_config(root)
    old = labels_of(read_corpus(root))
    assert old["PERS"] and old["GPE"] and old["DATE"] and old["NORP"]
    with pytest.raises(PlanError, match=r"no longer has .*GPE \(\d+ times\)"):
        migrate_corpus(root, config, None)
    before = tree(root)
    trial = migrate_corpus(root, config, PLAN, trial=True)
    assert tree(root) == before
    done = migrate_corpus(root, config, PLAN)
    assert (done.layers, done.mapped, done.undecided) == (trial.layers, trial.mapped, trial.undecided)
    assert done.undecided == old["GPE"] and done.mapped == old["PERS"] + old["NORP"]
    assert done.retired == sum(old.values()) - old["ORG"] - done.mapped - done.undecided

    tables = read_corpus(root)
    new = labels_of(tables, drafts=True)
    assert new == {"PERSON": old["PERS"], "COUNTRY": old["GPE"], "ORG": old["ORG"] + old["NORP"]}
    assert validate_corpus(root, config, load_ontology(root / "places.toml")) == []
    spans = {row["annotation_id"]: row for row in tables.spans.to_pylist()}
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist()}
    for row in spans.values():
        layer = layers[row["layer_id"]]
        if layer["ontology_version"] == "places-2.0.0" and layer["kind"] == "annotation":
            (parent,) = row["parents"]
            was = spans[parent]
            assert (was["start"], was["end"], was["surface"]) == (row["start"], row["end"], row["surface"])
            assert layers[was["layer_id"]]["layer_id"] == layer["parent_layer"]
            assert (row["score"] == UNDECIDED) == (was["label"] == "GPE")
    assert sum(row["label"] in ("DATE", "GPE") for row in spans.values()), "what was said once stays"
    after = tree(root)
    assert migrate_corpus(root, config, PLAN).layers == 0 and tree(root) == after, "a second run changes nothing"


def test_what_was_split_is_asked_about_and_no_gold_until_somebody_decides(root: Path) -> None:
    config = read_config(root)
    before = read_corpus(root)
    chosen = choose_layers(before, "entities", current_annotations(before, "entities"))
    assert {one.status for one in chosen.values()} == {SINGLE}
    migrate_corpus(root, config, PLAN)
    tables = read_corpus(root)
    doubts = review(tables, only=("undecided-label",))
    assert {one.label for one in doubts} == {"COUNTRY"} and len(doubts) == labels_of(before)["GPE"]
    chosen = choose_layers(tables, "entities", current_annotations(tables, "entities"))
    with_doubts = {one.doc_id for one in doubts}
    assert with_doubts
    for doc, choice in chosen.items():
        assert choice.status == (SILVER if doc in with_doubts else SINGLE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[entities", "not TOML"),
        ("[labels]\nPERS = 'PERSON'", "no table 'labels'"),
        ("entities = 3", "'entities' is a table"),
        ("[entities]\nPERS = 'PERSONN'", "entities.PERS: the ontology has no 'PERSONN'; it has: PERSON"),
        ("[entities]\nPERS = 3", "a label, a list of labels"),
        ("[topics]\nsport = ['sport', 'health']", "a topic cannot be split"),
    ],
)
def test_a_wrong_plan_is_refused(text: str, said: str) -> None:
    with pytest.raises(PlanError) as failed:
        read_plan(text, "plan.toml", ("PERSON", "ORG"), ("sport", "health"))
    assert said in str(failed.value)


def test_the_command_says_what_is_missing_and_what_it_did(root: Path, run_command: Run) -> None:
    done = run_command("ontology", "migrate", "--corpus", root)
    assert done.returncode == 1 and "say in the plan" in done.stderr
    done = run_command("ontology", "migrate", "no-such.toml", "--corpus", root)
    assert done.returncode == 1 and "cannot be read" in done.stderr
    done = run_command("ontology", "migrate", PLAN, "--corpus", root)
    assert done.returncode == 0 and "split, to be decided" in done.stdout and "review" in done.stderr

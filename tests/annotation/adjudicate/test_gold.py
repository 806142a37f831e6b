"""Gold in the store: added once, changed as a revision, withdrawn, never over a person's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from annotation.adjudicate.rules import RULES
from annotation.adjudicate.settle import adjudicate, open_documents
from annotation.notation import NotedArticle, format_article
from corpus.config import CorpusConfig
from corpus.release.choose import choose_layers, current_annotations
from corpus.release.source import read_corpus
from corpus.workflow.adjudicate import AdjudicationSummary, adjudicate_corpus
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from corpus.workflow.take_in import import_files
from tests.annotation.simulated import samples
from tests.conftest import SAMPLES, Run, tree

PAGES = ("tn-02-mobile-libraries.txt", "ye-01-coffee.txt")


def article(page: str) -> NotedArticle:
    """The gold of a sample page."""
    return next(one for one in samples() if one.source == page)


def take_in(root: Path, annotator: str, *articles: NotedArticle, gold: bool = False, round_: int = 1) -> None:
    """Annotations of a person."""
    file = root.parent / f"{annotator}.gold"
    file.write_text("\n".join(map(format_article, articles)), "utf-8")
    summary = import_files(root, CorpusConfig(), [str(file)], annotator=annotator, gold=gold, round_=round_)
    assert summary.new
    assert summary.rejects == ()


def run(root: Path, rule: str = "majority", **options: object) -> AdjudicationSummary:
    """Adjudicate."""
    return adjudicate_corpus(root, CorpusConfig(), RULES[rule], **options)  # type: ignore[arg-type]


def gold_words(root: Path, page: str) -> list[str] | None:
    """The entities that a release would have for a page as gold; None where it has no gold."""
    tables = read_corpus(root)
    annotations = current_annotations(tables, "entities")
    doc = next(row["doc_id"] for row in tables.sightings.to_pylist() if row["path"] == page)
    choice = choose_layers(tables, "entities", annotations)[doc]
    if choice.status != "gold":
        return None
    return sorted(
        row["surface"] for row in annotations.to_pylist() if (row["doc_id"], row["layer_id"]) == (doc, choice.layer_id)
    )


def surfaces(one: NotedArticle) -> list[str]:
    """The words of the entities of an article."""
    return sorted(one.text[entity.start : entity.end] for entity in one.entities)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two pages, each annotated by three; the third left out the first entity of each."""
    folder = tmp_path / "corpus"
    init_corpus(folder, "test")
    sources = [str(SAMPLES / "pages" / page) for page in PAGES]
    build(folder, CorpusConfig(), sources, jobs=1, progress=lambda *_: None)
    whole = [article(page) for page in PAGES]
    take_in(folder, "one", *whole)
    take_in(folder, "two", *whole)
    take_in(folder, "three", *(replace(one, entities=one.entities[1:]) for one in whole))
    return folder


def test_majority_settles_what_unanimity_leaves_open(root: Path) -> None:
    open_ = run(root, "unanimous").tasks["entities"]
    assert (open_.settled, open_.open) == (0, 2)
    assert gold_words(root, PAGES[0]) is None
    settled = run(root, "majority").tasks["entities"]
    assert (settled.settled, settled.open) == (2, 0)
    assert gold_words(root, PAGES[0]) == surfaces(article(PAGES[0]))


def test_a_second_run_adds_nothing(root: Path) -> None:
    assert run(root).added == 6
    before = tree(root)
    again = run(root)
    assert (again.added, again.changed, again.withdrawn) == (0, 0, 0)
    assert tree(root) == before


def test_gold_survives_a_build(root: Path) -> None:
    run(root)
    build(root, CorpusConfig(), [], jobs=1, progress=lambda *_: None)
    assert gold_words(root, PAGES[0]) == surfaces(article(PAGES[0]))


def test_gold_rows_name_the_rule_and_what_they_come_from(root: Path) -> None:
    run(root)
    tables = read_corpus(root)
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist()}
    rows = tables.spans.to_pylist()
    names = {row["annotation_id"]: row for row in rows}
    gold = [row for row in rows if layers[row["layer_id"]]["kind"] == "gold"]
    assert {layers[row["layer_id"]]["producer"] for row in gold} == {"majority"}
    assert {row["producer"] for row in gold} == {"unanimous", "majority"}
    for row in gold:
        parents = [names[name] for name in row["parents"]]
        assert len(parents) == (3 if row["producer"] == "unanimous" else 2)
        assert {(one["start"], one["end"], one["label"]) for one in parents} == {
            (row["start"], row["end"], row["label"])
        }
    judgments = [row for row in tables.judgments.to_pylist() if row["annotator"] == "majority"]
    assert len(judgments) == 6
    assert {row["comment"] for row in judgments} == {"majority of one, three, two"}


def test_changed_annotations_make_a_new_revision_and_the_old_one_stays(root: Path) -> None:
    run(root)
    before = read_corpus(root).spans
    whole = article(PAGES[0])
    take_in(root, "two", replace(whole, entities=whole.entities[1:]), round_=1)
    found = run(root)
    assert found.changed >= 1
    assert gold_words(root, PAGES[0]) == surfaces(replace(whole, entities=whole.entities[1:]))
    assert set(before["annotation_id"].to_pylist()) <= set(read_corpus(root).spans["annotation_id"].to_pylist())
    assert run(root).changed == 0


def test_gold_is_withdrawn_when_its_document_is_open_again_and_comes_back(root: Path) -> None:
    run(root)
    whole = article(PAGES[0])
    take_in(root, "four", replace(whole, entities=whole.entities[1:]))
    found = run(root)
    assert found.withdrawn >= 1
    assert gold_words(root, PAGES[0]) is None, "two against two"
    assert [one.reason for one in found.conflicts] == ["undecided"]
    take_in(root, "five", whole)
    run(root)
    assert gold_words(root, PAGES[0]) == surfaces(whole)


def test_only_one_rules_gold_stands(root: Path) -> None:
    run(root, "majority")
    assert gold_words(root, PAGES[0]) is not None
    found = run(root, "unanimous")
    assert found.withdrawn == 2
    assert gold_words(root, PAGES[0]) is None
    run(root, "majority")
    assert gold_words(root, PAGES[0]) == surfaces(article(PAGES[0]))


def test_what_a_person_adjudicated_stays(root: Path) -> None:
    run(root)
    whole = article(PAGES[0])
    person = replace(whole, entities=whole.entities[:3])
    take_in(root, "adjudicator", person, gold=True)
    found = run(root)
    assert found.tasks["entities"].by_person == 1
    assert gold_words(root, PAGES[0]) == surfaces(person)
    assert gold_words(root, PAGES[1]) == surfaces(article(PAGES[1]))
    assert run(root).withdrawn == 0


def test_documents_need_as_many_annotators_as_asked(root: Path) -> None:
    found = run(root, least=4)
    assert (found.tasks["entities"].settled, found.tasks["entities"].open) == (0, 0)


def test_tasks_can_be_adjudicated_by_themselves(root: Path) -> None:
    assert run(root, tasks=("topics",)).tasks.keys() == {"topics"}
    assert gold_words(root, PAGES[0]) is None


def test_open_documents_carry_every_version(root: Path) -> None:
    tables = read_corpus(root)
    outcome = adjudicate(tables, RULES["unanimous"])
    first, second = open_documents(tables, outcome.conflicts)
    assert first.doc_id != second.doc_id
    assert first.versions.keys() == {"entities"}
    sizes = {version.annotator: len(version.marks) for version in first.versions["entities"]}
    assert sizes["one"] == sizes["two"] == sizes["three"] + 1
    conflict = first.conflicts[0]
    assert conflict.words in first.comment
    assert "three: —" in first.comment


def test_the_command_lists_what_is_open(root: Path, run_command: Run) -> None:
    done = run_command("adjudicate", "--rule", "unanimous", "--corpus", root)
    assert done.returncode == 0, done.stderr
    assert "three nothing" in done.stdout
    assert "2 open" in done.stdout
    found = json.loads(run_command("adjudicate", "--rule", "unanimous", "--corpus", root, "--json").stdout)
    assert [len(one["readings"]) for one in found["conflicts"]] == [3, 3]
    wrong = run_command("adjudicate", "--rule", "loudest", "--corpus", root)
    assert wrong.returncode == 2
    assert "unanimous" in wrong.stderr


def test_the_review_command(root: Path, run_command: Run) -> None:
    done = run_command("review", "--corpus", root, "--check", "unlabelled-repeat")
    assert done.returncode == 0, done.stderr
    assert "unlabelled-repeat" in done.stdout
    found = json.loads(run_command("review", "--corpus", root, "--json").stdout)
    assert found["counts"].keys() >= {"hasty-submission", "unlabelled-repeat"}
    assert run_command("review", "--corpus", root, "--check", "nonsense").returncode == 2

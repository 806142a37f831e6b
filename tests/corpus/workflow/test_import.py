"""Importing annotations: layers with an author, rejects for what does not fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from corpus.config import CorpusConfig
from corpus.release.source import read_corpus
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from corpus.workflow.status import corpus_status
from corpus.workflow.take_in import ImportSummary, import_files
from tests.conftest import SAMPLES, Run, tree

PAGE = "tn-02-mobile-libraries"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A corpus of one sample page."""
    folder = tmp_path / "corpus"
    init_corpus(folder, "test")
    build(folder, CorpusConfig(), [str(SAMPLES / "pages" / f"{PAGE}.txt")], jobs=1, progress=lambda *_: None)
    return folder


def take_in(root: Path, *files: Path, annotator: str = "reader", gold: bool = False) -> ImportSummary:
    """Import quietly."""
    return import_files(root, CorpusConfig(), list(map(str, files)), annotator=annotator, gold=gold, round_=1)


def spans_of(root: Path, kind: str, task: str) -> list[tuple[str, str]]:
    """(label, surface) of the spans of the layers of a kind and task."""
    tables = read_corpus(root)
    layers = {row["layer_id"] for row in tables.layers.to_pylist() if (row["kind"], row["task"]) == (kind, task)}
    return [(row["label"], row["surface"]) for row in tables.spans.to_pylist() if row["layer_id"] in layers]


def test_the_gold_of_a_page_becomes_gold_layers(root: Path) -> None:
    gold = SAMPLES / "gold" / f"{PAGE}.gold"
    summary = take_in(root, gold, gold=True)
    assert summary.rejects == ()
    assert summary.documents == 1
    noted = [line.split(": ", 1) for line in gold.read_text("utf-8").splitlines() if line.startswith("  ")]
    found = spans_of(root, "gold", "entities")
    assert sorted(surface for _, surface in found) == sorted(surface for _, surface in noted)
    assert {layer.producer for layer in corpus_status(root).layers if layer.kind == "gold"} == {"reader"}


def test_importing_twice_adds_nothing(root: Path) -> None:
    gold = SAMPLES / "gold" / f"{PAGE}.gold"
    take_in(root, gold)
    before = tree(root)
    assert not take_in(root, gold).new
    assert tree(root) == before


def test_predictions_stay_beside_the_imported_layer(root: Path) -> None:
    before = spans_of(root, "prediction", "entities")
    take_in(root, SAMPLES / "gold" / f"{PAGE}.gold")
    assert spans_of(root, "prediction", "entities") == before


def test_annotations_of_another_text_are_rejects(root: Path) -> None:
    summary = take_in(root, SAMPLES / "gold" / "dz-02-neighbours.gold")
    assert [reject.reason for reject in summary.rejects] == ["no-such-document"]
    assert summary.entities == 0


def test_an_import_that_fits_nothing_stores_nothing_and_says_so(root: Path, run_command: Run) -> None:
    before = tree(root)
    wrong = sorted((SAMPLES / "gold").glob("eg-*.gold"))
    done = run_command("import", *wrong, "--corpus", root)
    assert done.returncode == 3
    assert "Nothing fits this corpus" in done.stdout and "before" not in done.stdout
    assert all(f"reject: {path.name}" in done.stderr for path in wrong)
    assert tree(root) == before
    assert run_command("build", "--corpus", root).returncode == 0


def test_conll_becomes_spans_that_may_start_inside_words(root: Path, tmp_path: Path) -> None:
    text = read_corpus(root).documents["text"][0].as_py()
    words = text.split("\n")[0].split()
    lines = [f"{word} {'B-ORG' if nth == 0 else 'I-ORG' if nth == 1 else 'O'}" for nth, word in enumerate(words)]
    file = tmp_path / "tags.conll"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    summary = take_in(root, file)
    assert summary.rejects == ()
    assert spans_of(root, "annotation", "entities") == [("ORG", " ".join(words[:2]))]
    status = read_corpus(root).judgments.to_pylist()
    assert [row["status"] for row in status] == ["draft"], "one sentence is not the whole document"


def test_label_studio_regions_arrive_in_code_points(root: Path, tmp_path: Path) -> None:
    text = read_corpus(root).documents["text"][0].as_py()
    word = text.split()[3]
    start = text.index(word)
    task = {
        "id": 7,
        "data": {"text": text},
        "annotations": [
            {
                "id": 1,
                "completed_by": 3,
                "lead_time": 12.5,
                "result": [
                    {
                        "type": "labels",
                        "from_name": "label",
                        "to_name": "text",
                        "origin": "manual",
                        "value": {"start": start, "end": start + len(word), "text": word, "labels": ["ORG"]},
                    },
                    {"type": "choices", "from_name": "topics", "to_name": "text", "value": {"choices": ["education"]}},
                    {
                        "type": "labels",
                        "value": {"start": 0, "end": 3, "text": "something else", "labels": ["ORG"]},
                    },
                ],
            }
        ],
    }
    file = tmp_path / "export.json"
    file.write_text(json.dumps([task]), "utf-8")
    summary = take_in(root, file)
    assert [reject.reason for reject in summary.rejects] == ["offset-mismatch"]
    assert spans_of(root, "annotation", "entities") == [("ORG", word)]
    (judgment, *_) = read_corpus(root).judgments.to_pylist()
    assert (judgment["annotator"], judgment["seconds"]) == ("annotator-3", 12.5)


def test_annotations_of_a_text_that_changed_are_counted(root: Path, tmp_path: Path) -> None:
    take_in(root, SAMPLES / "gold" / f"{PAGE}.gold")
    page = tmp_path / f"{PAGE}.txt"
    shutil.copy(SAMPLES / "pages" / f"{PAGE}.txt", page)
    with page.open("a", encoding="utf-8") as file:
        file.write("\nوأضاف المسؤول أن المشروع سيستمر خلال السنة المقبلة في ولايات أخرى.\n")
    build(root, CorpusConfig(), [str(page)], jobs=1, progress=lambda *_: None)
    assert corpus_status(root).stale_annotations == 1


def test_an_unknown_format_is_a_reject(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("هذا ليس توسيما\n", "utf-8")
    assert [reject.reason for reject in take_in(root, file).rejects] == ["unknown-annotation-format"]

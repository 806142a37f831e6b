"""Releases in other programs' formats: read back, they say what the release says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, DocBin

from annotation.imports.conll import import_conll
from annotation.imports.match import CorpusDocument, DocumentIndex
from annotation.labelstudio.results import import_export
from corpus.config import CorpusConfig
from corpus.release.build import release
from corpus.release.manifest import read_manifest
from corpus.release.parquet import read_files
from corpus.release.tagging import tag_names
from corpus.release.versions import ReleaseError
from corpus.workflow.build import build
from corpus.workflow.export import CONLL, LABEL_STUDIO, SPACY, export_release
from corpus.workflow.init import init_corpus
from corpus.workflow.take_in import import_files
from schemas.ontology import load_ontology
from tests.conftest import SAMPLES, Run

PAGES = ("jo-01-trail.txt", "ma-07-cannery-deal.txt", "eg-03-poet.txt", "kw-01-boursa.txt", "iq-01-mines.txt")
CONFIG = CorpusConfig()
ONTOLOGY = load_ontology(None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of sample pages, one of them with gold."""
    root = tmp_path_factory.mktemp("export") / "corpus"
    init_corpus(root, "samples")
    build(root, CONFIG, [str(SAMPLES / "pages" / name) for name in PAGES], jobs=1, progress=lambda *_: None)
    import_files(root, CONFIG, [str(SAMPLES / "gold" / "kw-01-boursa.gold")], annotator="reader", gold=True, round_=1)
    return release(root, CONFIG, report=lambda message: None).path


def rows(made: Path, config: str) -> list[dict[str, Any]]:
    splits = read_manifest(made).configs[config].splits.values()
    return [row for entry in splits for row in read_files(made, entry.files).to_pylist()]


@pytest.fixture(scope="module")
def index(made: Path) -> DocumentIndex:
    return DocumentIndex(CorpusDocument(row["doc_id"], row["text"], ()) for row in rows(made, "documents"))


def test_conll_has_the_tokens_and_tags_in_four_columns(made: Path, tmp_path: Path, index: DocumentIndex) -> None:
    done = export_release(made, CONLL, tmp_path)
    assert sum(done.files.values()) == len(PAGES)
    text = "".join(path.read_text(encoding="utf-8") for path in done.files)
    assert text.count("-DOCSTART- -X- -X- O\n\n") == len(PAGES)
    lines = [line.split(" ") for line in text.splitlines() if line and not line.startswith("-DOCSTART-")]
    assert {(len(line), line[1], line[2]) for line in lines} == {(4, "-X-", "-X-")}
    sentences = rows(made, "sentences")
    assert [(line[0], line[3]) for line in lines] == [
        pair for row in sentences for pair in zip(row["tokens"], row["ner_tags"], strict=True)
    ]
    back = import_conll("train.conll", text, index, dict.fromkeys(ONTOLOGY.inventory().codes))
    assert back.rejects == [] and {one.doc_id for one in back.matched} == {row["doc_id"] for row in sentences}


def test_labels_can_be_those_of_another_inventory(made: Path, tmp_path: Path) -> None:
    done = export_release(made, CONLL, tmp_path, "conll")
    tags = {line.split(" ")[-1] for path in done.files for line in path.read_text("utf-8").splitlines() if line}
    assert {"B-PER", "B-LOC", "B-ORG"} < tags <= set(tag_names(("PER", "ORG", "LOC", "MISC")))
    with pytest.raises(ReleaseError, match="no inventory or scheme 'towns'"):
        export_release(made, CONLL, tmp_path, "towns")


def test_spacy_reads_texts_entities_sentences_and_topics(made: Path, tmp_path: Path) -> None:
    done = export_release(made, SPACY, tmp_path)
    vocab = spacy.blank("ar").vocab
    docs = {doc.user_data["doc_id"]: doc for path in done.files for doc in DocBin().from_disk(path).get_docs(vocab)}
    tagged: dict[str, list[tuple[str, str]]] = {}
    for row in rows(made, "sentences"):
        tagged.setdefault(row["doc_id"], []).extend(zip(row["tokens"], row["ner_tags"], strict=True))
    for row in rows(made, "documents"):
        doc = docs[row["doc_id"]]
        assert doc.text == row["text"]
        assert [(str(word), tag(doc, word.i)) for word in doc if not word.is_space] == tagged[row["doc_id"]]
        assert [one.start_char for one in doc.sents] == [one["start"] for one in row["sentences"]]
        assert {topic for topic, share in doc.cats.items() if share} == set(row["topics"])
        assert doc.cats.keys() == set(ONTOLOGY.topic_codes)
        wanted = {(one["label"], one["surface"]) for one in row["entities"]}
        found = {(span.label_, str(span)) for span in doc.spans["entities"]}
        assert {label for label, _ in found} == {label for label, _ in wanted}
        assert all(any(words in theirs for its, theirs in found if its == label) for label, words in wanted)
        assert doc.user_data["entities_status"] == row["entities_status"]


def tag(doc: Doc, at: int) -> str:
    return f"{doc[at].ent_iob_}-{doc[at].ent_type_}" if doc[at].ent_type_ else "O"


def test_spacy_takes_it_for_training(made: Path, tmp_path: Path) -> None:
    from spacy.training import Corpus

    export_release(made, SPACY, tmp_path)
    examples = list(Corpus(tmp_path / "train.spacy")(spacy.blank("ar")))
    assert examples and all(example.reference.text == example.predicted.text for example in examples)


def test_label_studio_gets_people_s_work_as_annotations(made: Path, tmp_path: Path, index: DocumentIndex) -> None:
    done = export_release(made, LABEL_STUDIO, tmp_path)
    tasks = {task["data"]["doc_id"]: task for path in done.files for task in json.loads(path.read_bytes())}
    for row in rows(made, "documents"):
        task = tasks[row["doc_id"]]
        is_gold = row["entities_status"] == "gold"
        assert ("annotations" in task, "predictions" in task) == (is_gold, not is_gold)
    text = json.dumps([task for task in tasks.values() if "annotations" in task])
    back = import_export("gold.json", text, index, dict.fromkeys(ONTOLOGY.inventory().codes), ONTOLOGY.topic_codes)
    assert back.rejects == []
    ((matched,), (gold,)) = back.matched, [row for row in rows(made, "documents") if row["entities_status"] == "gold"]
    found = sorted((one.start, one.end, one.label) for one in matched.entities or ())
    assert found == sorted((one["start"], one["end"], one["label"]) for one in gold["entities"])
    assert [(one.start, one.end, one.kind) for one in matched.sentences or ()] == [
        (one["start"], one["end"], one["kind"]) for one in gold["sentences"]
    ]
    assert [one.label for one in matched.topics or ()] == gold["topics"]
    config = (tmp_path / "label-config.xml").read_text(encoding="utf-8")
    assert 'value="PERS"' in config and config.startswith("<View>")


def test_a_damaged_release_is_not_exported(made: Path, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    (copy / "LICENSE").write_text("free")
    with pytest.raises(ReleaseError, match="LICENSE differs from its sha256"):
        export_release(copy, CONLL, tmp_path / "out")


def test_the_command(made: Path, tmp_path: Path, run_command: Run) -> None:
    root = made.parent.parent
    done = run_command("export", "--corpus", root, "--out", tmp_path / "newest", "--json")
    assert sum(json.loads(done.stdout)["files"].values()) == len(PAGES)
    named = run_command("export", made, "--out", tmp_path / "named")
    assert named.returncode == 0 and "train.conll: " in named.stdout
    assert (tmp_path / "named/train.conll").read_bytes() == (tmp_path / "newest/train.conll").read_bytes()
    wrong = run_command("export", "9.0.0", "--corpus", root)
    assert wrong.returncode == 1 and "there is no release 9.0.0; there are: 1.0.0" in wrong.stderr
    assert run_command("export", "--to", "brat", "--corpus", root).returncode == 2



"""`annotate --json`: every line keeps the contract of its schema and of its offsets."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from annotation.notation import parse_articles
from annotation.preannotate.registry import load_preannotation
from corpus.encoding import decode
from corpus.ingest import Reject
from corpus.text.edits import Edit, apply_edits, check_edits
from corpus.workflow.annotate import annotate_files, to_json, to_notation
from tests.conftest import SAMPLES, Run

PAGES = sorted((SAMPLES / "pages").iterdir())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_line_for_each_article_with_offsets_that_hold(path: Path) -> None:
    schema = json.loads(files("schemas").joinpath("generated/annotate.schema.json").read_text("utf-8"))
    for found in annotate_files([str(path)], load_preannotation()):
        assert not isinstance(found, Reject)
        line = json.loads(to_json(found))
        jsonschema.validate(line, schema)
        page = line.get("page_text") or decode(path.read_bytes()).text
        edits = [Edit(**edit) for edit in line["edits"]]
        check_edits(edits, len(page))
        text = line["text"]
        assert apply_edits(page, edits) == text
        for entity in line["entities"]:
            assert text[entity["start"] : entity["end"]] == entity["surface"] == entity["surface"].strip()
        at = 0
        for sentence in line["sentences"]:
            assert not text[at : sentence["start"]].strip()
            at = sentence["end"]
        assert not text[at:].strip()
        assert line["title"] is None or text.startswith(line["title"] + "\n")


def test_what_is_printed_can_be_corrected_and_imported() -> None:
    """The notation of an article reads back as the same article."""
    for path in PAGES[:12]:
        for found in annotate_files([str(path)], load_preannotation()):
            assert not isinstance(found, Reject)
            (article,) = parse_articles(to_notation(found).split("\n"))
            assert article.text == found.document.text
            assert article.sentences == found.document.sentences
            inside = [
                entity
                for entity in found.annotated.entities
                if any(sentence.covers(entity) for sentence in found.document.sentences)
            ]
            assert [(e.start, e.end, e.label) for e in article.entities] == [
                (e.start, e.end, e.label) for e in sorted(inside, key=lambda e: (e.start, -e.end))
            ]


def test_a_page_without_an_article_says_so(run_command: Run) -> None:
    done = run_command("annotate", SAMPLES / "pages" / "ma-09-noarticle.txt", "--json")
    assert done.returncode == 0
    line = json.loads(done.stdout)
    assert (line["text"], line["drop_reason"], line["sentences"]) == ("", "no-article", [])


def test_several_articles_of_a_page_are_several_lines_of_one_source(run_command: Run) -> None:
    done = run_command("annotate", SAMPLES / "pages" / "sa-02-rain.txt", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"] for line in lines] == ["sa-02-rain.txt"] * 2
    assert len({line["text"] for line in lines}) == 2

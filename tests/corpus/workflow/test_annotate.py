"""`annotate --json`: every line keeps the contract of its schema and of its offsets."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from annotation.notation import parse_articles
from annotation.preannotate.registry import load_preannotation
from corpus.encoding import decode
from corpus.ingest import Reject
from corpus.store import read_table
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


def test_ids_and_metadata_are_those_of_a_corpus(tmp_path: Path, run_command: Run) -> None:
    """Also of records, whose fields say what the page does not print, and of addresses in HTML."""
    text = (SAMPLES / "pages" / "tn-02-mobile-libraries.txt").read_text("utf-8")
    stated = {"author": "ليلى حداد", "date": "3 مايو 2024", "outlet": "الساحل", "url": "https://example.org/a?utm_id=1"}
    pages = tmp_path / "pages"
    pages.mkdir()
    record = json.dumps({"text": text, **stated}, ensure_ascii=False)
    (pages / "records.jsonl").write_text(record + "\n", "utf-8")
    rows = io.StringIO()
    table = csv.DictWriter(rows, ["text", "author", "date"])
    table.writeheader()
    table.writerow({"text": text.replace("تونس", "طنجة"), "author": "سامي", "date": "2024-05-04"})
    (pages / "records.csv").write_text(rows.getvalue(), "utf-8")
    for page in [*(SAMPLES / "pages").glob("*.html"), SAMPLES / "pages" / "sa-02-rain.txt"]:
        (pages / page.name).write_bytes(page.read_bytes())
    run_command("init", "corpus")
    assert run_command("build", "pages", "--corpus", "corpus").returncode == 0
    lines = [json.loads(line) for line in run_command("annotate", "pages", "--json").stdout.splitlines()]
    shown = [
        {"source_id": line["source_id"], "doc_id": line["doc_id"], **line["metadata"]} for line in lines if line["text"]
    ]
    sightings = read_table(tmp_path / "corpus", "sightings").to_pylist()
    kept = [{name: row[name] for name in shown[0]} for row in sightings]
    assert len(shown) > 4
    assert [one for one in shown if one not in kept] == []
    record_line, csv_line = (next(one for one in lines if one["source"].endswith(end)) for end in ("jsonl:1", "csv:1"))
    assert record_line["metadata"]["byline"] == stated["author"]
    assert record_line["metadata"]["published"] == "2024-05-03"
    assert csv_line["metadata"]["byline"] == "سامي"
    notation = run_command("annotate", "pages/records.jsonl").stdout
    assert "# byline: ليلى حداد\n" in notation and "# published: 2024-05-03\n" in notation
    held = run_command("lookup", record_line["doc_id"], "--corpus", "corpus")
    assert held.returncode == 0 and record_line["source_id"] in held.stdout

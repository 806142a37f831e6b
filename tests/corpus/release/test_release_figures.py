"""Card, datasheet and manifest say what the Parquet files say: the numbers are computed again with DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from corpus.config import AboutConfig, CorpusConfig
from corpus.release.build import release
from corpus.release.datasheet import questions
from corpus.release.manifest import read_manifest
from corpus.release.versions import ReleaseError
from tests.corpus.release.conftest import FAIR, MATCH, RAIN, sample

SETTINGS = CorpusConfig(
    corpus=AboutConfig(title="مدونة", licence="CC0-1.0", maintainers=("هند", "عمر"), contact="corpus@example.org"),
    datasheet={
        "purpose": "To test the datasheet.",
        "labels": "The labels were *chosen* by hand.",
        "raw-data": "Only the pages stay.",
    },
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with gold, single and silver rows, a nested and a crossing entity, two outlets, a dropped document."""
    root = tmp_path_factory.mktemp("figures")
    maker = sample()
    gold = maker.layer("entities", "gold", "adjudicator", round=1)
    maker.entity(gold, MATCH, "الوداد\nفاز", "ORG")
    maker.entity(gold, MATCH, "الهلال السوداني", "ORG")
    maker.entity(gold, MATCH, "السوداني", "NORP")
    single = maker.layer("topics", "annotation", "hind", round=1)
    maker.judgment(single, FAIR, "hind")
    maker.document("نص قصير", "short.txt", drop_reason="too-short")
    maker.rows["sightings"][2]["outlet"] = "الساحل"
    maker.rows["sightings"][3]["outlet"] = None
    maker.rows["sightings"][1]["published"] = "2025-03-01T10:00:00"
    maker.write(root)
    return release(root, SETTINGS, report=lambda message: None).path


@pytest.fixture(scope="module")
def rows(made: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release's tables in DuckDB, splits put together."""
    with duckdb.connect() as connection:
        for config in ("documents", "sentences", "annotations"):
            connection.execute(
                f"create view {config} as select *, regexp_extract(filename, '([a-z]+)-[0-9]+-of', 1) as split "
                f"from read_parquet('{made}/data/{config}/*.parquet', filename=true)"
            )
        yield connection


def asked(rows: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return rows.execute(query).fetchall()


def number(rows: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(asked(rows, query)[0][0])


def table_of(card: str, head: str) -> dict[str, list[str]]:
    """The rows of the card's table whose head begins so, by their first cell."""
    lines = card[card.index(f"| {head} |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("`"): rest for first, *rest in cells}


def test_rows_of_configs_and_splits(made: Path, rows: duckdb.DuckDBPyConnection) -> None:
    card = (made / "README.md").read_text(encoding="utf-8")
    manifest = read_manifest(made)
    for config, entry in manifest.configs.items():
        counted = dict(asked(rows, f"select split, count(*) from {config} group by split"))
        assert {split: part.rows for split, part in entry.splits.items()} == counted
        assert table_of(card, "config")[config][:3] == [str(counted[split]) for split in entry.splits]
    tokens = dict(asked(rows, "select split, sum(len(tokens)) from sentences group by split"))
    assert table_of(card, "config")["tokens"][:3] == [str(tokens[split]) for split in manifest.splits]


def test_entities_by_label_and_status(made: Path, rows: duckdb.DuckDBPyConnection) -> None:
    card = table_of((made / "README.md").read_text(encoding="utf-8"), "entity")
    counted = asked(
        rows,
        "with mentions as (select unnest(entities).label as label, entities_status as status from documents) "
        "select label, " + ", ".join(f"count(*) filter (status = '{one}')" for one in ("gold", "single", "silver")) +
        " from mentions group by label",
    )
    assert card == {str(label): [str(count) for count in counts] for label, *counts in counted}


def test_statuses_topics_outlets_and_licences(made: Path, rows: duckdb.DuckDBPyConnection) -> None:
    card = (made / "README.md").read_text(encoding="utf-8")
    for task in ("sentences", "entities", "topics"):
        counted = dict(asked(rows, f"select {task}_status, count(*) from documents group by 1"))
        statuses = [str(counted.get(status, 0)) for status in ("gold", "single", "silver")]
        assert table_of(card, "documents with")[task] == statuses
    for head, query in (
        ("topic", "select unnest(topics) as name, count(*) from documents group by name"),
        ("outlet", "select coalesce(outlet, 'unknown') as name, count(*) from documents group by name"),
        ("licence of the text", "select coalesce(licence, 'unknown') as name, count(*) from documents group by name"),
    ):
        assert table_of(card, head) == {str(name): [str(count)] for name, count in asked(rows, query)}


def test_layers_of_the_manifest(made: Path, rows: duckdb.DuckDBPyConnection) -> None:
    counted = asked(
        rows,
        "select task, layer_kind, author, author_version, round, count(*), count(distinct doc_id) from annotations "
        "group by all order by all",
    )
    layers = read_manifest(made).layers
    found = [
        (one.task, one.kind, one.author, one.version, one.round, one.annotations, one.documents) for one in layers
    ]
    assert sorted(found) == counted


def test_sentences_of_the_card_and_datasheet(made: Path, rows: duckdb.DuckDBPyConnection) -> None:
    card = (made / "README.md").read_text(encoding="utf-8")
    sheet = (made / "DATASHEET.md").read_text(encoding="utf-8")
    documents, sentences = (number(rows, f"select count(*) from {name}") for name in ("documents", "sentences"))
    tokens = number(rows, "select sum(len(tokens)) from sentences")
    annotations = number(rows, "select count(*) from annotations")
    mentions = number(rows, "select sum(len(entities)) from documents")
    inside = number(rows, "select sum(len(entities)) from sentences")
    characters = number(rows, "select sum(length(text)) from documents")
    assert f"{documents} Arabic documents, {sentences} sentences, {tokens} tokens, {annotations} annotations" in card
    assert f"Of those in `documents`, {mentions - inside} cross the end of a sentence" in card
    assert read_manifest(made).left_out.crossing_entities == mentions - inside == 1
    assert f"{documents} documents ({characters} code points), found on {documents} pages" in sheet
    assert f"{sentences} sentences with {tokens} tokens and {mentions} entity mentions" in sheet
    assert f"{annotations} annotations of all layers" in sheet
    assert "(1 lie in another)" in card
    assert "from 2025-03-01 to 2026-01-12" in card and "from 2025-03-01 to 2026-01-12" in sheet
    assert "| too-short | 1 |" in card


def test_all_57_questions_are_answered_or_marked(made: Path) -> None:
    sheet = (made / "DATASHEET.md").read_text(encoding="utf-8")
    assert len(questions()) == len({question.id for question in questions()}) == 57
    sections = sheet.split("\n### ")[1:]
    assert [section.splitlines()[0] for section in sections] == [
        f"{question.text} [{question.id}]" for question in questions()
    ]
    for section in sections:
        assert section.split("\n## ")[0].splitlines()[2:], section
    unanswered = sum("*Not answered.*" in section for section in sections)
    assert f"not answered ({unanswered} of 57)" in sheet
    assert 20 <= unanswered <= 35


def test_what_a_person_says_stands_beside_what_was_computed(made: Path) -> None:
    sheet = (made / "DATASHEET.md").read_text(encoding="utf-8")
    by_id = {section.splitlines()[0].rpartition("[")[2].rstrip("]"): section for section in sheet.split("\n### ")[1:]}
    assert "To test the datasheet." in by_id["purpose"]
    assert "Entities (inventory `news`)" in by_id["labels"]
    assert "The labels were *chosen* by hand." in by_id["labels"]
    assert "هند, عمر" in by_id["creators"]
    assert "corpus@example.org" in by_id["contact"]
    assert "Only the pages stay." in by_id["raw-data"] and "corpus folder" not in by_id["raw-data"]
    assert "*Not answered.*" in by_id["funding"]


def test_an_answer_to_no_question_is_refused(tmp_path: Path) -> None:
    sample((RAIN,)).write(tmp_path)
    wrong = replace(SETTINGS, datasheet={"porpose": "?"})
    with pytest.raises(ReleaseError, match=r"answers porpose, which is no question .* the questions are: purpose, "):
        release(tmp_path, wrong, report=lambda message: None)

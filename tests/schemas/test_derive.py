"""What is derived is fresh, and says of rows and files what is true of them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from schemas import derive
from schemas.ontology import load_ontology
from schemas.tables import RELEASE_CONFIGS, TABLES, description

SOURCE = Path(__file__).parent.parent.parent / "schemas" / "ontology.toml"
CASES = Path(__file__).parent.parent / "cases" / "ontology"

ARTICLE: dict[str, object] = {
    "source_id": "ce3f2b0d8a7c4e10",
    "doc_id": "0a1b2c3d4e5f6071",
    "metadata": {
        "url": None, "outlet": None, "byline": "هند", "agency": None,
        "place": None, "published": "2026-01-02", "fetched_at": None, "licence": None,
    },
    "source": "ma-ports.txt",
    "title": "المغرب يوسع الميناء",
    "text": "المغرب يوسع الميناء",
    "drop_reason": None,
    "edits": [{"start": 0, "end": 1, "replacement": "", "rule": "trim-line"}],
    "sentences": [{"start": 0, "end": 19, "kind": "title"}],
    "entities": [{"start": 0, "end": 6, "label": "GPE", "score": 0.9, "surface": "المغرب"}],
    "topics": [{"label": "economy-business-finance", "score": 0.5}],
}


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((derive.GENERATED / f"{name}.schema.json").read_text(encoding="utf-8")))


# Fresh


@pytest.mark.parametrize("path", sorted(derive.derived_files()), ids=lambda path: path.name)
def test_derived_files_are_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == derive.derived_files()[path], "run: python -m schemas.derive"


def test_nothing_else_lies_among_the_generated() -> None:
    assert set(derive.GENERATED.iterdir()) == set(derive.derived_files()) - {derive.ONTOLOGY_PAGE}


@pytest.mark.parametrize("path", sorted(derive.GENERATED.glob("*.json")), ids=lambda path: path.name)
def test_schemas_are_schemas(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


def test_there_is_a_schema_of_every_table_and_config() -> None:
    names = {path.name.removesuffix(".schema.json") for path in derive.GENERATED.iterdir()}
    tables = {f"table.{name}" for name in TABLES} | {f"release.{name}" for name in RELEASE_CONFIGS}
    assert names == tables | {"annotate", "ontology"}


def test_writing_removes_what_is_no_longer_derived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "ontology.md"
    page.write_text(derive.ONTOLOGY_PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(derive, "GENERATED", tmp_path / "generated")
    monkeypatch.setattr(derive, "ONTOLOGY_PAGE", page)
    derive.main()
    (tmp_path / "generated" / "table.old.schema.json").write_text("{}")
    derive.main()
    assert set((tmp_path / "generated").iterdir()) == set(derive.derived_files()) - {page}


# Tables


@pytest.mark.parametrize("name", [*TABLES, *(f"release {name}" for name in RELEASE_CONFIGS)])
def test_every_column_is_described(name: str) -> None:
    table = RELEASE_CONFIGS[name.removeprefix("release ")] if name.startswith("release ") else TABLES[name]
    properties = derive.table_schema(name, table)["properties"]
    assert isinstance(properties, dict)
    assert {column: entry["description"] for column, entry in properties.items()} == {
        field.name: description(field) for field in table
    }
    assert all(description(field) for field in table)


def test_listed_values_belong_to_columns() -> None:
    for (name, column), values in derive._LISTED.items():
        table = RELEASE_CONFIGS[name.removeprefix("release ")] if name.startswith("release ") else TABLES[name]
        assert table.field(column).type == pa.string() and values


JUDGMENT: dict[str, object] = {
    "doc_id": "0123456789abcdef", "layer_id": "l", "annotator": "a1", "revision": 1, "status": "submitted",
    "seconds": 1.5, "submitted_at": None, "saw_predictions": False, "problem": None, "comment": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({}, True),
        ({"problem": "furniture-left"}, True),
        ({"status": "done"}, False),
        ({"revision": None}, False),
        ({"revision": "1"}, False),
        ({"revision": -1}, False),
        ({"saw_predictions": "no"}, False),
        ({"extra": 1}, False),
    ],
    ids=str,
)
def test_a_row_of_judgments(change: dict[str, object], right: bool) -> None:
    assert schema("table.judgments").is_valid(JUDGMENT | change) is right


def test_every_column_of_a_row_is_there() -> None:
    for column in JUDGMENT:
        row = {name: value for name, value in JUDGMENT.items() if name != column}
        assert not schema("table.judgments").is_valid(row)


def test_nested_columns() -> None:
    entities = derive.arrow_schema(RELEASE_CONFIGS["documents"].field("entities").type)
    validator = Draft202012Validator(entities)
    span = {"start": 0, "end": 6, "label": "GPE", "surface": "المغرب", "score": 1.0, "value": None}
    assert validator.is_valid([span])
    assert not validator.is_valid([span | {"label": None}])
    assert not validator.is_valid([span | {"start": 0.5}])
    assert not validator.is_valid([{"start": 0, "end": 6}])


def test_an_arrow_type_without_a_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="no JSON form is known for Arrow's date32"):
        derive.arrow_schema(pa.date32())


# Lines of `mudawwana annotate --json`

NO_ARTICLE: dict[str, object] = {
    "text": "", "doc_id": None, "title": None, "drop_reason": "no-article",
    "sentences": [], "entities": [], "topics": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({}, True),
        ({"page_text": " المغرب يوسع الميناء"}, True),
        ({"title": None}, True),
        ({"entities": [{"start": 0, "end": 6, "label": "PER", "score": 0.9, "surface": "المغرب"}]}, False),
        ({"entities": [{"start": 0, "end": 6, "label": "GPE", "score": 1.1, "surface": "المغرب"}]}, False),
        ({"topics": [{"label": "sports", "score": 0.5}]}, False),
        ({"topics": [{"label": "sport", "score": 0.5}] * 4}, False),
        ({"sentences": [{"start": 0, "end": 19, "kind": "headline"}]}, False),
        ({"edits": [{"start": 0, "end": 0, "replacement": "x", "rule": "insert"}]}, False),
        ({"text": None}, False),
        (NO_ARTICLE, True),
        (NO_ARTICLE | {"drop_reason": None}, False),
        (NO_ARTICLE | {"doc_id": "0123456789abcdef"}, False),
        ({"doc_id": None}, False),
        ({"metadata": {"byline": "هند"}}, False),
        ({"text": "", "title": None, "drop_reason": "no-article"}, False),
        ({"language": "ar"}, False),
    ],
    ids=str,
)
def test_a_line_of_annotate(change: dict[str, object], right: bool) -> None:
    assert schema("annotate").is_valid(ARTICLE | change) is right


def test_annotate_with_another_inventory() -> None:
    validator = Draft202012Validator(derive.annotate_schema(load_ontology(), "conll"))
    entity = {"start": 0, "end": 6, "score": 0.9, "surface": "المغرب"}
    assert validator.is_valid(ARTICLE | {"entities": [entity | {"label": "LOC"}]})
    assert not validator.is_valid(ARTICLE | {"entities": [entity | {"label": "GPE"}]})


# Ontology files


def test_the_packaged_ontology_is_valid() -> None:
    schema("ontology").validate(tomllib.loads(SOURCE.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "name", ["unknown-keys", "missing-keys", "no-inventory", "empty-inventories", "forms", "shapes", "topics"]
)
def test_the_schema_refuses_wrong_ontologies_too(name: str) -> None:
    assert not schema("ontology").is_valid(tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8")))


# Generated parts of pages


def test_parts_of_a_page_are_replaced() -> None:
    page = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n<!-- generated: y -->\n<!-- end -->\n"
    once = derive.with_parts(page, {"x": "new \\1\n", "y": "more\n"})
    assert once == (
        "a\n<!-- generated: x -->\n\nnew \\1\n\n<!-- end -->\nb\n<!-- generated: y -->\n\nmore\n\n<!-- end -->\n"
    )
    assert derive.with_parts(once, {"x": "new \\1\n", "y": "more\n"}) == once


def test_a_part_without_a_place_is_refused() -> None:
    message = "the page has 0 places for the generated part 'x'; give it one: <!-- generated: x -->"
    with pytest.raises(ValueError, match=re.escape(message)):
        derive.with_parts("a\n", {"x": "new"})

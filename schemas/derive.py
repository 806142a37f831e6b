"""JSON Schemas and documentation tables, derived from the declarations of this package.

`python -m schemas.derive` writes them: `schemas/generated/*.schema.json` (JSON Schema, draft 2020-12) for every table
and release config of `schemas.tables`, for a line of `mudawwana annotate --json` and for an ontology file, and the
generated parts of docs/ontology.md. The same declarations give the same bytes; a test compares them with what is
committed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from schemas.keys import (
    ENTITY_KEYS,
    INHERITED_TABLES,
    INVENTORY_KEYS,
    KEBAB_CODE,
    PROBLEM_KEYS,
    REQUIRED_TABLES,
    SCHEME_KEYS,
    SENTENCE_KIND_KEYS,
    TOP_KEYS,
    TOPIC_KEYS,
    Form,
    Key,
)
from schemas.labels import Ontology
from schemas.ontology import load_ontology
from schemas.tables import (
    JUDGMENT_STATUSES,
    LAYER_KINDS,
    RELEASE_CONFIGS,
    SENTENCE_KINDS,
    SIGHTINGS,
    TABLES,
    TASKS,
    description,
)

ROOT: Final = Path(__file__).parent.parent
GENERATED: Final = Path(__file__).parent / "generated"
ONTOLOGY_PAGE: Final = ROOT / "docs" / "ontology.md"

JsonSchema = dict[str, object]

# Columns whose values are listed in schemas.tables: the table, its column, the values.
_LISTED: Final[Mapping[tuple[str, str], Sequence[str]]] = {
    ("layers", "task"): TASKS,
    ("layers", "kind"): LAYER_KINDS,
    ("spans", "kind"): SENTENCE_KINDS,
    ("judgments", "status"): JUDGMENT_STATUSES,
    ("release sentences", "kind"): SENTENCE_KINDS,
    ("release annotations", "task"): TASKS,
    ("release annotations", "layer_kind"): LAYER_KINDS,
}

_METADATA: Final = ("url", "outlet", "byline", "agency", "place", "published", "fetched_at", "licence")
"""Columns of the table sightings that an article shown without a corpus has too."""


def main() -> None:
    """Write everything that is derived, and remove schemas that no longer are."""
    written = derived_files()
    GENERATED.mkdir(exist_ok=True)
    for stale in set(GENERATED.glob("*.schema.json")) - set(written):
        stale.unlink()
    for path, text in written.items():
        path.write_text(text, encoding="utf-8", newline="\n")


def derived_files() -> dict[Path, str]:
    """Each derived file and its whole text."""
    ontology = load_ontology()
    schemas = {f"table.{name}": table_schema(name, table) for name, table in TABLES.items()}
    schemas |= {f"release.{name}": table_schema(f"release {name}", table) for name, table in RELEASE_CONFIGS.items()}
    schemas |= {"annotate": annotate_schema(ontology), "ontology": ontology_schema()}
    files = {
        GENERATED / f"{name}.schema.json": json.dumps(_headed(name, schema), ensure_ascii=False, indent=2) + "\n"
        for name, schema in schemas.items()
    }
    page = ONTOLOGY_PAGE.read_text(encoding="utf-8")
    files[ONTOLOGY_PAGE] = with_parts(page, {"keys": key_tables(), "labels": label_tables(ontology)})
    return files


def _headed(name: str, schema: JsonSchema) -> JsonSchema:
    """A whole schema document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:mudawwana:schema:{name}",
        **schema,
    }


# Tables


def table_schema(name: str, table: pa.Schema) -> JsonSchema:
    """Schema of a row as JSON: every column is there, null where the column may be; bytes are base64."""
    columns: dict[str, JsonSchema] = {}
    for field in table:
        column: JsonSchema = {"description": description(field), **_nullable(arrow_schema(field.type), field.nullable)}
        if values := _LISTED.get((name, field.name)):
            column["enum"] = [*values, None] if field.nullable else [*values]
        columns[field.name] = column
    return {"title": f"A row of {name}", **_object(columns)}


def arrow_schema(kind: pa.DataType) -> JsonSchema:
    """Schema of the JSON form of an Arrow type. Elements of lists are never null in this project.

    Raises TypeError for an Arrow type that no table uses yet.
    """
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return {"type": "string"}
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return {"type": "string", "contentEncoding": "base64"}
    if pa.types.is_boolean(kind):
        return {"type": "boolean"}
    if pa.types.is_int32(kind):
        return {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
    if pa.types.is_floating(kind):
        return {"type": "number"}
    if pa.types.is_list(kind):
        return {"type": "array", "items": arrow_schema(kind.value_type)}
    if pa.types.is_struct(kind):
        return _object({field.name: _nullable(arrow_schema(field.type), field.nullable) for field in kind})
    raise TypeError(f"no JSON form is known for Arrow's {kind}; add it to schemas.derive.arrow_schema")


def _nullable(schema: JsonSchema, nullable: bool) -> JsonSchema:
    return {**schema, "type": [schema["type"], "null"]} if nullable else schema


def _object(properties: Mapping[str, object], optional: Iterable[str] = ()) -> JsonSchema:
    """A closed object that has all properties but the optional ones."""
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


# The lines of `mudawwana annotate --json`


def annotate_schema(ontology: Ontology, inventory: str = "") -> JsonSchema:
    """Schema of a line of `mudawwana annotate --json` with the labels of an ontology's inventory."""
    offset: JsonSchema = {"type": "integer", "minimum": 0}
    text: JsonSchema = {"type": "string"}
    score: JsonSchema = {"type": "number", "minimum": 0, "maximum": 1}
    span = {"start": offset, "end": {"type": "integer", "minimum": 1}}
    labels = {"enum": [*ontology.inventory(inventory).codes]}
    topics = {"label": {"enum": [*ontology.topic_codes]}, "score": score}
    properties: dict[str, JsonSchema] = {
        "source": {**text, "description": "The file, or the file and the number of its record."},
        "source_id": {**text, "description": "The article's id in a corpus, as lookup and retract take it."},
        "doc_id": {"type": ["string", "null"], "description": "The text's id; null where the page holds no article."},
        "metadata": {
            **_object({name: _stated(name) for name in _METADATA}),
            "description": "What the source or else the page says of the article, as in the table sightings.",
        },
        "title": {"type": ["string", "null"], "description": "The title, also the text's first line."},
        "text": {**text, "description": "The article's cleaned text in NFC; empty where the page holds no article."},
        "drop_reason": {"type": ["string", "null"], "description": "Why it would be kept out of releases."},
        "edits": _list(
            _object({**span, "replacement": text, "rule": text}),
            "What the text changes of the page text: sorted, disjoint ranges of the page text in code points.",
        ),
        "sentences": _list(
            _object({**span, "kind": {"enum": [kind.code for kind in ontology.sentence_kinds]}}),
            "Sentences: sorted, disjoint ranges of the text in code points.",
        ),
        "entities": _list(
            _object({**span, "label": labels, "score": score, "surface": text}),
            "Entities: ranges of the text in code points, with its words there.",
        ),
        "topics": {**_list(_object(topics), "Topics, the main one first."), "maxItems": ontology.max_topics},
        "page_text": {
            **text,
            "description": "What the edits are ranges of, where that is not the decoded file: HTML and records.",
        },
    }
    empty = {"maxItems": 0}
    return {
        "title": "An article as mudawwana annotate shows it",
        **_object(properties, optional=["page_text"]),
        "if": {"properties": {"text": {"const": ""}}},
        "then": {
            "properties": {
                "doc_id": {"type": "null"},
                "title": {"type": "null"},
                "drop_reason": {"type": "string"},
                "sentences": empty,
                "entities": empty,
                "topics": empty,
            }
        },
        "else": {"properties": {"doc_id": text}},
    }


def _stated(name: str) -> JsonSchema:
    return {"type": ["string", "null"], "description": description(SIGHTINGS.field(name))}


def _list(items: JsonSchema, meaning: str) -> JsonSchema:
    return {"type": "array", "description": meaning, "items": items}


# Ontology files


def ontology_schema() -> JsonSchema:
    """Schema of an ontology file, without what only the reader can check (values used twice, unknown labels)."""
    name = _form(KEBAB_CODE)
    entities = _rows(_keys(ENTITY_KEYS), "The labels, in the order in which they are shown.")
    topics = _rows(_keys(TOPIC_KEYS), "The topics, in the order in which they are shown.")
    topic_table: Mapping[str, JsonSchema] = {
        "max": {"type": "integer", "minimum": 1, "description": "The most topics that an article may have."},
        "labels": topics,
    }
    tables: dict[str, JsonSchema] = {
        "inventories": {
            **_named(name, _keys(INVENTORY_KEYS, {"labels": entities})),
            "description": "Sets of entity labels, by name.",
            "minProperties": 1,
        },
        "schemes": {**_named(name, _keys(SCHEME_KEYS)), "description": "Label sets of other data, by name."},
        "mappings": {
            **_named(name, _named(name, {"type": "object", "additionalProperties": {"type": "string"}})),
            "description": "What the labels of one inventory or scheme become in another; empty: dropped.",
        },
        "topics": {**_object(topic_table), "description": "The topics of documents."},
        "sentences": {
            **_object({kind: _keys(SENTENCE_KIND_KEYS) for kind in SENTENCE_KINDS}),
            "description": "Names of the kinds of sentences.",
        },
        "problems": _rows(_keys(PROBLEM_KEYS), "What annotators may report about an article."),
    }
    schema = _keys(TOP_KEYS, tables)
    schema["required"] = [*(key.name for key in TOP_KEYS), *REQUIRED_TABLES]
    return {"title": "An ontology of mudawwana", **schema}


def _keys(keys: Sequence[Key], besides: Mapping[str, JsonSchema] | None = None) -> JsonSchema:
    """Schema of a table with declared keys."""
    properties = {key.name: _key(key) for key in keys} | dict(besides or {})
    return _object(properties, optional=[key.name for key in keys if not key.required])


def _key(key: Key) -> JsonSchema:
    value = _form(key.form)
    if key.least:
        value = {"type": "array", "items": value, "minItems": key.least}
    return {"description": key.meaning, **value}


def _form(form: Form) -> JsonSchema:
    return {"type": "string", "pattern": f"^(?:{form.pattern})$"}


def _rows(row: JsonSchema, meaning: str) -> JsonSchema:
    return {**_list(row, meaning), "minItems": 1}


def _named(name: JsonSchema, table: JsonSchema) -> JsonSchema:
    return {"type": "object", "propertyNames": name, "additionalProperties": table}


# docs/ontology.md


def with_parts(page: str, parts: Mapping[str, str]) -> str:
    """A page with its generated parts replaced: what stands between `<!-- generated: NAME -->` and `<!-- end -->`.

    Raises ValueError where the page has no place for a part.
    """
    for name, part in parts.items():
        opening = f"<!-- generated: {name} -->"
        pattern = re.compile(rf"({re.escape(opening)}\n).*?(<!-- end -->)", re.DOTALL)
        page, count = pattern.subn(lambda found, part=part: f"{found[1]}\n{part}\n{found[2]}", page)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"the page has {count} places for the generated part {name!r}; give it one: {opening}")
    return page


def key_tables() -> str:
    """The keys of every table of an ontology file."""
    tables = (
        ("At the top of the file", TOP_KEYS),
        ("`[inventories.NAME]`", INVENTORY_KEYS),
        ("`[[inventories.NAME.labels]]`", ENTITY_KEYS),
        ("`[schemes.NAME]`", SCHEME_KEYS),
        ("`[[topics.labels]]`", TOPIC_KEYS),
        ("`[sentences.KIND]`", SENTENCE_KIND_KEYS),
        ("`[[problems]]`", PROBLEM_KEYS),
    )
    parts = []
    for title, keys in tables:
        rows = [(f"`{key.name}`", _needed(key), key.meaning, key.form.remedy) for key in keys]
        parts.append(f"**{title}**\n\n{_table(('key', 'needed', 'meaning', 'form'), rows)}")
    inherited = ", ".join(f"`{name}`" for name in INHERITED_TABLES)
    parts.append(f"Tables that a file may leave out, to have the packaged ones: {inherited}.\n")
    return "\n".join(parts)


def _needed(key: Key) -> str:
    if key.least:
        return f"{key.least} or more"
    return "yes" if key.required else "no"


def label_tables(ontology: Ontology) -> str:
    """The labels, topics, kinds and problems of an ontology, and its mappings."""
    parts = [f"Version {ontology.version}, default inventory `{ontology.default_inventory}`.\n"]
    for inventory in ontology.inventories.values():
        rows = [
            (
                f"`{label.code}`", label.name_ar, label.name_en, label.definition_ar, label.definition_en,
                "؛ ".join(f"{e.text[: e.start]}**{e.mention}**{e.text[e.end :]}" for e in label.examples),
                f"`{label.hotkey}`" if label.hotkey else "",
            )
            for label in inventory.labels
        ]  # fmt: skip
        heading = ("code", "الاسم", "name", "التعريف", "definition", "أمثلة", "key")
        parts.append(f"### Inventory `{inventory.name}`: {inventory.name_en} ({inventory.overlap})\n")
        parts.append(_table(heading, rows))
    topics = [
        (f"`{t.code}`", f"`{t.medtop}`" if t.medtop else "", t.name_ar, t.name_en, t.definition_ar, t.definition_en,
         "؛ ".join(t.examples))
        for t in ontology.topics
    ]  # fmt: skip
    parts.append(f"### Topics (at most {ontology.max_topics} an article)\n")
    parts.append(_table(("code", "IPTC", "الاسم", "name", "التعريف", "definition", "أمثلة"), topics))
    for title, entries in (("Kinds of sentences", ontology.sentence_kinds), ("Problems", ontology.problems)):
        named = [(f"`{e.code}`", e.name_ar, e.name_en, e.definition_ar, e.definition_en) for e in entries]
        parts.append(f"### {title}\n")
        parts.append(_table(("code", "الاسم", "name", "التعريف", "definition"), named))
    parts.append("### Mappings\n")
    mapped = [
        (f"`{m.source}` to `{m.target}`", ", ".join(a if a == b else f"{a} → {b}" for a, b in m.pairs if b),
         ", ".join(a for a, b in m.pairs if not b))
        for m in ontology.mappings
    ]  # fmt: skip
    parts.append(_table(("mapping", "kept", "dropped"), mapped))
    return "\n".join(parts)


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    main()

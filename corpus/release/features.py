"""The columns as `datasets` is to see them: declared in the card, since names of classes are not on disk.

Labels are strings in the Parquet files, so that every other reader sees names and an unknown label fails loudly; the
card declares them as `ClassLabel`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from corpus.release.tagging import tag_names
from schemas.tables import RELEASE_CONFIGS, SENTENCE_KINDS

Yaml = str | int | bool | None | list["Yaml"] | dict[str, "Yaml"]


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels that a release may use, in the order of their inventory."""

    entities: tuple[str, ...]
    topics: tuple[str, ...]


def class_names(config: str, labels: Labels) -> Mapping[str, Sequence[str]]:
    """The names of each column (`column` or `column.field`) of a config that is a class, in the order of their codes.

    `annotations` has none: its labels come from all tasks and from every ontology that a layer was ever made with.
    """
    columns: dict[str, dict[str, Sequence[str]]] = {
        "documents": {
            "sentences.kind": SENTENCE_KINDS,
            "entities.label": labels.entities,
            "topics": labels.topics,
        },
        "sentences": {
            "kind": SENTENCE_KINDS,
            "ner_tags": tag_names(labels.entities),
            "entities.label": labels.entities,
            "topics": labels.topics,
        },
        "annotations": {},
    }
    return columns[config]


def declare_features(config: str, labels: Labels) -> list[Yaml]:
    """The `features` of a config's `dataset_info`, as the card's YAML has them."""
    return declare_columns(RELEASE_CONFIGS[config], config, labels)


def declare_columns(schema: pa.Schema, config: str, labels: Labels) -> list[Yaml]:
    """The same for another edition of a config, with columns of its own."""
    names = class_names(config, labels)
    return [_declare(field, field.name, names) for field in schema]


def _declare(field: pa.Field, path: str, names: Mapping[str, Sequence[str]]) -> Yaml:
    kind, declared = field.type, {"name": field.name}
    if pa.types.is_list(kind):
        if pa.types.is_struct(kind.value_type):
            members = [kind.value_type.field(place) for place in range(kind.value_type.num_fields)]
            return {**declared, "list": [_declare(member, f"{path}.{member.name}", names) for member in members]}
        return {**declared, "list": _class(names[path]) if path in names else _dtype(kind.value_type)}
    return {**declared, "dtype": _class(names[path]) if path in names else _dtype(kind)}


def _dtype(kind: pa.DataType) -> str:
    """Arrow calls a 32-bit number 'float'; `datasets` calls it by its width."""
    return {"float": "float32", "double": "float64"}.get(str(kind), str(kind))


def _class(names: Sequence[str]) -> Yaml:
    # A class without names cannot be declared; an inventory without topics, say, gives plain strings.
    if not names:
        return "string"
    return {"class_label": {"names": {str(code): name for code, name in enumerate(names)}}}

"""Reading and checking an ontology: the label inventory of a corpus.

The packaged ontology is `ontology.toml` beside this module; a corpus may have a file of its own (docs/ontology.md). A
wrong file is refused with every problem found in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from schemas.keys import (
    ENTITY_KEYS,
    INHERITED_TABLES,
    INVENTORY_KEYS,
    OPTIONAL_TABLES,
    PROBLEM_KEYS,
    REQUIRED_TABLES,
    SCHEME_KEYS,
    SENTENCE_KIND_KEYS,
    TOP_KEYS,
    TOPIC_KEYS,
    Key,
)
from schemas.labels import (
    EntityLabel,
    Example,
    Inventory,
    LabelMapping,
    Ontology,
    Problem,
    Scheme,
    SentenceKind,
    TopicLabel,
)
from schemas.located import TomlPath, TomlSyntaxError, parse_located
from schemas.reading import Table, TableReader, closest
from schemas.tables import SENTENCE_KINDS

__all__ = [
    "EntityLabel",
    "Example",
    "Inventory",
    "LabelMapping",
    "Ontology",
    "OntologyError",
    "Problem",
    "Scheme",
    "SentenceKind",
    "TopicLabel",
    "contrast_with_black",
    "load_ontology",
    "parse_ontology",
]

# Least contrast of text and background: WCAG 2.1, success criterion 1.4.3.
LEAST_CONTRAST: Final = 4.5
_PACKAGED: Final = "schemas/ontology.toml"


class OntologyError(ValueError):
    """An ontology file is wrong. `problems` holds a line `FILE:LINE: reason; what to do` for each fault, in order."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def load_ontology(path: Path | None = None) -> Ontology:
    """The ontology of a file, or the packaged one.

    Raises OntologyError where the file cannot be read or is wrong.
    """
    if path is None:
        return _packaged()
    try:
        body = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OntologyError([f"{path}:1: cannot be read ({reason}); give the path of an ontology file"]) from None
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise OntologyError([f"{path}:{line}: not UTF-8; save the file as UTF-8"]) from None
    return parse_ontology(text, str(path))


@lru_cache(maxsize=8)
def parse_ontology(text: str, name: str) -> Ontology:
    """The ontology that a text says; `name` is the file's name in messages.

    What `topics`, `sentences` and `problems` say is taken from the packaged ontology where they are left out.
    Raises OntologyError with every problem found.
    """
    return _parse(text, name, _packaged)


@cache
def _packaged() -> Ontology:
    text = resources.files("schemas").joinpath("ontology.toml").read_text(encoding="utf-8")
    return _parse(text, _PACKAGED, None)


def _parse(text: str, name: str, base: Callable[[], Ontology] | None) -> Ontology:
    try:
        located = parse_located(text, name)
    except TomlSyntaxError as error:
        raise OntologyError([str(error)]) from None
    return _OntologyReader(located).ontology(base)


def contrast_with_black(colour: str) -> float:
    """Contrast ratio, 1 to 21, of black text on a `#rrggbb` background (WCAG 2.1, relative luminance)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) / 0.05


class _OntologyReader(TableReader):
    """Builds an ontology from located TOML."""

    def ontology(self, base: Callable[[], Ontology] | None) -> Ontology:
        """The whole file. `base` gives the parts that it may leave out; without one it must have them."""
        root = self.located.content
        required = REQUIRED_TABLES if base else (*REQUIRED_TABLES, *INHERITED_TABLES)
        head = self.texts((), root, TOP_KEYS, (*REQUIRED_TABLES, *OPTIONAL_TABLES, *INHERITED_TABLES))
        for name in required:
            if name not in root:
                self.refuse((), f"the table {name!r} is missing", f"add it as docs/ontology.md says of [{name}]")
        tables = self.named(("inventories",), root.get("inventories", {}))
        if "inventories" in root and not tables:
            self.refuse(("inventories",), "there is no inventory", "add a table such as [inventories.news]")
        inventories = tuple(self._inventory(*found) for found in tables)
        self._default(head["default_inventory"], [inventory.name for inventory in inventories])
        schemes = tuple(self._scheme(*found) for found in self.named(("schemes",), root.get("schemes", {})))
        codes = {scheme.name: scheme.labels for scheme in schemes}
        for inventory in inventories:
            if inventory.name in codes:
                reason = f'the scheme "{inventory.name}" has the name of an inventory'
                self.refuse(("schemes", inventory.name), reason, "give it another name")
            codes[inventory.name] = tuple(code for code in inventory.codes if code)  # a faulty one was read as ""
        mappings = tuple(
            self._mapping(source, target, target_path, table, codes)
            for source, path, targets in self.named(("mappings",), root.get("mappings", {}))
            for target, target_path, table in self.named(path, targets)
        )
        topics, max_topics = self._topics(root["topics"]) if "topics" in root else ((), 0)
        kinds = self._sentence_kinds(root["sentences"]) if "sentences" in root else ()
        reported = self._reported_problems(root["problems"]) if "problems" in root else ()
        self._topic_hotkeys(inventories, topics)
        if self.problems:
            raise OntologyError(self.problems)
        if base is not None:
            if not topics:
                topics, max_topics = base().topics, base().max_topics
            kinds = kinds or base().sentence_kinds
            reported = reported or base().problems
        return Ontology(
            inventories={inventory.name: inventory for inventory in inventories},
            schemes=schemes,
            mappings=mappings,
            topics=topics,
            max_topics=max_topics,
            sentence_kinds=kinds,
            problems=reported,
            **head,
        )

    def _default(self, name: str, inventories: list[str]) -> None:
        if name and inventories and name not in inventories:
            reason = f'default_inventory "{name}" is no inventory of this file'
            self.refuse(("default_inventory",), reason, closest(name, inventories))

    def _inventory(self, name: str, path: TomlPath, table: Table) -> Inventory:
        texts = self.texts(path, table, INVENTORY_KEYS, ("labels",))
        rows = self.rows((*path, "labels"), table.get("labels"))
        labels = []
        for row_path, row in rows:
            row_texts = self._label_texts(row_path, row, ENTITY_KEYS)
            examples = tuple(_example(text) for text in self.listed(row_path, row, ENTITY_KEYS, "examples"))
            labels.append(EntityLabel(examples=examples, **row_texts))
        self.distinct(rows, "code", "name_ar", "colour", "hotkey")
        return Inventory(name=name, labels=tuple(labels), **texts)

    def _scheme(self, name: str, path: TomlPath, table: Table) -> Scheme:
        texts = self.texts(path, table, SCHEME_KEYS)
        labels = self.listed(path, table, SCHEME_KEYS, "labels")
        self.once("label", (((*path, "labels", index), label) for index, label in enumerate(labels)))
        return Scheme(name=name, labels=labels, **texts)

    def _mapping(
        self, source: str, target: str, path: TomlPath, value: Table, codes: Mapping[str, tuple[str, ...]]
    ) -> LabelMapping:
        for side in (source, target):
            if side not in codes:
                self.refuse(path, f'"{side}" is no inventory and no scheme of this file', closest(side, codes))
        if source == target:
            self.refuse(path, f'"{source}" is mapped to itself', "leave this mapping out")
        pairs: dict[str, str] = {}
        for label, becomes in value.items():
            at = (*path, label)
            if source in codes and label not in codes[source]:
                self.refuse(at, f'"{label}" is no label of {source}', closest(label, codes[source]))
            if not isinstance(becomes, str):
                self.refuse(at, f"what {label} becomes is not a text", 'write a label in quotes, or "" to drop it')
            elif becomes and target in codes and becomes not in codes[target]:
                remedy = f'write "" to drop {label}, or one of: {", ".join(codes[target])}'
                self.refuse(at, f'"{becomes}" is no label of {target}', remedy)
            pairs[label] = becomes if isinstance(becomes, str) else ""
        absent = [code for code in codes.get(source, ()) if code not in pairs]
        if absent:
            reason = f"the mapping from {source} to {target} leaves out {', '.join(absent)}"
            self.refuse(path, reason, 'add each of them, with "" where it is dropped')
        return LabelMapping(source, target, tuple((code, pairs.get(code, "")) for code in codes.get(source, ())))

    def _topics(self, value: object) -> tuple[tuple[TopicLabel, ...], int]:
        path: TomlPath = ("topics",)
        table = self.table(path, value)
        if table is None:
            return (), 0
        self.only(path, table, ("max", "labels"))
        rows = self.rows((*path, "labels"), table.get("labels"))
        labels = []
        for row_path, row in rows:
            row_texts = self._label_texts(row_path, row, TOPIC_KEYS)
            labels.append(TopicLabel(examples=self.listed(row_path, row, TOPIC_KEYS, "examples"), **row_texts))
        self.distinct(rows, "code", "medtop", "name_ar", "colour", "hotkey")
        most = table.get("max")
        if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= max(len(rows), 1):
            reason = "max, the most topics that an article may have, is missing or out of range"
            self.refuse((*path, "max"), reason, f"write a number from 1 to {max(len(rows), 1)}, the number of topics")
            most = 0
        return tuple(labels), most

    def _sentence_kinds(self, value: object) -> tuple[SentenceKind, ...]:
        path: TomlPath = ("sentences",)
        table = self.table(path, value)
        if table is None:
            return ()
        self.only(path, table, SENTENCE_KINDS)
        kinds = []
        for kind in SENTENCE_KINDS:
            if kind not in table:
                self.refuse(path, f"the kind of sentence {kind!r} is missing", f"add [sentences.{kind}]")
            elif (named := self.table((*path, kind), table[kind])) is not None:
                kinds.append(SentenceKind(code=kind, **self.texts((*path, kind), named, SENTENCE_KIND_KEYS)))
        return tuple(kinds)

    def _reported_problems(self, value: object) -> tuple[Problem, ...]:
        rows = self.rows(("problems",), value)
        self.distinct(rows, "code", "name_ar")
        return tuple(Problem(**self.texts(path, row, PROBLEM_KEYS)) for path, row in rows)

    def _label_texts(self, path: TomlPath, table: Table, keys: tuple[Key, ...]) -> dict[str, str]:
        """The texts of a label that is shown in colour."""
        texts = self.texts(path, table, keys)
        texts["colour"] = texts["colour"].lower()
        if texts["colour"] and (contrast := contrast_with_black(texts["colour"])) < LEAST_CONTRAST:
            reason = f'colour "{texts["colour"]}" gives black text a contrast of {contrast:.1f}, below {LEAST_CONTRAST}'
            self.refuse((*path, "colour"), reason, "choose a lighter colour")
        return texts

    def _topic_hotkeys(self, inventories: Iterable[Inventory], topics: Iterable[TopicLabel]) -> None:
        """Topics are chosen on the same screen as entities."""
        for inventory in inventories:
            keys = {label.hotkey: label.code for label in reversed(inventory.labels) if label.hotkey}
            for index, topic in enumerate(topics):
                if topic.hotkey in keys:
                    reason = f'hotkey "{topic.hotkey}" is that of {keys[topic.hotkey]} in inventory {inventory.name}'
                    self.refuse(("topics", "labels", index, "hotkey"), reason, "give the topic another, or none")


def _example(text: str) -> Example:
    """An example from `before [mention] after`, or from the mention alone."""
    before, opening, rest = text.partition("[")
    if not opening:
        return Example(text, 0, len(text))
    mention, _, after = rest.partition("]")
    return Example(before + mention + after, len(before), len(before) + len(mention))

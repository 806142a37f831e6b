"""What an ontology is: inventories of entity labels, topics, sentence kinds, problems, and mappings between label sets.

Instances come from `schemas.ontology`, which has checked them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Example:
    """A phrase with one mention: `text[start:end]`, in code points."""

    text: str
    start: int
    end: int

    @property
    def mention(self) -> str:
        """The words that carry the label."""
        return self.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class EntityLabel:
    """A label of entities. `colour` is `#rrggbb` in small letters; `hotkey` is "" where there is none."""

    code: str
    name_ar: str
    name_en: str
    definition_ar: str
    definition_en: str
    examples: tuple[Example, ...]
    colour: str
    hotkey: str


@dataclass(frozen=True, slots=True)
class TopicLabel:
    """A topic of documents; `medtop` is its IPTC Media Topics code, "" where it has none."""

    code: str
    medtop: str
    name_ar: str
    name_en: str
    definition_ar: str
    definition_en: str
    examples: tuple[str, ...]
    colour: str
    hotkey: str


@dataclass(frozen=True, slots=True)
class SentenceKind:
    """A kind of sentence (`schemas.tables.SENTENCE_KINDS`), named."""

    code: str
    name_ar: str
    name_en: str
    definition_ar: str
    definition_en: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an article that an annotator can report."""

    code: str
    name_ar: str
    name_en: str
    definition_ar: str
    definition_en: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """A set of entity labels to annotate with; `overlap` is one of `schemas.keys.OVERLAP_POLICIES`."""

    name: str
    name_ar: str
    name_en: str
    overlap: str
    labels: tuple[EntityLabel, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the labels, in order."""
        return tuple(label.code for label in self.labels)

    def label(self, code: str) -> EntityLabel:
        """The label of a code. Raises LookupError, naming the known ones."""
        for label in self.labels:
            if label.code == code:
                return label
        raise _unknown(f"label of inventory {self.name!r}", code, self.codes)


@dataclass(frozen=True, slots=True)
class Scheme:
    """The label set of data from elsewhere."""

    name: str
    name_en: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelMapping:
    """What each label of `source` becomes in `target`; "" where it is dropped."""

    source: str
    target: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ontology:
    """Everything a label inventory file says; `inventories` are by name, in the file's order."""

    name: str
    version: str
    default_inventory: str
    inventories: Mapping[str, Inventory] = field(hash=False)
    schemes: tuple[Scheme, ...]
    mappings: tuple[LabelMapping, ...]
    topics: tuple[TopicLabel, ...]
    max_topics: int
    sentence_kinds: tuple[SentenceKind, ...]
    problems: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """sha256 in hex of the content: comments, layout and the order of single keys do not count."""
        canonical = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def inventory(self, name: str = "") -> Inventory:
        """The inventory of a name, the default one without a name. Raises LookupError, naming the known ones."""
        wanted = name or self.default_inventory
        if wanted not in self.inventories:
            raise _unknown("inventory", wanted, self.inventories)
        return self.inventories[wanted]

    @property
    def topic_codes(self) -> tuple[str, ...]:
        """The codes of the topics, in order."""
        return tuple(topic.code for topic in self.topics)

    def topic(self, code: str) -> TopicLabel:
        """The topic of a code. Raises LookupError, naming the known ones."""
        for topic in self.topics:
            if topic.code == code:
                return topic
        raise _unknown("topic", code, self.topic_codes)

    def label_codes(self, name: str) -> tuple[str, ...]:
        """The labels of an inventory or scheme. Raises LookupError, naming the known ones."""
        known = {inventory.name: inventory.codes for inventory in self.inventories.values()}
        known |= {scheme.name: scheme.labels for scheme in self.schemes}
        if name not in known:
            raise _unknown("inventory or scheme", name, known)
        return known[name]

    def map_label(self, label: str, source: str, target: str) -> str | None:
        """What a label of one inventory or scheme becomes in another; None where it is dropped.

        Raises LookupError where the label, either name, or the mapping between them is not known.
        """
        codes = self.label_codes(source)
        if label not in codes:
            raise _unknown(f"label of {source!r}", label, codes)
        if source == target:
            return label
        self.label_codes(target)
        for mapping in self.mappings:
            if (mapping.source, mapping.target) == (source, target):
                return dict(mapping.pairs)[label] or None
        known = (f"{mapping.source} to {mapping.target}" for mapping in self.mappings)
        raise _unknown("mapping", f"{source} to {target}", known)


def _unknown(what: str, name: str, known: Iterable[str]) -> LookupError:
    """The refusal of a name that is not there."""
    return LookupError(f"no {what} {name!r}; known: {', '.join(known) or 'none'}")

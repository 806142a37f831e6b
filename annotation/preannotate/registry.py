"""The pre-annotators that a corpus uses, loaded once a process and cut to its ontology."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from annotation.preannotate.own import PACKAGED, combined, entity_annotator, topic_annotator
from annotation.preannotate.protocol import Article, EntityAnnotator, TopicAnnotator
from corpus.span import Entity, Topic
from schemas.labels import Ontology
from schemas.ontology import OntologyError, load_ontology

NATIVE_INVENTORY = "news"


@dataclass(frozen=True, slots=True)
class Annotated:
    """What the machine says of one article."""

    entities: tuple[Entity, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Preannotation:
    """The pre-annotators with the ontology they answer in."""

    ontology: Ontology
    inventory: str
    min_score: float
    label_map: Mapping[str, str]
    entity_annotator: EntityAnnotator
    topic_annotator: TopicAnnotator

    @property
    def ontology_version(self) -> str:
        """Name and version of the label inventory."""
        return f"{self.inventory}-{self.ontology.version}"

    @property
    def entity_producer(self) -> tuple[str, str]:
        """Name and version of who finds entities."""
        suffix = f"@{self.min_score:g}" if self.min_score else ""
        return self.entity_annotator.name, f"{self.entity_annotator.version}.{resources_digest()}{suffix}"

    @property
    def topic_producer(self) -> tuple[str, str]:
        """Name and version of who finds topics."""
        return self.topic_annotator.name, f"{self.topic_annotator.version}.{resources_digest()}"

    @property
    def key(self) -> str:
        """Changes whenever the same text could be annotated otherwise."""
        return "/".join((self.ontology_version, self.ontology.digest, *self.entity_producer, *self.topic_producer))

    def annotate(self, articles: Sequence[Article]) -> list[Annotated]:
        """Entities and topics of each article, in the labels of the inventory."""
        known_topics = {topic.code for topic in self.ontology.topics}
        return [
            Annotated(
                self._mapped(entities),
                tuple(
                    replace(topic, rank=rank)
                    for rank, topic in enumerate(topic for topic in topics if topic.label in known_topics)
                ),
            )
            for entities, topics in zip(
                self.entity_annotator.entities(articles), self.topic_annotator.topics(articles), strict=True
            )
        ]

    def annotate_each(self, articles: Sequence[Article]) -> list[Annotated | Exception]:
        """As `annotate`; an article that breaks a pre-annotator comes out as what it raised, and the others stand."""
        try:
            return [*self.annotate(articles)]
        except ImportError:
            raise  # a broken installation is not the article's fault
        except Exception as error:
            if len(articles) == 1:
                return [error]
        middle = len(articles) // 2
        return [*self.annotate_each(articles[:middle]), *self.annotate_each(articles[middle:])]

    def _mapped(self, entities: Sequence[Entity]) -> tuple[Entity, ...]:
        flat = self.ontology.inventory(self.inventory).overlap == "flat"
        result: list[Entity] = []
        end = 0
        for entity in sorted(entities, key=lambda one: (one.start, -one.end)):
            label = self.label_map.get(entity.label)
            if label is None or entity.score < self.min_score or (flat and entity.start < end):
                continue
            result.append(replace(entity, label=label))
            end = max(end, entity.end)
        return tuple(result)


def label_map(ontology: Ontology, inventory: str, produced: Iterable[str]) -> Mapping[str, str]:
    """What the labels that pre-annotators produce are called in an inventory; those it has no use for are left out.

    An inventory that the ontology maps the packaged one to is translated; any other keeps the codes it shares.

    Raises:
        OntologyError: if nothing would be left.
    """
    codes = ontology.inventory(inventory).codes
    mapped = any((one.source, one.target) == (NATIVE_INVENTORY, inventory) for one in ontology.mappings)
    native = ontology.label_codes(NATIVE_INVENTORY) if mapped else ()
    names = {
        code: ontology.map_label(code, NATIVE_INVENTORY, inventory) if code in native else None if mapped else code
        for code in sorted(produced)
    }
    used = {code: name for code, name in names.items() if name in codes}
    if not used:
        raise OntologyError(
            [
                f"inventory '{inventory}' has none of the labels that can be suggested ({', '.join(names)}); "
                f"say what they are called there in a table [mappings.{NATIVE_INVENTORY}.{inventory}]"
            ]
        )
    return used


@functools.cache
def resources_digest() -> str:
    """First 8 hex digits of the sha256 over the packaged models and word lists, which decide with the code."""
    state = hashlib.sha256()
    for folder in ("lexicons", "models"):
        for file in sorted(files("annotation.preannotate").joinpath(folder).iterdir(), key=lambda one: one.name):
            if file.name.endswith((".npz", ".toml", ".tsv", ".txt")):
                state.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return state.hexdigest()[:8]


@functools.cache
def load_preannotation(
    ontology: str = "",
    inventory: str = NATIVE_INVENTORY,
    min_score: float = 0.0,
    entities: tuple[str, ...] = (PACKAGED,),
    topics: str = PACKAGED,
) -> Preannotation:
    """The named pre-annotators (`own.py`) under an ontology (a path; empty: the packaged one).

    `entities` are in the order of trust.

    Raises:
        OntologyError: if the ontology is wrong or has no such inventory, or nothing that it labels can be suggested.
        AnnotatorError: if a pre-annotator is not there, not installed or not fit for the ontology.
    """
    loaded = load_ontology(Path(ontology) if ontology else None)
    try:
        loaded.inventory(inventory)
    except LookupError as error:
        raise OntologyError([str(error.args[0])]) from error
    finder = combined([entity_annotator(name, loaded) for name in entities])
    names = label_map(loaded, inventory, finder.labels)
    return Preannotation(loaded, inventory, min_score, names, finder, topic_annotator(topics, loaded))

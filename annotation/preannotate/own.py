"""Pre-annotators by name: the packaged ones, models of Hugging Face, and those of other packages.

A package offers one as an entry point of the group `mudawwana.preannotators`: a function without arguments that
returns an `EntityAnnotator` or a `TopicAnnotator` (`protocol.py`), which answers in the inventory `news` and in the
topics of the ontology.

    [project.entry-points."mudawwana.preannotators"]
    stadiums = "my_package:stadium_annotator"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points

from annotation.preannotate.protocol import AnnotatorError, Article, EntityAnnotator, TopicAnnotator
from corpus.span import Entity
from schemas.labels import Ontology

PACKAGED = "mudawwana"
GROUP = "mudawwana.preannotators"
_TRANSFORMERS = "transformers:"


class UnknownAnnotatorError(AnnotatorError):
    """No pre-annotator has this name, or the one that has it is of the other kind; the message names the known."""


def entity_annotator(name: str, ontology: Ontology) -> EntityAnnotator:
    """The entity pre-annotator of a name: `mudawwana`, `transformers:MODEL`, or that of an entry point.

    Raises:
        UnknownAnnotatorError: if there is none.
    """
    if name == PACKAGED:
        from annotation.preannotate.combine import default_entity_annotator

        return default_entity_annotator()
    if name.startswith(_TRANSFORMERS):
        from annotation.preannotate.transformer import TransformerEntities

        return TransformerEntities(name.removeprefix(_TRANSFORMERS), ontology)
    found = _loaded(name)
    if not hasattr(found, "entities"):
        raise UnknownAnnotatorError(f"pre-annotator '{name}' finds no entities: it has no method 'entities'")
    return found  # type: ignore[return-value]


def topic_annotator(name: str, ontology: Ontology) -> TopicAnnotator:
    """The topic pre-annotator of a name, as `entity_annotator`."""
    if name == PACKAGED:
        from annotation.preannotate.topics import LinearTopics

        return LinearTopics()
    if name.startswith(_TRANSFORMERS):
        from annotation.preannotate.transformer import TransformerTopics

        return TransformerTopics(name.removeprefix(_TRANSFORMERS), ontology)
    found = _loaded(name)
    if not hasattr(found, "topics"):
        raise UnknownAnnotatorError(f"pre-annotator '{name}' finds no topics: it has no method 'topics'")
    return found  # type: ignore[return-value]


def _loaded(name: str) -> object:
    offered = {point.name: point for point in entry_points(group=GROUP)}
    if name not in offered:
        known = ", ".join([PACKAGED, f"{_TRANSFORMERS}MODEL", *sorted(offered)])
        raise UnknownAnnotatorError(f"no pre-annotator '{name}'; known: {known}")
    return offered[name].load()()


@dataclass(frozen=True, slots=True)
class Combined:
    """Several entity pre-annotators as one. Where their spans cross or share a range, the one named first prevails."""

    annotators: tuple[EntityAnnotator, ...]

    @property
    def name(self) -> str:
        """The names, in the order of trust."""
        return "+".join(each.name for each in self.annotators)

    @property
    def version(self) -> str:
        """The versions, in the same order."""
        return "+".join(each.version for each in self.annotators)

    @property
    def labels(self) -> frozenset[str]:
        """What any of them can produce."""
        return frozenset().union(*(each.labels for each in self.annotators))

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        """The entities of each article; each names the pre-annotator that found it, if it does not say more."""
        found = [self._named(each, each.entities(articles)) for each in self.annotators]
        return [_settled(each for part in parts for each in part) for parts in zip(*found, strict=True)]

    @staticmethod
    def _named(annotator: EntityAnnotator, found: Sequence[Sequence[Entity]]) -> list[list[Entity]]:
        return [[each if each.producer else replace(each, producer=annotator.name) for each in one] for one in found]


def _settled(ranked: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in ranked:
        if not any(entity.crosses(other) or (entity.start, entity.end) == (other.start, other.end) for other in kept):
            kept.append(entity)
    return sorted(kept, key=lambda each: (each.start, -each.end))


def combined(annotators: Sequence[EntityAnnotator]) -> EntityAnnotator:
    """Several pre-annotators as one; a single one as it is."""
    return annotators[0] if len(annotators) == 1 else Combined(tuple(annotators))

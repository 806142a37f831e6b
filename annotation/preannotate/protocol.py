"""What a pre-annotator is: named, versioned, honest about its labels, and given documents a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.span import Entity, Sentence, Topic


class AnnotatorError(Exception):
    """A pre-annotator is not there, not installed or not fit for the ontology; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Article:
    """A document as pre-annotators see it: offsets are code points of `text`."""

    text: str
    sentences: tuple[Sentence, ...]
    tokens: tuple[tuple[int, int], ...]


class EntityAnnotator(Protocol):
    """Finds labelled spans. `version` changes whenever the same text could get other spans."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def labels(self) -> frozenset[str]: ...

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        """The entities of each article, sorted by range; scores are calibrated probabilities."""
        ...


class TopicAnnotator(Protocol):
    """Says what documents are about, the main topic first; an empty list abstains."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def labels(self) -> frozenset[str]: ...

    def topics(self, articles: Sequence[Article]) -> list[list[Topic]]:
        """The topics of each article, ranked."""
        ...

"""What the pipeline finds in a text: half-open ranges of Unicode code points, with what they mean.

Every `start` and `end` in this project counts code points of an immutable NFC text; `start` is inside, `end` is
outside. Other units exist only at the boundary where another program needs them (`corpus.text.units`).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of a text, in code points: `text[start:end]`."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether `other` lies inside this range (an equal range does)."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share at least one code point."""
        return self.start < other.end and other.start < self.end

    def crosses(self, other: Span) -> bool:
        """Whether the two ranges overlap and neither lies inside the other."""
        return self.overlaps(other) and not self.covers(other) and not other.covers(self)


@dataclass(frozen=True, slots=True, order=True)
class Sentence(Span):
    """A sentence of a document. `kind` is one of `schemas.tables.SENTENCE_KINDS`."""

    kind: str = "paragraph"


@dataclass(frozen=True, slots=True, order=True)
class Entity(Span):
    """A labelled mention.

    `score` is a calibrated probability (1.0 where a person said so), `producer` names who found it,
    `value` is the normalised value of a DATE (ISO 8601) or MONEY (`amount currency`, ISO 4217), else None.
    """

    label: str = ""
    score: float = field(default=1.0, compare=False)
    producer: str = field(default="", compare=False)
    value: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a document, the main one with rank 0; `score` as for entities."""

    label: str
    rank: int = 0
    score: float = 1.0

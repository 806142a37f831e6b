"""What adjudication comes to: documents that are settled, and conflicts that stay open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotation.adjudicate.rules import UNANIMOUS, Rule


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on a range (code points) with what it is known by. A topic's range is 0-0; `kind` is a sentence's."""

    start: int
    end: int
    label: str
    kind: str | None = None
    annotation_id: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One annotator's version of a document, in one task."""

    annotator: str
    round: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class GoldMark:
    """A settled label. `producer` is `unanimous` or the rule that decided, `parents` the annotations it rests on."""

    start: int
    end: int
    label: str
    kind: str | None
    rank: int
    score: float
    producer: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an annotator has at a disputed place; nothing if `marks` is empty."""

    annotator: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that the rule does not decide. `reason` is a stable id; a topic's range is 0-0.

    `undecided`: no answer has enough votes. `crossing`: decided spans cross. `two-labels`: annotators agree on two
    labels for one span. `main-topic`: the main topic is undecided or not among the topics. `kind`: the kind of a
    sentence is undecided. `uncovered`: no sentence covers the text.
    """

    task: str
    doc_id: str
    start: int
    end: int
    words: str
    reason: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A document that is settled in a task: nothing is open."""

    task: str
    doc_id: str
    round: int
    annotators: tuple[str, ...]
    marks: tuple[GoldMark, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A document to adjudicate in one task: its text and two or more versions of it."""

    doc_id: str
    text: str
    versions: tuple[Version, ...]

    def settled(self, task: str, marks: Iterable[GoldMark]) -> Settled:
        """The case, settled with those marks."""
        annotators = tuple(version.annotator for version in self.versions)
        return Settled(task, self.doc_id, max(version.round for version in self.versions), annotators, tuple(marks))

    def conflict(
        self, task: str, start: int, end: int, reason: str, readings: Mapping[str, Sequence[Mark]]
    ) -> Conflict:
        """A conflict at a range; annotators without a reading have nothing there."""
        return Conflict(
            task, self.doc_id, start, end, self.text[start:end], reason,
            tuple(
                Reading(version.annotator, tuple(sorted(readings.get(version.annotator, ()), key=_order)))
                for version in self.versions
            ),
        )  # fmt: skip


def _order(mark: Mark) -> tuple[int, int, int, str]:
    return mark.start, -mark.end, mark.rank, mark.label


Answer = Settled | list[Conflict]


def producer_of(votes: Mapping[str, str], rule: Rule) -> str:
    """Who settled it: everybody, or the rule."""
    return UNANIMOUS if len(set(votes.values())) == 1 else rule.name

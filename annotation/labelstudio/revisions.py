"""What is new in what annotators did: submissions against the judgments that a corpus already has. Pure.

Within a round each (document, annotator) has revisions, numbered from 1, of which the latest counts. Nothing is ever
overwritten: a changed annotation is a further revision, a deletion is a judgment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.labelstudio.results import Result
from annotation.labelstudio.submissions import NOTHING, TASKS, Submission

__all__ = ["TASKS", "Content", "Recorded", "Revision", "new_revisions"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a revision says, in a form that can be compared."""

    sentences: frozenset[tuple[int, int, str]]
    entities: frozenset[tuple[int, int, str]]
    topics: tuple[str, ...]

    @classmethod
    def of(cls, result: Result) -> Content:
        """The content of a result."""
        return cls(
            frozenset((one.start, one.end, one.label) for one in result.sentences),
            frozenset((one.start, one.end, one.label) for one in result.entities),
            result.topics,
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """The latest revision that the corpus has of somebody's work on a document, and when each of them was made."""

    revision: int
    status: str
    submitted_at: str | None
    seconds: float | None
    problem: str | None
    comment: str | None
    content: Content
    times: frozenset[str] = frozenset()
    carried: bool = False
    """Whether it was moved here from an earlier text, and need not be on the server."""
    migrated: bool = False
    """Whether it stands here in other labels than on the server."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision to be recorded: what was done, or a deletion (`submission` is None)."""

    number: int
    submission: Submission | None

    @property
    def result(self) -> Result:
        """What it says."""
        return self.submission.result if self.submission else NOTHING

    def status(self, task: str) -> str:
        """What the judgment of a task says: sentences that do not divide the whole text are not finished, and what an
        adjudicator was not asked about was skipped."""
        if self.submission is None:
            return "deleted"
        if task not in self.submission.counts and self.submission.status == "submitted":
            return "skipped"
        if task == "sentences" and self.submission.gaps and self.submission.status == "submitted":
            return "draft"
        return self.submission.status


def new_revisions(submissions: Sequence[Submission], recorded: Recorded | None) -> list[Revision]:
    """The revisions that one user's present submissions on one document add to what is recorded.

    No submissions mean that what was recorded is no longer there.
    """
    number = recorded.revision if recorded else 0
    if not submissions:
        gone = recorded is not None and recorded.status != "deleted" and not recorded.carried
        return [Revision(number + 1, None)] if gone else []
    *earlier, last = sorted(submissions, key=lambda one: (one.submitted_at, one.status))
    found = []
    for one in earlier:
        if recorded is None or one.submitted_at not in recorded.times:
            number += 1
            found.append(Revision(number, one))
    if recorded is not None and recorded.migrated and last.submitted_at == recorded.submitted_at and not found:
        return []
    if found or recorded is None or not _same(last, recorded):
        found.append(Revision(number + 1, last))
    return found


def _same(submission: Submission, recorded: Recorded) -> bool:
    """Whether nothing was changed; the time may differ where an annotation was carried to another task."""
    return (
        Revision(0, submission).status("entities") == recorded.status
        and submission.result.problem == recorded.problem
        and submission.result.comment == recorded.comment
        and _close(submission.seconds, recorded.seconds)
        and Content.of(submission.result) == recorded.content
    )


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-3)  # tables hold 32 bits

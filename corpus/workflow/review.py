"""`mudawwana review`: what in the annotations looks like a slip, and what annotators reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotation.review.checks import CHECKS, Doubt, review
from annotation.review.problems import Report, Suspect, reported_problems, suspects
from corpus.release.source import read_corpus


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What the review of a corpus found. `counts` are doubts by check, with 0 for those that found nothing."""

    counts: Mapping[str, int]
    doubts: tuple[Doubt, ...]
    reports: tuple[Report, ...]
    suspects: tuple[Suspect, ...]


def review_corpus(
    root: Path, *, only: Collection[str] = (), annotators: Collection[str] = (), round_: int | None = None
) -> ReviewSummary:
    """Review the finished annotations of the corpus in `root`; arguments as of `annotation.review.checks.review`.

    Raises:
        StoreError: if its tables cannot be read.
        LookupError: for an unknown check.
    """
    tables = read_corpus(root)
    doubts = review(tables, only=only, annotators=annotators, round_=round_)
    reports = [one for one in reported_problems(tables) if not annotators or one.annotator in annotators]
    counts = Counter(one.check for one in doubts)
    return ReviewSummary(
        {check.check_id: counts[check.check_id] for check in CHECKS if not only or check.check_id in only},
        tuple(doubts),
        tuple(reports),
        tuple(suspects(tables, reports)),
    )

"""Rules that decide a question on which annotators voted."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

NOTHING: Final = ""
"""The vote that there is nothing here."""
OTHERWISE: Final = "?"
"""The vote of someone who reads the place in another way that is a question of its own: it counts, but cannot win."""

CONFIDENCE: Final = 0.9
"""The probability from which Dawid-Skene's answer stands."""
UNANIMOUS: Final = "unanimous"
MAJORITY: Final = "majority"
DAWID_SKENE: Final = "dawid-skene"

Votes = Mapping[str, str]
"""What each annotator of the document says."""


class MissingLibraryError(Exception):
    """A rule needs a library that is not installed; the message names the pip command."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, None where the question stays open; `score` is 1 where people were counted, else a probability."""

    answer: str | None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to decide: `decide` answers questions of one kind, all at once because some rules learn from all."""

    name: str
    version: str
    decide: Callable[[Sequence[Votes]], list[Decision]]


def unanimous(questions: Sequence[Votes]) -> list[Decision]:
    """The answer that everybody gave."""
    return [Decision(_agreed(votes)) for votes in questions]


def majority(questions: Sequence[Votes]) -> list[Decision]:
    """The answer that more than half gave."""
    return [Decision(carried(votes)) for votes in questions]


def carried(votes: Votes) -> str | None:
    """The vote of more than half, if there is one."""
    ((most, times),) = Counter(votes.values()).most_common(1)
    return most if 2 * times > len(votes) and most != OTHERWISE else None


def _agreed(votes: Votes) -> str | None:
    answers = set(votes.values())
    return answers.pop() if len(answers) == 1 and OTHERWISE not in answers else None


def dawid_skene(questions: Sequence[Votes]) -> list[Decision]:
    """The likeliest answer if each annotator errs in ways of their own (Dawid and Skene 1979), by crowd-kit.

    It stands where its probability is at least `CONFIDENCE` and somebody gave it; `OTHERWISE` is no evidence.

    Raises:
        MissingLibraryError: if crowd-kit is not installed.
    """
    ballots = [
        (number, annotator, vote)
        for number, votes in enumerate(questions)
        for annotator, vote in votes.items()
        if vote != OTHERWISE
    ]
    if not ballots:
        return [Decision(None) for _ in questions]
    try:
        import pandas
        from crowdkit.aggregation.classification.dawid_skene import DawidSkene
    except ImportError as error:
        raise MissingLibraryError(
            "the rule dawid-skene needs crowd-kit; install it with: pip install 'mudawwana[adjudicate]'"
        ) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # crowd-kit 1.4 uses arguments that pandas 3 deprecates
        model = DawidSkene().fit(pandas.DataFrame(ballots, columns=["task", "worker", "label"]))
    found = [Decision(None) for _ in questions]
    probas: Any = model.probas_
    columns = (probas.index.tolist(), probas.idxmax(axis=1).tolist(), probas.max(axis=1).tolist())
    for number, answer, score in zip(*columns, strict=True):
        if score >= CONFIDENCE and answer in questions[number].values():
            found[number] = Decision(str(answer), round(min(float(score), 1.0), 4))
    return found


RULES: Final[Mapping[str, Rule]] = {
    rule.name: rule
    for rule in (
        Rule(UNANIMOUS, "1", unanimous),
        Rule(MAJORITY, "1", majority),
        Rule(DAWID_SKENE, f"1-confidence-{CONFIDENCE}", dawid_skene),
    )
}

"""Entities: each range that anybody marked is a question, its votes are labels or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from annotation.adjudicate.answers import Answer, Case, Conflict, GoldMark, Mark, producer_of
from annotation.adjudicate.rules import NOTHING, OTHERWISE, Decision, Rule, Votes, carried
from corpus.span import Span

_TASK = "entities"
_AND = "+"

_Range = tuple[int, int]


@dataclass(slots=True)
class _Questions:
    """The ranges of a case, in order, with their votes and marks."""

    case: Case
    votes: dict[_Range, dict[str, str]] = field(default_factory=dict)
    marks: dict[_Range, dict[str, list[Mark]]] = field(default_factory=dict)


def settle_entities(cases: Sequence[Case], rule: Rule) -> list[Answer]:
    """Decide each case.

    An annotator without the range in question votes that there is nothing, unless one of their spans overlaps it, has
    itself no majority and is no span of those who marked the range: then they read the place otherwise.
    """
    asked = [_questions(case) for case in cases]
    flat: list[Votes] = [votes for questions in asked for votes in questions.votes.values()]
    decisions = iter(rule.decide(flat))
    return [_answer(questions, {at: next(decisions) for at in questions.votes}, rule) for questions in asked]


def _questions(case: Case) -> _Questions:
    marks: dict[_Range, dict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for version in case.versions:
        for mark in version.marks:
            marks[mark.start, mark.end][version.annotator].append(mark)
    everybody = [version.annotator for version in case.versions]
    ranges = sorted(marks, key=lambda at: (at[0], -at[1]))
    votes = {
        at: {
            person: _AND.join(sorted({mark.label for mark in marks[at][person]})) if person in marks[at] else NOTHING
            for person in everybody
        }
        for at in ranges
    }
    loose = {at for at in ranges if carried(votes[at]) in (None, NOTHING)}
    for at in loose:
        voters = marks[at].keys()
        for other in loose:
            if other != at and other[0] < at[1] and at[0] < other[1]:
                for person in marks[other].keys() - voters:
                    if not voters <= marks[other].keys():
                        votes[at][person] = OTHERWISE
    return _Questions(case, votes, {at: dict(marks[at]) for at in ranges})


def _answer(questions: _Questions, decisions: Mapping[_Range, Decision], rule: Rule) -> Answer:
    case = questions.case
    kept = {at: one for at, one in decisions.items() if one.answer not in (None, NOTHING)}
    open_: dict[_Range, str] = {at: "undecided" for at, one in decisions.items() if one.answer is None}
    open_ |= {at: "two-labels" for at, one in kept.items() if one.answer and _AND in one.answer}
    for one, other in _crossing(list(kept)):
        open_ |= {one: "crossing", other: "crossing"}
    if open_:
        return _conflicts(questions, open_)
    gold = []
    for at, decision in kept.items():
        label = str(decision.answer)
        parents = [mark.annotation_id for its in questions.marks[at].values() for mark in its if mark.label == label]
        producer = producer_of(questions.votes[at], rule)
        gold.append(GoldMark(*at, label, None, 0, decision.score, producer, tuple(sorted(parents))))
    return case.settled(_TASK, gold)


def _crossing(ranges: list[_Range]) -> list[tuple[_Range, _Range]]:
    spans = sorted((Span(*at) for at in ranges), key=lambda span: (span.start, -span.end))
    found: list[tuple[_Range, _Range]] = []
    still_open: list[Span] = []
    for span in spans:
        still_open = [other for other in still_open if other.end > span.start]
        found += [
            ((other.start, other.end), (span.start, span.end)) for other in still_open if other.crosses(span)
        ]
        still_open.append(span)
    return found


def _conflicts(questions: _Questions, open_: Mapping[_Range, str]) -> list[Conflict]:
    """One conflict for each group of open ranges that overlap."""
    groups: list[list[_Range]] = []
    reach = -1
    for at in sorted(open_):
        if at[0] < reach:
            groups[-1].append(at)
        else:
            groups.append([at])
        reach = max(reach, at[1])
    found = []
    for group in groups:
        readings: dict[str, list[Mark]] = defaultdict(list)
        for at in group:
            for person, marks in questions.marks[at].items():
                readings[person] += marks
        reasons = {open_[at] for at in group}
        reason = reasons.pop() if len(reasons) == 1 else "undecided"
        start, end = group[0][0], max(at[1] for at in group)
        found.append(questions.case.conflict(_TASK, start, end, reason, readings))
    return found

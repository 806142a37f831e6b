"""Sentences: each place where anybody begins or ends one is a question; then the kind of each sentence is one."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.adjudicate.answers import Answer, Case, Conflict, GoldMark, Mark, producer_of
from annotation.adjudicate.rules import NOTHING, Decision, Rule, Votes
from annotation.layers import SENTENCE_LABEL

_TASK = "sentences"
_BOUNDARY = "boundary"
_UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True)
class _Boundaries:
    case: Case
    votes: dict[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Kinds:
    case: Case
    votes: dict[tuple[int, int], dict[str, str]]


def settle_sentences(cases: Sequence[Case], rule: Rule) -> list[Answer]:
    """Decide each case: first where sentences begin, then of which kind each is.

    The kind that an annotator votes for is that of their sentence at the sentence's first character.
    """
    asked = [_boundaries(case) for case in cases]
    flat: list[Votes] = [votes for questions in asked for votes in questions.votes.values()]
    decisions = iter(rule.decide(flat))
    undecided: list[list[Conflict]] = []
    delimited: list[_Kinds | None] = []
    for questions in asked:
        its = {place: next(decisions) for place in questions.votes}
        open_ = [place for place, decision in its.items() if decision.answer is None]
        undecided.append(_conflicts(questions.case, open_))
        starts = [0, *(place for place, decision in its.items() if decision.answer == _BOUNDARY)]
        delimited.append(None if open_ else _kinds(questions.case, starts))
    flat = [votes for kinds in delimited if kinds for votes in kinds.votes.values()]
    decisions = iter(rule.decide(flat))
    answers: list[Answer] = []
    for conflicts, kinds in zip(undecided, delimited, strict=True):
        answers.append(_answer(kinds, {at: next(decisions) for at in kinds.votes}, rule) if kinds else conflicts)
    return answers


def _boundaries(case: Case) -> _Boundaries:
    begun: dict[int, set[str]] = defaultdict(set)
    for version in case.versions:
        for mark in version.marks:
            after = mark.end + 1 if case.text[mark.end : mark.end + 1].isspace() else mark.end
            for place in (mark.start, after):
                if 0 < place < len(case.text):
                    begun[place].add(version.annotator)
    return _Boundaries(
        case,
        {
            place: {v.annotator: _BOUNDARY if v.annotator in begun[place] else NOTHING for v in case.versions}
            for place in sorted(begun)
        },
    )


def _kinds(case: Case, starts: Sequence[int]) -> _Kinds:
    firsts = {version.annotator: [mark.start for mark in version.marks] for version in case.versions}
    votes: dict[tuple[int, int], dict[str, str]] = {}
    for start, following in zip(starts, (*starts[1:], len(case.text)), strict=True):
        end = start + len(case.text[start:following].rstrip())
        its = votes[start, end] = {}
        for version in case.versions:
            at = bisect_right(firsts[version.annotator], start) - 1
            covers = at >= 0 and version.marks[at].end > start
            its[version.annotator] = str(version.marks[at].kind) if covers else _UNCOVERED
    return _Kinds(case, votes)


def _answer(kinds: _Kinds, decisions: dict[tuple[int, int], Decision], rule: Rule) -> Answer:
    case = kinds.case
    conflicts: list[Conflict] = []
    gold = []
    for (start, end), decision in decisions.items():
        if decision.answer in (None, _UNCOVERED):
            reason = "kind" if decision.answer is None else _UNCOVERED
            conflicts.append(case.conflict(_TASK, start, end, reason, _overlapping(case, start, end)))
            continue
        parents = [
            mark.annotation_id
            for version in case.versions
            for mark in version.marks
            if (mark.start, mark.end, mark.kind) == (start, end, decision.answer)
        ]
        producer = producer_of(kinds.votes[start, end], rule) if len(parents) == len(case.versions) else rule.name
        gold.append(
            GoldMark(start, end, SENTENCE_LABEL, decision.answer, 0, decision.score, producer, tuple(sorted(parents)))
        )
    return conflicts or case.settled(_TASK, gold)


def _conflicts(case: Case, places: Sequence[int]) -> list[Conflict]:
    """A conflict for each stretch of text whose sentences are in dispute."""
    found: list[Conflict] = []
    for place in places:
        readings = _overlapping(case, place - 2, place + 1)  # what ends before the white space, what begins after it
        marks = [mark for its in readings.values() for mark in its]
        start, end = min(mark.start for mark in marks), max(mark.end for mark in marks)
        if found and start < found[-1].end:
            start, end = found[-1].start, max(end, found[-1].end)
            found[-1] = case.conflict(_TASK, start, end, "undecided", _overlapping(case, start, end))
        else:
            found.append(case.conflict(_TASK, start, end, "undecided", readings))
    return found


def _overlapping(case: Case, start: int, end: int) -> dict[str, list[Mark]]:
    return {
        version.annotator: [mark for mark in version.marks if mark.start < end and start < mark.end]
        for version in case.versions
    }

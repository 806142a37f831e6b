"""Topics: each topic that anybody gave is a question, and the main topic is one more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotation.adjudicate.answers import Answer, Case, Conflict, GoldMark, Mark, producer_of
from annotation.adjudicate.rules import NOTHING, Decision, Rule, Votes

_TASK = "topics"


@dataclass(frozen=True, slots=True)
class _Questions:
    case: Case
    topics: dict[str, dict[str, str]]
    main: dict[str, str]


def settle_topics(cases: Sequence[Case], rule: Rule) -> list[Answer]:
    """Decide each case. Further topics are ordered by votes, then by the mean rank that annotators gave them."""
    asked = [_questions(case) for case in cases]
    flat: list[Votes] = [votes for questions in asked for votes in questions.topics.values()]
    mains: list[Votes] = [questions.main for questions in asked]
    topics, main = iter(rule.decide(flat)), iter(rule.decide(mains))
    return [
        _answer(questions, {topic: next(topics) for topic in questions.topics}, next(main), rule)
        for questions in asked
    ]


def _questions(case: Case) -> _Questions:
    given = {version.annotator: {mark.label for mark in version.marks} for version in case.versions}
    main = {
        version.annotator: min(version.marks, key=lambda mark: mark.rank).label if version.marks else NOTHING
        for version in case.versions
    }
    topics = sorted(set().union(*given.values()))
    return _Questions(
        case,
        {topic: {who: topic if topic in its else NOTHING for who, its in given.items()} for topic in topics},
        main,
    )


def _answer(questions: _Questions, topics: dict[str, Decision], main: Decision, rule: Rule) -> Answer:
    case = questions.case
    conflicts: list[Conflict] = [
        case.conflict(_TASK, 0, 0, "undecided", _readings(case, topic))
        for topic, decision in topics.items()
        if decision.answer is None
    ]
    kept = [topic for topic, decision in topics.items() if decision.answer == topic]
    if not conflicts and main.answer != NOTHING and main.answer not in kept:
        conflicts.append(case.conflict(_TASK, 0, 0, "main-topic", _readings(case)))
    if conflicts:
        return conflicts
    marks: dict[str, list[Mark]] = {topic: [] for topic in kept}
    for version in case.versions:
        for mark in version.marks:
            if mark.label in marks:
                marks[mark.label].append(mark)
    kept.sort(key=lambda t: (t != main.answer, -len(marks[t]), sum(m.rank for m in marks[t]) / len(marks[t]), t))
    return case.settled(
        _TASK,
        [
            GoldMark(
                0, 0, topic, None, rank, topics[topic].score, producer_of(questions.topics[topic], rule),
                tuple(sorted(mark.annotation_id for mark in marks[topic])),
            )
            for rank, topic in enumerate(kept)
        ],
    )  # fmt: skip


def _readings(case: Case, topic: str | None = None) -> dict[str, list[Mark]]:
    """Each annotator's topics, or only the one."""
    return {
        version.annotator: [mark for mark in version.marks if topic is None or mark.label == topic]
        for version in case.versions
    }

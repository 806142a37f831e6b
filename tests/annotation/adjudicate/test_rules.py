"""What each rule makes of hand-written disagreements."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.adjudicate.answers import Answer, Case, Mark, Settled, Version
from annotation.adjudicate.entities import settle_entities
from annotation.adjudicate.rules import RULES
from annotation.adjudicate.sentences import settle_sentences
from annotation.adjudicate.topics import settle_topics
from corpus.span import Span
from tests.annotation import written
from tests.annotation.written import CASES

READ = tomllib.loads((CASES / "adjudicate" / "entities.toml").read_text("utf-8"))["case"]
EACH = [(case, rule) for case in READ for rule in ("unanimous", "majority")]


def case_of(text: str, versions: list[list[Mark]]) -> Case:
    """A document with a version of each annotator."""
    its = [Version(f"reader-{nth}", 1, tuple(marks)) for nth, marks in enumerate(versions)]
    return Case("d", text, tuple(its))


def entity_marks(text: str, mentions: list[str], reader: int) -> list[Mark]:
    """Marks of an annotator, each with an id that tells what it is."""
    return [
        Mark(one.start, one.end, one.label, None, f"{reader}:{one.start}-{one.end}:{one.label}")
        for one in written.entities(text, mentions)
    ]


@pytest.mark.parametrize(("case", "rule"), EACH, ids=lambda one: one if isinstance(one, str) else one["what"])
def test_entities(case: dict, rule: str) -> None:  # type: ignore[type-arg]
    text = case["text"]
    versions = [entity_marks(text, mentions, nth) for nth, mentions in enumerate(case["versions"])]
    (answer,) = settle_entities([case_of(text, versions)], RULES[rule])
    if isinstance(answer, Settled):
        assert "gold" in case[rule], answer
        assert [written.write(text, one.start, one.end, one.label) for one in answer.marks] == case[rule]["gold"]
        for one in answer.marks:
            those = {mark.annotation_id for its in versions for mark in its}
            assert set(one.parents) == {name for name in those if name.endswith(f":{one.start}-{one.end}:{one.label}")}
            assert one.producer == ("unanimous" if len(one.parents) == len(versions) else rule)
    else:
        assert "open" in case[rule], answer
        assert [f"{one.reason} {one.words}" for one in answer] == case[rule]["open"]


def test_a_conflict_says_who_reads_what() -> None:
    text = "قالت وزارة الصحة المغربية أمس"
    versions = [["ORG وزارة الصحة"], ["ORG وزارة الصحة المغربية", "NORP المغربية"], []]
    its = [entity_marks(text, mentions, nth) for nth, mentions in enumerate(versions)]
    ((conflict,),) = settle_entities([case_of(text, its)], RULES["unanimous"])
    readings = {one.annotator: [text[mark.start : mark.end] for mark in one.marks] for one in conflict.readings}
    assert readings == {
        "reader-0": ["وزارة الصحة"], "reader-1": ["وزارة الصحة المغربية", "المغربية"], "reader-2": []
    }  # fmt: skip


TEXT = "كلمة " * 6
MARKS = st.lists(
    st.builds(
        lambda start, length, label: Mark(start, start + length, label, None, f"{start}-{length}-{label}"),
        st.integers(0, 15), st.integers(1, 12), st.sampled_from(["ORG", "GPE"]),
    ),
    max_size=4,
    unique_by=lambda mark: (mark.start, mark.end),
)  # fmt: skip


@given(st.lists(MARKS, min_size=2, max_size=4), st.sampled_from(["unanimous", "majority"]))
def test_gold_never_crosses_and_every_gold_mark_was_somebodys(versions: list[list[Mark]], rule: str) -> None:
    (answer,) = settle_entities([case_of(TEXT, versions)], RULES[rule])
    if not isinstance(answer, Settled):
        assert answer
        return
    spans = [Span(one.start, one.end) for one in answer.marks]
    assert not any(one.crosses(other) for one in spans for other in spans)
    for one in answer.marks:
        holders = sum(any((m.start, m.end, m.label) == (one.start, one.end, one.label) for m in its)
                      for its in versions)  # fmt: skip
        assert holders == len(versions) if rule == "unanimous" else holders * 2 > len(versions)


@given(MARKS, st.integers(2, 4))
def test_what_all_say_is_gold_unless_it_crosses(marks: list[Mark], annotators: int) -> None:
    (answer,) = settle_entities([case_of(TEXT, [marks] * annotators)], RULES["unanimous"])
    spans = [Span(one.start, one.end) for one in marks]
    if any(one.crosses(other) for one in spans for other in spans):
        assert {one.reason for one in answer} == {"crossing"}  # type: ignore[union-attr]
    else:
        assert isinstance(answer, Settled)
        assert {(one.start, one.end) for one in answer.marks} == {(one.start, one.end) for one in marks}


def topics(*versions: str, rule: str = "majority") -> Answer:
    """The answer to versions such as `sport health`, the main topic first."""
    its = [
        [Mark(0, 0, label, None, f"{nth}:{label}", rank) for rank, label in enumerate(words.split())]
        for nth, words in enumerate(versions)
    ]
    (answer,) = settle_topics([case_of("نص", its)], RULES[rule])
    return answer


@pytest.mark.parametrize(
    ("versions", "gold"),
    [
        (("sport", "sport", "sport"), ["sport"]),
        (("sport health", "sport", "sport health"), ["sport", "health"]),
        (("sport labour", "sport health", "sport"), ["sport"]),
        (("health sport", "sport health", "sport health"), ["sport", "health"]),
        (("", "", "sport"), []),
    ],
)
def test_topics_by_majority(versions: tuple[str, ...], gold: list[str]) -> None:
    answer = topics(*versions)
    assert isinstance(answer, Settled)
    assert [(one.label, one.rank) for one in answer.marks] == [(label, rank) for rank, label in enumerate(gold)]


@pytest.mark.parametrize(
    ("versions", "reasons"),
    [
        (("sport", "health"), ["undecided", "undecided"]),
        (("sport", "sport health"), ["undecided"]),
        (("sport health", "health sport"), ["main-topic"]),
        (("sport", "health", "labour"), ["main-topic"]),
    ],
)
def test_topics_that_stay_open(versions: tuple[str, ...], reasons: list[str]) -> None:
    answer = topics(*versions)
    assert not isinstance(answer, Settled)
    assert [one.reason for one in answer] == reasons


LINES = "عنوان\nجملة أولى. جملة ثانية.\nخاتمة"


def sentences(*versions: str, text: str = LINES) -> Answer:
    """The answer to versions that write sentences as `kind:words`, separated by ` | `."""
    its = []
    for nth, version in enumerate(versions):
        marks, at = [], 0
        for one in version.split(" | "):
            kind, words = one.split(":")
            start = text.index(words, at)
            at = start + len(words)
            marks.append(Mark(start, at, "sentence", kind, f"{nth}:{start}"))
        its.append(marks)
    (answer,) = settle_sentences([case_of(text, its)], RULES["majority"])
    return answer


APART = "title:عنوان | paragraph:جملة أولى. | paragraph:جملة ثانية. | paragraph:خاتمة"
JOINED = "title:عنوان | paragraph:جملة أولى. جملة ثانية. | paragraph:خاتمة"


def test_sentences_are_cut_where_most_cut_them() -> None:
    answer = sentences(APART, APART, JOINED)
    assert isinstance(answer, Settled)
    assert [LINES[one.start : one.end] for one in answer.marks] == ["عنوان", "جملة أولى.", "جملة ثانية.", "خاتمة"]
    assert [one.kind for one in answer.marks] == ["title", "paragraph", "paragraph", "paragraph"]
    assert [len(one.parents) for one in answer.marks] == [3, 2, 2, 3]
    assert [one.producer for one in answer.marks] == ["unanimous", "majority", "majority", "unanimous"]


def test_a_tied_boundary_is_a_conflict_over_the_sentences_beside_it() -> None:
    (conflict,) = sentences(APART, JOINED)  # type: ignore[misc]
    assert (conflict.reason, conflict.words) == ("undecided", "جملة أولى. جملة ثانية.")
    assert [len(one.marks) for one in conflict.readings] == [2, 1]


def test_a_tied_kind_is_a_conflict() -> None:
    (conflict,) = sentences(APART, APART.replace("title", "deck"))  # type: ignore[misc]
    assert (conflict.reason, conflict.words) == ("kind", "عنوان")


def test_text_that_most_left_uncovered_is_a_conflict() -> None:
    hole = "title:عنوان | paragraph:جملة أولى. | paragraph:خاتمة"
    (conflict,) = sentences(hole, hole, APART)  # type: ignore[misc]
    assert (conflict.reason, conflict.words) == ("uncovered", "جملة ثانية.")


def test_dawid_skene_finds_out_who_errs_how() -> None:
    """Two careful annotators and three who take most ORG for GPE: the two are believed where they say ORG."""
    random = np.random.default_rng(4)
    cases, truth = [], []
    for _ in range(400):
        right = str(random.choice(["ORG", "GPE"]))
        truth.append(right)
        versions = []
        for reader in range(5):
            confused = reader >= 2 and right == "ORG" and random.random() < 0.85
            slip = random.random() < 0.03
            label = "GPE" if confused else right
            label = {"GPE": "ORG", "ORG": "GPE"}[label] if slip else label
            versions.append([Mark(0, 3, label, None, f"{reader}")])
        cases.append(case_of("فاس قريبة", versions))
    by_rule = {}
    for rule in ("majority", "dawid-skene"):
        answers = settle_entities(cases, RULES[rule])
        right_ones = [
            isinstance(answer, Settled) and answer.marks[0].label == label
            for answer, label in zip(answers, truth, strict=True)
        ]
        by_rule[rule] = sum(right_ones) / len(right_ones)
    assert by_rule["majority"] < 0.8
    assert by_rule["dawid-skene"] > 0.93


def test_dawid_skene_leaves_open_what_it_is_not_sure_of() -> None:
    """Two annotators who are equally good disagree once."""
    text = "فاس قريبة"
    same = [case_of(text, [[Mark(0, 3, label, None, "a")], [Mark(0, 3, label, None, "b")]])
            for label in ("ORG", "GPE") * 20]  # fmt: skip
    split = case_of(text, [[Mark(0, 3, "ORG", None, "a")], [Mark(0, 3, "GPE", None, "b")]])
    other = case_of(text, [[Mark(0, 3, "GPE", None, "a")], [Mark(0, 3, "ORG", None, "b")]])
    answers = settle_entities([*same, split, other], RULES["dawid-skene"])
    assert all(isinstance(answer, Settled) for answer in answers[:-2])
    assert not any(isinstance(answer, Settled) for answer in answers[-2:])


def test_a_missing_library_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "crowdkit.aggregation.classification.dawid_skene", None)
    with pytest.raises(Exception, match=r"pip install 'mudawwana\[adjudicate\]'"):
        RULES["dawid-skene"].decide([{"a": "ORG", "b": "ORG"}])

"""Each check has a case file of its name: what triggers it, and what it leaves alone."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.migration import UNDECIDED
from annotation.review.article import Reviewed, plain_words
from annotation.review.checks import CHECKS, Check, check_article, review, review_tasks
from corpus.span import Entity, Sentence
from tests.annotation import written
from tests.annotation.simulated import Simulation, samples
from tests.annotation.written import CASES

BY_ID = {check.check_id: check for check in CHECKS}
READ = {path.stem: tomllib.loads(path.read_text("utf-8"))["case"] for path in (CASES / "review").glob("*.toml")}
EACH = [(name, case) for name, cases in sorted(READ.items()) for case in cases]


def article_of(case: dict) -> Reviewed:  # type: ignore[type-arg]
    """The article of a case; without sentences the text is one that nobody drew."""
    text = case["text"]
    entities = tuple(
        replace(one, score=UNDECIDED) if text[one.start : one.end] in case.get("undecided", ()) else one
        for one in written.entities(text, case["mentions"])
    )
    sentences = [Sentence(text.index(words), text.index(words) + len(words)) for words in case.get("sentences", [text])]
    names = Counter((plain_words(text[one.start : one.end]), one.label) for one in entities)
    return Reviewed("d", text, "one", entities, tuple(sentences), "sentences" in case, case.get("seconds"), names)


@pytest.mark.parametrize(("name", "case"), EACH, ids=lambda one: one if isinstance(one, str) else one["what"])
def test_a_case(name: str, case: dict) -> None:  # type: ignore[type-arg]
    article = article_of(case)
    doubts = [
        written.write(article.text, one.start, one.end, one.label) if one.words else "whole article"
        for one in check_article(article, [BY_ID[name]])
    ]
    assert sorted(doubts) == sorted(case["doubts"])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.check_id)
def test_a_check_has_cases_that_trigger_it_and_cases_that_do_not(check: Check) -> None:
    doubts = [bool(case["doubts"]) for case in READ[check.check_id]]
    assert True in doubts
    assert False in doubts
    assert check.meaning
    assert check.question.endswith("؟")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.check_id)
def test_a_check_is_documented(check: Check) -> None:
    docs = (CASES.parents[1] / "docs" / "review.md").read_text("utf-8")
    assert f"| `{check.check_id}` | {check.meaning}. | {check.question} |" in docs


def test_there_are_no_other_case_files() -> None:
    assert READ.keys() == BY_ID.keys()


def test_the_hand_made_gold_raises_no_doubt() -> None:
    """38 articles, annotated to the guidelines and read twice: what the checks ask about is really odd."""
    simulation = Simulation.of(samples())
    for article in samples():
        simulation.add(article, "one")
    assert review(simulation.tables()) == []


TEXT = "زار «الوفد» فاس. وبالرباط، ثم\nفاس وَعاد 2027 (د. م.) للمغرب 😀 ABC3 …"
PLACES = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT))).filter(lambda at: at[0] < at[1])


@given(
    st.lists(st.builds(lambda at, label: Entity(*at, label), PLACES, st.sampled_from(["GPE", "ORG"])), max_size=8),
    st.lists(st.builds(lambda at: Sentence(*at), PLACES), max_size=4),
    st.one_of(st.none(), st.floats(0, 1e6)),
)
def test_nothing_that_annotators_can_do_breaks_a_check(
    entities: list[Entity], sentences: list[Sentence], seconds: float | None
) -> None:
    ordered = tuple(sorted(entities, key=lambda one: (one.start, -one.end)))
    article = Reviewed("d", TEXT, "one", ordered, tuple(sorted(sentences)), True, seconds, {})
    for one in check_article(article):
        assert 0 <= one.start <= one.end <= len(TEXT)
        assert one.message
        assert one.words == TEXT[one.start : one.end]


def test_a_review_can_be_narrowed_and_says_which_checks_there_are() -> None:
    simulation = Simulation.of(samples()[:2])
    for annotator in ("one", "two"):
        for article in simulation.articles:
            simulation.add(article, annotator, seconds=0.5)
    tables = simulation.tables()
    assert {one.annotator for one in review(tables, annotators=["two"])} == {"two"}
    assert review(tables, only=["two-labels"]) == []
    with pytest.raises(LookupError, match="no check 'hasty'; the checks are: starts-inside-word, "):
        review(tables, only=["hasty"])


def test_doubts_become_tasks_with_the_questions_as_comment() -> None:
    text = "زار فاس، ثم فاس"
    article = Reviewed("d", text, "one", written.entities(text, ["GPE فاس،", "GPE فاس #2"]))
    (task,) = review_tasks(check_article(article))
    assert (task.doc_id, task.annotator) == ("d", "one")
    assert task.comment == "«فاس،» (GPE): علامة الترقيم خارج الاسم: هل تحذف؟"

"""The worked examples of the guidelines: enough of them, in both languages, and right by the project's own checks."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotation
from annotation.examples import WorkedExample, examples_page, marked, worked_examples
from annotation.review.article import Reviewed
from annotation.review.checks import check_article
from corpus.span import Sentence
from corpus.workflow.push import instructions
from schemas.ontology import load_ontology

ALL = [one for group in worked_examples().groups for one in group.examples]
ONTOLOGY = load_ontology()


def test_there_are_sixty_and_more_and_they_go_with_the_ontology() -> None:
    assert len({one.text for one in ALL}) == len(ALL) >= 60
    assert worked_examples().ontology == ONTOLOGY.version, "look through the examples, then raise their version"
    labels = {mention.label for one in ALL for mention in one.entities}
    assert labels <= set(ONTOLOGY.inventory().codes) and len(labels) >= 10


@pytest.mark.parametrize("example", ALL, ids=lambda one: one.text)
def test_an_example_is_explained_twice_and_raises_no_doubt(example: WorkedExample) -> None:
    assert example.ar.endswith(".") and any("\u0621" <= char <= "\u064a" for char in example.ar)
    assert example.en.endswith(".") and example.en.isascii()
    text = example.text
    assert text == text.strip() and "[" not in text and "]" not in text
    article = Reviewed("d", text, "guidelines", example.entities, (Sentence(0, len(text)),), True)
    assert list(check_article(article)) == []


def test_annotators_read_every_example_in_the_instructions() -> None:
    page = instructions(ONTOLOGY, "news")
    assert page.count("<br>") >= len(ALL) and "{examples}" not in page and "{labels}" not in page
    assert all(one.ar in page for one in ALL)
    assert "[وزارة الصحة [الجزائرية]<sub>" in page


def test_the_page_is_fresh() -> None:
    page = Path(annotation.__file__).with_name("guidelines") / "examples.md"
    assert page.read_text("utf-8") == examples_page(), "run: python -m annotation.examples"


@pytest.mark.parametrize("wrong", ["[GPE فاس", "فاس]", "[فاس]", "[gpe فاس]"])
def test_a_mark_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        marked(wrong)

"""Words found in many texts at once: what `in` says of each."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from corpus.clean.finder import WordFinder

LETTERS = st.sampled_from("ابتمن \n@.\N{GRINNING FACE}\ud800")


WORDS = st.sets(st.text(LETTERS, min_size=1, max_size=5), max_size=6)


@given(WORDS, st.lists(st.text(LETTERS, max_size=40), max_size=5))
@example({"با\n", "\nبا", "ا\nب"}, ["با", "با", "\nبا\nب"])
def test_words_are_found_where_they_are(words: set[str], texts: list[str]) -> None:
    assert WordFinder(words).find(texts) == [{word for word in words if word in text} for text in texts]


def test_words_are_found_in_more_texts_than_are_worked_on_at_once() -> None:
    texts = ["حقوق النشر محفوظة " * 2000, "لا شيء هنا " * 9000, "كل الحقوق"] * 4
    assert WordFinder(["حقوق", "النشر", "كتاب"]).find(texts) == [{"حقوق", "النشر"}, set(), {"حقوق"}] * 4

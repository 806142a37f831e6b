"""The default entity annotator: exact cases, and what holds for any text."""

from __future__ import annotations

import time
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.notation import NotedArticle, parse_articles
from annotation.preannotate.combine import LABELS, default_entity_annotator, settled
from annotation.preannotate.line import Found
from annotation.preannotate.protocol import Article
from corpus.segment.tokens import token_offsets
from corpus.span import Entity, Sentence, Span

CASES = Path(__file__).parents[2] / "cases" / "entities"
NOTED = list(parse_articles((CASES / "exact.gold").read_text(encoding="utf-8").splitlines()))


def article_of(text: str) -> Article:
    """Lines as sentences."""
    sentences, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            sentences.append(Sentence(start, start + len(line)))
        start += len(line) + 1
    return Article(text, tuple(sentences), tuple(token_offsets(text)))


def shown(text: str, entities: tuple[Entity, ...] | list[Entity]) -> list[str]:
    return sorted(f"{each.start:4} {each.label}: {text[each.start : each.end]}" for each in entities)


@pytest.mark.parametrize("noted", NOTED, ids=lambda noted: noted.source)
def test_finds_exactly_these(noted: NotedArticle) -> None:
    article = Article(noted.text, noted.sentences, tuple(token_offsets(noted.text)))
    [found] = default_entity_annotator().entities([article])
    assert shown(noted.text, found) == shown(noted.text, noted.entities)


SAMPLE = """وزير وزيرة الخارجية المغربي المغرب للمغرب وفرنسا محمد بن علي السيد الرئيس قال في إلى و ، . « » ( ) 2026
قمة قانون مدينة فاس الأمم المتحدة مجلس الأمن كأس العالم شركة فيلم 12 يناير 300 مليون درهم رئيس حكومة
العدل والتنمية القاهرة"""
WORDS = st.sampled_from(SAMPLE.split())


@settings(deadline=None, max_examples=60)
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_spans_never_cross_nor_repeat_nor_touch_whitespace(text: str) -> None:
    [found] = default_entity_annotator().entities([article_of(text)])
    assert found == sorted(found)
    for each in found:
        assert each.label in LABELS and 0 < each.score <= 1 and each.producer
        assert text[each.start : each.end] == text[each.start : each.end].strip() != ""
    for one, other in combinations(found, 2):
        assert not one.crosses(other)
        assert (one.start, one.end) != (other.start, other.end)


def test_articles_do_not_influence_each_other() -> None:
    articles = [Article(each.text, each.sentences, tuple(token_offsets(each.text))) for each in NOTED]
    annotator = default_entity_annotator()
    assert annotator.entities(articles) == [annotator.entities([article])[0] for article in articles]


def test_articles_without_words_are_empty() -> None:
    assert default_entity_annotator().entities([Article("", (), ()), article_of("…")]) == [[], []]


FOUND = st.builds(
    lambda start, length, label, source: Found(start, start + length, label, 0.9, source),
    st.integers(0, 8),
    st.integers(1, 5),
    st.sampled_from(sorted(LABELS)),
    st.sampled_from(("dates", "list", "offices", "phrases", "model", "repeated", "norp")),
)


@given(st.lists(FOUND, max_size=12))
def test_settled_candidates_nest_or_stand_apart(candidates: list[Found]) -> None:
    kept = settled(candidates)
    for one, other in combinations(kept, 2):
        assert not Span(one.start, one.end).crosses(Span(other.start, other.end))
        assert (one.start, one.end) != (other.start, other.end)


def test_more_trusted_candidates_win() -> None:
    listed, modelled = Found(0, 2, "GPE", 0.9, "list"), Found(1, 3, "PERS", 0.99, "model")
    assert settled([modelled, listed]) == [listed]


def test_ranges_are_in_order_of_their_start() -> None:
    [found] = default_entity_annotator().entities([article_of("زار وزير الخارجية القطري الرباط")])
    assert all(one.start <= other.start for one, other in pairwise(found))


ODD = st.text("٣3²①½ⅧⅣ۴०.,/-:() \u0640\u064e\u200dﷲم كدA", max_size=12)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(WORDS, ODD), max_size=12).map(" ".join))
def test_any_digits_and_marks_are_read(text: str) -> None:
    [found] = default_entity_annotator().entities([article_of(text)])
    assert all(text[each.start : each.end].strip() for each in found)


@pytest.mark.soak
def test_time_is_linear_in_the_mentions_of_a_line() -> None:
    line = "قال الوزير محمد الأمين يوم الاثنين 5 ماي إن الحكومة المغربية منحت 300 درهم للجامعة في الرباط "
    seconds = []
    for times in (500, 4000):
        article = article_of(line * times)
        started = time.process_time()
        default_entity_annotator().entities([article])
        seconds.append(time.process_time() - started)
    assert seconds[1] < 24 * seconds[0]  # eight times as long

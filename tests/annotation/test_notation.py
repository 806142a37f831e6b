"""The notation: what it says, that it comes back as it went, and what is said when it is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
from annotation.notation import (
    HEADER_KEYS,
    SENTENCE_WORDS,
    NotationError,
    NotedArticle,
    format_article,
    occurrences,
    parse_articles,
)
from corpus.span import Entity, Sentence
from schemas.tables import SENTENCE_KINDS

CASES = Path(__file__).parents[1] / "cases/notation"
WRONG = tomllib.loads((CASES / "wrong.toml").read_text("utf-8"))["wrong"]
GOLD = sorted(Path(corpus.__file__).parent.glob("samples/gold/*.gold"))


def test_what_a_file_says() -> None:
    first, second, third = parse_articles((CASES / "good.txt").read_text("utf-8").split("\n"))
    lines = [
        "المغرب يطلق مشروعا جديدا لتوسيع ميناء الناظور",
        "قالت وزيرة النقل سلمى الراشدي، الثلاثاء، إن الأشغال ستبدأ للمغرب. "
        "وأضافت أن المغرب يخصص 300 مليون درهم للمشروع، وأن المغرب ماض فيه.وختمت.",
        "بند",
    ]
    assert first.text == "\n".join(lines)
    assert (first.source, first.line, first.drop_reason) == ("ma-ports.txt", 1, None)
    assert first.topics == ("economy-business-finance", "politics-government")
    assert first.header == (("byline", "سلمى الراشدي"),)
    assert [(one.kind, first.text[one.start : one.end][:8]) for one in first.sentences] == [
        ("title", "المغرب ي"), ("paragraph", "قالت وزي"), ("paragraph", "وأضافت أ"),
        ("paragraph", "وختمت."), ("item", "بند"),
    ]  # fmt: skip
    assert [(one.label, first.text[one.start : one.end]) for one in first.entities] == [
        ("GPE", "المغرب"), ("FAC", "ميناء الناظور"), ("GPE", "الناظور"), ("OCC", "وزيرة النقل"), ("GPE", "لمغرب"),
        ("GPE", "المغرب"), ("MONEY", "300 مليون درهم"), ("GPE", "المغرب"),
    ]  # fmt: skip
    assert second == NotedArticle("records.jsonl:3", "", (), (), (), "no-article", (), 17)
    assert [(one.start, one.end, one.label) for one in third.entities] == [(0, 3, "My-Label_2")]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in WRONG])
def test_what_is_wrong_is_said_with_its_line(case: dict[str, str]) -> None:
    with pytest.raises(NotationError) as caught:
        list(parse_articles(case["text"].split("\n")))
    assert str(caught.value) == case["message"]


def test_every_complaint_has_a_case() -> None:
    source = (Path(__file__).parents[2] / "annotation/notation.py").read_text("utf-8")
    assert source.count("raise NotationError") <= len(WRONG)


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_the_gold_of_the_samples_comes_back(path: Path) -> None:
    articles = list(parse_articles(path.read_text("utf-8").split("\n")))
    text = "\n".join(map(format_article, articles))
    again = list(parse_articles(text.split("\n")))
    assert [same(one) for one in again] == [same(one) for one in articles]
    assert "\n".join(map(format_article, again)) == text


def same(article: NotedArticle) -> tuple[object, ...]:
    """All of an article but the line it stands on."""
    return (article.source, article.text, article.sentences, article.entities, article.topics, article.drop_reason,
            article.header)  # fmt: skip


# Words that repeat, contain each other, look like notation, or are hard on editors.
WORDS = st.sampled_from(
    ["مصر", "المصري", "مص", "للمغرب", "title:", "GPE 1:", "#", "#وسم", "# source: x", "a", "aa", "aaa", "«نعم»", "…",
     "\N{GRINNING FACE}", "كَتَبَ", "می\N{ZERO WIDTH NON-JOINER}خواهم", "1", "."]
)  # fmt: skip
SENTENCES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
LABELS = st.sampled_from(["GPE", "PERS", "my-label_2", "X"])


@st.composite
def articles(draw: st.DrawFn) -> NotedArticle:
    text, kind = "", ""
    sentences: list[Sentence] = []
    entities: dict[tuple[int, int], Entity] = {}
    for words in draw(st.lists(SENTENCES, min_size=1, max_size=5)):
        gap = draw(st.sampled_from(["\n", " ", ""])) if text else ""
        if not text or gap == "\n":
            kind = draw(st.sampled_from(SENTENCE_WORDS))
        start = len(text) + len(gap)
        text += gap + words
        sentences.append(Sentence(start, len(text), kind))
        edges = st.integers(0, len(words))
        for one, other, label in draw(st.lists(st.tuples(edges, edges, LABELS), max_size=6)):
            entity = Entity(start + min(one, other), start + max(one, other), label)
            surface = text[entity.start : entity.end]
            if surface and surface == surface.strip() and not any(entity.crosses(old) for old in entities.values()):
                entities.setdefault((entity.start, entity.end), entity)
    header = draw(st.dictionaries(st.sampled_from(HEADER_KEYS[3:]), SENTENCES))
    return NotedArticle(
        source=draw(st.sampled_from(["a.txt", "خبر أول.txt#2", "https://example.org/?a=1#2"])),
        text=text,
        sentences=tuple(sentences),
        entities=tuple(sorted(entities.values(), key=lambda one: (one.start, -one.end))),
        topics=tuple(draw(st.lists(st.sampled_from(["sport", "weather", "arts-culture"]), unique=True))),
        header=tuple(header.items()),
    )


@given(st.lists(articles(), min_size=1, max_size=3))
def test_what_is_formatted_is_parsed_back(written: list[NotedArticle]) -> None:
    text = "".join(map(format_article, written))
    assert [same(one) for one in parse_articles(text.split("\n"))] == [same(one) for one in written]
    windows = text.replace("\n", "\r\n")
    assert [same(one) for one in parse_articles(windows.split("\n"))] == [same(one) for one in written]


@given(articles())
def test_what_editors_add_does_no_harm(article: NotedArticle) -> None:
    mark = "\N{RIGHT-TO-LEFT MARK}"
    text = "\n".join(f"{mark}{line} \t" if line else line for line in format_article(article).split("\n"))
    assert [same(one) for one in parse_articles(text.split("\n"))] == [same(article)]


@given(st.lists(st.text(st.sampled_from("# source:titlexGPE 12مصر\t")), max_size=8))
def test_any_lines_give_articles_or_one_complaint(lines: list[str]) -> None:
    try:
        found = list(parse_articles(["# source: a", *lines]))
    except NotationError as error:
        assert str(error).startswith("line ")
    else:
        assert [same(one) for article in found for one in parse_articles(format_article(article).split("\n"))] == [
            same(article) for article in found
        ]


def test_an_entity_across_sentences_is_left_out() -> None:
    sentences = (Sentence(0, 9, "title"), Sentence(10, 15, "title"))
    article = NotedArticle("a", "مصر تفوز. اليوم", sentences, (Entity(4, 15, "X"),))
    assert format_article(article) == "# source: a\n\ntitle: مصر تفوز.\nnext: اليوم\n"


def test_a_header_stays_on_its_line() -> None:
    article = NotedArticle("a", "خبر", (Sentence(0, 3, "title"),), (), header=(("byline", "سلمى\nالراشدي"),))
    assert "# byline: سلمى الراشدي\n" in format_article(article)


def test_the_words_of_the_notation_are_the_kinds_of_the_tables() -> None:
    assert SENTENCE_WORDS == SENTENCE_KINDS


def test_occurrences_overlap() -> None:
    assert occurrences("aaa", "aa") == [0, 1]

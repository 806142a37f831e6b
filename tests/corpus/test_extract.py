"""Extraction: what of a page or record is its text, and what is said about it."""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import html as html_module
from corpus.config import DEFAULT_COLUMNS
from corpus.extract import ExtractError, PageFields, PageText, extract, record_fields
from corpus.ingest import HTML, RECORD, TEXT

SAMPLES = Path(str(files("corpus"))) / "samples"
SENTENCE = re.compile(r"(title|deck|subhead|paragraph|item|caption|verse|next|glued): (.*)")
HEADER = re.compile(r"# (byline|outlet|published): (.*)")
BODY = (
    "<p>قال وزير النقل، الثلاثاء، إن الأشغال في الميناء الجديد ستبدأ في شهر مارس من السنة المقبلة بكلفة كبيرة.</p>"
    "<p>وأضاف الوزير في ندوة صحافية أن الحكومة ماضية في تنفيذ المشروع رغم ارتفاع الأسعار في السوق هذا العام.</p>"
)


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html lang='ar'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


def lines(body: str, head: str = "") -> list[str]:
    return extract(page(body, head).encode(), HTML, DEFAULT_COLUMNS).text.split("\n")


def record(fields: Mapping[str, object]) -> PageText:
    return extract(json.dumps(fields).encode(), RECORD, DEFAULT_COLUMNS)


PARAGRAPHS = [re.sub("<[^>]+>", "", part) for part in BODY.split("</p>")[:-1]]


@pytest.mark.parametrize("name", ["eg-05-train", "lb-01-trail"])
def test_the_sample_pages_have_every_line_of_their_gold(name: str) -> None:
    found = extract((SAMPLES / f"pages/{name}.html").read_bytes(), HTML, DEFAULT_COLUMNS)
    gold = (SAMPLES / f"gold/{name}.gold").read_text("utf-8").split("\n")
    sentences = [match[2] for line in gold if (match := SENTENCE.fullmatch(line))]
    assert len(sentences) > 15
    at = 0
    for sentence in sentences:
        where = found.text.find(sentence, at)
        assert where >= 0, f"missing or out of order: {sentence}"
        at = where + len(sentence)
    header = {match[1]: match[2] for line in gold if (match := HEADER.fullmatch(line))}
    fields = found.fields
    assert {"byline": fields.byline, "outlet": fields.outlet, "published": fields.published} == header
    assert fields.title == sentences[0]
    assert fields.url is not None
    assert fields.url.startswith("https://")


@pytest.mark.parametrize("name", ["eg-05-train", "lb-01-trail"])
def test_the_sample_pages_lose_their_furniture(name: str) -> None:
    text = extract((SAMPLES / f"pages/{name}.html").read_bytes(), HTML, DEFAULT_COLUMNS).text
    gold = (SAMPLES / f"gold/{name}.gold").read_text("utf-8").split("\n")
    kept = sum(len(match[2]) for line in gold if (match := SENTENCE.fullmatch(line)))
    assert len(text) < kept * 1.05
    assert text.count(text.split("\n")[0]) == 1


def test_the_title_comes_first_and_once() -> None:
    head = "<title>ميناء جديد في الناظور</title>"
    assert lines(f"<article><h1>ميناء جديد في الناظور</h1>{BODY}</article>", head) == [
        "ميناء جديد في الناظور", *PARAGRAPHS,
    ]  # fmt: skip
    assert lines(f"<article>{BODY}</article>", "<meta property='og:title' content='ميناء جديد في الناظور'>") == [
        "ميناء جديد في الناظور", *PARAGRAPHS,
    ]  # fmt: skip


def test_blocks_are_lines_and_inline_marks_are_not() -> None:
    body = (
        "<article><h1>ميناء جديد في الناظور</h1>" + BODY
        + "<h2>عنوان فرعي للقسم</h2><ul><li>بند <b>أول</b> فيه كلمات</li><li>بند ثان<br>على سطرين</li></ul>"
        + "<blockquote><p>«سنبدأ قريبا» كما قال الوزير</p></blockquote>"
        + "<p>قالت د.&nbsp;سلمى &amp; زملاؤها: 3 &lt; 5 و<em>لل</em>مغرب نصيب كبير من هذا المشروع المهم."
        + "<br/>سطر آخر من الفقرة</p>"
        + BODY.replace("وزير", "مدير") + "</article>"
    )  # fmt: skip
    found = lines(body)
    assert found[3:9] == [
        "عنوان فرعي للقسم",
        "بند أول فيه كلمات",
        "بند ثان",
        "على سطرين",
        "«سنبدأ قريبا» كما قال الوزير",
        "قالت د. سلمى & زملاؤها: 3 < 5 وللمغرب نصيب كبير من هذا المشروع المهم.",
    ]
    assert "سطر آخر من الفقرة" in found


def test_a_row_of_a_table_is_a_line() -> None:
    table = "<table><tr><th>الفريق</th><th>النقاط</th></tr><tr><td>الوداد</td><td>30</td></tr></table>"
    found = lines(f"<article><h1>ترتيب البطولة هذا الأسبوع</h1>{BODY}{table}{BODY.replace('وزير', 'مدير')}</article>")
    assert "الفريق | النقاط" in found
    assert "الوداد | 30" in found


FIGURE = "<figure><img src='a.jpg'><figcaption>{}</figcaption></figure>"


def test_captions_that_are_sentences_stay_where_they_stood() -> None:
    caption = FIGURE.format("عمال يوسعون رصيف الميناء صباح الأربعاء. <small>(تصوير: جاد شاهين)</small>")
    first, second = BODY.split("</p>")[:2]
    found = lines(f"<article><h1>ميناء جديد في الناظور</h1>{first}</p>{caption}{second}</p></article>")
    assert found == [
        "ميناء جديد في الناظور", PARAGRAPHS[0], "عمال يوسعون رصيف الميناء صباح الأربعاء.", PARAGRAPHS[1],
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["أرشيف", "سلمى الراشدي", "تصوير: جاد شاهين"])
def test_captions_that_are_no_sentences_go(words: str) -> None:
    first, second = BODY.split("</p>")[:2]
    article = f"<article><h1>ميناء جديد في الناظور</h1>{first}</p>{FIGURE.format(words)}{second}</p></article>"
    assert words not in lines(article)


def test_captions_outside_the_article_go() -> None:
    words = "صورة لخبر آخر تماما في آخر الصفحة."
    article = f"<article><h1>ميناء جديد في الناظور</h1>{BODY}</article>"
    assert words not in lines(f"{article}<aside>{FIGURE.format(words)}</aside>")
    assert words not in lines(f"<aside>{FIGURE.format(words)}</aside>{article}")


@pytest.mark.parametrize("element", ["<p class='lead'>{}</p>", "<h2 class='article-sub-title'>{}</h2>",
                                     "<div itemprop='description'>{}</div>"])  # fmt: skip
def test_decks_stay_between_title_and_body(element: str) -> None:
    deck = "المشروع يكلف ثلاثة ملايير درهم ويوفر ألف فرصة عمل"
    head = f"<header><h1>ميناء جديد في الناظور</h1>{element.format(deck)}</header>"
    assert lines(f"<article>{head}<div itemprop='articleBody'>{BODY}</div></article>") == [
        "ميناء جديد في الناظور", deck, *PARAGRAPHS,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("<link rel='canonical' href='https://example.org/a/1'>", "url", "https://example.org/a/1"),
        ("<meta property='og:url' content='https://example.org/a/2'>", "url", "https://example.org/a/2"),
        ("<meta property='og:site_name' content='صحيفة الواحة'>", "outlet", "صحيفة الواحة"),
        ("<meta name='author' content='سلمى الراشدي'>", "byline", "سلمى الراشدي"),
        (
            "<meta property='article:published_time' content='2026-01-12T09:45:00+01:00'>",
            "published",
            "2026-01-12T09:45:00+01:00",
        ),
        ("<meta property='article:published_time' content='2026-01-12'>", "published", "2026-01-12"),
        ("<meta property='article:published_time' content='أمس'>", "published", None),
        ("", "published", None),
        ("", "url", None),
        ("", "byline", None),
    ],
)
def test_what_a_page_says_about_itself(head: str, field: str, value: str | None) -> None:
    body = f"<article><h1>ميناء جديد في الناظور</h1>{BODY}</article>"
    found = extract(page(body, head).encode(), HTML, DEFAULT_COLUMNS)
    assert getattr(found.fields, field) == value


@pytest.mark.parametrize("year", [2020, 2027, 2031])
def test_nothing_depends_on_today(year: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from htmldate import core, extractors, validators

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Later:
            return cls(year, 6, 15, tzinfo=tz)

        @classmethod
        def today(cls) -> Later:
            return cls(year, 6, 15)

    for module in (core, extractors, validators):
        monkeypatch.setattr(module, "datetime", Later)
    dated = "<time datetime='2026-01-12T09:45'>12 يناير</time><p>نشر على الساعة 10:30</p>"
    body = f"<article><h1>ميناء جديد في الناظور</h1>{dated}{BODY}</article><footer>© {year}</footer>"
    assert extract(page(body).encode(), HTML, DEFAULT_COLUMNS).fields.published == "2026-01-12"
    undated = f"<article><h1>ميناء جديد في الناظور</h1>{BODY}</article><footer>© {year} جريدة الواحة</footer>"
    assert extract(page(undated).encode(), HTML, DEFAULT_COLUMNS).fields.published is None


@pytest.mark.parametrize(
    "body",
    ["<html></html>", "<html><head><title>خبر</title></head></html>", "نص بلا وسوم", "<p>", "<<>>", "<!-- x -->", "<a"],
)
def test_pages_without_an_article_give_no_text(body: str) -> None:
    assert extract(body.encode(), HTML, DEFAULT_COLUMNS).text == ""


def test_broken_html_is_read_as_browsers_read_it() -> None:
    body = f"<article><h1>ميناء جديد في الناظور<div><b>{BODY}<p>وختم قائلا إن المشروع سيكتمل في موعده المحدد سلفا"
    found = lines(body)
    assert PARAGRAPHS[0] in found
    assert "وختم قائلا إن المشروع سيكتمل في موعده المحدد سلفا" in found


@pytest.mark.parametrize("encoding", ["windows-1256", "utf-8", "utf-16"])
def test_html_in_its_encoding(encoding: str) -> None:
    body = page(f"<article><h1>ميناء جديد في الناظور</h1>{BODY}</article>").replace("utf-8", encoding)
    for prolog in ("", f'<?xml version="1.0" encoding="{encoding}"?>\n'):
        found = extract((prolog + body).encode(encoding), HTML, DEFAULT_COLUMNS)
        assert found.text.split("\n") == ["ميناء جديد في الناظور", *PARAGRAPHS]


def test_deep_and_huge_pages_end() -> None:
    started = time.perf_counter()
    deep = "<div>" * 50_000 + BODY + "</div>" * 50_000
    extract(page(deep).encode(), HTML, DEFAULT_COLUMNS)
    wide = f"<article><h1>ميناء جديد في الناظور</h1>{BODY * 1000}</article>"
    assert len(extract(page(wide).encode(), HTML, DEFAULT_COLUMNS).text) > 100_000
    assert time.perf_counter() - started < 60


@settings(max_examples=30, deadline=None)
@given(st.text(st.sampled_from("<>/=\"'&; pbdivhtml1ا ب\n"), max_size=300))
def test_any_markup_gives_lines(markup: str) -> None:
    read = html_module.read_html(page(f"<article><h1>ميناء</h1>{BODY}{markup}</article>"))
    assert all(line == " ".join(line.split()) and line for line in read.lines)


def test_text_is_the_decoded_file() -> None:
    body = "\N{ZERO WIDTH NO-BREAK SPACE}  خبر\r\n\r\nقال الوزير \t إن الأمر صحيح\n"
    assert extract(body.encode(), TEXT, DEFAULT_COLUMNS) == PageText(body[1:], "utf-8-sig", PageFields())


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", "empty-page"), (b"\x89PNG\r\n", "binary-file"), ("خبر".encode() + b"\xff", "invalid-utf-8")],
)
def test_what_cannot_be_decoded_is_refused_with_the_same_reason(body: bytes, reason: str) -> None:
    for media_type in (TEXT, HTML):
        with pytest.raises(ExtractError) as caught:
            extract(body, media_type, DEFAULT_COLUMNS)
        assert caught.value.reason == reason


@pytest.mark.parametrize("media_type", [TEXT, HTML, RECORD])
def test_a_line_of_50_megabytes_is_refused_at_once(media_type: str) -> None:
    text = "نص " * 10_000_000
    body = json.dumps({"text": text}, ensure_ascii=False) if media_type == RECORD else text
    started = time.perf_counter()
    with pytest.raises(ExtractError) as caught:
        extract(body.encode(), media_type, DEFAULT_COLUMNS)
    assert time.perf_counter() - started < 60
    assert caught.value.reason == "page-too-large"
    assert str(caught.value) == (
        "30,000,000 characters, more than 10,000,000: no article is that long; split the page"
    )


def test_a_record_is_its_title_and_its_text() -> None:
    found = record({"title": "خبر\nعاجل ", "content": "  فقرة\n\nأخرى\n", "link": "https://example.org/1", "views": 3})
    assert found == PageText(
        "خبر عاجل\n  فقرة\n\nأخرى\n", "utf-8", PageFields(title="خبر عاجل", url="https://example.org/1")
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "نص"}, {"text": "نص"}),
        ({"text": ["فقرة", "أخرى", None, ""]}, {"text": "فقرة\nأخرى"}),
        ({"text": "", "content": "نص"}, {"text": "نص"}),
        ({"text": None, "body": "نص"}, {"text": "نص"}),
        ({"text": "نص", "authors": ["سلمى", "أمين"]}, {"text": "نص", "byline": "سلمى، أمين"}),
        ({"text": "نص", "author": {"@type": "Person", "name": "سلمى"}}, {"text": "نص", "byline": "سلمى"}),
        ({"text": "نص", "author": [{"name": "سلمى"}, {"name": "أمين"}]}, {"text": "نص", "byline": "سلمى، أمين"}),
        ({"text": "نص", "author": False, "title": float("nan"), "url": {}}, {"text": "نص"}),
        ({"text": 2026, "published": 1768206300}, {"text": "2026", "published": "1768206300"}),
    ],
)
def test_fields_of_records(fields: Mapping[str, object], expected: Mapping[str, str]) -> None:
    assert record_fields(json.loads(json.dumps(fields)), DEFAULT_COLUMNS) == expected


@pytest.mark.parametrize(
    ("fields", "reason", "message"),
    [
        (
            {"عنوان": "خبر", "متن": "نص"},
            "no-text-field",
            "none of the fields عنوان, متن is known to hold the text; name it in corpus.toml: [sources.columns] "
            'text = ["…"]',
        ),
        ({"text": " \n", "title": "خبر"}, "empty-page", "the record's 'text' holds no text"),
        ({"content": {"rendered": "نص"}}, "empty-page", "the record's 'content' holds no text"),
    ],
)
def test_records_without_text(fields: Mapping[str, object], reason: str, message: str) -> None:
    with pytest.raises(ExtractError) as caught:
        record(fields)
    assert (caught.value.reason, str(caught.value)) == (reason, message)


def test_columns_of_ones_own() -> None:
    found = extract(json.dumps({"متن": "نص"}).encode(), RECORD, {"text": ("متن",)})
    assert found.text == "نص"

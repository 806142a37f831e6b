"""Identity: the same thing has the same id, and other things have others."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.ids import (
    annotation_id,
    article_source_id,
    canonical_url,
    digest,
    doc_id,
    layer_id,
    page_id,
    source_id,
    without_secrets,
)

PARTS = st.lists(st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), st.binary(max_size=4)))


@given(PARTS, PARTS)
def test_different_lists_have_different_digests(one: list[str | bytes], other: list[str | bytes]) -> None:
    def plain(parts: list[str | bytes]) -> list[bytes]:
        return [part.encode() if isinstance(part, str) else part for part in parts]

    assert (digest(*one) == digest(*other)) == (plain(one) == plain(other))


def test_ids_of_texts_and_pages_are_plain_hashes() -> None:
    text = "خبر من الناظور"
    assert doc_id(text) == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert page_id(text.encode()) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org/a", "https://example.org/a"),
        (" HTTP://WWW.Example.ORG:80/a/ ", "https://example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/", "https://example.org/"),
        ("https://example.org:8080/a", "https://example.org:8080/a"),
        ("https://example.org/a#comments", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=y", "https://example.org/a?id=7"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org/?p=", "https://example.org/?p="),
        ("https://example.org/a?ref=home", "https://example.org/a"),
        ("https://example.org/a?reference=7", "https://example.org/a?reference=7"),
        ("https://example.org/a?shared_id=7", "https://example.org/a?shared_id=7"),
        ("https://example.org/خبر", "https://example.org/%D8%AE%D8%A8%D8%B1"),
        ("https://example.org/%d8%ae%d8%a8%d8%b1", "https://example.org/%D8%AE%D8%A8%D8%B1"),
        ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
        ("https://example.org/A", "https://example.org/A"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("https://example.org/%E1", "https://example.org/%E1"),
        ("https://example.org/?q=%e1&p=ميناء", "https://example.org/?p=%D9%85%D9%8A%D9%86%D8%A7%D8%A1&q=%E1"),
    ],
)
def test_urls_without_what_does_not_change_the_page(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


SECRETS = [
    (
        "https://user:pa55@example.org/a?sig=AbC%3D&token=t0k&session_id=5#frag",
        "https://example.org/a?sig=&token=&session_id=#frag",
    ),
    ("https://user@example.org:8080/a", "https://example.org:8080/a"),
    ("ftp://u:p@@example.org/a", "ftp://example.org/a"),
    ("https://example.org/a?PHPSESSID=1f&id=7", "https://example.org/a?PHPSESSID=&id=7"),
    ("https://example.org/a?id=7&amp;Api_Key=k&amp;x=1", "https://example.org/a?id=7&amp;Api_Key=&amp;x=1"),
    ("https://example.org/a;jsessionid=0A1B?id=7", "https://example.org/a;jsessionid=?id=7"),
    ("https://example.org/a#access_token=x&state=1", "https://example.org/a#access_token=&state=1"),
    ("https://example.org/a?X-Amz-Signature=00&X-Amz-Date=1", "https://example.org/a?X-Amz-Signature=&X-Amz-Date=1"),
    ("example.org/a?auth=x", "example.org/a?auth="),
]
NO_SECRETS = [
    "https://example.org/a?id=7&q=token",
    "https://example.org/@author/a?author=x&design=y&side=1&tokens=3&my_token=4",
    "https://example.org/a?mail=a@b.org",
    "https://example.org/auth=1/sid=2",
    "https://example.org/session?p=;x",
]


@pytest.mark.parametrize(("url", "shown"), SECRETS)
def test_secrets_go_out_of_a_url(url: str, shown: str) -> None:
    assert without_secrets(url) == shown == without_secrets(shown)
    assert source_id("", url) == source_id("", shown)


@pytest.mark.parametrize("url", NO_SECRETS)
def test_a_url_without_secrets_stays_as_it_is(url: str) -> None:
    assert without_secrets(url) == url


@given(st.text())
def test_any_url_has_a_source_id(url: str) -> None:
    assert len(source_id("a.txt", url)) == 16
    assert len(source_id(url)) == 16


def test_a_source_is_its_url_or_else_its_path() -> None:
    url = "https://example.org/a"
    assert source_id("a.txt", url) == source_id("b.txt", "http://www.example.org/a#top")
    assert source_id("a.txt") != source_id("b.txt")
    assert source_id("a.txt") == source_id("a.txt", None) == source_id("a.txt", "")
    assert source_id(url) != source_id("a.txt", url)


def test_further_articles_of_a_page_are_numbered() -> None:
    assert [article_source_id("s", nth) for nth in (1, 2, 3)] == ["s", "s#2", "s#3"]


def test_layers_and_annotations_differ_in_everything_that_makes_them() -> None:
    layer: tuple[str, str, str, str, str, str, int] = ("entities", "gold", "salma", "1", "news-1.0.0", "", 1)
    others = [(*layer[:at], "x", *layer[at + 1 :]) for at in range(6)] + [(*layer[:6], 2)]
    assert len({layer_id(*layer), *(layer_id(*other) for other in others)}) == 8  # type: ignore[arg-type]
    one = ("l", "d", 1, 2, 3, "GPE")
    different = [("x", *one[1:]), ("l", "x", *one[2:]), ("l", "d", 2, 2, 3, "GPE"), ("l", "d", 1, 1, 3, "GPE"),
                 ("l", "d", 1, 2, 4, "GPE"), ("l", "d", 1, 2, 3, "LOC")]  # fmt: skip
    assert len({annotation_id(*one), *(annotation_id(*other) for other in different)}) == 7

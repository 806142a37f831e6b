"""Pages of HTML: what trafilatura takes for the article as lines, with the decks and captions that it passes over."""

from __future__ import annotations

import copy
import functools
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_BLOCKS = frozenset(("p", "head", "item", "quote", "list", "table", "row", "div", "ab", "body", "code"))
_KINDS = {"item": "item", "head": "subhead"}
_RAW_BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "blockquote", "figcaption", "div", "span", "td", "th")
_CONTAINERS = frozenset((*_RAW_BLOCKS, "section", "article", "main", "ul", "ol", "table", "tbody", "tr", "figure")) - {
    "span"
}
# Words in the class, id or itemprop of an element by which pages say what it is.
_DECK = frozenset(
    ("lead", "lede", "deck", "dek", "subtitle", "subhead", "subheading", "subheadline", "standfirst", "summary",
     "excerpt", "chapeau", "intro", "description")
)  # fmt: skip
_CREDIT = frozenset(("credit", "credits", "copyright", "photographer", "source"))
# A caption or deck of fewer words is no sentence: the name of a person or a place, "archive", a section.
_LEAST_WORDS = 5
_DECK_CHARACTERS = 500
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?)?")
_PUBLISHED = (
    '//meta[@property="article:published_time" or @property="og:published_time" or @itemprop="datePublished"'
    ' or @name="article:published_time" or @name="pubdate"]/@content',
    '//time[@itemprop="datePublished" or @pubdate]/@datetime',
)


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """The lines of a page's article, its title first, and what the page says about itself.

    `line_kinds` has for each line what its tags say it is (of `schemas.tables.SENTENCE_KINDS`), or None.
    """

    lines: tuple[str, ...]
    line_kinds: tuple[str | None, ...] = ()
    title: str | None = None
    url: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: str | None = None


@functools.cache
def _quiet_trafilatura() -> None:
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def read_html(html: str) -> HtmlPage:
    """The article of a decoded page; no lines where there is none."""
    import trafilatura  # half a second, and only pages of HTML need it
    from trafilatura.settings import Document

    _quiet_trafilatura()
    tree = trafilatura.load_html(html)
    if tree is None:
        return HtmlPage(())
    raw = copy.deepcopy(tree)
    found = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        include_tables=True,
        favor_precision=True,
        with_metadata=True,
        # The publication date must not depend on today's date, nor be guessed from other numbers of the page.
        date_extraction_params={"extensive_search": False, "original_date": True, "max_date": "2100-01-01"},
    )
    if not isinstance(found, Document):
        return HtmlPage(())
    lines = list(_lines(found.body))
    title = " ".join(found.title.split()) if found.title else None
    if title and lines and _bare(lines[0][0]) != _bare(title):
        lines.insert(0, (title, None))
    lines = list(_with_passed_over(raw, lines))
    return HtmlPage(
        tuple(words for words, _ in lines),
        tuple(kind for _, kind in lines),
        title=title,
        url=found.url,
        outlet=found.sitename,
        byline=found.author,
        published=_published(raw, found.date),
    )


def _bare(line: str) -> str:
    return re.sub(r"\W+", " ", line).strip()


_Line = tuple[str, str | None]


def _lines(element: _Element) -> Iterator[_Line]:
    """The text of each block element of trafilatura's tree, in order, with its kind; a row of a table is a line."""
    pending: list[str] = []
    yield from _gather(element, pending, None)
    yield from _flush(pending, None)


def _flush(pending: list[str], kind: str | None) -> Iterator[_Line]:
    line = " ".join("".join(pending).split())
    pending.clear()
    if line:
        yield line, kind


def _gather(element: _Element, pending: list[str], kind: str | None) -> Iterator[_Line]:
    pending.append(element.text or "")
    for child in element:
        if child.tag in _BLOCKS or child.tag == "lb":
            inner = _KINDS.get(child.tag, kind)
            yield from _flush(pending, kind)
            yield from _gather(child, pending, inner)
            yield from _flush(pending, inner)
        elif child.tag == "cell":
            yield from _gather(child, pending, kind)
            if child.getnext() is not None and "".join(pending).strip():
                pending.append(" | ")
        elif child.tag != "graphic":
            yield from _gather(child, pending, kind)
        pending.append(child.tail or "")


def _with_passed_over(raw: HtmlElement, lines: Sequence[_Line]) -> Iterator[_Line]:
    """`lines` with the decks and captions that stand in the page between its title and the last of them."""
    places: dict[str, list[int]] = {}
    for nth, (line, _) in enumerate(lines):
        places.setdefault(_squeezed(line), []).append(nth)
    text = "\n".join(_squeezed(line) for line, _ in lines)
    waiting: list[_Line] = []
    passed_over: dict[int, list[_Line]] = {}
    at, begun = 0, False
    for element in raw.iter(*_RAW_BLOCKS):
        if any(child.tag in _CONTAINERS for child in element):
            continue  # its parts come next
        here = [nth for nth in places.get(_squeezed(element.text_content()), ()) if nth >= at]
        if here and here[0] <= at + 20:  # farther on it is another line of the same words
            passed_over.setdefault(here[0], []).extend(waiting)
            waiting = []
            at = here[0] + 1
            begun = True
        elif begun or element.tag == "h1":
            begun = True
            caption = _caption(element)
            found = (caption, "caption") if caption else (_deck(element) if at <= 1 else "", "deck")
            if found[0] and _squeezed(found[0]) not in text and found not in waiting:
                waiting.append(found)
    for nth, one in enumerate(lines):
        yield from dict.fromkeys(passed_over.get(nth, ()))
        yield one


def _squeezed(words: str) -> str:
    return "".join(words.split())


def _marks(element: HtmlElement) -> frozenset[str]:
    """The words of the names that a page gives an element."""
    names = " ".join(element.get(name, "") for name in ("class", "id", "itemprop")).lower()
    return frozenset(re.split(r"[\s_-]+", names.replace("sub-", "sub").replace("sub_", "sub")))


def _caption(element: HtmlElement) -> str:
    """The words of a picture's caption that is a sentence, without the picture's credit."""
    if element.tag != "figcaption" and not (element.tag in ("p", "div", "span") and "caption" in _marks(element)):
        return ""
    own = copy.deepcopy(element)
    own.tail = None
    for part in list(own.iterdescendants()):
        if isinstance(part.tag, str) and (part.tag in ("small", "cite") or _marks(part) & _CREDIT):
            part.drop_tree()
    words = " ".join(own.text_content().split())
    return words if len(words.split()) >= _LEAST_WORDS else ""


def _deck(element: HtmlElement) -> str:
    """The words of an element that says it is the deck: a sentence between the title and the body."""
    if element.tag not in ("h2", "h3", "h4", "p", "div") or not _marks(element) & _DECK:
        return ""
    words = " ".join(element.text_content().split())
    return words if len(words.split()) >= _LEAST_WORDS and len(words) <= _DECK_CHARACTERS else ""


def _published(raw: HtmlElement, date: str | None) -> str | None:
    """The time of publication where the page states the one that belongs to `date`, else `date`."""
    for path in _PUBLISHED:
        for value in raw.xpath(path):
            stated = value.strip()
            if _ISO_TIME.fullmatch(stated) and (date is None or stated.startswith(date)):
                return str(stated)
    return date

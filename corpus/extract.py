"""The page text: what a page says, before any rule of ours.

For plain text that is the decoded file; for HTML the title and what trafilatura takes for the article; for a record
of a file its title and text fields.
"""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.encoding import DecodeError, decode
from corpus.ingest import HTML, RECORD

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_CHARACTERS = 10_000_000
_BLOCKS = frozenset(("p", "head", "item", "quote", "list", "table", "row", "cell", "div", "ab", "body", "code"))


class ExtractError(ValueError):
    """A page that has no text to give; `reason` is the reject's id."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PageFields:
    """What the source says about a page besides its text; None where it does not."""

    title: str | None = None
    url: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: str | None = None
    fetched_at: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as text: all edits are ranges of `text`. `encoding` is a Python codec name."""

    text: str
    encoding: str
    fields: PageFields


def extract(body: bytes, media_type: str, columns: Mapping[str, Sequence[str]]) -> PageText:
    """The text of a page and what its source says about it.

    Args:
        body: the page's bytes.
        media_type: one of `corpus.ingest`'s.
        columns: for records, which fields hold what (`corpus.config.DEFAULT_COLUMNS`).

    Raises:
        ExtractError: with the reject's reason and a message.
    """
    if media_type == RECORD:
        page = _record(json.loads(body), columns)
    else:
        try:
            decoded = decode(body, html=media_type == HTML)
        except DecodeError as error:
            raise ExtractError(error.reason, str(error)) from error
        if media_type == HTML:
            text, fields = _html(decoded.text)
            page = PageText(text, decoded.encoding, fields)
        else:
            page = PageText(decoded.text, decoded.encoding, PageFields())
    if len(page.text) > MAX_CHARACTERS:
        raise ExtractError(
            "page-too-large",
            f"{len(page.text):,} characters, more than {MAX_CHARACTERS:,}: no article is that long; split the page",
        )
    return page


def _words(value: object) -> str:
    """A field's value as text: a list is its parts on lines of their own."""
    if isinstance(value, list):
        return "\n".join(_words(part) for part in value)
    return "" if value is None else str(value)


def record_fields(record: Mapping[str, object], columns: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """The known fields of a record: of the columns that may hold one, the first that is not blank."""
    found = {}
    for field, names in columns.items():
        for name in names:
            value = _words(record.get(name))
            if value.strip():
                found[field] = value if field == "text" else value.strip()
                break
    return found


def _record(record: Mapping[str, object], columns: Mapping[str, Sequence[str]]) -> PageText:
    fields = dict(record_fields(record, columns))
    body = fields.pop("text", "")
    if not body.strip():
        present = [name for name in columns["text"] if name in record]
        if present:
            raise ExtractError("empty-page", f"the record's '{present[0]}' is empty")
        raise ExtractError(
            "no-text-field",
            f"none of the fields {', '.join(sorted(map(str, record)))[:200]} is known to hold the text; "
            "name it in corpus.toml: [sources.columns] text = [\"…\"]",
        )
    title = fields.get("title")
    return PageText(f"{title}\n{body}" if title else body, "utf-8", PageFields(**fields))


@functools.cache
def _quiet_trafilatura() -> None:
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _html(html: str) -> tuple[str, PageFields]:
    import trafilatura  # half a second, and only pages of HTML need it

    _quiet_trafilatura()
    found = trafilatura.bare_extraction(
        html,
        include_comments=False,
        include_tables=True,
        favor_precision=True,
        with_metadata=True,
        # The publication date must not depend on today's date, nor be guessed from other numbers of the page.
        date_extraction_params={"extensive_search": False, "original_date": True, "max_date": "2100-01-01"},
    )
    if found is None:
        return "", PageFields()
    lines = list(_lines(found.body)) if found.body is not None else (found.text or "").split("\n")
    title = " ".join(found.title.split()) if found.title else None
    if title and (not lines or _bare(lines[0]) != _bare(title)):
        lines.insert(0, title)
    return "\n".join(lines), PageFields(
        title=title, url=found.url, outlet=found.sitename, byline=found.author, published=found.date
    )


def _bare(line: str) -> str:
    return re.sub(r"\W+", " ", line).strip()


def _lines(element: _Element) -> Iterator[str]:
    """The text of each block element, in order; inline markup is read through."""
    pending: list[str] = []

    def flush() -> Iterator[str]:
        line = " ".join("".join(pending).split())
        pending.clear()
        if line:
            yield line

    if element.text:
        pending.append(element.text)
    for child in element:
        if child.tag in _BLOCKS:
            yield from flush()
            yield from _lines(child)
        elif child.tag == "lb":
            yield from flush()
        elif child.tag != "graphic":
            pending.append("".join(child.itertext()))
        if child.tail:
            pending.append(child.tail)
    yield from flush()

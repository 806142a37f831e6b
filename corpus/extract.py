"""The page text: what a page says, before any rule of ours.

For plain text that is the decoded file; for HTML the title and what trafilatura takes for the article; for a record
of a file its title and text fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.encoding import DecodeError, decode
from corpus.html import read_html
from corpus.ids import without_secrets
from corpus.ingest import HTML, RECORD

MAX_CHARACTERS = 10_000_000
_ADDRESSES = ("url", "outlet")
"""Fields that hold an address; some scrapes have one for the outlet."""


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
    """A page as text: all edits are ranges of `text`. `encoding` is a Python codec name.

    `line_kinds` has for each line of `text` the kind that the page's tags give it, or None; it is empty where there
    are no tags.
    """

    text: str
    encoding: str
    fields: PageFields
    line_kinds: tuple[str | None, ...] = ()


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
        _check_length(decoded.text)
        if media_type == HTML:
            read = read_html(decoded.text)
            url = without_secrets(read.url) if read.url else None
            fields = PageFields(read.title, url, read.outlet, read.byline, read.published)
            page = PageText("\n".join(read.lines), decoded.encoding, fields, read.line_kinds)
        else:
            page = PageText(decoded.text, decoded.encoding, PageFields())
    _check_length(page.text)
    return page


def _check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise ExtractError(
            "page-too-large",
            f"{len(text):,} characters, more than {MAX_CHARACTERS:,}: no article is that long; split the page",
        )


def _words(value: object, joined: str) -> str:
    """A field's value as text: of a list its parts, `joined`; of an object its name; nothing of what is no text."""
    if isinstance(value, list):
        return joined.join(filter(None, (_words(part, joined) for part in value)))
    if isinstance(value, dict):  # {"@type": "Person", "name": …}, as schema.org has authors and publishers
        return _words(value.get("name"), joined)
    if value is None or isinstance(value, bool) or value != value:  # NaN is what pandas writes for nothing
        return ""
    return str(value)


def record_fields(record: Mapping[str, object], columns: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """The known fields of a record: of the columns that may hold one, the first that is not blank.

    The parts of a text are lines of their own; other fields are one line. Addresses are without secrets.
    """
    found = {}
    for field, names in columns.items():
        for name in names:
            value = _words(record.get(name), "\n" if field == "text" else "، ")
            if value.strip():
                found[field] = value if field == "text" else " ".join(value.split())
                break
    return found | {field: without_secrets(found[field]) for field in _ADDRESSES if field in found}


def _record(record: Mapping[str, object], columns: Mapping[str, Sequence[str]]) -> PageText:
    fields = dict(record_fields(record, columns))
    body = fields.pop("text", "")
    if not body.strip():
        present = [name for name in columns["text"] if name in record]
        if present:
            raise ExtractError("empty-page", f"the record's '{present[0]}' holds no text")
        raise ExtractError(
            "no-text-field",
            f"none of the fields {', '.join(sorted(map(str, record)))[:200]} is known to hold the text; "
            "name it in corpus.toml: [sources.columns] text = [\"…\"]",
        )
    title = fields.get("title")
    return PageText(f"{title}\n{body}" if title else body, "utf-8", PageFields(**fields))

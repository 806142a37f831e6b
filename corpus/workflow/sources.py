"""What is known of a page found before it is read: its identity and the row that says where it was."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from corpus import ids
from corpus.extract import PageFields, record_fields
from corpus.ingest import HTML, RECORD, FoundPage
from schemas.tables import SOURCES

_CANONICAL = re.compile(
    rb"<link\s[^>]*rel=[\"']?canonical[\"']?[^>]*href=[\"']([^\"'>\s]+)"
    rb"|<link\s[^>]*href=[\"']([^\"'>\s]+)[\"'][^>]*rel=[\"']?canonical"
    rb"|<meta\s[^>]*property=[\"']og:url[\"'][^>]*content=[\"']([^\"'>\s]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page found, with the row that says where."""

    page: FoundPage
    page_id: str
    row: Mapping[str, str | None]

    @property
    def fingerprint(self) -> str:
        """Changes whenever anything known of the source does."""
        return ids.digest(*(f"{name}={self.row[name]}" for name in SOURCES.names))

    @property
    def known(self) -> PageFields:
        """What the row says about the page."""
        return PageFields(**{one.name: self.row[one.name] for one in fields(PageFields)})


def source_page(page: FoundPage, columns: Mapping[str, Sequence[str]]) -> SourcePage:
    """A page found, with what is known of it before it is read; `columns` as of `extract`."""
    found: dict[str, str] = {}
    if page.media_type == RECORD:
        found = dict(record_fields(json.loads(page.body), columns))
        found.pop("text", None)
    elif page.media_type == HTML and (match := _CANONICAL.search(page.body, 0, 1 << 20)):
        address = html.unescape(next(group for group in match.groups() if group).decode("ascii", "replace"))
        if address.startswith(("http://", "https://")):
            found["url"] = ids.without_secrets(address)
    row: dict[str, str | None] = dict.fromkeys(SOURCES.names)
    row.update({name: value.encode("utf-8", "replace").decode() for name, value in found.items()})
    page_id = ids.page_id(page.body)
    row.update(source_id=ids.source_id(page.path, row["url"]), page_id=page_id, path=page.path)
    return SourcePage(page, page_id, row)

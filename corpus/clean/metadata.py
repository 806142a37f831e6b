"""What the furniture of an article says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.clean import names
from corpus.clean.articles import Article
from corpus.clean.bylines import Byline, dateline, read_byline
from corpus.clean.dates import RELATIVE, date_at_end, parse_date
from corpus.clean.folding import fold


@dataclass(frozen=True, slots=True)
class ArticleMetadata:
    """What the page says: as printed, but the agency by its canonical name and `published` as an ISO 8601 date.

    `published` is None where only a relative or a Hijri date is printed; `published_text` then has its words.
    """

    byline: str | None = None
    agency: str | None = None
    place: str | None = None
    outlet: str | None = None
    published: str | None = None
    published_text: str | None = None


def read_metadata(article: Article, outlet: str | None) -> ArticleMetadata:
    """The metadata of an article whose furniture has been found; `outlet` is what the source says."""
    found = Byline(outlet=outlet)
    published = published_text = None
    for i, line in enumerate(article.lines):
        texts = [(line.rule, line.text)] if line.rule else [(rule, line.text[start:end]) for start, end, rule in line.cuts]
        for rule, text in texts:
            if rule in ("byline", "agency-mark", "source-credit"):
                found = _merge(found, _read(text, outlet))
            elif rule == "place-line":
                found = _merge(found, Byline(place=text))
            if rule in ("date-line", "relative-time", "byline") and published is None:
                stated = parse_date(text)
                if stated or (rule != "byline" and published_text is None):
                    published, published_text = stated, text.strip()
            if rule == "relative-time":
                match = RELATIVE.fullmatch(fold(text))
                if match and match["who"].strip(" |-–—:•·"):
                    found = _merge(found, Byline(byline=text[: match.end("who")].strip(" |-–—:•·")))
        if i == article.first_prose and line.kept:
            head = max((end for start, end, _ in line.cuts if start == 0), default=0)
            found = _merge(found, dateline(line.text[head:].lstrip()) or Byline())
    return ArticleMetadata(found.byline, found.agency, found.place, found.outlet, published, published_text)


def _read(text: str, outlet: str | None) -> Byline:
    text = text.strip(" \t:")
    end = date_at_end(text)
    if end is not None:
        text = text[:end].rstrip(" -–—|،")
    agency = names.agency_of(text.strip("()[]/ .-–—*"))
    if agency:
        return Byline(agency=agency)
    source = re.sub(r"^\s*\(?(?:المصدر|مصدر|نقلا عن|عن)\s*[:/-]?\s*", "", text)
    if source != text:
        return Byline(agency=names.agency_of(source) or source.strip(" ().")) if source.strip() else Byline()
    found = read_byline(text, outlet, loose=True)
    return found if found is not None else Byline(byline=text)


def _merge(first: Byline, second: Byline) -> Byline:
    """The parts of `first`, completed by `second`."""
    return replace(
        first,
        byline=first.byline or second.byline,
        agency=first.agency or second.agency,
        place=first.place or second.place,
        outlet=first.outlet or second.outlet,
    )

"""What the furniture of an article says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.clean import names
from corpus.clean.articles import Article
from corpus.clean.bylines import Byline, dateline, read_byline
from corpus.clean.dates import RELATIVE, date_at_end, parse_date
from corpus.clean.folding import fold, key

_AROUND = "()[]/ .-–—*"
_EDITORS = re.compile(r"\s[ء-ي]\s*[./]\s*[ء-ي]\s*[./]?\s*\Z")
_SOURCE = re.compile(r"^\s*\(?(?:المصدر|مصدر|نقلا عن|نقلاً عن|عن)\s*[:/-]?\s*")


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
    unsure: list[str] = []
    for i, line in enumerate(article.lines):
        texts = (
            [(line.rule, line.text)] if line.rule else [(rule, line.text[start:end]) for start, end, rule in line.cuts]
        )
        for rule, text in texts:
            if rule == "agency-mark":
                found = _merge(found, Byline(agency=names.agency_of(_EDITORS.sub("", text).strip(_AROUND))))
            elif rule == "source-credit":
                found = _merge(found, _read_source(text, outlet))
            elif rule == "byline":
                sure = _read_byline(text, outlet)
                if sure is None:
                    unsure += [text] if " " in text.strip() else []
                else:
                    found = _merge(found, sure)
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
    if unsure and found.byline is None:
        found = _merge(found, Byline(byline=unsure[0].strip(" \t:")))
    return ArticleMetadata(found.byline, found.agency, found.place, found.outlet, published, published_text)


def _read_byline(text: str, outlet: str | None) -> Byline | None:
    text = text.strip(" \t:")
    end = date_at_end(text)
    if end is not None:
        text = text[:end].rstrip(" -–—|،")
    return read_byline(text, outlet, loose=True) or (Byline(byline=text) if names.may_be_name(text) else None)


def _read_source(text: str, outlet: str | None) -> Byline:
    """The agency and the outlet that a line "المصدر: ..." names; what it names else counts as the agency."""
    source = _SOURCE.sub("", text).strip(" ().")
    found = Byline()
    for part in re.split(r"\s*[+،,/–—-]\s*", source):
        agency = names.agency_of(part)
        if agency:
            found = _merge(found, Byline(agency=agency))
        elif names.is_outlet(part, outlet) or key(part) in names.ambiguous_outlets():
            found = _merge(found, Byline(outlet=part))
    return found if found != Byline() else Byline(agency=source or None)


def _merge(first: Byline, second: Byline) -> Byline:
    """The parts of `first`, completed by `second`."""
    return replace(
        first,
        byline=first.byline or second.byline,
        agency=first.agency or second.agency,
        place=first.place or second.place,
        outlet=first.outlet or second.outlet,
    )

"""What the furniture of an article says about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.clean import names
from corpus.clean.articles import Article
from corpus.clean.bylines import Byline, dateline, read_byline
from corpus.clean.dates import RELATIVE, date_at_end, parse_published, without_date
from corpus.clean.folding import bare, fold, key
from corpus.clean.line_rules import furniture
from corpus.clean.lines import Line

_AROUND = "()[]/ .-–—*«»“”\""
_EDITORS = re.compile(r"\s[ء-ي]\s*[./]\s*[ء-ي]\s*[./]?\s*\Z")
_NO_AGENCIES = frozenset(map(key, ("وكالات", "متابعات", "متابعة", "خاص", "مراسلون")))
_SOURCE = re.compile(r"^\s*\(?(?:المصدر|مصدر|نقلا عن|نقلاً عن|عن)\s*[:/-]?\s*")


@dataclass(frozen=True, slots=True)
class ArticleMetadata:
    """What the page says, as printed, but `published` as an ISO 8601 date, with the time where that is printed.

    `published` is None where only a relative or a Hijri date is printed; `published_text` then has its words.
    """

    byline: str | None = None
    agency: str | None = None
    place: str | None = None
    outlet: str | None = None
    published: str | None = None
    published_text: str | None = None


def read_metadata(article: Article, outlet: str | None, lines: Sequence[Line]) -> ArticleMetadata:
    """The metadata of an article whose furniture has been found; `outlet` is what the source says, `lines` the page."""
    outlet = outlet or find_outlet(lines)
    found = Byline(outlet=outlet)
    published = published_text = None
    unsure: list[str] = []
    head = article.title or 0
    for i in [*range(head, len(article.lines)), *range(head)]:  # what stands over the title may be of the page
        line = article.lines[i]
        for rule, text in _furniture_of(line):
            if rule == "agency-mark":
                printed = _EDITORS.sub("", text).strip(_AROUND)
                found = _merge(found, Byline(agency=printed if names.agency_of(printed) else None))
            elif rule == "source-credit":
                found = _merge(found, _read_source(text, outlet))
            elif rule == "byline":
                sure = _read_byline(text, outlet)
                if sure is None:
                    unsure += [text] if " " in text.strip() else []
                else:
                    found = _merge(found, sure)
            elif rule == "place-line":
                found = _merge(found, _read_place(text))
            if rule in ("date-line", "relative-time", "byline", "view-count") and (
                published is None or "T" not in published
            ):
                stated = parse_published(text)
                if published is not None:
                    published = stated if stated and stated.startswith(published) else published
                elif stated or (rule not in ("byline", "view-count") and published_text is None):
                    published, published_text = stated, text.strip()
            if rule == "relative-time":
                match = RELATIVE.fullmatch(fold(text))
                if match and match["who"].strip(" |-–—:•·"):
                    found = _merge(found, Byline(byline=text[: match.end("who")].strip(" |-–—:•·")))
        if i == article.first_prose and line.kept:
            head = max([end for start, end, _ in line.cuts if start == 0], default=0)
            from_where = dateline(line.text[head:].lstrip())
            found = _merge(found, from_where) if from_where else found
    if unsure and found.byline is None:
        found = _merge(found, Byline(byline=unsure[0].strip(" \t:")))
    agency = found.agency if found.agency and key(found.agency) not in _NO_AGENCIES else None
    return ArticleMetadata(found.byline, agency, found.place, found.outlet, published, published_text)


def _furniture_of(line: Line) -> Sequence[tuple[str, str]]:
    """What of a line is furniture, each part with its rule."""
    if line.rule is not None:
        return [(line.rule, line.text)]
    return [(rule, line.text[start:end]) for start, end, rule in line.cuts] if line.cuts else ()


def _read_place(text: str) -> Byline:
    """A place alone over the body, or the author after it: "بغداد / سرى الخفاجي"."""
    place, slash, who = text.partition("/")
    if slash and names.is_place(place) and names.may_be_unknown_name(who) and not names.is_place(who):
        return Byline(byline=who.strip(), place=place.strip())
    return Byline(place=text)


def _read_byline(text: str, outlet: str | None) -> Byline | None:
    text = text.strip(" \t:")
    end = date_at_end(text)
    text = (text[:end] if end is not None else without_date(text) or text).rstrip(" -–—|،")
    who = text.removeprefix("من قبل ")
    if who != text and names.may_be_unknown_name(who):
        return Byline(byline=who)
    return read_byline(text, outlet, loose=True) or (Byline(byline=text) if names.may_be_name(text) else None)


def _read_source(text: str, outlet: str | None) -> Byline:
    """The agency and the outlet that a line "المصدر: ..." names; what it names else counts as the agency."""
    source = _SOURCE.sub("", text).strip(" ().")
    found = Byline()
    for part in re.split(r"\s*[+،,/–—-]\s*|\s+ـ+\s+", source):
        agency = names.agency_of(part)
        if agency:
            found = _merge(found, Byline(agency=part))
        elif names.is_outlet(part, outlet) or key(part) in names.ambiguous_outlets():
            found = _merge(found, Byline(outlet=part))
    return found if found != Byline() else Byline(agency=source or None)


def _merge(first: Byline, second: Byline) -> Byline:
    """The parts of `first`, completed by `second`."""
    return Byline(
        first.byline or second.byline,
        first.agency or second.agency,
        first.place or second.place,
        first.outlet or second.outlet,
    )


_PARTED = re.compile(r"\s*[|:»/]\s*|\s+[-–—]\s+")
_COPYRIGHT = (
    re.compile(r"محفوظ\w*[\s©\d\-–هـ]*ل(?:موقع|صحيفة|جريدة|بوابة|شبكة|مجلة|ـ)\s*(?P<name>[^\d،,.|©–—-]{4,40}?)\s*(?:[،,.|©–—-]|\d|\Z)"),
    re.compile(r"^(?P<name>[^\d،,.|:©–—-]{4,40}?)\s*(?:\d{4}\s*)?©"),
    re.compile(r"^\W*©?\s*\d{4}(?:\s*[-–]\s*\d{4})?\s*©?\s*(?P<name>[^\d،,.|:©–—-]{4,40}?)\s*[،,.|–—-]"),
)
_MASTHEAD_LINES = 3
_MENU_RULES = frozenset({"navigation", "cookie-line", "date-line", "breadcrumb"})
_OUTLET_WORDS = frozenset(key("صحيفة جريدة بوابة موقع مجلة وكالة شبكة قناة نيوز بريس").split())


def find_outlet(lines: Sequence[Line]) -> str | None:
    """The name of the outlet as the head of the page or its copyright line prints it; None if neither does."""
    masthead = None
    seen = 0
    for i, line in enumerate(lines):
        if line.kept or seen == _MASTHEAD_LINES:
            break
        name = _PARTED.split(line.text, maxsplit=1)[0].strip()
        name_key = key(name)
        if not name_key or line.rule not in ("ticker", "navigation", "byline"):
            continue
        if furniture(name, name_key) not in (None, "byline"):
            continue
        seen += 1
        words = name_key.split()
        if not 2 <= len(words) <= 4 or "#" in words or not name[0].isalnum():
            continue
        typed = not _OUTLET_WORDS.isdisjoint(words) or names.is_outlet(name)
        if not typed and (line.rule == "byline" or names.may_be_name(name)):
            continue
        parted = name != line.text
        menu = any(other.rule in _MENU_RULES for other in lines[i + 1 : i + 3])
        printed = bare(name)
        again = any(printed in other.bare for other in lines[i + 1 :] if other.rule and len(other.text) < 300)
        if again or typed or (seen == 1 and (parted or menu)):
            masthead = name
            break
    return masthead or _from_copyright(lines)


def _from_copyright(lines: Sequence[Line]) -> str | None:
    for line in reversed(lines):
        if line.rule == "copyright":
            for pattern in _COPYRIGHT:
                match = pattern.search(line.text)
                name = match["name"].strip() if match else ""
                if 1 < len(name.split()) <= 4 and furniture(name, key(name)) is None:
                    return name
    return None

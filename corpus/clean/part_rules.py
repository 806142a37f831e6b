"""Rules that remove a part of a line: what is glued to the head or the end of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final

from corpus.clean import names
from corpus.clean.bylines import glued_byline
from corpus.clean.folding import fold, key
from corpus.clean.line_rules import furniture
from corpus.clean.phrases import load_lines
from corpus.text.chars import URL

Cut = tuple[int, int, str]
"""A part of a line to remove: start and end in code points of the line, and the rule."""

_REACH: Final = 260
"""Code points from the end of a line in which a glued tail is looked for."""

_STOP = r"[.!?؟…۔»”\"')\]]"
_ENDED = r"(?P<stop>[.!?؟…۔][»”\"')\]]*)"
_TAGS = re.compile(
    r"(?<=[.!?؟…۔»”\"')\]/])\s+(?:سمات|الوسوم|وسوم|كلمات دلاليه|الكلمات الدلاليه|كلمات مفتاحيه|"
    r"الكلمات المفتاحيه|tags)\s*:?\s+[^.!?؟]{2,240}\Z"
)
_LINK = re.compile(
    rf"(?:(?<={_STOP})|(?<={_STOP}\s))\s*(?:رابط الخبر|رابط المقال|رابط الفيديو|رابط مقال|مقالات اخري للكاتب|"
    rf"لمراسله الكاتب|للتواصل مع الكاتب|"
    r"اقرا ايضا|اقرا المزيد|شاهد ايضا|لقراءه المزيد|المزيد من التفاصيل)\s*[:؟]?.{0,250}\Z"
)
_READ_MORE = re.compile(r"(?<=[.…])\s*(?:اقرا )?المزيد\s*\Z")
_ADDRESS_TAIL = re.compile(rf"(?<={_STOP})\s*(?:{URL})(?:\s+(?:{URL}))*\s*\Z")
_MAIL_TAIL = re.compile(rf"(?<={_STOP})\s+[\w.+%-]{{1,64}}@[\w.-]+\.\w{{2,}}\s*\Z")
_MARK_TAIL = re.compile(
    rf"{_ENDED}\s*[-–—/(\[ ]*\s*(?P<mark>[^\n.!?؟()\[\]/»”\"]{{2,30}}|(?:[ء-ي]\s*\.\s*){{1,3}}[ء-ي]?)\s*[)\]/. ]*\Z"
)
_BRACKETED_TAIL = re.compile(r"\s*[/(\[]\s*(?P<mark>[^\n()\[\]/]{2,30})\s*[/)\]]\s*[.]?\s*\Z")
_INITIALS_TAIL = re.compile(rf"{_ENDED}\s+[/(]?\s*[ء-ي]\s*[./]\s*[ء-ي](?:\s*[./]\s*[ء-ي])*\s*[./)]?\s*\Z")
_STOPS_BEFORE = tuple('.!?؟…»”"')
_WIDGET_HINT = re.compile(
    r"(?:ال)?(?:[أا]خبار|[آا]خر|[أا]حدث|[أا]هم|[أا]برز|شريط|[أا]كثر|المواضيع|المقالات|العناوين|القائمة)"
)
_WIDGET_LETTERS: Final = frozenset("اأآش")
"""What `_WIDGET_HINT` can begin with."""
_TAIL_HINTS: Final = (
    "رابط ",
    "مقالات ",
    "المزيد",
    "اقر",
    "إقر",
    "شاهد ",
    "سمات ",
    "تحديث",
    "لمراسلة",
    "وكالات",
    "@",
    "http",
    "www.",
)
_CODE_SIGNS: Final = ("}", "</")
PART_WORDS: Final = frozenset({*_CODE_SIGNS, *_TAIL_HINTS})
"""Words and signs of furniture glued to a paragraph."""
_BEFORE_TAIL = re.compile(r"[.!?؟…۔»”\"')\](\[/]")
"""The signs of which every rule for the end of a paragraph asks for one."""
_FULL_STOPS: Final = (".", "!", "؟", "?", "…", "»", "”", '"')
_LAST_STOP = re.compile(r"[.!?؟…۔][»”\"')\]]*\s*(?=\S)")


def _widget_openings() -> tuple[str, ...]:
    phrases = [*load_lines("phrases", "widget-heading"), *load_lines("phrases", "most-read")]
    return tuple(
        sorted({fold(p) for p in phrases if "*" not in p and " " in p and not p.isascii()}, key=len, reverse=True)
    )


_WIDGET = re.compile(r"(?:" + "|".join(map(re.escape, _widget_openings())) + r")(?P<space>[\s:|\-–—]*)")
_GOES_ON = re.compile(r"(?:التي|الذي|في|من|عن|علي|الي|حول|بشان|هي|هو|كانت|كان|و\s|ب|ل|المتعلقه|الخاصه|،|\()")


def widget_heading_head(line: str, outlet: str | None) -> Cut | None:
    """ "الاخبار العاجلةوشكل اللقاء ...": the heading of a box glued to the paragraph after it."""
    folded = fold(line[:60])
    match = _WIDGET.match(folded)
    if match is None or len(line) - match.end() < 45:
        return None
    if match["space"] and (_GOES_ON.match(folded, match.end()) or match["space"].isspace()):
        return (
            None
            if match["space"].isspace() and not folded[match.end() :].startswith("و")
            else (0, match.end(), "widget-heading")
        )
    return 0, match.end(), "widget-heading"


def byline_head(line: str, outlet: str | None) -> Cut | None:
    found = glued_byline(line, outlet)
    return (0, found[0], "byline") if found else None


_CODE_START = re.compile(
    r"(?:[#.@]?[A-Za-z][\w-]*(?:[\s,>:]+[#.]?[A-Za-z][\w-]*){0,6}\s*\{|\$\(|jQuery\b|function\s*\w*\(|document\.|window\.|"
    r"(?:var|let|const)\s+\w+\s*=|<script\b|<style\b)"
)
_CODE_END = re.compile(r"[};>][\s)};,]*(?=[^};]*\Z)")
_LEAST_CODE_SIGNS: Final = 4


def script(line: str) -> Cut | None:
    """Program code or style rules that a scraper took for text: from their first sign to the last brace."""
    start = _CODE_START.search(line)
    end = _CODE_END.search(line, start.end()) if start else None
    if start is None or end is None:
        return None
    code = line[start.start() : end.end()]
    signs = sum(map(code.count, "{};=("))
    latin = sum(char.isascii() for char in code)
    return (start.start(), end.end(), "script") if signs >= _LEAST_CODE_SIGNS and latin * 4 >= len(code) * 3 else None


_TAG_WORDS: Final = ("سمات", "وسوم", "كلمات", "tags")
_LINK_WORDS: Final = ("رابط", "مقالات", "مراسله", "للتواصل", "اقرا", "شاهد", "لقراءه", "المزيد")
"""Words without which the patterns cannot match: whether a text holds them is known much sooner."""


def tags_tail(line: str, outlet: str | None) -> Cut | None:
    return _tail(_TAGS, line, "tag-list") if _ends_with_any(line, _TAG_WORDS) else None


def link_tail(line: str, outlet: str | None) -> Cut | None:
    if not _ends_with_any(line, _LINK_WORDS):
        return None
    return _tail(_LINK, line, "read-also") or _tail(_READ_MORE, line, "read-also")


def address_tail(line: str, outlet: str | None) -> Cut | None:
    """Urls of embedded posts and e-mail addresses after the last stop."""
    if "@" in line[-_REACH:]:
        cut = _tail(_MAIL_TAIL, line, "author-email")
        if cut:
            return cut
    return _tail(_ADDRESS_TAIL, line, "embedded-post") if "http" in line[-_REACH:] or "www." in line[-_REACH:] else None


def agency_tail(line: str, outlet: str | None) -> Cut | None:
    """ "... انتهى. (أ ف ب)", "... انتهى/و.م.ع"."""
    bracketed = line.rstrip().rstrip(".").rstrip().endswith(("/", ")", "]"))
    for pattern in (_MARK_TAIL, _BRACKETED_TAIL) if bracketed else (_MARK_TAIL,):
        cut = _tail(pattern, line, "agency-mark")
        if cut is None:
            continue
        removed = line[cut[0] :].strip()
        after_stop = line[: cut[0]].rstrip().endswith(_STOPS_BEFORE)
        if names.agency_of(removed.strip(" .()[]/-–—*")) and (after_stop or "/" in removed):
            return cut
    return _tail(_INITIALS_TAIL, line, "agency-mark")


def furniture_tail(line: str, outlet: str | None) -> Cut | None:
    """What follows the last stop, if it would be furniture as a line of its own."""
    offset = max(0, len(line) - 90)
    last = None
    for match in _LAST_STOP.finditer(line, offset):
        last = match.end()
    if last is None or len(line) - last > 80:
        return None
    tail = line[last:].strip()
    rule = furniture(tail, key(tail), outlet) if tail else None
    if rule is None or rule in ("separator", "date-line", "byline", "embedded-post", "contact"):
        return None
    return last, len(line), rule


def _tail(pattern: re.Pattern[str], line: str, rule: str) -> Cut | None:
    offset = max(0, len(line) - _REACH)
    match = pattern.search(_folded_tail(line[offset:]))
    if match is None:
        return None
    start = offset + (match.end("stop") if "stop" in pattern.groupindex else match.start())
    return (start, len(line), rule) if start else None


def _ends_with_any(line: str, words: tuple[str, ...]) -> bool:
    """Whether one of the folded `words` stands near the end of a line."""
    tail = _folded_tail(line[-_REACH:])
    return any([word in tail for word in words])


@lru_cache(maxsize=4)
def _folded_tail(tail: str) -> str:
    return fold(tail)


def may_have_parts(text: str, words: Collection[str]) -> bool:
    """Whether `cut_parts` may find anything in a paragraph; `words` are those of `PART_WORDS` that its page holds."""
    for word in words:
        if word in text:
            return True
    return _may_have_head(text) or _may_have_tail(text[-_REACH:], ())


def _may_have_head(text: str) -> bool:
    return text.find(":", 0, 120) >= 0 or (text[0] in _WIDGET_LETTERS and _WIDGET_HINT.match(text) is not None)


def _may_have_tail(end: str, hints: tuple[str, ...]) -> bool:
    """Whether what ends a paragraph can be furniture: it is unstopped behind a stop, or holds a word that says so."""
    if not end.endswith(_FULL_STOPS):
        return _BEFORE_TAIL.search(end) is not None
    for hint in hints:
        if hint in end:
            return True
    return end[-2:-1].isspace() or end[-3:-2] in " ./"


def cut_parts(text: str, outlet: str | None) -> list[Cut]:
    """The parts of a paragraph that are furniture, sorted; each rule is tried again on what the others leave."""
    cuts: list[Cut] = []
    head, tail = 0, len(text)
    if any([sign in text for sign in _CODE_SIGNS]) and (cut := script(text)) is not None:
        return [cut]
    if _may_have_head(text):
        for rule in HEAD_RULES:
            cut = rule(text[head:tail], outlet)
            if cut is not None:
                cuts.append((head + cut[0], head + cut[1], cut[2]))
                head += cut[1]
    while _may_have_tail(text[max(head, tail - _REACH) : tail].rstrip(), _TAIL_HINTS):
        for rule in TAIL_RULES:
            cut = rule(text[head:tail], outlet)
            if cut is not None and cut[0] > 0:
                cuts.append((head + cut[0], tail, cut[2]))
                tail = head + cut[0]
                break
        else:
            break
    return sorted(cuts)


PartRule = Callable[[str, str | None], Cut | None]

HEAD_RULES: Final[tuple[PartRule, ...]] = (widget_heading_head, byline_head)
TAIL_RULES: Final[tuple[PartRule, ...]] = (tags_tail, link_tail, address_tail, agency_tail, furniture_tail)
"""The ordered rules for the head and for the end of a paragraph; each is tried again on what the others leave."""

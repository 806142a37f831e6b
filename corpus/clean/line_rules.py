"""Rules that know a furniture line by itself, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from corpus.clean import names
from corpus.clean.bylines import read_byline
from corpus.clean.dates import RELATIVE, is_clock_or_numeric_date, is_date_line
from corpus.clean.folding import fold
from corpus.clean.phrases import load_table, load_words

PHRASE_RULES: Final = (
    "comment-form",
    "comment-heading",
    "comment-count",
    "comment-rules",
    "copyright",
    "cookie-line",
    "newsletter",
    "share-line",
    "follow-line",
    "read-also",
    "most-read",
    "widget-heading",
    "tag-list",
    "contact",
    "embedded-post",
    "error-page",
    "agency-mark",
    "navigation",
)
"""Rules with a phrase table (`phrases/<rule>.txt`); the first that has a phrase keeps it."""

_TABLE = load_table(PHRASE_RULES)
_SENTENCES_TOO = frozenset({"comment-form", "comment-rules", "copyright", "cookie-line", "newsletter", "follow-line", "embedded-post"})
_LONGEST_OPENING: Final = 120

_URL_LINE = re.compile(r"(?:[^\s:]{2,20}\s*:\s*)?(?:https?://|www\.)\S+(?:\s+(?:https?://|www\.)\S+)*\s*\Z", re.I)
_MAIL_LINE = re.compile(
    r"(?:(?:البريد الالكتروني|بريد الكتروني|ايميل|لمراسله الكاتبه?|للتواصل مع الكاتبه?|لمراسلتنا|للتواصل|email|e-mail)\s*[:/-]?\s*)?"
    r"[\[(<]?[\w.+%-]{1,64}@[\w.-]+\.\w{2,}[\])>]?(?:\s*[|/،-]?\s*@\w+)?[\s*/]*\Z|\[email\s*protected\].*"
)
_HANDLE_LINE = re.compile(r"(?:(?:تويتر|الكاتب علي تويتر|حساب الكاتب|twitter|x|instagram|انستغرام)\s*[:/-]?\s*)?@\w{2,30}(?:\s+@\w+)*\s*\Z")
_ISSUE = re.compile(
    r"(?:رقم\s+)?(?:العدد|عدد|السنه|issue|no)\s*[:.(]*\s*\d+[\s)/\-–—|،.]*(?:السنه.*|\d.*)?"
    r"|(?:عدد\s+)?(?:المشاهدات|القراءات|الزيارات|القراء|مشاهدات|قراءات|المشاهدين|شوهد|قرئ|تمت القراءه|تمت المشاهده)\s*[:.(]*\s*[\d,.]+\s*[)kكم]?\s*(?:مره|مرات|مشاهده|قراءه)?"
    r"|[\d,.]+\s*[kم]?\s*(?:مشاهده|مشاهدات|قراءه|قراءات|زياره|زيارات|مره|مرات|views?|shares?|مشاركه|مشاركات|اعجاب|متابع|متابعا)"
)
_READING_TIME = re.compile(
    r"(?:مده القراءه|وقت القراءه|زمن القراءه|مده قراءه المقال|القراءه في|reading time)\s*[:|]?\s*(?:اقل من\s+)?(?:\d+|دقيقه|دقيقتين|دقيقتان)\s*(?:دقيقه|دقائق|دقيقتين|د|واحده|min\w*)?.{0,12}"
    r"|(?:\d+|دقيقه|دقيقتان|دقيقتين)\s*(?:دقيقه|دقائق|min\w*)?\s*(?:واحده\s*)?(?:للقراءه|قراءه|من القراءه|read)"
)
_PHOTO = re.compile(
    r"[(\[]?\s*(?:تصوير|عدسه|صور|صوره|الصوره|الصور|مصدر الصوره|حقوق الصوره|المصدر|photo|credit|image|getty images?|التعليق علي الصوره|مصدر الصوره)\s*"
    r"(?:[:/\-–—]|من|عن|خاصه ب|(?=\s*(?:getty|afp|reuters)))\s*.{2,60}[)\]]?|[(\[]?\s*(?:عدسه|تصوير)\s+\S+(?:\s+\S+){0,3}\s*[)\]]?"
    r"|[(\[]?\s*(?:صوره|صور|الصوره)\s+(?:ارشيفيه|من الارشيف|ارشيف|تعبيريه|توضيحيه|تعبيريه من الانترنت|رمزيه|متداوله)\s*[)\]]?"
    r"|[(\[]?\s*(?:ارشيف|ارشيفيه|من الارشيف|getty images|istock|shutterstock|social media|مواقع التواصل)\s*[)\]]?"
)
_SOURCE = re.compile(
    r"[(\[]?\s*(?:المصدر|مصدر|مصادر|المصادر|source|نقلا عن|نقلا من|عن|منقول عن|منقول)\s*(?P<colon>[:/\-–—])?\s*(?P<what>.{2,60}?)[)\]]?\s*"
)
_BREADCRUMB = re.compile(r"\s*[/»>›|«‹\\←→]+\s*|\s+[-–—]\s+")
_PAGER = re.compile(r"(?:[«»<>‹›…\s]|\d{1,3}|الصفحه|من|صفحه)+")
_NOTHING = re.compile(r"[\W_ـ]+")
_HASHTAGS = re.compile(r"(?:#[\w_]+[\s،,|]*)+")

LineRule = Callable[[str, str, str | None], str | None]
"""Answers with the id of the rule that removes a line, given its text, its key and the outlet, or with None."""


def phrase(text: str, line_key: str, outlet: str | None) -> str | None:
    """The tables of `phrases/`."""
    rule = _TABLE.rule_of(line_key, text)
    if rule is not None:
        if rule in _SENTENCES_TOO or len(text) <= _LONGEST_OPENING or line_key in _TABLE.whole:
            return rule
        return None
    return _TABLE.inner_rule_of(line_key) if len(line_key) > 12 else None


def separator(text: str, line_key: str, outlet: str | None) -> str | None:
    """"***", "ــــــ", a lone mark."""
    return "separator" if not line_key and _NOTHING.fullmatch(text) else None


def hashtags(text: str, line_key: str, outlet: str | None) -> str | None:
    return "tag-list" if text.startswith("#") and _HASHTAGS.fullmatch(text) else None


def date_line(text: str, line_key: str, outlet: str | None) -> str | None:
    if "#" not in line_key:
        return None
    return "date-line" if is_date_line(line_key) or is_clock_or_numeric_date(text) else None


def relative_time(text: str, line_key: str, outlet: str | None) -> str | None:
    """"منذ ساعتين"; with a name before it only if that is glued to it or the line says when it was updated."""
    folded = fold(text)
    if line_key.startswith("اخر تحديث") and len(text) < 60:
        return "relative-time"
    match = RELATIVE.fullmatch(folded)
    if match is None:
        return None
    who = match["who"]
    sure = not who.strip(" |-–—:•·") or match["updated"] or not who[-1].isspace() or read_byline(text[: len(who)], outlet)
    return "relative-time" if sure else None


def closed_vocabulary(text: str, line_key: str, outlet: str | None) -> str | None:
    """Lines made of words of buttons or of menus only."""
    words = line_key.split()
    if not words or len(words) > 40:
        return None
    share = load_words("share")
    if len(words) > 1 and all(word in share for word in words):
        return "share-line"
    if all(word in share for word in words) and words[0] not in ("و", "مع", "علي", "او", "اب", "عبر", "بريد"):
        return "share-line"
    menu = load_words("navigation")
    if len(words) >= 4 and all(word in menu for word in words) and not text.endswith((".", "؟")):
        return "navigation"
    return None


def breadcrumb(text: str, line_key: str, outlet: str | None) -> str | None:
    """"الرئيسية / سياسة / ..."."""
    if not line_key.startswith(("الرييسيه", "الرئيسيه", "home", "الصفحه الرئيسيه")):
        return None
    parts = [part for part in _BREADCRUMB.split(text) if part.strip()]
    return "breadcrumb" if len(parts) > 1 else None


def pager(text: str, line_key: str, outlet: str | None) -> str | None:
    return "navigation" if len(text) < 40 and _PAGER.fullmatch(fold(text)) and "#" in line_key else None


def address(text: str, line_key: str, outlet: str | None) -> str | None:
    """Lines that are an e-mail address, a handle or urls."""
    if "@" in text or "protected" in text:
        folded = fold(text)
        if _MAIL_LINE.fullmatch(folded) or _HANDLE_LINE.fullmatch(folded):
            return "author-email"
    if "http" in text or "www." in text:
        return "embedded-post" if _URL_LINE.fullmatch(text) else None
    return None


def counters(text: str, line_key: str, outlet: str | None) -> str | None:
    """Issue numbers, views, reading time."""
    if len(text) > 60:
        return None
    folded = fold(text)
    if "#" in line_key and _ISSUE.fullmatch(folded):
        return "issue-number" if line_key.startswith(("العدد", "عدد #", "رقم", "السنه", "issue")) else "view-count"
    return "reading-time" if _READING_TIME.fullmatch(folded) else None


def photo_credit(text: str, line_key: str, outlet: str | None) -> str | None:
    if len(text) > 70 or text.endswith(".") and len(text) > 40:
        return None
    folded = fold(text)
    if not _PHOTO.fullmatch(folded):
        return None
    return None if folded.startswith(("المصدر", "صور من", "صوره من", "صور عن", "صوره عن")) else "photo-credit"


def source_credit(text: str, line_key: str, outlet: str | None) -> str | None:
    if len(text) > 70:
        return None
    match = _SOURCE.fullmatch(fold(text))
    if match is None:
        return None
    if match["colon"] and line_key.startswith(("المصدر", "مصدر", "مصادر", "المصادر", "source")):
        return "source-credit"
    what = text[match.start("what") : match.end("what")]
    if names.agency_of(what) or names.is_outlet(what, outlet):
        return "source-credit"
    return "source-credit" if line_key.startswith(("نقلا عن", "منقول")) and len(line_key.split()) <= 7 and text[-1] != "." else None


def agency_mark(text: str, line_key: str, outlet: str | None) -> str | None:
    """An agency, or an agency and a place, alone on a line."""
    return "agency-mark" if names.agency_of(text.strip("()[]/ .-–—*")) else None


def byline(text: str, line_key: str, outlet: str | None) -> str | None:
    if text.endswith((".", "؟", "!", "…")) and not text.endswith("..."):
        return None
    return "byline" if read_byline(text, outlet) is not None else None


RULES: Final[tuple[LineRule, ...]] = (
    separator,
    phrase,
    hashtags,
    date_line,
    relative_time,
    closed_vocabulary,
    breadcrumb,
    pager,
    address,
    counters,
    agency_mark,
    photo_credit,
    source_credit,
    byline,
)
"""The ordered rules; the first that answers decides."""


def furniture(text: str, line_key: str, outlet: str | None = None) -> str | None:
    """The id of the rule by which a line is furniture whatever stands around it; None if it may be text."""
    for rule in RULES:
        found = rule(text, line_key, outlet)
        if found is not None:
            return found
    return None

"""Rules that know a furniture line by itself, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final

from corpus.clean import names
from corpus.clean.bylines import read_byline
from corpus.clean.dates import (
    RELATIVE,
    RELATIVE_WORDS,
    date_at_end,
    is_clock_or_numeric_date,
    is_date_line,
    is_date_word,
    without_date,
)
from corpus.clean.folding import fold, key
from corpus.clean.lines import SHORT
from corpus.clean.phrase_rules import follow, phrase
from corpus.clean.phrases import load_lines, load_words

LONGEST_SENTENCE: Final = 400

_URL_LINE = re.compile(r"(?:[^\s:]{2,20}\s*:\s*)?(?:https?://|www\.)\S+(?:\s+(?:https?://|www\.)\S+)*\s*\Z", re.I)
_MAIL_LINE = re.compile(
    r"(?:(?:البريد الالكتروني|بريد الكتروني|ايميل|لمراسله الكاتبه?|للتواصل مع الكاتبه?|لمراسلتنا|للتواصل|email|"
    r"e-mail)\s*[:/-]?\s*)?"
    r"[\[(<]?[\w.+%-]{1,64}@[\w.-]+\.\w{2,}[\])>]?(?:\s*[|/،-]?\s*@\w+)?[\s*/]*\Z|\[email\s*protected\].*"
)
_HANDLE_LINE = re.compile(
    r"(?:(?:تويتر|الكاتب علي تويتر|حساب الكاتب|twitter|x|instagram|انستغرام)\s*[:/-]?\s*)?"
    r"(?:@\w{2,30}(?:\s+@\w+)*|[a-z]\w{2,30}@)\s*\Z"
)
_ISSUE = re.compile(
    r"(?:رقم\s+)?(?:العدد|عدد|السنه|issue|no)\s*[:.(]*\s*\d+[\s)/\-–—|،.]*(?:السنه.*|\d.*)?"
    r"|(?:عدد\s+)?(?:المشاهدات|القراءات|الزيارات|القراء|مشاهدات|قراءات|المشاهدين|شوهد|قرئ|تمت القراءه|"
    r"تمت المشاهده)\s*[:.(]*\s*[\d,.]+\s*[)kكم]?\s*(?:مره|مرات|مشاهده|قراءه)?"
    r"|[\d,.]+\s*[kم]?\s*(?:مشاهده|مشاهدات|قراءه|قراءات|زياره|زيارات|مره|مرات|views?|shares?|مشاركه|مشاركات|"
    r"اعجاب|متابع|متابعا)"
)
_READING_TIME = re.compile(
    r"(?:مده القراءه|وقت القراءه|الوقت التقديري للقراءه|زمن القراءه|مده قراءه المقال|القراءه في|reading time)\s*[:|"
    r"]?\s*(?:اقل من\s+)?(?:\d+|دقيقه|دقيقتين|دقيقتان)\s*(?:دقيقه|دقائق|دقيقتين|د|واحده|min\w*)?.{0,12}"
    r"|(?:\d+|دقيقه|دقيقتان|دقيقتين)\s*(?:دقيقه|دقائق|min\w*)?\s*(?:واحده\s*)?(?:للقراءه|قراءه|من القراءه|read)"
)
_PHOTO = re.compile(
    r"[(\[]?\s*(?:تصوير|عدسه|صور|صوره|الصوره|الصور|مصدر الصوره|حقوق الصوره|المصدر|photo|credit|image|"
    r"getty images?|التعليق علي الصوره|مصدر الصوره)\s*"
    r"(?:[:/\-–—]|من|عن|خاصه ب|(?=\s*(?:getty|afp|reuters)))\s*.{2,60}[)\]]?|[(\[]?\s*(?:عدسه|"
    r"تصوير)\s+\S+(?:\s+\S+){0,3}\s*[)\]]?"
    r"|[(\[]?\s*(?:صوره|صور|الصوره)\s+(?:ارشيفيه|من الارشيف|ارشيف|تعبيريه|توضيحيه|تعبيريه من الانترنت|رمزيه|"
    r"متداوله)\s*[)\]]?"
    r"|[(\[]?\s*(?:ارشيفيه|ارشيف)\s*[:/-].{2,60}|[(\[]?\s*(?:ارشيف|ارشيفيه|من الارشيف|getty images|istock|"
    r"shutterstock|social media|مواقع التواصل)\s*[)\]]?"
)
_SOURCE = re.compile(
    r"[(\[]?\s*(?:المصدر|مصدر|مصادر|المصادر|source|نقلا عن|نقلا من|عن|منقول عن|"
    r"منقول)\s*(?P<colon>[:/\-–—])?\s*(?P<what>.{2,60}?)[)\]]?\s*"
)
_BREADCRUMB = re.compile(r"\s*[/»>›|«‹\\←→]+\s*|\s+[-–—]\s+")
_STEPS = re.compile(r"\S\s+[>›»]{1,2}\s+\S")
_TICKER_SIGNS: Final = (*"|●•◄►■◆»", "***", "//")
_TICKER = re.compile(r"\s*(?:\|{1,3}|●|•|◄|►|■|◆|\*{3}|/{2,3}|\s»\s)\s*")
_INITIALS = re.compile(r"[/(]?\s*[ء-ي](?:\s*[./]\s*[ء-ي])+\s*[./)]*")
_SIGNED_AGENCY = re.compile(r"[(\[/]?\s*(?P<agency>.{2,20}?)\s*[)\]/]?\s+[ء-ي]\s*[./]\s*[ء-ي]\s*[./]?")
_EDITORS_AND_AGENCIES = re.compile(r"[ء-ي](?:\s*[./]\s*[ء-ي])+\s*\.?\s*\((?P<agencies>[^()]{2,40})\)")
_SHORT_NAME = re.compile(r"[ء-ي]{1,2}\s?\.\s?[ء-ي]{3,12}|[ء-ي]{3,12}\s?\.\s?[ء-ي]{1,2}")  # ع.عسول، منية.ك
_PAGER = re.compile(r"(?:[«»<>‹›…\s]|\d{1,3}|الصفحه|من|صفحه)+")
_NOTHING = re.compile(r"[\W_ـ]+")
_HASHTAGS = re.compile(r"(?:#[\w_]+[\s،,|]*)+")

_NOT_ALONE = frozenset(
    {"ان", "اب", "توك", "بريد", "البريد", "رابط", "الرابط", "منصه", "لاين", "x", "in", "email", "like"}
)
_SHARE_WORDS = load_words("share") | load_words("networks")
_SHARE_RUN = re.compile(
    "(?:(?:" + "|".join(sorted(map(re.escape, _SHARE_WORDS | {"#"}), key=len, reverse=True)) + r")\s*)++"
)
_CODE = re.compile(
    r"[\s{}()\[\];,]+|.*(?:\bfunction\s*\w*\(|\bvar \w+|\$\(|document\.|window\.|\w+\([^)]*\);).*|[\w\s.#:>,@()-]+\{.*"
    r"|[\w-]+\s*:[^;{}]+;|</?(?:script|style|div|span|p|br|iframe)\b[^>]*>"
)
_META_SIGNS = frozenset(key(word) for word in load_lines("words", "meta-signs"))

LineRule = Callable[[str, str, str | None], str | None]
"""Answers with the id of the rule that removes a line, given its text, its key and the outlet, or with None."""


def separator(text: str, line_key: str, outlet: str | None) -> str | None:
    """ "***", "ــــــ", a lone mark or Latin letter."""
    return (
        "separator"
        if (not line_key and _NOTHING.fullmatch(text)) or (len(text) == 1 and text.isascii() and text.isalpha())
        else None
    )


_SIZES = re.compile(r"(?:(?P<letter>[أاتعAaTt])\s*[+\-–]?\s*|[+\-–]\s*(?=[أاتعAaTt]))(?:(?P=letter)|[+\-–\s]){1,8}")
_PLACEHOLDER = re.compile(r"\$?\{{1,2}[^{}]*\}{1,2}")


def size_buttons(text: str, line_key: str, outlet: str | None) -> str | None:
    """ "A+", "أأأ", "ت + ت - الحجم الطبيعي": buttons for the size of the letters."""
    if text[0] not in "أاتعAaTt+-–" or len(text) > 40:
        return None
    buttons = fold(text).replace("الحجم الطبيعي", "").replace("الحجم العادي", "")
    return "share-line" if _SIZES.fullmatch(buttons.strip()) else None


def code(text: str, line_key: str, outlet: str | None) -> str | None:
    """A line of a program or a style sheet: no Arabic, and braces or statements; a template that was not filled."""
    if text and text[0] in "${" and _PLACEHOLDER.fullmatch(text):
        return "script"
    if not text or not text.isascii() or text[-1] not in "{};,)>":
        return None
    return "script" if _CODE.fullmatch(text) else None


def of_author(text: str, line_key: str, outlet: str | None) -> str | None:
    """ "مقالات أخرى للكاتبسيدي ...": the headlines of an author, glued to their heading and to each other."""
    return "read-also" if text.startswith("مقالات") and _OF_AUTHOR.match(text) else None


def hashtags(text: str, line_key: str, outlet: str | None) -> str | None:
    return "tag-list" if text.startswith("#") and _HASHTAGS.fullmatch(text) else None


_DATE_LABELS = frozenset(key(label) for label in load_lines("words", "date-labels"))


def date_line(text: str, line_key: str, outlet: str | None) -> str | None:
    if line_key in _DATE_LABELS:
        return "date-line"
    if (
        ("#" not in line_key and not line_key.startswith("بتوقيت"))
        or len(text) > 120
        or "%" in text
        or text[0] in "•*-–·("
    ):
        return None
    if is_date_line(line_key) or is_clock_or_numeric_date(text):
        return "date-line"
    rest = without_date(text)
    if rest and (end := date_at_end(text)):
        rest = text[:end].rstrip(" -–—|/،")
    if rest is None or rest == text or len(rest.split()) > 8:
        return None
    place, _, agency = rest.strip(" -–—|/").rpartition(" ")
    if names.is_place(rest) or (names.is_place(place.strip(" -–/(")) and names.agency_of(agency)):
        return "date-line"
    who = rest.strip(" -–—|/،")
    by = who.startswith("من قبل ") and names.may_be_unknown_name(who.removeprefix("من قبل "))
    return "byline" if by or read_byline(who, outlet) is not None else None


def relative_time(text: str, line_key: str, outlet: str | None) -> str | None:
    """ "منذ ساعتين"; with a name before it only if that is glued to it or the line says when it was updated."""
    folded = fold(text)
    if line_key.startswith("اخر تحديث") and len(text) < 60:
        return "relative-time"
    match = RELATIVE.fullmatch(folded) if any([word in folded for word in RELATIVE_WORDS]) else None
    if match is None:
        return None
    who = match["who"]
    sure = (
        not who.strip(" |-–—:•·") or match["updated"] or not who[-1].isspace() or read_byline(text[: len(who)], outlet)
    )
    return "relative-time" if sure else None


def closed_vocabulary(text: str, line_key: str, outlet: str | None) -> str | None:
    """Lines made of words of buttons or of menus only."""
    words = line_key.split()
    if not words or len(words) > 40:
        return None
    if len(words) <= 2 and len(words[-1]) >= 12 and _SHARE_RUN.fullmatch(line_key):
        return "share-line"
    if len(words) == 1:
        return (
            "share-line"
            if line_key in load_words("networks") and line_key not in _NOT_ALONE and text[-1] != ":"
            else None
        )
    if words[0] in _SHARE_WORDS and _SHARE_RUN.fullmatch(line_key):
        return "share-line"
    if "#" in words or len(words) > 2:
        meta = load_words("meta")
        if all(word in meta or is_date_word(word) for word in words) and (
            any(word in _META_SIGNS for word in words) or (words.count("#") > 1 and "دقيقه" in words)
        ):
            return "view-count"
    menu = load_words("navigation")
    if len(words) >= 4 and all(word in menu for word in words) and not text.endswith((".", "؟")):
        return "navigation"
    return None


def breadcrumb(text: str, line_key: str, outlet: str | None) -> str | None:
    """ "الرئيسية / سياسة / ...", "أنت هنا: ...", "الوطني > أحوال الطقس"."""
    if len(text) > 2 * SHORT:
        return None
    if line_key.startswith(("انت هنا", "انت الان في")):
        return "breadcrumb"
    if line_key.startswith(("الرئيسيه", "home", "الصفحه الرئيسيه")):
        return "breadcrumb" if len([part for part in _BREADCRUMB.split(text) if part.strip()]) > 1 else None
    if "«" in text or text[-1] in ".؟!" or not any([sign in text for sign in ">›»"]):
        return None
    return "breadcrumb" if _STEPS.search(text) else None


def ticker(text: str, line_key: str, outlet: str | None) -> str | None:
    """Headlines run together on one line, between bars or bullets."""
    if not any([sign in text for sign in _TICKER_SIGNS]):
        return None
    parts = [part for part in _TICKER.split(text) if part.strip()]
    if len(parts) < 3 or any(part.rstrip().endswith((".", "؛")) for part in parts):
        return None
    long = sum(part.count(" ") >= 2 for part in parts)
    return "ticker" if long >= 3 and long * 4 >= len(parts) * 3 else None


def pager(text: str, line_key: str, outlet: str | None) -> str | None:
    words = line_key.split()
    if (
        "#" not in words
        or len(text) > 40
        or not (len(words) > 2 or "صفحه" in line_key)
        or not _PAGER.fullmatch(fold(text))
    ):
        return None
    return "navigation"


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


def copyright_sign(text: str, line_key: str, outlet: str | None) -> str | None:
    """ "© 2026 ...": whose the page is; "© AP Photo / Vahid Salemi": whose a picture is."""
    if text[0] == "©" or (text[-1] == "©" and len(text) <= SHORT):
        if "#" in line_key or len(text) > 70:
            return "copyright" if len(text) <= LONGEST_SENTENCE else None
        return "photo-credit" if text[0] == "©" else "copyright"
    return None


def photo_credit(text: str, line_key: str, outlet: str | None) -> str | None:
    if len(text) > 70 or (text.endswith(".") and len(text) > 40):
        return None
    folded = fold(text)
    if not _PHOTO.fullmatch(folded):
        return None
    return None if folded.startswith(("المصدر", "صور من", "صوره من", "صور عن", "صوره عن")) else "photo-credit"


def source_credit(text: str, line_key: str, outlet: str | None) -> str | None:
    if line_key == "المصدر":
        return "source-credit"
    if len(text) > 70:
        return None
    match = _SOURCE.fullmatch(fold(text))
    if match is None:
        return None
    if match["colon"] and line_key.startswith(("المصدر", "مصدر", "source")) and len(line_key.split()) <= 6:
        return "source-credit"
    what = text[match.start("what") : match.end("what")]
    if names.agency_of(what) or names.is_outlet(what, outlet):
        return "source-credit"
    return (
        "source-credit"
        if line_key.startswith(("نقلا عن", "منقول")) and len(line_key.split()) <= 7 and text[-1] != "."
        else None
    )


def agency_mark(text: str, line_key: str, outlet: str | None) -> str | None:
    """An agency alone on a line, or the initials of its editors ("ر.س/ م.ع")."""
    if names.agency_of(text.strip("()[]/ .-–—*")) or (len(text) < 24 and _INITIALS.fullmatch(text)):
        return "agency-mark"
    editors = _EDITORS_AND_AGENCIES.fullmatch(text) if len(text) < 50 else None
    if editors and all(names.agency_of(part) for part in re.split(r"[،,/+]", editors["agencies"])):
        return "agency-mark"
    signed = _SIGNED_AGENCY.fullmatch(text) if len(text) < 40 else None
    return "agency-mark" if signed and names.agency_of(signed["agency"]) else None


def byline(text: str, line_key: str, outlet: str | None) -> str | None:
    if text.endswith((".", "؟", "!", "…")) and not text.endswith("..."):
        return None
    return "byline" if read_byline(text, outlet) is not None or _SHORT_NAME.fullmatch(text) else None


RULES: Final[tuple[LineRule, ...]] = (
    code,
    separator,
    size_buttons,
    phrase,
    follow,
    of_author,
    hashtags,
    date_line,
    relative_time,
    counters,
    closed_vocabulary,
    breadcrumb,
    ticker,
    pager,
    address,
    agency_mark,
    copyright_sign,
    photo_credit,
    source_credit,
    byline,
)
"""The ordered rules; the first that answers decides."""


HINTS: Final = frozenset(load_lines("words", "hints"))
"""Words of the furniture that comes in sentences."""
_OF_AUTHOR = re.compile(r"مقالات [أا]خرى للكاتبة?(?=\S)")
_OPENING_HINT = re.compile(r"\W*(?:[إا]قر[أا]|طالع|شاهد|للمزيد|قد ي|انظر|راجع|المزيد|شريط|عاجل|مقالات [أا]خرى)")


def may_be_furniture(text: str, hints: Collection[str]) -> bool:
    """Whether a line that looks like a paragraph may be furniture; `hints` are those of `HINTS` that its page holds."""
    if len(text) > LONGEST_SENTENCE:
        return text.startswith("مقالات") and _OF_AUTHOR.match(text) is not None
    for hint in hints:  # a plain loop: this is asked of every paragraph
        if hint in text:
            return True
    return _OPENING_HINT.match(text) is not None


@lru_cache(maxsize=8192)  # the pages of an outlet share their menus
def furniture(text: str, line_key: str, outlet: str | None = None) -> str | None:
    """The id of the rule by which a line is furniture whatever stands around it; None if it may be text."""
    for rule in RULES:
        found = rule(text, line_key, outlet)
        if found is not None:
            return found
    if line_key.endswith(" نهايه"):  # "قصص مقترحة نهاية": the end of a box for those who hear the page
        return furniture(text.rstrip()[: -len("نهاية")].rstrip(), line_key.removesuffix(" نهايه"), outlet)
    return None

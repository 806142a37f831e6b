"""Bylines: who wrote, for whom and where, as a line of its own or glued to the first sentence.

"هسبريس - و.م.ع", "عين اليوم – متابعات", "محمد البلوي – تبوك", "بدر الجبل- سبق- تبوك:", "كتب: ...", "بقلم ...",
"محمد سعدالله من الرياض", "الرباط: فلان", "هيفاء عبدالله- عين اليوم".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from corpus.clean import names
from corpus.clean.folding import fold, key
from corpus.text.chars import TATWEEL

LONGEST: Final = 110
"""Code points beyond which a line or the head of a sentence is no byline."""

_DASH = r"(?:\s*[-–—|/•·\N{MINUS SIGN}]+\s*|\s+ـ+\s+)"
_BETWEEN_DASHES = re.compile(_DASH)
_DASH_SIGN = re.compile(r"[-–—|/•·\N{MINUS SIGN}ـ]")
_PARTS = re.compile(rf"{_DASH}|\s*[:،,]\s*|\s*[()]\s*")
_SIGN_BETWEEN = re.compile(r"[-–—|/•·\N{MINUS SIGN}:،,()]")
"""Splits as `_PARTS` does, white space aside, where no dash is written as tatweel: much faster."""
_CUE = re.compile(
    r"^(?:[-–—ـ•*]\s*)?(?:كتبه|كتبها|كتب|كتبت|بقلم|تحرير|اعداد|اعداد وتقديم|اعدها|اعده|اعد التقرير|ترجمه|حاوره|"
    r"حاورته|حاورها|حاورتها|"
    r"اجري الحوار|اجرت الحوار|انجاز|انجزه|روبورتاج|تحقيق|تغطيه|تغطيه وتصوير|تقرير|مراسله|متابعه|قراءه|عرض|"
    r"المحرر|الكاتب|الكاتبه|بواسطه|"
    r"من قبل|المولف|مراسلنا|مراسل|من مراسلنا|نشر بواسطه|نشرت بواسطه|written by|author|by)"
    r"\s*(?P<stop>[:/\-–—ـ,]+|(?=\s))\s*(?P<who>.{2,70}?)\s*[:.]?$"
)
_LONGEST_NAME: Final = 5
_INITIAL_AND_NAME = re.compile(r"[ء-ي]{1,2}\s?\.\s?[ء-ي]{3,12}")
_NOUN_CUE = re.compile(
    r"(?:من قبل|الكاتبه?|المحرر|المولف|مراسلنا|مراسل|قراءه|عرض|تقرير|تحقيق|تغطيه|author|by|روبورتاج|مراسله)\b"
)
_SURE_CUES = ("بقلم", "بواسطه", "حاور", "written by", "نشر بواسطه")
_DESK = re.compile(r"(?:عدسة|تصوير|صور|تقرير|متابعة|مكتب)(?:\s+\S+){1,3}")
_CUE_WORDS: Final = frozenset(key("بقلم كتب كتبت إعداد تحرير ترجمة حاوره حاورها").split())
_FROM = re.compile(r"^(?P<who>\S+(?:\s+\S+){0,4}?)\s+من\s+(?P<place>\S+(?:\s+\S+){0,3})$")
_STAFF = frozenset(
    key(text)
    for text in (
        "هيئة التحرير",
        "هيأة التحرير",
        "أسرة التحرير",
        "فريق التحرير",
        "قسم التحرير",
        "التحرير",
        "المحرر",
        "مكتب الرباط",
        "متابعة",
        "متابعات",
        "خاص",
        "وكالات",
        "مراسلون",
        "مراسلة خاصة",
        "صحافي متدرب",
        "صحفي متدرب",
        "صحافية متدربة",
        "صحفية متدربة",
        "محرر صحفي",
        "محرر الشؤون المحلية",
        "محرر الشؤون السياسية",
        "محرر الشؤون الاقتصادية",
        "محرر الشؤون الرياضية",
        "محرر الاقتصاد",
        "محرر الرياضة",
        "المحرر الاقتصادي",
        "المحرر السياسي",
        "المحرر الرياضي",
        "admin",
        "editor",
        "الإدارة",
        "إدارة التحرير",
        "كاتب صحفي",
        "كاتبة صحفية",
        "المحليات",
        "تحقيق",
        "إعداد",
    )
)


@dataclass(frozen=True, slots=True)
class Byline:
    """What a byline says; each part as printed."""

    byline: str | None = None
    agency: str | None = None
    place: str | None = None
    outlet: str | None = None


@lru_cache(maxsize=8192)
def read_byline(text: str, outlet: str | None = None, *, loose: bool = False) -> Byline | None:
    """What `text` says if it is a byline and nothing else; None if it is none.

    `loose` believes names it does not know beside a place or an outlet: for lines over the body of an article.
    """
    text = text.strip(" \t\N{NO-BREAK SPACE}")
    if not 2 < len(text) <= LONGEST:
        return None
    cued = _read_cued(text)
    if cued is not None:
        return cued
    origin = _FROM.match(text.rstrip(" :")) if "من" in text else None
    if origin and names.is_place(origin["place"]):
        if names.is_outlet(origin["who"], outlet):
            return Byline(place=origin["place"], outlet=origin["who"])
        if names.may_be_name(origin["who"]):
            return Byline(byline=origin["who"], place=origin["place"])
    return _read_parts(text, outlet, loose)


def _read_cued(text: str) -> Byline | None:
    """A byline that says so: "كتب: ...", "بقلم ...", "حاورته ..."."""
    match = _CUE.match(fold(text))
    if match is None:
        return None
    noun = _NOUN_CUE.match(fold(text).lstrip("-–—ـ•* "))
    if noun and not match["stop"]:
        return None
    who = text[match.start("who") : match.end("who")].strip(" -–—:/")
    words = key(who).split()
    if not 0 < len(words) <= 12 or re.search(r"(?:[!?؟؛]|\w\w\.)\s", who):
        return None
    sure = fold(text).lstrip("-–—ـ•* ").startswith(_SURE_CUES) and len(words) <= 6
    if who.startswith("عن ") and names.is_outlet(who[3:]):
        return Byline(outlet=who[3:])
    if not (match["stop"] or sure or names.may_be_name(who) or _INITIAL_AND_NAME.fullmatch(who)):
        return None
    if noun and len(words) > _LONGEST_NAME and not names.may_be_name(who) and not _PARTS.search(who):
        return None
    parts = [part.strip() for part in _PARTS.split(who) if part.strip()]
    place = next((part for part in parts if names.is_place(part)), None)
    agency = next((part for part in parts if names.agency_of(part)), None)
    people = [part for part in parts if part not in (place, agency)]
    return Byline(" - ".join(people) or None, agency, place)


def _read_parts(text: str, outlet: str | None, loose: bool) -> Byline | None:
    """Parts between dashes, colons and brackets: every one a name, a place, an agency or an outlet."""
    pieces = _PARTS.split(text) if TATWEEL in text else _SIGN_BETWEEN.split(text)
    parts = [stripped for part in pieces if (stripped := part.strip().strip(' «»"“”*_'))]
    if not 0 < len(parts) <= 6:
        return None
    if len(parts) == 1 and names.is_too_long(parts[0]) and not names.is_outlet(parts[0], outlet):
        return None
    people: list[str] = []
    agency = place = site = None
    sure = cued_next = False
    unknown: list[str] = []
    for part in parts:
        origin = _FROM.match(part) if "من" in part else None
        if site is None and f"«{part}»" in text and key(part) in names.ambiguous_outlets():
            site, sure = part, True  # الرياض - «الرياض»
            continue
        if site is None and names.is_outlet(part, outlet):
            site, sure = part, True
        elif names.agency_of(part) is not None:
            agency, sure = agency or part, True
        elif key(part) in _CUE_WORDS and part != parts[-1]:
            sure = cued_next = True
            continue
        elif cued_next and names.may_be_unknown_name(part):
            people.append(part)
        elif key(part) in _STAFF:
            people.append(part)
            sure = True
        elif names.is_place(part):
            place = place or part
        elif site is None and len(parts) > 1 and key(part) in names.ambiguous_outlets():
            site = part
        elif names.may_be_name(part):
            people.append(part)
        elif len(parts) > 1 and origin and names.is_place(origin["place"]) and names.may_be_unknown_name(origin["who"]):
            people.append(origin["who"])
            place = place or origin["place"]
        elif len(parts) > 1 and (cued := _read_cued(part)) is not None:
            people.append(cued.byline or part)
            sure = True
        elif _DESK.fullmatch(part):
            sure = sure or len(parts) > 1
        elif len(parts) > 1 and (signed := _name_before_agency(part)) is not None:
            people.append(signed[0])
            agency, sure = agency or signed[1], True
        elif loose and len(parts) > 1 and names.may_be_unknown_name(part):
            unknown.append(part)
        else:
            return None
    if unknown and not (place or site):
        return None
    people += unknown
    if sure or (people and (place or site)):
        return Byline(" - ".join(people) or None, agency, place, site)
    return None


def _name_before_agency(text: str) -> tuple[str, str] | None:
    """ "صلاح شرارة د ب أ": a name and the agency after it."""
    words = text.split()
    for count in (1, 3, 2):
        name, printed = " ".join(words[:-count]), " ".join(words[-count:])
        if name.count(" ") and names.may_be_unknown_name(name) and names.agency_of(printed):
            return name, printed
    return None


_ROLE = re.compile(
    r"^[*•\s]*(?:ال)?(?:استاذه?|باحثه?|كاتبه?|صحافيه?|صحفيه?|محام|محاميه|خبيره?|اكاديميه?|مديره?|رييسه?|رئيسه?|"
    r"عضوه?|ناشطه?|طبيبه?|مهندسه?|مستشاره?|"
    r"استشاريه?|اعلاميه?|شاعره?|روائيه?|رواييه?|ناقده?|محلله?|دبلوماسيه?|وزيره?|فاعله?|مفكره?|مورخه?|سفيره?|"
    r"ماجستير|دكتوراه|بكالوريوس|تربويه?)(?:\s|\Z)"
)


def is_role(text: str) -> bool:
    """Whether a short line is what its author is: "أستاذ بجامعة محمد الخامس", "* كاتب وباحث"."""
    text = text.removesuffix(" .")
    return len(text.split()) <= 9 and text[-1] not in ".:؟!" and _ROLE.match(fold(text)) is not None


_HEAD = re.compile(r"^[^\n:.!?؟]{3,90}:\s*(?=\S)")
_CUED_HEAD = re.compile(
    r"^(?:كتب|كتبت|بقلم|اعداد|تقرير|متابعه|ترجمه)\s*[-–—:/]\s*(?P<who>[^:\-–—]{3,40})\s*[:\-–—]\s+(?=\S)"
)


def glued_byline(text: str, outlet: str | None = None) -> tuple[int, Byline] | None:
    """Where the byline glued to the head of a sentence ends, and what it says; None if there is none.

    "name - site - place: sentence" is one; a place line ("الرباط – ", "دمشق (CNN) --") is not, it stays.
    """
    head = text[: LONGEST + 10]
    cued = _CUED_HEAD.match(fold(head))
    if cued and names.may_be_name(head[cued.start("who") : cued.end("who")]):
        return cued.end(), Byline(byline=head[cued.start("who") : cued.end("who")].strip())
    match = _HEAD.match(head)
    if match is None:
        return None
    inner = match[0].rstrip().rstrip(":")
    if not _DASH_SIGN.search(inner) or len(_BETWEEN_DASHES.split(inner)) < 2:
        return None
    found = read_byline(inner, outlet, loose=True)
    if found is None or not (found.byline or found.agency or found.outlet):
        return None
    return match.end(), found


_DATELINE = re.compile(
    r"^(?P<place>[^\n.:!?؟\d/()\[\]–—-]{2,40}?)\s*(?:في\s+)?(?:\d{1,2}[\s/.-]*(?:\d{1,2}[\s/.-]+\d{4}|"
    r"[^\s\d/()–—-]+(?:\s+\d{4})?)?)?\s*"
    r"(?:[/(]\s*(?P<agency>[^)/\n]{1,25}?)\s*[/)]|(?<=\s)(?P<name>[^\s\d–—-]{2,8}(?=\s*[–—-])))?\s*(?:[-–—ـ]+|"
    r"(?<=/)|(?<=\)))\s*\S"
)


_DASHED = re.compile(r"[-–—ـ/)]")


def dateline(text: str) -> Byline | None:
    """The place, and the agency if it is named, of the place line at the head of a body sentence."""
    head = text[:80]
    match = _DATELINE.match(head) if _DASHED.search(head) else None
    if match is None:
        return None
    place = match["place"].strip()
    printed = (match["agency"] or match["name"] or "").strip()
    agency = printed if names.agency_of(printed) else None
    if not names.is_place(place) and not (agency and len(place.split()) <= 3):
        return None
    return Byline(place=re.split(r"\s*[،,]", place)[0], agency=agency)

"""Date and time lines: a line that holds nothing but a date, a time and the words around them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from corpus.clean.folding import fold, key

_GREGORIAN: Final = (
    "يناير كانون_الثاني جانفي january jan",
    "فبراير شباط فيفري february feb",
    "مارس آذار march mar",
    "أبريل إبريل نيسان أفريل april apr",
    "مايو أيار ماي may",
    "يونيو حزيران جوان يونيه june jun",
    "يوليو تموز جويلية يوليوز يوليه july jul",
    "أغسطس آب أوت غشت august aug",
    "سبتمبر أيلول شتنبر september sep sept",
    "أكتوبر تشرين_الأول اكتوبر october oct",
    "نوفمبر تشرين_الثاني نونبر november nov",
    "ديسمبر كانون_الأول دجنبر december dec",
)
_HIJRI: Final = (
    "محرم المحرم صفر ربيع_الأول ربيع_الثاني ربيع_الآخر جمادى_الأولى جمادى_الآخرة جمادى_الثانية رجب شعبان رمضان شوال "
    "ذو_القعدة ذي_القعدة ذو_الحجة ذي_الحجة"
)
_WEEKDAYS: Final = (
    "السبت الأحد الاحد الإثنين الاثنين الاتنين الثلاثاء الأربعاء الخميس الجمعة monday tuesday wednesday "
    "thursday friday saturday "
    "sunday mon tue wed thu fri sat sun"
)
_BARE_WEEKDAYS: Final = "سبت أحد إثنين اثنين ثلاثاء أربعاء خميس جمعة"
"""Weekdays without article, as some publishing systems print them before a numeric date: words that mean more."""
_AROUND: Final = (
    "يوم اليوم أمس في على من إلى الساعة ساعة بتوقيت توقيت غرينتش جرينتش غرينيتش جرينيتش gmt utc gst est edt bst ksa "
    "مكة المكرمة القاهرة "
    "الرياض المغرب المحلي ت م ص هـ ه "
    "ميلادي هجري ميلادية هجرية دقيقة دقائق ثانية مساء صباحا ظهرا عصرا ليلا فجرا صباح am pm الموافق الموافق_ل "
    "نشر نشرت نشره منشور تم النشر تاريخ بتاريخ "
    "آخر تحديث أخر اخر تحديثه تعديل آخر_تحديث حرر محين محينة التحديث التعديل الإضافة أضيف كتب وقت زمن التوقيت "
    "published updated last on at posted date "
    "modified created العدد عدد رقم السنة issue و"
)

_MONTH_OF: dict[str, int] = {
    key(name.replace("_", " ")): number for number, names in enumerate(_GREGORIAN, 1) for name in names.split()
}
_WORDS: Final = frozenset(
    word for text in (*_GREGORIAN, _HIJRI, _WEEKDAYS, _AROUND) for word in key(text.replace("_", " ")).split()
)
_ANCHORS: Final = frozenset(
    word for text in (*_GREGORIAN, _HIJRI, _WEEKDAYS) for word in key(text.replace("_", " ")).split() if len(word) > 2
)
_MONTH_NAMES = "|".join(
    sorted((re.escape(fold(name.replace("_", " "))) for n in _GREGORIAN for name in n.split()), key=len)[::-1]
)
_MONTH = rf"(?:{_MONTH_NAMES})"
_NAMED = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\s*[-/,،]?\s*(?P<month>{_MONTH})(?:\s*[/(]\s*{_MONTH}\)?)?\s*[-/,،]?\s*(?P<year>(?:19|20)\d\d)(?!\d)"
)
_MONTH_FIRST = re.compile(rf"(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})\s*[,،]\s*(?P<year>(?:19|20)\d\d)(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<day>\d{1,2})(?!\d)"
)
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<year>(?:19|20)\d\d)(?!\d)")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s*[:.]\s*\d{2}(?:\s*[:.]\s*\d{2})?(?:\.\d+)?(?:[+-]\d\d:?\d\d|z\b)?(?!\d)")
_AT_PLACE = re.compile(r"بتوقيت\s+\S+(?:\s+\S+)?\s*\Z")
_ZONE = re.compile(r"\b(?:gmt|utc)\s*[+-]\s*\d{1,2}\b")
_ISO_T = re.compile(r"(?<=\d)t(?=\d\d:)")
_WEEKDAYS_ALONE: Final = frozenset(key(_BARE_WEEKDAYS).split())

_AMOUNT = (
    r"(?:(?:\d+|يوم|يومين|ساعه|ساعتين|دقيقه|دقيقتين|ثانيه|ثانيتين|اسبوع|اسبوعين|شهر|شهرين|سنه|سنتين|عام|عامين|"
    r"بضع|عده|لحظات|قليل)(?:\s+(?:ثانيه|ثوان|ثواني|دقيقه|دقائق|ساعه|ساعات|يوما|يوم|ايام|اسبوع|اسبوعا|اسابيع|شهر|شهرا|"
    r"اشهر|شهور|سنه|سنوات|عام|اعوام|عاما|واحده|واحد))?)"
)
RELATIVE = re.compile(
    rf"(?P<who>.{{0,60}}?)(?:(?:منذ|قبل)\s*{_AMOUNT}|{_AMOUNT}\s+(?:مضت|مضي|ago)|\d+\s+(?:minutes?|hours?|days?)\s+ago)"
    r"\s*[|\-–—•·]?\s*(?P<updated>(?:اخر\s+تحديث|تحديث).{0,60})?[\s:.]*"
)
"""A relative time that fills a folded line ("منذ ساعتين"), maybe after a name glued to it."""
RELATIVE_WORDS: Final = ("منذ", "قبل", "مضت", "مضي", "ago")
"""One of these is in every relative time."""


def is_date_word(word: str) -> bool:
    """Whether a folded word belongs to dates and times, or is a number."""
    return word == "#" or word in _WORDS


def is_date_line(line_key: str) -> bool:
    """Whether a line with this key holds nothing but a date or a time: every word belongs to dates, one says so."""
    words = line_key.split()
    if words[:1] == ["بتوقيت"] and len(words) <= 4:
        return True
    return (
        0 < len(words) <= 28
        and "#" in words
        and all(word == "#" or word in _WORDS for word in words)
        and any(word in _ANCHORS for word in words)
    )


def is_clock_or_numeric_date(text: str) -> bool:
    """Whether a line is only a numeric date, a clock time, or both, with the words around them."""
    folded = _ZONE.sub(" ", _ISO_T.sub(" ", fold(text)))
    if not (_CLOCK.search(folded) or _DAY_FIRST.search(folded) or _YEAR_FIRST.search(folded)):
        return False
    rest = key(_AT_PLACE.sub(" ", _CLOCK.sub(" ", _DAY_FIRST.sub(" ", _YEAR_FIRST.sub(" ", folded)))))
    return all(word in _WORDS or word in _WEEKDAYS_ALONE for word in rest.split())


def without_date(text: str) -> str | None:
    """What a short text with a named date in it has besides the date; None if it has no such date."""
    folded = fold(text)
    if not (_NAMED.search(folded) or _DAY_FIRST.search(folded) or _YEAR_FIRST.search(folded)):
        return None
    words = [word for word in text.split() if not (parts := key(word).split()) or not all(map(is_date_word, parts))]
    return " ".join(words).strip(" -–—|/،,:")


def date_at_end(text: str) -> int | None:
    """Where a date with the words around it begins that ends the line, in code points; None if none does."""
    folded = fold(text)
    matches = [m for pattern in (_NAMED, _YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST) for m in [pattern.search(folded)] if m]
    if not matches:
        return None
    first = min(matches, key=lambda match: match.start())
    if not all(word == "#" or word in _WORDS for word in key(folded[first.end() :]).split()):
        return None
    start = first.start()
    for word in reversed(list(re.finditer(r"\S+", folded[:start]))):
        if not all(part in _WORDS or part == "#" for part in key(word[0]).split()):
            break
        start = word.start()
    return start


_AFTERNOON: Final = frozenset(map(key, ("م", "مساء", "مساءً", "pm", "ظهرا", "عصرا")))
_MORNING: Final = frozenset(map(key, ("ص", "صباحا", "صباحًا", "am", "فجرا")))
_CLOCK_AFTER = re.compile(
    r"[^\d:]{0,30}(?<!\d)(?P<hour>\d{1,2})\s*[:.]\s*(?P<minute>\d{2})(?:\s*:\s*\d{2})?(?!\d)\s*(?P<half>[^\W\d]+)?"
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")


def parse_published(text: str) -> str | None:
    """The first Gregorian date of `text` as ISO 8601, with the time printed after it (YYYY-MM-DDThh:mm).

    A date that is ISO 8601 already stays as it is. None if no date can be read.
    """
    if _ISO.fullmatch(text.strip()):
        return text.strip()
    found = _find_date(text)
    if found is None:
        return None
    day, end = found
    clock = _CLOCK_AFTER.match(fold(text), end)
    if clock is None:
        return day
    hour, minute = int(clock["hour"]), int(clock["minute"])
    half = key(clock["half"] or "")
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    return f"{day}T{hour:02}:{minute:02}" if hour < 24 and minute < 60 else day


def parse_date(text: str) -> str | None:
    """The first Gregorian date of `text` as ISO 8601 (YYYY-MM-DD); None if none can be read."""
    found = _find_date(text)
    return found[0] if found else None


def _find_date(text: str) -> tuple[str, int] | None:
    """The first date that can be read, and where it ends."""
    folded = fold(text)
    for pattern in (_NAMED, _MONTH_FIRST, _YEAR_FIRST, _DAY_FIRST):
        match = pattern.search(folded)
        if match is None:
            continue
        month = _MONTH_OF.get(key(match["month"])) or (int(match["month"]) if match["month"].isdecimal() else 0)
        try:
            return date(int(match["year"]), month, int(match["day"])).isoformat(), match.end()
        except ValueError:
            continue
    return None

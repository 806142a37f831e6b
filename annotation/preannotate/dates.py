"""DATE mentions by rule: absolute and relative dates of every Arab country, with a normalised value.

The text becomes a string of symbols (`annotation.preannotate.symbols`), words come from `lexicons/calendar.toml`,
and the grammar below is one regular expression over the symbols; `annotation.preannotate.date_values` says what the
values look like.

What is inside a span (the conventions: dates "with their day, month and year words"):

- يوم، شهر، عام، سنة before a date, weekdays before it (اليوم الأحد 12 يناير), qualifiers behind it (الماضي، الجاري،
  من السنة نفسها is not), eras, a second name of the month (آذار/مارس), الموافق between two names of one day, فاتح
  ("the first of");
- not: prepositions (في، منذ، بين، من), parts of the day (صباح، مساء، ليلة) and of longer times (مطلع، منتصف، نهاية،
  متم), تاريخ, the season before a year;
- a range is one span (1-4 فبراير), dates joined by و only where they share their month or year words (3 و4 فبراير).

What is a date: اليوم meaning today, that is, not followed by an adjective or ordinal (اليوم العالمي، اليوم الأول)
nor after في، طوال; bare years after a preposition or in brackets, not after names (قمة الويب 2026) and not before
counted nouns; weekdays not after سوق, صلاة; decades and centuries. Durations (ثلاثة أيام، منذ سنة), spans of recent
time (السنوات الأخيرة) and seasons are none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from annotation.preannotate.date_values import (
    PartialDate,
    interval,
    numeric_date,
    parse_points,
    part_of_year,
    plausible_hijri_year,
)
from annotation.preannotate.forms import Forms, Reading
from annotation.preannotate.numerals import ORDINALS, TENS, parse_ordinal
from annotation.preannotate.protocol import Article
from annotation.preannotate.symbols import SymbolReader, Symbols, matches
from annotation.preannotate.words import fold
from corpus.span import Entity

VERSION = "3"

_PUNCTUATION = {
    "-": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "ـ": "-",
    "/": "/",
    "(": "(",
    ")": ")",
    "،": ",",
    ",": ",",
    "و": "+",
    "ب": "b",
    "ل": "b",
    "ك": "b",
    **dict.fromkeys([".", "؛", ":", "!", "؟", "?", "…", "...", "..", "«", "»", '"', "“", "”", "[", "]", "'"], "."),
}


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The lexicon, folded: symbols of words, and what numbers they mean."""

    symbols: Mapping[str, str]
    months: Mapping[str, int]
    hijri_months: Mapping[str, int]
    weekdays: Mapping[str, int]
    decades: Mapping[str, int]


@cache
def _calendar() -> _Calendar:
    source = tomllib.loads(
        files("annotation.preannotate").joinpath("lexicons/calendar.toml").read_text(encoding="utf-8")
    )
    symbols = dict(_PUNCTUATION)
    symbols |= {fold(word): symbol for symbol, words in source["words"].items() for word in words}
    symbols |= {form: "X" for form in TENS if form.startswith("ال")}
    symbols |= {form: "o" if not form.endswith(("ه", "الاولي")) else "O" for form in ORDINALS}
    for form in [form for form in ORDINALS if symbols[form] == "o"]:
        symbols.setdefault(form.removeprefix("ال"), "s")  # سابع أكتوبر
    months: dict[str, int] = {}
    hijri_months: dict[str, int] = {}
    strengths = {"strong": "m", "weak": "M", "frail": "W"}
    for table, numbers in (("month", months), ("hijri", hijri_months)):
        for entry in source[table]:
            for strength, symbol in strengths.items():
                for name in entry.get(strength, ()):
                    first, _, second = fold(name).partition(" ")
                    numbers[fold(name)] = entry["number"]
                    if second:
                        symbols[first] = "k"
                        symbols.setdefault(second, "t")
                    else:
                        symbols[first] = symbol
    weekdays = {fold(name): int(number) for number, names in source["weekdays"].items() for name in names}
    symbols |= dict.fromkeys(weekdays, "w")
    decades = {fold(name): int(tens) for tens, names in source["decades"].items() for name in names}
    decades |= {"ال" + name: tens for name, tens in decades.items()}
    symbols |= {name: "e" if name.startswith("ال") else "i" for name in decades}
    return _Calendar(symbols, months, hijri_months, weekdays, decades)


_DATE_TOKEN = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\.\d{1,2}\.\d{1,2}")
_YEAR_PAIR = re.compile(r"(?:1[3-9]|20)\d\d/(?:(?:1[3-9]|20)\d\d|\d\d)")
_PAPERS = frozenset(map(fold, ("المصري", "أخبار", "العرب", "الإمارات")))
_DAY_MONTH = re.compile(r"\d{1,2}/\d{1,2}")
_NISBA_ENDS = ("ي", "يه")
_NISBA = re.compile(r"ال\w{2,}(?:ي|يه)")


def classify(form: str) -> str | None:
    """The symbol of a folded form that is not in the lexicon; None for words that no rule speaks of.

    Numbers: `d` a day, `y` a year that may stand after a preposition, `Z` another year, `D` a date in digits, `%` a
    day and month, `Y` two years, `n` anything else. `N`: a definite adjective (اليوم العالمي).
    """
    if form.startswith("ال"):
        return "N" if form.endswith(_NISBA_ENDS) and _NISBA.fullmatch(form) else None
    return _number_symbol(form) if form[:1].isdecimal() else None


def _number_symbol(form: str) -> str:
    if form.isdecimal():
        number = int(form) if len(form) <= 4 else 0
        if len(form) <= 2 and 1 <= number <= 31:
            return "d"
        if len(form) == 4 and 1000 <= number < 2200:
            return "y" if 1900 <= number < 2100 and number != 2000 else "Z"
        return "n"
    if _DATE_TOKEN.fullmatch(form) and numeric_date([int(part) for part in re.split("[/.]", form)]):
        return "D"
    if _YEAR_PAIR.fullmatch(form):
        return "Y"
    return "%" if _DAY_MONTH.fullmatch(form) and numeric_date([int(part) for part in form.split("/")]) else "n"


# What a date may begin with; but for those that may be all of it, not before what no date holds.
_FIRST, _ALONE, _NEVER_IN = "&1ACDFGHKMRSTUWXYZadehijklmoswyz", "DMTWYZejmwy", " \n.=!_fNu"
_STARTS = re.compile(f"[{_FIRST}](?:(?<=[{_ALONE}])|(?![{_NEVER_IN}]))")


def _grammar() -> re.Pattern[str]:
    """The grammar. Letters are the symbols of lexicons/calendar.toml and `classify`; alternatives in order of
    precedence."""
    until = r"(?:\+?[>~]b?|-)"
    day = "l?d"
    days = rf"(?:{day}(?:(?:{until}|[+,/]|,\+){day}){{0,6}})"
    ordinal = r"(?:ox|o\+X|X|o)"
    ordinals = rf"(?:{ordinal}(?:(?:{until}|\+){ordinal})?g|Fg?|1)"
    strong = r"(?:m|k[o1Ot])"
    month = r"(?:[mMW]|k[o1Ot])"
    second_name = rf"(?:[-/]?{month}|\({month}\))"
    months = rf"{month}{second_name}?"
    before_christ = r"(?:~?Q)"
    year = r"(?:[yZY]|\([yZ]\))(?:(?<=[yYZ])[Ec]|(?<=\))E)?(?!u)"
    year_words = rf"(?:g?[Aa]J?{year}|g?aJ?[pP]|g?za)"
    tail = rf"(?:[pP]+(?:{year_words}|{year})?|[-/,]?{year_words}|[-/,]?{year})"
    # "3-صفر" is a score: after a dash only names that are no common nouns.
    day_month = (
        rf"(?:(?:{days}(?:[-/](?=[mMk])|g?[Hh]|g)?|{ordinals}H?|sx?H?(?=[mMk])){months}{tail}?"
        rf"|(?:{days}g|{ordinals})h[pP](?:{year_words})?)"
    )
    numeric = r"(?:[yZ](?:-d-d|/d/d)|d(?:-d-|/d/)[yZ]|D)[Ec]?"
    weekday = r"(?:[TU]?[jG]?w(?:\+w)?[pP]?)"
    before = rf"(?:(?:{weekday}|U[jG]?|T|j),?(?:vb?)?,?)?"
    # "weekday" stands before "relative", which would take the اليوم of اليوم الأحد.
    alternatives = {
        "day": rf"{before}{day_month}(?:{until}{day_month})?(?:,?vb?{before}(?:{day_month}|{numeric}))?",
        "number": rf"{month}\({numeric}\)"
        rf"|(?:{before}{numeric}|(?:{weekday}|U|T|j),?(?:vb?)?(?:%|d/d(?![-/])))(?:,?vb?{day_month})?",
        "months": rf"(?:H?{month}{until}{months}|H{month}\+{month}|(?<=B){month}\+{month}){tail}?"
        rf"|{month}\+{months}{tail}",
        "month": rf"z?H{months}{tail}?|(?<!!){strong}{second_name}?{tail}?"
        rf"|[MW](?:{second_name}{tail}?|{tail})|(?<=[f~&>b])M|(?<=[f~])W",
        "part": rf"[RK][op]g?(?:{year_words}|{year})|(?<=[fb])Ro(?!g)",
        "decade": rf"[ei]g?C(?:[pP]|{ordinal}|l?d)E?|e(?!g?!)|C(?:{ordinal}|[pP]|l?d)(?:E|{before_christ})?",
        "years": rf"[Aa]J?(?:y(?:{until}|[/+])y|Z(?:{until}|[/+])Z)[Ec]?|(?<=B)(?:y\+y|Z\+Z)(?!u)",
        "year": rf"[Aa][yZnd]{before_christ}|[Aa]J?{year}|aJ?[pP]|zaJ?|(?:z[hS]|[hS][pP])(?:{year_words})?|[yZ]E",
        "bare": r"(?<=[f~&k])(?:y(?:(?:[-/]|\+?[>~])y)?|Y)(?!u)|(?<=[gb>])(?:y(?:[-/]|\+?[>~])y(?!u)|y(?![ Nu]))"
        r"|(?<=\()(?:[yZ]|[yZ]-[yZ]|Y)(?=\))|(?<=f)Z(?=[.,)+\n]|$)"
        r"|(?<=[ N])(?:y(?=[.,()+fgbzB~&>_\n]|$)|y-y(?!u))",
        "weekday": rf"(?<!!)(?:1g?jw|{weekday}|Gw)",
        "relative": r"1g?[jG]|jo|&G|U[jG]|j(?!!)|TP|zT|(?<![!f])T(?![oOXNpJ!d])",
    }
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in alternatives.items()))


# The share of each kind of mention that was right, bounds included, in the Wojood sample's train and validation parts
# (day 90 of 91, number 221 of 221, month 27 of 31, year 105 of 111, bare 82 of 93, relative 11 of 13) and, for kinds
# that are rare there, in 110 mentions read in news of two countries.
_SCORES: Mapping[str, float] = {
    "day": 0.98,
    "number": 0.98,
    "months": 0.95,
    "month": 0.93,
    "part": 0.93,
    "decade": 0.95,
    "years": 0.95,
    "year": 0.95,
    "bare": 0.89,
    "weekday": 0.95,
    "relative": 0.92,
}


class DateAnnotator:
    """Finds DATE mentions; an `EntityAnnotator`. Needs no model; about a second for five million tokens."""

    def __init__(self, forms: Forms | None = None) -> None:
        self._forms = forms or Forms()
        self._reader = SymbolReader(_calendar().symbols, classify, self._forms, needed=_FIRST)
        self._grammar = _grammar()

    @property
    def name(self) -> str:
        """Who found a span."""
        return "rules-date"

    @property
    def version(self) -> str:
        """Changes whenever the same text could get other spans or values."""
        return VERSION

    @property
    def labels(self) -> frozenset[str]:
        """DATE only."""
        return frozenset({"DATE"})

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        """The dates of each article, sorted and disjoint, with their values."""
        return [self.mentions(self._forms.read(article)) for article in articles]

    def mentions(self, reading: Reading) -> list[Entity]:
        """The dates of an article that has been read with the annotator's own forms."""
        if not self._reader.may_match(reading):
            return []
        symbols = self._reader.read(reading)
        hijri_text = _writes_hijri_era(symbols)
        found: list[Entity] = []
        for match in matches(self._grammar, _STARTS, symbols.letters):
            first, last = match.span()
            kind = match.lastgroup or ""
            if kind == "relative" and _names_paper(symbols, first):
                continue
            pieces = symbols.pieces(first, last)
            between = symbols.letters[first - 1 : first] == "B"
            forms = tuple([form for _, _, form in pieces])
            value = _value(kind, match[0], forms, between=between, hijri_text=hijri_text)
            found.append(Entity(pieces[0][0], pieces[-1][1], "DATE", _SCORES[kind], self.name, value))
        return found


def _writes_hijri_era(symbols: Symbols) -> bool:
    """Whether هـ, the mark of the Hijri era, stands anywhere in a text."""
    return "E" in symbols.letters and any(
        symbols.form(match.start()) == "ه" for match in re.finditer("E", symbols.letters)
    )


def _names_paper(symbols: Symbols, first: int) -> bool:
    """المصري اليوم, أخبار اليوم: newspapers; البحرينية اليوم is today."""
    return first > 0 and symbols.letters[first] == "T" and symbols.form(first - 1) in _PAPERS


@lru_cache(maxsize=4096)  # three dates in five have been seen before, in news
def _value(kind: str, letters: str, forms: tuple[str, ...], *, between: bool, hijri_text: bool) -> str | None:
    if kind == "relative":
        return None
    calendar = _calendar()
    if kind == "weekday":
        days = [calendar.weekdays[form] for form in forms if form in calendar.weekdays]
        return f"XXXX-WXX-{days[0]}" if len(days) == 1 else None
    if kind == "decade":
        return _decade(letters, forms, calendar)
    if "Q" in letters:  # before Christ: astronomical years, 1 BC is 0000
        return f"-{int(forms[1]) - 1:04d}" if forms[1] != "1" else "0000"
    pieces = list(zip(letters, forms, strict=True))
    if kind == "part":
        parts = 2 if forms[0] in _HALVES else 4
        years = parse_points(pieces[2:], calendar.months, calendar.hijri_months)
        last = parts if letters[1] == "p" else 0  # الربع الأخير
        return part_of_year(parts, parse_ordinal(forms[1:2]) or last, years)
    listed = "+" in letters and not between and not re.search(r"[>~]|(?<!o)\+X", letters)
    values: list[tuple[bool, int, str]] = []
    for name in _split(pieces, "v") if "v" in letters else [pieces]:
        points = _points(name, calendar)
        if hijri_text:
            points = [_assume_hijri(point) for point in points]
        if len(points) > 1 and _RELATIVE_YEAR.search(letters):
            continue
        value = interval(points, listed=listed)
        if value is not None:
            values.append((not points[0].hijri, points[0].precision(), value))
    return max(values)[2] if values else None


_HALVES = frozenset({"النصف", "السداسي"})
_RELATIVE_YEAR = re.compile(r"aJ?[pP]|za|a$")
_NUMERIC = re.compile(r"[yZ](?:-d-d|/d/d)|d(?:-d-|/d/)[yZ]|D|%|(?<=[wUTj])d/d$")


def _points(pieces: Sequence[tuple[str, str]], calendar: _Calendar) -> list[PartialDate]:
    letters = "".join([symbol for symbol, _ in pieces])
    match = _NUMERIC.search(letters)
    if match is None:
        return parse_points(pieces, calendar.months, calendar.hijri_months)
    digits = " ".join(form for _, form in pieces[match.start() : match.end()])
    hijri = any(symbol == "E" and (form == "ه" or "هجر" in form) for symbol, form in pieces)
    date = numeric_date([int(number) for number in re.findall(r"\d+", digits)], hijri=hijri)
    return [] if date is None else [date]


def _assume_hijri(point: PartialDate) -> PartialDate:
    """In a text that writes هـ, a year such as 1436 is a Hijri one unless it stands with a Gregorian month."""
    if point.year is None or point.hijri or point.month is not None or not plausible_hijri_year(point.year):
        return point
    return PartialDate(point.year, None, None, hijri=True)


def _decade(letters: str, forms: Sequence[str], calendar: _Calendar) -> str | None:
    century = None
    if "C" in letters:
        at = letters.index("C")
        words = [form for symbol, form in zip(letters[at + 1 :], forms[at + 1 :], strict=True) if symbol in "oxXd"]
        ordinal = int(words[0]) if words and words[0].isdecimal() else parse_ordinal(words)
        if "Q" in letters or any("هجر" in form for form in forms):
            return None
        if ordinal is None:
            ordinal = {"الماضي": 20, "المنصرم": 20, "الحالي": 21, "الجاري": 21}.get(forms[at + 1])
        if ordinal is None:
            return None
        century = ordinal - 1
    tens = calendar.decades.get(forms[0])
    if tens is None:
        return None if century is None else f"{century:02d}XX"
    if century is None:
        century = 19 if tens >= 3 else None
    return f"{'XX' if century is None else f'{century:02d}'}{tens}X"


def _split(pieces: Sequence[tuple[str, str]], symbol: str) -> list[list[tuple[str, str]]]:
    """The pieces between those with a symbol."""
    groups: list[list[tuple[str, str]]] = [[]]
    for piece in pieces:
        if piece[0] == symbol:
            groups.append([])
        else:
            groups[-1].append(piece)
    return groups

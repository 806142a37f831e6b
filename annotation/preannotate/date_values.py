"""The normalised value of a date mention, from its words alone.

What a DATE's `value` looks like (ISO 8601, with the unspecified digits of ISO 8601-2 / EDTF written `X`):

- a day `2026-01-12`, a month `2026-01`, a year `2026`; an unknown year or month is `XXXX-09`, `XXXX-XX-15`;
- an interval `2026-02-01/2026-02-04`, both ends included: ranges, consecutive days, quarters and halves of a year
  (the first quarter of 2026 is `2026-01/2026-03`);
- dates that share their month or year without following each other (10 و17 مارس) are a set `{XXXX-03-10,XXXX-03-17}`;
- a decade `199X`, a century `18XX` (Arabic counts the nineteenth as القرن التاسع عشر; `القرن الماضي` is read as the
  twentieth);
- a weekday without a date `XXXX-WXX-7` (ISO 8601 week date with the year and the week unspecified; 7 is Sunday);
- a Hijri date in its own calendar, never converted, since sighting-based calendars differ by a day:
  `1447-07-12[islamic]` (the calendar identifier of CLDR);
- None for what only the day of publication could resolve (أمس، الأسبوع المقبل، العام الماضي).

Qualifiers such as الجاري do not resolve a year: the text alone does not say when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from annotation.preannotate.numerals import parse_ordinal

HIJRI = "[islamic]"
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIRST_HIJRI_YEAR, _LAST_HIJRI_YEAR = 1200, 1500


class PartialDate(NamedTuple):
    """A date of which some parts may be unknown; `hijri` says which calendar its numbers count in."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hijri: bool = False

    def format(self) -> str | None:
        """The value, or None for an impossible date (31 February) or nothing known."""
        if self.month is not None and not 1 <= self.month <= 12:
            return None
        longest = 30 if self.hijri else _DAYS_IN_MONTH[self.month - 1] if self.month else 31
        if self.day is not None and not 1 <= self.day <= longest:
            return None
        if self.year is None and self.month is None and self.day is None:
            return None
        year = "XXXX" if self.year is None else f"{self.year:04d}"
        if self.day is not None:
            month = "XX" if self.month is None else f"{self.month:02d}"
            value = f"{year}-{month}-{self.day:02d}"
        else:
            value = year if self.month is None else f"{year}-{self.month:02d}"
        return value + HIJRI if self.hijri else value

    def precision(self) -> int:
        """How many of day, month and year are known."""
        return (self.year is not None) + (self.month is not None) + (self.day is not None)


def numeric_date(numbers: Sequence[int], *, hijri: bool = False) -> PartialDate | None:
    """A date of two or three numbers: the year first if it has four digits, else day first as Arabic writes it.

    Month first (4/22/1948) only where day first is impossible. A year of two digits is of 1970 to 2069.
    """
    if len(numbers) == 2:
        day, month = numbers
        return PartialDate(None, month, day, hijri) if 1 <= month <= 12 and 1 <= day <= 31 else None
    if numbers[0] > 31:
        year, month, day = numbers
    else:
        day, month, year = numbers
    if month > 12 >= day:
        day, month = month, day
    if year < 100:
        year += 1900 if year >= 70 else 2000
    found = PartialDate(year, month, day, hijri)
    return found if found.format() is not None else None


def parse_points(
    pieces: Sequence[tuple[str, str]], months: Mapping[str, int], hijri_months: Mapping[str, int]
) -> list[PartialDate]:
    """The dates named one after the other in `(symbol, form)` pieces: "28 يناير إلى 3 فبراير 2026" names two.

    A part that is already known, or that would have to stand before what is known, begins the next date. Dates take
    the coarser parts they lack from the one to their right.
    """
    points: list[PartialDate] = []
    current = PartialDate()
    era_hijri = False
    for kind, number in _fields(pieces, months, hijri_months):
        if kind == "era":
            era_hijri = era_hijri or bool(number)
            continue
        if kind == "day" and current.precision():
            points.append(current)
            current = PartialDate()
        elif kind in ("month", "hijri_month"):
            if current.month == number and current.hijri == (kind == "hijri_month"):
                continue  # كانون الثاني (يناير): one month, two names
            if current.month is not None or current.year is not None:
                points.append(current)
                current = PartialDate()
        elif kind == "year" and current.year is not None:
            points.append(current)
            current = PartialDate()
        if kind == "day":
            current = current._replace(day=number)
        elif kind == "year":
            current = current._replace(year=number)
        else:
            current = current._replace(month=number, hijri=kind == "hijri_month")
    if current.precision():
        points.append(current)
    if era_hijri:
        points = [point._replace(hijri=True) for point in points]
    for index in range(len(points) - 2, -1, -1):
        points[index] = _complete(points[index], points[index + 1])
    return points


def _complete(point: PartialDate, following: PartialDate) -> PartialDate:
    if point.month is None and point.day is not None:
        point = point._replace(month=following.month, hijri=following.hijri)
    if point.year is None and point.hijri == following.hijri:
        point = point._replace(year=following.year)
    return point


def _fields(
    pieces: Sequence[tuple[str, str]], months: Mapping[str, int], hijri_months: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    """Days, months, years and eras in reading order."""
    skip = 0
    for index, (symbol, form) in enumerate(pieces):
        if skip:
            skip -= 1
            continue
        pair = form + " " + pieces[index + 1][1] if index + 1 < len(pieces) else form
        for name in (pair, form):
            if name in months and symbol not in "o1Oxt":
                yield "month", months[name]
                skip = 1 if name is pair and name != form else 0
                break
            if name in hijri_months and symbol not in "o1Oxt":
                yield "hijri_month", hijri_months[name]
                skip = 1 if name is pair and name != form else 0
                break
        else:
            if symbol == "d":
                yield "day", int(form)
            elif symbol in "F1":  # فاتح ماي، غرة محرم، أول مارس
                yield "day", 1
            elif symbol in "yZ":
                yield "year", int(form)
            elif symbol == "Y":
                yield from (("year", year) for year in sorted(school_year(form)))
            elif symbol in "oXs":
                following = "".join(kind for kind, _ in pieces[index + 1 : index + 3])
                length = 2 if following.startswith("x") else 3 if symbol == "o" and following == "+X" else 1
                words = [name for kind, name in pieces[index : index + length] if kind != "+"]
                words[0] = "ال" + words[0].removeprefix("ال")
                ordinal = parse_ordinal(words)
                if ordinal is not None:
                    yield "day", ordinal
                skip = length - 1
            elif symbol == "E":
                yield "era", int(form == "ه" or "هجر" in form)


def school_year(form: str) -> tuple[int, int]:
    """The two years of `2025/2026`, `2025/26` or, as right-to-left text often has it, `2022/2021`."""
    first, _, second = form.partition("/")
    if len(second) == 2:
        second = first[:2] + second
    years = sorted((int(first), int(second)))
    return years[0], years[1]


def interval(points: Sequence[PartialDate], *, listed: bool) -> str | None:
    """The value of one or more dates: an interval; of dates that are merely `listed` and not consecutive, a set."""
    values = [value for point in points if (value := point.format()) is not None]
    if not values or len(values) < len(points):
        return None
    if len(values) == 1:
        return values[0]
    if (listed or len(values) > 2) and not _consecutive(points):
        return "{" + ",".join(values) + "}"
    return f"{values[0]}/{values[-1]}"


def _consecutive(points: Sequence[PartialDate]) -> bool:
    ranks = [point.day or point.month or point.year or 0 for point in points]
    return all(later - earlier == 1 for earlier, later in pairwise(ranks))


def part_of_year(parts: int, ordinal: int, years: Iterable[PartialDate]) -> str | None:
    """The interval of a quarter (`parts` 4) or half (2) of a year; of an unknown year where none is given."""
    if not 1 <= ordinal <= parts:
        return None
    year = next((f"{point.year:04d}" for point in years if point.year is not None), "XXXX")
    length = 12 // parts
    return f"{year}-{(ordinal - 1) * length + 1:02d}/{year}-{ordinal * length:02d}"


def plausible_hijri_year(year: int) -> bool:
    """Whether a year without an era may well be a Hijri one, in a text that writes هـ elsewhere."""
    return _FIRST_HIJRI_YEAR <= year <= _LAST_HIJRI_YEAR

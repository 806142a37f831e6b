"""DATE: spans and values by readable cases; spans that are well formed whatever the text; time that grows with it."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.preannotate.date_values import PartialDate, numeric_date
from annotation.preannotate.dates import DateAnnotator
from tests.annotation.preannotate.bracketed import article, mark, read_cases, unmark

ANNOTATOR = DateAnnotator()
WORDS = "12 يناير 2026 مارس من إلى اليوم الأحد أمس عام سنة و ( ) / - الربع الأول القرن هـ في بين رمضان كلمة \n"
PIECES = st.sampled_from(WORDS.split(" "))


@pytest.mark.parametrize("case", read_cases("dates"))
def test_case(case: str) -> None:
    assert mark(unmark(case), ANNOTATOR) == case


def test_there_are_enough_cases() -> None:
    assert len(read_cases("dates")) >= 120


def test_the_dates_of_a_page() -> None:
    text = (
        "عقدت، اليوم الأحد بالدوحة، مباحثات على هامش القمة (1-4 فبراير الجاري)، بعد التوقيع على إنشائه في شهر "
        "شتنبر المنصرم، مع تنظيم يوم “الذكاء الاصطناعي صنع في المغرب” في 12 يناير 2026 بالرباط."
    )
    [found] = ANNOTATOR.entities([article(text)])
    assert [(text[date.start : date.end], date.value) for date in found] == [
        ("اليوم الأحد", "XXXX-WXX-7"),
        ("1-4 فبراير الجاري", "XXXX-02-01/XXXX-02-04"),
        ("شهر شتنبر المنصرم", "XXXX-09"),
        ("12 يناير 2026", "2026-01-12"),
    ]


def test_a_year_without_an_era_is_hijri_in_a_text_that_writes_the_era() -> None:
    assert mark("عام 1436", ANNOTATOR) == "[عام 1436|1436]"
    assert mark("عام 1436 وعام 1437هـ", ANNOTATOR).startswith("[عام 1436|1436[islamic]]")


def test_a_line_break_ends_a_date() -> None:
    assert mark("في 12\nيناير 2026", ANNOTATOR) == "في 12\n[يناير 2026|2026-01]"


def test_marks_and_tatweel_do_not_hide_a_date() -> None:
    text = "فـي 12 ينـايرَ 2026"
    assert mark(text, ANNOTATOR) == "فـي [12 ينـايرَ 2026|2026-01-12]"


@pytest.mark.parametrize(
    ("numbers", "value"),
    [
        ((12, 7, 2026), "2026-07-12"),
        ((2026, 7, 12), "2026-07-12"),
        ((4, 22, 1948), "1948-04-22"),
        ((31, 12, 25), "2025-12-31"),
        ((1, 5, 84), "1984-05-01"),
        ((30, 2, 2026), None),
        ((13, 14, 2026), None),
    ],
)
def test_numeric_date(numbers: tuple[int, int, int], value: str | None) -> None:
    date = numeric_date(numbers)
    assert (None if date is None else date.format()) == value


def test_an_impossible_day_has_no_value() -> None:
    assert PartialDate(2026, 2, 31).format() is None


@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_spans_are_sorted_disjoint_and_trimmed(text: str) -> None:
    [found] = ANNOTATOR.entities([article(text)])
    assert all(before.end <= after.start for before, after in pairwise(found))
    for date in found:
        surface = text[date.start : date.end]
        assert surface and surface == surface.strip() and "\n" not in surface
        assert date.label == "DATE" and 0 < date.score <= 1


@pytest.mark.parametrize("unit", ["1 و1 ", "12/", "من 3 إلى ", "يناير (", "كلمة طويلة ", "2"])
def test_time_grows_with_the_text_only(unit: str) -> None:
    def seconds(size: int) -> float:
        page = article(unit * (size // len(unit)))
        start = time.process_time()
        ANNOTATOR.entities([page])
        return time.process_time() - start

    seconds(20_000)
    assert seconds(400_000) < 12 * seconds(100_000) + 0.2


@pytest.mark.soak
def test_a_line_of_ten_megabytes() -> None:
    page = article("في 12 يناير 2026 قال الوزير إن 3 و4 و5 ملفات جاهزة " * 120_000)
    start = time.process_time()
    [found] = ANNOTATOR.entities([page])
    assert len(found) == 120_000
    assert time.process_time() - start < 60

"""MONEY and numerals: spans and values by readable cases; well-formed spans; time that grows with the text."""

from __future__ import annotations

import time
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.preannotate.money import MoneyAnnotator
from annotation.preannotate.numerals import parse_digits, parse_number, parse_ordinal
from annotation.preannotate.words import fold
from tests.annotation.preannotate.bracketed import article, mark, read_cases, unmark

ANNOTATOR = MoneyAnnotator()
WORDS = (
    "3 50 ألف مليون ملايين مليوني درهم دراهم دولار دولارين ريال سعودي نصف خمسة عشر و من إلى بين - ( ) $ € سنتيم كلمة"
)
PIECES = st.sampled_from(WORDS.split(" "))


@pytest.mark.parametrize("case", read_cases("money"))
def test_case(case: str) -> None:
    assert mark(unmark(case), ANNOTATOR) == case


def test_there_are_enough_cases() -> None:
    assert len(read_cases("money")) >= 60


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("خمسة عشرين ألف", 25_000),
        ("خمس مئة", 500),
        ("ثمانيمائة اثنين", 802),
        ("أحد عشر ألفا", 11_000),
        ("اثنتا عشرة", 12),
        ("مليون نصف المليون", 1_500_000),
        ("مليونا", 2_000_000),
        ("مليونا ثلاث مئة ألف", 1_300_000),
        ("ربع مليار", 250_000_000),
        ("خمسة ملايين نصف", 5_500_000),
        ("ألفين أربعة عشرين", 2024),
        ("مليون مليوني", None),
        ("ألف خمسة آلاف", None),
        ("خمسين خمسة", None),
        ("ملايين", None),
        ("كلمة", None),
    ],
)
def test_number_words(words: str, value: int | None) -> None:
    assert parse_number(fold(words).split()) == value


@pytest.mark.parametrize(
    ("digits", "scale", "decimals", "value"),
    [
        ("12,500", 1, 2, "12500"),
        ("12.500", 1, 2, "12500"),
        ("12.500", 1, 3, "12.500"),
        ("3,5", 1, 2, "3.5"),
        ("1.125", 10**9, 2, "1.125"),
        ("1,596", 10**6, 2, "1596"),
        ("1.635.092,22", 1, 2, "1635092.22"),
        ("3٫5", 1, 2, "3.5"),
        ("000", 1, 2, None),
        ("1,23,45", 1, 2, None),
    ],
)
def test_digits(digits: str, scale: int, decimals: int, value: str | None) -> None:
    assert parse_digits(digits, scale=scale, decimals=decimals) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("words", "value"),
    [("الأول", 1), ("الحادي عشر", 11), ("الثالث والعشرين", None), ("الثالث العشرين", 23), ("الثلاثون", 30)],
)
def test_ordinals(words: str, value: int | None) -> None:
    assert parse_ordinal(fold(words).split()) == value


def test_three_decimals_where_the_currency_has_them() -> None:
    assert mark("دفع 12.500 دينار كويتي", ANNOTATOR) == "دفع [12.500 دينار كويتي|12.5 KWD]"
    assert mark("دفع 12.500 درهم مغربي", ANNOTATOR) == "دفع [12.500 درهم مغربي|12500 MAD]"


@given(st.lists(PIECES, max_size=25).map(" ".join))
def test_spans_are_sorted_disjoint_and_trimmed(text: str) -> None:
    [found] = ANNOTATOR.entities([article(text)])
    assert all(before.end <= after.start for before, after in pairwise(found))
    for money in found:
        surface = text[money.start : money.end]
        assert surface and surface == surface.strip()
        assert money.label == "MONEY" and 0 < money.score <= 1


@pytest.mark.parametrize("unit", ["مليون و", "3 إلى ", "5 ", "50 درهم و", "ملايين من ", "كلمة طويلة "])
def test_time_grows_with_the_text_only(unit: str) -> None:
    def seconds(size: int) -> float:
        page = article(unit * (size // len(unit)))
        start = time.process_time()
        ANNOTATOR.entities([page])
        return time.process_time() - start

    seconds(20_000)
    assert seconds(400_000) < 12 * seconds(100_000) + 0.2

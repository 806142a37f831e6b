"""Personal data: readable cases, and what redaction keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.personal import KINDS, REDACTION_RULES, find_personal, redact
from corpus.pipeline import read_text
from corpus.text.edits import apply_edits

CASES = Path(__file__).parents[1] / "cases" / "personal"


def lines(name: str) -> list[str]:
    text = (CASES / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("line", lines("found.txt"))
def test_personal_data_is_found(line: str) -> None:
    text = re.sub("[⟦⟧]", "", line)
    assert [text[one.start : one.end] for one in find_personal(text)] == re.findall("⟦(.*?)⟧", line)


@pytest.mark.parametrize("line", lines("none.txt"))
def test_dates_amounts_and_scores_are_none(line: str) -> None:
    assert [line[one.start : one.end] for one in find_personal(line)] == []


@given(st.dates(), st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y"]), st.booleans())
def test_no_date_is_a_telephone_number(day: object, form: str, arabic: bool) -> None:
    written = format(day, form)
    if arabic:
        written = written.translate({ord("0") + digit: chr(0x660 + digit) for digit in range(10)})
    assert find_personal(f"في {written} الساعة 10 صباحا") == []


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from([",", "٬", " ", "."]))
def test_no_amount_is_a_telephone_number(amount: int, mark: str) -> None:
    assert find_personal(f"كلف المشروع {f'{amount:,}'.replace(',', mark)} درهم.") == []


@given(st.lists(st.sampled_from(["نص ", "a@b.org", " +212 522 20 30 40 ", "٠٥٥١٢٣٤٥٦٧", "\n", "2026", "/", "X"])))
def test_redacting_keeps_lengths_and_is_done_once(pieces: list[str]) -> None:
    text = "".join(pieces)
    masked = apply_edits(text, redact(text, KINDS))
    assert len(masked) == len(text)
    assert redact(masked, KINDS) == []


def test_a_page_is_redacted_before_its_text_gets_an_id() -> None:
    page = "عنوان الخبر\nقال المتحدث إن على القراء أن يراسلوا الوزارة على info@example.org في أقرب وقت.\n"
    (plain,) = read_text(page)
    (masked,) = read_text(page, redacted=("email",))
    assert "info@example.org" in plain.text
    assert "XXXX@XXXXXXX.XXX" in masked.text
    assert masked.doc_id != plain.doc_id
    assert len(masked.text) == len(plain.text)
    assert apply_edits(page, masked.edits) == masked.text
    assert REDACTION_RULES["email"] in {edit.rule for edit in masked.edits}
    assert [(one.start, one.end) for one in masked.sentences] == [(one.start, one.end) for one in plain.sentences]

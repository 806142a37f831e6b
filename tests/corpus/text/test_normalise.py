"""Normalisation: what changes, what stays, and that every change is an edit."""

from __future__ import annotations

import re

import pytest
import unicodedata2
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.text.chars import presentation_forms
from corpus.text.edits import Edit, apply_edits, check_edits
from corpus.text.normalise import normalise, tidy
from corpus.text.units import Utf16

# Arabic-heavy text of every kind that has ever hurt an offset.
CHARS = st.one_of(
    st.sampled_from("ابتمن وة.،؟ \n\t\r\N{NO-BREAK SPACE}"),
    st.characters(min_codepoint=0x0600, max_codepoint=0x06FF),
    st.characters(min_codepoint=0x064B, max_codepoint=0x0655),
    st.characters(min_codepoint=0x0300, max_codepoint=0x036F),
    st.sampled_from(sorted(presentation_forms())),
    st.sampled_from("\N{RIGHT-TO-LEFT MARK}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\x00\ud800\N{GRINNING FACE}"),
    st.sampled_from("\u1100\u1161\u11a8\u0b47\u0b3e\u0344\u0958\u2126\ufb2c\U0001d15e"),
    st.characters(),
)
# Plain pages, which are looked at in another way than those with a character that changes.
PLAIN_CHARS = st.sampled_from("ابوم، \t\n\n\N{NO-BREAK SPACE}ée\N{ARABIC FATHATAN}\N{ARABIC SHADDA}\N{ARABIC FATHA}\0")
PAGES = st.one_of(st.text(CHARS, max_size=60), st.text(PLAIN_CHARS, max_size=60))


@given(PAGES)
@example("\u1100\u1161\u11a8")
def test_the_edits_make_the_text(page: str) -> None:
    text, edits = normalise(page)
    check_edits(edits, len(page))
    assert apply_edits(page, edits) == text


@given(PAGES)
def test_the_text_is_nfc_of_the_page_without_what_is_dropped(page: str) -> None:
    """Piece by piece equals the whole."""
    text, _ = normalise(page)
    assert unicodedata2.normalize("NFC", text) == text
    kept = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", page)
    kept = re.sub("[\ufeff\u200b\u00ad\u2060\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", kept)
    kept = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]", "", kept)
    for form, letters in presentation_forms().items():
        kept = kept.replace(form, letters)
    assert text == unicodedata2.normalize("NFC", kept)


@given(PAGES)
def test_normalising_twice_changes_nothing(page: str) -> None:
    text, _ = normalise(page)
    assert normalise(text) == (text, ())


def _without(text: str, removals: list[Edit]) -> str:
    gone = {at for removal in removals for at in range(removal.start, removal.end)}
    return "".join(char for at, char in enumerate(text) if at not in gone)


@given(st.data(), PAGES)
def test_tidy_text_is_tidy_and_traceable(data: st.DataObject, page: str) -> None:
    text, _ = normalise(page)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    removals = [Edit(a, b, "", f"rule-{a}") for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    tidied, edits = tidy(text, removals)
    check_edits(edits, len(text))
    assert apply_edits(text, edits) == tidied
    assert unicodedata2.normalize("NFC", tidied) == tidied
    assert tidied == tidied.strip()
    assert not re.search(r"[^\S \n]|  |\n\n| \n|\n ", tidied)
    assert tidy(tidied, ()) == (tidied, ())
    kept = "".join(_without(text, removals).split())
    assert unicodedata2.normalize("NFC", "".join(tidied.split())) == unicodedata2.normalize("NFC", kept)
    for removal in removals:
        assert any(removal.rule in edit.rule and edit.start <= removal.start for edit in edits)


@pytest.mark.parametrize(
    ("page", "text", "rules"),
    [
        ("كتب\r\nقرأ", "كتب\nقرأ", ["line-end"]),
        ("\N{RIGHT-TO-LEFT MARK}كتب", "كتب", ["bidi-control"]),
        ("ش\N{ARABIC SHADDA}\N{ARABIC FATHA}", "ش\N{ARABIC FATHA}\N{ARABIC SHADDA}", ["nfc"]),
        ("ا\N{ARABIC MADDAH ABOVE}ل", "آل", ["nfc"]),
        ("\N{ARABIC LIGATURE LAM WITH ALEF ISOLATED FORM}", "لا", ["presentation-form"]),
        ("مــرحبا", "مــرحبا", []),
        ("کتاب", "کتاب", []),
        ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}", "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}", []),
        ("\N{ARABIC FATHATAN ISOLATED FORM}", "\N{ARABIC FATHATAN ISOLATED FORM}", []),
        ("می\N{ZERO WIDTH NON-JOINER}خواهم", "می\N{ZERO WIDTH NON-JOINER}خواهم", []),
        ("أ\x00ب\ud800ج", "أبج", ["control-character", "lone-surrogate"]),
    ],
)
def test_what_is_folded_and_what_stays(page: str, text: str, rules: list[str]) -> None:
    made, edits = normalise(page)
    assert made == text
    assert [edit.rule for edit in edits] == rules


def test_removed_lines_keep_their_rules_and_one_line_break_stays() -> None:
    text = "عنوان\n\n  نشر قبل ساعة \nشارك\n\nنص المقال"
    removals = [Edit(7, 22, "", "relative-time"), Edit(23, 27, "", "share-line")]
    assert text[7:22].strip() == "نشر قبل ساعة" and text[23:27] == "شارك"
    tidied, edits = tidy(text, removals)
    assert tidied == "عنوان\nنص المقال"
    assert {edit.rule for edit in edits} == {"whitespace", "relative-time", "share-line"}


@given(st.text(st.sampled_from("aب😀🎉"), max_size=20))
def test_utf16_positions_go_and_come_back(text: str) -> None:
    units = Utf16(text)
    for position in range(len(text) + 1):
        there = units.from_code_points(position)
        assert there == len(text[:position].encode("utf-16-le")) // 2
        assert units.to_code_points(there) == position

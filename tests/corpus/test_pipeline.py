"""A page becomes documents: whatever the page, every promise about offsets holds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import unicodedata2
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from corpus.encoding import decode
from corpus.pipeline import read_text
from corpus.text.chars import presentation_forms
from corpus.text.edits import Alignment, apply_edits, check_edits
from schemas.tables import SENTENCE_KINDS
from tests.conftest import SAMPLES

VOCABULARY = """
قال الوزير أمس إن في الرباط و القاهرة د. 3.5 10:30 «نعم» ؟ ! . … .. ، ؛ : https://x.ma/a?b a@b.com #وسم @x و.م.ع
اقرأ أيضا شارك هذا المقال منذ ساعتين كَتَبَ مــــن \N{GRINNING FACE} (CNN) -- – • * 5% “لا”
"""
WORDS = st.sampled_from(VOCABULARY.split())
CHARACTERS = st.one_of(
    st.characters(min_codepoint=0x0600, max_codepoint=0x06FF),
    st.characters(min_codepoint=0x0300, max_codepoint=0x036F),
    st.sampled_from(sorted(presentation_forms())[::20]),
    st.sampled_from("\N{RIGHT-TO-LEFT MARK}\N{ZERO WIDTH JOINER}\x00\ud800\u1160\N{VARIATION SELECTOR-16}\N{WOMAN}"),
    st.characters(),
)
GAPS = st.sampled_from([" ", "\n", "\n\n", "\r\n", "\t"])
PIECES = st.one_of(WORDS, WORDS, WORDS, st.text(CHARACTERS, max_size=5), GAPS)
PAGES = st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", "", "\n"])), max_size=80).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)


def check_promises(page: str) -> None:
    """Every promise of a document about its page and its offsets."""
    for document in read_text(page):
        text = document.text
        check_edits(document.edits, len(page))
        assert apply_edits(page, document.edits) == text
        assert unicodedata2.normalize("NFC", text) == text
        text.encode()
        at = 0
        for sentence in document.sentences:
            assert sentence.kind in SENTENCE_KINDS
            assert not text[at : sentence.start].strip()
            words = text[sentence.start : sentence.end]
            assert words == words.strip() != ""
            at = sentence.end
        assert not text[at:].strip()
        sentences = iter(document.sentences)
        sentence = next(sentences, None)
        end = 0
        for start, stop in document.tokens:
            assert end <= start < stop
            assert not text[end:start].strip(), "no character outside of every token"
            while sentence is not None and sentence.end <= start:
                sentence = next(sentences, None)
            assert sentence is not None and sentence.start <= start and stop <= sentence.end
            end = stop
        assert document.title is None or text.split("\n")[0] == document.title
        alignment = Alignment(document.edits)
        for start, stop in document.tokens[:50]:
            first, last = alignment.to_page(start, stop)
            back = alignment.to_text(first, last)
            assert back is not None and back[0] <= start and stop <= back[1]


@given(PAGES)
def test_any_page_keeps_the_promises(page: str) -> None:
    check_promises(page)


@pytest.mark.soak
@pytest.mark.parametrize("share", range(10))
def test_many_pages_keep_the_promises(share: int) -> None:
    """100,000 random texts, in ten shares so that they run in parallel."""
    seed(share)(settings(max_examples=10_000, database=None)(given(PAGES)(check_promises)))()


@pytest.mark.parametrize("path", sorted((SAMPLES / "pages").glob("*.txt")), ids=lambda path: path.stem)
def test_sample_pages_keep_the_promises(path: Path) -> None:
    check_promises(decode(path.read_bytes()).text)


SENTENCE = "قال الوزير إن المشروع سيبدأ في الرباط يوم الثلاثاء المقبل، وأضاف أن «الميزانية كافية». "


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("one line", SENTENCE),
        ("line breaks", "كلمة\n"),
        ("blank lines", "\n"),
        ("quote marks", '"'),
        ("full stops", "."),
        ("letters without a space", "م"),
        ("presentation forms", "\N{ARABIC LETTER BEH ISOLATED FORM}"),
        ("marks out of order", "ش\N{ARABIC SHADDA}\N{ARABIC FATHA}"),
    ],
)
def test_time_is_linear_in_length(name: str, piece: str) -> None:
    """Four times the text takes not much more than four times the time: nothing quadratic hides."""

    def seconds(size: int) -> float:
        page = piece * (size // len(piece))
        started = time.process_time()
        read_text(page)
        return time.process_time() - started

    small = max(seconds(100_000), 0.02)
    assert seconds(400_000) < 12 * small, name

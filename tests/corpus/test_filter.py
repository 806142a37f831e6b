"""What a text is like: its language, and whether it is long enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.filter import drop_reason, measure

ARABIC = "قال وزير النقل، الثلاثاء، إن الأشغال في الميناء الجديد ستبدأ في شهر مارس من السنة المقبلة."


@pytest.mark.parametrize(
    ("label", "text", "language", "reason"),
    [
        ("Arabic", ARABIC, "ar", None),
        ("Egyptian, which writes final yeh without dots", ARABIC.replace("ي ", "ى "), "ar", None),
        ("typed on a Persian keyboard", ARABIC.translate(str.maketrans("يك", "یک")), "ar", None),
        ("with some English", ARABIC + " The Port of Nador will open in March.", "ar", None),
        (
            "Moroccan with its letters",
            "گال ليه الدري راه المغرب زوين بزاف وحنا باغيين نمشيو ل أگادير فهاد العطلة ديال الصيف",
            "ar",
            None,
        ),
        (
            "Persian",
            "رئیس جمهور ایران روز دوشنبه اعلام کرد که گفتگوها میان دو کشور هفته آینده در تهران ادامه خواهد یافت.",
            "fa",
            "not-arabic",
        ),
        (
            "Urdu",
            "پاکستان کے وزیر اعظم نے کہا ہے کہ حکومت عوام کو سہولیات فراہم کرنے کے لیے ہر ممکن اقدام کر رہی ہے۔",
            "ur",
            "not-arabic",
        ),
        (
            "Sorani Kurdish",
            "سەرۆک وەزیرانی هەرێمی کوردستان ڕایگەیاند کە گفتوگۆکان لە هەولێر هەفتەی داهاتوو بەردەوام دەبن",
            "und",
            "not-arabic",
        ),
        (
            "Uyghur",
            "شىنجاڭ ئۇيغۇر ئاپتونوم رايونىنىڭ پايتەختى ئۈرۈمچى شەھىرى بولۇپ ئۇ يەردە كۆپ مىللەت ياشايدۇ",
            "und",
            "not-arabic",
        ),
        ("English", "The Port of Nador will open in March, the minister of transport said on Monday.", "und",
         "not-arabic"),
        ("nothing", "", "und", "not-arabic"),
        ("digits", "1 2 3 4 5 6 7 8 9 10 11 12", "und", "not-arabic"),
        ("nine words", " ".join(ARABIC.split()[:9]), "ar", "too-short"),
        ("ten words", " ".join(ARABIC.split()[:10]), "ar", None),
        ("nine vocalised words", "قِفَا نَبْكِ مِنْ ذِكْرَى حَبِيبٍ وَمَنْزِلِ بِسِقْطِ اللِّوَى بَيْنَ", "ar", "too-short"),
    ],
)  # fmt: skip
def test_language_and_length(label: str, text: str, language: str, reason: str | None) -> None:
    quality = measure(text)
    assert (quality.language, drop_reason(quality)) == (language, reason)


def test_the_share_of_arabic_is_of_letters() -> None:
    assert measure("نص 2026 text").arabic_share == pytest.approx(2 / 6)
    assert measure("نَصٌّ،  2026!").arabic_share == 1.0
    assert measure("نَصٌّ ونص").words == 2


@given(st.text())
def test_any_text_has_measures(text: str) -> None:
    quality = measure(text)
    assert 0 <= quality.arabic_share <= 1
    assert 0 <= quality.words <= len(text)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("كاين بزاف ديال الناس اللي باغيين يعرفو واش غادي يتحل المشكل.", "ary"),
        ("علاش ما جيتيش؟ دابا راه مشاو كلشي.", "ary"),
        ("وقع الكاتب هادي فين كتابه في المعرض الدولي للكتاب بالرباط.", "ar"),
        ("نتائج", "ar"),
        ("رئیس جمهور ایران روز دوشنبه اعلام کرد که گفتگوها میان دو کشور ادامه خواهد یافت.", "fa"),
        ("The minister of transport opened the port.", "und-Latn"),
        ("Министр открыл порт.", "und"),
        ("12 - 15", "und"),
    ],
)
def test_each_line_has_its_language(line: str, language: str) -> None:
    measured = measure("\n".join([ARABIC, ARABIC, line, ARABIC]))
    assert measured.language == "ar"
    assert measured.languages == ("ar", "ar", language, "ar")


def test_repetition_is_of_four_words_in_a_row() -> None:
    assert measure(ARABIC).repetition == 0
    assert measure(f"{ARABIC} {ARABIC}").repetition == pytest.approx(0.5, abs=0.1)
    repeated = measure(" ".join([ARABIC] * 5))
    assert repeated.repetition > 0.7
    assert drop_reason(repeated) == "repetitive"


@given(st.text(st.sampled_from("اب ديال\nabз😀ـً .1"), max_size=80))
def test_there_is_a_language_for_each_line(text: str) -> None:
    assert len(measure(text).languages) == (text.count("\n") + 1 if text else 0)

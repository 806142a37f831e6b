"""Stories: articles of different outlets on one event are found, others are not, and the judged pairs stay judged."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bench.stories import PAIRS, read_pairs
from corpus.stories import THRESHOLD, Article, folded_words, similarities, stories
from tests.corpus.test_dedup import WORDS

QUAKE = (
    "زلزال يضرب إقليم الحسيمة\nضرب زلزال بقوة 5.4 درجات سواحل إقليم الحسيمة فجر الثلاثاء، وفق المعهد الوطني "
    "للجيوفيزياء. وقال مديره ناصر جبور إن الهزة وقعت على عمق 17 كيلومترا شمال أجدير. ولم تسجل خسائر."
)
SAME = (
    "هزة أرضية توقظ سكان أجدير\nاستيقظ سكان أجدير فجر الثلاثاء على هزة أرضية بلغت 5.4 درجات. وأوضح ناصر جبور، مدير "
    "المعهد الوطني للجيوفيزياء، أن مركز الزلزال كان شمال إقليم الحسيمة على عمق 17 كيلومترا، دون خسائر."
)
OTHER = (
    "معرض للحرف في شفشاون\nافتتح رئيس الجماعة محمد السفياني معرض الحرف التقليدية في شفشاون بمشاركة 40 تعاونية. "
    "ويستمر المعرض ثلاثة أيام، وفق المنظمين."
)


def article(text: str, outlet: str | None, *persons: str) -> Article:
    return Article(text, text.split("\n")[0], None, outlet, persons, persons)


def test_two_papers_on_one_event_are_one_story() -> None:
    told = [article(QUAKE, "أ", "ناصر جبور"), article(OTHER, "أ", "محمد السفياني"), article(SAME, "ب", "ناصر جبور")]
    assert stories(told) == [0, 1, 0]


def test_one_outlet_alone_makes_no_story() -> None:
    assert stories([article(QUAKE, "أ", "ناصر جبور"), article(SAME, "أ", "ناصر جبور")]) == [0, 1]


def test_an_outlet_that_is_not_known_may_be_another_one() -> None:
    assert stories([article(QUAKE, None, "ناصر جبور"), article(SAME, None, "ناصر جبور")]) == [0, 0]


@pytest.mark.parametrize(("day", "expected"), [(13, [0, 0]), (15, [0, 0]), (16, [0, 1])])
def test_days_far_apart_are_other_events(day: int, expected: list[int]) -> None:
    first, second = article(QUAKE, "أ", "ناصر جبور"), article(SAME, "ب", "ناصر جبور")
    assert stories([
        replace(first, published=date(2026, 5, 12)), replace(second, published=date(2026, 5, day))
    ]) == expected


def test_bulletins_of_one_form_about_other_people_are_less_alike() -> None:
    form = "تهنئة\nبعث رئيس الحكومة برقية تهنئة إلى {} بمناسبة فوزه بالجائزة الكبرى، متمنيا له مزيدا من النجاح."
    pairs = [
        similarities([article(form.format(one), "أ", one), article(form.format(other), "ب", other)])
        for one, other in (("سليم المزوغي", "سليم المزوغي"), ("سليم المزوغي", "هيثم القرقوري"))
    ]
    same, different = (next(iter(found.values()), 0.0) for found in pairs)
    assert same > THRESHOLD
    assert different < same - 0.1


def test_a_chain_of_neighbours_is_not_one_story() -> None:
    chance = random.Random(3)
    parts = [" ".join(chance.sample(WORDS, 60)) for _ in range(7)]
    chain = [article(" ".join(parts[at : at + 2]), f"outlet-{at}") for at in range(6)]
    found = stories(chain)
    assert len(set(found)) > 1
    assert found[0] != found[5]


def test_the_order_decides_only_which_one_is_first() -> None:
    told = [article(OTHER, "ج"), article(SAME, "ب", "ناصر جبور"), article(QUAKE, "أ", "ناصر جبور")]
    assert stories(told) == [0, 1, 1]
    assert stories(told[::-1]) == [0, 0, 2]


def test_nothing_and_little() -> None:
    assert stories([]) == []
    assert stories([Article("")]) == [0]
    assert stories([Article("خبر"), Article("حدث"), Article("خبر", outlet="أ")]) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"), [("والمدرسةُ", "مدرسه"), ("بالدّوحة", "دوحه"), ("للمغرب", "مغرب"), ("٢٠٢٦", "2026"), ("إلى", "الي")]
)
def test_words_are_compared_without_article_and_spelling(one: str, other: str) -> None:
    assert folded_words(one) == [other]


def test_the_judged_pairs_are_sound() -> None:
    pairs = read_pairs()
    assert len(pairs) >= 100
    keys = [frozenset((pair.one, pair.other)) for pair in pairs]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 2 for key in keys)
    rows = [line for line in PAIRS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert {row.split("\t")[2] for row in rows[1:]} == {"same", "other"}


def test_words_that_everybody_uses_are_listed() -> None:
    lines = (Path(PAIRS).parents[3] / "corpus/story_words.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines[2:] for word in line.split()[1:]]
    assert len(words) == len(set(words)) > 10_000
    assert all(folded_words(word) == [word] for word in words[::50])


def test_three_thousand_articles_take_seconds() -> None:
    """Words as frequent as words are: few in many articles, most in few."""
    chance = random.Random(0)

    def text() -> str:
        return " ".join(f"كلمة{int(chance.paretovariate(0.3))}" for _ in range(150))

    told = [Article(text(), outlet=f"{nth % 11}") for nth in range(2600)]
    told += [replace(one, outlet="another") for one in told[:400]]
    started = time.process_time()
    found = stories(told)
    assert time.process_time() - started < 30
    assert found[2600:] == found[:400]
    assert len(set(found)) > 2500

"""Near duplicates: edited copies are found, other articles are not, and the order of the texts does not matter."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.dedup import clusters, shingles

SENTENCE = re.compile(r"(?:title|deck|subhead|paragraph|item|caption|next|glued): (.*)")
GOLD = sorted(Path(corpus.__file__).parent.glob("samples/gold/*.gold"))
ARTICLES = ["\n".join(SENTENCE.findall(path.read_text("utf-8"))) for path in GOLD]
WORDS = " ".join(ARTICLES).split()


def edited(text: str, count: int, chance: random.Random) -> str:
    """`text` with `count` of its words replaced."""
    words = text.split()
    for at in chance.sample(range(len(words)), count):
        words[at] = chance.choice(WORDS)
    return " ".join(words)


def partition(texts: Sequence[str]) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for text, first in zip(texts, clusters(texts), strict=True):
        found.setdefault(first, set()).add(text)
    return {frozenset(members) for members in found.values()}


def test_the_sample_articles_are_different_but_for_one_pair() -> None:
    """Both papers of a story are no near duplicates; the pair made for it is."""
    texts = [text for text in ARTICLES if len(text) > 200]
    pairs = [nth for nth, first in enumerate(clusters(texts)) if nth != first]
    assert len(pairs) <= 2


@pytest.mark.parametrize("seed", range(20))
def test_edited_copies_are_found(seed: int) -> None:
    chance = random.Random(seed)
    original = " ".join(chance.choices(WORDS, k=200))
    copy = edited(original, 10, chance)
    longer = original + "\n" + " ".join(chance.choices(WORDS, k=40))
    other = " ".join(chance.choices(WORDS, k=200))
    assert clusters([original, other, copy, longer]) == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("قال الوزير إن المشروع سيبدأ قريبا في مدينة الناظور", "قالَ الوزيرُ إنّ المشروعَ سيبدأُ قريبًا في مدينةِ الناظورِ"),
        ("أعلنت الوزارة إطلاق الخدمة في آسفي إلى حدود الساعة", "اعلنت الوزاره اطلاق الخدمه في اسفي الى حدود الساعه"),
        ("قال الوزير: «سنبدأ قريبا»، وأضاف أن الأمر محسوم.", "قال الوزير سنبدأ قريبا وأضاف أن الأمر محســـوم"),
    ],
)
def test_spelling_does_not_make_another_text(one: str, other: str) -> None:
    assert clusters([one, other]) == [0, 0]


def test_a_chain_of_pairs_is_one_cluster() -> None:
    chance = random.Random(7)
    words = chance.choices(WORDS, k=300)
    chain = [" ".join(words[at : at + 200]) for at in (0, 50, 100)]
    assert clusters([chain[0], chain[2]]) == [0, 1]
    assert clusters(chain) == [0, 0, 0]


def test_short_texts() -> None:
    assert clusters([]) == []
    assert clusters(["خبر"]) == [0]
    assert clusters(["خبر عاجل", "خبر عاجل", "خبر آخر"]) == [0, 0, 2]
    assert shingles("خبر عاجل من الناظور") == {"خبر عاجل من الناظور"}


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_decides_nothing(chance: random.Random) -> None:
    texts = [" ".join(chance.choices(WORDS, k=60)) for _ in range(6)]
    texts += [edited(chance.choice(texts), chance.randrange(12), chance) for _ in range(6)]
    texts = list(dict.fromkeys(texts))
    shuffled = chance.sample(texts, len(texts))
    assert partition(texts) == partition(shuffled)


def test_another_process_finds_the_same() -> None:
    script = (
        "import random; from corpus.dedup import clusters; chance = random.Random(1);"
        "words = [f'كلمة{n}' for n in range(300)];"
        "texts = [' '.join(chance.choices(words, k=60)) for _ in range(40)];"
        "texts += [text[:-60] for text in texts];"
        "print(clusters(texts))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert outputs.pop().decode().count("40") == 0


def test_five_thousand_documents_take_seconds() -> None:
    chance = random.Random(0)
    texts = [" ".join(chance.choices(WORDS, k=200)) for _ in range(3000)]
    texts += [edited(text, 10, chance) for text in texts[:500]]
    # Bulletins of one form, all alike: every one is a candidate for every other.
    form = chance.choices(WORDS, k=180)
    texts += [" ".join([*form, *chance.choices(WORDS, k=10)]) for _ in range(1500)]
    started = time.perf_counter()
    found = clusters(texts)
    assert time.perf_counter() - started < 60
    assert found[3000:3500] == list(range(500))
    assert set(found[3500:]) == {3500}
    assert found[:3000] == list(range(3000))

"""Word lists and their matching."""

from __future__ import annotations

import pytest

from annotation.preannotate.gazetteer import (
    FOLDER,
    PhraseMatcher,
    entries,
    nisba_forms,
    norp_words,
    phrases,
    words,
)
from annotation.preannotate.words import plain

LISTS = sorted(path.stem for path in FOLDER.glob("*.txt"))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_names_its_source_and_has_entries(name: str) -> None:
    head = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()[:2]
    assert any(line.startswith("#") and "Source:" in line for line in head)
    assert entries(name)


def test_unknown_list_says_which_there_are() -> None:
    with pytest.raises(FileNotFoundError, match=r"no word list 'gpes'.*gpe"):
        entries("gpes")


def test_entries_are_matched_in_plain_spelling() -> None:
    assert ("الولايات", "المتحدة") in phrases("gpe")
    assert plain("إسبانيا") == "اسبانيا" and "اسبانيا" in words("gpe")


def test_nisba_forms_in_number_and_gender() -> None:
    assert {"مغربي", "مغربية", "مغربيون", "مغربيين", "مغربيات"} <= set(nisba_forms("مغربي"))


@pytest.mark.parametrize("word", ["المغربية", "مغاربة", "القطري", "الأوروبيين", "المسلمون", "يمنيون"])
def test_nationality_words(word: str) -> None:
    assert plain(word) in norp_words()


@pytest.mark.parametrize("word", ["الدولي", "الوطني", "الرياضي", "تركيا", "أفريقيا", "مالي", "سنة"])
def test_words_that_are_no_nationality(word: str) -> None:
    assert plain(word) not in norp_words()


def test_the_longest_entry_wins_and_matches_do_not_overlap() -> None:
    matcher = PhraseMatcher({"ORG": [("مجلس", "الامن"), ("مجلس", "الامن", "الدولي")], "GPE": [("الامن",)]})
    tokens = ["قرر", "مجلس", "الامن", "الدولي", "الامن"]
    assert list(matcher.matches(tokens, tokens)) == [(1, 4, "ORG"), (4, 5, "GPE")]


def test_an_entry_may_begin_behind_a_proclitic_but_not_go_on_behind_one() -> None:
    matcher = PhraseMatcher({"ORG": [("الامم", "المتحدة")]})
    assert list(matcher.matches(["الامم", "المتحدة"], ["للامم", "المتحدة"])) == [(0, 2, "ORG")]
    assert list(matcher.matches(["الامم", "المتحدة"], ["الامم", "والمتحدة"])) == []

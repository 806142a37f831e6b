"""Texts as symbols: what each symbol stands for, and the quick search for what a grammar matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.preannotate import dates, money
from annotation.preannotate.forms import Forms
from annotation.preannotate.symbols import SymbolReader, matches
from tests.annotation.preannotate.bracketed import article

GRAMMARS = {
    "dates": (dates._grammar(), dates._STARTS, "".join({*dates._calendar().symbols.values(), *"dyZD%YnN \n"})),
    "money": (money._GRAMMAR, money._STARTS, "".join({*money._symbols().values(), *"n \n"})),
}


@pytest.mark.parametrize("name", GRAMMARS)
@given(choices=st.data())
@settings(max_examples=500)
def test_the_quick_search_finds_what_the_grammar_matches(name: str, choices: st.DataObject) -> None:
    grammar, starts, symbols = GRAMMARS[name]
    letters = choices.draw(st.text(st.sampled_from(sorted(symbols)), max_size=40))
    assert [match.span() for match in matches(grammar, starts, letters)] == [
        match.span() for match in grammar.finditer(letters)
    ]


@pytest.mark.parametrize("name", GRAMMARS)
def test_the_quick_search_finds_every_short_match(name: str) -> None:
    grammar, starts, symbols = GRAMMARS[name]
    for before in ["", *"fb(gB&N "]:  # what the grammars look back at
        for first in symbols:
            for second in ["", *symbols]:
                letters = before + first + second
                found = next(matches(grammar, starts, letters), None)
                expected = re.search(grammar, letters)
                assert (found and found.span()) == (expected and expected.span()), letters


def test_what_symbols_stand_for() -> None:
    text = "وفي لـيوم\nو للعام وبالعام كلمة"
    forms = Forms()
    reading = forms.read(article(text))
    reader = SymbolReader({"يوم": "U", "العام": "a", "و": "+"}, lambda _: None, forms, needed="U")
    symbols = reader.read(reading)
    assert symbols.letters == " bU\n+ba+ba "
    pieces = symbols.pieces(0, len(symbols.letters))
    assert pieces == [symbols.pieces(index, index + 1)[0] for index in range(len(symbols.letters))]
    assert pieces[::-1] == [symbols.pieces(index, index + 1)[0] for index in reversed(range(len(symbols.letters)))]
    assert [(text[start:end], form) for start, end, form in pieces] == [
        ("وفي", "وفي"),
        ("لـ", "ل"),
        ("يوم", "يوم"),
        ("\n", "\n"),
        ("و", "و"),
        ("ل", "ل"),
        ("لعام", "العام"),
        ("و", "و"),
        ("ب", "ب"),
        ("العام", "العام"),
        ("كلمة", "كلمه"),
    ]

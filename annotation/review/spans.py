"""Checks of one mention by itself: its edges against the guidelines.

Each takes the article and yields what is doubtful; it says nothing where the guidelines leave room.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from annotation.migration import UNDECIDED
from annotation.preannotate.gazetteer import phrases
from annotation.preannotate.words import PROCLITIC_STRINGS, plain, restore_article
from annotation.review.article import Found, Reviewed, before_in_word, inside_word, plain_words

_ARTICLE = "ال"
_JOINED_ARTICLE = "لل"
_PROCLITICS = frozenset(PROCLITIC_STRINGS)
_BEFORE_ARTICLE = frozenset(("", *PROCLITIC_STRINGS))
_PROCLITIC_LETTERS = frozenset("وفبلكس")

_SHORTEST_DEFINITE = 5  # with the article: shorter ones are too often something else (والي is no و and إلى)

_STOPS = frozenset(".,;:!?،؛؟…۔/\\|•–—-*")
_INITIAL_STOP = re.compile(r"(?:^|[\s.])[^\W\d_]\.$")
_QUOTES = frozenset("«»“”„‟‹›\"'‘’()[]{}<>\N{ORNATE LEFT PARENTHESIS}\N{ORNATE RIGHT PARENTHESIS}")
_NAME_LISTS = ("countries", "cities", "gpe", "loc", "org", "first_names", "surnames", "name_firsts", "name_lasts")


def undecided_label(article: Reviewed) -> Iterator[Found]:
    """The label is one part of a label that was split, and nobody has decided yet."""
    for one in article.entities:
        if one.score == UNDECIDED:
            message = f"its label was split, {one.label} is the first part; keep it or take another"
            yield Found(one.start, one.end, one.label, message)


def starts_inside_word(article: Reviewed) -> Iterator[Found]:
    """The mention leaves out letters of its first word that are no proclitic."""
    for one in article.entities:
        if inside_word(article.text, one.start):
            before = before_in_word(article.text, one.start)
            if before not in _PROCLITICS and not _article_before(before):
                message = f"the word begins with '{before}' before it; only و ف ب ل ك س stay outside"
                yield Found(one.start, one.end, one.label, message)


def ends_inside_word(article: Reviewed) -> Iterator[Found]:
    """The mention leaves out the end of its last word."""
    for one in article.entities:
        if inside_word(article.text, one.end):
            end = one.end
            while inside_word(article.text, end):
                end += 1
            end += end < len(article.text)
            rest = article.text[one.end : end].split()[0]
            yield Found(one.start, one.end, one.label, f"the word goes on with '{rest}'; endings stay inside")


def article_outside(article: Reviewed) -> Iterator[Found]:
    """The article ال stands outside the mention."""
    for one in article.entities:
        if inside_word(article.text, one.start):
            before = before_in_word(article.text, one.start)
            if _article_before(before):
                yield Found(one.start, one.end, one.label, f"'{before}' stands before it; the article belongs inside")


def _article_before(before: str) -> bool:
    if before.endswith(_ARTICLE):
        return before.removesuffix(_ARTICLE) in _BEFORE_ARTICLE
    return before.endswith(_JOINED_ARTICLE) and before.removesuffix(_JOINED_ARTICLE) in _BEFORE_ARTICLE


def leading_proclitic(article: Reviewed) -> Iterator[Found]:
    """The mention begins with و ف ب ل ك, without which it is a known name, or a word of the article with ال."""
    names = article.names or {}
    alone: frozenset[str] | None = None
    for one in article.entities:
        if article.text[one.start] not in _PROCLITIC_LETTERS or inside_word(article.text, one.start):
            continue
        whole = plain_words(article.text[one.start : one.end])
        if _listed(whole) or _listed(whole.split(" ")[0]):
            continue
        for length in (1, 2):
            proclitic, rest = whole[:length], whole[length:]
            if proclitic not in _PROCLITICS or len(rest) < 3:
                continue
            if proclitic.endswith("ل"):
                rest = restore_article(rest)
            known = _listed(rest) or names.get((rest, one.label), 0) >= max(names.get((whole, one.label), 0), 1)
            first = rest.split(" ")[0]
            if not known and first.startswith(_ARTICLE) and len(first) >= _SHORTEST_DEFINITE:
                alone = alone if alone is not None else frozenset(map(plain, re.findall(r"\w+", article.text)))
                known = first in alone
            if known:
                yield Found(one.start, one.end, one.label, f"'{proclitic}' belongs outside the name '{rest}'")
                break


@cache
def _known_names() -> frozenset[str]:
    return frozenset(" ".join(phrase) for name in _NAME_LISTS for phrase in phrases(name))


def _listed(words: str) -> bool:
    return words in _known_names()


def edge_punctuation(article: Reviewed) -> Iterator[Found]:
    """The mention begins or ends with a punctuation mark that is no part of an abbreviation."""
    for one in article.entities:
        first, last = article.text[one.start], article.text[one.end - 1]
        if last in _STOPS and not (last == "." and _INITIAL_STOP.search(article.text[one.start : one.end])):
            yield Found(one.start, one.end, one.label, f"it ends with '{last}', which belongs outside")
        elif first in _STOPS:
            yield Found(one.start, one.end, one.label, f"it begins with '{first}', which belongs outside")


def edge_quote_or_bracket(article: Reviewed) -> Iterator[Found]:
    """The mention begins or ends with a quotation mark or bracket."""
    for one in article.entities:
        for char in (article.text[one.start], article.text[one.end - 1]):
            if char in _QUOTES:
                yield Found(one.start, one.end, one.label, f"'{char}' at its edge belongs outside")
                break


def crosses_sentence(article: Reviewed) -> Iterator[Found]:
    """The mention goes on into the next sentence."""
    starts = [sentence.start for sentence in article.sentences]
    for one in article.entities:
        at = bisect_right(starts, one.start)
        if at < len(starts) and starts[at] < one.end:
            message = f"a sentence begins inside it, at {starts[at]}; one of the two is wrong"
            yield Found(one.start, one.end, one.label, message)

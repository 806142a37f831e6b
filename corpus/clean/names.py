"""Agencies, outlets, places and personal names as bylines and datelines print them."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from corpus.clean.folding import key
from corpus.clean.phrases import load_lines, load_words

MAX_NAME_WORDS: Final = 5
MAX_LISTED_WORDS: Final = 7
"""Words of two letters or more in the longest name."""


@cache
def agencies() -> dict[str, str]:
    """Canonical name of an agency by the key of each spelling, dotted, spaced or in one."""
    names: dict[str, str] = {}
    for line in load_lines("words", "agencies"):
        canonical, spellings = line.split(" = ")
        names[key(canonical)] = canonical
        for spelling in spellings.split(", "):
            names[key(spelling)] = canonical
    return names


@cache
def outlets() -> frozenset[str]:
    """Keys of the names of outlets."""
    return frozenset(key(line) for line in load_lines("words", "outlets"))


@cache
def places() -> frozenset[str]:
    """Keys of the names of places that datelines name."""
    return frozenset(key(place) for line in load_lines("words", "places") for place in line.split("|"))


def agency_of(text: str) -> str | None:
    """The canonical name of the agency that `text` is, brackets and slashes aside; None if it is none."""
    return agencies().get(key(text)) if len(text) <= 60 else None


@cache
def ambiguous_outlets() -> frozenset[str]:
    """Keys of the names of outlets that are ordinary words too."""
    return frozenset(key(line) for line in load_lines("words", "outlets-ambiguous"))


_KINDS_OF_OUTLET: Final = frozenset(key("صحيفة جريدة موقع بوابة شبكة قناة مجلة").split())


def is_outlet(text: str, outlet: str | None = None) -> bool:
    """Whether `text` is the name of an outlet, or of the one given."""
    line_key = key(text)
    first, _, rest = line_key.partition(" ")
    if rest and first in _KINDS_OF_OUTLET and (rest in outlets() or rest in ambiguous_outlets()):
        return True
    return line_key in outlets() or (outlet is not None and line_key == key(outlet))


_PART_OF_PLACE = re.compile(r"[،,(/]")


def is_place(text: str) -> bool:
    """Whether `text` is a place that datelines name, maybe with its country ("دمشق، سوريا")."""
    line_key = key(text)
    if line_key in places():
        return True
    first = _PART_OF_PLACE.split(text, maxsplit=1)[0]
    return first != text and key(first) in places() and len(line_key.split()) <= MAX_NAME_WORDS


def has_first_name(words: tuple[str, ...] | list[str]) -> bool:
    """Whether one of the folded words is a personal name."""
    known = load_words("first-names")
    return any(word in known or (word[0] == "و" and word[1:] in known) for word in words)


_FUNCTION: Final = (
    "في على عن إلى الى أن إن لا ما لم لن قد هو هي مع بين ليس كان هذا هذه التي الذي يا كل أو أم ثم منذ بعد قبل"
)
_FUNCTION_WORDS: Final = frozenset(_FUNCTION.split())
_NOT_IN_NAMES = re.compile(r"[\d#?!؟«»“”\"…%؛]")


def may_be_unknown_name(text: str) -> bool:
    """Whether `text` has the shape of a personal name that no list knows: up to four plain words."""
    words = text.split()
    return len(words) <= 4 and _FUNCTION_WORDS.isdisjoint(words) and not _NOT_IN_NAMES.search(text)


def is_too_long(text: str) -> bool:
    """Whether `text` has more words than any name: of a person, and of a place, an agency or an outlet in our lists."""
    return sum([len(word) > 1 for word in key(text).split()]) > MAX_LISTED_WORDS


@lru_cache(maxsize=8192)
def may_be_name(text: str) -> bool:
    """Whether `text` can be a personal name: two to four words of letters, one of them a known name; or two names."""
    if not _FUNCTION_WORDS.isdisjoint(text.split()) or _NOT_IN_NAMES.search(text):
        return False
    words = [word for word in key(text).split() if word not in ("د", "م", "ا")]
    if not 1 < len(words) <= MAX_LISTED_WORDS or not has_first_name(words) or any(len(word) < 2 for word in words):
        return False
    known = load_words("first-names")
    return len(words) <= 4 or any(word[0] == "و" and word[1:] in known for word in words[2:])

"""The word lists of `lexicons/` as sets of folded forms, and longest matches of their multi-word entries in tokens.

A list file holds entries separated by ` | ` or line breaks; lines that start with `#` are comments and name the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from annotation.preannotate.words import plain

FOLDER = Path(__file__).parent / "lexicons"
_BOTH = plain("السعودية")  # a country, and its adjective
Phrase = tuple[str, ...]
_Node: TypeAlias = (
    "dict[str, _Node]"  # the next words of entries, each with its node; under the empty word, their kinds
)


@cache
def entries(name: str) -> tuple[str, ...]:
    """The entries of `lexicons/NAME.txt` as written. Raises `FileNotFoundError` with the folder for an unknown name."""
    path = FOLDER / f"{name}.txt"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in FOLDER.glob("*.txt")))
        raise FileNotFoundError(f"no word list {name!r} in {FOLDER.name}/; there are: {known}")
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    found = (entry.strip() for line in lines for entry in line.split("|"))
    return tuple(dict.fromkeys(entry for entry in found if entry))


def lists_digest(names: Iterable[str]) -> str:
    """The SHA-256 of word lists as they are written."""
    found = hashlib.sha256()
    for name in sorted(names):
        found.update(name.encode() + b"\0" + (FOLDER / f"{name}.txt").read_bytes())
    return found.hexdigest()


@cache
def phrases(name: str) -> frozenset[Phrase]:
    """The entries of a list as tuples of folded words."""
    return frozenset(tuple(plain(word) for word in entry.split()) for entry in entries(name))


@cache
def words(name: str) -> frozenset[str]:
    """The one-word entries of a list, folded."""
    return frozenset(phrase[0] for phrase in phrases(name) if len(phrase) == 1)


def nisba_forms(stem: str) -> Iterator[str]:
    """All forms of a nisba adjective without the article: مغربي gives مغربية, مغربيون, مغربيين, مغربيات, مغربيان ..."""
    yield stem
    for ending in ("ة", "ون", "ين", "ات", "ان", "تان", "تين", "ا", "و", "ّ"):
        yield stem + ending
    if stem.endswith("وي"):
        return


@cache
def norp_words() -> frozenset[str]:
    """Folded forms, with and without the article, of nationality and group words."""
    found: set[str] = set(words("norp_nouns"))
    for stem in entries("nisba"):
        for form in nisba_forms(stem):
            found.add(plain(form))
            found.add("ال" + plain(form))
    places = words("gpe") | words("loc") | words("countries")
    return frozenset(found) - (places - {_BOTH}) - words("not_norp")


Match = tuple[int, int, str]
"""A lexicon entry found in a token sequence: half-open token range, and the list it comes from."""


class PhraseMatcher:
    """Finds the longest entry at each position of a sequence of folded stems (dictionary of dictionaries)."""

    def __init__(self, lists: Mapping[str, Iterable[Phrase]]) -> None:
        self._root: dict[str, _Node] = {}
        for kind, phrases_of_kind in lists.items():
            for phrase in phrases_of_kind:
                node = self._root
                for word in phrase:
                    node = node.setdefault(word, {})
                node.setdefault("", {})[kind] = {}

    @property
    def first_words(self) -> frozenset[str]:
        """The words by which entries begin."""
        return frozenset(self._root)

    def matches(
        self, first: Sequence[str], rest: Sequence[str], starts: Iterable[int] | None = None
    ) -> Iterator[Match]:
        """Longest non-overlapping matches, left to right.

        `first` holds, per token, the stem behind its proclitics (an entry may begin inside a token); `rest` the whole
        plain forms, which every further word must equal. `starts` (ascending) says at which tokens to look.
        """
        taken = 0
        stop = len(first)
        root = self._root
        for start in range(stop) if starts is None else starts:
            node = root.get(first[start])
            if node is None or start < taken:
                continue
            if start + 1 < stop and rest[start + 1] in node:
                end, kinds = _longest(node, rest, start, stop)
            elif "" in node:
                end, kinds = start + 1, node[""]
            else:
                continue  # so it is with most words
            for kind in kinds:
                yield start, end, kind
            taken = end

    def inside(self, match: Match, first: Sequence[str], rest: Sequence[str]) -> Iterator[Match]:
        """Longest matches within a match, from its second token on."""
        taken = 0
        first_at, stop, _ = match
        for start in range(first_at + 1, stop):
            node = self._root.get(first[start])
            if node is None or start < taken:
                continue
            end, kinds = _longest(node, rest, start, stop)
            for kind in kinds:
                yield start, end, kind
            taken = end


def _longest(node: _Node, rest: Sequence[str], start: int, stop: int) -> tuple[int, Iterable[str]]:
    """The end and the kinds of the longest entry that begins with the word of `node`; `start` and none without one."""
    best: tuple[int, Iterable[str]] = (start, ())
    at = start + 1
    while True:
        if "" in node:
            best = (at, node[""])
        if at >= stop or rest[at] not in node:
            return best
        node = node[rest[at]]
        at += 1

"""Phrase tables: `phrases/<rule>.txt` says which lines the rule of that name removes.

One phrase a line; a comment starts with "#". "*" stands for further words, `<n>` for a number; a phrase without "*" is
the whole line, and one that ends in ": *" asks for the colon. Spelling, marks and punctuation do not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from corpus.clean.folding import key

PREFIX_WORDS: Final = 7
"""The longest opening, in words, that a phrase can ask for."""


def load_lines(folder: str, name: str) -> list[str]:
    """The lines of a text file of this package that are neither blank nor comments."""
    lines = (files(__package__) / folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def load_words(name: str) -> frozenset[str]:
    """The words of `words/<name>.txt`, folded."""
    return frozenset(word for line in load_lines("words", name) for word in key(line).split())


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """The phrases of many rules, looked up by the words of a line.

    `first_words` are those that openings begin with, `inner_words` the longest one of each inner phrase: most lines
    hold none of them.
    """

    whole: dict[str, str] = field(default_factory=dict)
    openings: dict[str, tuple[str, bool]] = field(default_factory=dict)
    inner: tuple[tuple[str, re.Pattern[str], str], ...] = ()
    first_words: frozenset[str] = frozenset()
    inner_words: frozenset[str] = frozenset()

    def rule_of(self, line_key: str, text: str) -> str | None:
        """The rule that has a phrase for the whole line or its opening; `text` is the line as it stands."""
        rule = self.whole.get(line_key)
        if rule is not None:
            return rule
        words = line_key.split(" ", PREFIX_WORDS)[:PREFIX_WORDS]
        if words[0] not in self.first_words:
            return None
        for count in range(len(words), 0, -1):
            found = self.openings.get(" ".join(words[:count]))
            if found is not None and (not found[1] or key(text.partition(":")[0]) == " ".join(words[:count])):
                return found[0]
        return None

    def inner_rule_of(self, line_key: str) -> str | None:
        """The rule with a phrase that stands anywhere in the line."""
        if self.inner_words.isdisjoint(line_key.split()):
            return None
        for words, pattern, rule in self.inner:
            if words in line_key and pattern.search(line_key):
                return rule
        return None


def load_table(rules: tuple[str, ...]) -> PhraseTable:
    """The phrases of these rules; where two rules have the same phrase the first keeps it."""
    whole: dict[str, str] = {}
    openings: dict[str, tuple[str, bool]] = {}
    inner: list[tuple[str, re.Pattern[str], str]] = []
    for rule in rules:
        for phrase in load_lines("phrases", rule):
            phrase = phrase.replace("<n>", "0")
            parts = [key(part) for part in phrase.split("*")]
            if len(parts) == 1:
                whole.setdefault(parts[0], rule)
            elif len(parts) == 2 and not parts[1]:
                openings.setdefault(parts[0], (rule, phrase.rstrip(" *").endswith(":")))
            else:
                words = r"\b.*?\b".join(re.escape(part) for part in parts if part)
                inner.append((max(parts, key=len), re.compile(rf"\b{words}\b"), rule))
    first_words = frozenset(opening.split(" ", 1)[0] for opening in openings)
    inner_words = frozenset(max(words.split(), key=len) for words, _, _ in inner)
    return PhraseTable(whole, openings, tuple(inner), first_words, inner_words)

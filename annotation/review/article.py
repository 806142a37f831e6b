"""What a check sees: one annotator's work on one document; and what it finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from annotation.preannotate.words import plain
from corpus.span import Entity, Sentence
from corpus.text.chars import ARABIC, MARKS

_SCRIPTS = (re.compile(rf"[{ARABIC}{MARKS}]"), re.compile(r"[A-Za-z\u00C0-\u024F]"), re.compile(r"\d"))


@dataclass(frozen=True, slots=True)
class Found:
    """Something doubtful in a document: a range in code points (the whole text: 0-0), its label, and what is odd."""

    start: int
    end: int
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One annotator's work on a document, all tasks of it.

    `sentences` are the annotator's own, else those predicted; `own_sentences` says which. `names` counts, for each
    (plain words, label), in how many documents of the corpus anybody marked them so. `seconds` is the working time.
    """

    doc_id: str
    text: str
    annotator: str
    entities: tuple[Entity, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    own_sentences: bool = False
    seconds: float | None = None
    names: Mapping[tuple[str, str], int] | None = None

    def words(self, start: int, end: int) -> str:
        """The words of a range."""
        return self.text[start:end]


def inside_word(text: str, at: int) -> bool:
    """Whether letters (or digits) of one script stand on both sides of `at`."""
    if not 0 < at < len(text):
        return False
    script = _script(text[at - 1])
    return script is not None and script == _script(text[at])


@cache
def _script(char: str) -> int | None:
    return next((number for number, one in enumerate(_SCRIPTS) if one.match(char)), None)


def before_in_word(text: str, at: int) -> str:
    """What of a word stands before `at`, in plain spelling; empty where a word begins."""
    start = at
    while inside_word(text, start):
        start -= 1
    return plain(text[start:at])


@lru_cache(maxsize=1 << 16)
def plain_words(words: str) -> str:
    """Words in plain spelling, with single spaces."""
    return " ".join(plain(words).split())

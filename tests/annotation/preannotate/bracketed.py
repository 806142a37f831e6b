"""The notation of the rule cases: `في [12 يناير 2026|2026-01-12]` marks a span and its normalised value."""

from __future__ import annotations

import re
from pathlib import Path

from annotation.preannotate.protocol import Article, EntityAnnotator
from corpus.segment.tokens import token_offsets
from corpus.span import Sentence

CASES = Path(__file__).parents[2] / "cases"
# A value may end in a calendar in brackets: 1447-07-12[islamic].
_SPAN = re.compile(r"\[([^\[\]|]+)(?:\|(?:[^\[\]]|\[[a-z]+\])*)?\]")


def read_cases(folder: str) -> list[str]:
    """The lines of the case files of a folder, comments left out."""
    lines = [line for path in sorted((CASES / folder).glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def article(text: str) -> Article:
    """A text as pre-annotators get it."""
    return Article(text, (Sentence(0, len(text)),), tuple(token_offsets(text)))


def unmark(line: str) -> str:
    """The text of a case."""
    return _SPAN.sub(r"\1", line)


def mark(text: str, annotator: EntityAnnotator) -> str:
    """A text in the notation of the cases, as an annotator sees it."""
    [entities] = annotator.entities([article(text)])
    for entity in reversed(entities):
        value = "" if entity.value is None else f"|{entity.value}"
        text = f"{text[: entity.start]}[{text[entity.start : entity.end]}{value}]{text[entity.end :]}"
    return text

"""Sentences as offsets: line structure first, then the ordered boundary rules of `corpus.segment.boundaries`.

The text is never altered. Time is linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corpus.segment import lexicon
from corpus.segment.boundaries import BRACKETS, STOPS, Stop, decide, extends_grapheme
from corpus.segment.tokens import MARKS
from corpus.span import Sentence

VERSION: Final = "1"

WHOLE_LINE_KINDS: Final = frozenset({"title"})
"""Kinds of line that are one sentence whatever stops they hold."""

UNSTOPPED: Final = 250
"""Code points of a line without any stop or comma from which on clear sentence starts split it."""

_STOPS = re.compile(rf"[{re.escape(STOPS)}]++[{MARKS}]*+")
_CLEAR_START = re.compile(r"(?<=\s)(?:" + "|".join(map(re.escape, lexicon.CLEAR_STARTS)) + r")(?=\s)")
_ALWAYS_CLOSE = frozenset(BRACKETS + "»")
_MAY_CLOSE = frozenset("\"'“”’")
_PLAIN = frozenset(chr(c) for c in (*range(0x621, 0x63B), *range(0x641, 0x64B)))
_UNSURE_ENDS = frozenset(
    word[-3:] for word in lexicon.LETTER_NAMES | lexicon.UNITS | lexicon.ABBREVIATIONS if len(word) > 2
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Why the text was or was not split: at `position` (code points) the rule `rule` said whether a sentence ends."""

    position: int
    splits: bool
    rule: str


def segment(text: str, line_kinds: Sequence[str]) -> list[Sentence]:
    """The sentences of `text`, whose lines have these kinds: sorted, disjoint, covering all that is not whitespace.

    Raises ValueError if there is not one kind for each line.
    """
    sentences: list[Sentence] = []
    add = sentences.append
    lines = 0
    for start, end in _lines(text):
        if lines == len(line_kinds):
            raise ValueError(f"{text.count(chr(10)) + 1} lines, but {len(line_kinds)} line kinds")
        kind = line_kinds[lines]
        lines += 1
        if kind in WHOLE_LINE_KINDS:
            trimmed = _trim(text, start, end)
            if trimmed is not None:
                add(Sentence(*trimmed, kind))
            continue
        for first, last in _split(text, start, end):
            add(Sentence(first, last, kind))
    if lines != len(line_kinds):
        raise ValueError(f"{lines} lines, but {len(line_kinds)} line kinds")
    return sentences


def split_line(line: str) -> list[tuple[int, int]]:
    """The sentences of bare text as ranges of code points; a line break in it ends a sentence."""
    return [span for start, end in _lines(line) for span in _split(line, start, end)]


def explain(text: str, line_kinds: Sequence[str]) -> list[Decision]:
    """Every stop of `text` with the rule that decided it; line ends and unstopped text included."""
    decisions: list[Decision] = []
    for (start, end), kind in zip(_lines(text), line_kinds, strict=True):
        if kind in WHOLE_LINE_KINDS:
            decisions.append(Decision(end, True, "whole-line-kind"))
            continue
        _split(text, start, end, decisions)
        decisions.append(Decision(end, True, "line-end"))
    return decisions


def _lines(text: str) -> Iterator[tuple[int, int]]:
    if not text:
        return
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield start, end
        start = end + 1
    yield start, len(text)


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _split(text: str, start: int, end: int, decisions: list[Decision] | None = None) -> list[tuple[int, int]]:
    """The sentences of one line, `text[start:end]`; appends why to `decisions` if given."""
    trimmed = _trim(text, start, end)
    if trimmed is None:
        return []
    start, end = trimmed
    ranges: list[tuple[int, int]] = []
    quotes: _QuoteCount | None = None
    line_start = start
    for match in _STOPS.finditer(text, start, end):
        first, last = match.span()
        if first < start:  # inside a run already taken as closing
            continue
        if last == end and decisions is None:  # nothing follows
            break
        if (
            decisions is None
            and last - first == 1
            and text[first] == "."
            and last + 2 < end
            and text[last] == " "
            and text[last + 1] in _PLAIN
            and first - 3 > start
            and text[first - 1] in _PLAIN
            and text[first - 2] in _PLAIN
            and text[first - 3] in _PLAIN
            and text[first - 3 : first] not in _UNSURE_ENDS
        ):  # the commonest stop, decided as the rules would: a word of three letters, a stop, a space, a letter
            ranges.append((start, last))
            start = last + 1
            continue
        if quotes is None:
            quotes = _QuoteCount(text, line_start)
        closed = _closers_end(text, last, end, quotes)
        following = closed
        while following < end and text[following].isspace():
            following += 1
        splits, rule = decide(Stop(text, start, first, last, closed, following, end))
        if decisions is not None:
            decisions.append(Decision(closed, splits, rule))
        if splits:
            ranges.append((start, closed))
            start = following
    ranges.append((start, end))
    if len(ranges) == 1 and end - start > UNSTOPPED:
        return _split_unstopped(text, start, end, decisions)
    return ranges


def _split_unstopped(text: str, start: int, end: int, decisions: list[Decision] | None) -> list[tuple[int, int]]:
    """Text without stops and commas, split before the words that clearly start a sentence."""
    if text.count("،", start, end) + text.count(",", start, end) > (end - start) // 300:
        return [(start, end)]
    ranges = []
    for match in _CLEAR_START.finditer(text, start, end):
        at = match.start()
        closed = at
        while closed > start and text[closed - 1].isspace():
            closed -= 1
        if closed - start < 60 or end - at < 40 or text[closed - 1] in '،,؛:-–—«“"(':
            continue
        if decisions is not None:
            decisions.append(Decision(closed, True, "clear-start-without-stop"))
        ranges.append((start, closed))
        start = at
    return [*ranges, (start, end)]


class _QuoteCount:
    """How many straight quotation marks stand before a position of a line, counted once from left to right."""

    __slots__ = ("count", "position", "text")

    def __init__(self, text: str, start: int) -> None:
        self.text, self.position, self.count = text, start, 0

    def open_at(self, position: int) -> bool:
        """Whether a straight quotation mark at `position` would close one; positions must not go back."""
        if position > self.position:
            self.count += self.text.count('"', self.position, position)
            self.position = position
        return self.count % 2 == 1


def _closers_end(text: str, position: int, end: int, quotes: _QuoteCount) -> int:
    """Where the quotation marks and brackets that close after a stop end; some stand off by a space."""
    while position < end:
        at = position
        while at < end and text[at].isspace():
            at += 1
        if at == end:
            return position
        char = text[at]
        if char not in _ALWAYS_CLOSE and char not in _MAY_CLOSE:
            return position
        following = text[at + 1] if at + 1 < end else " "
        before_word = following.isalnum() or extends_grapheme(following) or following in "#@«“(["
        spaced = at > position
        if char in _ALWAYS_CLOSE:
            closes = char in BRACKETS or not (spaced and before_word)
        elif spaced and before_word:
            closes = False
        elif spaced or before_word:
            closes = at + 1 >= end or (quotes.open_at(at) if char == '"' else not before_word and char != "“")
        else:
            closes = True
        if not closes:
            return position
        position = at + 1
    return position

"""Sentences as offsets: line structure first, then the ordered boundary rules of `corpus.segment.boundaries`.

The text is never altered. Time is linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from corpus.segment import lexicon
from corpus.segment.boundaries import BRACKETS, FAR, JOINED_TITLES, STOPS, Stop, decide, extends_grapheme
from corpus.span import Sentence
from corpus.text.chars import MARKS

VERSION: Final = "3"

WHOLE_LINE_KINDS: Final = frozenset({"title"})
"""Kinds of line that are one sentence whatever stops they hold."""

UNSTOPPED: Final = 250
"""Code points of a line without any stop or comma from which on clear sentence starts split it."""

# What belongs to a stop mark: further ones, the combining marks on them, the line break after them.
_REST_OF_RUN = re.compile(rf"[{re.escape(STOPS)}]*+[{MARKS}]*+\n?+")
_MARKS_AND_BREAK = STOPS + "\n"
_REST_OF_LINE = re.compile(r"[»\"”’')\]}]*+[^\S\n]*+(?:\n|\Z)")
_ENDS_OF_LINE = frozenset(" \t»\"”’')]}")
_WORDLESS_ENDS = frozenset("0123456789%»”\")")
_DIGITS = frozenset("0123456789")
_CLEAR_START = re.compile(r"(?<=\s)(?:" + "|".join(map(re.escape, lexicon.CLEAR_STARTS)) + r")(?=\s)")
_ALWAYS_CLOSE = frozenset(BRACKETS + "»")
_MAY_CLOSE = frozenset("\"'“”’")
_PLAIN = frozenset(chr(c) for c in (*range(0x621, 0x63B), *range(0x641, 0x64B)))
_STARTS = _PLAIN | frozenset("«([-–—0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_PLAIN_WORD = re.compile("[ء-غف-ي]{1,30}+(?=\\s)")
_UNSURE_WORDS = frozenset(
    " " + word
    for word in lexicon.LETTER_NAMES | lexicon.UNITS | lexicon.ABBREVIATIONS | JOINED_TITLES
    if len(word) == 2
)
_UNSURE_ENDS = frozenset(
    [word[-3:] for word in lexicon.LETTER_NAMES | lexicon.UNITS | lexicon.ABBREVIATIONS if len(word) > 2]
    + [proclitic + name for proclitic in "وفبلك" for name in lexicon.LETTER_NAMES if len(name) == 2]
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
    lines = text.count("\n") + 1 if text else 0
    if lines != len(line_kinds):
        raise ValueError(f"{lines} lines, but {len(line_kinds)} line kinds")
    return [Sentence(start, end, kind) for (start, end), kind in zip(*_scan(text, line_kinds, None), strict=True)]


def split_line(line: str) -> list[tuple[int, int]]:
    """The sentences of bare text as ranges of code points; a line break in it ends a sentence."""
    return _scan(line, repeat("paragraph"), None)[0]


def explain(text: str, line_kinds: Sequence[str]) -> list[Decision]:
    """Every stop of `text` with the rule that decided it; line ends and unstopped text included."""
    decisions: list[Decision] = []
    if text:
        _scan(text, line_kinds, decisions)
    return decisions


def _trimmed_end(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _scan(
    text: str, line_kinds: Iterable[str], decisions: list[Decision] | None
) -> tuple[list[tuple[int, int]], list[str]]:
    """The sentences of all lines and their kinds, in one pass over the line breaks and stops.

    Appends why to `decisions` if given.
    """
    sentences: list[tuple[int, int]] = []
    kinds_of: list[str] = []
    add, add_kind = sentences.append, kinds_of.append
    if not text:
        return sentences, kinds_of
    kinds = iter(line_kinds)
    kind = next(kinds)
    whole = kind in WHOLE_LINE_KINDS
    length = len(text)
    start = 0  # of the sentence; whitespace before it is skipped when it is needed
    line_start = 0
    on_line = 0  # sentences before those of this line
    line_end = -1  # of the line, trimmed; -1 until a stop needs it
    quotes: _QuoteCount | None = None
    last = 0  # the end of a run of marks, with the line break after it
    for first in _marks_and_breaks(text):
        if first < last:
            continue
        last = first + 1
        if last < length and text[first] != "\n" and text[last] != " ":
            if text[last] == "\n":
                last += 1
            elif rest := _REST_OF_RUN.match(text, last):
                last = rest.end()
        end = last - 1
        if first == length or text[end] == "\n":
            if decisions is not None and first < end and not whole:
                decisions.append(Decision(end, False, "nothing-follows"))
            while start < end and text[end - 1].isspace():
                end -= 1
            while start < end and text[start].isspace():
                start += 1
            if start < end:
                if end - start > UNSTOPPED and len(sentences) == on_line and not whole:
                    for one in _split_unstopped(text, start, end, decisions):
                        add(one)
                        add_kind(kind)
                else:
                    add((start, end))
                    add_kind(kind)
            if decisions is not None:
                decisions.append(Decision(end, True, "whole-line-kind" if whole else "line-end"))
            if first == length:
                break
            start = line_start = last
            on_line, line_end, quotes = len(sentences), -1, None
            kind = next(kinds)
            whole = kind in WHOLE_LINE_KINDS
            continue
        if first < start or whole:  # inside a run already taken as closing; or nothing ends this line but its end
            continue
        after = text[last] if last < length else "\n"
        if decisions is None:
            # The commonest stops, decided as the rules would.
            if after == "\n" or (after in _ENDS_OF_LINE and _REST_OF_LINE.match(text, last)):
                continue  # nothing follows
            if after in _DIGITS and text[first] == "." and text[first - 1] in _DIGITS and first > start:
                continue  # a decimal
            if after == " " and last + 2 < length and text[last + 1] in _STARTS:
                if last - first > 1:
                    if _is_pause(text, first, last):
                        continue
                elif text[last + 2] != "\n" and _ends_sentence(text, start, first):
                    if text[start].isspace():
                        start = _skip_space(text, start)
                    add((start, last))
                    add_kind(kind)
                    start = last + 1
                    continue
        if line_end < 0:
            line_end = text.find("\n", last)
            line_end = _trimmed_end(text, start, length if line_end < 0 else line_end)
        start = _skip_space(text, start)
        if quotes is None:
            quotes = _QuoteCount(text, line_start)
        closed = _closers_end(text, last, line_end, quotes)
        following = closed
        while following < line_end and text[following].isspace():
            following += 1
        splits, rule = decide(Stop(text, start, first, last, closed, following, line_end))
        if decisions is not None:
            decisions.append(Decision(closed, splits, rule))
        if splits:
            add((start, closed))
            add_kind(kind)
            start = following
    return sentences, kinds_of


def _marks_and_breaks(text: str) -> list[int]:
    """Where stop marks and line breaks stand, and the end of the text.

    Each is looked for by itself, because `str.find` goes through a text many times faster than a pattern does.
    """
    found = []
    for mark in _MARKS_AND_BREAK:
        at = text.find(mark)
        while at >= 0:
            found.append(at)
            at = text.find(mark, at + 1)
    found.sort()
    found.append(len(text))
    return found


def _ends_sentence(text: str, start: int, at: int) -> bool:
    """Whether the mark at `at`, before a space and what may start a sentence, surely ends one; else rules must say.

    Sure are a question or exclamation mark behind a letter, a full stop behind a word of two letters or more that no
    list knows, either with a space before it; and, far from the start of the sentence only, either behind a number or
    a closing quotation mark.
    """
    mark, before = text[at], text[at - 1]
    if at <= start or mark not in ".!؟?":
        return False
    if before in _PLAIN:
        if mark != ".":
            return True
        if at - 3 < start or text[at - 2] not in _PLAIN:
            return False
        word = text[at - 3 : at]
        return word not in _UNSURE_ENDS if word[0] in _PLAIN else word[0] == " " and word not in _UNSURE_WORDS
    if before == " ":
        return at - 2 >= start and text[at - 2] in _PLAIN
    return at - start > FAR and (mark != "." or before in _WORDLESS_ENDS)


def _is_pause(text: str, first: int, last: int) -> bool:
    """Whether the marks before a space are an ellipsis and no word follows that could stand on its own."""
    word = _PLAIN_WORD.match(text, last + 1)
    return (
        word is not None
        and not text[first:last].strip(".…")
        and word[0] not in lexicon.INDEPENDENT
        and not word[0].startswith(("ال", "س", "وس"))
    )


def _skip_space(text: str, start: int) -> int:
    while text[start].isspace():
        start += 1
    return start


def _has_commas(text: str, start: int, end: int, number: int) -> bool:
    """Whether `text[start:end]` holds at least `number` commas."""
    at = start
    for missing in range(number, 0, -1):
        at = text.find("،", at, end) + 1
        if not at:
            return text.count(",", start, end) >= missing
    return True


def _split_unstopped(text: str, start: int, end: int, decisions: list[Decision] | None) -> list[tuple[int, int]]:
    """Text without stops and commas, split before the words that clearly start a sentence."""
    if _has_commas(text, start, end, (end - start) // 300 + 1):
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

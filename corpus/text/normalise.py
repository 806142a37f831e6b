"""Normalisation with its edits: from a decoded page to NFC text with plain line ends and nothing invisible.

Lines stay as they are: blank lines are evidence for the cleaning rules. `tidy` then trims and joins what cleaning
left. What is folded and what stays is in `docs/cleaning.md`; the project never applies NFKC.
"""

from __future__ import annotations

import codecs
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

import unicodedata2

from corpus.text.chars import BIDI_CONTROLS, INVISIBLE, LINE_ENDS, composing_seconds, presentation_forms
from corpus.text.edits import Edit, apply_edits, compose

VERSION = "1"

_CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_SURROGATES = r"\ud800-\udfff"


@functools.cache
def _special() -> re.Pattern[str]:
    """Runs of characters that change one by one; one character class, because most of a text is none of them."""
    ends, forms = "".join(LINE_ENDS), "".join(presentation_forms())
    return re.compile(f"[{re.escape(ends)}{BIDI_CONTROLS}{INVISIBLE}{_CONTROLS}{_SURROGATES}{forms}]+")


@functools.cache
def _kinds() -> re.Pattern[str]:
    forms = "".join(presentation_forms())
    return re.compile(
        rf"(?P<line_end>{'|'.join(map(re.escape, LINE_ENDS))})"
        rf"|(?P<bidi_control>[{BIDI_CONTROLS}]+)"
        rf"|(?P<invisible>[{INVISIBLE}]+)"
        rf"|(?P<control_character>[{_CONTROLS}]+)"
        rf"|(?P<lone_surrogate>[{_SURROGATES}]+)"
        rf"|(?P<presentation_form>[{forms}])"
    )


def _single_edits(page: str) -> Iterator[Edit]:
    forms, kinds = presentation_forms(), _kinds()
    for run in _special().finditer(page):
        for match in kinds.finditer(page, *run.span()):
            rule = (match.lastgroup or "").replace("_", "-")
            if rule == "line-end":
                # \r\n: the \n is there already and no special character
                if match[0] == "\r" and page.startswith("\n", match.end()):
                    yield Edit(*match.span(), "", rule)
                else:
                    yield Edit(*match.span(), "\n", rule)
            else:
                yield Edit(*match.span(), forms.get(match[0], ""), rule)


# What nearly every page is written with, and none of it changes one by one. A mapping to single bytes, of which there
# are 255, checks a page for anything else eight times faster than a pattern; the bytes themselves are of no use.
_ALPHABET = (
    "\t\n"
    + "".join(map(chr, range(0x20, 0x7F)))
    + "".join(map(chr, range(0xC0, 0x100)))
    + "".join(map(chr, (*range(0x621, 0x63B), *range(0x640, 0x653), *range(0x660, 0x66A))))
    + "ٰٱپچڤکگیہھے،؛؟٪٫٬\N{NO-BREAK SPACE}«»©®°·–—‘’“”•…‹›\N{ZERO WIDTH NON-JOINER}"
)
_AS_BYTES = codecs.charmap_build("\0" + _ALPHABET + "\ufffe" * (255 - len(_ALPHABET)))  # \ufffe: no character


def _is_plain(page: str) -> bool:
    """Whether a page holds characters of `_ALPHABET` only."""
    try:
        codecs.charmap_encode(page, "strict", _AS_BYTES)
    except UnicodeEncodeError:
        return False
    return "\0" not in page  # which every such mapping holds


# Any but starters that NFC neither changes nor composes with what stands before them, all of them in most texts.
_DOUBTFUL = re.compile(r"[^\0-\u02ff\u0600-\u060f\u061b-\u064a\u0660-\u066f\u0671-\u06d5\u2010-\u2027]+")


@functools.cache
def _is_unsafe(char: str) -> bool:
    """Whether NFC may change a character, or compose or reorder it with what stands before it."""
    return bool(
        unicodedata2.combining(char)
        or char in composing_seconds()
        or unicodedata2.normalize("NFC", char) != char
    )


def composition_edits(text: str) -> tuple[Edit, ...]:
    """The edits that make `text` NFC.

    Each covers a starter with what may compose with or be reordered around it: cut before each starter that cannot
    compose backwards, normalising piece by piece equals normalising the whole (Unicode Standard Annex 15).
    """
    return () if unicodedata2.normalize("NFC", text) == text else _piecewise(text)


def _piecewise(text: str) -> tuple[Edit, ...]:
    edits = []
    for start, end in _unsafe_runs(text):
        start = max(start - 1, 0)  # the starter, if there is one
        piece = text[start:end]
        normal = unicodedata2.normalize("NFC", piece)
        if normal != piece:
            edits.append(_trimmed(start, piece, normal))
    return tuple(edits)


def _unsafe_runs(text: str) -> Iterator[tuple[int, int]]:
    """The runs of characters that NFC may change, compose or reorder."""
    for match in _DOUBTFUL.finditer(text):
        start = match.start()
        for at, char in enumerate(match[0], start):
            if not _is_unsafe(char):
                if start < at:
                    yield start, at
                start = at + 1
        if start < match.end():
            yield start, match.end()


def _trimmed(start: int, before: str, after: str) -> Edit:
    """The edit from `before` to `after` without what both begin and end with."""
    head = 0
    while head < min(len(before), len(after)) - 1 and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - 1 - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return Edit(start + head, start + len(before) - tail, after[head : len(after) - tail], "nfc")


def normalise(page: str) -> tuple[str, tuple[Edit, ...]]:
    """The page as NFC text with `\\n` line ends and without invisible characters, and the edits that made it."""
    if _is_plain(page):
        # All of the alphabet is older than any version of Unicode in use: Python's own look is as good, and faster.
        first: tuple[Edit, ...] = ()
        middle = page
        second = () if unicodedata.is_normalized("NFC", page) else _piecewise(page)
    else:
        first = tuple(_single_edits(page))
        middle = apply_edits(page, first) if first else page
        second = composition_edits(middle)
    if not second:
        return middle, first
    return apply_edits(middle, second), compose(first, second, middle)


_SPACE = r"[ \t\x0b-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_UNTIDY = re.compile(rf"{_SPACE}(?:(?<! )|\s)\s*+")
"""Runs of whitespace in a line that are not one space; a class of characters first is what patterns search fastest."""


def tidy(text: str, removals: Sequence[Edit]) -> tuple[str, tuple[Edit, ...]]:
    """`text` without the ranges of `removals`, its lines trimmed, runs of spaces made one, blank lines dropped.

    Args:
        text: normalised text.
        removals: sorted, disjoint edits with an empty replacement.

    Returns:
        The tidy text and the edits that make it from `text`; a removal keeps its rule, and of a run of whitespace
        one character stays where it can.
    """
    middle = apply_edits(text, removals)
    spaces = list(_space_edits(middle))
    edits = compose(removals, spaces, middle)
    tidied = apply_edits(middle, spaces)
    # The text is NFC, so what came together can only compose where the second part begins with what composes.
    if any([_is_unsafe(text[edit.end]) for edit in edits if edit.end < len(text)]):
        composed = composition_edits(tidied)
        if composed:
            return apply_edits(tidied, composed), compose(edits, composed, tidied)
    return tidied, edits


def _space_edits(text: str) -> Iterator[Edit]:
    """The edits that tidy the whitespace of `text`; of a run one character stays, a line break if it holds one."""
    position = end = 0  # of the line; of the words before it
    for line in text.split("\n"):
        words = line.strip()
        if words:
            start = position + len(line) - len(line.lstrip())
            broken = text.index("\n", end) if end else -1
            if 0 < end < broken:
                yield Edit(end, broken, "", "whitespace")
            if broken + 1 < start:
                yield Edit(broken + 1, start, "", "whitespace")
            if "  " in words or not words.isprintable():  # the only printable space is " "
                yield from _inner_edits(words, start)
            end = start + len(words)
        position += len(line) + 1
    if end < len(text):
        yield Edit(end, len(text), "", "whitespace")


def _inner_edits(words: str, offset: int) -> Iterator[Edit]:
    """The edits that make each run of whitespace inside a line, which begins at `offset`, one space."""
    for match in _UNTIDY.finditer(words):
        start, end = match.span()
        at = match[0].find(" ")
        if at < 0:
            yield Edit(offset + start, offset + start + 1, " ", "whitespace")
            at = 0
        elif at:
            yield Edit(offset + start, offset + start + at, "", "whitespace")
        if start + at + 1 < end:
            yield Edit(offset + start + at + 1, offset + end, "", "whitespace")

"""Normalisation with its edits: from a decoded page to NFC text with plain line ends and nothing invisible.

Lines stay as they are: blank lines are evidence for the cleaning rules. `tidy` then trims and joins what cleaning
left. What is folded and what stays is in `docs/cleaning.md`; the project never applies NFKC.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

import unicodedata2

from corpus.text.chars import BIDI_CONTROLS, INVISIBLE, LINE_ENDS, composing_starters, presentation_forms
from corpus.text.edits import Edit, apply_edits, compose

VERSION = "1"

_LINE_END = "|".join(re.escape(end) for end in LINE_ENDS)


@functools.cache
def _single() -> re.Pattern[str]:
    forms = "".join(presentation_forms())
    return re.compile(
        rf"(?P<line_end>{_LINE_END})"
        rf"|(?P<bidi_control>[{BIDI_CONTROLS}]+)"
        rf"|(?P<invisible>[{INVISIBLE}]+)"
        r"|(?P<control_character>[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+)"
        r"|(?P<lone_surrogate>[\ud800-\udfff]+)"
        rf"|(?P<presentation_form>[{forms}]+)"
    )


def _single_edits(page: str) -> Iterator[Edit]:
    forms = presentation_forms()
    for match in _single().finditer(page):
        rule = (match.lastgroup or "").replace("_", "-")
        if rule == "line-end":
            replacement = "\n"
        elif rule == "presentation-form":
            for at in range(*match.span()):
                yield Edit(at, at + 1, forms[page[at]], rule)
            continue
        else:
            replacement = ""
        yield Edit(*match.span(), replacement, rule)


def composition_edits(text: str) -> tuple[Edit, ...]:
    """The edits that make `text` NFC.

    Each covers a starter with what may compose with or be reordered around it: cut before each starter that cannot
    compose backwards, normalising piece by piece equals normalising the whole (Unicode Standard Annex 15).
    """
    if unicodedata2.normalize("NFC", text) == text:
        return ()
    unsafe = {
        char
        for char in set(text)
        if unicodedata2.combining(char)
        or char in composing_starters()
        or unicodedata2.normalize("NFC", char) != char
    }
    pieces = re.compile(f".?[{re.escape(''.join(sorted(unsafe)))}]+", re.DOTALL)
    edits = []
    for match in pieces.finditer(text):
        piece = match[0]
        normal = unicodedata2.normalize("NFC", piece)
        if normal != piece:
            edits.append(_trimmed(match.start(), piece, normal))
    return tuple(edits)


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
    first = tuple(_single_edits(page))
    middle = apply_edits(page, first) if first else page
    second = composition_edits(middle)
    if not second:
        return middle, first
    return apply_edits(middle, second), compose(first, second, middle)


_RUN = re.compile(r"\s+")
# Runs of whitespace that are not yet one space or one line break.
_UNTIDY = re.compile(r"\A\s+|\s+\Z|[^\S\n ]\s*|(?<!\s) (?=\s)\s*|\n\s+")


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
    spaces: list[Edit] = []
    for match in _UNTIDY.finditer(middle):
        start, end = match.span()
        run = match[0]
        if start == 0 or end == len(middle):
            spaces.append(Edit(start, end, "", "whitespace"))
            continue
        wanted = "\n" if "\n" in run else " "
        at = run.find(wanted)
        if at < 0:
            spaces.append(Edit(start, start + 1, " ", "whitespace"))
            at = 0
        elif at:
            spaces.append(Edit(start, start + at, "", "whitespace"))
        if at + 1 < len(run):
            spaces.append(Edit(start + at + 1, end, "", "whitespace"))
    edits = compose(removals, spaces, middle)
    tidied = apply_edits(middle, spaces)
    last = composition_edits(tidied)
    if last:
        edits = compose(edits, last, tidied)
        tidied = apply_edits(tidied, last)
    return tidied, edits

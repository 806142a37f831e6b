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


# Runs of whitespace that are not yet one space or one line break; the first if there is no other white space.
_UNTIDY_PLAIN = re.compile(r"\s{2,}+")
_UNTIDY = re.compile(r"[ \n]\s+|[^\S\n ]\s*")
_OTHER_SPACE = re.compile("[\t\x0b-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


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
    first, last = len(middle) - len(middle.lstrip()), len(middle.rstrip())
    if first >= last:
        first = last = len(middle)
    spaces: list[Edit] = [Edit(0, first, "", "whitespace")] if first else []
    untidy = _UNTIDY if _OTHER_SPACE.search(middle) else _UNTIDY_PLAIN
    for match in untidy.finditer(middle, first, last):
        start, end = match.span()
        run = match[0]
        wanted = "\n" if "\n" in run else " "
        at = run.find(wanted)
        if at < 0:
            spaces.append(Edit(start, start + 1, " ", "whitespace"))
            at = 0
        elif at:
            spaces.append(Edit(start, start + at, "", "whitespace"))
        if at + 1 < len(run):
            spaces.append(Edit(start + at + 1, end, "", "whitespace"))
    if last < len(middle):
        spaces.append(Edit(last, len(middle), "", "whitespace"))
    edits = compose(removals, spaces, middle)
    tidied = apply_edits(middle, spaces)
    composed = composition_edits(tidied)
    if composed:
        edits = compose(edits, composed, tidied)
        tidied = apply_edits(tidied, composed)
    return tidied, edits

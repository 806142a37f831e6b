"""Edits and alignment: how a text came from a page, and the way back.

An edit says that a half-open range of code points was replaced, and by which rule. A list of edits is sorted and
disjoint, and every edit consumes at least one code point, so that applying it is exact and can be traced back.

>>> edits = (Edit(0, 2, "", "indent"), Edit(5, 7, " ", "space"))
>>> apply_edits("  abc  d", edits)
'abc d'
>>> Alignment(edits).to_page(4, 5)
(7, 8)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from corpus.span import Span


class EditError(ValueError):
    """Edits that are not sorted, overlap, insert without consuming, or reach beyond their text."""


@dataclass(frozen=True, slots=True)
class Edit(Span):
    """`page[start:end]` became `replacement`, by the rule named."""

    replacement: str
    rule: str


def check_edits(edits: Sequence[Edit], length: int) -> None:
    """Raise `EditError` unless `edits` are sorted, disjoint, non-empty ranges of a text of `length` code points."""
    end = 0
    for edit in edits:
        if not end <= edit.start < edit.end <= length:
            raise EditError(f"edit {edit.start}-{edit.end} ({edit.rule}) after {end} in a text of {length} code points")
        end = edit.end


def apply_edits(page: str, edits: Iterable[Edit]) -> str:
    """The text that `edits` make of `page`."""
    pieces: list[str] = []
    end = 0
    for edit in edits:
        pieces.append(page[end : edit.start])
        pieces.append(edit.replacement)
        end = edit.end
    pieces.append(page[end:])
    return "".join(pieces)


def compose(first: Sequence[Edit], second: Sequence[Edit], middle: str) -> tuple[Edit, ...]:
    """The edits that do at once what `first` (page to `middle`) and then `second` (`middle` to text) do.

    Where an edit of `second` touches what `first` put there, the two become one edit, named after `second`'s rule
    if that covers all of it and after both else. What `first` removed keeps its own rule: a removal of `second`
    around it is split, not merged.
    """
    if not first or not second:
        return tuple(first) or tuple(second)
    result: list[Edit] = []
    shift = 0  # page position minus middle position, after the edits of `first` handled so far
    at = 0
    pending = list(reversed(second))
    while at < len(first) or pending:
        group_first: list[Edit] = []
        group_second: list[Edit] = []
        start, end = _next_start(first, at, shift, pending)
        start_shift = shift
        while True:
            if at < len(first) and _joins(first[at], shift, start, end, bool(group_first or group_second)):
                edit = first[at]
                begin = edit.start - shift
                if not edit.replacement and group_second and not group_first and not group_second[-1].replacement:
                    # A removal inside a removal: end ours here, give the rest of it back.
                    outer = group_second.pop()
                    pending.append(Edit(begin, outer.end, "", outer.rule))
                    group_second.append(Edit(outer.start, begin, "", outer.rule))
                    end = begin
                    break
                group_first.append(edit)
                at += 1
                shift += edit.end - edit.start - len(edit.replacement)
                end = max(end, begin + len(edit.replacement))
            elif pending and _touches(pending[-1], start, end, group_first, group_second):
                edit = pending.pop()
                group_second.append(edit)
                start, end = min(start, edit.start), max(end, edit.end)
            else:
                break
        result.append(_merge(group_first, group_second, start, end, start_shift, shift, middle))
    return tuple(result)


def _next_start(first: Sequence[Edit], at: int, shift: int, pending: Sequence[Edit]) -> tuple[int, int]:
    """Where in the middle text the next group begins: an empty range there."""
    starts = []
    if at < len(first):
        starts.append(first[at].start - shift)
    if pending:
        starts.append(pending[-1].start)
    return min(starts), min(starts)


def _joins(edit: Edit, shift: int, start: int, end: int, started: bool) -> bool:
    """Whether an edit of `first` belongs to the group that covers `middle[start:end]`."""
    begin = edit.start - shift
    if not started:
        return begin == start
    if not edit.replacement:
        return start < begin < end
    return begin < end


def _touches(edit: Edit, start: int, end: int, group_first: Sequence[Edit], group_second: Sequence[Edit]) -> bool:
    """Whether an edit of `second` belongs to the group that covers `middle[start:end]`."""
    if not group_first and not group_second:
        return edit.start == start
    return edit.start < end


def _merge(
    first: Sequence[Edit], second: Sequence[Edit], start: int, end: int, before: int, after: int, middle: str
) -> Edit:
    if not second:
        return first[0]
    if not first:
        only = second[0]
        return Edit(only.start + before, only.end + before, only.replacement, only.rule)
    local = [Edit(edit.start - start, edit.end - start, edit.replacement, edit.rule) for edit in second]
    covered = sum(edit.end - edit.start for edit in second) == end - start
    rules = [edit.rule for edit in second] if covered else [edit.rule for edit in (*first, *second)]
    return Edit(
        start + before, end + after, apply_edits(middle[start:end], local), "+".join(dict.fromkeys(rules))
    )


class Alignment:
    """Positions of a text in its page and back, given the edits between them."""

    __slots__ = ("_edits", "_text_ends", "_text_starts")

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = tuple(edits)
        growth = [0, *accumulate(len(edit.replacement) - (edit.end - edit.start) for edit in self._edits)]
        self._text_starts = [edit.start + grown for edit, grown in zip(self._edits, growth, strict=False)]
        self._text_ends = [edit.end + grown for edit, grown in zip(self._edits, growth[1:], strict=True)]

    def to_page(self, start: int, end: int) -> tuple[int, int]:
        """The page range that `text[start:end]` came from (start < end).

        A range that begins or ends inside a replacement takes in all that was replaced.
        """
        return self._page_of(start)[0], self._page_of(end - 1)[1]

    def _page_of(self, position: int) -> tuple[int, int]:
        nth = bisect_right(self._text_starts, position) - 1
        while nth >= 0 and self._text_ends[nth] == self._text_starts[nth]:
            if nth == 0 or self._text_ends[nth - 1] <= position:
                break
            nth -= 1
        if nth >= 0 and position < self._text_ends[nth]:
            return self._edits[nth].start, self._edits[nth].end
        shift = self._edits[nth].end - self._text_ends[nth] if nth >= 0 else 0
        return position + shift, position + shift + 1

    def to_text(self, start: int, end: int) -> tuple[int, int] | None:
        """The text range that `page[start:end]` became, or None.

        None if nothing of it is left, or if its edge lies inside a replacement, so that it did not arrive exactly.
        What was removed at its edges is simply gone: the caller compares the words.
        """
        first = self._text_of(start, at_end=False)
        last = self._text_of(end, at_end=True)
        if first is None or last is None or first >= last:
            return None
        return first, last

    def _text_of(self, position: int, *, at_end: bool) -> int | None:
        nth = bisect_left(self._edits, position, key=lambda edit: edit.end)
        if at_end:
            # the last edit that begins before `position`
            nth = bisect_left(self._edits, position, key=lambda edit: edit.start) - 1
            if nth < 0:
                return position
            edit = self._edits[nth]
            if position >= edit.end:
                return position - edit.end + self._text_ends[nth]
            return None if edit.replacement else self._text_starts[nth]
        if nth == len(self._edits):
            return position - self._edits[-1].end + self._text_ends[-1] if self._edits else position
        edit = self._edits[nth]
        if position == edit.end:
            return self._text_ends[nth]
        if position <= edit.start:
            return position - edit.start + self._text_starts[nth]
        return None if edit.replacement else self._text_ends[nth]

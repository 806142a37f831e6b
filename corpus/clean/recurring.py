"""Furniture learnt from many pages of one outlet: lines that recur across them, removed as `recurs-in-outlet`.

`page_lines` says which lines of a page may be furniture, `recurring_lines` which of those that many pages have are.
Precision first: a line that ends like a sentence must recur on more pages, letter by letter, than one that does not;
paragraphs and the title known from metadata never count; a headline over a body that has no other title stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from corpus.clean.folding import bare
from corpus.clean.lines import SHORT, Line, read_lines

VERSION: Final = "1"
RULE: Final = "recurs-in-outlet"
MIN_PAGES: Final = 20
"""Pages of an outlet from which on its lines are counted."""
MIN_SHARE: Final = 0.02
"""Share of the outlet's pages that a furniture line stands on at least, besides the numbers below."""
MIN_LINE: Final = 3
"""Pages with a line that does not end like a sentence."""
MIN_SENTENCE: Final = 5
"""Pages with a line that ends like a sentence."""
LONGEST: Final = 2 * SHORT
_SENTENCE: Final = "."


def page_lines(page: str, title: str | None = None) -> frozenset[str]:
    """Keys of the lines of a normalised page that can be furniture; of each its digest, "." before that of a sentence.

    A line that ends like a sentence is compared as it stands, another by its letters and digits, folded.
    """
    own = bare(title) if title else None
    return frozenset(_key(line) for line in read_lines(page) if _may_recur(line, own))


def _may_recur(line: Line, own: str | None) -> bool:
    return len(line.text) <= LONGEST and line.bare not in ("", own)


def _key(line: Line) -> str:
    compared = line.text if line.stopped else line.bare
    digest = hashlib.blake2b(compared.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return _SENTENCE + digest if line.stopped else digest


def recurring_lines(counts: Mapping[str, int], pages: int) -> frozenset[str]:
    """The keys that recur on so many of the `pages` of an outlet that they are furniture; none of few pages."""
    if pages < MIN_PAGES:
        return frozenset()
    least = MIN_SHARE * pages
    return frozenset(
        key
        for key, count in counts.items()
        if count >= max(least, MIN_SENTENCE if key.startswith(_SENTENCE) else MIN_LINE)
    )


def mark_recurring(lines: Sequence[Line], title: str | None, recurring: Collection[str]) -> None:
    """Removes the lines that recur, except the title known from metadata."""
    own = bare(title) if title else None
    for line in lines:
        if line.kept and _may_recur(line, own) and _key(line) in recurring:
            line.rule = RULE


def give_back_title(lines: Sequence[Line], body_start: int) -> bool:
    """Keeps the headline nearest over the body after all, if one was removed here; whether that was so."""
    for line in reversed(lines[:body_start]):
        if line.rule == RULE and not line.stopped and len(line.words) >= 3:
            line.rule = None
            return True
    return False

"""Furniture learnt from many pages of one outlet: lines that recur across them.

`count_lines` says which lines a page has, `recurring_lines` which of those that many pages have are furniture, and
`mark_recurring` removes them by the rule `recurs-in-outlet`. Precision first: a line that ends like a sentence must
recur on more pages than one that does not, and the first long lines of a page, where its title stands, never count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from corpus.clean.folding import bare
from corpus.clean.lines import SHORT, Line, read_lines

RULE: Final = "recurs-in-outlet"
MIN_PAGES: Final = 20
"""Pages of an outlet from which on its lines are counted."""
MIN_SHARE: Final = 0.02
"""Share of an outlet's pages that a furniture line stands on at least, besides the numbers below."""
MIN_LINE: Final = 3
"""Pages with a line that does not end like a sentence."""
MIN_SENTENCE: Final = 5
"""Pages with a line that ends like a sentence, letter by letter."""
LONGEST: Final = 2 * SHORT


def page_lines(page: str, title: str | None = None) -> frozenset[str]:
    """Keys of the lines of a page that can be furniture: not its title, nor a paragraph of several sentences."""
    own = bare(title) if title else None
    return frozenset(
        key for line in read_lines(page) if len(line.text) <= LONGEST and (key := line_key(line)) and line.bare != own
    )


def line_key(line: Line) -> str:
    """What is compared: the letters and digits of a line; of one that ends like a sentence, the line as it stands."""
    return line.text if line.stopped else line.bare


def recurring_lines(pages: Iterable[Collection[str]]) -> frozenset[str]:
    """The keys that recur on so many of the pages of an outlet that they are furniture; none of few pages."""
    counts: Counter[str] = Counter()
    number = 0
    for keys in pages:
        counts.update(keys)
        number += 1
    if number < MIN_PAGES:
        return frozenset()
    least = MIN_SHARE * number
    return frozenset(
        key
        for key, count in counts.items()
        if count >= max(least, MIN_SENTENCE if key.endswith(_STOPS) else MIN_LINE)
    )


_STOPS: Final = tuple(".!?؟…۔»”\"')")


def mark_recurring(lines: Sequence[Line], title: str | None, recurring: Collection[str]) -> None:
    """Removes the lines that recur, except the title."""
    own = bare(title) if title else None
    for line in lines:
        if line.kept and len(line.text) <= LONGEST and line_key(line) in recurring and line.bare != own:
            line.rule = RULE

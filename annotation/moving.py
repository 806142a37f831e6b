"""Annotations of a text that changed because its page is now cleaned otherwise: the way from the old text to the new.

Both texts come from one page text, by edits. A range of the old text is followed to the page and from there into the
new text; it arrives if the same words stand there. Nothing is guessed: what does not arrive is for a person to see to.

>>> route = Route.between((Edit(0, 4, "", "menu"),), (), "Top news of the day")
>>> route.move(0, 4, "news")
(4, 8)
>>> route.move(0, 4, "News") is None
True
>>> [(span.start, span.end) for span in route.unseen]
[(0, 4)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.span import Span
from corpus.text.edits import Alignment, Edit


@dataclass(frozen=True, slots=True)
class Route:
    """The way from an old text to `text`. `unseen` are the ranges of `text` that the old text did not have."""

    text: str
    unseen: tuple[Span, ...]
    _old: Alignment
    _new: Alignment

    @classmethod
    def between(cls, old: Sequence[Edit], new: Sequence[Edit], text: str) -> Route:
        """The way from the text that `old` makes of a page to `text`, which `new` makes of the same page."""
        return cls(text, tuple(_unseen(old, new, text)), Alignment(old), Alignment(new))

    def move(self, start: int, end: int, surface: str) -> tuple[int, int] | None:
        """Where the old text's range `start`-`end`, which reads `surface`, is now; None if it did not arrive."""
        found = self._new.to_text(*self._old.to_page(start, end))
        return found if found and self.text[found[0] : found[1]] == surface else None


def _unseen(old: Sequence[Edit], new: Sequence[Edit], text: str) -> Iterator[Span]:
    """Ranges of `text` with words that stand on the page as they are, but that the old text lacked or had otherwise."""
    kept = list(_kept(new, len(text)))
    at = 0
    for edit in old:
        while at < len(kept) and kept[at][1] <= edit.start:
            at += 1
        for page_start, page_end, shift in kept[at:]:
            if page_start >= edit.end:
                break
            start, end = max(page_start, edit.start) + shift, min(page_end, edit.end) + shift
            words = text[start:end].strip()
            if words and words not in edit.replacement:
                yield Span(start, end)


def _kept(edits: Sequence[Edit], length: int) -> Iterator[tuple[int, int, int]]:
    """The page ranges between `edits`, with what to add for the place in the text, whose length is `length`."""
    page = shift = 0
    for edit in edits:
        if edit.start > page:
            yield page, edit.start, shift
        page = edit.end
        shift += len(edit.replacement) - (edit.end - edit.start)
    if length - shift > page:
        yield page, length - shift, shift

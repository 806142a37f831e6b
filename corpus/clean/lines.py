"""A page as lines with their shape: what the rules look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from typing import Final

from corpus.clean.folding import bare, fold, key

SHORT: Final = 160
"""Code points up to which a line is looked at word by word; furniture is shorter."""

_CLOSED = re.compile(r"[.!?؟۔…:][\s»”“’\"')\]*]*\Z")
_STOPS: Final = frozenset(".!?؟۔…")
_TWO_DOTS = re.compile(r"[^.]\.\.\Z")
_FULL = re.compile(r"[.!?؟۔…][\s»”“’\"')\]*]*\Z")


@dataclass(slots=True)
class Line:
    """A line that is not blank: `text` is `page[start:end]`, trimmed.

    `gap` counts the blank lines before it; `tagged` is the kind that the page's tags give it, if any;
    `stopped` says that it ends with a full stop, a question mark or the like,
    closing quotation marks aside; `prose` that it has the shape of a paragraph. `rule` is the rule that removed the
    line, `kind` its kind if it is kept, `cuts` the parts of it that are removed, in code points of `text`.
    """

    start: int
    end: int
    text: str
    gap: int
    tagged: str | None = None
    stopped: bool = False
    prose: bool = False
    rule: str | None = None
    kind: str | None = None
    cuts: list[tuple[int, int, str]] = field(default_factory=list)
    _key: str | None = None
    _words: tuple[str, ...] | None = None
    _bare: str | None = None

    def set_shape(self, text: str) -> None:
        """Sets `stopped` and `prose` from the text of the line, or from what is left of it."""
        last = text[-1:]
        self.stopped = last in _STOPS or (
            not last.isalnum() and _FULL.search(text, max(0, len(text) - 12)) is not None
        )
        self.prose = looks_like_prose(text, self.stopped)

    @property
    def key(self) -> str:
        """The folded words of the line (see `folding.key`); of a long line, of its beginning."""
        if self._key is None:
            self._key = key(self.text[: 4 * SHORT])
        return self._key

    @property
    def words(self) -> tuple[str, ...]:
        if self._words is None:
            self._words = tuple(self.key.split())
        return self._words

    @property
    def bare(self) -> str:
        """The letters and digits of the line, folded."""
        if self._bare is None:
            self._bare = bare(self.text)
        return self._bare

    def prints(self, printed: str) -> bool:
        """Whether the letters and digits of the line, folded, are `printed`."""
        return may_print(self.text, printed) and self.bare == printed

    @property
    def kept(self) -> bool:
        """Whether no rule has removed the line."""
        return self.rule is None

    @property
    def headline(self) -> bool:
        """Whether the line has the shape of a headline: short, three words or more, no final full stop."""
        return (
            self.rule is None
            and len(self.text) <= SHORT
            and len(self.words) >= 3
            and (not self.text.endswith((".", ":")) or _TWO_DOTS.search(self.text) is not None)
        )


@cache
def _fold_character(char: str) -> str:
    return fold(char)


def may_print(text: str, printed: str) -> bool:
    """False only where the first character shows that the letters and digits of `text` are not `printed`."""
    return not text[0].isalnum() or _fold_character(text[0]) == printed[:1]


def looks_like_prose(text: str, stopped: bool) -> bool:
    """Whether a line has the shape of a paragraph: a sentence that ends, or text too long for a headline."""
    length = len(text)
    if text.endswith(":"):
        return length >= 60 and text.count(" ") >= 7
    if stopped:
        return length >= 45 and text.count(" ") >= 6
    return length >= 180 or (length >= 130 and ("،" in text or ". " in text))


def read_lines(page: str, line_kinds: Sequence[str | None] = ()) -> list[Line]:
    """The lines of `page` that are not blank, in order; `line_kinds` are of all its lines, or empty."""
    lines: list[Line] = []
    add = lines.append
    position = gap = 0
    for raw, tagged in zip(page.split("\n"), line_kinds or repeat(None)):  # noqa: B905
        text = raw.strip()
        if not text:
            gap += 1
        else:
            start = position + raw.index(text[0]) if raw[0] != text[0] else position
            line = Line(start, start + len(text), text, gap, tagged)
            line.set_shape(text)
            add(line)
            gap = 0
        position += len(raw) + 1
    return lines


def ends_with_colon(text: str) -> bool:
    """Whether the line introduces what follows."""
    return text.endswith(":") or (":" in text[-6:] and _CLOSED.search(text, max(0, len(text) - 6)) is not None)

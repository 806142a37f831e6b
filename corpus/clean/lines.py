"""A page as lines with their shape: what the rules look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from corpus.clean.folding import key

SHORT: Final = 160
"""Code points up to which a line is looked at word by word; furniture is shorter."""

_CLOSED = re.compile(r"[.!?؟۔…:][\s»”“’\"')\]*]*\Z")
_FULL = re.compile(r"[.!?؟۔…][\s»”“’\"')\]*]*\Z")


@dataclass(slots=True)
class Line:
    """A line that is not blank: `text` is `page[start:end]`, trimmed.

    `gap` counts the blank lines before it; `key` is its folded words (see `folding.key`), for long lines cut short;
    `stopped` says that it ends with a full stop, a question mark or the like, closing quotation marks aside.
    """

    start: int
    end: int
    text: str
    gap: int
    key: str = ""
    words: tuple[str, ...] = ()
    stopped: bool = False
    prose: bool = False
    rule: str | None = None
    kind: str | None = None
    cuts: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether no rule has removed the line."""
        return self.rule is None

    @property
    def headline(self) -> bool:
        """Whether the line has the shape of a headline: short, three words or more, no final full stop."""
        return self.rule is None and len(self.text) <= SHORT and len(self.words) >= 3 and not self.text.endswith((".", ":"))


def looks_like_prose(text: str, stopped: bool) -> bool:
    """Whether a line has the shape of a paragraph: a sentence that ends, or text too long for a headline."""
    length = len(text)
    if stopped:
        return length >= 45 and text.count(" ") >= 6
    return length >= 180 or (length >= 130 and ("،" in text or ". " in text))


def read_lines(page: str) -> list[Line]:
    """The lines of `page` that are not blank, in order."""
    lines: list[Line] = []
    add = lines.append
    position = gap = 0
    for raw in page.split("\n"):
        text = raw.strip()
        if not text:
            gap += 1
        else:
            start = position + raw.index(text[0]) if raw[0] != text[0] else position
            line = Line(start, start + len(text), text, gap)
            line.stopped = _FULL.search(text, max(0, len(text) - 12)) is not None
            line.prose = looks_like_prose(text, line.stopped)
            if len(text) <= 2 * SHORT:
                line.key = key(text)
                line.words = tuple(line.key.split())
            add(line)
            gap = 0
        position += len(raw) + 1
    return lines


def ends_with_colon(text: str) -> bool:
    """Whether the line introduces what follows."""
    return text.endswith(":") or (_CLOSED.search(text, max(0, len(text) - 6)) is not None and ":" in text[-6:])

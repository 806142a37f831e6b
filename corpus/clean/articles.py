"""The articles of a page: where each begins, which line is its title, where its body runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from corpus.clean.folding import key
from corpus.clean.lines import Line
from corpus.clean.titles import GOES_ON, HEADER_RULES, believe_question, find_title, is_clock

END_RULES: Final = frozenset(
    {
        "comment-form",
        "comment-heading",
        "comment-rules",
        "copyright",
        "tag-list",
        "source-credit",
        "author-email",
        "separator",
        "most-read",
    }
)
"""Furniture after which another article may begin."""

_PROCLITICS = re.compile(r"^(?:[وف]?(?:[بلك]?ال|لل)|[وفبلك](?=\w{4}))")
_ENCLITICS = re.compile(r"(?<=\w{3})(?:ات|ون|ين|ان|وا|ها|هم|يه|نا|ه|ا|ي)$")
_LONG: Final = 55
_LONG_ON_PURE_PAGE: Final = 40


@dataclass(slots=True)
class Article:
    """One article's lines, with what is known of its parts; indices are into `lines`."""

    lines: list[Line]
    given_title: str | None = None
    outlet: str | None = None
    title: int | None = None
    first_prose: int | None = None
    last_prose: int | None = None
    _vocabulary: frozenset[str] | None = None

    def locate(self) -> None:
        """Finds the title and the extent of the body among the lines that are kept."""
        self.title = None
        self._find_prose(0)
        if self.first_prose is None:
            self._believe_unstopped()
        self.title = find_title(self)
        if self.title is not None and self.first_prose is not None and self.first_prose <= self.title:
            self._find_prose(self.title + 1)

    def find_body(self) -> None:
        """Finds the extent of the body again, among the lines that are still kept."""
        self._find_prose(0 if self.title is None else self.title + 1)

    def find_body_after(self, title: int) -> None:
        """Finds the extent of the body under the line with this index."""
        self._find_prose(title + 1)

    def _believe_unstopped(self) -> None:
        """An article without any stop: its long lines, if they go on from one to the next or hold commas.

        On a page that is nearly all text, lines of forty code points are long enough.
        """
        kept = [line for line in self.lines if line.kept]
        pure = 3 * (len(self.lines) - len(kept)) <= len(kept)
        long = [line for line in kept if len(line.text) >= (_LONG_ON_PURE_PAGE if pure else _LONG)]
        going_on = sum("،" in line.text or GOES_ON.match(line.key) is not None for line in long)
        if len(long) >= 2 and (going_on * 2 > len(long) or (pure and going_on and len(long) * 2 > len(kept))):
            for line in long:
                line.prose = True
            self._find_prose(0)

    def _find_prose(self, start: int) -> None:
        prose = [i for i in range(start, len(self.lines)) if self.lines[i].prose and self.lines[i].kept]
        self.first_prose, self.last_prose = (prose[0], prose[-1]) if prose else (None, None)
        self._vocabulary = None

    def overlap(self, text: str) -> float:
        """The share of the content words of `text` that the opening of the body has too."""
        if self._vocabulary is None:
            prose = [
                line.text[:700] for line in self.lines[self.body_start : self.body_end] if line.prose and line.kept
            ]
            self._vocabulary = frozenset(content_words(" ".join(prose[:3])))
        words = content_words(text)
        return sum(word in self._vocabulary for word in words) / len(words) if words else 0.0

    @property
    def body_start(self) -> int:
        """Index of the first paragraph; the number of lines if there is none."""
        return len(self.lines) if self.first_prose is None else self.first_prose

    @property
    def body_end(self) -> int:
        """Index after the last paragraph; 0 if there is none."""
        return 0 if self.last_prose is None else self.last_prose + 1


def content_words(text: str) -> list[str]:
    """The folded words of `text` without article, proclitics and common endings, those of three letters or more."""
    return [stem for word in key(text).split() if len(stem := _ENCLITICS.sub("", _PROCLITICS.sub("", word))) >= 3]


def split_articles(lines: list[Line]) -> list[list[Line]]:
    """The lines of each article of a page; furniture between two articles goes with the first."""
    believe_question(lines)
    starts = [0]
    prose_seen = 0
    in_comments = False
    for i, line in enumerate(lines):
        if line.rule in ("comment-form", "comment-heading") and prose_seen:
            in_comments = line.rule == "comment-heading"
        if line.kept and line.prose:
            prose_seen += 1
        elif prose_seen and line.headline and not line.stopped and _starts_article(lines, i, in_comments):
            starts.append(i)
            prose_seen = 0
            in_comments = False
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _says_author(line: Line) -> bool:
    return line.key.startswith(("كتب", "بقلم", "اعداد", "كتبت"))


def _starts_article(lines: list[Line], i: int, in_comments: bool) -> bool:
    if len(lines[i].words) < 4:
        return False
    dated = False
    prose = 0
    for following in lines[i + 1 : i + 9]:
        if is_clock(following):
            continue
        if following.rule in ("date-line", "relative-time") or (following.rule == "byline" and _says_author(following)):
            dated = True
        elif not following.kept:
            continue
        elif following.prose:
            prose += 1
        elif prose == 0 and following.headline and len(following.words) < 5:
            return False
    if prose == 0:
        return False
    after_end = i > 0 and lines[i - 1].rule in END_RULES
    if dated:
        following = lines[i + 1]
        return following.rule in HEADER_RULES or (i + 2 < len(lines) and lines[i + 2].rule in HEADER_RULES)
    return after_end and prose >= 2 and not in_comments

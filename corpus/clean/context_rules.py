"""Rules that know furniture by where it stands: over, in and under an article whose title and body are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from corpus.clean import names
from corpus.clean.articles import Article
from corpus.clean.bylines import read_byline
from corpus.clean.folding import bare
from corpus.clean.line_rules import PHRASE_RULES
from corpus.clean.lines import Line, ends_with_colon

LIST_HEADINGS: Final = frozenset({"read-also", "most-read", "widget-heading"})
_FURNITURE_AT_END: Final = frozenset(PHRASE_RULES) - {"embedded-post", "agency-mark", "comment-count", "share-line"}
_CAPTION_CUE = re.compile(r"^(?:جانب من|لقطه من|لقطه ل|صوره ل|صوره من|صوره تجمع|من اليمين|من اليسار|صوره جماعيه|صوره تذكاريه|صوره مركبه)")
_MARKER = re.compile(r"^\s*(?:[-–—ـ•*·▪◾●■◆✓✔►‣]|\(?\d{1,2}\s*[-.)/ـ–]|[اأبجدهوزحطي]\s*[-.)])\s*")
_SUBHEAD_WORDS: Final = 5


def comments(article: Article) -> None:
    """Everything under the comment form, or under the heading of the comments, that no rule knows."""
    start = _comments_start(article)
    if start is None:
        return
    for line in article.lines[start:]:
        if line.kept:
            line.rule = "comment"


def _comments_start(article: Article) -> int | None:
    prose = written = 0
    total = sum(len(line.text) for line in article.lines if line.kept and line.prose)
    for i, line in enumerate(article.lines):
        if line.kept and line.prose:
            prose += 1
            written += len(line.text)
        elif line.rule in ("comment-form", "comment-rules", "copyright") and prose and 2 * written >= total:
            return i
        elif line.rule == "comment-heading" and (prose >= 2 or written > 300) and 3 * written >= total:
            return i
    return None


def before_title(article: Article) -> None:
    """What stands over the title: menus, tickers, other headlines."""
    end = article.title if article.title is not None else article.body_start
    for i, line in enumerate(article.lines[:end]):
        if not line.kept:
            continue
        if article.title is None and (line.prose or len(line.words) > 3 or article.first_prose is None):
            continue
        if i == end - 1 and line.text.endswith(":") and article.title is not None:
            continue
        line.rule = "navigation" if len(line.words) <= 3 else "ticker"


def repeated_title(article: Article) -> None:
    """The title printed again."""
    if article.title is None:
        return
    printed = bare(article.lines[article.title].text)
    for i, line in enumerate(article.lines):
        if i != article.title and line.rule in (None, "ticker", "navigation") and len(line.text) < 300 and bare(line.text) == printed:
            line.rule = "repeated-title"


def header(article: Article) -> None:
    """Between title and body: names and places alone, bylines with names that no list has."""
    if article.title is None:
        return
    end = min(article.body_start, len(article.lines))
    for i in range(article.title + 1, end):
        line = article.lines[i]
        if not line.kept or line.stopped or len(line.words) > 9:
            continue
        if names.is_place(line.text):
            line.rule = "place-line"
        elif read_byline(line.text, article.outlet, loose=True) is not None or names.may_be_name(line.text):
            line.rule = "byline"
        elif len(line.words) <= 4 and _beside_header(article, i):
            line.rule = "byline"


def _beside_header(article: Article, i: int) -> bool:
    """Whether a date, a time or a byline stands next to line `i`, and no sign of a subhead is in it."""
    line = article.lines[i]
    if re.search(r"[\d#؟?!:«“\"]", line.text):
        return False
    around = [article.lines[j].rule for j in (i - 1, i + 1) if 0 <= j < len(article.lines)]
    return any(rule in ("date-line", "relative-time") for rule in around)


def related_headlines(article: Article) -> None:
    """The headlines under a heading such as "اقرأ أيضا" or "الأكثر قراءة"."""
    lines = article.lines
    i = 0
    while i < len(lines):
        head = lines[i]
        i += 1
        if head.rule not in LIST_HEADINGS or len(head.words) > 5:
            continue
        run = i
        while run < len(lines) and _in_list(lines[run], run == article.title):
            run += 1
        listed = [j for j in range(i, run) if lines[j].kept]
        followed_by_prose = run < len(lines) and lines[run].kept and lines[run].prose
        if followed_by_prose and len(listed) > 1 and len(lines[listed[-1]].words) <= _SUBHEAD_WORDS:
            listed.pop()
        for j in listed:
            lines[j].rule = "related-headline"
        i = max(i, run)


def _in_list(line: Line, is_title: bool) -> bool:
    if is_title:
        return False
    if not line.kept:
        return line.rule in ("date-line", "relative-time", "view-count", "comment-count", "byline", "read-also")
    return len(line.text) <= 170 and not line.text.endswith((".", ":", "»."))


def listed_tags(article: Article) -> None:
    """The tags under their heading, one a line."""
    for i, line in enumerate(article.lines[1:], 1):
        before = article.lines[i - 1]
        if before.rule == "tag-list" and line.kept and len(line.words) <= 4 and not line.stopped and i != article.title:
            line.rule = "tag-list"


def caption_fragments(article: Article) -> None:
    """Captions that are no sentences."""
    for i, line in enumerate(article.lines):
        if line.kept and i != article.title and len(line.words) <= 14 and not line.stopped and _CAPTION_CUE.match(line.key):
            line.rule = "caption-fragment"


def under_the_body(article: Article) -> None:
    """Under the last paragraph: what follows furniture that ends articles, and long runs of other headlines."""
    lines = article.lines
    start = article.body_end
    if not start:
        return
    ended = False
    for i in range(start, len(lines)):
        line = lines[i]
        if line.rule in _FURNITURE_AT_END:
            ended = True
        elif line.kept and ended and i != article.title:
            line.rule = "after-article"
    tail = [i for i in range(start, len(lines)) if lines[i].kept]
    if not tail:
        return
    introduced = ends_with_colon(lines[start - 1].text)
    long = [i for i in tail if len(lines[i].words) >= 6 and not _MARKER.match(lines[i].text) and not lines[i].stopped]
    if len(tail) >= 3 and not introduced and len(long) * 4 >= len(tail) * 3:
        if sum(article.overlap(lines[i].text) for i in tail) / len(tail) < 0.4:
            for i in tail:
                lines[i].rule = "ticker"
            return
    last = lines[tail[-1]]
    if len(tail) <= 2 and not last.stopped and not introduced:
        if read_byline(last.text, article.outlet, loose=True) or names.may_be_name(last.text):
            last.rule = "byline"


def repeated_paragraphs(article: Article) -> None:
    """A paragraph printed a second time."""
    seen: set[str] = set()
    for i, line in enumerate(article.lines):
        if not line.kept or i == article.title or len(line.text) < 40:
            continue
        printed = " ".join(line.text.split())
        if printed in seen:
            line.rule = "repeated-paragraph"
        seen.add(printed)




ContextRule = Callable[[Article], None]

RULES: Final[tuple[ContextRule, ...]] = (
    comments,
    repeated_title,
    before_title,
    header,
    related_headlines,
    listed_tags,
    caption_fragments,
    under_the_body,
    repeated_paragraphs,
)
"""The ordered rules; each sees what those before it removed."""

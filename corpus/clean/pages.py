"""Cleaning a page: which parts of it are articles, and what is furniture by which rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from corpus.clean.articles import Article, split_articles
from corpus.clean.context_rules import RULES
from corpus.clean.finder import WordFinder
from corpus.clean.folding import bare
from corpus.clean.kinds import assign_kinds
from corpus.clean.line_rules import HINTS, furniture, may_be_furniture
from corpus.clean.lines import Line, read_lines
from corpus.clean.metadata import ArticleMetadata, read_metadata
from corpus.clean.part_rules import PART_WORDS, cut_parts, may_have_parts
from corpus.clean.recurring import give_back_title, mark_recurring

VERSION: Final = "4"
PAGES_AT_ONCE: Final = 64
"""How many pages are best cleaned together: more or fewer were slower."""

_LONG_ENOUGH_TO_CUT: Final = 30
_WORDS: Final = WordFinder(HINTS | PART_WORDS)
"""Finds what says that a paragraph has to be looked at."""
_TEASER_ENDS: Final = ("...", "…", "...]", "…]", "المزيد")


@dataclass(frozen=True, slots=True)
class Removal:
    """A range of the page text, in code points, that is no part of the article, and the rule that says so."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class CleanedArticle:
    """An article as what to remove from the page; `line_kinds` has the kind of each line that then remains."""

    title: str | None
    removals: tuple[Removal, ...]
    line_kinds: tuple[str, ...]
    metadata: ArticleMetadata


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What became of a line: removed whole by `rule`, or kept as `kind`; `parts` are the removed parts.

    Each part is the rule that removed it and its text.
    """

    start: int
    end: int
    text: str
    article: int
    rule: str | None
    kind: str | None
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KnownPage:
    """The text of a page and what is known of it.

    `title` is what metadata says the title is, `outlet` who published the page, `line_kinds` what the page's tags say
    of each line of `text` (empty if it has none), `recurring` the keys of lines that recur on pages of the outlet.
    """

    text: str
    title: str | None = None
    outlet: str | None = None
    line_kinds: Sequence[str | None] = ()
    recurring: Collection[str] = ()


def clean_pages(pages: Sequence[KnownPage]) -> list[list[CleanedArticle]]:
    """The articles of each page of normalised text, none of one that holds none.

    What a cleaned article's removals leave, with lines trimmed, blank ones dropped and runs of spaces made one, is its
    text, line by line of the kinds `line_kinds`; a title is its first line.

    Each step is taken for all pages before the next one: many pages at once are cleaned faster than one by one.
    """
    lines = [read_lines(page.text, page.line_kinds) for page in pages]
    articles = _find_articles(lines, pages)
    return [
        [_cleaned(own, article, page.outlet) for article in found]
        for page, own, found in zip(pages, lines, articles, strict=True)
    ]


def clean_page(
    text: str,
    *,
    title: str | None = None,
    outlet: str | None = None,
    line_kinds: Sequence[str | None] = (),
    recurring: Collection[str] = (),
) -> list[CleanedArticle]:
    """As `clean_pages`, for one page; arguments as of `KnownPage`."""
    return clean_pages([KnownPage(text, title, outlet, line_kinds, recurring)])[0]


def explain(
    text: str,
    *,
    title: str | None = None,
    outlet: str | None = None,
    line_kinds: Sequence[str | None] = (),
    recurring: Collection[str] = (),
) -> list[LineDecision]:
    """Which rule decided each line of the page that is not blank; `article` counts from 0, -1 where there is none."""
    lines = read_lines(text, line_kinds)
    (articles,) = _find_articles([lines], [KnownPage(text, title, outlet, line_kinds, recurring)])
    owner = {id(line): number for number, article in enumerate(articles) for line in article.lines}
    return [
        LineDecision(
            line.start,
            line.end,
            line.text,
            owner.get(id(line), -1),
            line.rule,
            line.kind,
            tuple((rule, line.text[start:end].strip()) for start, end, rule in line.cuts),
        )
        for line in lines
    ]


def _find_articles(lines: Sequence[list[Line]], pages: Sequence[KnownPage]) -> list[list[Article]]:
    """The articles of each page, given its lines."""
    sections = []
    words = _WORDS.find([page.text for page in pages])
    for own, page, held in zip(lines, pages, words, strict=True):
        _mark_furniture(own, page, held)
        if page.recurring:
            mark_recurring(own, page.title, page.recurring)
        sections.append([(Article(section, page.title, page.outlet), page) for section in split_articles(own)])
    candidates = list(chain.from_iterable(sections))
    for article, page in candidates:
        article.locate()
        if page.recurring and article.title is None and give_back_title(article.lines, article.body_start):
            article.locate()
    for rule in RULES:
        for article, _ in candidates:
            rule(article)
    found = [[article for article, _ in own if _is_article(article)] for own in sections]
    for article in chain.from_iterable(found):
        assign_kinds(article)
    return found


def _mark_furniture(lines: list[Line], page: KnownPage, words: frozenset[str]) -> None:
    """Applies the rules that know a line by itself, except to the title and to words alone between paragraphs.

    `words` are those of `_WORDS` that the page holds.
    """
    outlet = page.outlet
    printed = bare(page.title) if page.title is not None else None
    hints, part_words = words & HINTS, words & PART_WORDS
    for i, line in enumerate(lines):
        if printed and len(printed) <= len(line.text) <= 2 * len(printed) + 20 and line.prints(printed):
            continue
        looked_at = not line.prose or line.text.isascii() or may_be_furniture(line.text, hints)
        rule = furniture(line.text, line.key, outlet) if looked_at else None
        if rule is None:
            if len(line.text) >= _LONG_ENOUGH_TO_CUT and may_have_parts(line.text, part_words):
                _cut_parts(line, outlet)
            continue
        if len(line.words) == 1 and rule in ("share-line", "navigation") and _between_paragraphs(lines, i):
            continue
        if rule == "date-line" and _between_paragraphs(lines, i) and 1 < len(line.words) <= 4 and ":" not in line.text:
            continue
        line.rule = rule


def _cut_parts(line: Line, outlet: str | None) -> None:
    """Cuts what is glued to a line; its shape is then that of what is left."""
    line.cuts = cut_parts(line.text, outlet)
    if line.cuts:
        rest = _rest(line).strip()
        line.set_shape(rest)
        if not rest:
            line.rule = line.cuts[0][2]


def _between_paragraphs(lines: list[Line], i: int) -> bool:
    return 1 < i < len(lines) - 1 and lines[i - 1].prose and lines[i + 1].prose


def _rest(line: Line) -> str:
    """What the cuts of a line leave of it."""
    pieces, position = [], 0
    for start, end, _ in line.cuts:
        pieces.append(line.text[position:start])
        position = end
    return "".join([*pieces, line.text[position:]])


def _is_article(article: Article) -> bool:
    """Whether what is kept holds an article: a paragraph, or a title with lines under it; not only teasers."""
    kept = [line for i, line in enumerate(article.lines) if line.kept and i != article.title]
    prose = [line for line in kept if line.prose]
    if any([line.rule == "error-page" for line in article.lines]) and sum(len(line.text) for line in kept) < 400:
        return False
    teasers = sum([line.text.endswith(_TEASER_ENDS) for line in prose])
    if len(prose) >= 3 and teasers * 5 >= len(prose) * 3:
        headlines = sum(not line.prose and line.headline for line in kept)
        if headlines * 5 >= teasers * 3:
            return False
    if prose:
        return True
    if article.title is None or not kept:
        return False
    stopped = any(line.stopped and len(line.words) >= 4 for line in kept)
    verse = len(kept) >= 4 and max(len(line.text) for line in kept) <= 70 and len(kept[0].words) <= 8
    return stopped or (article.given_title is not None and len(kept) >= 1) or verse


def _cleaned(lines: list[Line], article: Article, outlet: str | None) -> CleanedArticle:
    own = {id(line) for line in article.lines}
    removals: list[Removal] = []
    kinds: list[str] = []
    for line in lines:
        rule = line.rule if id(line) in own else "other-article"
        if rule is not None:
            removals.append(Removal(line.start, line.end, rule))
            continue
        kinds.append(line.kind or "paragraph")
        removals += [Removal(line.start + start, line.start + end, rule) for start, end, rule in line.cuts]
    title = (
        article.lines[article.title].text if article.title is not None and article.lines[article.title].kept else None
    )
    return CleanedArticle(title, tuple(removals), tuple(kinds), read_metadata(article, outlet, lines))

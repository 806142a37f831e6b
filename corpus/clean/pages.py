"""Cleaning a page: which parts of it are articles, and what is furniture by which rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from corpus.clean.articles import Article, split_articles
from corpus.clean.context_rules import RULES
from corpus.clean.kinds import assign_kinds
from corpus.clean.line_rules import furniture
from corpus.clean.lines import SHORT, Line, read_lines
from corpus.clean.metadata import ArticleMetadata, read_metadata
from corpus.clean.part_rules import HEAD_RULES, TAIL_RULES

VERSION: Final = "1"

_TEASER = re.compile(r"(?:\.{3}|…|\[\.{3}\]|\[…\]|المزيد)\s*\Z")


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
    """What became of a line of the page: removed whole by `rule`, or kept as `kind`, with the rules of removed parts."""

    start: int
    end: int
    text: str
    article: int
    rule: str | None
    kind: str | None
    parts: tuple[str, ...]


def clean_page(text: str, *, title: str | None = None, outlet: str | None = None) -> list[CleanedArticle]:
    """The articles of a page of normalised text, none if it holds none.

    `title` is what metadata says the title is, `outlet` who published the page. What a cleaned article's removals
    leave, with lines trimmed, blank ones dropped and runs of spaces made one, is its text, line by line of the kinds
    `line_kinds`; a title is its first line.
    """
    lines = read_lines(text)
    articles = _find_articles(lines, title, outlet)
    return [_cleaned(lines, article, outlet) for article in articles]


def explain(text: str, *, title: str | None = None, outlet: str | None = None) -> list[LineDecision]:
    """Which rule decided each line of the page that is not blank; `article` counts from 0, -1 where there is none."""
    lines = read_lines(text)
    articles = _find_articles(lines, title, outlet)
    owner = {id(line): number for number, article in enumerate(articles) for line in article.lines}
    return [
        LineDecision(
            line.start, line.end, line.text, owner.get(id(line), -1), line.rule, line.kind, tuple(rule for _, _, rule in line.cuts)
        )
        for line in lines
    ]


def _find_articles(lines: list[Line], title: str | None, outlet: str | None) -> list[Article]:
    for line in lines:
        if line.words or len(line.text) <= 2 * SHORT:
            line.rule = furniture(line.text, line.key, outlet)
    articles = []
    for section in split_articles(lines):
        article = Article(section, title, outlet)
        article.locate()
        for rule in RULES:
            rule(article)
        _cut_parts(article)
        if _is_article(article):
            assign_kinds(article)
            articles.append(article)
    return articles


def _cut_parts(article: Article) -> None:
    """Removes what is glued to paragraphs: to the head of the first ones, to the end of any."""
    prose = [line for i, line in enumerate(article.lines) if line.kept and line.prose and i != article.title]
    for line in prose:
        head, tail = 0, len(line.text)
        for rule in HEAD_RULES:
            cut = rule(line.text[head:tail], article.outlet)
            if cut is not None:
                line.cuts.append((head + cut[0], head + cut[1], cut[2]))
                head += cut[1]
        again = True
        while again and tail > head:
            again = False
            for rule in TAIL_RULES:
                cut = rule(line.text[head:tail], article.outlet)
                if cut is not None and cut[0] > 0:
                    line.cuts.append((head + cut[0], tail, cut[2]))
                    tail = head + cut[0]
                    again = True
        line.cuts.sort()


def _is_article(article: Article) -> bool:
    """Whether what is kept holds an article: a paragraph, or a title with lines under it; not only teasers."""
    kept = [line for i, line in enumerate(article.lines) if line.kept and i != article.title]
    prose = [line for line in kept if line.prose]
    written = sum(len(line.text) for line in kept)
    if any(line.rule == "error-page" for line in article.lines) and written < 400:
        return False
    teasers = sum(bool(_TEASER.search(line.text)) for line in prose)
    if len(prose) >= 3 and teasers * 5 >= len(prose) * 3 and teasers * 3 >= len(kept):
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
    title = article.lines[article.title].text if article.title is not None and article.lines[article.title].kept else None
    return CleanedArticle(title, tuple(removals), tuple(kinds), read_metadata(article, outlet))

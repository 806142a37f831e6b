"""`mudawwana annotate --explain`: which rule decided each line of a page and each boundary of its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus import clean
from corpus.clean import LineDecision
from corpus.config import DEFAULT_COLUMNS
from corpus.extract import ExtractError, PageText, extract
from corpus.ingest import Reject, read_pages
from corpus.pipeline import Document, read_text
from corpus.segment import sentences
from corpus.segment.sentences import Decision
from corpus.text.normalise import normalise

AROUND = 24
"""Code points shown on either side of a boundary."""
SHOWN = 160
"""Code points shown of a line."""
_COLUMN = 26


def explain_files(sources: Sequence[str]) -> Iterator[str | Reject]:
    """The explanation of each page of `sources` as text, or a reject for what cannot be read.

    Raises:
        SourceError: for a source that names nothing.
    """
    for found in read_pages(sources):
        if isinstance(found, Reject):
            yield found
            continue
        try:
            page = extract(found.body, found.media_type, DEFAULT_COLUMNS)
        except ExtractError as error:
            yield Reject(found.path, error.reason, str(error))
            continue
        yield "\n".join((f"== {found.path}", *_page(page)))


def _page(page: PageText) -> Iterator[str]:
    """A line for each line of the page ("-" removed, "+" kept), under it what was cut from it and its boundaries."""
    fields = page.fields
    title = normalise(fields.title)[0] if fields.title else None
    decisions = clean.explain(
        normalise(page.text)[0], title=title, outlet=fields.outlet, line_kinds=page.line_kinds
    )
    documents = read_text(page.text, title=fields.title, outlet=fields.outlet, line_kinds=page.line_kinds)
    boundaries = [_boundaries(document) for document in documents]
    several = len(documents) > 1
    for decision in decisions:
        yield _line(decision, several)
        for rule, text in decision.parts:
            yield f"     cut  {rule:<{_COLUMN - 5}}{_isolated(text)}"
        if decision.rule is None and 0 <= decision.article < len(boundaries):
            yield from next(boundaries[decision.article], ())
    if not any(document.text for document in documents):
        yield "no article"
    for document in documents:
        if document.drop_reason and document.text:
            yield f"kept out of releases: {document.drop_reason}"


def _line(decision: LineDecision, several: bool) -> str:
    if decision.rule is not None:
        return f"-  {decision.rule:<{_COLUMN}}{_isolated(decision.text)}"
    if decision.kind is None:
        return f"-  {'no article':<{_COLUMN}}{_isolated(decision.text)}"
    name = f"{decision.kind} ({decision.article + 1})" if several else decision.kind
    return f"+  {name:<{_COLUMN}}{_isolated(decision.text)}"


def _boundaries(document: Document) -> Iterator[tuple[str, ...]]:
    """For each line of the document the decisions about the stops in it; "|" ends a sentence, "." does not."""
    text = document.text
    starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n"), len(text) + 1]
    kinds = _line_kinds(document, starts)
    decisions = iter(sentences.explain(text, kinds))
    for start, end in pairwise(starts):
        shown = []
        for decision in decisions:
            if decision.rule in ("line-end", "whole-line-kind"):
                break
            if decision.rule != "nothing-follows":
                shown.append(_boundary(text[start : end - 1], decision, start))
        yield tuple(shown)


def _line_kinds(document: Document, starts: Sequence[int]) -> list[str]:
    first = {text_start: "paragraph" for text_start in starts[:-1]}
    for sentence in document.sentences:
        if sentence.start in first:
            first[sentence.start] = sentence.kind
    return list(first.values())


def _boundary(line: str, decision: Decision, start: int) -> str:
    at = decision.position - start
    left, right = line[max(0, at - AROUND) : at], line[at : at + AROUND].strip()
    return f"     {'|' if decision.splits else '.'}  {decision.rule:<{_COLUMN - 3}}{_isolated(left)} {_isolated(right)}"


def _isolated(text: str) -> str:
    """The text, shortened, in its own direction whatever stands before it on the line."""
    short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"\N{FIRST STRONG ISOLATE}{short}\N{POP DIRECTIONAL ISOLATE}"

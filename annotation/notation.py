"""The notation: annotated articles as text that a person can read and mend (`docs/notation.md`).

`format_article` writes what `parse_articles` reads; `annotate` prints it and `import` takes it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.span import Entity, Sentence
from corpus.text.normalise import normalise

NEXT, GLUED = "next", "glued"
HEADER_KEYS = ("source", "topics", "drop_reason", "byline", "agency", "place", "outlet", "published", "note")
SENTENCE_WORDS = ("title", "deck", "subhead", "paragraph", "item", "caption", "verse")

_HEADER = re.compile(r"# ([a-z_]+):[ ]?(.*)")
_SENTENCE = re.compile(r"([a-z]+):(?: (.*))?")
_ENTITY = re.compile(r"  +([A-Za-z][A-Za-z0-9_-]*)((?: [0-9]{1,6})*):(?: (.*))?")


class NotationError(ValueError):
    """A line of a notation file that says nothing sensible; the message names the line and the remedy."""


@dataclass(frozen=True, slots=True)
class NotedArticle:
    """One article of a notation file: offsets are code points of `text`."""

    source: str
    text: str
    sentences: tuple[Sentence, ...]
    entities: tuple[Entity, ...]
    topics: tuple[str, ...] = ()
    drop_reason: str | None = None
    header: tuple[tuple[str, str], ...] = ()
    line: int = 1


def occurrences(text: str, surface: str) -> list[int]:
    """Where `surface` starts in `text`, overlapping occurrences counted."""
    found, at = [], text.find(surface)
    while at >= 0:
        found.append(at)
        at = text.find(surface, at + 1)
    return found


def parse_articles(lines: Iterable[str]) -> Iterator[NotedArticle]:
    """The articles of a notation file, given its lines.

    Lines are normalised as documents are, so that direction marks or decomposed letters that an editor put there do
    no harm; white space at their end means nothing.

    Raises:
        NotationError: at the first line that is not notation, with its number and what was expected.
    """
    block: list[tuple[int, str]] = []
    for number, raw in enumerate(lines, 1):
        line = normalise(raw)[0].rstrip()
        if line.startswith("# source:") and block:
            yield _parse_block(block)
            block = []
        if line:
            block.append((number, line))
    if block:
        yield _parse_block(block)


def _parse_block(block: Sequence[tuple[int, str]]) -> NotedArticle:
    header: dict[str, str] = {}
    pieces: list[str] = []
    sentences: list[Sentence] = []
    entities: dict[Entity, int] = {}
    length = 0
    kind = ""
    for number, line in block:
        if match := _HEADER.fullmatch(line):
            _read_header(number, match[1], match[2].strip(), header, bool(sentences))
        elif match := _SENTENCE.fullmatch(line):
            word, sentence = match[1], match[2] or ""
            if word in (NEXT, GLUED):
                if not sentences:
                    raise NotationError(f"line {number}: '{word}' continues a line, but there is none yet")
                glue = " " if word == NEXT else ""
            elif word in SENTENCE_WORDS:
                kind, glue = word, "\n" if sentences else ""
            else:
                known = ", ".join((*SENTENCE_WORDS, NEXT, GLUED))
                raise NotationError(f"line {number}: '{word}' starts no sentence; known: {known}")
            if not sentence or sentence != sentence.strip():
                raise NotationError(f"line {number}: a sentence is not empty and has one space after the colon only")
            pieces += (glue, sentence)
            length += len(glue)
            sentences.append(Sentence(length, length + len(sentence), kind))
            length += len(sentence)
        elif match := _ENTITY.fullmatch(line):
            if not sentences:
                raise NotationError(f"line {number}: an entity before the first sentence")
            for entity in _entities(number, match, pieces[-1], sentences[-1].start):
                _check_span(number, entity, entities, "".join(pieces))
                entities[entity] = number
        else:
            raise NotationError(
                f"line {number}: neither '# header: …', 'kind: sentence' nor '  LABEL: words': {line[:60]!r}"
            )
    first = block[0][0]
    if not header.get("source"):
        raise NotationError(f"line {first}: an article starts with '# source: …' and names its page there")
    if bool(sentences) == ("drop_reason" in header):
        raise NotationError(f"line {first}: an article has sentences or a '# drop_reason:', and not both")
    topics = filter(None, (topic.strip() for topic in header.get("topics", "").split(",")))
    return NotedArticle(
        header["source"],
        "".join(pieces),
        tuple(sentences),
        tuple(sorted(entities, key=lambda one: (one.start, -one.end))),
        tuple(dict.fromkeys(topics)),
        header.get("drop_reason"),
        tuple((key, value) for key, value in header.items() if key not in ("source", "topics", "drop_reason")),
        first,
    )


def _read_header(number: int, key: str, value: str, header: dict[str, str], late: bool) -> None:
    if key not in HEADER_KEYS:
        raise NotationError(f"line {number}: unknown header '{key}'; known: {', '.join(HEADER_KEYS)}")
    if late:
        raise NotationError(f"line {number}: header '{key}' after the first sentence; headers come first")
    if key in header:
        raise NotationError(f"line {number}: header '{key}' a second time; an article has each once")
    header[key] = value


def _entities(number: int, match: re.Match[str], sentence: str, offset: int) -> Iterator[Entity]:
    label, which, surface = match[1], [int(n) for n in match[2].split()], match[3] or ""
    found = occurrences(sentence, surface) if surface and surface == surface.strip() else []
    if not found:
        raise NotationError(f"line {number}: {surface!r} does not stand in its sentence")
    if not which and len(found) > 1:
        raise NotationError(
            f"line {number}: {surface!r} stands {len(found)} times in its sentence; say which: '{label} 1: {surface}'"
        )
    for nth in which or [1]:
        if not 1 <= nth <= len(found):
            raise NotationError(f"line {number}: there are {len(found)} occurrences of {surface!r}, not {nth}")
        start = offset + found[nth - 1]
        yield Entity(start, start + len(surface), label)


def _check_span(number: int, entity: Entity, earlier: Mapping[Entity, int], text: str) -> None:
    """Refuse a second label on a span, and a span that crosses another."""
    words = text[entity.start : entity.end]
    for other, line in earlier.items():
        if (other.start, other.end) == (entity.start, entity.end):
            twice = "listed twice" if other.label == entity.label else f"both {other.label} and {entity.label}"
            raise NotationError(f"line {number}: {words!r} is {twice}, see line {line}")
        if other.crosses(entity):
            crossed = text[other.start : other.end]
            raise NotationError(f"line {number}: {words!r} crosses {crossed!r} of line {line}; nest or separate them")


def format_article(article: NotedArticle) -> str:
    """`article` in the notation, ending in a line break.

    Entities are listed under the sentence that holds them; one that crosses a sentence end cannot be noted and is
    left out, so `parse_articles` gives back the same article where none does.
    """
    lines = [f"# source: {article.source}"]
    if article.topics:
        lines.append(f"# topics: {', '.join(article.topics)}")
    if article.drop_reason:
        lines.append(f"# drop_reason: {article.drop_reason}")
    lines += [f"# {key}: {' '.join(value.split())}" for key, value in article.header]
    lines.append("")
    end = 0
    for nth, sentence in enumerate(article.sentences):
        gap = article.text[end : sentence.start]
        word = sentence.kind if nth == 0 or "\n" in gap else NEXT if gap else GLUED
        words = article.text[sentence.start : sentence.end]
        lines.append(f"{word}: {words}")
        end = sentence.end
        inside = [entity for entity in article.entities if sentence.covers(entity)]
        lines += _format_entities(inside, words, sentence.start)
    return "\n".join(lines) + "\n"


def _format_entities(entities: Sequence[Entity], sentence: str, offset: int) -> Iterator[str]:
    places: dict[str, dict[int, int]] = {}  # of each surface, the number of each of its occurrences
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        local = replace(entity, start=entity.start - offset, end=entity.end - offset)
        surface = sentence[local.start : local.end]
        if surface not in places:
            places[surface] = {at: nth for nth, at in enumerate(occurrences(sentence, surface), 1)}
        nth = f" {places[surface][local.start]}" if len(places[surface]) > 1 else ""
        yield f"  {local.label}{nth}: {surface}"

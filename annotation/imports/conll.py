"""Annotations in CoNLL style: a token and its IOB2 tag a line, a blank line after each sentence."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotation.imports.match import (
    CorpusDocument,
    DocumentIndex,
    Imported,
    Matched,
    entities_from_tags,
    reject_unknown,
)
from corpus.ingest import Reject
from corpus.span import Entity
from corpus.text.normalise import normalise

_COMMENT = re.compile(r"#\s*(doc_id|source|newdoc id)\s*[:=]\s*(.+)")
_TAG = re.compile(r"O|[BI]-\S+")
_AHEAD = 20


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence of a CoNLL file: where its lines begin, the document its comments name, and its tokens."""

    line: int
    document: str | None
    tokens: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(slots=True)
class _Claims:
    """What was found of one document: the ranges of its words without white space, and where the last one ended."""

    document: CorpusDocument
    ranges: list[tuple[int, int]] = field(default_factory=list)
    at: int = 0
    entities: list[Entity] = field(default_factory=list)

    def covered(self) -> int:
        """How many characters were found."""
        count = end = 0
        for start, stop in sorted(self.ranges):
            count += max(0, stop - max(start, end))
            end = max(end, stop)
        return count


def looks_like_conll(text: str) -> bool:
    """Whether the first lines that say something end in an IOB2 tag."""
    lines = text[:4000].split("\n")
    if len(text) > 4000:
        lines.pop()  # cut off
    lines = [line for line in lines if line.strip() and not line.startswith(("#", "-DOCSTART-"))][:20]
    return bool(lines) and all(len(line.split()) > 1 and _TAG.fullmatch(line.split()[-1]) for line in lines)


def parse_conll(name: str, text: str, rejects: list[Reject]) -> Iterator[TaggedSentence]:
    """The sentences of a CoNLL file; a line without a valid last column is a reject and spoils its sentence.

    Columns are separated by tabs, or else by spaces. A line that begins with `#` is a comment unless it has a token
    and a tag.
    """
    document: str | None = None
    tokens: list[str] = []
    tags: list[str] = []
    first, spoilt = 1, False
    for number, raw in enumerate([*text.split("\n"), ""], 1):
        line = raw.rstrip()
        columns = line.split("\t") if "\t" in line else line.split()
        if not line:
            if tokens and not spoilt:
                yield TaggedSentence(first, document, tuple(tokens), tuple(tags))
            tokens, tags, spoilt = [], [], False
        elif columns[0] == "-DOCSTART-":
            document = None
        elif comment := _COMMENT.fullmatch(line.strip()):
            document = comment[2].strip()
        elif not _is_comment(columns):
            if not tokens:
                first = number
            token, tag = _normal(columns[0]), columns[-1]
            if len(columns) < 2 or not columns[0].strip() or not _TAG.fullmatch(tag):
                message = "expected a token and its tag (O, B-LABEL or I-LABEL); the sentence was not read"
                rejects.append(Reject(f"{name}:{number}", "invalid-conll", message, line[:200]))
                spoilt = True
            tokens.append(token)
            tags.append(tag)


@functools.lru_cache(maxsize=1 << 16)
def _normal(token: str) -> str:
    return normalise(token)[0]


def _is_comment(columns: Sequence[str]) -> bool:
    """`#` and words, but not a hashtag with its tag, nor the token `#`."""
    tagged = len(columns) > 1 and _TAG.fullmatch(columns[-1])
    return columns[0].startswith("#") and (not tagged or (columns[0] == "#" and len(columns) > 2))


def import_conll(name: str, text: str, index: DocumentIndex, labels: Mapping[str, object]) -> Imported:
    """Match the sentences of a CoNLL file to documents by their words, white space aside.

    A comment `# source = …` or `# doc_id = …` says where to look; without one, a sentence belongs to the document of
    the sentence before if it follows there, else to the one that also has most of the sentences after it. A document
    counts as completely looked at when all of its words were found.
    """
    imported = Imported()
    claims: dict[str, _Claims] = {}
    last: _Claims | None = None
    sentences = list(parse_conll(name, text, imported.rejects))
    words = ["".join("".join(sentence.tokens).split()) for sentence in sentences]
    for nth, sentence in enumerate(sentences):
        if not words[nth]:
            continue
        origin = f"{name}:{sentence.line}"
        document = _find(sentence.document, words[nth : nth + _AHEAD], index, last)
        if document is None:
            where = f"the document '{sentence.document}'" if sentence.document else "any document"
            message = f"these words do not stand in {where}; build the page they come from first"
            imported.rejects.append(Reject(origin, "no-such-text", message, " ".join(sentence.tokens)[:200]))
            continue
        last = claims.setdefault(document.doc_id, _Claims(document))
        squeezed = index.squeezed(document)
        at = squeezed.text.find(words[nth], last.at)
        at = at if at >= 0 else squeezed.text.find(words[nth])
        found = [Entity(*span) for span in entities_from_tags(sentence.tokens, sentence.tags, at, squeezed)]
        last.entities += reject_unknown(origin, found, document.text, labels, imported.rejects)
        last.at = at + len(words[nth])
        last.ranges.append((at, last.at))
    for claim in claims.values():
        complete = claim.covered() == len(index.squeezed(claim.document).text)
        entities = tuple(sorted(set(claim.entities), key=lambda one: (one.start, -one.end)))
        imported.matched.append(
            Matched(claim.document.doc_id, claim.document.text, entities=entities, complete=complete)
        )
    return imported


def _find(
    name: str | None, words: Sequence[str], index: DocumentIndex, last: _Claims | None
) -> CorpusDocument | None:
    """The document of the first of `words`, a sentence and those after it."""
    if name is not None:
        named = index.by_id(name) or index.by_source(name)
        return named if named and words[0] in index.squeezed(named).text else None
    if last and index.squeezed(last.document).text.find(words[0], last.at) >= 0:
        return last.document
    found = index.containing(words[0])
    for following in words[1:]:
        if len(found) < 2:
            break
        found = [one for one in found if following in index.squeezed(one).text] or found
    return found[0] if found else None

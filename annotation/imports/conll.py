"""Annotations in CoNLL style: a token and its IOB2 tag a line, a blank line after each sentence."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence of a CoNLL file: where its lines begin, the document its comments name, and its tokens."""

    line: int
    document: str | None
    tokens: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(slots=True)
class _Claims:
    document: CorpusDocument
    covered: int = 0
    at: int = 0
    entities: list[Entity] = field(default_factory=list)


def looks_like_conll(text: str) -> bool:
    """Whether the first lines that say something end in an IOB2 tag."""
    lines = [line for line in text[:4000].split("\n")[:-1] if line.strip() and not line.startswith("#")][:20]
    return bool(lines) and all(len(line.split()) > 1 and _TAG.fullmatch(line.split()[-1]) for line in lines)


def parse_conll(name: str, text: str, rejects: list[Reject]) -> Iterator[TaggedSentence]:
    """The sentences of a CoNLL file; a line without a valid last column is a reject and spoils its sentence."""
    document: str | None = None
    tokens: list[str] = []
    tags: list[str] = []
    first, spoilt = 1, False
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if comment := _COMMENT.fullmatch(line.strip()):
            document = comment[2].strip()
        elif not line.strip():
            if tokens and not spoilt:
                yield TaggedSentence(first, document, tuple(tokens), tuple(tags))
            tokens, tags, spoilt = [], [], False
        elif not (line.startswith("#") and len(line.split()) != 2):
            if not tokens:
                first = number
            columns = line.split("\t") if "\t" in line else line.split()
            token, tag = normalise(columns[0])[0], columns[-1]
            if len(columns) < 2 or not token.strip() or not _TAG.fullmatch(tag):
                message = "expected a token and its tag (O, B-LABEL or I-LABEL); the sentence was not read"
                rejects.append(Reject(f"{name}:{number}", "invalid-conll", message, line[:200]))
                spoilt = True
                token, tag = "?", "O"
            tokens.append(token)
            tags.append(tag)


def import_conll(name: str, text: str, index: DocumentIndex, labels: Mapping[str, object]) -> Imported:
    """Match the sentences of a CoNLL file to documents by their words, white space aside.

    A comment `# source = …` or `# doc_id = …` says where to look; without one, every document is searched, the one
    of the sentence before first. A document counts as completely looked at when all of its words were found.
    """
    imported = Imported()
    claims: dict[str, _Claims] = {}
    last: _Claims | None = None
    for sentence in parse_conll(name, text, imported.rejects):
        words = "".join("".join(sentence.tokens).split())
        origin = f"{name}:{sentence.line}"
        last = _find(sentence, words, index, claims, last)
        if last is None:
            where = f"the document '{sentence.document}'" if sentence.document else "any document"
            message = f"these words do not stand in {where}; build the page they come from first"
            imported.rejects.append(Reject(origin, "no-such-text", message, " ".join(sentence.tokens)[:200]))
            continue
        squeezed = index.squeezed(last.document)
        at = squeezed.text.find(words, last.at)
        at = at if at >= 0 else squeezed.text.find(words)
        found = [
            Entity(*span) for span in entities_from_tags(sentence.tokens, sentence.tags, at, squeezed)
        ]
        last.entities += reject_unknown(origin, found, last.document.text, labels, imported.rejects)
        last.covered += len(words)
        last.at = at + len(words)
    for claim in claims.values():
        complete = claim.covered >= len(index.squeezed(claim.document).text)
        entities = tuple(sorted(set(claim.entities), key=lambda one: (one.start, -one.end)))
        imported.matched.append(
            Matched(claim.document.doc_id, claim.document.text, entities=entities, complete=complete)
        )
    return imported


def _find(
    sentence: TaggedSentence, words: str, index: DocumentIndex, claims: dict[str, _Claims], last: _Claims | None
) -> _Claims | None:
    candidates: Sequence[CorpusDocument]
    if sentence.document is not None:
        named = index.by_id(sentence.document) or index.by_source(sentence.document)
        candidates = [named] if named else []
    else:
        candidates = [*([last.document] if last else []), *index.all()]
    for document in candidates:
        if document.text and words in index.squeezed(document).text:
            return claims.setdefault(document.doc_id, _Claims(document))
    return None

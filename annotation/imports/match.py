"""What every imported format has in common: claims about texts, and the documents they hold for.

A claim is applied only where the words stand exactly as claimed; everything else becomes a reject.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from corpus.ingest import Reject
from corpus.span import Entity, Sentence, Topic


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """A document that annotations can be matched to; `sources` are its paths, urls and source_ids."""

    doc_id: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What somebody said of one document. None for a task means that they were not asked.

    `complete`: whether all of the document was looked at for entities. `annotator` is a pseudonym, or None where the
    file does not say.
    """

    doc_id: str
    text: str
    sentences: tuple[Sentence, ...] | None = None
    entities: tuple[Entity, ...] | None = None
    topics: tuple[Topic, ...] | None = None
    complete: bool = True
    annotator: str | None = None
    status: str = "submitted"
    seconds: float | None = None
    submitted_at: str | None = None
    saw_predictions: bool | None = None
    problem: str | None = None
    comment: str | None = None


@dataclass(slots=True)
class Imported:
    """What came of a file: matched claims and rejects."""

    matched: list[Matched] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


class DocumentIndex:
    """The documents of a corpus by id, by source, and by their words without white space."""

    def __init__(self, documents: Iterable[CorpusDocument]) -> None:
        self._documents = {document.doc_id: document for document in documents}
        self._by_source: dict[str, list[str]] = {}
        for document in self._documents.values():
            for source in document.sources:
                self._by_source.setdefault(source, []).append(document.doc_id)
        self._squeezed: dict[str, Squeezed] = {}
        self._grams: _Grams | None = None

    def by_id(self, doc_id: str) -> CorpusDocument | None:
        """The document of that id."""
        return self._documents.get(doc_id)

    def by_source(self, source: str) -> CorpusDocument | None:
        """The document found at that path, url or source_id; None where there is none or more than one."""
        found = self._by_source.get(source, [])
        return self._documents[found[0]] if len(found) == 1 else None

    def containing(self, words: str) -> list[CorpusDocument]:
        """The documents in which `words` (without white space) stand, white space aside, in the order of the index."""
        documents = tuple(self._documents.values())
        if self._grams is None:
            self._grams = _Grams.of([_without_space(document.text) for document in documents])
        return [documents[nth] for nth in self._grams.candidates(words) if words in self.squeezed(documents[nth]).text]

    def squeezed(self, document: CorpusDocument) -> Squeezed:
        """The document's words without white space."""
        if document.doc_id not in self._squeezed:
            self._squeezed[document.doc_id] = Squeezed.of(document.text)
        return self._squeezed[document.doc_id]


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text without white space, with the position in the text of each character that is left."""

    text: str
    positions: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Squeezed:
        """Squeeze `text`."""
        return cls(_without_space(text), array("i", [at for at, char in enumerate(text) if not char.isspace()]))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the text that holds `self.text[start:end]`."""
        return self.positions[start], self.positions[end - 1] + 1


def entities_from_tags(
    tokens: Sequence[str], tags: Sequence[str], offset: int, squeezed: Squeezed
) -> list[tuple[int, int, str]]:
    """The (start, end, label) of IOB2 tags whose tokens stand at `squeezed.text[offset:]`.

    `I-X` after anything but `B-X` or `I-X` begins a span, as readers of CoNLL files expect.
    """
    ends = list(accumulate(len("".join(token.split())) for token in tokens))
    starts = [0, *ends]
    spans: list[tuple[int, int, str]] = []
    open_label, open_start = "", 0

    def close(nth: int) -> None:
        if open_label and starts[nth] > open_start:
            spans.append((*squeezed.span(offset + open_start, offset + starts[nth]), open_label))

    for nth, tag in enumerate(tags):
        prefix, _, label = tag.partition("-")
        if prefix == "I" and label == open_label:
            continue
        close(nth)
        open_label, open_start = ("", 0) if prefix == "O" else (label, starts[nth])
    close(len(tags))
    return spans


def _without_space(text: str) -> str:
    return "".join(text.split())


_GRAM = 12
_KEPT = 8
_FACTORS = np.array([pow(0x9E3779B97F4A7C15, power + 1, 1 << 64) for power in range(_GRAM)], np.uint64)


def _kept_grams(text: str) -> NDArray[np.uint64]:
    """Hashes of one in `_KEPT` of the pieces of `_GRAM` characters of `text`, chosen by what they are.

    Where a text holds another one, it also holds all that is kept of it.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if len(codes) < _GRAM:
        return np.empty(0, np.uint64)
    hashes = np.zeros(len(codes) - _GRAM + 1, np.uint64)
    for at, factor in enumerate(_FACTORS):
        hashes += codes[at : at + len(hashes)] * factor
    hashes ^= hashes >> np.uint64(29)
    kept: NDArray[np.uint64] = np.unique(hashes[hashes % np.uint64(_KEPT) == 0])
    return kept


@dataclass(frozen=True, slots=True)
class _Grams:
    """Which of many texts hold a piece: sorted hashes, each with the number of a text."""

    hashes: NDArray[np.uint64]
    texts: NDArray[np.int64]
    count: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Grams:
        kept = [_kept_grams(text) for text in texts]
        hashes = np.concatenate([*kept, np.empty(0, np.uint64)])
        numbers = np.repeat(np.arange(len(kept)), [len(one) for one in kept])
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], numbers[order], len(texts))

    def candidates(self, words: str) -> Sequence[int]:
        """The numbers of the texts that may hold `words`, in order; all, if nothing is kept of so short words."""
        grams = _kept_grams(words)
        if not len(grams):
            return range(self.count)
        first, last = np.searchsorted(self.hashes, grams, "left"), np.searchsorted(self.hashes, grams, "right")
        rarest = int(np.argmin(last - first))
        return [int(nth) for nth in np.unique(self.texts[first[rarest] : last[rarest]])]


def topics_of(labels: Sequence[str]) -> tuple[Topic, ...]:
    """Topics a person named, the main one first."""
    return tuple(Topic(label, rank) for rank, label in enumerate(labels))


def reject_unknown(
    origin: str, entities: Sequence[Entity], text: str, known: Mapping[str, object], rejects: list[Reject]
) -> tuple[Entity, ...]:
    """The entities whose label the inventory has; a reject for each other."""
    kept = []
    for entity in entities:
        if entity.label in known:
            kept.append(entity)
        else:
            message = f"the ontology has no entity label '{entity.label}'; known: {', '.join(known)}"
            rejects.append(Reject(origin, "unknown-label", message, text[entity.start : entity.end]))
    return tuple(kept)

"""A release's documents as spaCy takes them for training: a `DocBin` with entities, sentences and topics.

`doc.ents` are the tags of `ner_tags`, `doc.spans["entities"]` all entities, nested ones too, widened to whole tokens,
`doc.cats` the topics, `doc.user_data` says which document it is and who stands behind it. White space that is no
single space is a token, as everywhere in spaCy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from corpus.release.conll import Mapped, mapped_tag
from corpus.release.versions import ReleaseError
from schemas.tables import TASKS

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SPANS: Final = "entities"
_ATTRIBUTES: Final = ("ORTH", "SPACY", "SENT_START", "ENT_IOB", "ENT_TYPE")


def docbin(documents: pa.Table, sentences: pa.Table, topics: Sequence[str], mapped: Mapped) -> bytes:
    """The bytes of a `DocBin` of a split's rows; `topics` are all that there are.

    Raises:
        ReleaseError: if spaCy is not installed.
    """
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError as error:
        raise ReleaseError("spaCy is not installed: pip install 'mudawwana[spacy]'") from error
    vocab = spacy.blank("ar").vocab
    made = DocBin(attrs=list(_ATTRIBUTES), store_user_data=True)
    tagged: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    columns = ["doc_id", "start", "tokens", "token_starts", "token_ends", "ner_tags"]
    for row in sentences.select(columns).to_pylist():
        tagged[row["doc_id"]].append(row)
    for row in documents.to_pylist():
        made.add(_doc(vocab, row, tagged[row["doc_id"]], topics, mapped))
    return bytes(made.to_bytes())


@dataclass(slots=True)
class _Words:
    """The tokens of a text as spaCy wants them: joined with the spaces they are the text."""

    words: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    starts: list[bool | int | None] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def add(self, word: str, tag: str = "O", *, starts: bool = False) -> None:
        self.words.append(word)
        self.spaces.append(False)
        self.starts.append(starts)
        self.tags.append(tag)

    def gap(self, between: str) -> None:
        """White space after the last word."""
        if between.startswith(" ") and self.words:
            self.spaces[-1] = True
            between = between[1:]
        if between:
            self.add(between)


def _doc(
    vocab: Vocab, row: Mapping[str, Any], sentences: Sequence[Mapping[str, Any]], topics: Sequence[str], mapped: Mapped
) -> Doc:
    from spacy.tokens import Doc

    text: str = row["text"]
    found, at = _Words(), 0
    for start, end, tag, first in _tokens(sentences):
        found.gap(text[at:start])
        found.add(text[start:end], mapped_tag(tag, mapped), starts=first)
        at = end
    found.gap(text[at:])
    doc = Doc(vocab, words=found.words, spaces=found.spaces, sent_starts=found.starts, ents=found.tags)
    spans = {
        (span.start, span.end, label): span
        for one in row["entities"]
        if (label := mapped(one["label"]))
        and (span := doc.char_span(one["start"], one["end"], label=label, alignment_mode="expand"))
    }
    doc.spans[SPANS] = [spans[key] for key in sorted(spans, key=lambda key: (key[0], -key[1], key[2]))]
    doc.cats = {topic: float(topic in row["topics"]) for topic in topics}
    doc.user_data["doc_id"] = row["doc_id"]
    for task in TASKS:
        doc.user_data[f"{task}_status"] = row[f"{task}_status"]
    return doc


def _tokens(sentences: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int, str, bool]]:
    """Start and end of each token in the document's text, its tag, and whether it begins a sentence."""
    for row in sentences:
        lists = zip(row["token_starts"], row["token_ends"], row["ner_tags"], strict=True)
        for nth, (start, end, tag) in enumerate(lists):
            yield row["start"] + start, row["start"] + end, tag, nth == 0

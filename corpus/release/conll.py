"""A release's sentences as CoNLL-2003 has them: four columns, a blank line after each sentence, a line between
documents (Tjong Kim Sang and De Meulder 2003).

Parts of speech and chunks, which a release does not have, are `-X-`. Tags are IOB2, those of `ner_tags`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pyarrow as pa

DOCUMENT: Final = "-DOCSTART- -X- -X- O\n\n"

Mapped = Callable[[str], str | None]
"""What a label is called elsewhere; None where it has no place there."""


def conll_lines(sentences: pa.Table, mapped: Mapped) -> Iterator[str]:
    """The lines of some of the rows of the config `sentences`, which are sorted by document and position."""
    before = None
    columns = (sentences[name].to_pylist() for name in ("doc_id", "tokens", "ner_tags"))
    for doc, tokens, tags in zip(*columns, strict=True):
        if doc != before:
            yield DOCUMENT
            before = doc
        for token, tag in zip(tokens, tags, strict=True):
            yield f"{token} -X- -X- {mapped_tag(tag, mapped)}\n"
        yield "\n"


def mapped_tag(tag: str, mapped: Mapped) -> str:
    """An IOB2 tag with its label mapped; O where that has no place."""
    if tag == "O":
        return tag
    label = mapped(tag[2:])
    return f"{tag[:2]}{label}" if label else "O"

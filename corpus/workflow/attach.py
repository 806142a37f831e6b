"""`mudawwana attach`: the texts of a corpus back into a stand-off edition."""

from __future__ import annotations

from pathlib import Path

from corpus.release.source import read_corpus
from corpus.release.standoff import Attached, attach


def attach_texts(root: Path, edition: Path, target: Path) -> Attached:
    """Write the rows of the stand-off `edition` whose texts the corpus in `root` has, with them, to the new `target`.

    Raises:
        ReleaseError, StoreError
    """
    documents = read_corpus(root).documents
    texts = dict(zip(documents["doc_id"].to_pylist(), documents["text"].to_pylist(), strict=True))
    return attach(edition, texts, target)

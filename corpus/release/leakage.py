"""How far test data may be known from training data: the nearest texts of different splits, and names seen before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.dedup import shingles

_TRAIN: Final = "train"
_MANY: Final = 20  # documents: word 4-grams that more of them share are formulas, and not looked up
_CHECKED: Final = 50  # pairs of which the similarity is computed from the texts


@dataclass(frozen=True, slots=True)
class NearestPair:
    """Two documents of different splits and the Jaccard similarity of their word 4-grams, as `corpus.dedup` has it."""

    similarity: float
    doc_ids: tuple[str, str]
    splits: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SeenNames:
    """Of a split's entities (label and words) how many there are and are in train as well: mentions and different
    ones."""

    split: str
    mentions: int
    mentions_seen: int
    names: int
    names_seen: int


@dataclass(frozen=True, slots=True)
class Leakage:
    """`nearest` is None where no two documents of different splits share four words in a row (or a rare four)."""

    nearest: NearestPair | None
    seen: tuple[SeenNames, ...]


def measure_leakage(documents: Mapping[str, pa.Table]) -> Leakage:
    """Measure it on the rows of the config `documents` by split."""
    return Leakage(_nearest(documents), tuple(_seen(documents)))


def _nearest(documents: Mapping[str, pa.Table]) -> NearestPair | None:
    ids = [(doc, split) for split, rows in documents.items() for doc in rows["doc_id"].to_pylist()]
    texts = [text for rows in documents.values() for text in rows["text"].to_pylist()]
    splits = np.repeat(np.arange(len(documents)), [rows.num_rows for rows in documents.values()])
    grams = [np.array([hash(gram) for gram in shingles(text)], dtype=np.int64) for text in texts]
    sizes = np.array([len(one) for one in grams], dtype=np.int64)
    one, other, shared = _sharing(grams, splits)
    if not len(shared):
        return None
    similar = shared / (sizes[one] + sizes[other] - shared)
    found = []
    for at in np.lexsort((other, one, -similar))[:_CHECKED].tolist():
        pair = sorted((ids[one[at]], ids[other[at]]))
        left, right = (shingles(texts[place]) for place in (one[at], other[at]))
        found.append((-len(left & right) / len(left | right), pair))
    similarity, ((doc, split), (its_doc, its_split)) = min(found)
    return NearestPair(-similarity, (doc, its_doc), (split, its_split))


def _sharing(
    grams: list[NDArray[np.int64]], splits: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of documents of different splits with the number of 4-grams that both have and few others."""
    flat = np.concatenate(grams) if grams else np.empty(0, dtype=np.int64)
    owner = np.repeat(np.arange(len(grams)), [len(one) for one in grams])
    order = np.lexsort((owner, flat))
    flat, owner = flat[order], owner[order]
    starts = np.flatnonzero(np.append(True, flat[1:] != flat[:-1])) if len(flat) else np.empty(0, dtype=np.int64)
    lengths = np.diff(np.append(starts, len(flat)))
    keys = [np.empty(0, dtype=np.int64)]
    for length in range(2, _MANY + 1):
        members = owner[starts[lengths == length][:, None] + np.arange(length)]
        for left in range(length):
            for right in range(left + 1, length):
                apart = splits[members[:, left]] != splits[members[:, right]]
                keys.append(members[apart, left] * len(grams) + members[apart, right])
    pairs, shared = np.unique(np.concatenate(keys), return_counts=True)
    return pairs // max(1, len(grams)), pairs % max(1, len(grams)), shared


def _seen(documents: Mapping[str, pa.Table]) -> Iterator[SeenNames]:
    if _TRAIN not in documents:
        return
    known = set(_names(documents[_TRAIN]))
    for split, rows in documents.items():
        if split != _TRAIN:
            names = _names(rows)
            different = set(names)
            yield SeenNames(
                split, len(names), sum(name in known for name in names), len(different), len(different & known)
            )


def _names(rows: pa.Table) -> list[tuple[str, str]]:
    entities = pc.list_flatten(rows["entities"])
    columns = (pc.struct_field(entities, name).to_pylist() for name in ("label", "surface"))
    return [(label, " ".join(surface.split())) for label, surface in zip(*columns, strict=True)]

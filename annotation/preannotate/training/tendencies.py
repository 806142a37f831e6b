"""What a tagger says of a word over a whole raw corpus: a feature of the word for the next tagger.

A context that shows a name plainly (a title before it) teaches the tagger what the word is; in the next context,
which shows nothing, the word's tendency still does. To keep the training words from being judged by a tagger that
has memorised them, the training sentences are cut in two, and each half gets the tendencies that the tagger of the
other half found (cross-fitting).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.sequence import SequenceTagger
from annotation.preannotate.words import plain

_BATCH = 4000  # lines tagged together
_LEAST = 3  # occurrences below which nothing is said of a word
BUCKETS = (0.02, 0.1, 0.3, 0.6, 0.85)  # shares that separate the buckets

Counts = dict[str, NDArray[np.int64]]


def label_counts(tagger: SequenceTagger, lines: Iterable[Sequence[str]]) -> Counts:
    """For each folded stem, how often it got each tag of the tagger."""
    width = len(tagger.labels)
    split = tagger.extractor.vocabulary.split
    stems: dict[str, str] = {}
    counts: defaultdict[str, NDArray[np.int64]] = defaultdict(lambda: np.zeros(width, dtype=np.int64))
    for batch in _batches(lines):
        for words, path in zip(batch, tagger.tag(batch), strict=True):
            for word, tag in zip(words, path, strict=True):
                stem = stems.get(word)
                if stem is None:
                    stem = stems[word] = split(plain(word)).stem
                counts[stem][tag] += 1
    return dict(counts)


def tendencies(labels: Sequence[str], *tables: Mapping[str, NDArray[np.int64]]) -> dict[str, str]:
    """For each word seen often enough, its kinds of name with the bucket of each kind's share: `PERS4 ORG1`."""
    kinds = sorted({label.partition("-")[2] for label in labels if label != "O"})
    columns = {kind: [n for n, label in enumerate(labels) if label.partition("-")[2] == kind] for kind in kinds}
    found = {}
    for word in sorted(set().union(*tables)):
        total = sum((table[word] for table in tables if word in table), np.zeros(len(labels), dtype=np.int64))
        count = int(total.sum())
        if count < _LEAST * len(tables):
            continue
        notes = []
        for kind in kinds:
            bucket = int(np.searchsorted(BUCKETS, total[columns[kind]].sum() / count, side="right"))
            if bucket:
                notes.append(f"{kind}{bucket}")
        found[word] = " ".join(notes) or "-"
    return found


def _batches(lines: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    batch: list[Sequence[str]] = []
    for line in lines:
        batch.append(line)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

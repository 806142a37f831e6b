"""What a tagger says of a word over a whole raw corpus: a feature of the word for the next tagger.

A context that shows a name plainly (a title before it) teaches the tagger what the word is; in the next context,
which shows nothing, the word's tendency still does. To keep the training words from being judged by a tagger that
has memorised them, the training sentences are cut in two, and each half gets the tendencies that the tagger of the
other half found (cross-fitting).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.sequence import SequenceTagger
from annotation.preannotate.words import plain

_BATCH = 4000  # lines tagged together
_LEAST = 3  # occurrences below which nothing is said of a word
_PRIOR = 2.0  # occurrences that the average word is worth
BUCKETS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95)  # shares that separate the buckets
_PLACED = 3  # from this bucket on, it is also said how often the word begins the name
_QUARTERS = 4

Counts = dict[str, NDArray[np.float64]]


def label_counts(tagger: SequenceTagger, lines: Iterable[Sequence[str]]) -> Counts:
    """For each folded stem, how often it got each tag of the tagger, by the tags' probabilities."""
    width = len(tagger.labels)
    split = tagger.extractor.vocabulary.split
    numbers: dict[str, int] = {}
    of_form: dict[str, int] = {}
    counts: NDArray[np.float64] = np.zeros((1024, width))
    for batch in _batches(lines):
        rows: list[int] = []
        for words in batch:
            for word in words:
                number = of_form.get(word)
                if number is None:
                    number = of_form[word] = numbers.setdefault(split(plain(word)).stem, len(numbers))
                rows.append(number)
        while len(numbers) > len(counts):
            counts = np.concatenate([counts, np.zeros_like(counts)])
        forms, lengths = tagger.numbered(batch)
        found = tagger.marginals(tagger.emissions(forms, lengths), lengths)
        for column in range(width):
            counts[:, column] += np.bincount(rows, weights=found[column], minlength=len(counts))
    return {stem: counts[number] for stem, number in numbers.items()}


def tendencies(labels: Sequence[str], *tables: Counts) -> dict[str, str]:
    """For each word seen often enough, its kinds of name with the bucket of each kind's share: `PERS4 PERS^3 ORG1`.

    The number behind ^ says how often it begins such names, in quarters.
    """
    kinds = sorted({label.partition("-")[2] for label in labels if label != "O"})
    columns = {kind: [n for n, label in enumerate(labels) if label.partition("-")[2] == kind] for kind in kinds}
    begins = {kind: labels.index(f"B-{kind}") for kind in kinds}
    totals: Counts = {}
    for table in tables:
        for word, row in table.items():
            totals[word] = totals[word] + row if word in totals else row
    usual = sum(totals.values(), np.zeros(len(labels)))
    usual = usual / usual.sum() * _PRIOR
    found = {}
    for word in sorted(totals):
        total, count = totals[word], totals[word].sum()
        if count < _LEAST * len(tables):
            continue
        notes = []
        for kind in kinds:
            whole = total[columns[kind]].sum()
            share = (whole + usual[columns[kind]].sum()) / (count + _PRIOR)
            bucket = int(np.searchsorted(BUCKETS, share, side="right"))
            if bucket:
                notes.append(f"{kind}{bucket}")
            if bucket >= _PLACED:
                notes.append(f"{kind}^{min(_QUARTERS - 1, int(total[begins[kind]] / whole * _QUARTERS))}")
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

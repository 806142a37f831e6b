"""`mudawwana agreement`: figures of agreement, and the corpus's table of them."""

from __future__ import annotations

from pathlib import Path

from annotation.agreement.figures import Agreement, agreement_table, measure_agreement
from corpus.ids import digest
from corpus.release.source import read_corpus
from corpus.store import Head, locked, read_head, write_head, write_shard


def corpus_agreement(root: Path, *, round_: int | None = None) -> Agreement:
    """Measure the agreement of the corpus in `root` and make its figures the corpus's table `agreement`.

    The table holds the figures of the last run only; a run that finds the same changes nothing.

    Raises:
        StoreError: if its tables cannot be read.
    """
    with locked(root):
        head = read_head(root)
        found = measured_agreement(root, round_=round_)
        rows = agreement_table(found.figures)
        key = "agreement-" + digest(*map(str, rows.to_pylist()))[:24]
        keys = (key,) if rows.num_rows else ()
        if keys != head.keys("agreement"):
            if keys:
                write_shard(root, "agreement", key, rows)
            write_head(root, Head({**head.shards, "agreement": keys}))
    return found


def measured_agreement(root: Path, *, round_: int | None = None) -> Agreement:
    """The same figures, and nothing is written.

    Raises:
        StoreError: if the tables of the corpus cannot be read.
    """
    return measure_agreement(read_corpus(root), round_=round_)

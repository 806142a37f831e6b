"""What recurs on the pages of each outlet: the evidence for cleaning, learnt from the whole corpus before deriving.

Each shard of pages has its evidence in a shard of its own, so that only new pages are counted. Pages of HTML are left
out: their tags already say what is furniture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from corpus import ids
from corpus.clean import recurring
from corpus.extract import ExtractError, extract
from corpus.ingest import HTML
from corpus.store import read_shard, shard_path, write_shard
from corpus.text import normalise as normaliser
from corpus.text.normalise import normalise
from schemas.tables import OUTLET_LINES

Recurring = Mapping[str, frozenset[str]]
"""Keys of the furniture lines of each outlet that has any (`corpus.clean.recurring`)."""


def learn(
    root: Path, pages_keys: Iterable[str], columns: Mapping[str, tuple[str, ...]], outlet: str
) -> tuple[Recurring, tuple[str, ...]]:
    """The lines that recur per outlet on all pages, and the keys of the evidence shards.

    Args:
        root: the corpus.
        pages_keys: its shards of pages.
        columns: which fields of a record hold what.
        outlet: the outlet of pages that name none; they are left out if it is empty.
    """
    pages: Counter[str] = Counter()
    lines: dict[str, Counter[str]] = {}
    keys = []
    for pages_key in pages_keys:
        key = ids.digest(pages_key, repr(sorted(columns.items())), outlet, recurring.VERSION, normaliser.VERSION)[:32]
        if not shard_path(root, "outlet_lines", key).exists():
            write_shard(root, "outlet_lines", key, _evidence(root, pages_key, columns, outlet))
        keys.append(key)
        for row in read_shard(root, "outlet_lines", key).to_pylist():
            pages[row["outlet"]] += row["pages"]
            lines.setdefault(row["outlet"], Counter()).update(row["lines"])
    found = {name: recurring.recurring_lines(counts, pages[name]) for name, counts in sorted(lines.items())}
    return {name: furniture for name, furniture in found.items() if furniture}, tuple(keys)


def outlets_of(root: Path, pages_key: str, outlet: str) -> set[str]:
    """The outlets of a shard of pages."""
    return {name or outlet for name in read_shard(root, "sources", pages_key, ["outlet"])["outlet"].to_pylist()}


def digest_of(found: Recurring, outlets: Iterable[str]) -> str:
    """Changes with the furniture of these outlets; empty if none is known."""
    known = [f"{name}:{','.join(sorted(found[name]))}" for name in sorted(outlets) if name in found]
    return ids.digest(*known) if known else ""


def _evidence(root: Path, pages_key: str, columns: Mapping[str, tuple[str, ...]], outlet: str) -> pa.Table:
    """A row for each outlet of a shard: how many pages it has, and each line once for each page that has it."""
    bodies = {row["page_id"]: row for row in read_shard(root, "pages", pages_key).to_pylist()}
    found: dict[str, list[frozenset[str]]] = {}
    for source in read_shard(root, "sources", pages_key).to_pylist():
        name, page = source["outlet"] or outlet, bodies[source["page_id"]]
        if not name or page["media_type"] == HTML:
            continue
        try:
            read = extract(page["body"], page["media_type"], columns)
        except (ExtractError, ValueError):
            continue  # deriving makes it a reject, with its reason
        title = source["title"] or read.fields.title
        lines = recurring.page_lines(normalise(read.text)[0], normalise(title)[0] if title else None)
        found.setdefault(name, []).append(lines)
    rows = [
        {"outlet": name, "pages": len(pages), "lines": sorted(key for lines in pages for key in lines)}
        for name, pages in sorted(found.items())
    ]
    return pa.Table.from_pylist(rows, OUTLET_LINES)

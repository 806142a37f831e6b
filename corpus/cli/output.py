"""What a person sees: tables on standard output, progress and problems on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus.ingest import Reject
    from corpus.workflow.build import Progress

SHOWN_REJECTS = 10

DONE, FAILED, USAGE, REJECTS = 0, 1, 2, 3

CORPUS, ANNOTATION, RELEASES = "The corpus", "Annotation by people", "Releases"
"""The panels that `--help` lists the commands in."""


def show_table(title: str, rows: Sequence[tuple[str, object]]) -> None:
    """Two columns under a title."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="left")
    for name, value in rows:
        table.add_row(name, f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value))
    Console(soft_wrap=True).print(table)


def show_json(value: object) -> None:
    """A summary as one JSON object."""
    content = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    print(json.dumps(content, ensure_ascii=False, default=_plain, indent=1))


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, set | frozenset | tuple) else str(value)


def say(message: str) -> None:
    """A line on standard error."""
    print(message, file=sys.stderr)


def list_rejects(rejects: Sequence[Reject], total: int | None = None, *, kept: bool = True) -> None:
    """The first rejects on standard error, and how many more there are; `kept`: whether the corpus has the others."""
    total = len(rejects) if total is None else total
    for reject in rejects[:SHOWN_REJECTS]:
        say(f"reject: {reject.origin}: {reject.reason}: {reject.message}")
    if total > min(len(rejects), SHOWN_REJECTS):
        rest = "'mudawwana status --rejects' lists them all" if kept else "--json lists them all"
        say(f"… and {total - min(len(rejects), SHOWN_REJECTS):,} more; {rest}")


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A progress callback: bars with rate and time left on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from corpus.cli.rate import RateColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        stages: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total or None)
            bars.update(stages[stage], completed=done, total=total or None)

        yield report

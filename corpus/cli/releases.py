"""`mudawwana diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.output import show_json

if TYPE_CHECKING:
    from corpus.release.diff import Diff

_CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", "-C", help="The corpus folder; default: the one that the current folder is in."),
]


def diff(
    context: typer.Context,
    old: Annotated[str | None, typer.Argument(help="A version; default: the newest.")] = None,
    new: Annotated[str | None, typer.Argument(help="A later version; default: the corpus as it is now.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="Write every change as a row of this Parquet file.")] = None,
    corpus: _CorpusOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every change as JSON.")] = False,
) -> None:
    """What changed between two releases, or since one: documents, sentences, entities, topics, and by whom.

    Documents are paired by their text or their source, spans by document and range. The version follows from it:
    MAJOR where anything was changed, removed or moved to another split, MINOR where things were only added.

    Examples: `mudawwana diff`  ·  `mudawwana diff 1.0.0 2.0.0`  ·  `mudawwana diff 1.0.0 --parquet changes.parquet`
    """
    from corpus.config import find_root
    from corpus.release.versions import Step
    from corpus.workflow.diff import diff_releases, next_version, write_changes

    given = corpus or context.find_root().params.get("corpus")
    root = Path(given).resolve() if given is not None else find_root(Path.cwd())
    found = diff_releases(root, old, new)
    if parquet is not None:
        write_changes(found, parquet)
    if as_json:
        from dataclasses import asdict

        show_json({**asdict(found), "step": found.step.name, "next_version": str(next_version(found))})
        return
    _show(found)
    if new is None and found.step is Step.PATCH:
        print(f"no row differs; a release would be {next_version(found)}, and only if card or settings changed")
    elif new is None:
        print(f"the next release is at least {next_version(found)}")


def _show(found: Diff) -> None:
    from rich.console import Console
    from rich.table import Table

    from corpus.release.changelog import changelog_lines
    from corpus.release.diff import KINDS, PARTS

    table = Table(title=f"{found.old} → {found.new}: {found.step.name}", title_justify="left", box=None, pad_edge=False)
    table.add_column(style="dim")
    for kind in KINDS:
        table.add_column(kind, justify="right")
    for part in PARTS:
        table.add_row(part, *(f"{found.count(part, kind):,}" for kind in KINDS))
    Console(soft_wrap=True).print(table)
    for line in changelog_lines(found):
        print(f"- {line}")


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(diff)

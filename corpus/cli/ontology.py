"""The commands about the label inventory of a corpus: `ontology migrate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.output import FAILED, say, show_json, show_table

ontology_app = typer.Typer(no_args_is_help=True, help="The label inventory of a corpus in work.")


@ontology_app.callback()
def _group() -> None:
    """The label inventory of a corpus in work."""


@ontology_app.command()
def migrate(
    context: typer.Context,
    plan: Annotated[
        Path | None, typer.Argument(help="TOML file that says what becomes of labels; none where all are still there.")
    ] = None,
    trial: Annotated[bool, typer.Option("--trial", help="Only count; write nothing.")] = False,
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", "-C", help="The corpus folder; default: the one that the current folder is in."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Map, split or retire labels of a corpus in work: what people said stands again, as new layers.

    First let `corpus.toml` name the new ontology. The plan has tables `[entities]` and `[topics]`: `OLD = "NEW"` maps,
    `OLD = ["ONE", "OTHER"]` splits (each place goes to 'mudawwana review'), `OLD = ""` retires; other labels stay. The
    earlier layers are kept, and no longer count.

    Examples: `mudawwana ontology migrate plan.toml --trial`  ·  `mudawwana ontology migrate plan.toml`
    """
    from annotation.migration import PlanError
    from corpus.config import find_root, read_config
    from corpus.workflow.migrate import migrate_corpus

    given = corpus or context.find_root().params.get("corpus")
    root = Path(given).resolve() if given is not None else find_root(Path.cwd())
    try:
        done = migrate_corpus(root, read_config(root), plan, trial=trial)
    except PlanError as error:
        say(f"mudawwana: {error}")
        sys.exit(FAILED)
    if as_json:
        show_json(done)
        return
    rows: list[tuple[str, object]] = [
        ("new layers", done.layers), ("labels kept", done.kept), ("mapped", done.mapped),
        ("split, to be decided", done.undecided), ("retired", done.retired),
    ]  # fmt: skip
    show_table(f"Would migrate to {done.ontology}" if trial else f"Migrated to {done.ontology}", rows)
    if done.undecided and not trial:
        say("next: mudawwana review --check undecided-label --push, and mudawwana adjudicate for gold by a rule")


def register(app: typer.Typer) -> None:
    """Add these commands to `mudawwana`."""
    app.add_typer(ontology_app, name="ontology")

"""`mudawwana diff` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.output import FAILED, RELEASES, USAGE, say, show_json

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


def export(
    context: typer.Context,
    release: Annotated[str | None, typer.Argument(help="A version, or the folder of one; default: the newest.")] = None,
    to: Annotated[str, typer.Option("--to", help="conll2003, spacy or label-studio.")] = "conll2003",
    out: Annotated[Path, typer.Option(help="The folder for the files, one a split; it is made.")] = Path("export"),
    labels: Annotated[
        str, typer.Option(help="Another inventory that the ontology maps the labels to; what it has not is left out.")
    ] = "",
    corpus: _CorpusOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Write a release as CoNLL-2003 columns, as spaCy's DocBin, or as tasks for Label Studio.

    CoNLL has the flat tags of `ner_tags`; the others have nested entities, sentences and topics too. In tasks, what
    people made is an annotation and the machine's a prediction; `label-config.xml` lies beside them.

    Examples: `mudawwana export`  ·  `mudawwana export 1.0.0 --to spacy --out spacy`  ·
    `mudawwana export --to conll2003 --labels conll`
    """
    from corpus.config import find_root
    from corpus.release.versions import list_versions
    from corpus.workflow.export import FORMATS, export_release

    if to not in FORMATS:
        say(f"mudawwana: --to is one of {', '.join(FORMATS)}, not '{to}'")
        raise typer.Exit(USAGE)
    folder = Path(release or "")
    if release is None or not (folder / "manifest.json").exists():
        given = corpus or context.find_root().params.get("corpus")
        releases = (Path(given).resolve() if given is not None else find_root(Path.cwd())) / "releases"
        versions = [str(version) for version in list_versions(releases)]
        if not versions or (release is not None and release not in versions):
            known = f"there are: {', '.join(versions)}" if versions else "nothing was released yet: mudawwana release"
            say(f"mudawwana: there is no release {release}; {known}" if release else f"mudawwana: {known}")
            raise typer.Exit(FAILED)
        folder = releases / (release or versions[-1])
    done = export_release(folder, to, out, labels)
    if as_json:
        show_json({"files": {str(path): count for path, count in done.files.items()}})
        return
    for path, count in done.files.items():
        print(f"{path}: {count:,} documents")


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(rich_help_panel=RELEASES)(diff)
    app.command(rich_help_panel=RELEASES)(export)

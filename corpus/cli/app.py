"""The commands of `mudawwana`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.cli import annotators, labelstudio, ontology, publishing, releases
from corpus.cli.output import (
    ANNOTATION,
    CORPUS,
    DONE,
    FAILED,
    REJECTS,
    RELEASES,
    USAGE,
    list_rejects,
    progress_bars,
    say,
    show_json,
    show_table,
)
from corpus.cli.start import main

if TYPE_CHECKING:
    from corpus.workflow.build import BuildSummary
    from corpus.workflow.take_in import ImportSummary

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Builds annotated Arabic corpora: scraped pages in, a versioned dataset with a datasheet out.\n\n"
    "Commands work in the corpus folder that they are called in (or below), like git, or in `--corpus DIR`. "
    "Exit status: 0 done, 1 failed, 2 usage, 3 done with rejects (listed).",
)

CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", "-C", help="The corpus folder; default: the one that the current folder is in."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes to use; default: one for each core.")
]


def _root(corpus: Path | None) -> Path:
    from corpus.config import find_root

    given = corpus or _global_corpus
    return given.resolve() if given is not None else find_root(Path.cwd())


_global_corpus: Path | None = None


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"mudawwana {version('mudawwana')}")
        raise typer.Exit(DONE)


@app.callback()
def _options(
    corpus: CorpusOption = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    global _global_corpus
    _global_corpus = corpus


@app.command(rich_help_panel=CORPUS)
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make a corpus in.")] = Path("."),
    name: Annotated[str, typer.Option(help="Name of the dataset; default: the folder's name.")] = "",
) -> None:
    """Make an empty corpus: a folder with a `corpus.toml` to fill in.

    Example: `mudawwana init my-corpus`
    """
    from corpus.workflow.init import default_name, init_corpus, loses_letters

    path = init_corpus(folder, name)
    here = folder.resolve().name
    if not name and loses_letters(here):
        print(
            f"the dataset is named '{default_name(here)}', for '{here}' has letters that a dataset name cannot have "
            f"(a-z, digits, '-', '_' and '.' are allowed); change it in {path}: [corpus] name"
        )
    print(f"{path} is ready; fill it in, then: mudawwana build SOURCES… --corpus {shlex.quote(str(folder))}")


@app.command(rich_help_panel=CORPUS)
def build(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or globs of .txt .html .jsonl .json .csv .parquet (also .gz, .zip)."),
    ] = None,
    corpus: CorpusOption = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take new pages in; clean, normalise, segment and pre-annotate whatever is not yet.

    Only what is new or changed is done; a second run does nothing. Without SOURCES it re-derives the documents after
    a change of `corpus.toml` or of mudawwana.

    Examples: `mudawwana build pages/ scraped.jsonl.gz`  ·  `mudawwana build "2026/**/*.html" --corpus my-corpus`
    """
    from corpus.config import read_config
    from corpus.run import default_jobs
    from corpus.workflow.build import build as run_build

    root = _root(corpus)
    config = read_config(root)
    with progress_bars() as progress:
        summary = run_build(root, config, sources or [], jobs=jobs or default_jobs(), progress=progress)
    if as_json:
        show_json(summary)
    else:
        _show_counts(f"Corpus {config.corpus.name}", summary, built=True)
    _stop_with_rejects(summary)


@app.command(rich_help_panel=CORPUS)
def status(
    corpus: CorpusOption = None,
    rejects: Annotated[bool, typer.Option("--rejects", help="List every reject.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What the corpus holds: documents, layers, rejects, releases.

    Example: `mudawwana status --rejects`
    """
    from corpus.config import read_config
    from corpus.workflow.status import corpus_status

    root = _root(corpus)
    found = corpus_status(root)
    if as_json:
        show_json(found)
        return
    if rejects:
        for reject in found.rejects:
            print(f"{reject.origin}: {reject.reason}: {reject.message}")
        return
    _show_counts(f"Corpus {read_config(root).corpus.name}", found.counts, built=False)
    for layer in found.layers:
        print(f"  {layer.kind:<10} {layer.task:<9} {layer.producer} ({layer.documents:,} documents)")
    if found.stale_annotations:
        print(f"{found.stale_annotations:,} annotated documents are no longer in the corpus: their text changed")
    print("releases: " + (", ".join(found.releases) or "none yet; next: mudawwana release"))


@app.command(rich_help_panel=RELEASES)
def release(
    version: Annotated[str | None, typer.Argument(help="Three numbers; default: what the difference demands.")] = None,
    standoff: Annotated[
        bool, typer.Option("--standoff", help="Write its stand-off edition too: annotations without texts.")
    ] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an immutable version of the dataset that `datasets.load_dataset` loads.

    Texts whose licence is unknown or forbids changed copies keep a release local; its stand-off edition, in
    `releases/VERSION-standoff/`, may be published, and `attach` puts the texts back.

    Examples: `mudawwana release`  ·  `mudawwana release 2.0.0`  ·  `mudawwana release --standoff`
    """
    from corpus.config import read_config
    from corpus.release.build import release as run_release
    from corpus.release.manifest import read_manifest
    from corpus.release.publish import why_local
    from corpus.release.standoff import write_standoff

    root = _root(corpus)
    config = read_config(root)
    with progress_bars() as progress:
        summary = run_release(root, config, version, report=lambda stage: progress(stage, 0, 0))
        edition = write_standoff(summary.path, config.corpus) if standoff else None
    if as_json:
        show_json(summary)
        return
    for gone in summary.withdrawn:
        print(f"{gone}: withdrawn, since it holds what was retracted; {summary.version} stands in its place")
    if edition is not None:
        print(f"without texts: {_shown(edition)}")
    local = why_local(read_manifest(summary.path))
    if not summary.created:
        print(f"{summary.version}: {summary.reason}" + (f"; it is {local}" if local else ""))
        return
    rows: list[tuple[str, object]] = [(config, _splits(splits)) for config, splits in summary.counts.items()]
    show_table(f"Release {summary.version} ({summary.reason})", [*rows, ("folder", summary.path)])
    print("".join(f"{line}\n" for line in summary.changelog.splitlines() if line.startswith("- ")), end="")
    if local:
        print(f"it is {local}")
    print(f'load it: datasets.load_dataset("{_shown(summary.path)}")')


@app.command(rich_help_panel=RELEASES)
def validate(
    release_version: Annotated[
        str | None, typer.Argument(metavar="[VERSION|DIR]", help="A release; default: all of them, and the corpus.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the corpus and its releases: structure, offsets, labels, splits, checksums, loading.

    Examples: `mudawwana validate`  ·  `mudawwana validate 1.0.0`  ·  `mudawwana validate path/to/a/release`
    """
    from corpus.workflow.check import check, is_corpus, why_no_release

    target = Path(release_version) if release_version and Path(release_version).is_dir() else None
    if target is not None and not is_corpus(target) and (problem := why_no_release(target)):
        say(f"mudawwana: {problem}")
        raise typer.Exit(USAGE)
    with progress_bars() as progress:
        if target is not None and is_corpus(target):
            result = check(target.resolve(), None, progress)
        elif target is not None:
            result = check(None, [target], progress)
        else:
            root = _root(corpus)
            result = check(root, [root / "releases" / release_version] if release_version else None, progress)
    if as_json:
        show_json(result)
    else:
        for finding in result.findings:
            print(f"{finding.where}: {finding.check}: {finding.message}")
        print(f"{result.checked}: {len(result.findings)} findings")
    if result.findings:
        raise typer.Exit(FAILED)


@app.command("import", rich_help_panel=ANNOTATION)
def import_(
    files: Annotated[list[str], typer.Argument(help="Notation, CoNLL or Label Studio JSON files, folders or globs.")],
    annotator: Annotated[
        str, typer.Option(help="Pseudonym of the annotator, where the file names none. It appears in releases.")
    ] = "annotator",
    gold: Annotated[bool, typer.Option("--gold", help="The annotations are adjudicated gold.")] = False,
    round_: Annotated[int, typer.Option("--round", min=1, help="Annotation campaign.")] = 1,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add annotations made elsewhere as a layer; what does not fit its text exactly becomes a reject.

    Examples: `mudawwana import corrected.gold --annotator reader-1`  ·  `mudawwana import export.json`
    """
    from corpus.config import read_config
    from corpus.workflow.take_in import import_files

    root = _root(corpus)
    summary = import_files(root, read_config(root), files, annotator=annotator, gold=gold, round_=round_)
    if as_json:
        show_json(summary)
    else:
        rows: list[tuple[str, object]] = [
            (name, getattr(summary, name)) for name in ("files", "documents", "sentences", "entities", "topics")
        ]
        show_table(_import_title(summary), [*rows, ("rejects", len(summary.rejects))])
    if summary.rejects:
        list_rejects(summary.rejects, kept=bool(summary.documents))
        raise typer.Exit(REJECTS)


def _import_title(summary: ImportSummary) -> str:
    if summary.new:
        return "Imported"
    return "Imported before: nothing was added" if summary.documents else "Nothing fits this corpus: nothing was added"


@app.command(rich_help_panel=CORPUS)
def annotate(
    files: Annotated[list[str], typer.Argument(help="Files, folders or globs, as for build.")],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON line for each article.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Which rule decided each line and each sentence boundary.")
    ] = False,
    ontology: Annotated[str, typer.Option(help="An ontology of your own (TOML).")] = "",
    inventory: Annotated[str, typer.Option(help="Entity inventory of the ontology.")] = "news",
    min_score: Annotated[float, typer.Option(min=0.0, max=1.0, help="Leave out less certain suggestions.")] = 0.0,
) -> None:
    """Show what the pipeline makes of any text, without a corpus: text, sentences, entities, topics.

    Prints the notation, which can be corrected by hand and imported, or JSON lines (code points; `edits` are ranges
    of the page text, all others of `text`; `source_id` and `doc_id` are those that `lookup` and `retract` take).

    With `--explain` each line of the page is shown with what became of it: "-" and the rule that removes it, "+" and
    the kind of a line that stays, under it its stops: "|" ends a sentence, "." does not.

    Examples: `mudawwana annotate page.txt`  ·  `mudawwana annotate pages/*.html --json | jq .title`  ·
    `mudawwana annotate page.txt --explain`
    """
    if explain:
        _explain(files)
        return
    from annotation.preannotate.registry import load_preannotation
    from corpus.ingest import Reject
    from corpus.workflow.annotate import annotate_files, to_json, to_notation

    rejects = []
    first = True
    for found in annotate_files(files, load_preannotation(ontology, inventory, min_score)):
        if isinstance(found, Reject):
            rejects.append(found)
            continue
        if as_json:
            print(to_json(found))
        else:
            print("" if first else "\n", to_notation(found), sep="", end="")
        first = False
    if rejects:
        for reject in rejects:
            say(f"reject: {reject.origin}: {reject.reason}: {reject.message}")
        raise typer.Exit(REJECTS)


def _explain(files: list[str]) -> None:
    from corpus.ingest import Reject
    from corpus.workflow.explain import explain_files

    rejects = []
    for found in explain_files(files):
        if isinstance(found, Reject):
            rejects.append(found)
        else:
            print(found)
    if rejects:
        list_rejects(rejects)
        raise typer.Exit(REJECTS)


@app.command(rich_help_panel=CORPUS)
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to build the sample corpus.")] = Path("demo"),
    jobs: JobsOption = None,
) -> None:
    """Build, annotate, release and load the sample corpus that comes with mudawwana.

    Example: `mudawwana demo /tmp/demo`
    """
    from corpus.run import default_jobs
    from corpus.workflow.demo import run_demo

    with progress_bars() as progress:
        result = run_demo(folder, jobs=jobs or default_jobs(), progress=progress)
    _show_counts("Sample corpus", result.counts, built=False)
    loaded = result.loaded
    rows: list[tuple[str, object]] = [(config, _splits(splits)) for config, splits in loaded.counts.items()]
    show_table(f'Release {loaded.version}, loaded with datasets.load_dataset("{_shown(result.path)}")', rows)
    if loaded.sentence:
        print(f"\nA sentence of it ({loaded.status}):\n\n  {loaded.sentence}")
        for words, label in loaded.entities:
            print(f"    {label:<8} {words}")
    print(f"\nNext: mudawwana annotate YOUR-PAGE.txt, or: mudawwana status --corpus {shlex.quote(str(folder))}")


def _show_counts(title: str, counts: Any, *, built: bool) -> None:
    rows: list[tuple[str, object]] = []
    if built:
        rows += [("pages found", counts.found), ("new or changed", counts.new_pages)]
        if counts.updated_sources:
            rows.append(("of these replacing a page", counts.updated_sources))
    rows += [
        ("documents", counts.documents),
        ("sentences", counts.sentences),
        ("entities", counts.entities),
        ("topics", counts.topics),
        ("near duplicates", counts.near_duplicates),
    ]
    rows += [(f"kept out: {reason}", number) for reason, number in counts.dropped.items()]
    rows += [(f"rejects: {reason}", number) for reason, number in counts.rejects.items()]
    show_table(title, rows)


def _stop_with_rejects(summary: BuildSummary) -> None:
    """Exit with rejects, unless all are of what was retracted, as every build from the same sources must find."""
    from corpus.retractions import RETRACTED

    if summary.rejects.keys() - {RETRACTED}:
        list_rejects(summary.first_rejects, sum(summary.rejects.values()))
        raise typer.Exit(REJECTS)


def _splits(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{split} {number:,}" for split, number in rows.items())


def _shown(path: Path) -> str:
    """`path` as seen from here, if that is shorter."""
    relative = os.path.relpath(path)
    return min(str(path), relative, key=len)


labelstudio.register(app)
publishing.register(app)
releases.register(app)
annotators.register(app)
ontology.register(app)


if __name__ == "__main__":
    main()

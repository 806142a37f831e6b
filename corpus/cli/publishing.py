"""The commands around a release: its datasheet's answers, taking pages down, looking them up, publishing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.output import RELEASES, USAGE, progress_bars, say, show_json, show_table

if TYPE_CHECKING:
    from corpus.release.datasheet import Question

_CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", "-C", help="The corpus folder; default: the one that the current folder is in."),
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def _root(context: typer.Context, corpus: Path | None) -> Path:
    from corpus.config import find_root

    given = corpus or context.find_root().params.get("corpus")
    return Path(given).resolve() if given is not None else find_root(Path.cwd())


def datasheet(
    context: typer.Context,
    questions: Annotated[list[str] | None, typer.Argument(help="With --ask: only these, answered or not.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask on the terminal what nobody has answered yet.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List what nobody has answered yet (the default).")] = False,
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """The questions of the datasheet that only a person can answer: list them, or ask and write them to `corpus.toml`.

    Each answer is saved at once. An empty line ends one, an empty answer skips its question, Ctrl-D stops.
    `publish` needs the answers marked required.

    Examples: `mudawwana datasheet`  ·  `mudawwana datasheet --ask`  ·  `mudawwana datasheet --ask purpose biases`
    """
    from corpus.workflow.datasheet import find_question, open_questions

    if ask and list_:
        say("mudawwana: give either --ask or --list")
        raise typer.Exit(USAGE)
    root = _root(context, corpus)
    waiting = open_questions(root)
    if ask:
        _ask(root, [find_question(one) for one in questions] if questions else waiting)
        return
    if as_json:
        show_json([{"id": one.id, "required": one.required, "text": one.text} for one in waiting])
        return
    for one in waiting:
        print(f"{'required' if one.required else '        '}  {one.id:<22} {one.text}")
    needed = sum(one.required for one in waiting)
    print(
        f"{len(waiting)} unanswered, {needed} of them required to publish"
        + ("; answer them: mudawwana datasheet --ask" if waiting else "")
    )


def _ask(root: Path, questions: list[Question]) -> None:
    from corpus.workflow.datasheet import write_answer

    answered = 0
    for number, question in enumerate(questions, 1):
        needed = ", required to publish" if question.required else ""
        print(f"\n[{number}/{len(questions)}] {question.section}{needed} ({question.id})\n{question.text}")
        answer = _read_answer()
        if answer is None:
            break
        if answer:
            write_answer(root, question.id, answer)
            answered += 1
    print(f"\n{answered} answered, in {root / 'corpus.toml'}; the next release has them")


def _read_answer() -> str | None:
    """The lines up to an empty one; None where the input ended before any."""
    lines: list[str] = []
    while True:
        print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return "\n".join(lines) or None
        if not line.strip():
            return "\n".join(lines)
        lines.append(line.strip())


def retract(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="SOURCE|DOC", help="Url, source_id, doc_id, path or file.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; it is kept in retractions.json.")],
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """Take a page or text down: out of the corpus, and of every later release.

    Pages, texts and annotations are erased; `retractions.json` keeps a salted hash, the reason and the date. Releases
    that hold it are replaced by the next `mudawwana release`. What it cannot reach is said.

    Examples: `mudawwana retract https://example.org/a --reason "asked by the publisher"`  ·
    `mudawwana retract 3f9a0c11d2e4b567 --reason "names a minor"`
    """
    from datetime import date

    from corpus.config import read_config
    from corpus.workflow.retract import retract as run_retract

    if not reason.strip():
        say("mudawwana: --reason is empty; say why, for those who ask later")
        raise typer.Exit(USAGE)
    root = _root(context, corpus)
    done = run_retract(root, read_config(root), target, reason=reason.strip(), date=date.today().isoformat())
    if as_json:
        show_json(done)
        return
    rows: list[tuple[str, object]] = [
        ("pages", ", ".join(done.sources) or "none"), ("texts", ", ".join(done.documents) or "none"),
    ]  # fmt: skip
    show_table("Retracted" if done.new else "Retracted before: nothing was added", rows)
    for one in done.remains:
        print(f"left: {one}")


def lookup(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="URL|FILE", help="Url, file, source_id, doc_id or path.")],
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """Whether a page is held: in the corpus, in which releases, where published; and whether it was retracted.

    Of a file, the text counts as the corpus would clean it, wherever the corpus found it.

    Examples: `mudawwana lookup https://example.org/a`  ·  `mudawwana lookup page.html --json`
    """
    from corpus.config import read_config
    from corpus.workflow.retract import lookup as run_lookup

    root = _root(context, corpus)
    found = run_lookup(root, read_config(root), target)
    if as_json:
        show_json(found)
        return
    rows: list[tuple[str, object]] = [
        ("in the corpus", "yes" if found.in_corpus else "no"),
        ("in releases", ", ".join(found.releases) or "none"),
        ("published", ", ".join(found.published) or "none"),
        ("retracted", "; ".join(found.retracted) or "no"),
        ("pages", ", ".join(found.sources) or "none"),
        ("texts", ", ".join(found.documents) or "none"),
    ]
    show_table(target, rows)


def publish(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="A release, such as 1.2.0 (or 1.2.0-standoff).")],
    repository: Annotated[str, typer.Argument(metavar="ORG/NAME", help="The dataset repository.")],
    private: Annotated[bool, typer.Option("--private", help="Make the repository private.")] = False,
    gated: Annotated[bool, typer.Option("--gated", help="Give the files only to those whose request is granted.")]
    = False,
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """Publish a release on the Hugging Face Hub: one commit, the tag `v1.2.0`, read back and compared.

    The token comes from HF_TOKEN. Nothing is overwritten: a change by somebody else meanwhile is refused, a tag is
    never moved. Interrupted, run it again. The commit is noted in `published.json`.

    Examples: `mudawwana publish 1.2.0 my-org/akhbar`  ·  `mudawwana publish 1.2.0 my-org/akhbar --private --gated`
    """
    from corpus.release.publish import Options
    from corpus.release.publish import publish as run_publish

    root = _root(context, corpus)
    with progress_bars() as progress:
        done = run_publish(
            root, version, repository, Options(private, gated), report=lambda stage: progress(stage, 0, 0)
        )
    if as_json:
        show_json(done)
        return
    rows: list[tuple[str, object]] = [("repository", done.repository), ("tag", done.tag), ("commit", done.commit)]
    show_table(f"Published {done.version}", rows)
    print(f'load it: datasets.load_dataset("{done.repository}", revision="{done.tag}")')


def attach(
    context: typer.Context,
    edition: Annotated[Path, typer.Argument(metavar="EDITION", help="The folder of a stand-off edition.")],
    to: Annotated[Path, typer.Option("--to", help="The new folder to write to.")],
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """Put the texts of this corpus back into a stand-off edition: rows with text, tokens and surfaces as Parquet.

    Build a corpus from the pages first. A text belongs to a row if its sha256 is the row's; rows without their text
    are left out and counted.

    Example: `mudawwana attach akhbar-1.2.0-standoff --to akhbar-1.2.0`
    """
    from corpus.workflow.attach import attach_texts

    done = attach_texts(_root(context, corpus), edition, to)
    if as_json:
        show_json(done)
        return
    rows: list[tuple[str, object]] = [("documents with their text", done.documents), ("without", done.missing)]
    show_table(f"Attached, in {done.path}", rows)
    print("all rows are those of the full release" if done.complete else "some rows of the full release are missing")


def register(app: typer.Typer) -> None:
    """Add these commands to `mudawwana`."""
    for command in (datasheet, publish, attach, retract, lookup):
        app.command(rich_help_panel=RELEASES)(command)

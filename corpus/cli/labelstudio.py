"""The commands of the annotation round trip: a server, `push` and `pull`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from corpus.cli.output import (
    ANNOTATION,
    FAILED,
    REJECTS,
    USAGE,
    list_rejects,
    progress_bars,
    say,
    show_json,
    show_table,
)

server_app = typer.Typer(no_args_is_help=True, help="A Label Studio server of the corpus's own.")

_CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", "-C", help="The corpus folder; default: the one that the current folder is in."),
]
_RoundOption = Annotated[int, typer.Option("--round", min=1, help="Annotation campaign; each has a project.")]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


OPEN_SHOWN = 20


def _root(context: typer.Context, corpus: Path | None) -> Path:
    from corpus.config import find_root

    given = corpus or context.find_root().params.get("corpus")
    return Path(given).resolve() if given is not None else find_root(Path.cwd())


@contextmanager
def explained() -> Iterator[None]:
    """Errors that a person can mend end with one message."""
    from annotation.annotators import AnnotatorsError
    from annotation.labelstudio.client import ClientError
    from annotation.labelstudio.server import ServerError
    from corpus.workflow.push import PushError

    try:
        yield
    except (ClientError, ServerError, AnnotatorsError, PushError) as error:
        say(f"mudawwana: {error}")
        sys.exit(FAILED)


@server_app.command()
def up(
    context: typer.Context,
    corpus: _CorpusOption = None,
    host: Annotated[str, typer.Option(help="Address to listen at; default: this machine alone (127.0.0.1).")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; default: that of the last time, else 8080.")] = 0,
) -> None:
    """Start the corpus's own Label Studio server, installing it first (about 1 GB, once), and wait until it is ready.

    The password and the key lie in `private/labelstudio/server.json`, readable by you alone.

    Examples: `mudawwana labelstudio up`  ·  `mudawwana labelstudio up --host 0.0.0.0 --port 8090`
    """
    from annotation.labelstudio.server import start

    root = _root(context, corpus)
    with explained():
        server = start(root, host=host, port=port, report=say)
        if server.is_open:
            say(
                f"warning: everybody who can reach this machine's port {server.port} can open the sign-in page, and "
                "texts and passwords travel unencrypted; use this in a network you trust, or put a proxy with TLS "
                "before it. Signing up needs the link of 'mudawwana labelstudio invite'"
            )
    print(f"{server.url}  sign in as {server.username}; the password is in private/labelstudio/server.json")


@server_app.command()
def down(context: typer.Context, corpus: _CorpusOption = None) -> None:
    """Stop the corpus's own server; what was annotated stays.

    Example: `mudawwana labelstudio down`
    """
    from annotation.labelstudio.server import stop

    with explained():
        print("stopped" if stop(_root(context, corpus)) else "it did not run")


@server_app.command("status")
def server_status(context: typer.Context, corpus: _CorpusOption = None, as_json: _JsonOption = False) -> None:
    """Whether the server runs and answers, where, and what its projects hold.

    Example: `mudawwana labelstudio status`
    """
    from corpus.workflow.labelstudio import link_status

    with explained():
        found = link_status(_root(context, corpus))
    if as_json:
        show_json(found)
    else:
        rows: list[tuple[str, object]] = [("server", found.url or "none; start one: mudawwana labelstudio up")]
        rows += [("state", found.state), *((f"project {one.id}", f"{one.tasks:,} tasks") for one in found.projects)]
        show_table("Label Studio", rows)


@server_app.command()
def invite(context: typer.Context, corpus: _CorpusOption = None) -> None:
    """Print the link by which annotators join the server; who has it can sign up.

    Example: `mudawwana labelstudio invite`
    """
    from corpus.workflow.labelstudio import connect

    with explained():
        print(connect(_root(context, corpus)).invitation())


def push(
    context: typer.Context,
    corpus: _CorpusOption = None,
    round_: _RoundOption = 1,
    blind: Annotated[
        float, typer.Option(min=0, max=1, help="Share of new tasks that show sentences only, as a control.")
    ] = 0.0,
    shared: Annotated[float, typer.Option(min=0, max=1, help="Share of new tasks for several annotators.")] = 0.0,
    annotators: Annotated[int, typer.Option(min=1, help="How many annotators do a shared task.")] = 2,
    order: Annotated[str, typer.Option(help="uncertainty, date (newest first) or corpus.")] = "uncertainty",
    only: Annotated[
        list[str] | None,
        typer.Option(help="KEY=GLOB; keys: doc_id, source, outlet, topic, published, language. May be repeated."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="New tasks at most.")] = None,
    as_json: _JsonOption = False,
) -> None:
    """Send documents with the machine's suggestions to Label Studio, each once; again after a change, what is new.

    The server is the one of LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY, else the corpus's own.

    Examples: `mudawwana push --blind 0.1 --shared 0.2 --annotators 3`  ·  `mudawwana push --only topic=sport`
    """
    from annotation.labelstudio.tasks import ORDERS, Sharing
    from corpus.config import read_config
    from corpus.workflow.candidates import ONLY_KEYS
    from corpus.workflow.push import PushOptions
    from corpus.workflow.push import push as run_push

    pairs = [one.partition("=") for one in only or ()]
    for key, _, glob in pairs:
        if key not in ONLY_KEYS or not glob:
            say(f"mudawwana: --only takes KEY=GLOB with one of the keys {', '.join(ONLY_KEYS)}")
            raise typer.Exit(USAGE)
    if order not in ORDERS:
        say(f"mudawwana: no order '{order}'; known: " + "; ".join(f"{name} ({what})" for name, what in ORDERS.items()))
        raise typer.Exit(USAGE)
    root = _root(context, corpus)
    filters = tuple((key, glob) for key, _, glob in pairs)
    options = PushOptions(round_, Sharing(blind, shared, annotators), order, filters, limit)
    with explained(), progress_bars() as progress:
        summary = run_push(root, read_config(root), options, progress=progress)
    if as_json:
        show_json(summary)
    else:
        rows: list[tuple[str, object]] = [
            ("new tasks", summary.new_tasks), ("of these blind", summary.blind), ("for several", summary.shared),
            ("new predictions", summary.new_predictions), ("closed, their text changed", summary.closed),
            ("tasks now", summary.tasks), ("rejects", len(summary.rejects)), ("project", summary.url),
        ]  # fmt: skip
        show_table("Pushed", rows)
    if summary.rejects:
        list_rejects(summary.rejects)
        raise typer.Exit(REJECTS)


def pull(
    context: typer.Context,
    corpus: _CorpusOption = None,
    round_: _RoundOption = 1,
    as_json: _JsonOption = False,
) -> None:
    """Take in everything annotators did since the last pull, as layers under their pseudonyms.

    With it come the answers in the projects of 'mudawwana review --push' and 'mudawwana adjudicate --push', and a list
    of what is still open there.

    The server's export is kept as it came in `exports/`; what does not fit its text exactly becomes a reject with a
    link to the task. Who is behind a pseudonym is noted in `private/annotators.json` only.

    Example: `mudawwana pull`
    """
    from corpus.config import read_config
    from corpus.workflow.pull import pull as run_pull

    root = _root(context, corpus)
    with explained():
        summary = run_pull(root, read_config(root), round_=round_)
    if as_json:
        show_json(summary)
    else:
        names = ("submitted", "skipped", "drafts", "deleted", "entities", "topics")
        rows: list[tuple[str, object]] = [
            ("tasks", summary.tasks), ("annotators", summary.annotators),
            *((name, getattr(summary, name)) for name in names),
            ("to review", summary.to_review), ("rejects", len(summary.rejects)), ("export", summary.export),
        ]  # fmt: skip
        show_table("Pulled" if summary.new else "Pulled: nothing new", rows)
        for one in summary.answers:
            answers: list[tuple[str, object]] = [
                ("answered", f"{one.answered:,} of {one.tasks:,}"), ("entities", one.entities),
                ("topics", one.topics), ("still open", len(one.open)),
            ]  # fmt: skip
            show_table(f"Pulled: {one.purpose}", answers)
            for link in one.open[:OPEN_SHOWN]:
                print(f"open: {link}")
            if len(one.open) > OPEN_SHOWN:
                say(f"… and {len(one.open) - OPEN_SHOWN:,} more; --json shows all")
    if summary.rejects:
        list_rejects(summary.rejects)
        raise typer.Exit(REJECTS)


def register(app: typer.Typer) -> None:
    """Add these commands to `mudawwana`."""
    app.command(rich_help_panel=ANNOTATION)(push)
    app.command(rich_help_panel=ANNOTATION)(pull)
    app.add_typer(server_app, name="labelstudio", rich_help_panel=ANNOTATION)

"""The commands about annotators' work: `review`, `agreement` and `adjudicate`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.cli.labelstudio import explained
from corpus.cli.output import ANNOTATION, FAILED, REJECTS, list_rejects, progress_bars, say, show_json, show_table
from corpus.cli.start import explain_os_error, unwritable

if TYPE_CHECKING:
    from annotation.adjudicate.answers import Conflict, Reading
    from annotation.agreement.figures import Agreement, DifferenceCount, Figure
    from corpus.workflow.adjudicate import AdjudicationSummary
    from corpus.workflow.ask import AskSummary
    from corpus.workflow.review import ReviewSummary

SHOWN = 50
_ALL = "*"

_CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", "-C", help="The corpus folder; default: the one that the current folder is in."),
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]
_RoundOption = Annotated[int | None, typer.Option("--round", min=1, help="Only this campaign; default: all.")]
_PushOption = Annotated[
    bool, typer.Option("--push", help="Send what is listed to a project of Label Studio; 'pull' takes the answers in.")
]
_LimitOption = Annotated[int, typer.Option("--limit", min=0, help="Lines to print; 0: all. JSON always has all.")]


def _root(context: typer.Context, corpus: Path | None) -> Path:
    from corpus.config import find_root

    given = corpus or context.find_root().params.get("corpus")
    return Path(given).resolve() if given is not None else find_root(Path.cwd())


def review(
    context: typer.Context,
    check: Annotated[list[str] | None, typer.Option(help="Make only this check; may be repeated.")] = None,
    annotator: Annotated[list[str] | None, typer.Option(help="Only the work of this one; may be repeated.")] = None,
    round_: _RoundOption = None,
    push: _PushOption = False,
    limit: _LimitOption = SHOWN,
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """List what in the annotations looks like a slip, and the problems that annotators reported.

    A doubt is a question, not a verdict: nothing is changed. The checks are explained in `docs/review.md`. With --push
    each doubtful article goes to a review project, as its annotator left it, with the doubts as comment.

    Examples: `mudawwana review --push`  ·  `mudawwana review --check unlabelled-repeat --annotator reader-2 --limit 0`
    """
    from corpus.workflow.review import review_corpus

    root = _root(context, corpus)
    try:
        found = review_corpus(root, only=check or (), annotators=annotator or (), round_=round_)
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="--check") from error
    asked: AskSummary | None = None
    if push:
        from corpus.config import read_config
        from corpus.workflow.ask import ask_review

        with explained(), progress_bars() as progress:
            asked = ask_review(
                root, read_config(root), only=check or (), annotators=annotator or (), round_=round_, progress=progress
            )
    if as_json:
        show_json(found if asked is None else asked)
    else:
        _show_review(found, limit or len(found.doubts))
    _end_asked(asked, as_json)


def _end_asked(asked: AskSummary | None, as_json: bool) -> None:
    """Say what was sent, if anything was to be."""
    if asked is None:
        return
    if not as_json:
        rows: list[tuple[str, object]] = [
            ("new tasks", asked.new_tasks), ("closed, no longer asked", asked.closed), ("tasks now", asked.tasks),
            ("rejects", len(asked.rejects)), ("project", asked.url),
        ]  # fmt: skip
        show_table(f"Pushed for {asked.purpose}", rows)
    if asked.rejects:
        list_rejects(asked.rejects)
        raise typer.Exit(REJECTS)


def _show_review(found: ReviewSummary, limit: int) -> None:
    for one in found.doubts[:limit]:
        words = one.words.replace("\n", " ")
        place = f"{one.doc_id} {one.start}-{one.end} [{words[:60]}] {one.label}" if one.end else one.doc_id
        print(f"{place}: {one.annotator}: {one.check}: {one.message}")
    _say_more(len(found.doubts) - limit)
    for report in found.reports:
        cuts = ", ".join(f"{cut.rule} {cut.characters:,}" for cut in report.cuts[:3]) or "no rule"
        comment = f' "{report.comment}"' if report.comment else ""
        print(f"{report.doc_id}: {report.annotator}: reported {report.problem}{comment}; characters cut by: {cuts}")
    for suspect in found.suspects[:10]:
        print(
            f"rule {suspect.rule}: cut into {suspect.reported_with_rule} of {suspect.reported} articles reported as "
            f"{suspect.problem}, into {suspect.others_with_rule} of the {suspect.others} others"
        )
    show_table(f"{len(found.doubts):,} doubts", [*found.counts.items(), ("reported problems", len(found.reports))])


def agreement(
    context: typer.Context,
    round_: _RoundOption = None,
    limit: _LimitOption = 20,
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """Measure how far annotators agree with each other and with the model, and who differs from whom on what.

    Values stand with their 95 % intervals; `docs/agreement.md` defines them. They become the corpus's table
    `agreement`, if it can be written to.

    Examples: `mudawwana agreement`  ·  `mudawwana agreement --round 2 --json`
    """
    from corpus.workflow.agreement import corpus_agreement, measured_agreement

    root = _root(context, corpus)
    try:
        found = corpus_agreement(root, round_=round_)
    except OSError as error:
        if not unwritable(error):
            raise
        say(f"{explain_os_error(error)} (the corpus's table of figures stays as it was)")
        found = measured_agreement(root, round_=round_)
    if as_json:
        show_json(_finite(found))
    else:
        _show_agreement(found, limit or len(found.differences))


def _finite(found: Agreement) -> object:
    """The same with null for values that are not defined: JSON has no NaN."""
    from dataclasses import asdict

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return plain(asdict(found))


def _show_agreement(found: Agreement, limit: int) -> None:
    if not found.documents:
        print("no finished annotations yet; annotate documents, then: mudawwana pull or mudawwana import")
        return
    for task, number in found.documents.items():
        print(f"{task}: {number:,} documents annotated, {found.shared[task]:,} of them by two or more")
        figures = [one for one in found.figures if one.task == task]
        measures = list(dict.fromkeys(one.measure for one in figures))
        for group in (("f1", "alpha"), ("model", "anchoring"), ("accepted", "changed", "rejected", "added")):
            shown = [measure for measure in measures if measure.startswith(group)]
            if shown:
                _grid(("", *shown), _figure_rows([one for one in figures if one.measure in shown], shown))
    if found.pairs:
        print("pairs of annotators")
        _grid(
            ("task", "", "", "documents", "f1-strict", "f1-partial"),
            (
                (one.task, one.first, one.second, f"{one.documents:,}", _value(one.strict.value, one.strict.low,
                 one.strict.high), _value(one.partial.value, one.partial.low, one.partial.high))
                for one in found.pairs
            ),
        )  # fmt: skip
    if found.differences:
        print("differences, the commonest first")
        _grid(("times", "task", "", "says", "", "says", "kind", "e.g."), map(_difference, found.differences[:limit]))
        _say_more(len(found.differences) - limit)


def _figure_rows(figures: Iterable[Figure], measures: Sequence[str]) -> Iterable[Sequence[str]]:
    by_label: dict[str, dict[str, Figure]] = {}
    for one in figures:
        by_label.setdefault(one.label, {})[one.measure] = one
    for label, its in by_label.items():
        yield (
            "all" if label == _ALL else label,
            *(_value(its[m].value, its[m].low, its[m].high) if m in its else "" for m in measures),
        )


def _difference(one: DifferenceCount) -> Sequence[str]:
    words = next((place.words.replace("\n", " ")[:40] for place in one.examples), "")
    nothing = "nothing"
    return (
        f"{one.times:,}", one.task, one.first, one.first_label or nothing, one.second, one.second_label or nothing,
        one.kind, words,
    )  # fmt: skip


def _value(value: float, low: float | None, high: float | None) -> str:
    if not math.isfinite(value):
        return ""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return f"{value:.3f}"
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def adjudicate(
    context: typer.Context,
    rule: Annotated[str, typer.Option(help="unanimous, majority or dawid-skene.")] = "majority",
    task: Annotated[list[str] | None, typer.Option(help="Only this task; may be repeated.")] = None,
    annotators: Annotated[int, typer.Option(min=2, help="Annotators that a document needs.")] = 2,
    round_: _RoundOption = None,
    push: _PushOption = False,
    limit: _LimitOption = SHOWN,
    corpus: _CorpusOption = None,
    as_json: _JsonOption = False,
) -> None:
    """Make gold of what annotators agree on or a rule decides, and list what stays open for a person.

    A document becomes gold in a task when nothing of it is open. Gold follows the annotations: run it again after a
    pull. A second run adds nothing; what a person has adjudicated stays as it is. With --push what is open goes to an
    adjudication project that shows every annotator's version; what is submitted there is gold after a pull.

    Examples: `mudawwana adjudicate --rule unanimous --push`  ·  `mudawwana adjudicate --annotators 3 --task entities`
    """
    from annotation.adjudicate.rules import RULES, MissingLibraryError
    from corpus.config import read_config
    from corpus.workflow.adjudicate import adjudicate_corpus
    from schemas.tables import TASKS

    if rule not in RULES:
        raise typer.BadParameter(f"there is no rule '{rule}'; the rules are: {', '.join(RULES)}", param_hint="--rule")
    for name in task or ():
        if name not in TASKS:
            raise typer.BadParameter(f"there is no task '{name}'; the tasks are: {', '.join(TASKS)}",
                                     param_hint="--task")  # fmt: skip
    root = _root(context, corpus)
    try:
        found = adjudicate_corpus(
            root, read_config(root), RULES[rule], tasks=task or TASKS, least=annotators, round_=round_
        )
    except MissingLibraryError as error:
        say(f"mudawwana: {error}")
        raise typer.Exit(FAILED) from error
    asked: AskSummary | None = None
    if push:
        from corpus.workflow.ask import ask_adjudication

        with explained(), progress_bars() as progress:
            asked = ask_adjudication(
                root, read_config(root), RULES[rule], tasks=task or TASKS, least=annotators, round_=round_,
                progress=progress,
            )  # fmt: skip
    if as_json:
        show_json(found if asked is None else asked)
    else:
        _show_adjudicated(found, limit)
    _end_asked(asked, as_json)


def _show_adjudicated(found: AdjudicationSummary, limit: int) -> None:
    shown = limit or len(found.conflicts)
    for one in found.conflicts[:shown]:
        print(_conflict(one))
    _say_more(len(found.conflicts) - shown)
    rows: list[tuple[str, object]] = [
        (name, f"{its.settled:,} settled, {its.by_person:,} by a person, {its.open:,} open")
        for name, its in found.tasks.items()
    ]
    changes = [("new gold", found.added), ("changed", found.changed), ("withdrawn", found.withdrawn)]
    show_table(f"Adjudicated by {found.rule}", [*rows, *changes, ("open conflicts", len(found.conflicts))])


def _conflict(one: Conflict) -> str:
    place = f"{one.doc_id} {one.start}-{one.end} [{one.words.replace(chr(10), ' ')[:60]}]" if one.end else one.doc_id
    return f"{place}: {one.task}: {one.reason}: " + "; ".join(_reading(one, reading) for reading in one.readings)


def _reading(conflict: Conflict, reading: Reading) -> str:
    if not reading.marks:
        return f"{reading.annotator} nothing"
    marks = (
        (mark.kind or mark.label) + ("" if (mark.start, mark.end) == (conflict.start, conflict.end)
                                     else f" {mark.start}-{mark.end}")
        for mark in reading.marks
    )  # fmt: skip
    return f"{reading.annotator} {', '.join(marks)}"


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, box=None, pad_edge=False, header_style="dim")
    for row in rows:
        table.add_row(*row)
    Console(soft_wrap=True, markup=False).print(table)


def _say_more(number: int) -> None:
    if number > 0:
        say(f"… and {number:,} more; --limit 0 shows all")


def register(app: typer.Typer) -> None:
    """Add these commands to `mudawwana`."""
    for command in (review, agreement, adjudicate):
        app.command(rich_help_panel=ANNOTATION)(command)

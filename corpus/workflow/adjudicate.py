"""`mudawwana adjudicate`: gold where annotators agree or a rule decides, and a list of what is open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotation.adjudicate.answers import Conflict
from annotation.adjudicate.gold import change_gold
from annotation.adjudicate.rules import Rule
from annotation.adjudicate.settle import adjudicate
from annotation.preannotate.registry import load_preannotation
from corpus.config import CorpusConfig
from corpus.ids import digest
from corpus.release.source import read_corpus
from corpus.store import Head, locked, read_head, write_head, write_shard
from corpus.workflow.build import derive_settings
from schemas.tables import TASKS

_TABLES = ("layers", "spans", "topics", "judgments")


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """Documents of a task: settled by everybody's agreement or the rule, by a person, and still open."""

    settled: int
    by_person: int
    open: int


@dataclass(frozen=True, slots=True)
class AdjudicationSummary:
    """What adjudication came to, and for how many documents and tasks gold is new, another, or gone."""

    rule: str
    tasks: Mapping[str, TaskOutcome]
    added: int
    changed: int
    withdrawn: int
    conflicts: tuple[Conflict, ...]


def adjudicate_corpus(
    root: Path,
    config: CorpusConfig,
    rule: Rule,
    *,
    tasks: Collection[str] = TASKS,
    least: int = 2,
    round_: int | None = None,
) -> AdjudicationSummary:
    """Write gold for what is settled in the corpus in `root`; a second run adds nothing.

    Args:
        root: the corpus.
        config: its settings.
        rule: what decides.
        tasks: of `schemas.tables.TASKS`.
        least: how many annotators a document needs.
        round_: of which campaign annotations count; all where None.

    Raises:
        StoreError, OntologyError, MissingLibraryError
    """
    settings = derive_settings(root, config)
    ontology = load_preannotation(settings.ontology, settings.inventory, settings.min_score).ontology_version
    with locked(root):
        head = read_head(root)
        tables = read_corpus(root)
        outcome = adjudicate(tables, rule, tasks=tasks, least=least, round_=round_)
        change = change_gold(tables, outcome.settled, rule, tasks, ontology)
        if change.rows.judgments.num_rows:
            rows = {name: getattr(change.rows, name) for name in _TABLES}
            key = "import-gold-" + digest(*(f"{name}:{row}" for name in _TABLES for row in rows[name].to_pylist()))[:24]
            shards = dict(head.shards)
            for name in _TABLES:
                write_shard(root, name, key, rows[name])
                shards[name] = (*head.keys(name), key)
            write_head(root, Head(shards))
    counted = {
        task: TaskOutcome(
            sum(one.task == task for one in outcome.settled),
            outcome.by_person[task],
            len({one.doc_id for one in outcome.conflicts if one.task == task}),
        )
        for task in TASKS
        if task in tasks
    }
    return AdjudicationSummary(
        rule.name, counted, change.added, change.changed, change.withdrawn, outcome.conflicts
    )

"""`mudawwana ontology migrate`: what people said, in the labels of the ontology of today."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotation.migration import Plan, PlanError, migrate, read_plan
from corpus.config import CorpusConfig
from corpus.ids import digest
from corpus.release.source import read_corpus
from corpus.store import Head, locked, read_head, write_head, write_shard
from corpus.workflow.build import derive_settings
from corpus.workflow.labelstudio import ontology_of


@dataclass(frozen=True, slots=True)
class MigrationSummary:
    """What a migration did to how many labels; `layers` are new ones. With `trial` nothing was written."""

    ontology: str
    layers: int
    kept: int
    mapped: int
    undecided: int
    retired: int
    trial: bool


def migrate_corpus(root: Path, config: CorpusConfig, plan: Path | None, *, trial: bool = False) -> MigrationSummary:
    """Write the layers of people and rules again in the labels of the ontology that `corpus.toml` names.

    Args:
        root: the corpus.
        config: its settings.
        plan: the file that says what becomes of labels; None where every label is still there.
        trial: only count.

    Raises:
        StoreError, OntologyError, PlanError
    """
    settings = derive_settings(root, config)
    ontology, version = ontology_of(settings)
    labels = ontology.inventory(settings.inventory).codes
    wanted = Plan()
    if plan is not None:
        try:
            text = plan.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PlanError(f"{plan} cannot be read ({type(error).__name__}); give the path of a TOML file") from error
        wanted = read_plan(text, str(plan), labels, ontology.topic_codes)
    with locked(root):
        head = read_head(root)
        done = migrate(read_corpus(root, head), wanted, {"entities": labels, "topics": ontology.topic_codes}, version)
        if done.layers and not trial:
            said = (f"{name}:{row}" for name, rows in done.rows.items() for row in rows.to_pylist())
            key = "import-migrated-" + digest(*said)[:24]
            shards = dict(head.shards)
            for name, rows in done.rows.items():
                write_shard(root, name, key, rows)
                shards[name] = (*head.keys(name), key)
            write_head(root, Head(shards))
    return MigrationSummary(version, done.layers, done.kept, done.mapped, done.undecided, done.retired, trial)

"""On what terms answers to a question are taken in: as annotations made from those reviewed, or as gold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from annotation.judged import read_work
from annotation.labelstudio.questions import ADJUDICATION, REVIEW
from corpus.ids import digest
from corpus.ingest import Reject
from corpus.release.source import CorpusTables
from corpus.workflow.carried import PULLED
from corpus.workflow.pulled import Mark, Terms
from schemas.tables import TASKS


@dataclass(frozen=True, slots=True)
class Part:
    """What of a project belongs together: questions about the work of `reviewed` (or of nobody) in a campaign."""

    reviewed: str
    round: int

    def reject(self, project: str) -> Reject:
        """That the tasks of this part ask about nothing that the corpus has."""
        message = (
            f"no layer of '{self.reviewed}' in round {self.round} that these tasks could ask about; they were changed "
            "on the server, or belong to another corpus"
        )
        return Reject(project, "unknown-question", message, "")


def terms_of(
    tables: CorpusTables, purpose: str, part: Part, version: str, ontology: str, docs: Collection[str]
) -> Terms | None:
    """The terms of a part of a project; None where it asks about nothing that the corpus has.

    Args:
        tables: of the corpus.
        purpose: of the project; "" for a round's own.
        part: which part.
        version: the project's producer version.
        ontology: version of the label inventory.
        docs: the documents of the part.
    """
    if not purpose:
        return Terms("annotation", version, ontology, part.round)
    own = f"{PULLED}{digest(version, part.reviewed, str(part.round))[:12]}"
    if purpose == REVIEW:
        reviewed = _first_layers(tables, part)
        return Terms("annotation", own, ontology, part.round, reviewed) if reviewed else None
    said = _said(tables, docs) if purpose == ADJUDICATION else {}
    return Terms("gold", own, ontology, part.round, {}, said)


def _first_layers(tables: CorpusTables, part: Part) -> Mapping[str, str]:
    """An annotator's own layer of each task in a campaign."""
    found: dict[str, str] = {}
    first: dict[str, str] = {}
    for row in tables.layers.to_pylist():
        if (row["kind"], row["producer"], row["round"]) != ("annotation", part.reviewed, part.round):
            continue
        task = row["task"]
        version = first.setdefault(task, row["producer_version"])
        if task not in found or (row["parent_layer"], row["producer_version"]) == (found[task], version):
            found[task] = row["layer_id"]  # the first one, as it stands in the labels of today
    return found


def _said(tables: CorpusTables, docs: Collection[str]) -> Mapping[Mark, list[str]]:
    """The annotations of the documents by what they say."""
    found: dict[Mark, list[str]] = {}
    for task in TASKS:
        if task == "topics":
            continue  # topics have no parents
        judged = read_work(tables, task)
        names = ("doc_id", "start", "end", "label", "kind", "annotation_id")
        for doc, start, end, label, kind, key in zip(*(judged.rows[name].to_pylist() for name in names), strict=True):
            if doc in docs:
                found.setdefault((doc, task, start, end, kind or label), []).append(key)
    return found

"""Labels of a corpus in work that become others: mapped, split (a person decides), or retired.

Nothing is overwritten. What an annotator or adjudicator said stands again in a layer made from theirs (`parent_layer`),
each label made from its own (`parents`); in the old layer it is withdrawn by a judgment. A label that was split stands
provisionally as the first of its parts with a score of `UNDECIDED`: the document is a draft until somebody has decided
(the check `undecided-label` of `mudawwana review` asks about it). Pure.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from annotation.layers import Layer
from corpus.ids import annotation_id
from corpus.release.choose import current_annotations
from corpus.release.source import CorpusTables
from schemas.tables import JUDGMENTS, LAYERS, SPANS, TOPICS

UNDECIDED: Final = 0.5
_KINDS: Final = ("annotation", "gold")
_Row = Mapping[str, Any]


class PlanError(ValueError):
    """A plan is wrong or does not fit the corpus; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of labels and topics: several new ones (split), one, or none (retired). Others stay."""

    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, task: str, label: str) -> tuple[str, ...]:
        """What becomes of a label."""
        return (self.entities if task == "entities" else self.topics).get(label, (label,))


@dataclass(frozen=True, slots=True)
class Migrated:
    """Rows to append, by table; how many labels stayed, became another, are to be decided, or were retired."""

    rows: Mapping[str, pa.Table]
    layers: int
    kept: int
    mapped: int
    undecided: int
    retired: int


def read_plan(text: str, name: str, labels: Collection[str], topics: Collection[str]) -> Plan:
    """The plan that a TOML file says; `name` is the file's name in messages.

    Args:
        text: tables `[entities]` and `[topics]` of old labels and what each becomes: a new one, several in a list, or
            "" where it is retired.
        name: of the file.
        labels: the entity labels there are now.
        topics: the topics there are now.

    Raises:
        PlanError: naming the entry and the labels it could name.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"{name}: not TOML ({error})") from error
    unknown = sorted(found.keys() - {"entities", "topics"})
    if unknown:
        raise PlanError(f"{name}: no table '{unknown[0]}'; the tables are: entities, topics")
    tables: dict[str, dict[str, tuple[str, ...]]] = {}
    for table, known in (("entities", labels), ("topics", topics)):
        entries = found.get(table, {})
        if not isinstance(entries, dict):
            raise PlanError(f"{name}: '{table}' is a table of labels")
        tables[table] = {old: _targets(f"{name}: {table}.{old}", new, known) for old, new in entries.items()}
    for old, new in tables["topics"].items():
        if len(new) > 1:
            raise PlanError(
                f"{name}: topics.{old}: a topic cannot be split, because documents do not say which words it rests on; "
                "retire it, and annotate the topics of a new round"
            )
    return Plan(**tables)


def _targets(where: str, new: object, known: Collection[str]) -> tuple[str, ...]:
    listed = [] if new == "" else [new] if isinstance(new, str) else new
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise PlanError(f'{where}: write a label, a list of labels, or "" to retire it')
    for one in listed:
        if one not in known:
            raise PlanError(f"{where}: the ontology has no '{one}'; it has: {', '.join(known)}")
    return tuple(dict.fromkeys(listed))


def migrate(tables: CorpusTables, plan: Plan, known: Mapping[str, Collection[str]], version: str) -> Migrated:
    """What people and rules said, in the labels of today.

    Args:
        tables: of the corpus.
        plan: what becomes of labels that are no longer there, or that changed.
        known: the labels of today of the tasks `entities` and `topics`.
        version: of the ontology of today. Layers of this version are left alone, so a second run changes nothing.

    Raises:
        PlanError: for labels that are neither known nor planned for.
    """
    run = _Migration(tables, plan, version)
    for task, labels in known.items():
        rows = current_annotations(tables, task).to_pylist()
        _check_all_planned(task, [row for row in rows if row["layer_id"] in run.old], plan, labels)
        run.task(task, rows)
    return run.migrated()


def _check_all_planned(task: str, rows: Sequence[_Row], plan: Plan, labels: Collection[str]) -> None:
    lost: dict[str, int] = defaultdict(int)
    for row in rows:
        for label in plan.of(task, row["label"]):
            if label not in labels:
                lost[label] += 1
    if lost:
        listed = ", ".join(f"{label} ({times:,} times)" for label, times in sorted(lost.items()))
        raise PlanError(
            f"the ontology no longer has {listed}; say in the plan, under [{task}], what becomes of each: "
            'a label, a list of labels to choose from, or "" to retire it'
        )


class _Migration:
    """A migration under way. `old` are the layers to be written again, by id."""

    def __init__(self, tables: CorpusTables, plan: Plan, version: str) -> None:
        layers = tables.layers.to_pylist()
        done = {row["parent_layer"] for row in layers if row["ontology_version"] == version}
        self.old: dict[str, _Row] = {
            row["layer_id"]: row
            for row in layers
            if row["kind"] in _KINDS and row["ontology_version"] != version and row["layer_id"] not in done
            and row["task"] in ("entities", "topics")
        }  # fmt: skip
        self._plan = plan
        self._version = version
        self._latest = _latest(tables.judgments)
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("layers", "spans", "topics", "judgments")}
        self._counts: dict[str, int] = defaultdict(int)

    def task(self, task: str, rows: Sequence[_Row]) -> None:
        """Write the layers of a task again."""
        said: dict[tuple[str, str], list[_Row]] = defaultdict(list)
        for row in rows:
            if row["layer_id"] in self.old:
                said[row["layer_id"], row["doc_id"]].append(row)
        for layer_id, layer in self.old.items():
            if layer["task"] != task:
                continue
            new = Layer(
                task, layer["kind"], layer["producer"], layer["producer_version"], self._version, layer_id,
                layer["round"],
            )  # fmt: skip
            docs = sorted({doc for one, doc in said if one == layer_id} | self._latest.get(layer_id, {}).keys())
            standing = [doc for doc in docs if self._status(layer_id, doc) != "deleted"]
            if standing:
                self._rows["layers"].append({**layer, "layer_id": new.layer_id, "parent_layer": layer_id,
                                             "ontology_version": self._version})  # fmt: skip
            for doc in standing:
                self._document(task, layer, new.layer_id, doc, said[layer_id, doc])

    def _status(self, layer_id: str, doc: str) -> str:
        judgment = self._latest.get(layer_id, {}).get(doc)
        return str(judgment["status"]) if judgment else "submitted"

    def _document(self, task: str, layer: _Row, new: str, doc: str, said: Sequence[_Row]) -> None:
        judgment = self._latest.get(layer["layer_id"], {}).get(doc)
        revision = judgment["revision"] if judgment else 1
        undecided = self._topics(new, doc, revision, said) if task == "topics" else self._spans(
            new, doc, revision, said
        )  # fmt: skip
        bare = {"doc_id": doc, "annotator": layer["producer"], "seconds": None, "submitted_at": None,
                "saw_predictions": None, "problem": None}  # fmt: skip
        comment = f"in the labels of {self._version}, layer {new}"
        self._rows["judgments"].append(
            {**bare, "layer_id": layer["layer_id"], "revision": revision + 1, "status": "deleted", "comment": comment}
        )
        if judgment is not None or undecided:
            told: dict[str, Any] = {**bare, "status": "submitted", "comment": None, **(judgment or {})}
            status = "draft" if undecided and told["status"] == "submitted" else told["status"]
            self._rows["judgments"].append({**told, "layer_id": new, "revision": revision, "status": status})

    def _spans(self, layer: str, doc: str, revision: int, said: Sequence[_Row]) -> bool:
        there: dict[tuple[int, int, str], dict[str, Any]] = {}
        for row in said:
            targets = self._plan.of("entities", row["label"])
            self._count(row["label"], targets)
            if not targets:
                continue
            start, end, label = row["start"], row["end"], targets[0]
            score = UNDECIDED if len(targets) > 1 else row["score"]
            known = there.get((start, end, label))
            if known is not None:  # two labels became one
                known["parents"] = [*known["parents"], row["annotation_id"]]
                known["score"] = max(known["score"], score)
                continue
            key = annotation_id(layer, doc, revision, start, end, label)
            there[start, end, label] = {
                **row, "annotation_id": key, "layer_id": layer, "label": label, "score": score,
                "parents": [row["annotation_id"]],
            }  # fmt: skip
        self._rows["spans"] += there.values()
        return any(row["score"] == UNDECIDED for row in there.values())

    def _topics(self, layer: str, doc: str, revision: int, said: Sequence[_Row]) -> bool:
        labels: dict[str, _Row] = {}
        for row in sorted(said, key=lambda row: row["rank"]):
            targets = self._plan.of("topics", row["label"])
            self._count(row["label"], targets)
            for label in targets:
                labels.setdefault(label, row)
        for rank, (label, row) in enumerate(labels.items()):
            key = annotation_id(layer, doc, revision, -1, -1, label)
            self._rows["topics"].append(
                {**row, "annotation_id": key, "layer_id": layer, "label": label, "rank": rank}
            )
        return False

    def _count(self, label: str, targets: tuple[str, ...]) -> None:
        what = "kept" if targets == (label,) else ("retired", "mapped", "undecided")[min(len(targets), 2)]
        self._counts[what] += 1

    def migrated(self) -> Migrated:
        """What came of it."""
        schemas = {"layers": LAYERS, "spans": SPANS, "topics": TOPICS, "judgments": JUDGMENTS}
        counts = (self._counts[name] for name in ("kept", "mapped", "undecided", "retired"))
        return Migrated(
            {name: pa.Table.from_pylist(self._rows[name], schema) for name, schema in schemas.items()},
            len(self._rows["layers"]),
            *counts,
        )


def _latest(judgments: pa.Table) -> dict[str, dict[str, _Row]]:
    """The latest judgment of each layer and document."""
    found: dict[str, dict[str, _Row]] = defaultdict(dict)
    for row in judgments.to_pylist():
        known = found[row["layer_id"]].get(row["doc_id"])
        if known is None or row["revision"] >= known["revision"]:
            found[row["layer_id"]][row["doc_id"]] = row
    return found

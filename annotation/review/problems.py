"""What annotators reported to be wrong with articles, and the cleaning rules that it points to.

A report says what a reader saw (text is missing, furniture is left), not which rule did it. The rules that cut into
the article's page are known from its edits; a rule that cut into many of the reported articles and into few of the
others is the one to look at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from corpus.release.source import CorpusTables

NORMALISING: Final = (
    "line-end", "bidi-control", "invisible", "control-character", "lone-surrogate", "presentation-form", "nfc",
    "whitespace",
)  # fmt: skip
"""Edits that tidy characters and cut nothing that a reader would miss."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of a document's page a cleaning rule removed, in code points."""

    rule: str
    characters: int


@dataclass(frozen=True, slots=True)
class Report:
    """A problem that an annotator reported; `cuts` are the rules that cut into the document's pages, most first."""

    problem: str
    doc_id: str
    annotator: str
    comment: str | None
    source_ids: tuple[str, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """How often a rule cut into the pages of articles with a problem, and into those of all other articles."""

    problem: str
    rule: str
    reported: int
    reported_with_rule: int
    others: int
    others_with_rule: int

    @property
    def excess(self) -> float:
        """Share of the reported articles that the rule cut into, minus its share of the others."""
        others = self.others_with_rule / self.others if self.others else 0.0
        return self.reported_with_rule / self.reported - others


def reported_problems(tables: CorpusTables) -> list[Report]:
    """The problems that annotators report in their latest judgments, in the order of documents.

    Skipped work counts too: a page that is no article is skipped and reported.
    """
    latest = _latest_problems(tables.judgments)
    cuts = _cuts(tables.sightings)
    sources: dict[str, list[str]] = defaultdict(list)
    columns = (tables.sightings[name].to_pylist() for name in ("doc_id", "source_id"))
    for doc, source in zip(*columns, strict=True):
        sources[doc].append(source)
    place = {doc: number for number, doc in enumerate(tables.documents["doc_id"].to_pylist())}
    return [
        Report(problem, doc, annotator, latest[doc, annotator, problem], tuple(sources[doc]), _most(cuts.get(doc, {})))
        for doc, annotator, problem in sorted(
            (key for key in latest if key[0] in place), key=lambda key: (place[key[0]], *key[1:])
        )
    ]


def suspects(tables: CorpusTables, reports: Sequence[Report]) -> list[Suspect]:
    """For each problem the rules that cut into its articles' pages more often than into others, most excess first."""
    cuts = _cuts(tables.sightings)
    documents = set(tables.documents["doc_id"].to_pylist())
    with_problem: dict[str, set[str]] = defaultdict(set)
    for report in reports:
        with_problem[report.problem].add(report.doc_id)
    found = []
    for problem, reported in sorted(with_problem.items()):
        others = documents - reported
        in_reported = Counter(rule for doc in reported for rule in cuts.get(doc, ()))
        in_others = Counter(rule for doc in others for rule in cuts.get(doc, ()))
        its = [
            Suspect(problem, rule, len(reported), times, len(others), in_others[rule])
            for rule, times in in_reported.items()
        ]
        found += sorted((one for one in its if one.excess > 0), key=lambda one: (-one.excess, one.rule))
    return found


def _latest_problems(judgments: pa.Table) -> dict[tuple[str, str, str], str | None]:
    """The comment beside each (document, annotator, problem) that the latest judgment of any layer reports."""
    names = ("doc_id", "annotator", "layer_id", "revision", "status", "problem", "comment")
    latest: dict[tuple[str, str, str], tuple[int, str, str | None, str | None]] = {}
    for doc, annotator, layer, *rest in zip(*(judgments[name].to_pylist() for name in names), strict=True):
        known = latest.get((doc, annotator, layer))
        if known is None or rest[0] >= known[0]:
            latest[doc, annotator, layer] = (rest[0], rest[1], rest[2], rest[3])
    return {
        (doc, annotator, problem): comment
        for (doc, annotator, _), (_, status, problem, comment) in latest.items()
        if problem and status != "deleted"
    }


def _cuts(sightings: pa.Table) -> dict[str, dict[str, int]]:
    """For each document how many code points each cleaning rule removed from its pages."""
    edits = sightings["edits"].combine_chunks()
    flat = edits.flatten()
    rows = pa.table(
        {
            "doc_id": sightings["doc_id"].combine_chunks().take(pc.list_parent_indices(edits)),
            "rule": pc.struct_field(flat, "rule"),
            "characters": pc.subtract(pc.struct_field(flat, "end"), pc.struct_field(flat, "start")),
        }
    )
    rows = rows.filter(pc.invert(pc.is_in(rows["rule"], value_set=pa.array(NORMALISING))))
    summed = rows.group_by(["doc_id", "rule"], use_threads=False).aggregate([("characters", "sum")])
    found: dict[str, dict[str, int]] = defaultdict(dict)
    columns = (summed[name].to_pylist() for name in ("doc_id", "rule", "characters_sum"))
    for doc, rule, characters in zip(*columns, strict=True):
        found[doc][rule] = characters
    return found


def _most(cuts: Mapping[str, int]) -> tuple[Cut, ...]:
    return tuple(Cut(rule, characters) for rule, characters in sorted(cuts.items(), key=lambda cut: (-cut[1], cut[0])))

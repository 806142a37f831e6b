"""What changed between two releases: everything that differs is named, and nothing that does not."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.release.changelog import changelog_lines, entry, first_entry
from corpus.release.diff import CHANGES, Change, Diff, changes_table, compare_releases
from corpus.release.figures import SplitTables
from corpus.release.rows import build_rows, release_documents
from corpus.release.stretches import backwards, carry, kept_stretches
from corpus.release.versions import Step
from corpus.workflow.diff import write_changes
from schemas.tables import RELEASE_CONFIGS
from tests.corpus.release.conftest import MATCH, MINISTER, RAIN, TEXTS, Maker, sample

LABELS = ("PERS", "ORG", "GPE", "DATE", "NORP", "MONEY", "FAC")


def tables(maker: Maker, *tested: str) -> SplitTables:
    """The tables of a release with the documents at the paths `tested` in test and all others in train."""
    found = maker.tables()
    clusters = {row["doc_id"]: (row["cluster_id"], row["story_id"]) for row in found.clusters.to_pylist()}
    rows = build_rows(found, release_documents(found, clusters), LABELS)
    docs = {row["doc_id"]: row["path"] for row in found.sightings.to_pylist()}
    return {
        name: {
            split: table.filter(pa.array([(docs[doc] in tested) == (split == "test") for doc in
                                          table["doc_id"].to_pylist()], pa.bool_()))
            for split in ("train", "test")
        }
        for name, table in rows.tables.items()
    }


def compared(before: SplitTables, after: SplitTables) -> Diff:
    return compare_releases("1.0.0", before, "2.0.0", after)


def short(change: Change) -> tuple[object, ...]:
    return change.part, change.change, change.surface, change.field, change.before, change.after


def gold(maker: Maker, text: str, *mentions: tuple[str, str]) -> Maker:
    layer = maker.layer("entities", "gold", "adjudicator", round=1)
    for words, label in mentions:
        maker.entity(layer, text, words, label)
    return maker


def test_equal_releases_do_not_differ() -> None:
    diff = compared(tables(sample()), tables(sample()))
    assert (diff.step, diff.changes, diff.reruns, diff.layers) == (Step.PATCH, (), (), ())
    assert diff.reason == "the same rows in other packaging"


def test_a_correction_is_named_span_by_span() -> None:
    after = gold(sample(), RAIN, ("بيروت", "FAC"), ("أمطار", "ORG"))
    diff = compared(tables(sample()), tables(after))
    assert diff.step is Step.MAJOR
    entities = [change for change in diff.changes if change.part == "entities"]
    assert Counter(short(change) for change in entities) == Counter([
        ("entities", "changed", None, "status", "silver", "gold"),
        ("entities", "relabelled", "بيروت", "label", "GPE", "FAC"),
        ("entities", "removed", "أمس", None, "DATE", None),
        ("entities", "added", "أمطار", None, None, "ORG"),
    ])
    assert {change.document for change in diff.changes} == {"kept"}
    (layer,) = diff.layers
    assert (layer.change, layer.task, layer.kind, layer.author, layer.annotations) == (
        "added", "entities", "gold", "adjudicator", 2,
    )
    assert list(changelog_lines(diff)) == [
        "The entities of 1 document are gold instead of silver.",
        "Entities of 1 document that was there before: 1 added, 1 removed, 1 relabelled (GPE to FAC 1).",
        "New in `annotations`: entities by adjudicator (gold, round 1), 2 annotations of 1 document.",
    ]


def test_growth_is_named_with_what_it_brings() -> None:
    diff = compared(tables(sample((MINISTER, MATCH))), tables(sample((MINISTER, MATCH, RAIN))))
    assert diff.step is Step.MINOR
    assert (diff.count("documents", "added"), diff.count("sentences", "added"), diff.count("entities", "added")) == (
        1, 2, 2,
    )
    assert {change.document for change in diff.changes} == {"added"}
    assert list(changelog_lines(diff)) == ["1 document was added (train 1)."]


def test_a_removal_is_major_and_names_what_is_gone() -> None:
    diff = compared(tables(sample((MINISTER, RAIN))), tables(sample((MINISTER,))))
    assert diff.step is Step.MAJOR
    assert {short(change) for change in diff.changes if change.part == "entities"} == {
        ("entities", "removed", "بيروت", None, "GPE", None), ("entities", "removed", "أمس", None, "DATE", None),
    }
    assert list(changelog_lines(diff)) == ["1 document was removed (train 1)."]


def test_a_move_between_splits_is_named_for_everything_that_moves() -> None:
    diff = compared(tables(sample()), tables(sample(), f"page-{TEXTS.index(RAIN)}.txt"))
    assert diff.step is Step.MAJOR
    assert {change.change for change in diff.changes} == {"moved"}
    assert Counter(change.part for change in diff.changes) == {
        "documents": 1, "sentences": 2, "entities": 2, "topics": 1,
    }
    assert list(changelog_lines(diff)) == ["1 document moved from train to test."]


def test_a_changed_text_is_paired_by_its_source_and_keeps_its_other_spans() -> None:
    longer = RAIN.replace("هطلت", "عاجل: هطلت")
    before, after = sample((MINISTER, RAIN)), sample((MINISTER,))
    after.document(longer, "page-1.txt")
    layer = after.layer("entities", "prediction", "rules")
    after.entity(layer, longer, "بيروت", "GPE")
    after.entity(layer, longer, "أمس", "DATE")
    after.topic(after.layer("topics", "prediction", "linear"), longer, "society")
    diff = compared(tables(before), tables(after))
    assert {short(change) for change in diff.changes} == {
        ("documents", "changed", None, "text", None, None),
        ("sentences", "removed", RAIN.split("\n")[1], None, "paragraph", None),
        ("sentences", "added", longer.split("\n")[1], None, None, "paragraph"),
    }
    assert next(changelog_lines(diff)) == "The text of 1 document changed."


def test_a_rerun_of_a_model_is_said() -> None:
    again = sample()
    for row in again.rows["layers"]:
        if row["task"] == "entities":
            row["producer_version"] = "2"
    for row in again.rows["spans"]:
        if row["label"] == "GPE":
            row["label"], row["annotation_id"] = "ORG", f"{row['annotation_id']}-2"
    diff = compared(tables(sample()), tables(again))
    (rerun,) = diff.reruns
    assert (rerun.task, rerun.before, rerun.after, rerun.documents) == ("entities", ("rules 1",), ("rules 2",), 2)
    assert "the machine's entities made anew in 2 documents (rules 1 → rules 2)" in diff.reason
    assert (
        "The machine's entities were made anew in 2 documents that were there before: by rules 2; before by rules 1."
        in entry(diff)
    )


def test_topics_are_paired_by_label_and_then_by_rank() -> None:
    before, after = sample((RAIN,)), sample(())
    after.document(RAIN, "page-0.txt")
    for maker, topics in ((before, ("weather",)), (after, ("weather", "society", "health"))):
        maker.rows["topics"] = []
        layer = maker.layer("topics", "prediction", "linear")
        for rank, topic in enumerate(("society", *topics) if maker is before else topics):
            maker.topic(layer, RAIN, topic, rank)
    changes = [short(change) for change in compared(tables(before), tables(after)).changes if change.part == "topics"]
    assert changes == [
        ("topics", "changed", "society", "rank", "0", "1"),
        ("topics", "changed", "weather", "rank", "1", "0"),
        ("topics", "added", None, None, None, "health"),
    ]


def test_metadata_that_changed_is_named() -> None:
    after = sample()
    for row in after.rows["sightings"]:
        if row["path"] == "page-0.txt":
            row["url"] = "https://example.org/1"
    diff = compared(tables(sample()), tables(after))
    assert [short(change) for change in diff.changes] == [
        ("documents", "changed", None, "url", None, "https://example.org/1")
    ]
    assert list(changelog_lines(diff)) == ["`url` of 1 document changed."]


def test_the_changes_are_a_parquet_file(tmp_path: Any) -> None:
    diff = compared(tables(sample()), tables(gold(sample(), RAIN, ("بيروت", "FAC"))))
    write_changes(diff, tmp_path / "changes.parquet")
    rows = pq.read_table(tmp_path / "changes.parquet")
    assert rows.schema.equals(CHANGES)
    assert rows.equals(changes_table(diff))
    assert Change(**rows.to_pylist()[-1]) == diff.changes[-1]


@dataclass(frozen=True)
class Edit:
    """A way to change one row of `documents`."""

    name: str
    make: Callable[[dict[str, Any]], object]


EDITS = [
    *(Edit(name, lambda row, name=name: row.update({name: "x"}))  # type: ignore[misc]
      for name in ("title", "source_id", "url", "outlet", "published", "licence", "byline", "agency", "place",
                   "cluster_id", "story_id")),
    *(Edit(f"{task}_status", lambda row, task=task: row.update({f"{task}_status": "single"}))  # type: ignore[misc]
      for task in ("sentences", "entities", "topics")),
    Edit("sightings", lambda row: row.update(sightings=9)),
    Edit("sentence kind", lambda row: row["sentences"][0].update(kind="verse")),
    Edit("sentence end", lambda row: row["sentences"][0].update(end=1)),
    Edit("label", lambda row: row["entities"][0].update(label="LAW")),
    Edit("range", lambda row: row["entities"][0].update(start=0)),
    Edit("score", lambda row: row["entities"][0].update(score=0.5)),
    Edit("value", lambda row: row["entities"][0].update(value="2026")),
    Edit("fewer entities", lambda row: row["entities"].pop()),
    Edit("topic", lambda row: row.update(topics=["health"])),
    Edit("no topic", lambda row: row.update(topics=[])),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_every_column_that_differs_is_named(edit: Edit) -> None:
    before = tables(sample())
    rows = before["documents"]["train"].to_pylist()
    chosen = next(row for row in rows if row["entities"])
    edit.make(chosen)
    after = {**before, "documents": {**before["documents"], "train": pa.Table.from_pylist(
        rows, RELEASE_CONFIGS["documents"])}}
    diff = compared(before, after)
    assert diff.rows["documents"].changed == 1
    assert diff.changes
    assert {change.doc_id for change in diff.changes} == {chosen["doc_id"]}
    assert list(changelog_lines(diff))


@settings(max_examples=30)
@given(st.data())
def test_the_other_way_round_everything_is_the_other_way_round(data: st.DataObject) -> None:
    rows = tables(sample())["documents"]["train"].to_pylist()
    sides = []
    for _ in range(2):
        chosen = copy.deepcopy(data.draw(st.lists(st.sampled_from(rows), unique_by=lambda row: row["doc_id"])))
        for row in chosen:
            drawn = data.draw(st.lists(st.sampled_from(row["entities"]), unique_by=lambda one: one["start"])
                              if row["entities"] else st.just([]))
            row["entities"] = sorted(drawn, key=lambda one: one["start"])  # as a release has them
        sides.append(chosen)
    empty = {name: schema.empty_table() for name, schema in RELEASE_CONFIGS.items()}
    made = [
        {name: {"train": pa.Table.from_pylist(side, RELEASE_CONFIGS[name]) if name == "documents" else empty[name]}
         for name in RELEASE_CONFIGS}
        for side in sides
    ]
    there, back = compared(made[0], made[1]), compared(made[1], made[0])
    other = {"added": "removed", "removed": "added"}
    assert Counter((one.part, one.change, one.doc_id, one.start, one.end, one.before, one.after)
                   for one in there.changes) == Counter(
        (one.part, other.get(one.change, one.change), one.doc_id, one.start, one.end, one.after, one.before)
        for one in back.changes
    )
    assert bool(there.changes) == (there.step is not Step.PATCH)


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_stretches_say_the_same_in_both_texts(old: str, new: str) -> None:
    stretches = kept_stretches(old, new)
    for start, end, shift in stretches:
        assert old[start:end] == new[start + shift : end + shift]
    for place in ((0, 1), (2, 5), (0, len(old))):
        there = carry(place, stretches)
        if there is not None and place[1] <= len(old):
            assert old[slice(*place)] == new[slice(*there)]
            assert carry(there, backwards(stretches)) == place
    assert carry((0, len(old)), kept_stretches(old, old)) == (0, len(old))


def test_the_first_release_says_what_it_has() -> None:
    counts = {"documents": {"train": 4, "test": 1}, "sentences": {"train": 9, "test": 2}}
    assert first_entry("1.0.0", counts) == "## 1.0.0\n\nThe first release: 5 documents, 11 sentences.\n"

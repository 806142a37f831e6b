"""Releases of the sample corpus as it grows, is corrected and partly retracted: what each says, keeps, gives again."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpus.config import CorpusConfig
from corpus.ids import source_id
from corpus.release.build import ReleaseSummary, release
from corpus.release.manifest import read_manifest
from corpus.release.parquet import read_files
from corpus.release.registry import REGISTRY
from corpus.release.verify import verify_release
from corpus.release.versions import Step
from corpus.retractions import read_retractions
from corpus.store import read_table
from corpus.workflow.build import build
from corpus.workflow.diff import diff_releases, next_version
from corpus.workflow.init import init_corpus
from corpus.workflow.retract import Retracted, retract
from corpus.workflow.take_in import import_files
from tests.conftest import SAMPLES, Run, tree

FIRST = ("jo-01-trail.txt", "ma-07-cannery-deal.txt", "dz-01-storm-bulletin.txt", "eg-03-poet.txt",
         "tn-02-mobile-libraries.txt", "iq-01-mines.txt", "kw-01-boursa.txt")
LATER = ("lb-01-trail.html", "ma-08-cannery-wages.txt", "eg-02-clinics.txt")
CHANGED, CORRECTED = "eg-03-poet.txt", "kw-01-boursa"
RETRACTED = "ma-05-malhun.txt"  # comes with the later pages and goes before they are released
RELEASED_AND_RETRACTED = "iq-01-mines.txt"
CONFIG = CorpusConfig()


@dataclass(frozen=True)
class Grown:
    """A corpus that was released twice."""

    root: Path
    first: ReleaseSummary
    second: ReleaseSummary
    kept: dict[str, bytes]

    def places(self, version: str) -> dict[str, dict[str, Any]]:
        """The rows of `documents` by source, with their split."""
        folder = self.root / "releases" / version
        splits = read_manifest(folder).configs["documents"].splits
        return {
            row["source_id"]: {**row, "split": split}
            for split, entry in splits.items()
            for row in read_files(folder, entry.files).to_pylist()
        }


def released(root: Path) -> ReleaseSummary:
    return release(root, CONFIG, report=lambda message: None)


def take_down(root: Path, page: str) -> Retracted:
    return retract(root, CONFIG, page, reason="asked by the author", date="2026-05-01")


def grow(root: Path) -> Grown:
    """Release seven pages; then add four, change one, correct one, retract one of the new ones, and release again."""
    pages = root.parent / f"{root.name}-pages"
    pages.mkdir()
    for name in FIRST:
        shutil.copy(SAMPLES / "pages" / name, pages)
    init_corpus(root, "samples")
    build(root, CONFIG, [str(pages)], jobs=1, progress=lambda *_: None)
    first = released(root)
    kept = tree(first.path)
    for name in (*LATER, RETRACTED):
        shutil.copy(SAMPLES / "pages" / name, pages)
    text = (pages / CHANGED).read_text(encoding="utf-8").rstrip("\n")
    body = max(text.split("\n"), key=len)
    (pages / CHANGED).write_text(text.replace(body, f"{body} ورحب الحاضرون بهذه المبادرة."), encoding="utf-8")
    build(root, CONFIG, [str(pages)], jobs=1, progress=lambda *_: None)
    import_files(root, CONFIG, [str(SAMPLES / "gold" / f"{CORRECTED}.gold")], annotator="reader", gold=True, round_=1)
    take_down(root, RETRACTED)
    build(root, CONFIG, [str(pages)], jobs=1, progress=lambda *_: None)
    return Grown(root, first, released(root), kept)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """The corpus that these tests read."""
    return grow(tmp_path_factory.mktemp("grown") / "corpus")


def source(grown: Grown, name: str) -> str:
    rows = read_table(grown.root, "sightings", None, ["path", "source_id"]).to_pylist()
    return next(row["source_id"] for row in rows if row["path"] == name)


def test_the_version_follows_from_what_changed(grown: Grown) -> None:
    assert (grown.first.version, grown.second.version) == ("1.0.0", "2.0.0")
    diff = diff_releases(grown.root, "1.0.0", "2.0.0")
    assert (diff.count("documents", "added"), diff.count("documents", "removed")) == (len(LATER), 0)
    changed = {change.source_id for change in diff.changes if change.field == "text"}
    assert changed == {source(grown, CHANGED)}
    statuses = {(one.part, one.before, one.after, one.source_id) for one in diff.changes if one.field == "status"}
    corrected = source(grown, f"{CORRECTED}.txt")
    assert statuses == {(part, "silver", "gold", corrected) for part in ("sentences", "entities", "topics")}
    edited = {one.source_id for one in diff.changes if one.part == "entities" and one.document == "kept"}
    assert edited <= {corrected, source(grown, CHANGED)} and corrected in edited
    assert diff.reruns == ()
    assert {(layer.change, layer.author) for layer in diff.layers} == {("added", "reader")}


def test_the_changelog_says_it_in_words_and_keeps_what_was_said_before(grown: Grown) -> None:
    first, second = (
        (one.path / "CHANGELOG.md").read_text(encoding="utf-8") for one in (grown.first, grown.second)
    )
    assert second.endswith(first[first.index("## 1.0.0") :])
    assert second.index("## 2.0.0") < second.index("## 1.0.0")
    assert f"- {len(LATER)} documents were added" in second
    assert "- The text of 1 document changed." in second
    assert "- The entities of 1 document are gold instead of silver." in second
    assert grown.second.changelog in second


def test_no_document_changed_its_split(grown: Grown) -> None:
    before, after = grown.places("1.0.0"), grown.places("2.0.0")
    assert len(before) == len(FIRST) and len(after) == len(FIRST) + len(LATER)
    assert {name: row["split"] for name, row in before.items()} == {name: after[name]["split"] for name in before}
    assert diff_releases(grown.root, "1.0.0", "2.0.0").count("documents", "moved") == 0


def test_related_documents_lie_together_under_the_id_of_the_first(grown: Grown) -> None:
    after = grown.places("2.0.0")
    for column, first, second in (
        ("story_id", "jo-01-trail.txt", "lb-01-trail.html"),
        ("cluster_id", "ma-07-cannery-deal.txt", "ma-08-cannery-wages.txt"),
    ):
        old, new = after[source(grown, first)], after[source(grown, second)]
        assert old[column] == new[column] == source(grown, first)
        assert old["split"] == new["split"]
    stories = [row["story_id"] for row in after.values()]
    assert len(stories) - len(set(stories)) == 2  # of all sample articles no others are one story


def test_the_old_release_is_intact_and_both_are_sound(grown: Grown) -> None:
    assert tree(grown.first.path) == grown.kept
    assert verify_release(grown.first.path) == []
    assert verify_release(grown.second.path) == []


def test_rebuilding_gives_the_same_bytes(grown: Grown, tmp_path: Path) -> None:
    copy = tmp_path / "corpus"
    shutil.copytree(grown.root, copy)
    shutil.rmtree(copy / "releases" / "2.0.0")
    (copy / "releases" / REGISTRY).unlink()
    assert released(copy).version == "2.0.0"
    assert tree(copy / "releases") == tree(grown.root / "releases")
    assert not released(copy).created
    again = grow(tmp_path / "again")
    assert tree(again.root / "releases") == tree(grown.root / "releases")


def test_what_was_retracted_is_in_neither(grown: Grown) -> None:
    gone = source_id(RETRACTED)
    assert read_retractions(grown.root).source(gone)
    assert gone not in grown.places("1.0.0") and gone not in grown.places("2.0.0")


def test_retracting_a_released_page_replaces_the_releases_that_hold_it(grown: Grown, tmp_path: Path) -> None:
    copy = tmp_path / "corpus"
    shutil.copytree(grown.root, copy)
    done = take_down(copy, RELEASED_AND_RETRACTED)
    assert done.held_by == ("1.0.0", "2.0.0")
    assert tree(copy / "releases") == tree(grown.root / "releases")  # until another release stands in their place
    again = tmp_path / "again"
    shutil.copytree(copy, again)
    diff = diff_releases(copy)
    assert (diff.step, str(next_version(diff))) == (Step.MAJOR, "3.0.0")
    assert (diff.count("documents", "removed"), diff.count("documents", "added")) == (1, 0)
    third = released(copy)
    assert (third.version, third.withdrawn) == ("3.0.0", ("1.0.0", "2.0.0"))
    assert "- 1 document was removed" in third.changelog
    assert "Issued in place of 1.0.0, 2.0.0, withdrawn because of documents that were retracted." in third.changelog
    before, after = grown.places("2.0.0"), Grown(copy, third, third, {}).places("3.0.0")
    del before[source_id(RELEASED_AND_RETRACTED)]
    assert {name: row["split"] for name, row in before.items()} == {name: row["split"] for name, row in after.items()}
    assert sorted(path.name for path in (copy / "releases").iterdir() if path.is_dir()) == ["3.0.0"]
    assert verify_release(third.path) == []
    assert released(again).version == "3.0.0"
    assert tree(again / "releases") == tree(copy / "releases")


def test_the_registry_names_both(grown: Grown) -> None:
    content = json.loads((grown.root / "releases" / REGISTRY).read_bytes())
    assert [(one["version"], one["parent"], one["state"]) for one in content["versions"]] == [
        ("1.0.0", None, "released"), ("2.0.0", "1.0.0", "released"),
    ]


def test_every_changed_byte_of_a_changelog_is_found(grown: Grown, tmp_path: Path) -> None:
    copy = tmp_path / "2.0.0"
    shutil.copytree(grown.second.path, copy)
    body = (copy / "CHANGELOG.md").read_bytes()
    for place in range(0, len(body), 97):
        (copy / "CHANGELOG.md").write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
        assert [(one.check, one.where) for one in verify_release(copy)] == [("file-changed", "CHANGELOG.md")]


def test_the_corpus_as_it_is_now_can_be_compared(grown: Grown, tmp_path: Path) -> None:
    unchanged = diff_releases(grown.root)
    assert (unchanged.old, unchanged.changes, str(next_version(unchanged))) == ("2.0.0", (), "2.0.1")
    since = diff_releases(grown.root, "1.0.0")
    assert since.changes == diff_releases(grown.root, "1.0.0", "2.0.0").changes
    assert str(next_version(since)) == "2.0.0"


@pytest.mark.parametrize("arguments", [("1.0.0", "2.0.0"), ("1.0.0",)])
def test_the_command_prints_table_json_and_parquet(
    grown: Grown, run_command: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    expected = diff_releases(grown.root, *arguments)
    shown = run_command("diff", *arguments, "--corpus", grown.root, "--parquet", tmp_path / "changes.parquet")
    assert shown.returncode == 0, shown.stderr
    assert f"1.0.0 → {expected.new}: MAJOR" in shown.stdout
    assert "The entities of 1 document are gold instead of silver." in shown.stdout
    assert ("the next release is at least 2.0.0" in shown.stdout) == (len(arguments) == 1)
    assert pq.read_metadata(tmp_path / "changes.parquet").num_rows == len(expected.changes)
    found = json.loads(run_command("diff", *arguments, "--corpus", grown.root, "--json").stdout)
    assert (found["step"], len(found["changes"])) == (expected.step.name, len(expected.changes))
    assert found["next_version"] == "2.0.0"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("1.0.0", "9.0.0"), "there is no release 9.0.0; there are: 1.0.0, 2.0.0"), (("1",), "there is no release 1;")],
)
def test_a_version_that_is_not_there_is_named(
    grown: Grown, run_command: Run, arguments: tuple[str, ...], message: str
) -> None:
    shown = run_command("diff", *arguments, "--corpus", grown.root)
    assert shown.returncode == 1
    assert message in shown.stderr


def test_where_nothing_changed_no_version_is_proposed(grown: Grown, run_command: Run) -> None:
    shown = run_command("diff", "--corpus", grown.root)
    assert "no row differs; a release would be 2.0.1, and only if card or settings changed" in shown.stdout


def test_comparing_before_the_first_release_says_what_to_do(run_command: Run, tmp_path: Path) -> None:
    init_corpus(tmp_path / "empty", "empty")
    shown = run_command("diff", "--corpus", tmp_path / "empty")
    assert shown.returncode == 1
    assert "nothing was released yet" in shown.stderr


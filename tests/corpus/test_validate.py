"""Every fault of a corpus is found, named, and told from the others."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import corpus.validate
from corpus.config import CorpusConfig
from corpus.ids import doc_id, source_id
from corpus.retractions import Retractions, write_retractions
from corpus.store import read_head, read_shard, shard_path, write_head, write_shard
from corpus.validate import MAX_FINDINGS, validate_corpus
from corpus.workflow.build import build
from corpus.workflow.init import init_corpus
from schemas.ontology import load_ontology
from schemas.tables import TABLES
from tests.conftest import SAMPLES

Row = dict[str, Any]
PAGES = ("jo-01-trail.txt", "kw-01-boursa.txt")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of two pages without faults; not to be changed."""
    root = tmp_path_factory.mktemp("validate") / "corpus"
    init_corpus(root, "samples")
    pages = [str(SAMPLES / "pages" / name) for name in PAGES]
    build(root, CorpusConfig(), pages, jobs=1, progress=lambda *_: None)
    return root


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(sound, tmp_path / "corpus"))


def findings(root: Path) -> list[tuple[str, str]]:
    return [(one.check, one.message) for one in validate_corpus(root, CorpusConfig(), load_ontology(None))]


def edit(table: str, change: Callable[[list[Row]], object]) -> Callable[[Path], None]:
    """Change the rows of a table, as a defect of the program would."""

    def edited(root: Path) -> None:
        head = read_head(root)
        rows = [row for key in head.keys(table) for row in read_shard(root, table, key).to_pylist()]
        change(rows)
        write_shard(root, table, "changed", pa.Table.from_pylist(rows, TABLES[table]))
        write_head(root, replace(head, shards={**head.shards, table: ("changed",)}))

    return edited


def first(rows: list[Row], **wanted: object) -> Row:
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


def reword(rows: list[Row]) -> None:
    rows[0]["text"] += " وبعد"


def spare_space(root: Path) -> None:
    """A text with two spaces, under its own id everywhere."""
    head = read_head(root)
    (key,) = head.keys("documents")
    old = read_shard(root, "documents", key)["doc_id"][0].as_py()

    def widen(rows: list[Row]) -> None:
        row = first(rows, doc_id=old)
        row["text"] = row["text"].rstrip() + "  ."
        row["doc_id"] = doc_id(row["text"])

    edit("documents", widen)(root)
    new = read_shard(root, "documents", "changed")["doc_id"].to_pylist()
    (now,) = set(new) - set(read_shard(root, "documents", key)["doc_id"].to_pylist())
    for table in ("sightings", "clusters"):
        edit(table, lambda rows: first(rows, doc_id=old).update(doc_id=now))(root)


def take_down(kind: str) -> Callable[[Path], None]:
    def retracted(root: Path) -> None:
        (key,) = read_head(root).keys("documents")
        doc = read_shard(root, "documents", key)["doc_id"][0].as_py()
        sources, documents = ([source_id(PAGES[0])], []) if kind == "source" else ([], [doc])
        found = Retractions().adding(sources, documents, "asked", "2026-05-01")
        write_retractions(root, replace(found, erased=True))

    return retracted


def interrupt(root: Path) -> None:
    write_retractions(root, Retractions().adding(["0" * 16], [], "asked", "2026-05-01"))


def remove_shard(root: Path) -> None:
    shard_path(root, "spans", read_head(root).keys("spans")[0]).unlink()


def damage_shard(root: Path) -> None:
    shard_path(root, "spans", read_head(root).keys("spans")[0]).write_bytes(b"PAR1")


@dataclass(frozen=True)
class Fault:
    """What somebody or a defect may do to a corpus, and what the checks say of it."""

    check: str
    make: Callable[[Path], object]
    message: str


FAULTS = (
    Fault("damaged-shard", remove_shard, "is missing; run 'mudawwana build'"),
    Fault("damaged-shard", damage_shard, "is missing or damaged"),
    Fault("dangling-reference", edit("clusters", lambda rows: rows[0].update(doc_id="0" * 16)), "document 0000000000"),
    Fault("dangling-reference", edit("spans", lambda rows: rows[0].update(layer_id="0" * 16)), "layer 0000000000"),
    Fault("doc-id", edit("documents", reword), "its text has the id"),
    Fault("not-normal", spare_space, "blank lines or spare white space"),
    Fault("page-bytes", edit("pages", lambda rows: rows[0].update(body=b"other")), "is missing or has other bytes"),
    Fault("edits-text", edit("sightings", lambda rows: rows[0]["edits"].clear()), "do not give document"),
    Fault("edits-text", edit("sightings", lambda rows: rows[0]["edits"][0].update(end=10**6)), ""),
    Fault("span-offsets", edit("spans", lambda rows: first(rows, label="GPE").update(end=10**6)), "the text has"),
    Fault("span-offsets", edit("spans", lambda rows: first(rows, label="GPE").update(surface="سلا")), "not 'سلا'"),
    Fault("span-label", edit("spans", lambda rows: first(rows, label="GPE").update(label="TOWN")), "no label 'TOWN'"),
    Fault("sentence-cover", edit("spans", lambda rows: rows.remove(first(rows, label="sentence"))), "none covers"),
    Fault("topic-label", edit("topics", lambda rows: rows[0].update(label="football")), "no topic 'football'"),
    Fault("retracted", take_down("source"), "was retracted and is still in the corpus"),
    Fault("retracted", take_down("document"), "run 'mudawwana build', which finishes the retraction"),
    Fault("retracted", interrupt, "a retraction was interrupted"),
)


def test_a_sound_corpus_has_no_findings(sound: Path) -> None:
    assert findings(sound) == []


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{nth}-{fault.check}" for nth, fault in enumerate(FAULTS)])
def test_a_fault_is_found_and_named(copy: Path, fault: Fault) -> None:
    fault.make(copy)
    found = findings(copy)
    assert any(check == fault.check and fault.message in message for check, message in found), found


def test_every_check_has_a_fault_that_it_finds() -> None:
    source = Path(str(corpus.validate.__file__)).read_text(encoding="utf-8")
    assert set(re.findall(r'Finding\(\s*"([a-z-]+)"', source)) == {fault.check for fault in FAULTS}


def test_many_findings_of_one_check_are_counted(copy: Path) -> None:
    edit("spans", lambda rows: [row.update(surface="سلا") for row in rows])(copy)
    found = [message for check, message in findings(copy) if check == "span-offsets"]
    assert len(found) == MAX_FINDINGS + 1
    assert re.fullmatch(r"and [0-9,]+ more", found[-1])

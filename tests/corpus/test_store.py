"""The store: complete shards or none, one head, rows counted once, and plain words about damage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.store import (
    Head,
    StoreError,
    atomic_write,
    locked,
    read_head,
    read_shard,
    read_table,
    shard_path,
    write_head,
    write_shard,
)
from schemas.tables import CLUSTERS, REJECTS, SOURCES, TABLES


def clusters(*rows: tuple[str, str]) -> pa.Table:
    return pa.table(
        {"doc_id": [doc for doc, _ in rows], "cluster_id": [cluster for _, cluster in rows],
         "story_id": pa.nulls(len(rows), pa.string())},
        CLUSTERS,
    )  # fmt: skip


def test_a_new_corpus_has_an_empty_head(tmp_path: Path) -> None:
    head = read_head(tmp_path)
    assert head == Head()
    assert head.keys("documents") == ()
    for name, schema in TABLES.items():
        assert read_table(tmp_path, name).schema == schema


def test_a_head_comes_back_and_is_the_same_bytes(tmp_path: Path) -> None:
    write_head(tmp_path, Head({"pages": ("a", "b"), "documents": ()}))
    first = (tmp_path / "head.json").read_bytes()
    assert read_head(tmp_path) == Head({"documents": (), "pages": ("a", "b")})
    write_head(tmp_path, read_head(tmp_path))
    assert (tmp_path / "head.json").read_bytes() == first


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is damaged (Expecting value: line 1 column 1 (char 0)); restore it from a copy, or delete it and build "
              "again from the sources"),
        (b'{"format": \xff}', "is damaged ('utf-8' codec can't decode byte 0xff in position 11: invalid start byte)"),
        (b"[]", "is damaged (list indices must be integers or slices, not str); restore it"),
        (b'{"shards": {}}', "is damaged ('format'); restore it"),
        (b'{"format": 1, "shards": {"pages": "abc"}}', "is damaged ('shards' is not lists of keys); restore it"),
        (b'{"format": 1, "shards": {"pages": [1]}}', "is damaged ('shards' is not lists of keys); restore it"),
        (b'{"format": 1, "shards": []}', "is damaged ('list' object has no attribute 'values'); restore it"),
        (b'{"format": 7, "shards": {}}', "format 7, but this mudawwana reads format 1"),
    ],
)  # fmt: skip
def test_a_damaged_head_is_named(body: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "head.json").write_bytes(body)
    with pytest.raises(StoreError) as caught:
        read_head(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "head.json"))
    assert message in str(caught.value)


def test_a_shard_is_written_once(tmp_path: Path) -> None:
    write_shard(tmp_path, "clusters", "k", clusters(("a", "1")))
    first = shard_path(tmp_path, "clusters", "k").read_bytes()
    write_shard(tmp_path, "clusters", "k", clusters(("b", "2")))
    assert shard_path(tmp_path, "clusters", "k").read_bytes() == first
    write_shard(tmp_path, "clusters", "same", clusters(("a", "1")))
    assert shard_path(tmp_path, "clusters", "same").read_bytes() == first


def test_a_shard_has_the_declared_columns(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="table clusters has columns"):
        write_shard(tmp_path, "clusters", "k", pa.table({"doc_id": ["a"]}))
    assert not shard_path(tmp_path, "clusters", "k").exists()


def test_rows_that_mean_the_same_count_once(tmp_path: Path) -> None:
    write_shard(tmp_path, "clusters", "1", clusters(("a", "old"), ("b", "old")))
    write_shard(tmp_path, "clusters", "2", clusters(("c", "new"), ("a", "new")))
    write_head(tmp_path, Head({"clusters": ("1", "2")}))
    assert read_table(tmp_path, "clusters").select(["doc_id", "cluster_id"]).to_pylist() == [
        {"doc_id": "b", "cluster_id": "old"},
        {"doc_id": "c", "cluster_id": "new"},
        {"doc_id": "a", "cluster_id": "new"},
    ]


def test_of_a_source_fetched_twice_the_later_counts_and_of_a_text_the_first(tmp_path: Path) -> None:
    blank = dict.fromkeys(SOURCES.names)
    for key, title in (("1", "قديم"), ("2", "جديد")):
        row = {**blank, "source_id": "s", "page_id": key, "path": "a.txt", "title": title}
        write_shard(tmp_path, "sources", key, pa.Table.from_pylist([row], SOURCES))
        document = {"doc_id": "d", "text": "نص", "title": title, "language": "ar", "characters": 2,
                    "arabic_share": 1.0, "kept_share": 1.0, "drop_reason": None}  # fmt: skip
        write_shard(tmp_path, "documents", key, pa.Table.from_pylist([document], TABLES["documents"]))
    head = Head({"sources": ("1", "2"), "documents": ("1", "2")})
    assert read_table(tmp_path, "sources", head)["title"].to_pylist() == ["جديد"]
    assert read_table(tmp_path, "documents", head, ["doc_id", "title"])["title"].to_pylist() == ["قديم"]


def test_rejects_are_all_kept(tmp_path: Path) -> None:
    row = {"origin": "a", "reason": "r", "message": "m", "payload": ""}
    write_shard(tmp_path, "rejects", "1", pa.Table.from_pylist([row, row], REJECTS))
    assert read_table(tmp_path, "rejects", Head({"rejects": ("1",)})).num_rows == 2


def test_a_folder_named_like_a_partition_is_no_column(tmp_path: Path) -> None:
    root = tmp_path / "year=2026"
    write_shard(root, "clusters", "k", clusters(("a", "1")))
    assert read_shard(root, "clusters", "k").schema == CLUSTERS


@pytest.mark.parametrize("damage", ["missing", "cut", "other columns", "other types"])
def test_a_damaged_shard_is_named_with_what_to_do(damage: str, tmp_path: Path) -> None:
    pages = pa.table({"page_id": ["p"], "body": [b"x"], "media_type": ["text/plain"]}, TABLES["pages"])
    for table, key, rows in (("clusters", "k", clusters(("a", "1"))), ("pages", "k", pages)):
        write_shard(tmp_path, table, key, rows)
        path = shard_path(tmp_path, table, key)
        if damage == "missing":
            path.unlink()
        elif damage == "cut":
            path.write_bytes(path.read_bytes()[:-30])
        elif damage == "other columns":
            pq.write_table(rows.drop_columns([rows.column_names[-1]]), path)
        else:
            first = rows.column_names[0]
            pq.write_table(rows.set_column(0, first, pa.array([[1.5]])), path)
        with pytest.raises(StoreError) as caught:
            read_shard(tmp_path, table, key)
        assert str(caught.value).startswith(f"{path} is missing or damaged (")
        made_again = table == "clusters"
        remedy = "delete it and run 'mudawwana build'" if made_again else "restore it from a copy of the corpus"
        assert str(caught.value).endswith(f"; {remedy}")


def test_an_imported_layer_cannot_be_built_again(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="restore it from a copy of the corpus"):
        read_shard(tmp_path, "spans", "import-1")


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "head.json"
    atomic_write(path, b"old")

    def interrupt(source: object, target: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["head.json"]


@pytest.mark.parametrize("call", ["write_head(root, Head({'clusters': ('new',)}))",
                                  "write_shard(root, 'clusters', 'new', CLUSTERS.empty_table())"])  # fmt: skip
def test_a_process_killed_before_the_rename_leaves_the_old_state(call: str, tmp_path: Path) -> None:
    write_shard(tmp_path, "clusters", "old", clusters(("a", "1")))
    write_head(tmp_path, Head({"clusters": ("old",)}))
    script = (
        "import os, sys; from pathlib import Path\n"
        "from corpus.store import Head, write_head, write_shard\n"
        "from schemas.tables import CLUSTERS\n"
        "root = Path(sys.argv[1])\n"
        "os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        f"{call}\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)]).returncode == -9
    assert read_head(tmp_path) == Head({"clusters": ("old",)})
    assert not shard_path(tmp_path, "clusters", "new").exists()
    assert read_table(tmp_path, "clusters").num_rows == 1
    write_shard(tmp_path, "clusters", "new", clusters(("b", "2")))
    assert read_shard(tmp_path, "clusters", "new").num_rows == 1


def test_files_can_be_read_by_all(tmp_path: Path) -> None:
    write_shard(tmp_path, "clusters", "k", clusters(("a", "1")))
    assert oct(os.stat(shard_path(tmp_path, "clusters", "k")).st_mode & 0o777) == "0o644"


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(StoreError) as caught, locked(tmp_path):
            pass
        assert str(caught.value) == (
            f"another mudawwana process is writing to {tmp_path}; wait for it to finish"
        )
    with locked(tmp_path):
        pass

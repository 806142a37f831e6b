"""Ingest: whatever lies in a folder becomes pages or rejects; nothing is lost, nothing stops the run."""

from __future__ import annotations

import bz2
import datetime
import gzip
import io
import json
import lzma
import os
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import ingest
from corpus.ingest import FoundPage, Reject, SourceError, find_files, read_file, read_pages

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/ingest/records.toml").read_text("utf-8"))
ARABIC = "أعلنت وزارة الصحة عن لقاح جديد"


def read(tmp_path: Path, name: str, body: bytes | str) -> list[FoundPage | Reject]:
    file = tmp_path / name
    file.write_bytes(body if isinstance(body, bytes) else body.encode())
    return list(read_file(file, name))


def outcome(found: FoundPage | Reject) -> str:
    """A line for a case file: the record, or the reject."""
    if isinstance(found, FoundPage):
        return f"{found.path} {json.dumps(json.loads(found.body), ensure_ascii=False)}"
    return f"{found.origin} {found.reason}: {found.message}" + (f" | {found.payload}" if found.payload else "")


def names(root: Path, *sources: str | Path) -> list[str]:
    return [name for _, name in find_files(sources)]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["file"]])
def test_files_of_records(case: dict[str, str], tmp_path: Path) -> None:
    body = case["body"].encode(case.get("encoding", "utf-8"))
    found = [outcome(one) for one in read(tmp_path, case["name"], body)]
    assert found == case["found"].rstrip("\n").split("\n")


# Finding files


def test_a_folder_gives_its_files_by_path_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a/صفحة أولى.html", "a/with space.txt", ".hidden.txt", ".git/x.txt", "a/.b/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ARABIC)
    assert names(tmp_path, tmp_path) == ["a/with space.txt", "a/صفحة أولى.html", "b.txt"]


def test_a_glob_gives_paths_below_its_fixed_part(tmp_path: Path) -> None:
    for name in ("x/2025/a.txt", "x/2026/b.txt", "x/2026/deep/c.txt", "x/2026/d.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ARABIC)
    assert names(tmp_path, f"{tmp_path}/x/*/*.txt") == ["2025/a.txt", "2026/b.txt"]
    assert names(tmp_path, f"{tmp_path}/x/**/*.txt") == ["2025/a.txt", "2026/b.txt", "2026/deep/c.txt"]


def test_brackets_in_the_name_of_a_file_are_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "خبر [1].txt").write_text(ARABIC)
    assert names(tmp_path, tmp_path / "خبر [1].txt") == ["خبر [1].txt"]


def test_a_file_named_twice_comes_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARABIC)
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    assert names(tmp_path, tmp_path / "a.txt", tmp_path, f"{tmp_path}/*.txt") == ["a.txt"]


def test_links_that_lead_round_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(ARABIC)
    (tmp_path / "in/back").symlink_to(tmp_path)
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    assert names(tmp_path, tmp_path) == ["in/a.txt", "loop.txt"]
    assert [name.split("/")[-1] for name in names(tmp_path, f"{tmp_path}/**/*.txt")] == ["a.txt"]
    rejects = [one for one in read_pages([tmp_path]) if isinstance(one, Reject)]
    assert [(one.origin, one.reason) for one in rejects] == [("loop.txt", "unreadable-file")]


def test_a_link_to_nothing_is_a_reject(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    assert list(read_pages([tmp_path])) == [Reject("a.txt", "unreadable-file", "No such file or directory")]


def test_a_folder_that_cannot_be_listed_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(ARABIC)
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert [outcome(one) for one in read_pages([tmp_path]) if isinstance(one, Reject)] == [
        "closed unreadable-file: this folder cannot be listed; give yourself permission to read it"
    ]


def test_a_file_without_permission_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(ARABIC)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert list(read_pages([tmp_path])) == [Reject("a.txt", "unreadable-file", "Permission denied")]


def test_a_name_that_is_not_utf8_is_made_writable(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc7\xe1.txt")).write_text(ARABIC)
    (found,) = read_pages([tmp_path])
    assert isinstance(found, FoundPage)
    assert found.path == "\\xc7\\xe1.txt"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone.txt", "'{root}/gone.txt' does not exist, and as a pattern it matches no file"),
        ("*.txt", "'{root}/*.txt' does not exist, and as a pattern it matches no file"),
        ("empty", "'{root}/empty' holds no files (hidden ones do not count)"),
        ("pipe", "'{root}/pipe' is neither a file nor a folder"),
        ("أ" * 300, "'{root}/" + "أ" * 300 + "' cannot be looked at (File name too long)"),
    ],
)
def test_sources_that_name_nothing(source: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/.hidden.txt").write_text(ARABIC)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError) as caught:
        find_files([tmp_path / source])
    assert str(caught.value) == message.format(root=tmp_path)


# Pages


def test_pages_come_with_their_bytes_and_media_type(tmp_path: Path) -> None:
    (tmp_path / "a.TXT").write_bytes(b"\xc7\xe1")
    (tmp_path / "b.html").write_bytes(b"")
    (tmp_path / "c.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "d").write_bytes(b"x")
    known = ".txt .text .html .htm .xhtml .jsonl .ndjson .json .csv .tsv .parquet .zip .gz .bz2 .xz"
    assert list(read_pages([tmp_path])) == [
        FoundPage("a.TXT", b"\xc7\xe1", "text/plain"),
        FoundPage("b.html", b"", "text/html"),
        Reject("c.jpg", "unknown-file-type", f"'.jpg' is none of {known}; rename or convert it"),
        Reject("d", "unknown-file-type", f"'d' is none of {known}; rename or convert it"),
    ]


def test_a_reject_of_what_was_packed_names_the_file_that_is_there(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "one.warc.gz", gzip.compress(b"WARC/1.0"))
    line = outcome(found)
    assert line.startswith("one.warc unknown-file-type: ") and line.endswith(" (in one.warc.gz)")


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "MAX_FILE_BYTES", 10)
    assert [outcome(one) for one in read(tmp_path, "a.txt", b"x" * 11)] == [
        "a.txt file-too-large: larger than 10 bytes (unpacked); split it into several files"
    ]


# Compressed files

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": lambda body: gzip.compress(body, mtime=0),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


@pytest.mark.parametrize("suffix", COMPRESS)
def test_compressed_pages_are_pages(suffix: str, tmp_path: Path) -> None:
    body = ARABIC.encode() * 1000
    assert read(tmp_path, f"خبر.txt{suffix}", COMPRESS[suffix](body)) == [FoundPage("خبر.txt", body, "text/plain")]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_streams_one_after_the_other_are_one_file(suffix: str, tmp_path: Path) -> None:
    pack = COMPRESS[suffix]
    found = read(tmp_path, f"a.txt{suffix}", pack(b"one ") + pack(b"two") + b"\0" * 8)
    assert found == [FoundPage("a.txt", b"one two", "text/plain")]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_cut_off_page_is_a_reject(suffix: str, tmp_path: Path) -> None:
    body = COMPRESS[suffix](os.urandom(5000))
    assert [outcome(one) for one in read(tmp_path, f"a.txt{suffix}", body[:-20])] == [
        f"a.txt{suffix} damaged-archive: cut off: the {suffix} stream has no end; fetch the file again"
    ]


def test_of_cut_off_records_the_whole_ones_are_read(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": f"{nth} {os.urandom(40).hex()}"}) + "\n" for nth in range(400))
    found = read(tmp_path, "a.jsonl.gz", gzip.compress(lines.encode())[:-8000])
    pages = [one for one in found if isinstance(one, FoundPage)]
    assert 10 < len(pages) < 390
    assert [json.loads(page.body)["text"].split()[0] for page in pages] == [str(nth) for nth in range(len(pages))]
    assert outcome(found[-1]) == (
        f"a.jsonl.gz damaged-archive: cut off: the .gz stream has no end; its {len(pages)} complete lines were read, "
        "the rest is lost; fetch the file again"
    )


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("body", [b"", b"not compressed", b"\0\0\0"])
def test_what_is_not_compressed_is_a_reject(suffix: str, body: bytes, tmp_path: Path) -> None:
    (found,) = read(tmp_path, f"a.txt{suffix}", body)
    assert isinstance(found, Reject)
    assert found.reason == "damaged-archive"


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_bomb_is_not_unpacked(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "MAX_FILE_BYTES", 1 << 20)
    found = read(tmp_path, f"a.txt{suffix}", COMPRESS[suffix](bytes(40 << 20)))
    assert [outcome(one) for one in found] == [
        "a.txt file-too-large: larger than 1,048,576 bytes (unpacked); split it into several files"
    ]


def packed(members: Sequence[tuple[str, bytes]]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return sink.getvalue()


def test_members_of_a_zip_are_pages_below_it(tmp_path: Path) -> None:
    members = [
        ("b/صفحة.txt", b"2"), ("a.txt", b"1"), ("dir/", b""), (".hidden", b""), ("__MACOSX/._a.txt", b""),
        ("c.jsonl", b'{"text": "3"}'),
    ]  # fmt: skip
    found = read(tmp_path, "in.zip", packed(members))
    assert [one.path for one in found if isinstance(one, FoundPage)] == [
        "in.zip/a.txt", "in.zip/b/صفحة.txt", "in.zip/c.jsonl:1",
    ]  # fmt: skip
    assert len(found) == 3


def test_a_zip_that_does_not_mark_its_names_as_utf8(tmp_path: Path) -> None:
    marked = packed([("خبر.txt", b"1")])
    plain = marked.replace((0x800).to_bytes(2, "little"), b"\0\0")
    (found,) = read(tmp_path, "in.zip", plain)
    assert isinstance(found, FoundPage)
    assert found.path == "in.zip/خبر.txt"


def test_archives_in_archives_end(tmp_path: Path) -> None:
    inner = packed([("a.txt", b"1")])
    for level in range(2):
        inner = packed([(f"{level}.zip", inner)])
    assert [one.path for one in read(tmp_path, "x.zip", inner) if isinstance(one, FoundPage)] == [
        "x.zip/1.zip/0.zip/a.txt"
    ]
    (found,) = read(tmp_path, "x.zip", packed([("2.zip", inner)]))
    assert outcome(found) == (
        "x.zip/2.zip/1.zip/0.zip nested-archive: an archive inside 3 others; unpack it first"
    )


def test_damaged_zips_are_rejects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = packed([("a.txt", b"A" * 100), ("b.txt", os.urandom(300))])
    assert [outcome(one) for one in read(tmp_path, "a.zip", whole[:-40])] == [
        "a.zip damaged-archive: not a readable zip archive (File is not a zip file); fetch it again"
    ]
    flipped = bytearray(whole)
    flipped[whole.index(b"b.txt") + 50] ^= 0xFF
    good, bad = read(tmp_path, "a.zip", bytes(flipped))
    assert isinstance(good, FoundPage)
    assert outcome(bad) == (
        "a.zip/b.txt damaged-archive: cannot be unpacked (Bad CRC-32 for file 'b.txt'); fetch the archive again"
    )
    encrypted = bytearray(packed([("a.txt", b"1")]))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        encrypted[encrypted.index(mark) + at] |= 1
    assert [outcome(one) for one in read(tmp_path, "a.zip", bytes(encrypted))] == [
        "a.zip/a.txt encrypted-file: protected by a password; unpack the archive first"
    ]
    assert [outcome(one) for one in read(tmp_path, "a.zip", packed([]))] == [
        "a.zip no-records: the archive holds no files (hidden ones do not count)"
    ]
    monkeypatch.setattr(ingest, "MAX_FILE_BYTES", 5000)
    assert [outcome(one) for one in read(tmp_path, "a.zip", packed([("a.txt", bytes(9000))]))] == [
        "a.zip/a.txt file-too-large: larger than 5,000 bytes (unpacked); split it into several files"
    ]


# Records


def test_surrogates_and_nuls_of_a_record_stay(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "a.jsonl", rb'{"text": "\ud83d \u0000 \ud83d\ude0a"}')
    assert isinstance(found, FoundPage)
    assert json.loads(found.body) == {"text": "\ud83d \0 😊"}


def test_one_bad_byte_costs_one_line(tmp_path: Path) -> None:
    good = json.dumps({"text": ARABIC}, ensure_ascii=False).encode()
    found = read(tmp_path, "a.jsonl", b"\xef\xbb\xbf" + good + b"\n" + good[:12] + b"\xff" + good[13:] + b"\n" + good)
    assert [outcome(one).split(" ")[:2] for one in found] == [
        ["a.jsonl:1", '{"text":'],
        ["a.jsonl:2", "invalid-utf-8:"],
        ["a.jsonl:3", '{"text":'],
    ]
    assert outcome(found[1]).startswith("a.jsonl:2 invalid-utf-8: this line is UTF-8 but for byte 0x")


@pytest.mark.parametrize("depth", [45, 60, 900, 100_000])
def test_deep_nesting_is_a_reject(depth: int, tmp_path: Path) -> None:
    body = '{"text": "نص", "more": ' + "[" * depth + "]" * depth + "}"
    for name in ("a.jsonl", "a.json"):
        (found,) = read(tmp_path, name, body)
        if depth < 50:
            assert isinstance(found, FoundPage)
        else:
            assert isinstance(found, Reject)
            assert found.reason == "invalid-json"


def test_a_line_of_50_megabytes_takes_a_moment(tmp_path: Path) -> None:
    long = json.dumps({"text": ARABIC * 1_700_000}, ensure_ascii=False)
    assert len(long.encode()) > 50_000_000
    started = time.perf_counter()
    good, bad, last = read(tmp_path, "a.jsonl", f'{long}\n{long[:-3]}\n{{"text": "نص"}}')
    assert time.perf_counter() - started < 60
    assert isinstance(good, FoundPage)
    assert isinstance(bad, Reject)
    assert (bad.reason, len(bad.payload)) == ("invalid-json", 200)
    assert isinstance(last, FoundPage)


@given(st.lists(st.one_of(st.none(), st.text(max_size=20), st.binary(max_size=20)), max_size=8))
def test_every_line_comes_out_once(tmp_path_factory: pytest.TempPathFactory, lines: list[str | bytes | None]) -> None:
    """A good line, a line of any text, and a line of any bytes: each is a page or a reject with its number."""
    good = '{"text": "نص"}'
    raw = b"\n".join(
        good.encode() if line is None else line.encode("utf-8", "replace") if isinstance(line, str) else line
        for line in lines
    )
    raw = good.encode() + b"\n" + raw.replace(b"\0", b"")
    file = tmp_path_factory.mktemp("lines") / "a.jsonl"
    file.write_bytes(raw)
    found = list(read_file(file, "a.jsonl"))
    expected = [nth for nth, line in enumerate(raw.split(b"\n"), 1) if line.decode("utf-8", "replace").strip()]
    origins = [one.path if isinstance(one, FoundPage) else one.origin for one in found]
    if origins != ["a.jsonl"]:
        assert origins == [f"a.jsonl:{nth}" for nth in expected]
    else:
        assert isinstance(found[0], Reject)
        assert found[0].reason in ("binary-file", "unknown-encoding")


def test_a_table_with_a_huge_field(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "a.csv", f'text\n"{"نص " * 200_000}"\n')
    assert isinstance(found, FoundPage)


def parquet(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink)
    return bytes(sink.getvalue().to_pybytes())


def test_parquet_values_become_plain_ones(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": pa.array([["فقرة", "أخرى"], None], pa.list_(pa.string())),
            "raw": pa.array([ARABIC.encode(), b"\xff"], pa.binary()),
            "published": pa.array([datetime.datetime(2026, 1, 12, 9, 45), None], pa.timestamp("us")),
            "day": pa.array([datetime.date(2026, 1, 12), None], pa.date32()),
            "views": pa.array([7, None], pa.int64()),
            "author": pa.array([{"name": "سلمى"}, None], pa.struct([("name", pa.string())])),
        }
    )
    found = read(tmp_path, "a.parquet", parquet(table))
    assert [json.loads(page.body) for page in found if isinstance(page, FoundPage)] == [
        {
            "text": ["فقرة", "أخرى"], "raw": ARABIC, "published": "2026-01-12T09:45:00", "day": "2026-01-12",
            "views": 7, "author": {"name": "سلمى"},
        },
        {"text": None, "raw": "\\xff", "published": None, "day": None, "views": None, "author": None},
    ]  # fmt: skip


def test_damaged_parquet_is_a_reject(tmp_path: Path) -> None:
    whole = parquet(pa.table({"text": [ARABIC] * 10}))
    for body in (b"", b"PAR1", whole[:-10], whole[: len(whole) // 2], b"x" * 100):
        (found,) = read(tmp_path, "a.parquet", body)
        assert isinstance(found, Reject)
        assert found.reason == "damaged-parquet"
        assert found.message.startswith("not a readable Parquet file (")
    (found,) = read(tmp_path, "a.parquet", parquet(pa.table({"text": pa.array([], pa.string())})))
    assert outcome(found) == "a.parquet no-records: the file holds no records"


def test_text_of_a_parquet_file_that_is_not_utf8(tmp_path: Path) -> None:
    bad = pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())
    (found,) = read(tmp_path, "a.parquet", parquet(pa.table({"text": bad})))
    assert isinstance(found, Reject)
    assert found.reason == "damaged-parquet"


def test_pages_of_several_sources_come_in_one_order(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/b.txt").write_bytes(b"2")
    (tmp_path / "x/a.jsonl").write_text('{"text": "1"}\n\n{"text": "3"}\n')

    def paths(found: Iterator[FoundPage | Reject]) -> list[str]:
        return [one.path for one in found if isinstance(one, FoundPage)]

    forth = paths(read_pages([tmp_path / "x", tmp_path / "x/b.txt"]))
    back = paths(read_pages([tmp_path / "x/b.txt", tmp_path / "x"]))
    assert forth == back == ["a.jsonl:1", "a.jsonl:3", "b.txt"]

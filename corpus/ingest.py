"""Pages from wherever they lie: files, folders, globs, and records within files.

Every page found is one `FoundPage` with its bytes; everything that cannot be read is one `Reject`. Nothing is held
in memory beyond one file.
"""

from __future__ import annotations

import csv
import datetime
import glob
import io
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from lzma import LZMAError
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.archives import decompress, member_name
from corpus.encoding import DecodeError, decode

TEXT, HTML, RECORD = "text/plain", "text/html", "application/json"
PAGE_SUFFIXES: Mapping[str, str] = {".txt": TEXT, ".text": TEXT, ".html": HTML, ".htm": HTML, ".xhtml": HTML}
RECORD_SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
COMPRESSION_SUFFIXES = (".gz", ".bz2", ".xz")
MAX_FILE_BYTES = 2 << 30
MAX_ARCHIVES = 3
MAX_RECORD_DEPTH = 50
_PAYLOAD = 200
PAGE_PAYLOAD = "page_id "
"""What the payload of a reject begins with that concerns a stored page; the page's id follows."""


class SourceError(ValueError):
    """A source named on the command line that does not exist or holds nothing to read; nothing was read."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be used: where it came from, a stable kebab-case reason, and what to do."""

    origin: str
    reason: str
    message: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page's bytes and where they were: `path` below the source root, `:n` for the nth record of a file.

    In a file of JSON lines every line counts, so that `:n` is also the line's number.
    """

    path: str
    body: bytes
    media_type: str


def find_files(sources: Iterable[str | Path]) -> list[tuple[Path, str]]:
    """The files that `sources` (files, folders, globs) name, each with its path below the source root, sorted.

    Hidden files are passed over in folders, and links to folders are not followed. A file named twice comes once,
    under the name found first. What will not be readable (a folder without permission, a link to nothing) is among
    them. Bytes of a name that are not UTF-8 are written as \\xNN.

    Raises:
        SourceError: for a source that names nothing.
    """
    found: dict[Path, str] = {}
    for source in map(str, sources):
        try:
            files = _named_by(source)
        except OSError as error:
            raise SourceError(f"'{_shown(source)}' cannot be looked at ({error.strerror})") from error
        for file, name in files:
            found.setdefault(Path(os.path.realpath(file)), _shown(name.as_posix()))
    return sorted(found.items(), key=lambda item: (item[1], str(item[0])))


def _named_by(source: str) -> list[tuple[Path, Path]]:
    path = Path(source)
    if path.is_dir():
        files = [(file, file.relative_to(path)) for file in _walk(path)]
        if not files:
            raise SourceError(f"'{_shown(source)}' holds no files (hidden ones do not count)")
    elif path.exists():
        if not path.is_file():
            raise SourceError(f"'{_shown(source)}' is neither a file nor a folder")
        files = [(path, Path(path.name))]
    else:
        root = _glob_root(source)
        names = [Path(name) for name in sorted(glob.glob(source, recursive=True))]
        files = [(file, file.relative_to(root)) for file in names if file.is_file()]
        if not files:
            raise SourceError(f"'{_shown(source)}' does not exist, and as a pattern it matches no file")
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """The files below a folder, and the folders that cannot be listed."""
    closed: list[OSError] = []
    for at, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(at, name)
            if not name.startswith(".") and (file.is_file() or (file.is_symlink() and not file.exists())):
                yield file
    yield from (Path(error.filename) for error in closed)


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _glob_root(pattern: str) -> Path:
    """The folder that a glob's fixed part names."""
    fixed = Path()
    for part in Path(pattern).parts[:-1]:
        if any(char in part for char in "*?["):
            break
        fixed /= part
    return fixed


def read_pages(sources: Iterable[str | Path]) -> Iterator[FoundPage | Reject]:
    """The pages of `sources` in a fixed order, with a reject for each that cannot be read.

    Raises:
        SourceError: for a source that names nothing.
    """
    for file, name in find_files(sources):
        yield from read_file(file, name)


def read_file(file: Path, name: str) -> Iterator[FoundPage | Reject]:
    """The pages of one file, known as `name`."""
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            yield Reject(name, "unreadable-file", "this folder cannot be listed; give yourself permission to read it")
            return
        if status.st_size > MAX_FILE_BYTES:
            yield _too_large(name)
            return
        body = file.read_bytes()
    except OSError as error:
        yield Reject(name, "unreadable-file", f"{error.strerror or error}")
        return
    yield from _read_body(name, body)


def _too_large(name: str) -> Reject:
    limit = f"{MAX_FILE_BYTES >> 30} GiB" if MAX_FILE_BYTES >> 30 else f"{MAX_FILE_BYTES:,} bytes"
    return Reject(name, "file-too-large", f"larger than {limit} (unpacked); split it into several files")


def _read_body(name: str, body: bytes, archives: int = 0) -> Iterator[FoundPage | Reject]:
    """The pages of a file's content; `archives` says how many archives it was taken out of."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix == ".zip" or suffix in COMPRESSION_SUFFIXES:
        if archives == MAX_ARCHIVES:
            yield Reject(name, "nested-archive", f"an archive inside {MAX_ARCHIVES} others; unpack it first")
        elif suffix == ".zip":
            yield from _read_zip(name, body, archives + 1)
        else:
            yield from _read_compressed(name, path.stem, suffix, body, archives + 1)
    elif suffix in PAGE_SUFFIXES:
        yield FoundPage(name, body, PAGE_SUFFIXES[suffix])
    elif suffix in RECORD_SUFFIXES:
        nothing = True
        for found in _read_parquet(name, body) if suffix == ".parquet" else _read_records(name, suffix, body):
            nothing = False
            yield found
        if nothing:
            yield Reject(name, "no-records", "the file holds no records")
    else:
        known = " ".join((*PAGE_SUFFIXES, *RECORD_SUFFIXES, ".zip", *COMPRESSION_SUFFIXES))
        yield Reject(name, "unknown-file-type", f"'{suffix or path.name}' is none of {known}; rename or convert it")


def _read_zip(name: str, body: bytes, archives: int) -> Iterator[FoundPage | Reject]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        members = sorted((member_name(member), member) for member in archive.infolist() if not member.is_dir())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield Reject(name, "damaged-archive", f"not a readable zip archive ({error}); fetch it again")
        return
    members = [(path, member) for path, member in members if not _hidden(path)]
    if not members:
        yield Reject(name, "no-records", "the archive holds no files (hidden ones do not count)")
    for path, member in members:
        inner = f"{name}/{path}"
        if member.file_size > MAX_FILE_BYTES:
            yield _too_large(inner)
            continue
        if member.flag_bits & 1:
            yield Reject(inner, "encrypted-file", "protected by a password; unpack the archive first")
            continue
        try:
            content = archive.read(member)
        except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, RuntimeError, ValueError) as error:
            yield Reject(inner, "damaged-archive", f"cannot be unpacked ({error}); fetch the archive again")
            continue
        yield from _read_body(inner, content, archives)


def _hidden(path: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def _read_compressed(
    name: str, stem: str, suffix: str, body: bytes, archives: int
) -> Iterator[FoundPage | Reject]:
    content, problem = decompress(suffix, body, MAX_FILE_BYTES)
    inner = str(PurePosixPath(name).with_name(stem))
    if content is None:
        yield _too_large(inner)
        return
    if problem is None:
        for found in _read_body(inner, content, archives):
            if isinstance(found, Reject) and found.origin == inner:
                found = replace(found, message=f"{found.message} (in {name})")
            yield found
        return
    # Of a cut-off file of records the whole ones are good; a cut-off page is not a page.
    if PurePosixPath(stem).suffix.lower() in (".jsonl", ".ndjson") and b"\n" in content:
        yield from _read_body(inner, content[: content.rindex(b"\n") + 1], archives)
        message = f"{problem}; its {content.count(bytes([10]))} complete lines were read, the rest is lost"
    else:
        message = problem
    yield Reject(name, "damaged-archive", f"{message}; fetch the file again")


def _record(name: str, nth: int, record: object) -> FoundPage | Reject:
    origin = f"{name}:{nth}"
    if not isinstance(record, dict):
        shown = repr(record)[:_PAYLOAD]
        return Reject(origin, "not-a-record", f"expected an object with fields, found {type(record).__name__}", shown)
    if _too_deep(record):
        shown = ", ".join(map(str, record))[:_PAYLOAD]
        return Reject(origin, "invalid-json", f"nested more than {MAX_RECORD_DEPTH} deep", shown)
    # Lone surrogates that \\u escapes made stay what they are; `json.loads` reads them back from these bytes.
    body = json.dumps(record, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")
    return FoundPage(origin, body, RECORD)


def _too_deep(record: object) -> bool:
    """Whether a record is nested so deep that programs which read it again might give up."""
    level = [record]
    for _ in range(MAX_RECORD_DEPTH):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list | tuple)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def _plain(value: object) -> str:
    """A Parquet value that JSON does not have."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers; not held as a list, for a file can be all of the memory."""
    start, nth = 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        nth += 1
        line = text[start:end]
        if line.strip():
            yield nth, line
        start = end + 1


def _read_records(name: str, suffix: str, body: bytes) -> Iterator[FoundPage | Reject]:
    by_line = suffix in (".jsonl", ".ndjson")
    try:
        text = decode(body).text
    except DecodeError as error:
        if not by_line or error.reason != "invalid-utf-8":
            yield Reject(name, error.reason, str(error))
            return
        # Of JSON lines the others can still be read: the bad bytes become lone surrogates, which no file can hold.
        text = body.decode("utf-8", "surrogateescape").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    del body
    if by_line:
        for nth, line in _lines(text):
            yield _read_line(name, nth, line)
    elif suffix == ".json":
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield Reject(name, "invalid-json", f"not JSON ({error})", text[:_PAYLOAD])
            return
        for nth, record in enumerate(content if isinstance(content, list) else [content], 1):
            yield _record(name, nth, record)
    else:
        yield from _read_table(name, "\t" if suffix == ".tsv" else None, text)


_BAD_BYTE = re.compile("[\ud800-\udfff]")


def _read_line(name: str, nth: int, line: str) -> FoundPage | Reject:
    if bad := _BAD_BYTE.search(line):
        message = f"this line is UTF-8 but for byte 0x{ord(bad[0]) & 0xFF:02x} after {bad.start()} characters"
        return Reject(f"{name}:{nth}", "invalid-utf-8", message, _shown(line[:_PAYLOAD]))
    try:
        return _record(name, nth, json.loads(line))
    except (ValueError, RecursionError) as error:
        return Reject(f"{name}:{nth}", "invalid-json", f"this line is not JSON ({error})", line[:_PAYLOAD])


def _delimiter(text: str) -> str:
    """What separates the fields of a table: the commonest of the usual marks in its first line."""
    header = re.sub('"[^"]*"', "", text[: text.find("\n") if "\n" in text else len(text)])
    return max((",", ";", "\t", "|"), key=header.count)


def _read_table(name: str, delimiter: str | None, text: str) -> Iterator[FoundPage | Reject]:
    csv.field_size_limit(MAX_FILE_BYTES)
    lines = io.StringIO(text, newline="")
    reader = csv.DictReader(lines, delimiter=delimiter or _delimiter(text), strict=True)
    nth = 0
    while True:
        nth += 1
        try:
            if nth == 1 and reader.fieldnames:
                reader.fieldnames = [field.strip() for field in reader.fieldnames]
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            where = f"the row that begins on line {reader.line_num + 1}"
            message = f"{where}: {error}; is a quote missing or not doubled? The rest was not read"
            yield Reject(f"{name}:{nth}", "invalid-csv", message)
            return
        if None in row:
            message = f"more fields than the {len(reader.fieldnames or ())} of the header; is a quote missing?"
            yield Reject(f"{name}:{nth}", "invalid-csv", message, str(row)[:_PAYLOAD])
            continue
        yield _record(name, nth, {key: value for key, value in row.items() if value is not None})


def _read_parquet(name: str, body: bytes) -> Iterator[FoundPage | Reject]:
    nth = 0
    try:
        for batch in pq.ParquetFile(pa.BufferReader(body)).iter_batches(batch_size=256):
            for record in batch.to_pylist():
                nth += 1
                yield _record(name, nth, record)
    except (pa.ArrowException, OSError, ValueError) as error:
        rest = f"; the records after {nth} were not read" if nth else ""
        yield Reject(name, "damaged-parquet", f"not a readable Parquet file ({error})"[:300] + rest)

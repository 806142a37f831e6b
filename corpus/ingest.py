"""Pages from wherever they lie: files, folders, globs, and records within files.

Every page found is one `FoundPage` with its bytes; everything that cannot be read is one `Reject`. Nothing is held
in memory beyond one file.
"""

from __future__ import annotations

import bz2
import csv
import glob
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.encoding import DecodeError, decode

TEXT, HTML, RECORD = "text/plain", "text/html", "application/json"
PAGE_SUFFIXES: Mapping[str, str] = {".txt": TEXT, ".text": TEXT, ".html": HTML, ".htm": HTML, ".xhtml": HTML}
RECORD_SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
COMPRESSION_SUFFIXES = (".gz", ".bz2", ".xz")
MAX_FILE_BYTES = 2 << 30
_PAYLOAD = 200


class SourceError(ValueError):
    """A source named on the command line that does not exist; nothing was read."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be used: where it came from, a stable kebab-case reason, and what to do."""

    origin: str
    reason: str
    message: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page's bytes and where they were: `path` below the source root, `:n` for the nth record of a file."""

    path: str
    body: bytes
    media_type: str


def find_files(sources: Iterable[str | Path]) -> list[tuple[Path, str]]:
    """The files that `sources` (files, folders, globs) name, each with its path below the source root, sorted.

    Hidden files are passed over in folders.

    Raises:
        SourceError: for a source that names nothing.
    """
    found: dict[Path, str] = {}
    for source in map(str, sources):
        path = Path(source)
        if path.is_dir():
            files = [
                (file, file.relative_to(path))
                for file in sorted(path.rglob("*"))
                if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
            ]
            if not files:
                raise SourceError(f"'{source}' is an empty folder")
        elif path.exists():
            files = [(path, Path(path.name))]
        else:
            root = _glob_root(source)
            files = [(Path(file), Path(file).relative_to(root)) for file in sorted(glob.glob(source, recursive=True))]
            files = [(file, name) for file, name in files if file.is_file()]
            if not files:
                raise SourceError(f"'{source}' does not exist, and as a pattern it matches no file")
        for file, name in files:
            found.setdefault(file.resolve(), name.as_posix())
    return sorted(found.items(), key=lambda item: (item[1], str(item[0])))


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
        if file.stat().st_size > MAX_FILE_BYTES:
            yield Reject(name, "file-too-large", f"larger than {MAX_FILE_BYTES >> 30} GiB; split it into several files")
            return
        body = file.read_bytes()
    except OSError as error:
        yield Reject(name, "unreadable-file", f"{error.strerror or error}")
        return
    yield from _read_body(name, body)


def _read_body(name: str, body: bytes) -> Iterator[FoundPage | Reject]:
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        yield from _read_zip(name, body)
    elif suffix in COMPRESSION_SUFFIXES:
        yield from _read_compressed(name, path.stem, suffix, body)
    elif suffix in PAGE_SUFFIXES:
        yield FoundPage(name, body, PAGE_SUFFIXES[suffix])
    elif suffix == ".parquet":
        yield from _read_parquet(name, body)
    elif suffix in RECORD_SUFFIXES:
        yield from _read_records(name, suffix, body)
    else:
        known = " ".join((*PAGE_SUFFIXES, *RECORD_SUFFIXES, ".zip", *COMPRESSION_SUFFIXES))
        yield Reject(name, "unknown-file-type", f"'{suffix or path.name}' is none of {known}; rename or convert it")


def _read_zip(name: str, body: bytes) -> Iterator[FoundPage | Reject]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        members = sorted((member for member in archive.infolist() if not member.is_dir()), key=lambda m: m.filename)
    except (zipfile.BadZipFile, OSError) as error:
        yield Reject(name, "damaged-archive", f"not a readable zip archive ({error}); fetch it again")
        return
    for member in members:
        inner = f"{name}/{member.filename}"
        if member.file_size > MAX_FILE_BYTES:
            yield Reject(inner, "file-too-large", f"larger than {MAX_FILE_BYTES >> 30} GiB unpacked")
            continue
        try:
            content = archive.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            yield Reject(inner, "damaged-archive", f"cannot be unpacked ({error}); fetch the archive again")
            continue
        yield from _read_body(inner, content)


def _read_compressed(name: str, stem: str, suffix: str, body: bytes) -> Iterator[FoundPage | Reject]:
    content, problem = _decompress(suffix, body)
    inner = str(PurePosixPath(name).with_name(stem))
    if problem is None:
        yield from _read_body(inner, content)
        return
    # Of a cut-off file of records the whole ones are good; a cut-off page is not a page.
    if PurePosixPath(stem).suffix.lower() in (".jsonl", ".ndjson") and b"\n" in content:
        yield from _read_body(inner, content[: content.rindex(b"\n") + 1])
        message = f"{problem}; its {content.count(bytes([10]))} complete lines were read, the rest is lost"
    else:
        message = problem
    yield Reject(name, "damaged-archive", f"{message}; fetch the file again")


def _decompress(suffix: str, body: bytes) -> tuple[bytes, str | None]:
    """What can be unpacked of `body`, and what was wrong with the rest."""
    pieces: list[bytes] = []
    size = 0
    while body:
        unpacker = (
            zlib.decompressobj(wbits=31)
            if suffix == ".gz"
            else bz2.BZ2Decompressor()
            if suffix == ".bz2"
            else lzma.LZMADecompressor()
        )
        try:
            pieces.append(unpacker.decompress(body))
        except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
            return b"".join(pieces), f"not readable as {suffix} ({error})"
        size += len(pieces[-1])
        if size > MAX_FILE_BYTES:
            return b"", f"larger than {MAX_FILE_BYTES >> 30} GiB unpacked"
        if not unpacker.eof:
            return b"".join(pieces), f"cut off: the {suffix} stream has no end"
        body = unpacker.unused_data
    return b"".join(pieces), None


def _record(name: str, nth: int, record: object) -> FoundPage | Reject:
    origin = f"{name}:{nth}"
    if not isinstance(record, dict):
        shown = repr(record)[:_PAYLOAD]
        return Reject(origin, "not-a-record", f"expected an object with fields, found {type(record).__name__}", shown)
    return FoundPage(origin, json.dumps(record, default=str).encode(), RECORD)


def _read_records(name: str, suffix: str, body: bytes) -> Iterator[FoundPage | Reject]:
    try:
        text = decode(body).text
    except DecodeError as error:
        yield Reject(name, error.reason, str(error))
        return
    if suffix in (".jsonl", ".ndjson"):
        for nth, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                yield _record(name, nth, json.loads(line))
            except (ValueError, RecursionError) as error:
                yield Reject(f"{name}:{nth}", "invalid-json", f"this line is not JSON ({error})", line[:_PAYLOAD])
    elif suffix == ".json":
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield Reject(name, "invalid-json", f"not JSON ({error})", text[:_PAYLOAD])
            return
        for nth, record in enumerate(content if isinstance(content, list) else [content], 1):
            yield _record(name, nth, record)
    else:
        yield from _read_table(name, "\t" if suffix == ".tsv" else ",", text)


def _read_table(name: str, delimiter: str, text: str) -> Iterator[FoundPage | Reject]:
    csv.field_size_limit(MAX_FILE_BYTES)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="_extra", strict=True)
    nth = 0
    while True:
        nth += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(f"{name}:{nth}", "invalid-csv", f"line {reader.line_num}: {error}; the rest was not read")
            return
        if "_extra" in row:
            message = f"more fields than the {len(reader.fieldnames or ())} of the header; is a quote missing?"
            yield Reject(f"{name}:{nth}", "invalid-csv", message, str(row)[:_PAYLOAD])
            continue
        yield _record(name, nth, {key: value for key, value in row.items() if value is not None})


def _read_parquet(name: str, body: bytes) -> Iterator[FoundPage | Reject]:
    try:
        nth = 0
        for batch in pq.ParquetFile(pa.BufferReader(body)).iter_batches(batch_size=256):
            for record in batch.to_pylist():
                nth += 1
                yield _record(name, nth, record)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield Reject(name, "damaged-parquet", f"not a readable Parquet file ({error})"[:300])

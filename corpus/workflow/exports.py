"""Raw exports of the annotation server: kept as they came, under their sha256, never edited but to take texts down."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from annotation.labelstudio.submissions import iterate_tasks
from corpus.ids import doc_id
from corpus.retractions import Retractions, read_retractions


@dataclass(slots=True)
class ReceivedExport:
    """A raw export in a file of its own, `path`, to be kept under `name`."""

    path: Path
    name: str
    dropped: bool = False

    def drop(self) -> None:
        """Do not keep it: it says nothing that an earlier one does not."""
        self.dropped = True


@contextmanager
def received_export(root: Path, write: Callable[[Path], str]) -> Iterator[ReceivedExport]:
    """Receive a raw export and keep it as `exports/<sha256>.json`, also where reading it fails.

    `write` writes it to a file and gives its sha256. It is kept before anything that was read from it is written.
    Tasks of retracted documents, which a server may still have, are left out of it.
    """
    folder = root / "exports"
    folder.mkdir(exist_ok=True)
    for left in folder.glob(".tmp-*"):
        left.unlink()  # of an interrupted pull; the corpus is locked, so it is nobody's
    handle, name = tempfile.mkstemp(dir=folder, prefix=".tmp-", suffix=".json")
    os.close(handle)
    path = Path(name)
    try:
        export = _kept(path, write(path), read_retractions(root))
        try:
            yield export
        finally:
            if not export.dropped and not (folder / export.name).exists():
                path.chmod(0o444)
                path.replace(folder / export.name)
    finally:
        path.unlink(missing_ok=True)


def _kept(path: Path, sha256: str, retractions: Retractions) -> ReceivedExport:
    with suppress(ValueError):  # no export: who reads it says so
        if retractions.tombstones and (left := without_retracted(path, retractions)):
            left.path.replace(path)
            return ReceivedExport(path, left.name)
    return ReceivedExport(path, f"{sha256}.json")


def any_export(root: Path) -> bool:
    """Whether any is kept."""
    return any((root / "exports").glob("[0-9a-f]*.json"))


def purge_exports(root: Path, retractions: Retractions) -> tuple[Path, ...]:
    """Take the tasks of retracted documents out of all kept exports; the exports that cannot be read.

    An export that had any is written anew under its new sha256, before the old one goes.
    """
    folder = root / "exports"
    if not folder.is_dir() or not retractions.tombstones:
        return ()
    unread = []
    for left in folder.glob(".tmp-*"):
        left.unlink()
    for path in sorted(folder.glob("[0-9a-f]*.json")):
        try:
            new = without_retracted(path, retractions)
        except ValueError:
            unread.append(path)
            continue
        if new is not None:
            new.path.chmod(0o444)
            new.path.replace(folder / new.name)
            path.unlink()
    return tuple(unread)


def without_retracted(export: Path, retractions: Retractions) -> ReceivedExport | None:
    """A copy of an export without the tasks of retracted documents, in a temporary file beside it; None if it has none.

    Raises:
        ValueError: if it is not an export.
    """
    with export.open("rb") as file:
        if not any(_is_retracted(task, retractions) for task in iterate_tasks(file)):
            return None
    handle, name = tempfile.mkstemp(dir=export.parent, prefix=".tmp-", suffix=".json")
    path, state = Path(name), hashlib.sha256()
    try:
        with export.open("rb") as file, os.fdopen(handle, "wb") as target:
            for body in _encoded(task for task in iterate_tasks(file) if not _is_retracted(task, retractions)):
                state.update(body)
                target.write(body)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return ReceivedExport(path, f"{state.hexdigest()}.json")


def _encoded(tasks: Iterable[object]) -> Iterator[bytes]:
    yield b"["
    for nth, task in enumerate(tasks):
        yield (",\n" if nth else "").encode() + json.dumps(task).encode()
    yield b"]\n"


def _is_retracted(task: object, retractions: Retractions) -> bool:
    """By its text, or by the id that it was sent with."""
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        return False
    text, stated = data.get("text"), data.get("doc_id")
    known = [stated] if isinstance(stated, str) else []
    if isinstance(text, str):
        known.append(doc_id(text.encode("utf-8", "replace").decode()))
    return any(retractions.document(one) for one in known)

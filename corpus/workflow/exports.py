"""Raw exports of the annotation server: kept as they came, under their sha256, never edited."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


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
    """
    folder = root / "exports"
    folder.mkdir(exist_ok=True)
    for left in folder.glob(".tmp-*"):
        left.unlink()  # of an interrupted pull; the corpus is locked, so it is nobody's
    handle, name = tempfile.mkstemp(dir=folder, prefix=".tmp-", suffix=".json")
    os.close(handle)
    path = Path(name)
    try:
        export = ReceivedExport(path, f"{write(path)}.json")
        try:
            yield export
        finally:
            if not export.dropped and not (folder / export.name).exists():
                path.chmod(0o444)
                path.replace(folder / export.name)
    finally:
        path.unlink(missing_ok=True)


def any_export(root: Path) -> bool:
    """Whether any is kept."""
    return any((root / "exports").glob("[0-9a-f]*.json"))

"""Files of a corpus that only their owner may read: keys, and who is behind which pseudonym."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

FOLDER = "private"


def private_folder(root: Path, *parts: str) -> Path:
    """The folder `private/…` of the corpus in `root`, made if need be: for its owner alone, and kept out of git."""
    top = root / FOLDER
    top.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = top / ".gitignore"
    if not ignore.exists():
        private_write(ignore, b"*\n")
    folder = top.joinpath(*parts)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def private_write(path: Path, body: bytes) -> None:
    """Write `body` to `path`, readable by the owner alone; the file is at all times absent, old, or whole and new."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise

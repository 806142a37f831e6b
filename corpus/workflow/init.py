"""`mudawwana init`: an empty corpus."""

from __future__ import annotations

import re
from pathlib import Path

from corpus.config import FILE_NAME, TEMPLATE, ConfigError
from corpus.store import atomic_write


def init_corpus(folder: Path, name: str = "") -> Path:
    """Write `corpus.toml` into `folder` and return its path.

    Raises:
        ConfigError: if there is one already, or `name` cannot name a dataset.
    """
    path = folder / FILE_NAME
    if path.exists():
        raise ConfigError(f"{path} exists: {folder} is a corpus already")
    name = name or re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-.") or "corpus"
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise ConfigError(f"'{name}' cannot name a dataset; use letters, digits, '-', '_' and '.'")
    atomic_write(path, TEMPLATE.format(name=name).encode())
    return path

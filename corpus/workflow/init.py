"""`mudawwana init`: an empty corpus."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from corpus.config import FILE_NAME, TEMPLATE, ConfigError
from corpus.store import atomic_write

_LONGEST = 80  # code points; a dataset's name may have 96


def default_name(folder: str) -> str:
    """The name of the dataset in a folder of this name: what it can have of it, or "corpus"."""
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in folder)
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", digits).strip("-._")[:_LONGEST]
    if kept and (re.search("[A-Za-z]", kept) or not loses_letters(folder)):
        return kept
    return f"corpus-{kept}" if kept else "corpus"


def loses_letters(folder: str) -> bool:
    """Whether a folder's name has letters that a dataset name cannot have."""
    return any(char.isalpha() and not char.isascii() for char in folder)


def init_corpus(folder: Path, name: str = "") -> Path:
    """Write `corpus.toml` into `folder` and return its path.

    Raises:
        ConfigError: if there is one already, or `name` cannot name a dataset.
    """
    path = folder / FILE_NAME
    if path.exists():
        raise ConfigError(f"{path} exists: {folder} is a corpus already")
    name = name or default_name(folder.resolve().name)
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise ConfigError(f"'{name}' cannot name a dataset; use letters, digits, '-', '_' and '.'")
    atomic_write(path, TEMPLATE.format(name=name).encode())
    return path

"""`published.json` beside the corpus: which version lies where on a hub, and under which commit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from corpus.store import StoreError, atomic_write

FILE_NAME: Final = "published.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Published:
    """A version on a hub. Tags can be moved: the commit is what was published, `checksums` the sha256 of its
    SHA256SUMS."""

    version: str
    repository: str
    tag: str
    commit: str
    checksums: str


def read_published(root: Path) -> tuple[Published, ...]:
    """All publications of the corpus in `root`, in the order in which they were made.

    Raises:
        StoreError: if the file is damaged.
    """
    path = root / FILE_NAME
    if not path.exists():
        return ()
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ValueError(f"it has format {content['format']}, this mudawwana reads {FORMAT}")
        return tuple(Published(**one) for one in content["published"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path} cannot be read ({error}); restore it from a copy, or delete it: 'mudawwana publish' writes again "
            "what it finds on the hub"
        ) from error


def record_published(root: Path, one: Published) -> None:
    """Add a publication; one of the same version and repository is replaced."""
    others = [
        other
        for other in read_published(root)
        if (other.version, other.repository) != (one.version, one.repository)
    ]
    _write(root, [*others, one])


def _write(root: Path, published: Iterable[Published]) -> None:
    content = {"format": FORMAT, "published": [asdict(one) for one in published]}
    path = root / FILE_NAME
    body = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    if not path.exists() or path.read_bytes() != body:
        atomic_write(path, body)

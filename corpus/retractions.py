"""Pages and texts that were taken down: `retractions.json` beside the corpus, tombstones that name nothing.

A tombstone is a salted hash of a source or document, with a reason and a date. Who has the file can ask whether a page
that they know of was retracted, and learns of no other. (The salt is in the file, since every build has to ask.)
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from corpus.ids import digest
from corpus.store import StoreError, atomic_write

FILE_NAME: Final = "retractions.json"
FORMAT: Final = 1
RETRACTED: Final = "retracted"
SOURCE: Final = "source"
DOCUMENT: Final = "document"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What was retracted: `hash` of a source's or document's id (`kind`), the reason as given, the day (ISO 8601)."""

    hash: str
    kind: str
    reason: str
    date: str


@dataclass(frozen=True, slots=True)
class Retractions:
    """All tombstones of a corpus. A page is retracted as a whole: its articles (`#n`) go with it.

    `erased` is false from the first tombstone of a retraction until everything it names is erased.
    """

    salt: str = ""
    tombstones: tuple[Tombstone, ...] = ()
    erased: bool = True

    def source(self, source_id: str) -> Tombstone | None:
        """The tombstone of the source, or of the page that the article `source_id` is from."""
        return self._find(SOURCE, source_id.split("#")[0])

    def document(self, doc_id: str) -> Tombstone | None:
        """The tombstone of the document."""
        return self._find(DOCUMENT, doc_id)

    def adding(self, sources: Iterable[str], documents: Iterable[str], reason: str, date: str) -> Retractions:
        """These and tombstones for more; what has one already keeps it."""
        pages = dict.fromkeys(source.split("#")[0] for source in sources)
        salt = self.salt or secrets.token_hex(16)
        found = replace(self, salt=salt)
        new = [
            *(Tombstone(_hash(salt, SOURCE, page), SOURCE, reason, date) for page in pages if not found.source(page)),
            *(
                Tombstone(_hash(salt, DOCUMENT, doc), DOCUMENT, reason, date)
                for doc in dict.fromkeys(documents)
                if not found.document(doc)
            ),
        ]
        return replace(found, tombstones=(*self.tombstones, *new), erased=False) if new else self

    def _find(self, kind: str, id_: str) -> Tombstone | None:
        return _by_hash(self.tombstones).get(_hash(self.salt, kind, id_)) if self.tombstones else None


@lru_cache(maxsize=1)
def _by_hash(tombstones: tuple[Tombstone, ...]) -> Mapping[str, Tombstone]:
    return {one.hash: one for one in tombstones}


def _hash(salt: str, kind: str, id_: str) -> str:
    return digest(salt, kind, id_)


def read_retractions(root: Path) -> Retractions:
    """The retractions of the corpus in `root`; none where there is no file.

    Raises:
        StoreError: if the file is damaged. Nothing may be built or released without it.
    """
    path = root / FILE_NAME
    if not path.exists():
        return Retractions()
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ValueError(f"it has format {content['format']}, this mudawwana reads {FORMAT}")
        tombstones = tuple(Tombstone(**one) for one in content["retractions"])
        return Retractions(str(content["salt"]), tombstones, bool(content.get("erased", True)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path} cannot be read ({error}); restore it from a copy: without it, what was taken down would come back"
        ) from error


def write_retractions(root: Path, retractions: Retractions) -> None:
    """Make these the corpus's retractions."""
    content = {
        "format": FORMAT,
        "salt": retractions.salt,
        "erased": retractions.erased,
        "retractions": [asdict(one) for one in retractions.tombstones],
    }
    atomic_write(root / FILE_NAME, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())

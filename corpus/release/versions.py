"""Versions that follow from differences.

Croissant's rule: PATCH for other packaging of the same rows, MINOR where rows were only added, MAJOR where rows were
removed, changed or moved to another split.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

_VERSION: Final = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")


class ReleaseError(Exception):
    """No release was made; the message says why and what to do. Earlier releases are untouched."""


class VersionError(ReleaseError):
    """What was given as a version is none."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Three plain numbers; `datasets` takes nothing else."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse(cls, text: str) -> Version:
        """The version that `text` names.

        Raises:
            VersionError: if it is not three numbers with full stops between them.
        """
        found = _VERSION.fullmatch(text)
        if found is None:
            raise VersionError(f"{text!r} is not a version; write three numbers, such as 1.2.0")
        return cls(*(int(number) for number in found.groups()))

    def after(self, step: Step) -> Version:
        """The smallest version that a difference of this size may have."""
        if step is Step.MAJOR:
            return Version(self.major + 1, 0, 0)
        if step is Step.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


class Step(IntEnum):
    """How much two releases differ."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2


FIRST: Final = Version(1, 0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one config that differ between two releases, by their keys."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    moved: int = 0

    @property
    def step(self) -> Step:
        """What it demands of the version."""
        if self.removed or self.changed or self.moved:
            return Step.MAJOR
        return Step.MINOR if self.added else Step.PATCH

    def __str__(self) -> str:
        names = ("added", "removed", "changed", "moved")
        return ", ".join(f"{getattr(self, name)} {name}" for name in names if getattr(self, name)) or "no difference"


def compare(old: Mapping[str, Mapping[str, bytes]], new: Mapping[str, Mapping[str, bytes]]) -> Difference:
    """How a config changed, given a digest of each row of each split by its key. A row that moved may have changed
    too."""
    before = {key: (split, row) for split, rows in old.items() for key, row in rows.items()}
    after = {key: (split, row) for split, rows in new.items() for key, row in rows.items()}
    common = before.keys() & after.keys()
    return Difference(
        added=len(after) - len(common),
        removed=len(before) - len(common),
        changed=sum(before[key][1] != after[key][1] for key in common),
        moved=sum(before[key][0] != after[key][0] for key in common),
    )


def list_versions(releases: Path) -> list[Version]:
    """The versions in the folder `releases`, oldest first."""
    if not releases.is_dir():
        return []
    names = (path.name for path in releases.iterdir() if path.is_dir())
    return sorted(Version.parse(name) for name in names if _VERSION.fullmatch(name))

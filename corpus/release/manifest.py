"""`manifest.json` and `SHA256SUMS`: what a release holds, from what it was made, and how to check it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from corpus.release.figures import AuthorFigures

FULL: Final = "full"
STANDOFF: Final = "standoff"
MANIFEST: Final = "manifest.json"
CHECKSUMS: Final = "SHA256SUMS"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the release; `rows` of a Parquet file, None of any other."""

    sha256: str
    bytes: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class SplitEntry:
    """A split of a config; `content_sha256` as `corpus.release.digest` defines it."""

    rows: int
    content_sha256: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """A config; `content_sha256` is also in the card, as the config's description."""

    content_sha256: str
    splits: Mapping[str, SplitEntry]


@dataclass(frozen=True, slots=True)
class OntologyEntry:
    """The label inventory of the release; `digest` is that of what the ontology says, comments and layout apart."""

    inventory: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the corpus has and the release has not.

    `documents` counts documents by drop reason; `crossing_entities` are in `documents` and not in `sentences`;
    `torn_documents` are related to documents of another split, both published before that was known.
    """

    documents: Mapping[str, int]
    crossing_entities: int
    torn_documents: int


@dataclass(frozen=True, slots=True)
class AgreementFigure:
    """A row of the table `agreement`: how far annotators agree, or what became of the machine's suggestions."""

    task: str
    label: str
    measure: str
    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that `manifest.json` says. No time of writing: the same corpus gives the same bytes.

    `personal` and `masked` count personal data by kind, found in the texts and masked by the build; `replaces` names
    the versions that this one is issued in place of; `unanswered` are the required questions of the datasheet that
    have no answer; `edition` is "full", or "standoff" for one without texts, whose `standoff_of` are the content
    digests of the full one's configs.
    """

    name: str
    title: str
    version: str
    parent: str | None
    distribution: str
    licence: str
    text_licences: Mapping[str, int]
    published: tuple[str, str] | None
    splits: Mapping[str, float]
    ontology: OntologyEntry
    policy_versions: tuple[str, ...]
    ucd_versions: tuple[str, ...]
    tokeniser_version: str
    written_with: Mapping[str, str]
    layers: tuple[AuthorFigures, ...]
    left_out: LeftOut
    disputed: Mapping[str, int]
    personal: Mapping[str, int]
    masked: Mapping[str, int]
    agreement: tuple[AgreementFigure, ...]
    replaces: tuple[str, ...]
    unanswered: tuple[str, ...]
    edition: str
    standoff_of: Mapping[str, str]
    configs: Mapping[str, ConfigEntry]
    files: Mapping[str, FileEntry]


class ManifestError(ValueError):
    """`manifest.json` cannot be read; the message says where it is wrong."""


def render_manifest(manifest: Manifest) -> bytes:
    """The bytes of `manifest.json`."""
    return (json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release.

    Raises:
        ManifestError: if it is missing, damaged, or of another format.
    """
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_bytes())
        if content.pop("format") != FORMAT:
            raise ManifestError(f"{path} has a format that this mudawwana does not read; upgrade mudawwana")
        return Manifest(
            **content
            | {
                "published": tuple(content["published"]) if content["published"] else None,
                "ontology": OntologyEntry(**content["ontology"]),
                "policy_versions": tuple(content["policy_versions"]),
                "ucd_versions": tuple(content["ucd_versions"]),
                "layers": tuple(AuthorFigures(**layer) for layer in content["layers"]),
                "left_out": LeftOut(**content["left_out"]),
                "agreement": tuple(AgreementFigure(**figure) for figure in content["agreement"]),
                "replaces": tuple(content["replaces"]),
                "unanswered": tuple(content["unanswered"]),
                "configs": {name: _config(config) for name, config in content["configs"].items()},
                "files": {name: FileEntry(**file) for name, file in content["files"].items()},
            }
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ManifestError):
            raise
        raise ManifestError(
            f"{path} is missing or damaged ({error}); restore the release from a copy, or delete its folder"
        ) from error


def _config(content: Mapping[str, Mapping[str, Mapping[str, object]]]) -> ConfigEntry:
    splits = {
        name: SplitEntry(int(str(split["rows"])), str(split["content_sha256"]), _names(split["files"]))
        for name, split in content["splits"].items()
    }
    return ConfigEntry(str(content["content_sha256"]), splits)


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ManifestError(f"expected a list of file names, found {value!r}")
    return tuple(map(str, value))


def sha256_file(path: Path) -> str:
    """sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_entries(folder: Path, rows: Mapping[str, int]) -> dict[str, FileEntry]:
    """An entry for every file below `folder` in the order of names; `rows` counts those of the Parquet files."""
    return {
        name: FileEntry(sha256_file(folder / name), (folder / name).stat().st_size, rows.get(name))
        for name in list_files(folder)
    }


def list_files(folder: Path) -> list[str]:
    """The names of all files below `folder`, with `/` between folders, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def render_checksums(sums: Mapping[str, str]) -> bytes:
    """`SHA256SUMS` as `sha256sum --check` reads it, from the sha256 of each file by its name."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()


def parse_checksums(body: bytes) -> dict[str, str]:
    """What `SHA256SUMS` says of each file.

    Raises:
        ValueError: if a line is not a digest, two spaces and a name, or the whole not as `render_checksums` writes it.
    """
    sums: dict[str, str] = {}
    lines: Sequence[str] = body.decode().splitlines()
    for number, line in enumerate(lines, 1):
        digest, gap, name = line[:64], line[64:66], line[66:]
        if len(digest) != 64 or gap != "  " or not name or not set(digest) <= set("0123456789abcdef"):
            raise ValueError(f"line {number} is not a sha256, two spaces and a file name")
        sums[name] = digest
    if render_checksums(sums) != body:
        raise ValueError("the lines are not sorted by name with one line feed after each")
    return sums

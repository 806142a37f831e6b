"""`releases/versions.json`: every version that was ever given out, also those whose folder is gone.

The file repeats what the folders' manifests say and is written anew from them if it is lost; what only it knows is
which versions were withdrawn. A number once used is never given to other rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from corpus.release.manifest import Manifest, ManifestError, read_manifest
from corpus.release.verify_rows import Finding
from corpus.release.versions import ReleaseError, Version, list_versions
from corpus.store import atomic_write

REGISTRY: Final = "versions.json"
FORMAT: Final = 1
RELEASED: Final = "released"
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class Registered:
    """A version: `content` is the content digest of each config, `counts` are rows by config and split.

    Both are empty for a withdrawn version that is known only because a later one names it. `replaced_by` is the
    version that was issued in place of a withdrawn one.
    """

    version: str
    parent: str | None
    state: str
    content: Mapping[str, str]
    counts: Mapping[str, Mapping[str, int]]
    replaced_by: str | None = None


def read_registry(releases: Path) -> tuple[Registered, ...]:
    """All versions, oldest first: what the file says, and the folders that it does not name yet.

    Raises:
        ReleaseError: if the file is damaged.
    """
    listed = _parse(releases / REGISTRY) if (releases / REGISTRY).exists() else ()
    known = {one.version: one for one in listed}
    for version in list_versions(releases):
        if str(version) not in known or not known[str(version)].content:
            known |= _of_folder(releases / str(version), known)
    return tuple(sorted(known.values(), key=_by_version))


def record_versions(releases: Path) -> tuple[Registered, ...]:
    """Write the registry as it is to be, if the file says anything else, and return it.

    A release gets its folder first and its line here second, so an interrupted one is added by the next command.
    """
    found = read_registry(releases)
    _write(releases, found)
    return found


def withdraw_version(releases: Path, version: str, *, replaced_by: str | None) -> None:
    """Mark a version as withdrawn; its folder is the caller's to remove.

    Raises:
        ReleaseError: if there is no such version.
    """
    found = read_registry(releases)
    if all(one.version != version for one in found):
        raise ReleaseError(
            f"there is no version {version} to withdraw; there are: {', '.join(one.version for one in found) or 'none'}"
        )
    _write(
        releases,
        tuple(
            replace(one, state=WITHDRAWN, replaced_by=replaced_by) if one.version == version else one for one in found
        ),
    )


def check_registry(releases: Path) -> list[Finding]:
    """`registry`: the file is whole, and the versions that it calls released stand as it says."""
    try:
        found = _parse(releases / REGISTRY) if (releases / REGISTRY).exists() else ()
    except ReleaseError as error:
        return [Finding("registry", str(error), REGISTRY)]
    findings = []
    for one in found:
        folder = releases / one.version
        if one.state == RELEASED and not folder.is_dir():
            message = f"names version {one.version}, whose folder is gone; restore {folder} from a copy"
            findings.append(Finding("registry", message, REGISTRY))
        elif one.state == RELEASED:
            try:
                stands = _registered(read_manifest(folder))
            except ManifestError:
                continue  # which the checks of that release find
            if stands != one:
                message = f"does not say of {one.version} what its manifest says; delete it, it is written anew"
                findings.append(Finding("registry", message, REGISTRY))
    return findings


def _by_version(one: Registered) -> Version:
    return Version.parse(one.version)


def _of_folder(folder: Path, known: Mapping[str, Registered]) -> dict[str, Registered]:
    """The entry of a release's folder, and of the version it came after where nothing else is known of that."""
    try:
        manifest = read_manifest(folder)
    except ManifestError as error:
        raise ReleaseError(f"the versions cannot be listed: {error}") from error
    found = {folder.name: _registered(manifest)}
    parent = manifest.parent
    if parent is not None and parent not in known and not (folder.parent / parent).is_dir():
        found[parent] = Registered(parent, None, WITHDRAWN, {}, {})
    return found


def _registered(manifest: Manifest) -> Registered:
    return Registered(
        manifest.version,
        manifest.parent,
        RELEASED,
        {name: config.content_sha256 for name, config in manifest.configs.items()},
        {
            name: {split: entry.rows for split, entry in config.splits.items()}
            for name, config in manifest.configs.items()
        },
    )


def _write(releases: Path, versions: Iterable[Registered]) -> None:
    body = _render(versions)
    path = releases / REGISTRY
    if not path.exists() or path.read_bytes() != body:
        atomic_write(path, body)


def _render(versions: Iterable[Registered]) -> bytes:
    """The bytes of the file; the digest in it is that of the same bytes with an empty digest."""
    content = {"format": FORMAT, "sha256": "", "versions": [asdict(one) for one in versions]}
    digest = hashlib.sha256(_encode(content)).hexdigest()
    return _encode({**content, "sha256": digest})


def _encode(content: Mapping[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _parse(path: Path) -> tuple[Registered, ...]:
    body = path.read_bytes()
    try:
        content = json.loads(body)
        if content["format"] != FORMAT:
            raise ReleaseError(f"{path} has format {content['format']}; upgrade mudawwana, which reads {FORMAT}")
        versions = tuple(Registered(**one) for one in content["versions"])
        for one in versions:
            Version.parse(one.version)
        if _render(versions) != body:
            raise ValueError("it is not what its sha256 says")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseError(
            f"{path} is damaged ({error}); restore it from a copy, or delete it: it is written anew from the folders "
            "(of withdrawn versions only those that a later one came after are known then)"
        ) from error
    return versions

"""Whether a release is what it says: its files, its rows, and what `datasets` makes of them.

Three levels, each run only if the one before found nothing: files against their checksums and the manifest, rows
against their schemas, texts and labels (`corpus.release.verify_rows`), and a reload with `datasets` in a fresh cache.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from corpus.release.card import content_description
from corpus.release.digest import config_digest, content_digest
from corpus.release.features import Labels, class_names
from corpus.release.load import fresh_cache, load_config, whole, with_names
from corpus.release.manifest import (
    CHECKSUMS,
    MANIFEST,
    STANDOFF,
    Manifest,
    ManifestError,
    list_files,
    parse_checksums,
    read_manifest,
    sha256_file,
)
from corpus.release.parquet import read_files
from corpus.release.standoff import check_standoff
from corpus.release.verify_rows import ROW_CHECKS, Finding
from schemas.ontology import OntologyError, load_ontology
from schemas.tables import RELEASE_CONFIGS

__all__ = ["Finding", "verify_release"]

SHOWN = 5  # findings of one check in one place; more are counted

_Tables = Mapping[str, Mapping[str, pa.Table]]


@dataclass(frozen=True, slots=True)
class _Release:
    """A release whose files are sound."""

    path: Path
    manifest: Manifest
    labels: Labels


def verify_release(path: Path) -> list[Finding]:
    """Everything that is wrong with the release in the folder `path`; an empty list means that nothing is."""
    if not path.is_dir():
        return [Finding("release-missing", "there is no such folder; 'mudawwana release' makes releases", str(path))]
    findings = list(check_files(path))
    if findings:
        return _shorten(findings)
    try:
        manifest = read_manifest(path)
        if manifest.edition == STANDOFF:
            return _shorten(check_standoff(path))
        ontology = load_ontology(path / "ontology.toml")
        labels = Labels(ontology.inventory(manifest.ontology.inventory).codes, ontology.topic_codes)
    except ManifestError as error:
        return [Finding("manifest", str(error), MANIFEST)]
    except (OntologyError, LookupError) as error:
        return [Finding("ontology", str(error), "ontology.toml")]
    if ontology.digest != manifest.ontology.digest:
        message = f"says something else than the one that {MANIFEST} names ({manifest.ontology.digest})"
        return [Finding("ontology", message, "ontology.toml")]
    release = _Release(path, manifest, labels)
    tables: dict[str, dict[str, pa.Table]] = {}
    findings = list(_read(release, tables))
    if not findings:
        findings = list(chain.from_iterable(check(tables, labels) for check in ROW_CHECKS.values()))
    if not findings:
        findings = list(check_reload(release, tables))
    return _shorten(findings)


def check_files(path: Path) -> Iterator[Finding]:
    """Files that are missing, too many, or not the bytes that were released."""
    names = list_files(path) if (path / CHECKSUMS).is_file() else ()  # without it there is nothing to compare
    yield from compare_digests(path, {name: sha256_file(path / name) for name in names if name != CHECKSUMS})


def compare_digests(path: Path, actual: Mapping[str, str]) -> Iterator[Finding]:
    """The same, given the sha256 of each file that is there but `SHA256SUMS`."""
    try:
        sums = parse_checksums((path / CHECKSUMS).read_bytes())
    except (OSError, ValueError) as error:
        yield Finding("checksums", f"cannot be read: {error}; restore it from a copy of the release", CHECKSUMS)
        return
    try:
        listed = {name: entry.sha256 for name, entry in read_manifest(path).files.items()}
    except ManifestError:
        listed = {}
    for name in sorted(sums.keys() - actual.keys()):
        if listed and name not in listed and name != MANIFEST:
            yield Finding("checksums", f"names {name}, which the manifest does not know; restore it", CHECKSUMS)
        else:
            yield Finding("file-missing", "is listed and not there; restore it from a copy of the release", name)
    for name in sorted(actual.keys() - sums.keys()):
        if name in listed or name == MANIFEST:
            yield Finding("checksums", f"does not name {name}; restore it from a copy of the release", CHECKSUMS)
        else:
            yield Finding("file-unlisted", f"is not in {CHECKSUMS}; remove it from the release's folder", name)
    for name in sorted(actual.keys() & sums.keys()):
        if actual[name] == sums[name]:
            continue
        if name == MANIFEST:  # which no other file speaks for
            message = f"{MANIFEST} is not what {CHECKSUMS} says, so one of them changed; restore both from a copy"
            yield Finding("file-changed", message, MANIFEST)
            yield Finding("checksums", message, CHECKSUMS)
        elif listed.get(name) == actual[name]:
            yield Finding("checksums", f"gives a wrong sha256 for {name}; restore it from a copy", CHECKSUMS)
        else:
            yield Finding("file-changed", f"differs from its sha256 in {CHECKSUMS}; restore it from a copy", name)


def _read(release: _Release, tables: dict[str, dict[str, pa.Table]]) -> Iterator[Finding]:
    """Read all tables into `tables`, comparing them with the manifest."""
    manifest = release.manifest
    sizes = {name: (release.path / name).stat().st_size for name in list_files(release.path)}
    for name in sorted((sizes.keys() - {CHECKSUMS, MANIFEST}) ^ manifest.files.keys()):
        yield Finding("manifest-files", "the manifest and the folder do not agree that this file is there", name)
    for name in sorted(manifest.files.keys() & sizes.keys()):
        file = manifest.files[name]
        if file.bytes != sizes[name] or file.sha256 != sha256_file(release.path / name):
            yield Finding("manifest-files", "size or sha256 differ from the manifest's", name)
    card = (release.path / "README.md").read_text(encoding="utf-8")
    for config, described in manifest.configs.items():
        if f"description: {content_description(described.content_sha256)}\n" not in card:
            yield Finding("card-digest", f"the card has not the manifest's digest of {config}", "README.md")
    if manifest.configs.keys() != RELEASE_CONFIGS.keys():
        yield Finding("manifest-configs", f"has the configs {sorted(manifest.configs)}", MANIFEST)
        return
    for config, schema in RELEASE_CONFIGS.items():
        tables[config] = {}
        splits = manifest.configs[config].splits
        for split, entry in splits.items():
            where = f"data/{config}/{split}"
            try:
                rows = read_files(release.path, entry.files)
            except (OSError, pa.ArrowException) as error:
                yield Finding("file-unreadable", f"cannot be read: {error}", where)
                continue
            if not rows.schema.equals(schema):
                yield Finding("schema", "columns are not those of schemas.tables", where)
                continue
            tables[config][split] = rows
            counts = [manifest.files[name].rows for name in entry.files if name in manifest.files]
            if rows.num_rows != entry.rows or sum(count or 0 for count in counts) != entry.rows:
                yield Finding("row-count", f"{rows.num_rows} rows, but the manifest says {entry.rows}", where)
            elif content_digest(rows) != entry.content_sha256:
                yield Finding("content-digest", "the rows are not those of the manifest's digest", where)
        if manifest.configs[config].content_sha256 != config_digest(
            {split: entry.content_sha256 for split, entry in splits.items()}
        ):
            yield Finding("content-digest", "the config's digest does not follow from those of its splits", config)


def check_reload(release: _Release, tables: _Tables) -> Iterator[Finding]:
    """Load every config as users do and compare version, names of classes, and every row."""
    with fresh_cache() as cache:
        for config in RELEASE_CONFIGS:
            try:
                loaded = load_config(release.path, config, cache)
            except Exception as error:  # whatever datasets raises, from whichever of its libraries, is the finding
                yield Finding("reload", f"load_dataset fails: {type(error).__name__}: {error}", config)
                continue
            if loaded.keys() != tables[config].keys():
                yield Finding("reload-splits", f"load_dataset gives the splits {sorted(loaded)}", config)
                continue
            for split, part in loaded.items():
                where = f"{config}/{split}"
                if str(part.info.version) != release.manifest.version:
                    yield Finding("reload-version", f"loads as version {part.info.version}", where)
                yield from _compare_loaded(part, tables[config][split], class_names(config, release.labels), where)


def _compare_loaded(part: object, rows: pa.Table, names: Mapping[str, Iterable[str]], where: str) -> Iterator[Finding]:
    import datasets

    assert isinstance(part, datasets.Dataset)
    features = part.features  # a copy every time that it is asked for
    for column, expected in names.items():
        feature: object = features
        for step in column.split("."):
            while isinstance(feature, datasets.List):
                feature = feature.feature
            feature = feature[step] if isinstance(feature, dict) else None
        while isinstance(feature, datasets.List):
            feature = feature.feature
        given = list(feature.names) if isinstance(feature, datasets.ClassLabel) else []
        if given != list(expected):
            yield Finding("reload-classes", f"column {column} has the classes {given}", where)
            return
    loaded = part.data.table
    if loaded.column_names != rows.column_names or loaded.num_rows != rows.num_rows:
        yield Finding("reload-rows", f"{loaded.num_rows} rows of {loaded.column_names}", where)
        return
    for name in rows.column_names:
        array = with_names(whole(loaded[name]), features[name])
        if not array.equals(whole(rows[name]).cast(array.type)):
            yield Finding("reload-rows", f"column {name} is not what the files hold", where)


def _shorten(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those of one check in one place beyond the first few, which are counted."""
    kept: list[Finding] = []
    counts: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        key = (finding.check, finding.where)
        counts[key] += 1
        if counts[key] <= SHOWN:
            kept.append(finding)
    more = [
        Finding(check, f"and {count - SHOWN} more", where) for (check, where), count in counts.items() if count > SHOWN
    ]
    return kept + more

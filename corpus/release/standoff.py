"""The stand-off edition of a release: annotations without texts, and how texts are put back.

Where licences do not allow passing texts on, ranges can still be: `releases/1.2.0-standoff/` has the rows of release
1.2.0 without what quotes the texts (text, title, tokens, surfaces), and with the sha256 and length of each text.
Whoever has the pages builds a corpus from them and attaches it: a text with the same hash gets its rows back, exactly
as they were in the full release, whose content digests the edition's manifest repeats.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import yaml

from corpus.config import AboutConfig
from corpus.release.card import LOCAL, OPEN, content_description, environment
from corpus.release.digest import config_digest, content_digest
from corpus.release.features import Labels, declare_columns
from corpus.release.licences import hub_licence
from corpus.release.manifest import (
    CHECKSUMS,
    MANIFEST,
    STANDOFF,
    ConfigEntry,
    Manifest,
    ManifestError,
    SplitEntry,
    file_entries,
    list_files,
    read_manifest,
    render_checksums,
    render_manifest,
    sha256_file,
)
from corpus.release.parquet import read_files, write_split
from corpus.release.rows import KEYS
from corpus.release.verify_rows import Finding
from corpus.release.versions import ReleaseError
from corpus.release.withdraw import STANDOFF_SUFFIX
from schemas.tables import RELEASE_CONFIGS, STANDOFF_CONFIGS

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attached:
    """What attaching gave: documents that got their text back, those that did not, and whether all rows are, digest
    for digest, those of the full release."""

    path: Path
    documents: int
    missing: int
    complete: bool


def write_standoff(release: Path, about: AboutConfig) -> Path:
    """Write the stand-off edition beside the release in the folder `release`; an existing one is left as it is.

    The same release gives the same bytes.

    Raises:
        ReleaseError: if the release cannot be read.
    """
    target = release.with_name(release.name + STANDOFF_SUFFIX)
    if target.is_dir():
        return target
    manifest = _manifest(release)
    folder = Path(tempfile.mkdtemp(prefix=".partial-", dir=release.parent))
    folder.chmod(0o755)
    try:
        _write(folder, release, manifest, about)
        for one in check_standoff(folder):
            raise ReleaseError(f"the stand-off edition has a fault: {one.check}: {one.where}: {one.message}")
        os.rename(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def attach(edition: Path, texts: Mapping[str, str], target: Path) -> Attached:
    """Put texts back into a stand-off edition and write its three configs as Parquet files below `target`.

    Args:
        edition: the folder of the edition.
        texts: texts by doc_id, such as those of a corpus built from the same pages.
        target: a new folder.

    Raises:
        ReleaseError: if `edition` is none, or `target` exists.
    """
    manifest = _manifest(edition)
    if manifest.edition != STANDOFF:
        raise ReleaseError(f"{edition} has its texts; only a stand-off edition needs them attached")
    if target.exists():
        raise ReleaseError(f"{target} exists; name a new folder")
    found: dict[str, str] = {}
    total = 0
    documents: dict[str, list[_Row]] = {}
    for split, entry in manifest.configs["documents"].splits.items():
        documents[split] = read_files(edition, entry.files).to_pylist()
        total += len(documents[split])
        for row in documents[split]:
            text = texts.get(row["doc_id"])
            if text is not None and _sha256(text) == row["text_sha256"]:
                found[row["doc_id"]] = text
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".partial-", dir=target.parent))
    try:
        digests = {}
        for config, declared in manifest.configs.items():
            parts = {}
            for split, entry in declared.splits.items():
                rows = read_files(edition, entry.files).to_pylist()
                whole = [_FILL[config](row, found[row["doc_id"]]) for row in rows if row["doc_id"] in found]
                table = pa.Table.from_pylist(whole, RELEASE_CONFIGS[config])
                write_split(folder, config, split, table)
                parts[split] = content_digest(table)
            digests[config] = config_digest(parts)
        folder.chmod(0o755)
        os.rename(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Attached(target, len(found), total - len(found), digests == dict(manifest.standoff_of))


def check_standoff(path: Path) -> list[Finding]:
    """What is wrong with the rows of a stand-off edition whose files are sound; an empty list means nothing is."""
    findings: list[Finding] = []
    try:
        manifest = read_manifest(path)
    except ManifestError as error:
        return [Finding("manifest", str(error), MANIFEST)]
    lengths: dict[str, int] = {}
    for config, schema in STANDOFF_CONFIGS.items():
        for split, entry in manifest.configs[config].splits.items():
            where = f"{config}/{split}"
            try:
                rows = read_files(path, entry.files)
            except (OSError, pa.ArrowException) as error:
                findings.append(Finding("file-unreadable", f"cannot be read: {error}", where))
                continue
            if not rows.schema.equals(schema):
                findings.append(Finding("schema", "columns are not those of schemas.tables", where))
                continue
            if rows.num_rows != entry.rows:
                findings.append(Finding("row-count", f"{rows.num_rows} rows, the manifest says {entry.rows}", where))
            if content_digest(rows) != entry.content_sha256:
                findings.append(Finding("content-digest", "the rows are not those of the manifest's digest", where))
            if config == "documents":
                lengths |= dict(zip(rows["doc_id"].to_pylist(), rows["characters"].to_pylist(), strict=True))
            findings += _beyond(rows, config, lengths, where)
    return findings


def _beyond(rows: pa.Table, config: str, lengths: Mapping[str, int], where: str) -> list[Finding]:
    """Ranges that reach beyond their text: `span-range`."""
    found = []
    for row in rows.to_pylist():
        length = lengths.get(row["doc_id"], 0)
        if config == "sentences":
            ranges = [(row["start"], row["end"])]
            ranges += [(row["start"] + one["start"], row["start"] + one["end"]) for one in row["entities"]]
        elif config == "documents":
            ranges = [(one["start"], one["end"]) for one in (*row["sentences"], *row["entities"])]
        else:
            ranges = [(row["start"], row["end"])] if row["start"] is not None else []
        found += [
            Finding("span-range", f"{row[KEYS[config]]}: {start}-{end} is no range of {length} code points", where)
            for start, end in ranges
            if not 0 <= start < end <= length
        ]
    return found


def _manifest(folder: Path) -> Manifest:
    try:
        return read_manifest(folder)
    except ManifestError as error:
        raise ReleaseError(str(error)) from error


def _write(folder: Path, release: Path, manifest: Manifest, about: AboutConfig) -> None:
    rows_of_files: dict[str, int] = {}
    configs: dict[str, ConfigEntry] = {}
    for config, schema in STANDOFF_CONFIGS.items():
        entries: dict[str, SplitEntry] = {}
        for split, entry in manifest.configs[config].splits.items():
            rows = [_CUT[config](row) for row in read_files(release, entry.files).to_pylist()]
            table = pa.Table.from_pylist(rows, schema)
            written = write_split(folder, config, split, table)
            rows_of_files |= written
            entries[split] = SplitEntry(table.num_rows, content_digest(table), tuple(written))
        content = config_digest({split: entry.content_sha256 for split, entry in entries.items()})
        configs[config] = ConfigEntry(content, entries)
    licence = hub_licence(about.licence)
    cut = replace(
        manifest,
        edition=STANDOFF,
        distribution=OPEN if licence else LOCAL,
        licence=about.licence or "not for distribution",
        standoff_of={config: entry.content_sha256 for config, entry in manifest.configs.items()},
        configs=configs,
    )
    (folder / "README.md").write_bytes(_card(cut, licence, release).encode())
    for name in ("DATASHEET.md", "ontology.toml"):
        shutil.copyfile(release / name, folder / name)
    words = about.licence or "none: they may not be passed on"
    (folder / "LICENSE").write_bytes(
        f"{manifest.title} {manifest.version}, stand-off edition\n\nLicence of the annotations: {words}\n\nThe texts "
        "are not part of this edition.\n".encode()
    )
    cut = replace(cut, files=file_entries(folder, rows_of_files))
    (folder / MANIFEST).write_bytes(render_manifest(cut))
    sums = {name: sha256_file(folder / name) for name in list_files(folder)}
    (folder / CHECKSUMS).write_bytes(render_checksums(sums))


def _card(manifest: Manifest, licence: str | None, release: Path) -> str:
    from schemas.ontology import load_ontology

    ontology = load_ontology(release / "ontology.toml")
    labels = Labels(ontology.inventory(manifest.ontology.inventory).codes, ontology.topic_codes)
    header: dict[str, Any] = {
        "pretty_name": f"{manifest.title} (stand-off)",
        "language": ["ar"],
        "license": licence or "other",
        **({} if licence else {"license_name": "not-for-distribution", "license_link": "LICENSE"}),
        "task_categories": ["token-classification", "text-classification"],
        "tags": ["arabic", "news", "nested-entities", "stand-off"],
        "configs": [
            {
                "config_name": config,
                **({"default": True} if config == "sentences" else {}),
                "version": manifest.version,
                "description": content_description(manifest.configs[config].content_sha256),
                "data_files": [
                    {"split": split, "path": f"data/{config}/{split}-*.parquet"}
                    for split in manifest.configs[config].splits
                ],
            }
            for config in sorted(STANDOFF_CONFIGS, key=lambda config: config != "sentences")
        ],
        "dataset_info": [
            {"config_name": config, "features": declare_columns(schema, config, labels)}
            for config, schema in STANDOFF_CONFIGS.items()
        ],
    }
    written = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{written}---\n" + environment().get_template("STANDOFF.md.j2").render(manifest=manifest)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _without_surface(spans: list[_Row]) -> list[_Row]:
    return [{name: value for name, value in span.items() if name != "surface"} for span in spans]


def _cut_document(row: _Row) -> _Row:
    text = row["text"]
    return {
        **{name: value for name, value in row.items() if name not in ("text", "title")},
        "text_sha256": _sha256(text),
        "characters": len(text),
        "titled": row["title"] is not None,
        "entities": _without_surface(row["entities"]),
    }


def _cut_sentence(row: _Row) -> _Row:
    kept = {name: value for name, value in row.items() if name not in ("text", "tokens")}
    return {**kept, "end": row["start"] + len(row["text"]), "entities": _without_surface(row["entities"])}


def _cut_annotation(row: _Row) -> _Row:
    return {name: value for name, value in row.items() if name != "surface"}


def _fill_document(row: _Row, text: str) -> _Row:
    return {
        **row,
        "text": text,
        "title": text.split("\n", 1)[0] if row["titled"] else None,
        "entities": [{**one, "surface": text[one["start"] : one["end"]]} for one in row["entities"]],
    }


def _fill_sentence(row: _Row, text: str) -> _Row:
    words = text[row["start"] : row["end"]]
    return {
        **row,
        "text": words,
        "tokens": [words[start:end] for start, end in zip(row["token_starts"], row["token_ends"], strict=True)],
        "entities": [{**one, "surface": words[one["start"] : one["end"]]} for one in row["entities"]],
    }


def _fill_annotation(row: _Row, text: str) -> _Row:
    return {**row, "surface": None if row["start"] is None else text[row["start"] : row["end"]]}


_CUT: Final[Mapping[str, Callable[[_Row], _Row]]] = {
    "documents": _cut_document,
    "sentences": _cut_sentence,
    "annotations": _cut_annotation,
}
_FILL: Final[Mapping[str, Callable[[_Row, str], _Row]]] = {
    "documents": _fill_document,
    "sentences": _fill_sentence,
    "annotations": _fill_annotation,
}

"""Writing a release's folder: data, card, datasheet, licence, ontology, manifest, checksums. No clock is read here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import pyarrow as pa
import tomlkit

from corpus.config import CorpusConfig
from corpus.release.card import LOCAL, OPEN, Described, environment, render_card
from corpus.release.changelog import CHANGELOG
from corpus.release.citation import CITATION, render_citation
from corpus.release.croissant import CROISSANT, render_croissant
from corpus.release.datasheet import render_datasheet, unanswered_questions
from corpus.release.digest import config_digest
from corpus.release.features import Labels
from corpus.release.figures import UNKNOWN, count_rows
from corpus.release.leakage import measure_leakage
from corpus.release.licences import may_distribute
from corpus.release.manifest import (
    CHECKSUMS,
    FULL,
    MANIFEST,
    AgreementFigure,
    ConfigEntry,
    FileEntry,
    LeftOut,
    Manifest,
    OntologyEntry,
    SplitEntry,
    file_entries,
    list_files,
    render_checksums,
    render_manifest,
    sha256_file,
)
from corpus.release.parquet import write_split
from corpus.release.plots import draw_pictures, drawn_with
from corpus.release.privacy import count_personal
from corpus.release.statement import data_statement
from corpus.release.versions import Version
from corpus.segment.tokens import VERSION as TOKENISER_VERSION
from schemas.keys import INHERITED_TABLES


@dataclass(frozen=True, slots=True)
class Inventory:
    """The labels of the release and where they come from; `path` is the ontology's file, None for the packaged one."""

    name: str
    version: str
    digest: str
    entities: tuple[str, ...]
    topics: tuple[str, ...]
    path: Path | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Versions that the texts were made with; several where shards are of different age."""

    policy_versions: tuple[str, ...]
    ucd_versions: tuple[str, ...]
    masked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a release holds, whatever its version: its tables by config and split, and the counts beside them."""

    tables: Mapping[str, Mapping[str, pa.Table]]
    inventory: Inventory
    provenance: Provenance
    dropped: Mapping[str, int]
    crossing: int
    torn: int
    disputed: Mapping[str, int]
    agreement: tuple[AgreementFigure, ...] = ()
    replaces: tuple[str, ...] = ()


def write_release(
    folder: Path,
    config: CorpusConfig,
    contents: Contents,
    digests: Mapping[str, Mapping[str, str]],
    version: Version,
    parent: Version | None,
    changelog: str,
) -> dict[str, dict[str, int]]:
    """Write all files into the empty `folder` and return the rows by config and split.

    `changelog` is the text of its CHANGELOG.md. The same arguments and pyarrow give the same bytes.
    """
    rows_of_files: dict[str, int] = {}
    configs: dict[str, ConfigEntry] = {}
    for name, splits in contents.tables.items():
        entries: dict[str, SplitEntry] = {}
        for split, rows in splits.items():
            written = write_split(folder, name, split, rows)
            rows_of_files |= written
            entries[split] = SplitEntry(rows.num_rows, digests[name][split], tuple(written))
        content = config_digest({split: entry.content_sha256 for split, entry in entries.items()})
        configs[name] = ConfigEntry(content, entries)
    described = _describe(config, contents, configs, version, parent)
    for picture in described.pictures:
        (folder / picture.name).parent.mkdir(exist_ok=True)
        (folder / picture.name).write_bytes(picture.body)
    _write_text(folder / CHANGELOG, changelog)
    _write_text(folder / "README.md", render_card(described, data_statement(described)))
    _write_text(folder / CITATION, render_citation(described))
    _write_text(folder / CROISSANT, render_croissant(described, file_entries(folder, rows_of_files)))
    _write_text(folder / "DATASHEET.md", render_datasheet(described, config.datasheet))
    _write_text(folder / "LICENSE", environment().get_template("LICENSE.j2").render(release=described))
    (folder / "ontology.toml").write_bytes(_ontology_bytes(contents.inventory))
    manifest = _manifest(config, described, configs, file_entries(folder, rows_of_files))
    (folder / MANIFEST).write_bytes(render_manifest(manifest))
    sums = {name: sha256_file(folder / name) for name in list_files(folder)}
    (folder / CHECKSUMS).write_bytes(render_checksums(sums))
    return {name: {split: rows.num_rows for split, rows in splits.items()} for name, splits in contents.tables.items()}


def _describe(
    config: CorpusConfig,
    contents: Contents,
    configs: Mapping[str, ConfigEntry],
    version: Version,
    parent: Version | None,
) -> Described:
    figures = count_rows(contents.tables)
    licences = (None if name == UNKNOWN else name for name in figures.licences)
    inventory = contents.inventory
    return Described(
        about=config.corpus,
        version=str(version),
        parent=str(parent) if parent else None,
        labels=Labels(inventory.entities, inventory.topics),
        inventory=inventory.name,
        ontology_version=inventory.version,
        ontology_digest=inventory.digest,
        figures=figures,
        left_out=LeftOut(contents.dropped, contents.crossing, contents.torn),
        disputed=contents.disputed,
        digests={name: entry.content_sha256 for name, entry in configs.items()},
        distribution=OPEN if may_distribute(licences) else LOCAL,
        policy_versions=contents.provenance.policy_versions,
        ucd_versions=contents.provenance.ucd_versions,
        tokeniser_version=TOKENISER_VERSION,
        personal=count_personal(contents.tables["documents"], contents.provenance.masked),
        leakage=measure_leakage(contents.tables["documents"]),
        agreement=contents.agreement,
        pictures=draw_pictures(figures, contents.tables),
        replaces=contents.replaces,
        told=config.datasheet,
    )


def _manifest(
    config: CorpusConfig, described: Described, configs: Mapping[str, ConfigEntry], files: Mapping[str, FileEntry]
) -> Manifest:
    return Manifest(
        name=config.corpus.name,
        title=described.title,
        version=described.version,
        parent=described.parent,
        distribution=described.distribution,
        licence=described.licence_name,
        text_licences=described.figures.licences,
        published=described.figures.published,
        splits=dict(config.release.splits),
        ontology=OntologyEntry(described.inventory, described.ontology_version, described.ontology_digest),
        policy_versions=described.policy_versions,
        ucd_versions=described.ucd_versions,
        tokeniser_version=described.tokeniser_version,
        written_with={"pyarrow": pa.__version__, **drawn_with()},
        layers=described.figures.authors,
        left_out=described.left_out,
        disputed=described.disputed,
        personal=described.personal.mentions,
        masked=described.personal.masked,
        agreement=described.agreement,
        replaces=described.replaces,
        unanswered=tuple(
            question.id for question in unanswered_questions(config.corpus, config.datasheet) if question.required
        ),
        edition=FULL,
        standoff_of={},
        configs=configs,
        files=files,
    )


def _ontology_bytes(inventory: Inventory) -> bytes:
    """The ontology's file; with the tables that it takes from the packaged one, which a later version may change."""
    packaged = resources.files("schemas").joinpath("ontology.toml").read_bytes()
    if inventory.path is None:
        return packaged
    own = inventory.path.read_bytes()
    left_out = [name for name in INHERITED_TABLES if name not in tomllib.loads(own.decode("utf-8-sig"))]
    if not left_out:
        return own
    document, base = tomlkit.parse(own.decode("utf-8-sig")), tomlkit.parse(packaged.decode())
    for name in left_out:
        document.append(name, base[name])
    return tomlkit.dumps(document).encode()


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())

"""Making a release: rows, splits, version, files, checks, and only then the folder under its name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpus.config import CorpusConfig
from corpus.release.assign import assign
from corpus.release.changelog import entry, first_entry, read_entries, render_changelog
from corpus.release.datasheet import questions, statements, unknown_questions
from corpus.release.diff import Diff, compare_releases
from corpus.release.digest import content_digest
from corpus.release.figures import SplitTables
from corpus.release.history import Earlier, read_config, read_earlier
from corpus.release.manifest import CHECKSUMS, AgreementFigure, read_manifest
from corpus.release.privacy import count_masked
from corpus.release.registry import REGISTRY, RELEASED, read_registry, record_versions
from corpus.release.rows import ReleaseRows, build_rows, of_documents, release_documents
from corpus.release.source import CorpusTables, read_corpus
from corpus.release.splits import BRIDGES_SPLITS, SplitPlan
from corpus.release.verify import verify_release
from corpus.release.versions import FIRST, ReleaseError, Step, Version, list_versions
from corpus.release.withdraw import check_retracted, holding_versions, withdraw_versions
from corpus.release.write import Contents, Inventory, Provenance, write_release
from corpus.retractions import read_retractions
from corpus.store import locked
from schemas.ontology import load_ontology

Report = Callable[[str], None]
_PARTIAL = ".partial-"


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """What `release` did. `counts` are rows by config and split; without `created`, of the release that stands.

    `changelog` is the new entry of the dataset's changelog.
    """

    version: str
    path: Path
    counts: Mapping[str, Mapping[str, int]]
    created: bool
    reason: str
    withdrawn: tuple[str, ...] = ()
    changelog: str = ""


def release(root: Path, config: CorpusConfig, version: str | None = None, *, report: Report) -> ReleaseSummary:
    """Release the corpus in `root` as `releases/<version>/`, or say why there is nothing to release.

    The version follows from the difference to the newest release; `version` may only ask for a greater one.

    Raises:
        ReleaseError: if there are no documents, the version cannot be had, or the release does not stand its checks.
        StoreError: if the corpus is damaged or another process is releasing.
        OntologyError, LookupError: if the label inventory cannot be read.
    """
    asked = Version.parse(version) if version is not None else None
    releases = root / "releases"
    if asked is not None and (releases / str(asked)).exists():
        raise ReleaseError(f"release {asked} exists and is never changed; leave the version out, or ask for a new one")
    if unknown := unknown_questions(config.datasheet):
        raise ReleaseError(
            f"[datasheet] in corpus.toml answers {', '.join(unknown)}, which is no question of the datasheet; "
            f"the questions are: {', '.join(question.id for question in (*questions(), *statements()))}"
        )
    inventory = _read_inventory(root, config)
    tables = read_corpus(root)
    releases.mkdir(exist_ok=True)
    with locked(releases):
        _remove_partial(releases)
        _check_standing(releases, asked)
        retractions = read_retractions(root)
        earlier = read_earlier(releases, retractions)
        contents = _contents(tables, config, inventory, earlier)
        held = holding_versions(releases, retractions)
        check_retracted(contents.tables["documents"].values(), retractions)
        contents = replace(contents, replaces=held)
        report(f"{sum(table.num_rows for table in contents.tables['documents'].values()):,} documents to release")
        digests = _digest(contents)
        made = _publish(releases, config, contents, digests, asked, report)
        record_versions(releases)
        withdraw_versions(releases, held, retractions, made.version)
        return replace(made, withdrawn=held)


def next_release(root: Path, config: CorpusConfig) -> SplitTables:
    """What `release` would release now: its tables by config and split.

    Raises:
        ReleaseError, StoreError, OntologyError, LookupError: as `release` does.
    """
    earlier = read_earlier(root / "releases", read_retractions(root))
    return _contents(read_corpus(root), config, _read_inventory(root, config), earlier).tables


def _check_standing(releases: Path, asked: Version | None) -> None:
    """All versions but withdrawn ones are there, and the one that is asked for never was."""
    for one in read_registry(releases):
        if one.state == RELEASED and not (releases / one.version).is_dir():
            raise ReleaseError(
                f"the folder of release {one.version} is gone, and without it documents could change their split; "
                f"restore {releases / one.version} from a copy; or, if nobody ever used it, delete "
                f"{releases / REGISTRY}, which is written anew from the folders that are there"
            )
        if asked is not None and one.version == str(asked):
            raise ReleaseError(f"version {asked} was withdrawn, and its number is not used again; leave it out")


def _publish(
    releases: Path,
    config: CorpusConfig,
    contents: Contents,
    digests: Mapping[str, Mapping[str, str]],
    asked: Version | None,
    report: Report,
) -> ReleaseSummary:
    versions = list_versions(releases)
    newest = versions[-1] if versions else None
    taken = {one.version for one in read_registry(releases)}
    diff = None
    demanded = FIRST
    if newest is not None:
        diff = _difference(releases / str(newest), contents, digests)
        if diff.step is Step.PATCH and _same_bytes(releases / str(newest), config, contents, digests):
            reason = f"nothing to release: all is as in {newest}"
            return ReleaseSummary(str(newest), releases / str(newest), _counts(contents), False, reason)
        demanded = newest.after(diff.step)
        if asked is not None and asked < demanded:
            raise ReleaseError(
                f"version {asked} is too small: compared with {newest} there is {diff.reason}, which makes this at "
                f"least {demanded}; leave the version out, or ask for {demanded} or a greater one"
            )
    while str(demanded) in taken:  # by a version that was withdrawn
        demanded = demanded.after(diff.step if diff else Step.MAJOR)
    chosen = asked or demanded
    if diff is None or newest is None:
        latest, older = first_entry(str(chosen), _counts(contents)), ""
    else:
        latest = entry(replace(diff, new=str(chosen)), contents.replaces)
        older = read_entries(releases / str(newest))
    changelog = render_changelog(config.corpus.title or config.corpus.name, latest, older)
    with _partial_folder(releases) as folder:
        counts = write_release(folder, config, contents, digests, chosen, newest, changelog)
        report(f"checking {chosen}: files, rows, and every config with load_dataset")
        findings = verify_release(folder)
        if findings:
            shown = "\n".join(f"  {finding.check}: {finding.where}: {finding.message}" for finding in findings[:20])
            raise ReleaseError(
                f"version {chosen} was not released, since its checks find faults; correct the annotations or "
                f"documents that they name and release again:\n{shown}"
            )
        path = releases / str(chosen)
        os.rename(folder, path)
    reason = diff.reason if diff else "the first release"
    return ReleaseSummary(str(chosen), path, counts, True, reason, changelog=latest)


def _counts(contents: Contents) -> dict[str, dict[str, int]]:
    return {name: {split: rows.num_rows for split, rows in part.items()} for name, part in contents.tables.items()}


def _read_inventory(root: Path, config: CorpusConfig) -> Inventory:
    settings = config.annotation
    path = root / settings.ontology if settings.ontology else None
    ontology = load_ontology(path)
    chosen = ontology.inventory(settings.inventory)
    return Inventory(chosen.name, ontology.version, ontology.digest, chosen.codes, ontology.topic_codes, path)


def _contents(tables: CorpusTables, config: CorpusConfig, inventory: Inventory, earlier: Earlier) -> Contents:
    """What is to be released, whatever its version."""
    clusters = {
        row["doc_id"]: (row["cluster_id"], row["story_id"])
        for row in tables.clusters.select(["doc_id", "cluster_id", "story_id"]).to_pylist()
    }
    documents = release_documents(tables, clusters)
    if not documents.num_rows:
        raise ReleaseError(
            "the corpus has no documents to release; 'mudawwana build SOURCES' makes them, 'mudawwana status' says "
            "what became of those that it has"
        )
    documents, plan = assign(documents, tables, earlier, config.release.splits)
    rows = build_rows(tables, documents, inventory.entities)
    return Contents(
        tables=_by_split(rows, plan, config),
        inventory=inventory,
        provenance=_provenance(tables, documents),
        dropped=_dropped(tables, plan),
        crossing=rows.crossing,
        torn=len(plan.torn),
        disputed=rows.disputed,
        agreement=tuple(AgreementFigure(**row) for row in tables.agreement.to_pylist()),
    )


def _by_split(rows: ReleaseRows, plan: SplitPlan, config: CorpusConfig) -> dict[str, dict[str, pa.Table]]:
    """The tables by config and split; splits in the order of the settings, only those that have documents."""
    members: dict[str, list[str]] = {}
    for doc, split in plan.splits.items():
        members.setdefault(split, []).append(doc)
    order = [*config.release.splits, *sorted(members.keys() - config.release.splits.keys())]
    return {
        name: {split: of_documents(table, pa.array(members[split], pa.string())) for split in order if split in members}
        for name, table in rows.tables.items()
    }


def _provenance(tables: CorpusTables, documents: pa.Table) -> Provenance:
    released = tables.sightings.filter(
        pc.is_in(tables.sightings["doc_id"], value_set=documents["doc_id"].combine_chunks())
    )
    return Provenance(
        tuple(sorted(released["policy_version"].unique().to_pylist())),
        tuple(sorted(released["ucd_version"].unique().to_pylist())),
        count_masked(released),
    )


def _dropped(tables: CorpusTables, plan: SplitPlan) -> dict[str, int]:
    """Documents of the corpus that are not in the release, by reason."""
    counts = Counter(tables.documents["drop_reason"].drop_null().to_pylist())
    if plan.held_out:
        counts[BRIDGES_SPLITS] += len(plan.held_out)
    return dict(sorted(counts.items()))


def _digest(contents: Contents) -> dict[str, dict[str, str]]:
    return {
        name: {split: content_digest(rows) for split, rows in splits.items()}
        for name, splits in contents.tables.items()
    }


def _difference(newest: Path, contents: Contents, digests: Mapping[str, Mapping[str, str]]) -> Diff:
    """How the rows differ from those of the newest release; configs whose digests are the same need no reading."""
    manifest = read_manifest(newest)
    before = {
        name: contents.tables[name]
        if splits == {split: part.content_sha256 for split, part in manifest.configs[name].splits.items()}
        else read_config(newest, manifest, name)
        for name, splits in digests.items()
    }
    return compare_releases(newest.name, before, "", contents.tables)


def _same_bytes(
    newest: Path,
    config: CorpusConfig,
    contents: Contents,
    digests: Mapping[str, Mapping[str, str]],
) -> bool:
    """Whether writing the newest release anew would give the very same files."""
    manifest = read_manifest(newest)
    parent = Version.parse(manifest.parent) if manifest.parent else None
    contents = replace(contents, replaces=manifest.replaces)
    entries = read_entries(newest)
    changelog = render_changelog(config.corpus.title or config.corpus.name, entries, "")
    with _partial_folder(newest.parent) as folder:
        write_release(folder, config, contents, digests, Version.parse(manifest.version), parent, changelog)
        return (folder / CHECKSUMS).read_bytes() == (newest / CHECKSUMS).read_bytes()


@contextmanager
def _partial_folder(releases: Path) -> Iterator[Path]:
    """A folder for a release in the making, gone afterwards unless it was renamed."""
    folder = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=releases))
    folder.chmod(0o755)
    try:
        yield folder
    except OSError as error:
        error.filename = error.filename or str(releases)  # a failed write doesn't say where
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_partial(releases: Path) -> None:
    """Remove what an interrupted release left."""
    for folder in releases.glob(f"{_PARTIAL}*"):
        shutil.rmtree(folder, ignore_errors=True)

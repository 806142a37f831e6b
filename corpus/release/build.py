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
from corpus.release.datasheet import questions, statements, unknown_questions
from corpus.release.digest import content_digest, row_digests
from corpus.release.history import Earlier, read_config, read_earlier
from corpus.release.manifest import CHECKSUMS, AgreementFigure, read_manifest
from corpus.release.privacy import count_masked
from corpus.release.rows import KEYS, ReleaseRows, build_rows, of_documents, release_documents
from corpus.release.source import CorpusTables, read_corpus
from corpus.release.splits import BRIDGES_SPLITS, Member, SplitPlan, plan_splits
from corpus.release.verify import verify_release
from corpus.release.versions import FIRST, Difference, ReleaseError, Step, Version, compare, list_versions
from corpus.release.withdraw import check_retracted, holding_versions, withdraw_versions
from corpus.release.write import Contents, Inventory, Provenance, write_release
from corpus.retractions import read_retractions
from corpus.store import locked
from schemas.ontology import load_ontology

Report = Callable[[str], None]
_PARTIAL = ".partial-"


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """What `release` did. `counts` are rows by config and split; without `created`, of the release that stands."""

    version: str
    path: Path
    counts: Mapping[str, Mapping[str, int]]
    created: bool
    reason: str
    withdrawn: tuple[str, ...] = ()


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
        earlier = read_earlier(releases)
        contents = _contents(tables, config, inventory, earlier)
        retractions = read_retractions(root)
        held = holding_versions(releases, retractions)
        check_retracted(contents.tables["documents"].values(), retractions)
        contents = replace(contents, replaces=held)
        report(f"{sum(table.num_rows for table in contents.tables['documents'].values()):,} documents to release")
        digests = _digest(contents)
        made = _publish(releases, config, contents, digests, asked, report)
        withdraw_versions(releases, held, retractions, made.version)
        return replace(made, withdrawn=held)


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
    reason = "the first release"
    demanded = FIRST
    if newest is not None:
        step, reason = _difference(releases / str(newest), contents, digests)
        if step is Step.PATCH and _same_bytes(releases / str(newest), config, contents, digests):
            counts = {name: {split: rows.num_rows for split, rows in part.items()}
                      for name, part in contents.tables.items()}
            return ReleaseSummary(
                str(newest), releases / str(newest), counts, False, f"nothing to release: all is as in {newest}"
            )
        demanded = newest.after(step)
        if asked is not None and asked < demanded:
            raise ReleaseError(
                f"version {asked} is too small: compared with {newest} there is {reason}, which makes this at least "
                f"{demanded}; leave the version out, or ask for {demanded} or a greater one"
            )
    chosen = asked or demanded
    with _partial_folder(releases) as folder:
        counts = write_release(folder, config, contents, digests, chosen, newest)
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
    return ReleaseSummary(str(chosen), path, counts, True, reason)


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
    sources: dict[str, list[str]] = {}
    for doc, source in zip(*(tables.sightings[name].to_pylist() for name in ("doc_id", "source_id")), strict=True):
        sources.setdefault(doc, []).append(source)
    members = [
        Member(doc, cluster, story, earlier.splits_of(doc, sources[doc]))
        for doc, cluster, story in zip(
            *(documents[name].to_pylist() for name in ("doc_id", "cluster_id", "story_id")), strict=True
        )
    ]
    plan = plan_splits(members, config.release.splits)
    documents = _keep_related(_without(documents, plan), plan, earlier, sources)
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


def _without(documents: pa.Table, plan: SplitPlan) -> pa.Table:
    held_out = pa.array(sorted(plan.held_out), pa.string())
    return documents.filter(pc.invert(pc.is_in(documents["doc_id"], value_set=held_out)))


def _keep_related(
    documents: pa.Table, plan: SplitPlan, earlier: Earlier, sources: Mapping[str, list[str]]
) -> pa.Table:
    """Give documents that turned out to be related across splits the clusters and stories they were published with."""
    before = {doc: earlier.place_of(doc, sources[doc]) for doc in plan.torn}
    for name in ("cluster_id", "story_id"):
        now = zip(documents["doc_id"].to_pylist(), documents[name].to_pylist(), strict=True)
        values = [getattr(before[doc], name) if before.get(doc) else value for doc, value in now]
        documents = documents.set_column(documents.column_names.index(name), name, pa.array(values, pa.string()))
    return documents


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


def _difference(
    newest: Path, contents: Contents, digests: Mapping[str, Mapping[str, str]]
) -> tuple[Step, str]:
    """How the rows differ from those of the newest release: the greatest step of a config, and all in words."""
    manifest = read_manifest(newest)
    differences: dict[str, Difference] = {}
    for name, splits in digests.items():
        if splits == {split: entry.content_sha256 for split, entry in manifest.configs[name].splits.items()}:
            differences[name] = Difference()
            continue
        before, after = read_config(newest, manifest, name), contents.tables[name]
        differences[name] = compare(
            *({split: row_digests(rows, KEYS[name]) for split, rows in tables.items()} for tables in (before, after))
        )
    step = max(difference.step for difference in differences.values())
    if all(difference == Difference() for difference in differences.values()):
        return step, "the same rows in other packaging"
    return step, "; ".join(f"{name}: {part}" for name, part in differences.items() if part != Difference())


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
    with _partial_folder(newest.parent) as folder:
        write_release(folder, config, contents, digests, Version.parse(manifest.version), parent)
        return (folder / CHECKSUMS).read_bytes() == (newest / CHECKSUMS).read_bytes()


@contextmanager
def _partial_folder(releases: Path) -> Iterator[Path]:
    """A folder for a release in the making, gone afterwards unless it was renamed."""
    folder = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=releases))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_partial(releases: Path) -> None:
    """Remove what an interrupted release left."""
    for folder in releases.glob(f"{_PARTIAL}*"):
        shutil.rmtree(folder, ignore_errors=True)

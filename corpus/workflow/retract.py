"""`mudawwana retract` and `lookup`: taking a page or text down, and saying where one is held."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from corpus import ids
from corpus.config import CorpusConfig
from corpus.extract import ExtractError
from corpus.ingest import Reject, read_pages
from corpus.pipeline import read_page
from corpus.release.manifest import ManifestError, read_manifest
from corpus.release.parquet import read_files
from corpus.release.published import read_published
from corpus.release.versions import list_versions
from corpus.release.withdraw import holding_versions
from corpus.retractions import Retractions, read_retractions, write_retractions
from corpus.store import Head, StoreError, locked, read_head, read_table, write_head
from corpus.workflow.erase import erase, finish

_HEX_ID: Final = re.compile(r"[0-9a-f]{16}(#[0-9]+)?")
_URL: Final = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Retracted:
    """What a retraction did: ids that are gone, releases that still hold them, and what it could not reach."""

    sources: tuple[str, ...]
    documents: tuple[str, ...]
    new: bool
    held_by: tuple[str, ...]
    remains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Where a page or text is held: in the corpus now, in which releases, and when and why it was retracted."""

    sources: tuple[str, ...]
    documents: tuple[str, ...]
    in_corpus: bool
    releases: tuple[str, ...]
    published: tuple[str, ...]
    retracted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    sources: frozenset[str]
    documents: frozenset[str]


def retract(root: Path, config: CorpusConfig, target: str, *, reason: str, date: str) -> Retracted:
    """Take a page (source id, url or path) or a text (doc_id or file) out of the corpus, for ever.

    A page goes whole; a text goes with every page that shows it. Both get a tombstone, and pages, texts and
    annotations are erased from the corpus's tables, those that no longer count too. A url that the corpus does not
    hold gets a tombstone as well, so that it is never taken in. Run again it finishes what was interrupted.

    Args:
        root: the corpus.
        config: its settings.
        target: what to retract.
        reason: why, in words; it is kept.
        date: the day, ISO 8601.

    Raises:
        StoreError: if nothing of that name is known, or another process writes to the corpus.
    """
    with locked(root):
        head = read_head(root)
        retractions = read_retractions(root)
        found = _resolve(root, head, config, target, retractions)
        alike = _near_duplicates(root, head, found)
        after = retractions.adding(sorted(found.sources), sorted(found.documents), reason, date)
        if after is not retractions:
            write_retractions(root, after)
        erased = erase(root, head, after)
        if erased != head:
            write_head(root, erased)
        unread = finish(root, erased, after)
    held_by = holding_versions(root / "releases", after)
    return Retracted(
        tuple(sorted(found.sources)),
        tuple(sorted(found.documents)),
        after is not retractions,
        held_by,
        tuple(_remains(root, held_by, sorted(found.documents), alike, unread)),
    )


def lookup(root: Path, config: CorpusConfig, target: str) -> Held:
    """Whether, and in which versions, the corpus holds a page (url, path, id) or the text of a file.

    Raises:
        StoreError: if `target` is neither a url, a known id or path, nor a file.
    """
    head = read_head(root)
    retractions = read_retractions(root)
    found = _resolve(root, head, config, target, retractions, quiet=True)
    current = set(read_table(root, "sources", head, ["source_id"])["source_id"].to_pylist())
    present = set(read_table(root, "documents", head, ["doc_id"])["doc_id"].to_pylist())
    releases = tuple(_releases_with(root / "releases", found))
    stones = [retractions.source(one) for one in sorted(found.sources)]
    stones += [retractions.document(one) for one in sorted(found.documents)]
    return Held(
        tuple(sorted(found.sources)),
        tuple(sorted(found.documents)),
        bool(found.sources & current or found.documents & present),
        releases,
        tuple(f"{one.repository}@{one.tag}" for one in read_published(root) if one.version in releases),
        tuple(dict.fromkeys(f"{stone.date}: {stone.reason}" for stone in stones if stone)),
    )


def _resolve(
    root: Path, head: Head, config: CorpusConfig, target: str, retractions: Retractions, *, quiet: bool = False
) -> _Target:
    """The pages and texts that a person means; a text brings the pages that show it, a page the texts only it has."""
    seen = [
        (row["source_id"], row["doc_id"], row["path"])
        for row in read_table(root, "sightings", head, ["source_id", "doc_id", "path"]).to_pylist()
    ]
    earlier = read_table(root, "retired", head, ["source_id", "doc_id"]).to_pylist()
    seen += [(row["source_id"], row["doc_id"], "") for row in earlier]
    paths = read_table(root, "sources", head, ["source_id", "path"]).to_pylist()
    known = {row["source_id"]: row["path"] for row in paths}
    known |= {source.split("#")[0]: path for source, _, path in seen if path}
    documents: set[str] = set()
    sources: set[str] = set()
    if _URL.match(target):
        sources.add(ids.source_id("", target))
    elif _HEX_ID.fullmatch(target):
        page = target.split("#")[0]
        if page in known or retractions.source(page):
            sources.add(page)
        if any(doc == target for _, doc, _ in seen) or retractions.document(target):
            documents.add(target)
        for source, doc in _in_releases(root / "releases"):
            if doc == target:
                documents.add(target)
            if source.split("#")[0] == page:
                sources.add(page)
    elif target in known.values() or retractions.source(ids.source_id(target)):
        sources |= {source for source, path in known.items() if path == target} or {ids.source_id(target)}
    elif Path(target).is_file():
        sources_of, documents_of = _of_file(target, config)
        held = {doc for _, doc, _ in seen}
        documents |= {doc for doc in documents_of if quiet or doc in held or retractions.document(doc)}
        sources |= {source for source in sources_of if source in known or retractions.source(source)}
    if not (sources or documents):
        raise StoreError(
            f"nothing is known of '{target}'; give the address of a page, a source_id or doc_id (in releases and in "
            "'mudawwana annotate --json'), the path that it was found at, or a file with the page"
        )
    if documents:
        sources |= {source.split("#")[0] for source, doc, _ in seen if doc in documents}
    elsewhere = {doc for source, doc, _ in seen if source.split("#")[0] not in sources}
    documents |= {doc for source, doc, _ in seen if source.split("#")[0] in sources and doc not in elsewhere}
    return _Target(frozenset(sources), frozenset(documents))


def _of_file(name: str, config: CorpusConfig) -> tuple[set[str], set[str]]:
    """The source and document ids of the pages in a file."""
    sources: set[str] = set()
    documents: set[str] = set()
    for page in read_pages([name]):
        if isinstance(page, Reject):
            continue
        sources.add(ids.source_id(page.path))
        try:
            read = read_page(
                page.body, page.media_type, config.sources.columns, redacted=config.privacy.redact
            )
        except ExtractError:
            continue
        if read.page.fields.url:
            sources.add(ids.source_id(page.path, read.page.fields.url))
        documents |= {document.doc_id for document in read.documents if document.text}
    return sources, documents


def _in_releases(releases: Path, version: str | None = None) -> Iterable[tuple[str, str]]:
    """(source_id, doc_id) of every document of every release, or of one."""
    for one in [version] if version else map(str, list_versions(releases)):
        folder = releases / one
        try:
            splits = read_manifest(folder).configs["documents"].splits
            for entry in splits.values():
                rows = read_files(folder, entry.files, ["source_id", "doc_id"])
                yield from zip(rows["source_id"].to_pylist(), rows["doc_id"].to_pylist(), strict=True)
        except (OSError, ManifestError, KeyError, pa.ArrowException) as error:
            raise StoreError(f"{folder} cannot be read ({error}); restore it from a copy") from error


def _releases_with(releases: Path, found: _Target) -> Iterable[str]:
    for version in map(str, list_versions(releases)):
        if any(
            doc in found.documents or source.split("#")[0] in found.sources
            for source, doc in _in_releases(releases, version)
        ):
            yield version


def _near_duplicates(root: Path, head: Head, found: _Target) -> tuple[str, ...]:
    """Documents that stay and say nearly the same as those that are retracted."""
    rows = read_table(root, "clusters", head, ["doc_id", "cluster_id"]).to_pylist()
    gone = {row["cluster_id"] for row in rows if row["doc_id"] in found.documents}
    return tuple(row["doc_id"] for row in rows if row["cluster_id"] in gone and row["doc_id"] not in found.documents)


def _remains(
    root: Path, held: tuple[str, ...], documents: Sequence[str], alike: Sequence[str], unread: Sequence[Path]
) -> Iterable[str]:
    """What a retraction cannot reach, in words."""
    if alike:
        shown = f"{', '.join(alike[:10])}{' and others' if len(alike) > 10 else ''}"
        yield f"near duplicates of it stay: {shown}; retract them too if they are to go"
    if held:
        yield (
            f"releases {', '.join(held)} hold it: 'mudawwana release' makes a new major version in their place and "
            "removes their folders; copies that others have stay"
        )
    by_version: Mapping[str, list[str]] = {version: [] for version in held}
    for one in read_published(root):
        if one.version in by_version:
            yield (
                f"{one.repository} serves it at the tag {one.tag} (commit {one.commit[:12]}) and in its history. "
                "Publishing a new version doesn't remove it there: delete the tag and squash the history "
                "(HfApi.delete_tag, super_squash_history, permanently_delete_lfs_files), or delete the repository. "
                "Whoever downloaded it has it still"
            )
    for path in unread:
        yield f"{path} is no whole export, so nobody can say whether it holds it: look, and delete it by hand"
    if documents and (root / "labelstudio.json").exists():
        yield (
            "the annotation server may still show it as a task, which no pull takes in: delete it there (filter the "
            f"tasks by doc_id: {', '.join(documents)}), and its backups"
        )
    for path in (root / "private").rglob("*.sqlite3"):
        if documents:
            yield f"{path} keeps the bytes of deleted tasks: then stop the server and run VACUUM on it"

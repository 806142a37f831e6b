"""Publishing a release on the Hugging Face Hub: one commit, one tag, read back.

Nothing is overwritten. The commit names the head that it was made for, and the hub refuses it if another one came in
between; the tag is new or already says the same; what lies at the tag is downloaded and compared with SHA256SUMS before
anything is called published. Interrupted anywhere, the next run goes on where this one stopped: files that the hub has
are not sent again, a commit that arrived is found by its message, a tag by its name.

The only module that uses huggingface_hub.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from corpus.release.card import LOCAL
from corpus.release.manifest import (
    CHECKSUMS,
    MANIFEST,
    Manifest,
    ManifestError,
    list_files,
    parse_checksums,
    read_manifest,
    sha256_file,
)
from corpus.release.published import Published, record_published
from corpus.release.verify import check_files
from corpus.release.versions import ReleaseError, Version
from corpus.release.withdraw import STANDOFF_SUFFIX, holding_versions
from corpus.retractions import read_retractions
from corpus.store import locked

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Report = Callable[[str], None]

TOKEN: Final = "HF_TOKEN"
LOCK: Final = ".publish.lock"
_KIND: Final = "dataset"
_BRANCH: Final = "main"
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}")
_VERSION_TAG: Final = re.compile(r"v([0-9]+\.[0-9]+\.[0-9]+)")
_OF_THE_HUB: Final = frozenset((".gitattributes",))  # files that the hub puts into a new repository
_CONFLICT, _CHANGED = 409, 412


@dataclass(frozen=True, slots=True)
class Options:
    """How a new repository is to be: seen by its owners alone, or given to those whose requests are granted."""

    private: bool = False
    gated: bool = False


@dataclass(frozen=True, slots=True)
class _Job:
    """A release on its way: its folder, the sha256 of each of its files, and where it goes."""

    api: HfApi
    folder: Path
    manifest: Manifest
    sums: Mapping[str, str]
    repository: str

    @property
    def tag(self) -> str:
        return f"v{self.manifest.version}"

    @property
    def digest(self) -> str:
        return sha256_file(self.folder / CHECKSUMS)

    @property
    def summary(self) -> str:
        """The message of the commit; by it an interrupted run finds what it has done."""
        return f"Release {self.manifest.version} of {self.manifest.name} (SHA256SUMS {self.digest[:16]})"


def publish(
    root: Path, name: str, repository: str, options: Options, *, report: Report, endpoint: str | None = None
) -> Published:
    """Publish the release `releases/<name>` of the corpus in `root` as the dataset `org/name` of a hub.

    Args:
        root: the corpus; `published.json` there records what was published.
        name: a version, or a version with `-standoff`.
        repository: `org/name`.
        options: how the repository is to be.
        report: called with what is being done.
        endpoint: the hub's address; default: HF_ENDPOINT, else huggingface.co.

    Raises:
        ReleaseError: if the release may not be published or the hub does not do what was asked.
        StoreError: if another process publishes from this corpus.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise ReleaseError(f"'{repository}' does not name a repository; write org/name, in Latin letters and digits")
    folder = root / "releases" / name
    manifest = check_publishable(folder, name)
    if manifest.version in holding_versions(root / "releases", read_retractions(root)):
        raise ReleaseError(
            f"release {name} holds what was retracted since; 'mudawwana release' makes a version without it in its "
            "place: publish that"
        )
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise ReleaseError(
            f"the environment has no {TOKEN}; make a token with write access to {repository} and export it "
            f"(export {TOKEN}=…); it is written nowhere"
        )
    with locked(root, LOCK), _explained(token, repository):
        from huggingface_hub import HfApi
        from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

        quiet = are_progress_bars_disabled()
        disable_progress_bars()
        try:
            api = HfApi(endpoint=endpoint or os.environ.get("HF_ENDPOINT") or None, token=token)
            sums = parse_checksums((folder / CHECKSUMS).read_bytes()) | {CHECKSUMS: sha256_file(folder / CHECKSUMS)}
            done = _publish(_Job(api, folder, manifest, sums, repository), options, report)
        finally:
            if not quiet:
                enable_progress_bars()
        record_published(root, done)
    return done


def check_publishable(folder: Path, name: str) -> Manifest:
    """The manifest of a release that may be published.

    Raises:
        ReleaseError: if there is none, its files are damaged, its texts may not be passed on, or a required answer of
            its datasheet is missing.
    """
    Version.parse(name.removesuffix(STANDOFF_SUFFIX))
    if not folder.is_dir():
        raise ReleaseError(f"there is no release {name}; 'mudawwana status' lists those there are")
    try:
        manifest = read_manifest(folder)
    except ManifestError as error:
        raise ReleaseError(str(error)) from error
    if why := why_local(manifest):
        raise ReleaseError(f"release {name} is {why}")
    if manifest.unanswered:
        raise ReleaseError(
            f"the datasheet of release {name} lacks answers that only a person can give: "
            f"{', '.join(manifest.unanswered)}; give them with 'mudawwana datasheet --ask', make a release with them "
            "('mudawwana release'), and publish that"
        )
    for finding in check_files(folder):
        raise ReleaseError(f"release {name} is damaged: {finding.where} {finding.message}")
    return manifest


def why_local(manifest: Manifest) -> str | None:
    """Why a release may not be passed on and what to do about it, if it may not."""
    if manifest.distribution != LOCAL:
        return None
    listed = ", ".join(f"{licence} ({count:,})" for licence, count in manifest.text_licences.items())
    return (
        f"for local use: the licence of some texts is unknown or forbids changed copies ({listed}). Take those texts "
        "out, or publish the annotations without texts: mudawwana release --standoff"
    )


def _publish(job: _Job, options: Options, report: Report) -> Published:
    report(f"repository {job.repository}")
    _create(job, options)
    tags = {tag.name: tag.target_commit for tag in job.api.list_repo_refs(job.repository, repo_type=_KIND).tags}
    if job.tag in tags:
        commit = tags[job.tag]
    else:
        newer = [found[1] for tag in tags if (found := _VERSION_TAG.fullmatch(tag))
                 and Version.parse(found[1]) > Version.parse(job.manifest.version)]
        if newer:
            raise ReleaseError(
                f"{job.repository} already has version {max(newer, key=Version.parse)}; publishing "
                f"{job.manifest.version} now would put older files on its front page"
            )
        commit = _find_commit(job) or _commit(job, report)
        report(f"tag {job.tag}")
        _tag(job, commit)
    report(f"reading {job.tag} back")
    _read_back(job)
    return Published(job.manifest.version, job.repository, job.tag, commit, job.digest)


def _create(job: _Job, options: Options) -> None:
    """Make the repository, or make sure that an existing one is no more open than asked."""
    job.api.create_repo(job.repository, repo_type=_KIND, private=options.private, exist_ok=True)
    found = job.api.repo_info(job.repository, repo_type=_KIND)
    if options.private and not found.private:
        job.api.update_repo_settings(job.repository, repo_type=_KIND, private=True)
    if options.gated and not getattr(found, "gated", False):
        job.api.update_repo_settings(job.repository, repo_type=_KIND, gated="manual")


def _find_commit(job: _Job) -> str | None:
    """The commit that an interrupted run made of this very release, if it is still what the branch shows."""
    head = next(iter(job.api.list_repo_commits(job.repository, repo_type=_KIND, revision=_BRANCH)), None)
    return head.commit_id if head is not None and head.title == job.summary else None


def _commit(job: _Job, report: Report) -> str:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete
    from huggingface_hub.errors import HfHubHTTPError

    head = str(job.api.repo_info(job.repository, repo_type=_KIND, revision=_BRANCH).sha)
    present = set(job.api.list_repo_files(job.repository, repo_type=_KIND, revision=head))
    foreign = present - _OF_THE_HUB
    if foreign and MANIFEST not in foreign:
        raise ReleaseError(
            f"{job.repository} holds files that no release put there ({', '.join(sorted(foreign)[:3])}…); publish to "
            "a repository of its own"
        )
    operations: list[CommitOperationAdd | CommitOperationDelete] = [
        CommitOperationAdd(path_in_repo=name, path_or_fileobj=job.folder / name) for name in sorted(job.sums)
    ]
    operations += [CommitOperationDelete(path_in_repo=name) for name in sorted(foreign - job.sums.keys())]
    report(f"{len(job.sums)} files, {sum((job.folder / name).stat().st_size for name in job.sums):,} bytes")
    try:
        made = job.api.create_commit(
            job.repository,
            operations,
            repo_type=_KIND,
            revision=_BRANCH,
            parent_commit=head,
            commit_message=job.summary,
            commit_description=f"Content digests: {_digests(job.manifest)}",
        )
    except HfHubHTTPError as error:
        if error.response is not None and error.response.status_code in (_CONFLICT, _CHANGED):
            raise ReleaseError(
                f"{job.repository} was changed by somebody else while release {job.manifest.version} was being "
                "published; nothing was overwritten. Look at what they did, then publish again"
            ) from None
        raise
    return str(made.oid)


def _digests(manifest: Manifest) -> str:
    return ", ".join(f"{name} {config.content_sha256}" for name, config in manifest.configs.items())


def _tag(job: _Job, commit: str) -> None:
    from huggingface_hub.errors import HfHubHTTPError

    try:
        job.api.create_tag(job.repository, repo_type=_KIND, tag=job.tag, revision=commit, tag_message=job.summary)
    except HfHubHTTPError as error:
        if error.response is None or error.response.status_code != _CONFLICT:
            raise
        raise ReleaseError(
            f"somebody else has just made the tag {job.tag} of {job.repository}; a tag is never moved. Publish again "
            "to compare what it holds"
        ) from None


def _read_back(job: _Job) -> None:
    """Download every file at the tag and compare it with the release.

    Raises:
        ReleaseError: naming the file that is missing, too many or different.
    """
    present = set(job.api.list_repo_files(job.repository, repo_type=_KIND, revision=job.tag)) - _OF_THE_HUB
    if wrong := sorted(present ^ set(list_files(job.folder))):
        raise ReleaseError(
            f"the tag {job.tag} of {job.repository} exists with other files than this release ({', '.join(wrong[:5])}"
            "); a tag is never moved. If the release is right, give it a new version"
        )
    for name in sorted(job.sums):
        with tempfile.TemporaryDirectory(prefix="mudawwana-") as folder:
            path = job.api.hf_hub_download(
                job.repository, name, repo_type=_KIND, revision=job.tag, local_dir=folder, force_download=True
            )
            if sha256_file(Path(path)) != job.sums[name]:
                raise ReleaseError(
                    f"{name} at the tag {job.tag} of {job.repository} is not the file of this release; a tag is never "
                    "moved. If the release is right, give it a new version"
                )


@contextmanager
def _explained(token: str, repository: str) -> Iterator[None]:
    """What the hub or the network says, in a sentence that holds neither the token nor a signed address."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        remedy = {
            401: f"the token in {TOKEN} is not valid there",
            403: f"the token in {TOKEN} has no write access to {repository}",
            404: f"there is no such repository, or the token in {TOKEN} may not see it",
        }.get(status or 0, "publish again: what has arrived is not sent twice")
        raise ReleaseError(f"the hub answered {status} ({_without(token, str(error))}); {remedy}") from None
    except (HFValidationError, OfflineModeIsEnabled, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, ReleaseError):
            raise
        raise ReleaseError(
            f"{repository} could not be published: {_without(token, str(error))}; publish again: what has arrived is "
            "not sent twice"
        ) from None
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2", "requests"):
            raise ReleaseError(
                f"the hub cannot be reached ({_without(token, str(error)) or type(error).__name__}); publish again "
                "when it can: what has arrived is not sent twice"
            ) from None
        raise


def _without(token: str, message: str) -> str:
    """The first line of a message without the token and without what signed addresses carry behind `?`."""
    line = next(iter(message.strip().splitlines()), "")
    return re.sub(r"(https?://[^\s?]+)\?\S+", r"\1", line).replace(token, "…")

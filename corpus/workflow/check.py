"""`mudawwana validate`: the corpus and its releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotation.preannotate.registry import load_preannotation
from corpus.config import FILE_NAME, read_config
from corpus.release.manifest import CHECKSUMS, MANIFEST
from corpus.release.registry import check_registry
from corpus.release.verify import verify_release
from corpus.release.verify_rows import Finding
from corpus.release.versions import list_versions
from corpus.store import StoreError
from corpus.validate import validate_corpus
from corpus.workflow.build import Progress, derive_settings


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was checked, in words, and what is wrong."""

    checked: str
    findings: tuple[Finding, ...]


def check(root: Path | None, releases: Sequence[Path] | None, progress: Progress) -> CheckResult:
    """Check the given release folders, or else the corpus in `root` with all its releases.

    Raises:
        ConfigError, StoreError: if there is nothing of that name.
    """
    findings: list[Finding] = []
    names: list[str] = []
    if releases is None:
        if root is None:
            raise ValueError("neither a corpus nor releases were given")
        config = read_config(root)
        settings = derive_settings(root, config)
        ontology = load_preannotation(settings.ontology, settings.inventory, settings.min_score).ontology
        progress("corpus", 0, 0)
        findings += validate_corpus(root, config, ontology)
        names.append("corpus")
        findings += check_registry(root / "releases")
        releases = sorted(path for path in (root / "releases").glob("*") if (path / "manifest.json").exists())
    for path in releases:
        if not path.is_dir():
            raise StoreError(f"there is no release {path}")
        progress(f"release {path.name}", 0, 0)
        findings += verify_release(path)
        names.append(f"release {path.name}")
    return CheckResult(", ".join(names), tuple(findings))


def is_corpus(folder: Path) -> bool:
    """Whether the folder is a corpus, and no release."""
    return (folder / FILE_NAME).is_file() and not _parts(folder)


def why_no_release(folder: Path) -> str | None:
    """Why a folder is no release and what to give instead; None if it may be one. Nothing below it is looked at."""
    if _parts(folder):
        return None
    versions = [str(version) for version in list_versions(folder)]
    if versions:
        instead = f"it holds releases; give one of them, such as {folder / versions[-1]}"
    else:
        instead = "give the folder of a release (…/releases/1.0.0), its version, or nothing to check a whole corpus"
    return f"{folder} is no release, for it has neither {MANIFEST} nor {CHECKSUMS}; {instead}"


def _parts(folder: Path) -> list[str]:
    return [name for name in (MANIFEST, CHECKSUMS) if (folder / name).is_file()]

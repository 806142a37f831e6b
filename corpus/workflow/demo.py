"""`mudawwana demo`: the sample corpus, from its pages to a loaded release."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from corpus.config import FILE_NAME, read_config
from corpus.release.build import release
from corpus.release.load import Preview, preview
from corpus.store import atomic_write
from corpus.workflow.build import BuildSummary, Progress, build
from corpus.workflow.take_in import import_files

SAMPLES = files("corpus") / "samples"
ANNOTATOR = "mudawwana"
SILVER = ("gulf-world", "jo-01", "ps-01")


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made: counts of the corpus, and the release as `load_dataset` loaded it."""

    counts: BuildSummary
    path: Path
    loaded: Preview


def run_demo(folder: Path, *, jobs: int, progress: Progress) -> DemoResult:
    """Build the packaged sample corpus in `folder`, import its gold, release it and load the release.

    A second run finds everything done. The gold of all articles but `SILVER` is imported, so that the release has
    machine-made rows beside gold ones.

    Raises:
        ConfigError, StoreError, ReleaseError
    """
    with as_file(SAMPLES) as samples:
        if not (folder / FILE_NAME).exists():
            atomic_write(folder / FILE_NAME, (samples / FILE_NAME).read_bytes())
        config = read_config(folder)
        counts = build(folder, config, [str(samples / "pages")], jobs=jobs, progress=progress)
        gold = sorted(str(path) for path in (samples / "gold").glob("*.gold") if not path.name.startswith(SILVER))
        import_files(folder, config, gold, annotator=ANNOTATOR, gold=True, round_=1)
    made = release(folder, config, report=lambda stage: progress(stage, 0, 0))
    return DemoResult(counts, made.path, preview(made.path))

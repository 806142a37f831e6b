"""Stories on real articles: precision and recall on judged pairs, and the time that finding them takes.

Builds one corpus of the scraped collections, the two example pages and the sample pages (some minutes; `--corpus`
takes one that was built so before) and compares its `story_id`s with the judgments of `tests/cases/stories/pairs.tsv`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import corpus
from corpus import stories
from corpus.store import Head, read_head, read_table
from corpus.workflow.relate import story_articles

COLLECTIONS = ("hespress_2022", "ahdath_info", "saudinewsnet", "marsum_goud")
PAIRS = Path(__file__).parents[1] / "tests/cases/stories/pairs.tsv"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sources and whether their articles are of one story, as a person judged; `sample` says how they were
    found."""

    one: str
    other: str
    same: bool
    sample: str


@dataclass(frozen=True, slots=True)
class Score:
    """`right` of the pairs `found` in one story are judged so, as `same` pairs are."""

    right: int
    found: int
    same: int

    def __str__(self) -> str:
        precision = f"{self.right / self.found:.3f}" if self.found else "-"
        recall = f"{self.right / self.same:.3f}" if self.same else "-"
        return f"{precision} ({self.right}/{self.found}) | {recall} ({self.right}/{self.same})"


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The judged pairs."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    rows = (line.split("\t") for line in lines[1:])
    return [Pair(one, other, judgment == "same", sample) for one, other, judgment, sample in rows]


def score(pairs: Iterable[Pair], story_of: dict[str, str]) -> Score:
    """Compare the pairs, all of whose sources are in `story_of`, with what was found."""
    found = [(pair.same, story_of[pair.one] == story_of[pair.other]) for pair in pairs]
    return Score(
        sum(same and together for same, together in found),
        sum(together for _, together in found),
        sum(same for same, _ in found),
    )


def build(folder: Path, shared: Path) -> None:
    """The corpus to measure on."""
    command = [sys.executable, "-m", "corpus.cli.app"]
    sources = [shared / "data" / "articles" / name for name in COLLECTIONS]
    sources += [shared / "seeds", Path(corpus.__file__).parent / "samples" / "pages"]
    if missing := [str(source) for source in sources if not source.is_dir()]:
        sys.exit(f"no articles to measure on: {', '.join(missing)} missing")
    subprocess.run([*command, "init", str(folder)], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([*command, "build", *map(str, sources), "--corpus", str(folder)], check=False)
    if done.returncode not in (0, 3):
        sys.exit(done.returncode)


def seconds(root: Path, head: Head) -> tuple[int, float]:
    """How many articles there are, and the processor time of finding their stories."""
    rows = read_table(root, "documents", head, ["doc_id", "drop_reason"]).to_pylist()
    kept = [row["doc_id"] for row in rows if row["drop_reason"] is None]
    columns = ["doc_id", "source_id", "path", "outlet", "published"]
    seen = {row["doc_id"]: row for row in reversed(read_table(root, "sightings", head, columns).to_pylist())}
    shards = [key for key in head.keys("spans") if key in head.keys("documents")]
    articles = story_articles(root, head, kept, seen, shards)
    started = time.process_time()
    stories.stories(articles)
    return len(articles), time.process_time() - started


def report(root: Path, pairs: Sequence[Pair]) -> None:
    """Print the figures of the corpus in `root`."""
    head = read_head(root)
    clusters = {row["doc_id"]: row["story_id"] for row in read_table(root, "clusters", head).to_pylist()}
    sightings = read_table(root, "sightings", head, ["doc_id", "source_id"]).to_pylist()
    story_of = {row["source_id"]: clusters[row["doc_id"]] for row in sightings if row["doc_id"] in clusters}
    known = [pair for pair in pairs if pair.one in story_of and pair.other in story_of]
    articles, time_taken = seconds(root, head)
    sizes = Counter(clusters.values())
    print(f"| articles | {articles:,} |\n|---|---|\n| processor time | {time_taken:.1f} s |")
    print(f"| stories of several articles | {sum(size > 1 for size in sizes.values()):,} |")
    print(f"| largest | {max(sizes.values())} articles |\n| judged pairs | {len(known)} (of {len(pairs)}) |\n")
    print("| sample | precision | recall |\n|---|---|---|")
    print(f"| all | {score(known, story_of)} |")
    for sample in dict.fromkeys(pair.sample for pair in known):
        print(f"| {sample} | {score([pair for pair in known if pair.sample == sample], story_of)} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/articles and seeds")
    parser.add_argument("--corpus", type=Path, help="a corpus that was built from them")
    options = parser.parse_args()
    if options.corpus:
        report(options.corpus, read_pairs())
        return
    with tempfile.TemporaryDirectory(prefix="mudawwana-stories-") as folder:
        build(Path(folder) / "corpus", options.shared)
        report(Path(folder) / "corpus", read_pairs())


if __name__ == "__main__":
    main()

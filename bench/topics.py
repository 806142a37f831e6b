"""Topic models measured: `python -m bench.topics --shared DIR [--cross] [--samples DIR]`.

The shipped model on SANAD Khaleej's test (its seven classes), speed, calibration, and the gold topics of the
project's own sample articles. With `--cross` (minutes) models trained without a source are tested on it, with their
confusions.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotation.notation import parse_articles
from annotation.preannotate.protocol import Article
from annotation.preannotate.topics import FloatArray, LinearTopics
from annotation.preannotate.training.topics import MAPPINGS, LabelledText, read_source, train

SAMPLES = Path(__file__).parents[1] / "corpus" / "samples" / "gold"
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """Probabilities that a model gives to the topics (columns) of a source, and the gold column of each article."""

    labels: tuple[str, ...]
    scores: FloatArray
    gold: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """Share of articles whose likeliest topic, among those of the source, is gold."""
        return float((self.scores.argmax(axis=1) == self.gold).mean())

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the topics."""
        return float(np.mean([f1 for _, f1 in self.f1_by_label()]))

    def f1_by_label(self) -> list[tuple[str, float]]:
        """The F1 of each topic."""
        found = self.scores.argmax(axis=1)
        right = [int(((found == place) & (self.gold == place)).sum()) for place in range(len(self.labels))]
        sizes = np.bincount(found, minlength=len(self.labels)) + np.bincount(self.gold, minlength=len(self.labels))
        return [(label, 2 * right[place] / max(1, int(sizes[place]))) for place, label in enumerate(self.labels)]

    @property
    def calibration_error(self) -> float:
        """Expected calibration error of the likeliest topic, in bins of equal mass."""
        best = self.scores.max(axis=1)
        right = self.scores.argmax(axis=1) == self.gold
        bins = np.array_split(np.argsort(best, kind="stable"), _BINS)
        gaps = (abs(best[rows].mean() - right[rows].mean()) * len(rows) for rows in bins if len(rows))
        return float(sum(gaps)) / len(best)

    def confusions(self, most: int = 6) -> list[str]:
        """The most frequent mistakes, as `gold > found: count`."""
        found = self.scores.argmax(axis=1)
        pairs = Counter((self.labels[g], self.labels[f]) for g, f in zip(self.gold, found, strict=True) if g != f)
        return [f"{gold} > {other}: {count}" for (gold, other), count in pairs.most_common(most)]


def judge(annotator: LinearTopics, documents: Sequence[LabelledText]) -> Judged:
    """What a model says of articles with a gold topic."""
    every = annotator.model.features.labels
    known = [document for document in documents if document.topic in every]
    labels = tuple(label for label in every if any(document.topic == label for document in known))
    main, _ = annotator.model.scores(document.text for document in known)
    gold = np.array([labels.index(document.topic or "") for document in known])
    return Judged(labels, main[:, [every.index(label) for label in labels]], gold)


def describe(name: str, judged: Judged) -> str:
    """The figures of a test on a line, and its confusions."""
    figures = (
        f"{name:28} accuracy {judged.accuracy:.4f}  macro-F1 {judged.macro_f1:.4f}  "
        f"calibration error {judged.calibration_error:.3f}  ({len(judged.gold)} articles)"
    )
    return "\n    ".join([figures, *judged.confusions()])


@dataclass(frozen=True, slots=True)
class SampleScore:
    """Topics of sample articles against their gold."""

    articles: int
    main_accuracy: float
    precision: float
    recall: float
    abstained: int

    @property
    def micro_f1(self) -> float:
        """F1 over all topics of all articles."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score_samples(annotator: LinearTopics, folder: Path) -> SampleScore:
    """The topics of the articles of a folder of notation files."""
    articles = [
        article
        for path in sorted(folder.rglob("*.gold"))
        for article in parse_articles(path.read_text("utf-8").splitlines())
        if article.topics
    ]
    found = annotator.topics([Article(article.text, article.sentences, ()) for article in articles])
    names = [[topic.label for topic in topics] for topics in found]
    right = sum(len(set(labels) & set(article.topics)) for labels, article in zip(names, articles, strict=True))
    return SampleScore(
        len(articles),
        sum(labels[:1] == [article.topics[0]] for labels, article in zip(names, articles, strict=True)) / len(articles),
        right / max(1, sum(map(len, names))),
        right / sum(len(article.topics) for article in articles),
        sum(not labels for labels in names),
    )


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description="Measure the topic model.")
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds data/topics")
    parser.add_argument("--samples", type=Path, default=SAMPLES, help="a folder of notation files with gold topics")
    parser.add_argument("--cross", action="store_true", help="also train without each source and test on it")
    options = parser.parse_args()
    data = options.shared / "data"
    if not (data / "topics").is_dir():
        parser.exit(1, f"{data / 'topics'} is missing: the benchmark needs the data that TOPICS_CARD.md names\n")
    shipped = LinearTopics()
    print(f"load: {_seconds(lambda: shipped.labels):.2f} s")
    tests = {source: read_source(data, source, "test") for source in MAPPINGS}
    for source, documents in tests.items():
        print(describe(f"shipped, {source} test", judge(shipped, documents)))
    articles = [Article(document.text, (), ()) for document in tests["sanad"]]
    elapsed = _seconds(lambda: shipped.topics(articles))
    characters = sum(len(article.text) for article in articles) / elapsed / 1e6
    print(f"speed: {len(articles) / elapsed:,.0f} articles/s ({characters:.1f} M characters/s)")
    samples = score_samples(shipped, options.samples)
    print(
        f"samples: main topic {samples.main_accuracy:.3f}, micro-F1 {samples.micro_f1:.3f} (precision "
        f"{samples.precision:.3f}, recall {samples.recall:.3f}), {samples.abstained} of {samples.articles} abstained"
    )
    if options.cross:
        texts = {source: read_source(data, source, "train") for source in MAPPINGS}
        for left_out in ("ant", "sanad", "asnd", "sib"):
            documents = [document for source in texts if source != left_out for document in texts[source]]
            calibration = tuple(source for source in ("sanad", "ant") if source != left_out)
            model = train(documents, calibration)
            judged = judge(LinearTopics(model), tests[left_out])
            print(describe(f"trained without {left_out}, on it", judged), flush=True)


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

"""Entity models measured: `python -m bench.models --shared DIR [--own-labels] [--samples DIR]`.

Prints strict span F1 a label, and the calibration error of the scores, on the project's sample articles (exact code
points, every depth), the Wojood sample test (outermost spans, snapped to its words) and AQMAR's test as PER/LOC/ORG;
with `--own-labels` also on the rebuilt ANERcorp test and the Wojood sample test for models trained by the shipped code
on the labels of those corpora, and writes what a `--min-score` keeps to docs/benchmarks.md; then words a second.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from annotation.notation import NotedArticle, parse_articles
from annotation.preannotate.combine import EmbeddedEntityAnnotator
from annotation.preannotate.embedded import load
from annotation.preannotate.features import WordClasses
from annotation.preannotate.protocol import Article
from annotation.preannotate.sequence import mentions
from annotation.preannotate.training import corpora, entities
from annotation.preannotate.training.corpora import Mention, TaggedSentence
from annotation.preannotate.training.entities import Example
from annotation.preannotate.words import Vocabulary
from bench.calibration import BINS, Scored, curves
from bench.pages import write_block
from corpus.segment.tokens import token_offsets
from corpus.span import Entity, Sentence

SAMPLES = Path(__file__).parents[1] / "corpus" / "samples" / "gold"
_COARSE = {"PERS": "PER", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "ORG": "ORG"}

Key = tuple[int, int, str]
Statistics = tuple[Vocabulary, WordClasses, Sequence[Sequence[str]]]
"""What raw text says of words, and the text."""


class Tally:
    """True, gold and predicted spans a label."""

    def __init__(self) -> None:
        self.true: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()
        self.predicted: Counter[str] = Counter()

    def add(self, gold: Iterable[Key], predicted: Iterable[Key]) -> None:
        """Count one text's spans."""
        expected, found = set(gold), set(predicted)
        self.gold.update(label for _, _, label in expected)
        self.predicted.update(label for _, _, label in found)
        self.true.update(label for _, _, label in expected & found)

    def rows(self) -> list[str]:
        """A line a label, and one for all: precision, recall, F1 in per cent, and the counts."""
        labels = sorted(self.gold)
        rows = [self._row(label, self.true[label], self.gold[label], self.predicted[label]) for label in labels]
        totals = [sum(each[label] for label in labels) for each in (self.true, self.gold, self.predicted)]
        return [*rows, self._row("all", *totals)]

    @staticmethod
    def _row(label: str, true: int, gold: int, predicted: int) -> str:
        precision, recall = 100 * true / max(predicted, 1), 100 * true / max(gold, 1)
        score = 2 * precision * recall / max(precision + recall, 1e-9)
        return f"  {label:8} P {precision:5.1f}  R {recall:5.1f}  F1 {score:5.1f}  ({gold} gold, {predicted} found)"


def article_of(words: Sequence[str]) -> Article:
    """A sentence of words as an article of one sentence, words joined by single spaces."""
    text = " ".join(words)
    return Article(text, (Sentence(0, len(text)),), tuple(token_offsets(text)))


def snapped(words: Sequence[str], entities: Sequence[Entity], labels: Mapping[str, str]) -> list[Key]:
    """Entities as ranges of words, with their labels mapped; outermost of the mapped ones only."""
    starts, ends, position = [], [], 0
    for word in words:
        starts.append(position)
        position += len(word)
        ends.append(position)
        position += 1
    mentions = []
    for entity in entities:
        label = labels.get(entity.label)
        if label:
            first = next(index for index, end in enumerate(ends) if end > entity.start)
            last = next(index for index, end in enumerate(ends) if end >= entity.end)
            mentions.append(Mention(first, last + 1, label))
    return _outermost(len(words), mentions)


def _outermost(length: int, mentions: Iterable[Mention]) -> list[Key]:
    return [(m.start, m.end, m.label) for m in corpora.mentions_of(corpora.bio(length, mentions))]


def on_words(
    annotator: EmbeddedEntityAnnotator,
    sentences: Sequence[TaggedSentence],
    labels: Mapping[str, str],
    gold: Collection[str],
) -> Tally:
    """Score on sentences of words: `labels` maps what is found, `gold` names the labels of the corpus that count."""
    tally = Tally()
    found = annotator.entities([article_of(sentence.words) for sentence in sentences])
    for sentence, spans in zip(sentences, found, strict=True):
        kept = [mention for mention in sentence.mentions if mention.label in gold]
        tally.add(_outermost(len(sentence.words), kept), snapped(sentence.words, spans, labels))
    return tally


def on_samples(annotator: EmbeddedEntityAnnotator, articles: Sequence[NotedArticle]) -> tuple[Tally, Scored]:
    """Score on articles in the notation: exact code points, spans of every depth."""
    tally = Tally()
    scores: list[float] = []
    right: list[bool] = []
    given = [Article(each.text, each.sentences, tuple(token_offsets(each.text))) for each in articles]
    for article, found in zip(articles, annotator.entities(given), strict=True):
        gold = {(each.start, each.end, each.label) for each in article.entities}
        tally.add(gold, [(each.start, each.end, each.label) for each in found])
        scores += [each.score for each in found]
        right += [(each.start, each.end, each.label) in gold for each in found]
    return tally, Scored(scores, right, sum(tally.gold.values()))


def own_labels(train: Sequence[Example], test: Sequence[Example], statistics: Statistics) -> tuple[Tally, Scored]:
    """Train by the shipped code on the labels of a corpus and score on its test, with calibrated scores. Minutes."""
    vocabulary, classes, raw = statistics
    model = entities.train_model(train, raw, vocabulary, classes, entities.Settings())
    tagger = model.tagger()
    judged = tagger.judge(*tagger.numbered([each.words for each in test]), [each.article for each in test])
    tally = Tally()
    scores: list[float] = []
    right: list[bool] = []
    for example, found in zip(test, mentions(tagger.labels, judged), strict=True):
        gold = {(m.start, m.end, m.label) for m in corpora.mentions_of(example.tags)}
        tally.add(gold, [mention[:3] for mention in found])
        scores += [model.calibrated(kind, score) for _, _, kind, score in found]
        right += [mention[:3] in gold for mention in found]
    return tally, Scored(scores, right, sum(tally.gold.values()))


def anercorp(folder: Path, part: str) -> list[Example]:
    """ANERcorp's own labels; neighbouring sentences pass for an article."""
    return entities.examples(corpora.read_anercorp(folder / f"ner/anercorp/rebuilt/anercorp_{part}.txt"))


def wojood(folder: Path, part: str) -> list[Example]:
    """The outermost mentions of the Wojood sample, whose sentences are shuffled."""
    found = corpora.read_wojood(folder / f"ner/wojood_sample/{part}.txt")
    return entities.examples(found, range(len(found)))


def report(title: str, tally: Tally, scored: Scored | None = None) -> None:
    """Print a tally, and the calibration error of its scores."""
    print(title, *tally.rows(), sep="\n")
    if scored:
        print(f"  expected calibration error {scored.calibration_error():.3f}", flush=True)


def write_curves(named: Sequence[tuple[str, Scored]]) -> None:
    """Put what a `--min-score` keeps between its marks in docs/benchmarks.md."""
    errors = ", ".join(f"{scored.calibration_error():.3f} ({name})" for name, scored in named)
    block = f"{curves(named)}\n\nExpected calibration error, {BINS} bins of equal mass: {errors}."
    write_block("min-score", block)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--samples", type=Path, default=SAMPLES, help="folder of .gold files")
    parser.add_argument("--own-labels", action="store_true", help="also train on ANERcorp and Wojood (minutes)")
    arguments = parser.parse_args()
    folder = arguments.shared / "data"
    if not folder.is_dir():
        parser.error(f"{folder} is missing: the evaluation data does not come with the project")
    started = time.perf_counter()
    model = load()
    print(f"load {time.perf_counter() - started:.2f} s")
    annotator = EmbeddedEntityAnnotator(model)
    articles = [
        article
        for path in sorted(arguments.samples.glob("*.gold"))
        for article in parse_articles(path.read_text(encoding="utf-8").splitlines())
        if article.text
    ]
    tally, on_gold = on_samples(annotator, articles)
    report("sample articles, exact, every depth", tally, on_gold)
    nested = corpora.read_wojood(folder / "ner/wojood_sample/test.txt")
    same = {label: label for label in (*_COARSE, "OCC", "EVENT", "LAW", "DATE", "MONEY", "PRODUCT", "NORP")}
    report("Wojood sample test, outermost, words", on_words(annotator, nested, same, same.keys()))
    aqmar = [
        TaggedSentence(each.words, tuple(Mention(m.start, m.end, _COARSE[m.label]) for m in each.mentions))
        for each in corpora.read_aqmar(folder / "ner/aqmar/topcoder_split/test.txt")
    ]
    report("AQMAR test, PER LOC ORG", on_words(annotator, aqmar, _COARSE, _COARSE.values()))
    if arguments.own_labels:
        statistics = (*entities.word_statistics(folder), list(corpora.raw_sentences(folder, every=entities.RAW_SHARE)))
        tally, on_news = own_labels(anercorp(folder, "train"), anercorp(folder, "test"), statistics)
        report("ANERcorp rebuilt test, own labels", tally, on_news)
        learnt = [*wojood(folder, "train"), *wojood(folder, "val")]
        tally, on_wojood = own_labels(learnt, wojood(folder, "test"), statistics)
        report("Wojood sample test, own labels, outermost", tally, on_wojood)
        write_curves(
            [("sample articles, shipped", on_gold), ("ANERcorp", on_news), ("Wojood sample", on_wojood)]
        )
    speed(annotator, folder)


def speed(annotator: EmbeddedEntityAnnotator, folder: Path) -> None:
    """Print words a second, tokenisation included, on raw text that the annotator has not seen in this process."""
    lines = []
    for number, line in enumerate(corpora.raw_lines(folder)):
        if number >= 1500:
            break
        lines.append(line.strip())
    started = time.perf_counter()
    articles = [article_of(line.split(" ")) for line in lines]
    words = sum(len(article.tokens) for article in articles)
    annotator.entities(articles)
    print(f"annotator: {words / (time.perf_counter() - started):,.0f} words/s, everything included")


if __name__ == "__main__":
    main()

"""How close the pipeline comes to the hand-made gold of the project's own sample articles.

Run it to see the table; `tests/quality` pins the figures as floors.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import corpus
from annotation.notation import NotedArticle, parse_articles
from annotation.preannotate.registry import load_preannotation
from corpus.ids import article_source_id
from corpus.ingest import Reject
from corpus.workflow.annotate import AnnotatedDocument, annotate_files

SAMPLES = Path(corpus.__file__).parent / "samples"


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of a comparison: right, wrongly there, missing."""

    right: int = 0
    spurious: int = 0
    missing: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.spurious + other.spurious, self.missing + other.missing)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 if nothing was found."""
        found = self.right + self.spurious
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 1 if there is none."""
        gold = self.right + self.missing
        return self.right / gold if gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.right + self.spurious + self.missing
        return 2 * self.right / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """An article as found and as it should be."""

    found: AnnotatedDocument
    gold: NotedArticle


def read_gold() -> dict[str, NotedArticle]:
    """The gold articles by source."""
    return {
        article.source: article
        for path in sorted((SAMPLES / "gold").glob("*.gold"))
        for article in parse_articles(path.read_text("utf-8").split("\n"))
    }


def gold_digest() -> str:
    """sha256 over the gold files and the pages, in hex."""
    state = hashlib.sha256()
    for path in sorted(SAMPLES.rglob("*")):
        if path.is_file():
            state.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def read_pairs() -> Iterator[Pair]:
    """Every article that the pipeline finds in the sample pages, with its gold.

    Raises:
        LookupError: if an article was found that the gold does not have, or one of the gold was not found.
    """
    gold = read_gold()
    for found in annotate_files([str(SAMPLES / "pages")], load_preannotation()):
        if isinstance(found, Reject):
            raise LookupError(f"{found.origin} was rejected: {found.message}")
        yield Pair(found, gold.pop(article_source_id(found.source, found.nth)))
    if gold:
        raise LookupError(f"not found: {', '.join(gold)}")


def cleaning(pair: Pair) -> Score:
    """Characters of both texts."""
    return in_order(pair.found.document.text, pair.gold.text)


def in_order(found: str, gold: str) -> Score:
    """Characters, white space aside, that are in both texts in order."""
    one, other = ("".join(text.split()) for text in (found, gold))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    right = sum(block.size for block in matcher.get_matching_blocks())
    return Score(right, len(one) - right, len(other) - right)


def compare(found: Iterable[object], gold: Iterable[object]) -> Score:
    """Multisets compared."""
    one, other = Counter(found), Counter(gold)
    right = sum((one & other).values())
    return Score(right, sum(one.values()) - right, sum(other.values()) - right)


def sentences(pair: Pair) -> Score:
    """Whole sentences."""
    document = pair.found.document
    return compare(
        (document.text[one.start : one.end] for one in document.sentences),
        (pair.gold.text[one.start : one.end] for one in pair.gold.sentences),
    )


def entities(pair: Pair, label: str | None = None) -> Score:
    """Spans with their label, by words (the texts may differ by a line that was not cleaned away)."""
    text = pair.found.document.text
    return compare(
        ((e.label, text[e.start : e.end]) for e in pair.found.annotated.entities if label in (None, e.label)),
        ((e.label, pair.gold.text[e.start : e.end]) for e in pair.gold.entities if label in (None, e.label)),
    )


def topics(pair: Pair) -> Score:
    """Topics, whatever their order."""
    return compare((topic.label for topic in pair.found.annotated.topics), pair.gold.topics)


def lost_sentences(pair: Pair) -> list[str]:
    """Gold sentences whose words are not in the text."""
    squeezed = "".join(pair.found.document.text.split())
    words = (pair.gold.text[one.start : one.end] for one in pair.gold.sentences)
    return [sentence for sentence in words if "".join(sentence.split()) not in squeezed]


def measure() -> tuple[Mapping[str, Score], list[str]]:
    """The scores of all samples by name, and the sentences that were lost."""
    pairs = list(read_pairs())
    labels = load_preannotation().ontology.inventory("news").codes
    scores = {
        "cleaning": sum(map(cleaning, pairs), Score()),
        "sentences": sum(map(sentences, pairs), Score()),
        "entities": sum(map(entities, pairs), Score()),
        "topics": sum(map(topics, pairs), Score()),
    }
    for label in labels:
        scores[f"entities {label}"] = sum((entities(pair, label) for pair in pairs), Score())
    main_topics = [(pair.found.annotated.topics[:1], pair.gold.topics[:1]) for pair in pairs if pair.gold.topics]
    right = sum(bool(found) and found[0].label == gold[0] for found, gold in main_topics)
    scores["main topic"] = Score(right, len(main_topics) - right, len(main_topics) - right)
    return scores, [sentence for pair in pairs for sentence in lost_sentences(pair)]


def main() -> None:
    """Print the table, or with `--floors` the content of `tests/quality/floors.toml` that pins these figures."""
    scores, lost = measure()
    if "--floors" in sys.argv:
        print(f'digest = "{gold_digest()}"\n\n[f1]')
        for name, score in scores.items():
            print(f'"{name}" = {math.floor(score.f1 * 1000) / 1000}')
        return
    print("| | precision | recall | F1 |\n|---|---|---|---|")
    for name, score in scores.items():
        print(f"| {name} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} |")
    print(f"\nsentences lost: {len(lost)}", *lost, sep="\n  ")


if __name__ == "__main__":
    main()

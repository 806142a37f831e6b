"""Simulated annotators: the tables of a corpus that was annotated by people of known habits.

Texts are the sample articles; what is right in them is their hand-made gold. A model makes known errors; an annotator
makes errors of their own and, where predictions are seen, adopts some of the model's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa

from annotation.layers import Judgment, Layer, LayerBuilder
from annotation.notation import NotedArticle, parse_articles
from corpus.ids import doc_id
from corpus.release.source import CorpusTables
from corpus.span import Entity, Sentence, Topic
from schemas.tables import CLUSTERS, DOCUMENTS, REJECTS, SIGHTINGS
from tests.conftest import SAMPLES

LABELS = ("PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "LAW", "PRODUCT", "DATE", "MONEY")
TOPICS = ("politics-government", "sport", "health", "environment", "society")
MODEL = "model"


@cache
def samples() -> tuple[NotedArticle, ...]:
    """The sample articles that have text, with their gold."""
    articles = (
        article
        for path in sorted((SAMPLES / "gold").glob("*.gold"))
        for article in parse_articles(path.read_text("utf-8").split("\n"))
    )
    return tuple(article for article in articles if article.text)


def copies(number: int) -> list[NotedArticle]:
    """That many different articles: the samples over and over, each copy with a closing line of its own."""
    found = []
    for nth in range(number):
        article = samples()[nth % len(samples())]
        line = f"نهاية النسخة رقم {nth}."
        end = len(article.text) + 1
        closing = Sentence(end, end + len(line), "paragraph")
        found.append(replace(article, text=f"{article.text}\n{line}", sentences=(*article.sentences, closing)))
    return found


@dataclass(frozen=True, slots=True)
class Habits:
    """How often a mention is missed, gets another label, another range, and how often a word is wrongly marked.

    `boundary` moves a sentence boundary, `topic` changes the topics; `sway` is how often an error of the model that is
    seen is adopted.
    """

    miss: float = 0.0
    relabel: float = 0.0
    shift: float = 0.0
    spurious: float = 0.0
    boundary: float = 0.0
    topic: float = 0.0
    sway: float = 0.0


PERFECT = Habits()


def annotate(article: NotedArticle, habits: Habits, random: np.random.Generator) -> NotedArticle:
    """What somebody of those habits makes of an article by themselves."""
    entities = []
    for one in article.entities:
        chance = random.random()
        if (chance := chance - habits.miss) < 0:
            continue
        if (chance := chance - habits.relabel) < 0:
            others = [label for label in LABELS if label != one.label]
            entities.append(replace(one, label=str(random.choice(others))))
        elif chance - habits.shift < 0 and " " in article.text[one.start : one.end]:
            entities.append(replace(one, end=one.start + article.text[one.start : one.end].rindex(" ")))
        else:
            entities.append(one)
    taken = {(one.start, one.end) for one in article.entities}
    for start, end in words(article.text):
        if (start, end) not in taken and random.random() < habits.spurious / 10:
            entities.append(Entity(start, end, str(random.choice(LABELS))))
    sentences = list(article.sentences)
    for nth in range(len(sentences) - 1, 0, -1):
        if random.random() < habits.boundary:
            joined = Sentence(sentences[nth - 1].start, sentences[nth].end, sentences[nth - 1].kind)
            sentences[nth - 1 : nth + 1] = [joined]
    topics = article.topics
    if random.random() < habits.topic:
        topics = (str(random.choice(TOPICS)), *topics[1:])
    distinct = {(one.start, one.end): one for one in entities}
    return replace(
        article,
        entities=tuple(sorted(distinct.values(), key=lambda e: (e.start, -e.end))),
        sentences=tuple(sentences),
        topics=tuple(dict.fromkeys(topics)),
    )


def words(text: str) -> list[tuple[int, int]]:
    """The words of a text as ranges."""
    found, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append((start, at))
    return found


def swayed(
    own: NotedArticle, model: NotedArticle, truth: NotedArticle, sway: float, random: np.random.Generator
) -> NotedArticle:
    """`own` with some errors of the model: wrong spans that are kept, missing ones that stay missing."""
    right = set(truth.entities)
    adopted = [one for one in model.entities if one not in right and random.random() < sway]
    overlooked = {one for one in right - set(model.entities) if random.random() < sway}
    entities = {(one.start, one.end): one for one in own.entities if one not in overlooked}
    entities |= {(one.start, one.end): one for one in adopted}
    return replace(own, entities=tuple(sorted(entities.values(), key=lambda e: (e.start, -e.end))))


@dataclass(slots=True)
class Simulation:
    """Gathers work and gives the tables of the corpus."""

    articles: Sequence[NotedArticle]
    builder: LayerBuilder

    @classmethod
    def of(cls, articles: Iterable[NotedArticle]) -> Simulation:
        """A corpus of those articles in which nothing is annotated."""
        return cls(tuple(articles), LayerBuilder())

    def add(
        self,
        article: NotedArticle,
        annotator: str,
        *,
        kind: str = "annotation",
        round_: int = 1,
        status: str = "submitted",
        seconds: float | None = 300.0,
        saw: bool | None = None,
        problem: str | None = None,
        tasks: Sequence[str] = ("sentences", "entities", "topics"),
    ) -> None:
        """Somebody's work on an article."""
        doc = doc_id(article.text)
        for task in tasks:
            layer = Layer(task, kind, annotator, "1", "1.0.0", None, 0 if kind == "prediction" else round_)
            if kind != "prediction":
                its = saw if task != "sentences" else True
                self.builder.add_judgment(Judgment(doc, layer, annotator, 1, status, seconds, None, its, problem, None))
            if task == "sentences":
                self.builder.add_sentences(layer, doc, article.text, article.sentences)
            elif task == "entities":
                self.builder.add_entities(layer, doc, article.text, article.entities)
            else:
                topics = [Topic(label, rank) for rank, label in enumerate(article.topics)]
                self.builder.add_topics(layer, doc, topics)

    def tables(self) -> CorpusTables:
        """The tables so far."""
        rows = self.builder.build()
        return CorpusTables(
            documents_table(self.articles), SIGHTINGS.empty_table(), CLUSTERS.empty_table(),
            rows.layers, rows.spans, rows.topics, rows.judgments, REJECTS.empty_table(),
        )  # fmt: skip


def documents_table(articles: Iterable[NotedArticle]) -> pa.Table:
    """The documents of articles."""
    rows = [
        {
            "doc_id": doc_id(article.text),
            "text": article.text,
            "title": article.text.split("\n")[0],
            "language": "ar",
            "characters": len(article.text),
            "arabic_share": 1.0,
            "kept_share": 1.0,
            "drop_reason": None,
        }
        for article in articles
    ]
    return pa.Table.from_pylist(rows, DOCUMENTS)

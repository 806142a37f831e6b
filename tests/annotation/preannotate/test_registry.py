"""The registry: what pre-annotators find, in the labels of the corpus's ontology."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from annotation.preannotate.protocol import Article
from annotation.preannotate.registry import Preannotation, label_map, load_preannotation
from corpus.span import Entity, Topic
from schemas.labels import Ontology
from schemas.ontology import OntologyError, load_ontology

#       0    5         15   20
TEXT = "وزير خارجية مصر سامح شكري يزور الرباط الثلاثاء"
FOUND = [
    Entity(0, 15, "OCC", 0.9, "rules"),
    Entity(12, 15, "GPE", 0.8, "gazetteer"),
    Entity(16, 25, "PERS", 0.4, "model"),
    Entity(31, 37, "ORG", 0.7, "model"),
    Entity(33, 37, "GPE", 0.9, "model"),
    Entity(38, 46, "DATE", 0.9, "rules", "2026-01-13"),
]
TOPICS = [Topic("sport", 0, 0.6), Topic("weather", 1, 0.4)]


@dataclass(frozen=True)
class Fixed:
    """An annotator that always finds the same."""

    name: str = "fixed"
    version: str = "1"
    labels: frozenset[str] = frozenset(one.label for one in FOUND)

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        return [FOUND for _ in articles]

    def topics(self, articles: Sequence[Article]) -> list[list[Topic]]:
        return [TOPICS for _ in articles]


def annotated(
    inventory: str, min_score: float = 0.0, ontology: Ontology | None = None
) -> tuple[list[str], list[Topic]]:
    ontology = ontology or load_ontology()
    names = label_map(ontology, inventory, Fixed().labels)
    (found,) = Preannotation(ontology, inventory, min_score, names, Fixed(), Fixed()).annotate([Article(TEXT, (), ())])
    return [f"{one.label} {TEXT[one.start : one.end]}" for one in found.entities], list(found.topics)


def test_the_native_inventory_keeps_everything() -> None:
    entities, topics = annotated("news")
    assert entities == [
        "OCC وزير خارجية مصر", "GPE مصر", "PERS سامح شكري", "ORG الرباط", "GPE رباط", "DATE الثلاثاء",
    ]  # fmt: skip
    assert topics == TOPICS


def test_conll_has_the_outermost_of_what_it_has_a_name_for() -> None:
    """OCC and DATE are dropped, so what lies inside an OCC is outermost; what lies inside an ORG is not."""
    assert annotated("conll")[0] == ["LOC مصر", "PER سامح شكري", "ORG الرباط"]


def test_a_suggestion_that_is_too_uncertain_hides_nothing() -> None:
    assert annotated("conll", 0.75)[0] == ["LOC مصر", "LOC رباط"]


def test_scores_producers_and_values_stay() -> None:
    ontology = load_ontology()
    names = label_map(ontology, "conll", Fixed().labels)
    (found,) = Preannotation(ontology, "conll", 0.0, names, Fixed(), Fixed()).annotate([Article(TEXT, (), ())])
    first = found.entities[0]
    assert (first.score, first.producer, first.value) == (0.8, "gazetteer", None)


def test_topics_that_the_ontology_does_not_have_give_way_to_the_next() -> None:
    ontology = load_ontology()
    small = replace(ontology, topics=tuple(topic for topic in ontology.topics if topic.code != "sport"))
    assert annotated("news", ontology=small)[1] == [Topic("weather", 0, 0.4)]


def test_an_inventory_of_ones_own_keeps_the_labels_it_shares() -> None:
    ontology = load_ontology()
    news = ontology.inventory("news")
    own = replace(news, name="own", labels=tuple(label for label in news.labels if label.code in ("GPE", "DATE")))
    alone = replace(ontology, inventories={"own": own}, mappings=(), default_inventory="own")
    assert annotated("own", ontology=alone)[0] == ["GPE مصر", "GPE رباط", "DATE الثلاثاء"]


def test_a_label_that_the_mapped_inventory_lost_is_left_out() -> None:
    ontology = load_ontology()
    news = ontology.inventory("news")
    fewer = replace(news, labels=tuple(label for label in news.labels if label.code != "PERS"))
    smaller = replace(ontology, inventories={**ontology.inventories, "news": fewer})
    assert annotated("conll", ontology=smaller)[0] == ["LOC مصر", "ORG الرباط"]


def test_an_inventory_that_nothing_can_be_suggested_for_is_refused() -> None:
    ontology = load_ontology()
    news = ontology.inventory("news")
    own = replace(news, name="own", labels=(replace(news.labels[0], code="GENE"),))
    alone = replace(ontology, inventories={"own": own}, mappings=(), default_inventory="own")
    with pytest.raises(OntologyError) as caught:
        annotated("own", ontology=alone)
    assert str(caught.value) == (
        "inventory 'own' has none of the labels that can be suggested (DATE, GPE, OCC, ORG, PERS); "
        "say what they are called there in a table [mappings.news.own]"
    )


def test_an_inventory_that_is_not_there_is_refused() -> None:
    with pytest.raises(OntologyError, match="no inventory 'nwes'; known: news, conll"):
        load_preannotation(inventory="nwes")


def test_the_key_changes_with_everything_that_changes_the_result() -> None:
    ontology = load_ontology()
    one = Preannotation(ontology, "news", 0.0, {}, Fixed(), Fixed())
    others = [
        replace(one, inventory="conll"),
        replace(one, min_score=0.5),
        replace(one, ontology=replace(ontology, version="9.0.0")),
        replace(one, entity_annotator=Fixed(version="2")),
        replace(one, topic_annotator=Fixed(name="other")),
    ]
    assert len({one.key, *(other.key for other in others)}) == 6


@dataclass(frozen=True)
class Fragile(Fixed):
    """An annotator that an article without a capital breaks."""

    def entities(self, articles: Sequence[Article]) -> list[list[Entity]]:
        for article in articles:
            article.text.index("الرباط")
        return [FOUND for _ in articles]


def test_an_article_that_breaks_a_pre_annotator_falls_out_alone() -> None:
    articles = [Article(text, (), ()) for text in (TEXT, "بلا عاصمة", TEXT, TEXT, TEXT)]
    whole = replace(load_preannotation(), entity_annotator=Fragile())
    found = whole.annotate_each(articles)
    assert [type(each).__name__ for each in found] == ["Annotated", "ValueError", "Annotated", "Annotated", "Annotated"]
    assert found[0] == whole.annotate(articles[:1])[0]

"""Which layer speaks for a document, and with what status."""

from __future__ import annotations

import pytest

from corpus.ids import doc_id
from corpus.release.choose import Choice, choose_layers, current_annotations
from tests.corpus.release.conftest import MATCH, MINISTER, RAIN, Maker


def choose(maker: Maker, text: str, task: str = "entities") -> Choice:
    tables = maker.tables()
    return choose_layers(tables, task, current_annotations(tables, task))[doc_id(text)]


@pytest.fixture
def corpus(maker: Maker) -> Maker:
    for number, text in enumerate((MINISTER, MATCH, RAIN)):
        maker.document(text, f"{number}.txt")
    machine = maker.layer("entities", "prediction", "rules")
    maker.entity(machine, MINISTER, "المغرب", "GPE")
    maker.entity(machine, MATCH, "الوداد", "ORG")
    return maker


def test_the_machine_alone_is_silver(corpus: Maker) -> None:
    assert choose(corpus, MINISTER) == Choice(corpus.layer("entities", "prediction", "rules"), "silver")


def test_of_two_predictions_the_newer_layer_speaks(corpus: Maker) -> None:
    newer = corpus.layer("entities", "prediction", "rules", version="2")
    corpus.entity(newer, MINISTER, "طنجة", "GPE")
    assert choose(corpus, MINISTER).layer_id == newer
    assert choose(corpus, MATCH).layer_id == corpus.layer("entities", "prediction", "rules")


def test_an_annotator_stands_above_the_machine(corpus: Maker) -> None:
    layer = corpus.layer("entities", "annotation", "hind", round=1)
    corpus.entity(layer, MINISTER, "سلمى الراشدي", "PERS")
    assert choose(corpus, MINISTER) == Choice(layer, "single")
    assert choose(corpus, MATCH).status == "silver"


def test_an_annotator_who_looked_and_found_nothing_stands_above_the_machine(corpus: Maker) -> None:
    layer = corpus.layer("entities", "annotation", "hind", round=1)
    corpus.judgment(layer, MINISTER, "hind")
    assert choose(corpus, MINISTER) == Choice(layer, "single")


@pytest.mark.parametrize("status", ["skipped", "draft", "deleted"])
def test_what_was_not_submitted_does_not_count(corpus: Maker, status: str) -> None:
    layer = corpus.layer("entities", "annotation", "hind", round=1)
    corpus.entity(layer, MINISTER, "سلمى الراشدي", "PERS")
    corpus.judgment(layer, MINISTER, "hind", status)
    assert choose(corpus, MINISTER).status == "silver"


def test_the_latest_revision_counts(corpus: Maker) -> None:
    layer = corpus.layer("entities", "annotation", "hind", round=1)
    corpus.entity(layer, MINISTER, "سلمى الراشدي", "PERS", revision=1)
    corpus.judgment(layer, MINISTER, "hind", "submitted", 1)
    corpus.entity(layer, MINISTER, "ميناء طنجة", "FAC", revision=2)
    corpus.judgment(layer, MINISTER, "hind", "submitted", 2)
    tables = corpus.tables()
    rows = current_annotations(tables, "entities").to_pylist()
    assert [row["surface"] for row in rows if row["layer_id"] == layer] == ["ميناء طنجة"]
    corpus.judgment(layer, MINISTER, "hind", "deleted", 3)
    assert choose(corpus, MINISTER).status == "silver"


def test_annotators_who_agree_make_gold(corpus: Maker) -> None:
    for name in ("hind", "omar"):
        corpus.entity(corpus.layer("entities", "annotation", name, round=1), MINISTER, "سلمى الراشدي", "PERS")
    found = choose(corpus, MINISTER)
    assert (found.status, found.disputed) == ("gold", False)


def test_annotators_who_differ_leave_the_newest_as_single(corpus: Maker) -> None:
    later = corpus.layer("entities", "annotation", "hind", round=2)
    earlier = corpus.layer("entities", "annotation", "omar", round=1)
    corpus.entity(later, MINISTER, "سلمى الراشدي", "PERS")
    corpus.entity(earlier, MINISTER, "سلمى", "PERS")
    assert choose(corpus, MINISTER) == Choice(later, "single", disputed=True)


def test_of_two_annotators_one_may_have_found_nothing(corpus: Maker) -> None:
    corpus.entity(corpus.layer("entities", "annotation", "hind", round=1), MINISTER, "سلمى الراشدي", "PERS")
    empty = corpus.layer("entities", "annotation", "omar", round=1)
    corpus.judgment(empty, MINISTER, "omar")
    assert choose(corpus, MINISTER) == Choice(empty, "single", disputed=True)


def test_an_annotators_second_round_replaces_the_first(corpus: Maker) -> None:
    corpus.entity(corpus.layer("entities", "annotation", "hind", round=1), MINISTER, "سلمى", "PERS")
    second = corpus.layer("entities", "annotation", "hind", round=2)
    corpus.entity(second, MINISTER, "سلمى الراشدي", "PERS")
    assert choose(corpus, MINISTER) == Choice(second, "single")


def test_gold_stands_above_annotators(corpus: Maker) -> None:
    gold = corpus.layer("entities", "gold", "adjudicator", round=1)
    corpus.judgment(gold, MINISTER, "adjudicator")
    corpus.entity(corpus.layer("entities", "annotation", "hind", round=2), MINISTER, "سلمى الراشدي", "PERS")
    assert choose(corpus, MINISTER) == Choice(gold, "gold")


def test_sentences_are_never_nothing(corpus: Maker) -> None:
    layer = corpus.layer("sentences", "annotation", "hind", round=1)
    corpus.judgment(layer, MINISTER, "hind")
    assert choose(corpus, MINISTER, "sentences").status == "silver"


def test_agreement_on_topics_includes_their_order(corpus: Maker) -> None:
    for name, main in (("hind", "sport"), ("omar", "society")):
        layer = corpus.layer("topics", "annotation", name, round=1)
        corpus.topic(layer, MATCH, "sport", 0 if main == "sport" else 1)
        corpus.topic(layer, MATCH, "society", 0 if main == "society" else 1)
    assert choose(corpus, MATCH, "topics").disputed

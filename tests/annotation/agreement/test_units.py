"""The units of alpha: gaps, characters, topics, counted out."""

from __future__ import annotations

from dataclasses import replace

import krippendorff
import numpy as np
import pytest

from annotation.agreement import units
from annotation.agreement.alpha import alpha
from annotation.agreement.marks import compare_sides
from annotation.judged import read_work
from annotation.notation import NotedArticle
from corpus.ids import doc_id
from corpus.span import Sentence
from schemas.tables import SENTENCE_KINDS
from tests.annotation import written
from tests.annotation.simulated import Habits, Simulation, annotate, copies

TEXT = "وصل الوفد. ثم غادر.وبقي البعض."
FIRST = (Sentence(0, 10), Sentence(11, 19), Sentence(19, len(TEXT)))
JOINED = (Sentence(0, 19), Sentence(19, len(TEXT)))


def simulated(*sentences: tuple[Sentence, ...]) -> Simulation:
    """Annotators with those sentences of `TEXT`."""
    article = NotedArticle("a.txt", TEXT, (), ())
    simulation = Simulation.of([article])
    for number, its in enumerate(sentences):
        simulation.add(replace(article, sentences=its), f"reader-{number}", tasks=["sentences"])
    return simulation


def test_boundaries_are_gaps_between_words_and_marked_places() -> None:
    """Four gaps of white space and one glued boundary; both mark the glued one, one marks the second gap."""
    tables = simulated(FIRST, JOINED).tables()
    judged = read_work(tables, "sentences")
    sides = compare_sides(judged)
    sums, distance = units.boundaries(sides.sides[0], sides, {doc_id(TEXT): TEXT})
    assert sums.tolist() == [[2, 7, 3]]  # one of the five gaps in dispute; 10 values, three of them "begins"
    values = [[0, 1, 0, 1, 0], [0, 0, 0, 1, 0]]
    assert float(alpha(sums[0], distance)) == pytest.approx(
        krippendorff.alpha(reliability_data=values, level_of_measurement="nominal")
    )


def test_kinds_are_compared_where_sentences_are_delimited_alike() -> None:
    other = (Sentence(0, 10, "title"), FIRST[1], FIRST[2])
    judged = read_work(simulated(FIRST, other, JOINED).tables(), "sentences")
    sides = compare_sides(judged)
    sums, distance = units.sentence_kinds(judged, sides.sides[0], sides, SENTENCE_KINDS)
    values = [["p", "p", "p"], ["t", "p", "p"], ["nan", "nan", "p"]]
    expected = krippendorff.alpha(reliability_data=np.array(values), level_of_measurement="nominal")
    assert float(alpha(sums[0], distance)) == pytest.approx(expected)


def test_characters_have_the_label_of_the_outermost_entity() -> None:
    """Against the reference package, character by character."""
    random = np.random.default_rng(3)
    habits = Habits(miss=0.2, relabel=0.2)
    articles = copies(4)
    simulation = Simulation.of(articles)
    work = {}
    for nth, article in enumerate(articles):
        for reader in range(3 if nth else 2):  # the first document has two annotators only
            work[nth, reader] = annotate(article, habits, random)
            simulation.add(work[nth, reader], f"reader-{reader}", tasks=["entities"])
    sides = compare_sides(read_work(simulation.tables(), "entities"))
    sums, distance = units.characters(sides.sides[0], sides, {doc_id(a.text): a.text for a in articles})
    labels = {label: code for code, label in enumerate(sides.labels, 1)}
    columns = [[] for _ in range(3)]  # type: ignore[var-annotated]
    for nth, article in enumerate(articles):
        for reader, column in enumerate(columns):
            its = work.get((nth, reader))
            codes = np.full(len(article.text), 0.0 if its else np.nan)
            for one in reversed(its.entities if its else ()):  # the longer ones are written last
                codes[one.start : one.end] = labels[one.label]
            column.extend(codes)
    expected = krippendorff.alpha(reliability_data=columns, level_of_measurement="nominal")
    assert float(alpha(sums.sum(axis=0), distance)) == pytest.approx(expected)


def test_topics_of_two_annotators() -> None:
    """Main topics differ in one of two documents, sets in both, sport in one."""
    articles = [NotedArticle(f"{n}.txt", f"نص قصير {n}", (), ()) for n in range(2)]
    given = {"one": [("sport", "health"), ("labour",)], "two": [("sport",), ("sport", "labour")]}
    simulation = Simulation.of(articles)
    for annotator, topics in given.items():
        for article, its in zip(articles, topics, strict=True):
            simulation.add(replace(article, topics=its), annotator, tasks=["topics"])
    judged = read_work(simulation.tables(), "topics")
    sides = compare_sides(judged)
    main, distance = units.main_topics(judged, sides)
    assert float(alpha(main.sum(axis=0), distance)) == pytest.approx(
        krippendorff.alpha(reliability_data=[[0, 1], [0, 0]], level_of_measurement="nominal")
    )
    choices, distance = units.topic_choices(sides.sides[0], sides)
    sport = choices[:, sides.labels.index("sport")].sum(axis=0)
    assert float(alpha(sport, distance)) == pytest.approx(
        krippendorff.alpha(reliability_data=[[1, 0], [1, 1]], level_of_measurement="nominal")
    )
    sets, distance = units.topic_sets(judged, sides)
    assert sets[:, 0].sum() == pytest.approx(2 * 2 * (1 - 1 / 2 * 2 / 3))


def test_written_cases_know_which_occurrence() -> None:
    assert [one.start for one in written.entities("فاس وفاس", ["GPE فاس #2", "GPE فاس"])] == [0, 5]

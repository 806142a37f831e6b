"""Anchoring finds the sway planted in simulated annotators; fates of predictions as counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from annotation.agreement.anchoring import Anchoring, Fate, anchoring, beside_model, fates
from annotation.judged import read_predictions, read_work
from annotation.notation import NotedArticle
from corpus.ids import annotation_id, doc_id
from corpus.release.source import CorpusTables
from schemas.tables import SPANS
from tests.annotation import written
from tests.annotation.simulated import Habits, Simulation, annotate, copies, swayed

MODEL = Habits(miss=0.2, shift=0.1, spurious=0.3)


def anchored(tables: CorpusTables) -> list[Anchoring]:
    """Anchoring of entities."""
    judged = read_work(tables, "entities")
    return anchoring(beside_model(judged, *read_predictions(tables, "entities", judged)))


def simulate(sway: float, documents: int, seed: int) -> tuple[CorpusTables, float]:
    """Two annotators who are right when blind; and the difference of F1 that follows from how far they are swayed.

    Every second document is blind. Where predictions are seen, a wrong one is kept, and a missing mention overlooked,
    with probability `sway`.
    """
    random = np.random.default_rng(seed)
    articles = copies(documents)
    simulation = Simulation.of(articles)
    right = wrong = missing = 0
    for nth, article in enumerate(articles):
        model = annotate(article, MODEL, random)
        simulation.add(model, "model", kind="prediction", tasks=["entities"])
        for reader in ("one", "two"):
            blind = nth % 2 == 0
            own = article if blind else swayed(article, model, article, sway, random)
            simulation.add(own, reader, saw=not blind, tasks=["entities"])
        right += len(set(article.entities) & set(model.entities))
        wrong += len(set(model.entities) - set(article.entities))
        missing += len(set(article.entities) - set(model.entities))
    shown, gold = right + wrong, right + missing
    blind_f1 = 2 * right / (shown + gold)
    # Where predictions are seen there are gold + sway * wrong - sway * missing marks, and the wrong ones match.
    seen_f1 = 2 * (right + sway * wrong) / (shown + gold + sway * (wrong - missing))
    return simulation.tables(), seen_f1 - blind_f1


@pytest.mark.parametrize("sway", [0.2, 0.5])
def test_a_planted_sway_is_recovered(sway: float) -> None:
    tables, planted = simulate(sway, 160, seed=7)
    (found,) = (one for one in anchored(tables) if one.label == "*")
    assert found.difference.low < planted < found.difference.high
    assert found.difference.value == pytest.approx(planted, abs=0.02)
    assert found.difference.low > 0
    assert found.p < 0.01
    assert (found.seen_documents, found.blind_documents) == (80, 80)


def test_annotators_who_are_not_swayed_show_none() -> None:
    (found,) = (one for one in anchored(simulate(0.0, 160, seed=8)[0]) if one.label == "*")
    assert found.difference.low < 0 < found.difference.high
    assert found.p > 0.05


def test_without_blind_documents_there_is_nothing_to_compare_with() -> None:
    simulation = Simulation.of(copies(2))
    for article in simulation.articles:
        simulation.add(article, "model", kind="prediction")
        simulation.add(article, "one", saw=True)
    assert anchored(simulation.tables()) == []


TEXT = "قال مندوب وزارة الصحة المغربية في فاس إن وفدا من وجدة زار طنجة"
PREDICTED = ("ORG وزارة الصحة", "GPE فاس", "GPE وجدة", "PERS طنجة")
CORRECTED = ("OCC مندوب وزارة الصحة المغربية", "ORG وزارة الصحة المغربية", "GPE فاس", "GPE طنجة")


def fates_of(tables: CorpusTables) -> dict[str, Fate]:
    """Fates of entities by label."""
    judged = read_work(tables, "entities")
    return {one.label: one for one in fates(beside_model(judged, *read_predictions(tables, "entities", judged)))}


def corrected(saw: bool) -> CorpusTables:
    """One annotator corrects one prediction of each fate."""
    article = NotedArticle("a.txt", TEXT, (), ())
    simulation = Simulation.of([article])
    simulation.add(replace(article, entities=written.entities(TEXT, PREDICTED)), "model", kind="prediction")
    simulation.add(replace(article, entities=written.entities(TEXT, CORRECTED)), "one", saw=saw)
    return simulation.tables()


def test_fates_by_hand() -> None:
    """وزارة الصحة was lengthened, فاس kept, وجدة removed, طنجة relabelled; the office was added."""
    found = fates_of(corrected(saw=True))
    together = found["*"]
    assert (together.shown, together.given) == (4, 4)
    assert [getattr(together, name).value for name in ("accepted", "changed", "rejected", "added")] == [
        pytest.approx(share) for share in (1 / 4, 2 / 4, 1 / 4, 1 / 4)
    ]
    assert [found["GPE"].accepted.value, found["GPE"].rejected.value] == [0.5, 0.5]
    assert found["PERS"].changed.value == found["ORG"].changed.value == 1.0


def test_predictions_that_nobody_saw_have_no_fate() -> None:
    assert fates_of(corrected(saw=False)) == {}


def test_only_those_who_saw_the_predictions_decide_their_fate() -> None:
    """The same document, seen by one and blind for another."""
    article = NotedArticle("a.txt", TEXT, (), ())
    simulation = Simulation.of([article])
    simulation.add(replace(article, entities=written.entities(TEXT, PREDICTED)), "model", kind="prediction")
    simulation.add(replace(article, entities=written.entities(TEXT, CORRECTED)), "one", saw=True)
    simulation.add(article, "two", saw=False)
    assert fates_of(simulation.tables())["*"].shown == 4


def test_parents_say_what_a_mark_was_made_from() -> None:
    """The mark on طنجة was made from the prediction on وجدة: that one is changed, the one on طنجة rejected."""
    tables = corrected(saw=True)
    layers = {row["layer_id"]: row for row in tables.layers.to_pylist()}
    rows = tables.spans.to_pylist()
    wajda = next(row for row in rows if (row["surface"], row["label"]) == ("وجدة", "GPE"))
    for row in rows:
        if layers[row["layer_id"]]["kind"] == "annotation" and row["surface"] == "طنجة":
            row["parents"] = [wajda["annotation_id"]]
    found = fates_of(replace(tables, spans=pa.Table.from_pylist(rows, SPANS)))
    assert found["PERS"].rejected.value == 1.0
    assert found["GPE"].changed.value == 0.5
    assert wajda["annotation_id"] == annotation_id(
        wajda["layer_id"], doc_id(TEXT), 1, wajda["start"], wajda["end"], "GPE"
    )

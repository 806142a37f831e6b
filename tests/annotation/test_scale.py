"""Review, agreement and adjudication of thousands of documents take seconds, not minutes."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from annotation.adjudicate.gold import change_gold
from annotation.adjudicate.rules import RULES
from annotation.adjudicate.settle import adjudicate
from annotation.agreement.figures import measure_agreement
from annotation.review.checks import review
from corpus.release.source import CorpusTables
from schemas.tables import TASKS
from tests.annotation.simulated import Habits, Simulation, annotate, copies, swayed

DOCUMENTS = 3000
MODEL = Habits(miss=0.1, relabel=0.05, shift=0.05, spurious=0.1, boundary=0.02, topic=0.1)
READER = Habits(miss=0.05, relabel=0.03, shift=0.03, spurious=0.05, boundary=0.02, topic=0.1)


@pytest.fixture(scope="module")
def tables() -> CorpusTables:
    """Three annotators of 3,000 documents, every tenth blind."""
    random = np.random.default_rng(1)
    simulation = Simulation.of(copies(DOCUMENTS))
    for nth, article in enumerate(simulation.articles):
        model = annotate(article, MODEL, random)
        simulation.add(model, "model", kind="prediction")
        for reader in range(3):
            own, saw = annotate(article, READER, random), nth % 10 != 0
            simulation.add(swayed(own, model, article, 0.3, random) if saw else own, f"reader-{reader}", saw=saw)
    return simulation.tables()


def settle(tables: CorpusTables) -> None:
    """Adjudicate by majority, up to the rows."""
    outcome = adjudicate(tables, RULES["majority"])
    assert change_gold(tables, outcome.settled, RULES["majority"], TASKS, "1.0.0").added == len(outcome.settled) > 0


@pytest.mark.soak
@pytest.mark.parametrize("work", [measure_agreement, review, settle])
def test_a_thousand_documents_take_at_most_ten_seconds_of_processor_time(
    work: Callable[[CorpusTables], object], tables: CorpusTables
) -> None:
    before = time.process_time()
    work(tables)
    assert time.process_time() - before < 10 * DOCUMENTS / 1000

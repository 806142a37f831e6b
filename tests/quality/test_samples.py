"""Quality floors on the project's own gold: no change lowers them unseen.

`floors.toml` holds the digest of the pages and gold that they were measured on. Whoever changes those, or accepts a
lower figure, changes the file and says so.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bench.samples import Score, gold_digest, measure

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def measured() -> tuple[dict[str, Score], list[str]]:
    """All figures, once."""
    scores, lost = measure()
    return dict(scores), lost


def test_the_floors_are_of_this_gold() -> None:
    assert gold_digest() == FLOORS["digest"], "the samples changed: measure again (python -m bench.samples)"


@pytest.mark.parametrize("name", FLOORS["f1"])
def test_f1_has_not_fallen(name: str, measured: tuple[dict[str, Score], list[str]]) -> None:
    assert round(measured[0][name].f1, 3) >= FLOORS["f1"][name]


def test_no_sentence_of_an_article_is_lost(measured: tuple[dict[str, Score], list[str]]) -> None:
    assert measured[1] == []

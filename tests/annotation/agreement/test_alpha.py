"""Krippendorff's alpha: published examples, and the reference package on random values."""

from __future__ import annotations

import tomllib

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotation.agreement.alpha import MISSING, alpha, masi, nominal, unit_sums
from annotation.judged import Integers
from tests.annotation.written import CASES

PUBLISHED = tomllib.loads((CASES / "agreement" / "alpha.toml").read_text("utf-8"))["case"]


def alpha_of(values: Integers, size: int) -> float:
    """Alpha of nominal values, all of one document."""
    distance = nominal(size)
    return float(alpha(unit_sums(values, np.zeros(len(values), np.int64), 1, distance)[0], distance))


def read(rows: list[str]) -> Integers:
    """Values as units (rows) by annotators (columns)."""
    table = [row.split() for row in rows]
    codes = {value: code for code, value in enumerate(sorted({v for row in table for v in row} - {"."}))}
    return np.array([[codes.get(value, MISSING) for value in row] for row in table]).T


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["name"])
def test_published_examples(case: dict) -> None:  # type: ignore[type-arg]
    assert round(alpha_of(read(case["values"]), 5), 3) == case["alpha"]


@given(arrays(np.int64, st.tuples(st.integers(1, 30), st.integers(2, 5)), elements=st.integers(MISSING, 3)))
def test_the_reference_package_says_the_same(values: Integers) -> None:
    own = alpha_of(values, 4)
    counts = np.stack([(values == value).sum(axis=1) for value in range(4)], axis=1)
    pairable = counts[counts.sum(axis=1) >= 2]
    if len(np.flatnonzero(pairable.sum(axis=0))) < 2:
        assert np.isnan(own), "nothing varies"
    else:
        assert own == pytest.approx(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


@given(arrays(np.int64, st.tuples(st.integers(2, 20), st.integers(2, 4)), elements=st.integers(MISSING, 4)))
def test_sets_of_topics_agree_with_the_package_at_masi_distance(values: Integers) -> None:
    sets = [frozenset(one) for one in ("", "a", "ab", "abc", "d")]
    distance = masi(sets)
    own = float(alpha(unit_sums(values, np.zeros(len(values), np.int64), 1, distance)[0], distance))
    counts = np.stack([(values == value).sum(axis=1) for value in range(5)], axis=1)
    if np.isnan(own):
        assert len(np.flatnonzero(counts[counts.sum(axis=1) >= 2].sum(axis=0))) < 2
        return
    theirs = krippendorff.alpha(
        value_counts=counts, level_of_measurement=lambda v1, v2, i1, i2, n_v, dtype: distance[i1, i2]
    )
    assert own == pytest.approx(theirs)


def test_masi_is_as_published() -> None:
    """Passonneau 2006: equal 0; one within the other: 1 - Jaccard * 2/3; overlapping 1 - Jaccard * 1/3; apart 1."""
    sets = [frozenset("ab"), frozenset("abcd"), frozenset("bc"), frozenset("z")]
    first = masi(sets)[0]
    assert first == pytest.approx([0, 1 - 2 / 4 * 2 / 3, 1 - 1 / 3 * 1 / 3, 1])


def test_a_weight_stands_for_equal_units() -> None:
    distance = nominal(2)
    values = np.array([[0, 0], [0, 1], [1, 1]])
    weight = np.array([3, 1, 2])
    doc = np.zeros(3, np.int64)
    repeated = np.repeat(values, weight, axis=0)
    assert unit_sums(values, doc, 1, distance, weight) == pytest.approx(
        unit_sums(repeated, np.zeros(6, np.int64), 1, distance)
    )

"""Intervals and p-values against what theory says of known distributions."""

from __future__ import annotations

import numpy as np
import pytest

from annotation.agreement.resample import Sums, difference_interval, interval, permutation_p


def mean(sums: Sums) -> Sums:
    """The mean of values that were summed beside their number."""
    return sums[..., 0] / sums[..., 1]


def sample(size: int, middle: float, seed: int) -> Sums:
    """Normal values of deviation 1, each beside a 1."""
    values = np.random.default_rng(seed).normal(middle, 1.0, size)
    return np.stack([values, np.ones(size)], axis=1)


def test_the_interval_of_a_mean_is_two_standard_errors_either_way() -> None:
    values = sample(400, 5.0, 1)
    low, high = interval(values, mean, draws=4000)
    centre, error = values[:, 0].mean(), values[:, 0].std() / 20
    assert low == pytest.approx(centre - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(centre + 1.96 * error, abs=0.15 * error)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 200 samples of 60, the 95 % interval misses the mean about 10 times; 3 to 22 allow for chance."""
    missed = 0
    for seed in range(200):
        low, high = interval(sample(60, 0.0, seed), mean, draws=400)
        missed += not low <= 0.0 <= high
    assert 3 <= missed <= 22


def test_the_same_seed_gives_the_same_interval() -> None:
    values = sample(50, 0.0, 2)
    assert interval(values, mean) == interval(values, mean)


def test_a_difference_of_groups() -> None:
    one, other = sample(300, 1.0, 3), sample(300, 0.0, 4)
    low, high = difference_interval(one, other, mean)
    assert 0.7 < low < 1.0 < high < 1.3


def test_p_values_are_small_for_a_difference_and_even_without_one() -> None:
    assert permutation_p(sample(100, 1.0, 5), sample(100, 0.0, 6), mean) == pytest.approx(1 / 1001)
    even = [float(permutation_p(sample(30, 0.0, seed), sample(30, 0.0, 999 - seed), mean, draws=200))
            for seed in range(100)]  # fmt: skip
    assert 0.4 < np.mean(even) < 0.6
    assert sum(p < 0.1 for p in even) <= 20


def test_no_value_no_interval() -> None:
    nothing = np.zeros((5, 2))
    with np.errstate(invalid="ignore"):
        assert np.isnan(interval(nothing, mean)).all()

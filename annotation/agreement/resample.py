"""Intervals and p-values by resampling documents, with a fixed seed.

Documents are what is drawn, because what stands in one document is not independent. Every figure here is a function of
sums over documents, so a resampled figure is that function of resampled sums.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Sums = npt.NDArray[np.float64]
Statistic = Callable[[Sums], Sums]
"""From sums with any leading axes to values with the same leading axes."""

DRAWS: Final = 1000
SEED: Final = 20260
LEVEL: Final = 0.95
_CELLS: Final = 1 << 22  # cells of a block of weights: 32 MB


def interval(by_document: Sums, statistic: Statistic, *, draws: int = DRAWS, seed: int = SEED) -> tuple[Sums, Sums]:
    """The percentile bootstrap interval (95 %) of a statistic of sums over documents (Efron 1979).

    Args:
        by_document: what each document contributes; the first axis is documents.
        statistic: the value for sums over documents.
        draws: how many resamples.
        seed: of the random generator.

    Returns:
        The lower and the upper bound, NaN where more than a resample in twenty has no value.
    """
    return _quantiles(_resampled(by_document, statistic, draws, seed))


def difference_interval(
    one: Sums, other: Sums, statistic: Statistic, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[Sums, Sums]:
    """The interval of `statistic(one) - statistic(other)`, the documents of either group drawn from that group."""
    first = _resampled(one, statistic, draws, seed)
    second = _resampled(other, statistic, draws, seed + 1)
    return _quantiles(first - second)


def permutation_p(
    one: Sums, other: Sums, statistic: Statistic, *, draws: int = DRAWS, seed: int = SEED
) -> Sums:
    """How often groups made at random differ at least as much, either way: (1 + such draws) / (1 + draws).

    The add-one keeps the p-value above 0 (Phipson and Smyth 2010). NaN where a group has no value.
    """
    together = np.concatenate([one, other])
    size = len(together)
    flat = together.reshape(size, -1)
    total = together.sum(axis=0)
    seen = np.abs(statistic(one.sum(axis=0)) - statistic(other.sum(axis=0)))
    generator = np.random.default_rng(seed)
    larger = np.zeros(np.shape(seen))
    block = max(1, _CELLS // max(size, 1))
    for at in range(0, draws, block):
        drawn = min(block, draws - at)
        member = np.zeros((drawn, size))
        for row in member:
            row[generator.permutation(size)[: len(one)]] = 1
        sums = (member @ flat).reshape(drawn, *together.shape[1:])
        difference = np.abs(statistic(sums) - statistic(total - sums))
        larger += np.sum(~(difference < seen - 1e-12), axis=0)
    return np.where(np.isfinite(seen), (1 + larger) / (1 + draws), np.nan)


def _resampled(by_document: Sums, statistic: Statistic, draws: int, seed: int) -> Sums:
    size = len(by_document)
    flat = by_document.reshape(size, -1)
    values = []
    for weights in _weights(size, draws, seed):
        values.append(statistic((weights.astype(np.float64) @ flat).reshape(len(weights), *by_document.shape[1:])))
    return np.concatenate(values)


@lru_cache(maxsize=4)
def _weights(size: int, draws: int, seed: int) -> tuple[npt.NDArray[np.uint8], ...]:
    """How often each document is drawn in each resample, in blocks; a document is drawn once on average."""
    generator = np.random.default_rng(seed)
    block = max(1, _CELLS // max(size, 1))
    found = []
    for at in range(0, draws, block):
        rows = min(block, draws - at)
        drawn = generator.integers(0, size, (rows, size)) + np.arange(rows)[:, None] * size
        counts = np.bincount(drawn.ravel(), minlength=rows * size)
        found.append(np.minimum(counts, 255).astype(np.uint8).reshape(rows, size))
    return tuple(found)


def _quantiles(values: Sums) -> tuple[Sums, Sums]:
    ordered = np.sort(values, axis=0)  # what is not a number comes last
    usable = np.isfinite(values).sum(axis=0)
    bounds = []
    for part in ((1 - LEVEL) / 2, (1 + LEVEL) / 2):
        place = np.round(part * np.maximum(usable - 1, 0)).astype(np.int64)
        bound = np.take_along_axis(ordered, place[None], axis=0)[0]
        bounds.append(np.where(usable >= LEVEL * len(values), bound, np.nan))
    return bounds[0], bounds[1]

"""Krippendorff's alpha: agreement beyond chance of any number of annotators, some of whom may have skipped units.

`alpha = 1 - observed / expected disagreement` (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"). Both
follow from sums over documents, so that documents can be resampled: for each document the disagreement in its units,
`sum over units of (sum over ordered pairs of annotators of distance) / (annotators of the unit - 1)`, and how often
each value was given. The package `krippendorff`, with which the tests compare, needs memory for units times values
squared and has no such sums.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from annotation.judged import Integers

Sums = npt.NDArray[np.float64]

MISSING = -1


def nominal(values: int) -> Sums:
    """The distances of values that are equal or different: 0 or 1."""
    return 1.0 - np.eye(values)


def masi(sets: Sequence[frozenset[str]]) -> Sums:
    """Distances of sets of labels: 1 - Jaccard x monotonicity (MASI; Passonneau 2006).

    Monotonicity is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, else 0. Two empty sets
    are equal.
    """
    return np.array([[_masi(one, other) for other in sets] for one in sets]).reshape(len(sets), len(sets))


def _masi(one: frozenset[str], other: frozenset[str]) -> float:
    if one == other:
        return 0.0
    shared = len(one & other)
    monotonicity = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1.0 - shared / len(one | other) * monotonicity


def unit_sums(
    values: Integers, doc: Integers, documents: int, distance: Sums, weight: Integers | None = None
) -> Sums:
    """What each document contributes to alpha: its disagreement, then how often each value was given.

    Args:
        values: the value that each annotator (column) gave to each unit (row), as an index of `distance`;
            `MISSING` where they gave none. Units with fewer than two values do not count.
        doc: the document of each unit, from 0.
        documents: how many documents there are.
        distance: of each two values, from 0 to 1.
        weight: how many equal units a row stands for.

    Returns:
        Shape (documents, 1 + values).
    """
    size = len(distance)
    given = values != MISSING
    times = given.sum(axis=1)
    pairable = times >= 2
    values, doc, given, times = values[pairable], doc[pairable], given[pairable], times[pairable]
    weights = np.ones(len(doc)) if weight is None else weight[pairable].astype(np.float64)
    observed = np.zeros(len(doc))
    for first in range(values.shape[1]):
        for second in range(first):
            both = given[:, first] & given[:, second]
            observed[both] += 2 * distance[values[both, first], values[both, second]]
    sums = np.zeros((documents, 1 + size))
    np.add.at(sums[:, 0], doc, weights * observed / np.maximum(times - 1, 1))
    for column in range(values.shape[1]):
        its = given[:, column]
        np.add.at(sums, (doc[its], 1 + values[its, column]), weights[its])
    return sums


def alpha(sums: Sums, distance: Sums) -> Sums:
    """Alpha from sums of `unit_sums` over documents, with any leading axes.

    NaN where nothing varies or nobody shared a unit: then chance agreement cannot be told from agreement.
    """
    observed, counts = sums[..., 0], sums[..., 1:]
    total = counts.sum(axis=-1)
    expected = np.einsum("...i,ij,...j->...", counts, distance, counts)
    undefined = (total < 2) | (expected <= 0)
    return np.where(undefined, np.nan, 1 - (total - 1) * observed / np.where(undefined, 1, expected))

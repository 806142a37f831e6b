"""From exact spans to one tag a token: IOB2 of the outermost entities, snapped to whole tokens.

Offsets here are int64 arrays of code points in one coordinate system for all texts (each text at its own base), so
that a whole corpus is tagged at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]


def tag_names(labels: Sequence[str]) -> list[str]:
    """The tags in the order of their codes: O, then B- and I- of each label."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def tag_tokens(
    token_starts: Offsets, token_ends: Offsets, starts: Offsets, ends: Offsets, labels: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The tag code of each token; `labels` are places in the list that `tag_names` was given.

    Tokens are sorted and disjoint. A span takes every token that it touches; of two that want one token the longer
    wins, of equal ones the earlier, then the one whose label comes first. What lies inside another span is left out.
    """
    tags = np.zeros(len(token_starts), dtype=np.int64)
    outer = outermost(starts, ends, labels)
    starts, ends, labels = starts[outer], ends[outer], labels[outer]
    first = np.searchsorted(token_ends, starts, side="right")
    last = np.searchsorted(token_starts, ends, side="left") - 1
    taken = bytearray(len(token_starts))
    for place in np.lexsort((labels, starts, starts - ends)).tolist():
        begin, stop = int(first[place]), int(last[place]) + 1
        if begin >= stop or any(taken[begin:stop]):
            continue
        taken[begin:stop] = b"\1" * (stop - begin)
        tags[begin] = 1 + 2 * labels[place]
        tags[begin + 1 : stop] = 2 + 2 * labels[place]
    return tags


def outermost(starts: Offsets, ends: Offsets, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the spans that lie in no other span; of equal ranges the first label's."""
    order = np.lexsort((labels, -ends, starts))
    if not len(order):
        return np.zeros(0, dtype=np.int64)
    reach = np.maximum.accumulate(ends[order])
    # A span lies in an earlier one exactly when something before it reaches its end (earlier ones start before it).
    inside = np.concatenate(([False], ends[order][1:] <= reach[:-1]))
    found: NDArray[np.int64] = order[~inside]
    return found


def split_at(
    token_starts: Offsets, token_ends: Offsets, sentence_starts: Offsets, sentence_ends: Offsets
) -> tuple[Offsets, Offsets, NDArray[np.int64]]:
    """Tokens cut where a sentence ends inside them, and the sentence that each lies in.

    A url glued to the next sentence is the case in point. What lies in no sentence is left out.
    """
    edges = np.union1d(sentence_starts, sentence_ends)
    cuts = edges[_inside(edges, token_starts, token_ends)]
    starts = np.union1d(token_starts, cuts)
    ends = np.union1d(token_ends, cuts)
    sentence = np.searchsorted(sentence_starts, starts, side="right") - 1
    kept = sentence >= 0
    kept[kept] = ends[kept] <= sentence_ends[sentence[kept]]
    return starts[kept], ends[kept], sentence[kept]


def _inside(points: Offsets, starts: Offsets, ends: Offsets) -> NDArray[np.bool_]:
    """Which points lie strictly inside one of the sorted, disjoint ranges."""
    place = np.searchsorted(starts, points, side="left") - 1
    found = place >= 0
    found[found] = points[found] < ends[place[found]]
    return found

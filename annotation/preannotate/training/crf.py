"""Fits the sequence model: a linear-chain conditional random field, by L-BFGS with a quadratic penalty, in numpy.

What a word form adds to the labels around it is a row of a table, and the table is linear in the form's features: so a
pass over the corpus costs a product of matrices over *distinct* forms, a few look-ups a token, and forward-backward
over all sentences in step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.features import OFFSETS

FORBIDDEN = -30.0  # the score of an I- that continues nothing
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Penalties:
    """What a squared weight costs: of `features`, and of `evidence` found near by.

    `by_offset` multiplies the first by how far the word is from the label: context is to be trusted less.
    """

    features: float = 1.0
    evidence: float = 0.1
    by_offset: tuple[float, ...] = (10.0, 3.0, 1.0, 3.0, 10.0)


@dataclass(frozen=True, slots=True)
class Problem:
    """Sentences of form numbers with their label numbers, and what is seen of forms and tokens.

    `features` (forms by features, sparse) describes forms, `evidence` (tokens of all sentences in a row by columns)
    tokens.
    """

    labels: tuple[str, ...]
    sentences: Sequence[Sequence[int]]
    gold: Sequence[Sequence[int]]
    features: Any
    evidence: Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights: by feature, then by offset and label; by column of evidence, then label; of transitions."""

    features: Floats
    evidence: Floats
    transitions: Floats


class _Steps:
    """All tokens in a row, walked through in step, the longest sentences first."""

    def __init__(self, lengths: Sequence[int]) -> None:
        sizes = np.array(lengths, dtype=np.int64)
        begins = sizes.cumsum() - sizes
        order = np.argsort(-sizes, kind="stable")
        starts = begins[order]
        alive = np.searchsorted(-sizes[order], -np.arange(int(sizes.max(initial=0))), side="left")
        self.tokens = [starts[:count] + step for step, count in enumerate(alive.tolist())]
        self.count = len(sizes)

    def expectations(self, emissions: Floats, transitions: Floats) -> tuple[float, Floats, Floats]:
        """The log partition functions' sum, the label probabilities, and the expected transitions.

        `emissions` and the probabilities have a row a label and a column a token.
        """
        shift = emissions.max(axis=0)
        scores, moves = np.exp(emissions - shift), np.exp(transitions)
        forward, scale = np.zeros_like(scores), np.ones(scores.shape[1])
        for step, tokens in enumerate(self.tokens):
            row = scores[:, tokens]
            if step:
                row *= moves.T @ forward[:, tokens - 1]
            scale[tokens] = row.sum(axis=0)
            forward[:, tokens] = row / scale[tokens]
        found, pairs = np.zeros_like(scores), np.zeros_like(moves)
        backward = np.ones((len(scores), self.count))
        for step in range(len(self.tokens) - 1, -1, -1):
            tokens = self.tokens[step]
            after = backward[:, : len(tokens)]
            product = forward[:, tokens] * after
            found[:, tokens] = product / product.sum(axis=0)
            if step:
                onward = scores[:, tokens] * after
                before, row = forward[:, tokens - 1], moves @ onward
                pairs += moves * ((before / (before * row).sum(axis=0)) @ onward.T)
                backward[:, : len(tokens)] = row / row.sum(axis=0)
        return float(np.log(scale).sum() + shift.sum()), found, pairs


def fit(problem: Problem, penalties: Penalties, iterations: int) -> Fitted:
    """The weights that minimise the penalised negative log likelihood, or come near it in so many iterations."""
    from scipy.optimize import fmin_l_bfgs_b

    features = problem.features
    by_feature = features.T.tocsr()
    width = len(problem.labels)
    table = len(OFFSETS) * width
    lengths = [len(each) for each in problem.sentences]
    steps = _Steps(lengths)
    gold = np.concatenate([np.array(each, dtype=np.int64) for each in problem.gold])
    count = len(gold)
    seen, spread = _neighbours(problem.sentences, features.shape[0])
    truth = np.zeros((width, count))
    truth[gold, np.arange(count)] = 1
    moved = _moves(gold, lengths, width)
    barred = forbidden(problem.labels)
    shapes = ((features.shape[1], table), (problem.evidence.shape[1], width), (width, width))
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    distant = np.repeat(penalties.by_offset, width)
    costs = (penalties.features * distant, np.full(width, penalties.evidence), np.zeros(width))

    def parts(point: Floats) -> list[Floats]:
        return [part.reshape(shape) for part, shape in zip(np.split(point, ends[:-1]), shapes, strict=True)]

    def loss(point: Floats) -> tuple[float, Floats]:
        of_features, evidence, transitions = weights = parts(point)
        rows = np.zeros((features.shape[0] + 1, table))
        rows[:-1] = features @ of_features
        emissions = problem.evidence @ evidence
        for column, forms in enumerate(seen):
            emissions += rows[forms, column * width : (column + 1) * width]
        allowed = transitions + barred
        partition, probable, pairs = steps.expectations(np.ascontiguousarray(emissions.T), allowed)
        value = partition - float((emissions.T * truth).sum()) - float((allowed * moved).sum())
        error = np.ascontiguousarray((probable - truth).T)
        back = np.concatenate([each @ error for each in spread], axis=1)
        slopes = [by_feature @ back, problem.evidence.T @ error, pairs - moved]
        for weight, cost, slope in zip(weights, costs, slopes, strict=True):
            value += float((cost * weight * weight).sum())
            slope += 2 * cost * weight
        return value, np.concatenate([slope.ravel() for slope in slopes])

    best, _, _ = fmin_l_bfgs_b(loss, np.zeros(ends[-1]), maxiter=iterations, m=6, factr=1e9)
    of_features, evidence, transitions = parts(best)
    return Fitted(of_features, evidence, transitions + barred)


def _neighbours(sentences: Sequence[Sequence[int]], forms: int) -> tuple[list[NDArray[np.int64]], list[Any]]:
    """For each offset, the form that each token sees there (`forms`: none), and what adds tokens up by it."""
    from scipy.sparse import csr_matrix

    reach = max(OFFSETS)
    padded: list[int] = [forms] * reach
    places: list[int] = []
    for sentence in sentences:
        places.extend(range(len(padded), len(padded) + len(sentence)))
        padded += [*sentence, *[forms] * reach]
    flat, at = np.array(padded, dtype=np.int64), np.array(places, dtype=np.int64)
    seen = [flat[at + offset] for offset in OFFSETS]
    spread: list[Any] = []
    for each in seen:
        tokens = np.flatnonzero(each < forms)
        cells = (np.ones(len(tokens)), (each[tokens], tokens))
        spread.append(csr_matrix(cells, (forms, len(at))))
    return seen, spread


def _moves(gold: NDArray[np.int64], lengths: Sequence[int], width: int) -> Floats:
    inner = np.ones(len(gold), dtype=bool)
    inner[(np.cumsum(lengths) - lengths)[np.array(lengths) > 0]] = False
    found = np.zeros((width, width))
    at = np.flatnonzero(inner)
    np.add.at(found, (gold[at - 1], gold[at]), 1)
    return found


def forbidden(labels: Sequence[str]) -> Floats:
    """What is added to the transitions: an I- follows only its own kind."""
    found = np.zeros((len(labels), len(labels)))
    for row, before in enumerate(labels):
        for column, after in enumerate(labels):
            if after.startswith("I-") and before not in (after, "B-" + after[2:]):
                found[row, column] = FORBIDDEN
    return found

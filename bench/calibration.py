"""Whether scores mean what they say: expected calibration error, and what a `--min-score` keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Scored:
    """Found mentions: the score of each and whether it is right; and how many the gold has."""

    scores: Sequence[float]
    right: Sequence[bool]
    gold: int

    def calibration_error(self) -> float:
        """Expected calibration error in bins of equal mass: the mean distance of score and share of right ones."""
        scores, right = np.array(self.scores), np.array(self.right, dtype=float)
        bins = np.array_split(np.argsort(scores, kind="stable"), BINS)
        return sum(abs(scores[rows].sum() - right[rows].sum()) for rows in bins) / len(scores)

    def curve(self) -> list[tuple[float, float, float, float]]:
        """Threshold, precision, recall and F1 of what scores at least that."""
        scores, right = np.array(self.scores), np.array(self.right)
        rows = []
        for threshold in THRESHOLDS:
            kept = scores >= threshold
            true = int((right & kept).sum())
            precision, recall = true / max(1, int(kept.sum())), true / self.gold
            rows.append((threshold, precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)))
        return rows


def curves(named: Sequence[tuple[str, Scored]]) -> str:
    """The curves of several tests as a Markdown table: precision / recall / F1 in per cent."""
    head = "| at least | " + " | ".join(name for name, _ in named) + " |\n|---" * 1
    lines = [head + "|---" * len(named) + "|"]
    for at, threshold in enumerate(THRESHOLDS):
        cells = [" / ".join(f"{100 * figure:.1f}" for figure in scored.curve()[at][1:]) for _, scored in named]
        lines.append(f"| {threshold:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)

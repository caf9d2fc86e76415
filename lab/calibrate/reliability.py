"""How far confidences can be trusted: reliability by bins, and what a threshold lets through.

Expected calibration error after Guo et al. (ICML 2017), Brier score after Brier (1950), the trade of read rate
against error rate after Chow (1970), intervals after Wilson (1927).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

_Z = 1.96
"""Half-width of a 95 % interval, in standard deviations."""
_ALLOWED = (0.001, 0.005, 0.01, 0.02, 0.05)


@dataclass(frozen=True)
class Bin:
    """The readings whose confidence lies in ``low`` to ``high``: their mean confidence, and the share right.

    ``interval`` is where the true share lies with 95 % probability.
    """

    low: float
    high: float
    count: int
    confidence: float
    right: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Point:
    """What accepting at ``threshold`` or more does: the share accepted, and the share of those that is wrong."""

    threshold: float
    read_rate: float
    error_rate: float


class Reliability:
    """Confidences in 0..1 and whether each reading was right. Both (n,), n at least 1; raises ValueError."""

    def __init__(self, confidences: Sequence[float], right: Sequence[bool]) -> None:
        self.confidences = np.asarray(confidences, np.float64)
        self.right = np.asarray(right, bool)
        if self.confidences.shape != self.right.shape or self.confidences.ndim != 1 or not len(self.right):
            raise ValueError("as many confidences as verdicts, and at least one, are needed")
        if not ((self.confidences >= 0) & (self.confidences <= 1)).all():
            raise ValueError("confidences lie in 0..1")

    @cached_property
    def bins(self) -> list[Bin]:
        """Ten bins of equal width; those without a reading are left out."""
        edges = np.linspace(0, 1, 11)
        place = np.clip(np.digitize(self.confidences, edges) - 1, 0, 9)
        found = []
        for i in range(10):
            inside = place == i
            count = int(inside.sum())
            if count:
                share = float(self.right[inside].mean())
                mean = float(self.confidences[inside].mean())
                interval = wilson(int(self.right[inside].sum()), count)
                found.append(Bin(float(edges[i]), float(edges[i + 1]), count, mean, share, interval))
        return found

    @property
    def expected_calibration_error(self) -> float:
        """Mean distance of confidence and share right over the bins, each by its count; 0 is perfect."""
        return sum(b.count * abs(b.confidence - b.right) for b in self.bins) / len(self.right)

    @property
    def brier(self) -> float:
        """Mean squared distance of confidence and verdict; 0 is perfect, 0.25 is a coin's."""
        return float(((self.confidences - self.right) ** 2).mean())

    @cached_property
    def curve(self) -> list[Point]:
        """One point for each confidence that occurs, from the highest threshold to the lowest."""
        order = np.argsort(-self.confidences, kind="stable")
        sorted_confidences = self.confidences[order]
        wrong = np.cumsum(~self.right[order])
        last = np.flatnonzero(np.append(np.diff(sorted_confidences) != 0, True))
        return [
            Point(float(sorted_confidences[i]), (i + 1) / len(order), float(wrong[i]) / (i + 1)) for i in last
        ]

    def at(self, threshold: float) -> Point:
        """What accepting at this threshold does; an error rate of 0 where nothing is accepted."""
        accepted = self.confidences >= threshold
        wrong = float((~self.right[accepted]).mean()) if accepted.any() else 0.0
        return Point(threshold, float(accepted.mean()), wrong)

    def read_rate_within(self, error_rate: float) -> Point | None:
        """The most that can be accepted with no more than this share wrong; None where nothing can."""
        within = [point for point in self.curve if point.error_rate <= error_rate]
        return max(within, key=lambda point: point.read_rate) if within else None

    def figures(self) -> dict[str, Any]:
        """All of it as plain numbers for JSON. The curve is thinned to a hundred points."""
        step = max(1, len(self.curve) // 100)
        allowed = {error: self.read_rate_within(error) for error in _ALLOWED}
        return {
            "readings": len(self.right),
            "right": round(float(self.right.mean()), 4),
            "mean_confidence": round(float(self.confidences.mean()), 4),
            "expected_calibration_error": round(self.expected_calibration_error, 4),
            "brier": round(self.brier, 4),
            "bins": [
                {"from": round(b.low, 2), "to": round(b.high, 2), "count": b.count,
                 "confidence": round(b.confidence, 4), "right": round(b.right, 4),
                 "interval": [round(end, 4) for end in b.interval]}
                for b in self.bins
            ],
            "at_0.9": _plain(self.at(0.9)),
            "read_rate_at_error": {str(e): _plain(point) if point else None for e, point in allowed.items()},
            "curve": [_plain(point) for point in [*self.curve[:-1:step], self.curve[-1]]],
        }  # fmt: skip


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of which ``right`` of ``count`` were seen."""
    share = right / count
    spread = _Z**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def _plain(point: Point) -> dict[str, float]:
    return {
        "threshold": round(point.threshold, 4),
        "read_rate": round(point.read_rate, 4),
        "error_rate": round(point.error_rate, 4),
    }

"""From evidence to a probability that a value is right: one logistic regression a field kind (Platt 1999).

The coefficients are fitted by ``python -m flows.calibrate`` on rendered documents, never on the documents
that are used for measuring.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from pipeline.candidates import Evidence

_UNCALIBRATED = (-1.0, 1.0, -1.0, 0.0)
"""Intercept and slopes for a kind that nothing was fitted for: no reading is fully trusted."""
_RIDGE = 0.05


@lru_cache(maxsize=4)
def load_calibration(path: Path) -> Mapping[str, Sequence[float]]:
    """Coefficients by field kind; empty when the weights came without a calibration."""
    if not path.exists():
        return {}
    coefficients: dict[str, list[float]] = json.loads(path.read_text())
    return coefficients


def confidence(evidence: Evidence, coefficients: Sequence[float] | None) -> float:
    """Probability in 0..1 that the value is right."""
    intercept, *slopes = coefficients or _UNCALIBRATED
    return 1 / (1 + math.exp(-float(np.clip(intercept + np.dot(slopes, evidence.vector()), -30, 30))))


def fit(vectors: np.ndarray, right: np.ndarray) -> list[float]:
    """Coefficients (intercept first) by ridge-penalised Newton steps; vectors (n, 3), ``right`` bool (n,).

    Targets are Platt's smoothed ones, so that a kind without a single error is still not certain.
    """
    design = np.column_stack([np.ones(len(vectors)), vectors])
    positives, negatives = int(right.sum()), int((~right).sum())
    targets = np.where(right, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights = np.zeros(design.shape[1])
    penalty = _RIDGE * np.diag([0.0] + [1.0] * vectors.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (p - targets) + penalty @ weights
        hessian = (design * (p * (1 - p) + 1e-6)[:, None]).T @ design + penalty
        weights -= np.linalg.solve(hessian, gradient)
    return [round(float(w), 4) for w in weights]

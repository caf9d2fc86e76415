"""From evidence to a probability that a value is right: one logistic regression a field kind (Platt 1999).

The coefficients are fitted by lab/calibrate: ``calibrate_lines`` on lines and ``calibrate_cheques`` on whole
 rendered cheques, never on the documents that are used for measuring.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np

from inkfield.pipeline.fields.ranking import Evidence
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class CalibrationLimits:
    """How confidences are fitted, and what they are where nothing was."""

    uncalibrated: tuple[float, float, float, float] = limit(
        (-1.0, 1.0, -1.0, 0.0),
        "log odds",
        "guess",
        "Intercept and slopes for a kind that nothing was fitted for: no reading is fully trusted",
    )
    ridge: float = limit(0.05, "weight", "guess", "Of the penalty on slopes")
    tested_lines: int = limit(
        250,
        "readings",
        "validation lines",
        "Readings of each kind that `inkfield.lab.calibrate.calibrate_lines` judges unless it is told "
        "otherwise",
    )


LIMITS = CalibrationLimits()

KINDS_ENDING, PAGES_ENDING = ".calibration.json", ".cheques.json"
"""After the name of weights, the files of what was fitted by field kind, and on whole pages."""
_SIGNS = (1, -1, -1)
_NEVER = 1.01
"""A threshold that no confidence reaches."""


@lru_cache(maxsize=4)
def load_calibration(path: Path) -> Mapping[str, Sequence[float]]:
    """Coefficients by field kind; empty when the weights came without a calibration."""
    if not path.exists():
        return {}
    coefficients: dict[str, list[float]] = json.loads(path.read_text())
    return coefficients


@dataclass(frozen=True)
class PageCalibration:
    """What was fitted on whole rendered pages: ``coefficients`` by ``FORM.FIELD``; and for each form the (joint
    confidence, 1 right or 0 wrong) of its pages, from which the threshold of posting follows."""

    coefficients: Mapping[str, Sequence[float]]
    posting: Mapping[str, Sequence[Sequence[float]]]


@lru_cache(maxsize=4)
def load_page_calibration(path: Path) -> PageCalibration:
    """What `inkfield.lab.calibrate.calibrate_cheques` wrote; empty when the weights came without."""
    found = json.loads(path.read_text()) if path.exists() else {"coefficients": {}, "posting": {}}
    return PageCalibration(found["coefficients"], found["posting"])


def confidence(evidence: Evidence, coefficients: Sequence[float] | None) -> float:
    """Probability in 0..1 that the value is right."""
    intercept, *slopes = coefficients or LIMITS.uncalibrated
    return 1 / (1 + math.exp(-float(np.clip(intercept + np.dot(slopes, evidence.vector()), -30, 30))))


def fit_signed(vectors: np.ndarray, right: np.ndarray) -> list[float]:
    """As `fit`, with the slopes' signs that sense demands: sureness speaks for a reading, shortfall and doubt against.

    A slope that few samples would turn round is 0.
    """
    kept = [0, 1, 2]
    while True:
        intercept, *slopes = fit(vectors[:, kept], right)
        wrong = [k for k, slope in zip(kept, slopes, strict=True) if slope * _SIGNS[k] < 0]
        if not wrong:
            by_column = dict(zip(kept, slopes, strict=True))
            return [intercept, *(by_column.get(k, 0.0) for k in range(3))]
        kept.remove(wrong[0])


def posting_threshold(joint: Sequence[Sequence[float]], error_rate: float) -> float:
    """The joint confidence from which on pages are posted, so that at most ``error_rate`` of them are wrong.

    ``joint`` are (joint confidence, 1 right or 0 wrong) of pages that nothing was fitted on but the confidences. Of
    each threshold the error is what the confidences expect or what was met, whichever is more; pages that are equally
    sure are posted all or none. Above 1 when no threshold is good enough.
    """
    ranked = sorted(joint, key=lambda pair: -pair[0])
    threshold, expected, met, count = _NEVER, 0.0, 0, 0
    for sure, alike in groupby(ranked, key=lambda pair: pair[0]):
        for _, right in alike:
            count += 1
            expected += 1 - sure
            met += 1 - round(right)
        if max(expected, met) <= error_rate * count:
            threshold = sure
    return threshold


def most_sure(tested: int) -> float:
    """The most that anything may be sure of that was tested so often: (n + 1) / (n + 2), as if one more test were right
    and one wrong (Laplace's rule of succession). However clear the ink, what was never met is not impossible."""
    return (tested + 1) / (tested + 2)


def fit(
    vectors: np.ndarray, right: np.ndarray, near: Sequence[float] | None = None, weight: float | None = None
) -> list[float]:
    """Coefficients (intercept first) by ridge-penalised Newton steps; vectors (n, k), ``right`` bool (n,).

    Targets are Platt's smoothed ones, so that a kind without a single error is still not certain. The penalty, by
    ``weight``, is on slopes, or on what is away from the coefficients ``near``.
    """
    design = np.column_stack([np.ones(len(vectors)), vectors])
    positives, negatives = int(right.sum()), int((~right).sum())
    targets = np.where(right, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    start = np.zeros(design.shape[1]) if near is None else np.array(near, float)
    weights = start.copy()
    penalty = (LIMITS.ridge if weight is None else weight) * np.diag(
        [0.0 if near is None else 1.0] + [1.0] * vectors.shape[1]
    )
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (p - targets) + penalty @ (weights - start)
        hessian = (design * (p * (1 - p) + 1e-6)[:, None]).T @ design + penalty
        weights -= np.linalg.solve(hessian, gradient)
    return [round(float(w), 4) for w in weights]

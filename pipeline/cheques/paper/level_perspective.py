"""Levels a photographed paper by its printed lines: they fan out in perspective, and are parallel on the paper.

The slope of long segments (LSD: Grompone von Gioi et al. 2010) is taken as a straight function of their height; the
homography that makes all of them level also turns the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

_SIDE = 900
_LEAST = 45.0
"""Segments shorter than this many pixels of the reduced copy are strokes of letters."""
_STEEPEST = 0.16
_FEWEST = 4


def levelling(grey: np.ndarray) -> np.ndarray | None:
    """The homography, float (3, 3), that levels the lines of a grey uint8 picture; None where there are too few."""
    scale = min(1.0, _SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(cv2.GaussianBlur(small, (0, 0), 1.0))[0]
    if found is None:
        return None
    x0, y0, x1, y1 = found[:, 0].T / scale
    wide = np.abs(x1 - x0)
    slope = (y1 - y0) / np.where(x1 == x0, 1e9, x1 - x0)
    long = (wide > _LEAST / scale) & (np.abs(slope) < _STEEPEST)
    if long.sum() < _FEWEST:
        return None
    y, slope, weight = ((y0 + y1) / 2)[long], slope[long], wide[long]
    height, width = grey.shape
    fit = _fit(y / height - 0.5, slope, weight)
    if fit is None:
        return None
    middle, fan = fit
    # Rows of the levelled picture at a fifth and four fifths of its height, and where they run in this one.
    source, target = [], []
    for row in (0.2 * height, 0.8 * height):
        fall = (middle + fan * (row / height - 0.5)) * width / 2
        source += [(0.0, row - fall), (float(width), row + fall)]
        target += [(0.0, row), (float(width), row)]
    return np.asarray(
        cv2.getPerspectiveTransform(np.array(source, np.float32), np.array(target, np.float32)), float
    )


def _fit(y: np.ndarray, slope: np.ndarray, weight: np.ndarray) -> tuple[float, float] | None:
    """Slope in the middle and its change over the height, by least squares, the outliers left out thrice."""
    keep = np.abs(slope - _median(slope, weight)) < 0.03
    middle, fan = 0.0, 0.0
    for _ in range(3):
        if keep.sum() < _FEWEST:
            return None
        design = np.column_stack([np.ones(len(y)), y]) * weight[:, None]
        # A little ridge: lines all at one height tell nothing of the fan.
        normal = design[keep].T @ design[keep] + np.diag([0.0, 0.02 * float((weight[keep] ** 2).sum())])
        middle, fan = np.linalg.solve(normal, design[keep].T @ (slope * weight)[keep])
        rest = np.abs(slope - middle - fan * y)
        keep = rest < max(0.004, 2.5 * _median(rest[keep], weight[keep]))
    return float(middle), float(fan)


def _median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][int(np.searchsorted(total, total[-1] / 2))])

"""Levels a photographed paper by its printed lines: they fan out in perspective, and are parallel on the paper.

The slope of long segments (LSD: Grompone von Gioi et al. 2010) is taken as a straight function of their height; the
homography that makes all of them level also turns the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.deskew import skew_angle
from inkfield.pipeline.image.geometry import rotation, to_grey
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class LevellingLimits:
    """Which line segments tell how a paper lies."""

    side: int = limit(900, "px", "guess", "Longer side of the copy in which segments are found")
    least: float = limit(
        45.0,
        "px",
        "guess",
        "Segments shorter than this many pixels of the reduced copy are strokes of letters",
    )
    steepest: float = limit(0.16, "slope", "guess", "Of a segment that may be level")
    fewest: int = limit(4, "segments", "guess", "That tell it")
    first_trim: float = limit(
        0.03, "slope", "guess", "From the median, beyond which a segment is left out at first"
    )
    ridge: float = limit(0.02, "weight", "guess", "Against a fan: lines all at one height tell nothing of it")
    least_trim: float = limit(0.004, "slope", "guess", "From the fit, within which no segment is left out")
    trim: float = limit(
        2.5, "deviations", "guess", "From the fit (median), beyond which a segment is left out"
    )


LIMITS = LevellingLimits()


def levelled(image: np.ndarray, zoom: float) -> tuple[np.ndarray, np.ndarray]:
    """A picture (BGR or grey uint8) enlarged by ``zoom`` and set level, in perspective where its lines tell how, and
    the homography from the picture to it."""
    method = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=method)
    grey = to_grey(sized)
    homography = levelling(grey)
    if homography is None:
        homography = rotation(sized.shape, skew_angle(grey))
    size = (sized.shape[1], sized.shape[0])
    level = cv2.warpPerspective(sized, homography, size, borderMode=cv2.BORDER_REPLICATE)
    return level, homography @ np.diag([zoom, zoom, 1.0])


def levelling(grey: np.ndarray) -> np.ndarray | None:
    """The homography, float (3, 3), that levels the lines of a grey uint8 picture; None where there are too few."""
    scale = min(1.0, LIMITS.side / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(cv2.GaussianBlur(small, (0, 0), 1.0))[0]
    if found is None:
        return None
    x0, y0, x1, y1 = found[:, 0].T / scale
    wide = np.abs(x1 - x0)
    slope = (y1 - y0) / np.where(x1 == x0, 1e9, x1 - x0)
    long = (wide > LIMITS.least / scale) & (np.abs(slope) < LIMITS.steepest)
    if long.sum() < LIMITS.fewest:
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
    keep = np.abs(slope - _median(slope, weight)) < LIMITS.first_trim
    middle, fan = 0.0, 0.0
    for _ in range(3):
        if keep.sum() < LIMITS.fewest:
            return None
        design = np.column_stack([np.ones(len(y)), y]) * weight[:, None]
        # A little ridge: lines all at one height tell nothing of the fan.
        normal = design[keep].T @ design[keep] + np.diag(
            [0.0, LIMITS.ridge * float((weight[keep] ** 2).sum())]
        )
        middle, fan = np.linalg.solve(normal, design[keep].T @ (slope * weight)[keep])
        rest = np.abs(slope - middle - fan * y)
        keep = rest < max(LIMITS.least_trim, LIMITS.trim * _median(rest[keep], weight[keep]))
    return float(middle), float(fan)


def _median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][int(np.searchsorted(total, total[-1] / 2))])

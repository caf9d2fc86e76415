"""Slope: the angle at which one line of writing climbs, and levelling it.

Method: after Vinciarelli and Luettin (2001): a straight line through the lowest ink of the core region,
descenders left out by repeated trimming of what lies far below (here: Theil-like trimmed least squares on
column bottoms).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class SlopeLimits:
    """How the slope of a line is found."""

    most_degrees: float = limit(15.0, "degrees", "guess", "Slope that is believed, either way")
    least_columns: int = limit(20, "px", "guess", "With ink, of a line that shows its slope")
    least_length: float = limit(2.0, "heights", "guess", "Of a line that shows its slope")
    passes: int = limit(8, "passes", "guess", "Of leaving out what lies far from the baseline")
    fewest_points: int = limit(6, "points", "guess", "Of a baseline")
    trim: float = limit(
        2.0, "deviations", "guess", "From the baseline (median), beyond which a point is left out"
    )
    least_span: float = limit(0.4, "share", "guess", "Of a line's length that its baseline spans")
    level: float = limit(0.05, "degrees", "guess", "Slope that is left in")
    paper_percentile: int = limit(80, "%", "guess", "Of a line's pixels: the paper that fills its edges")


LIMITS = SlopeLimits()


def slope_angle(ink: np.ndarray) -> float:
    """Degrees by which the baseline falls to the right; within 15 either way. ``ink`` is a bool crop of a
    line.

    0.0 when the writing is too short (under twice its height) to tell. Found in two passes: on a steep line
    the lowest ink of a stretch is that at its lower end, so what is left after levelling is measured once
    more.
    """
    first = baseline_angle(ink)
    if first == 0.0:
        return 0.0
    levelled = remove_slope(np.where(ink, 0, 255).astype(np.uint8), first) < 128
    both = first + baseline_angle(levelled)
    return both if abs(both) <= LIMITS.most_degrees else 0.0


def baseline_angle(ink: np.ndarray) -> float:
    """One pass of `slope_angle`."""
    columns = np.flatnonzero(ink.any(axis=0))
    if len(columns) < LIMITS.least_columns:
        return 0.0
    rows = np.flatnonzero(ink.any(axis=1))
    height = rows[-1] - rows[0] + 1
    if columns[-1] - columns[0] < LIMITS.least_length * height:
        return 0.0
    bottoms = (ink.shape[0] - 1 - np.argmax(ink[::-1, columns], axis=0)).astype(np.float64)
    # Bottoms of columns that a stroke merely crosses lie above the baseline: the lower contour's local lows
    # count.
    width = max(5, int(height // 3) | 1)
    lowest = cv2.dilate(bottoms.reshape(1, -1), np.ones((1, width))).ravel()
    use = lowest == bottoms
    x, y = columns[use].astype(np.float64), bottoms[use]
    for _ in range(LIMITS.passes):
        if len(x) < LIMITS.fewest_points:
            return 0.0
        gradient, offset = np.polyfit(x, y, 1)
        rest = y - gradient * x - offset
        spread = max(1.0, float(np.median(np.abs(rest))) * LIMITS.trim)
        keep = np.abs(rest) <= spread
        if keep.all():
            break
        x, y = x[keep], y[keep]
    if np.ptp(x) < LIMITS.least_span * (columns[-1] - columns[0]):
        return 0.0
    degrees = float(np.degrees(np.arctan(gradient)))
    return degrees if abs(degrees) <= LIMITS.most_degrees else 0.0


def remove_slope(grey: np.ndarray, angle: float) -> np.ndarray:
    """Levels writing that falls by ``angle`` degrees by shifting columns (letters keep their upright
    strokes).

    Grey uint8 in and out; the result is higher where the shift needs it, filled with paper brightness.
    """
    if abs(angle) < LIMITS.level or grey.size == 0:
        return grey
    height, width = grey.shape
    rise = np.tan(np.radians(angle))
    extra = int(np.ceil(abs(rise) * width))
    offset = 0.0 if rise < 0 else extra
    # y' = y - rise * x (+ what keeps the writing inside the picture)
    matrix = np.array([[1, 0, 0], [-rise, 1, offset]], np.float64)
    paper = float(np.percentile(grey, LIMITS.paper_percentile))
    return cv2.warpAffine(grey, matrix, (width, height + extra), flags=cv2.INTER_LINEAR, borderValue=(paper,))

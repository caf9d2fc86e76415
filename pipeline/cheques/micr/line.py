"""Where a MICR line runs: a row of equally high components at the foot of a cheque, level or a little crooked.

The digits of E-13B are components of one height (0.117 inch) that stand on one line with their right edges a
whole number of pitches (0.125 inch) apart: height, slope and pitch are measured on them, so that resolution
and skew need not be known.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.micr.e13b_shapes import LIMITS as E13B
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class MicrLineLimits:
    """Which components of the foot may be a MICR line's."""

    ink: float = limit(0.5, "share", "guess", "Of full darkness, from which a pixel is ink")
    lowest: float = limit(0.62, "symbol heights", "guess", "Of a component that may be a digit")
    highest: float = limit(1.55, "symbol heights", "guess", "Of a component that may be a digit")
    narrowest: float = limit(0.3, "ratio", "guess", "Of its width to its height")
    widest: float = limit(0.95, "ratio", "guess", "Of its width to its height")
    most: int = limit(400, "components", "guess", "That are looked at")
    alike: float = limit(0.07, "share", "guess", "Of their height, by which digits of one line differ")
    off_line: float = limit(0.09, "share", "guess", "Of their height, by which digits stand off their line")
    fewest: int = limit(4, "digits", "guess", "Of a line")
    fewest_for_slope: int = limit(6, "digits", "guess", "Of a line whose slope is fitted")
    least_pitch: float = limit(0.94, "times", "guess", "The expected pitch, from which it is searched")
    most_pitch: float = limit(1.06, "times", "guess", "The expected pitch, up to which it is searched")
    off_weight: float = limit(
        2.0, "agreement", "guess", "For each share by which the pitch is off the expected one"
    )
    outside_weight: float = limit(
        3.0, "times", "guess", "The ink above and below a band of rows, taken off its own"
    )
    least_row: int = limit(60, "px", "guess", "Of ink in a band of rows that may be the line")


LIMITS = MicrLineLimits()


STRIP_DPI = 240.0
"""Resolution at which the line is read: about 3 px a module."""
STRIP_MARGIN = 8
"""Rows of a straightened strip above the symbols and below them."""
_HEIGHT = E13B.rows * E13B.module_inch * STRIP_DPI
_PITCH = E13B.pitch_inch * STRIP_DPI
_SLOPES = np.tan(np.radians(np.arange(-4.0, 4.01, 0.25)))


@dataclass(frozen=True)
class MicrLine:
    """A candidate for the line: ``base`` is the row of the symbols' feet at column 0, all in pixels of the band."""

    base: float
    slope: float
    height: float
    pitch: float


def find_lines(ink: np.ndarray) -> list[MicrLine]:
    """Candidates in the foot of a cheque, likeliest first. ``ink`` is float32 0..1 at about ``STRIP_DPI``.

    The last one is the band of rows with the most ink: print too broken for whole components is still there.
    """
    x, y, width, height = _components(ink)
    lines = []
    free = np.ones(len(x), bool)
    for _ in range(3):
        found = _best_row(x + width, y + height, height.astype(float), free)
        if found is None:
            break
        members, slope = found
        free &= ~members
        right, feet = (x + width)[members], (y + height)[members]
        slope, base = _fit(right, feet, slope)
        size = float(np.median(height[members]))
        lines.append(MicrLine(base, slope, size, _pitch(right, size * _PITCH / _HEIGHT)))
    row = _inked_rows(ink)
    if row is not None:
        lines.append(MicrLine(row + _HEIGHT, 0.0, _HEIGHT, _PITCH))
    return lines


def straighten(ink: np.ndarray, line: MicrLine) -> tuple[np.ndarray, np.ndarray]:
    """The strip of the line, level and at ``STRIP_DPI``; and the matrix (3, 3) from the strip to ``ink``.

    The symbols' heads are at row ``STRIP_MARGIN`` of the strip.
    """
    zoom = _PITCH / line.pitch
    width = int(ink.shape[1] * zoom)
    height = round(_HEIGHT) + 2 * STRIP_MARGIN
    top = line.base - _HEIGHT / zoom - STRIP_MARGIN / zoom
    back = np.array([[1 / zoom, -line.slope / zoom, 0], [line.slope / zoom, 1 / zoom, top], [0, 0, 1.0]])
    strip = cv2.warpAffine(ink, back[:2], (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return strip, back


def _components(ink: np.ndarray) -> np.ndarray:
    """Left, top, width and height, int (4, n), of the components that may be digits, sizes a third off allowed."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > LIMITS.ink).astype(np.uint8), connectivity=8)
    width, height = stats[:, 2], stats[:, 3]
    keep = (
        (height > LIMITS.lowest * _HEIGHT)
        & (height < LIMITS.highest * _HEIGHT)
        & (width > LIMITS.narrowest * height)
        & (width < LIMITS.widest * height)
    )
    keep[0] = False
    some: np.ndarray = stats[keep][: LIMITS.most, :4].T
    return some


def _best_row(
    right: np.ndarray, feet: np.ndarray, height: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, float] | None:
    """The members (bool, n) and slope of the row with the most free components of one height; None under four."""
    best: tuple[int, np.ndarray, float] | None = None
    for i in np.flatnonzero(free):
        alike = free & (np.abs(height - height[i]) <= LIMITS.alike * height[i] + 1)
        if best is not None and int(alike.sum()) <= best[0]:
            continue
        expected = feet[i] + np.outer(_SLOPES, right - right[i])
        near = (np.abs(feet - expected) <= LIMITS.off_line * height[i] + 0.5) & alike
        counts = near.sum(1)
        top = int(counts.argmax())
        if counts[top] >= LIMITS.fewest and (best is None or counts[top] > best[0]):
            best = (int(counts[top]), near[top], float(_SLOPES[top]))
    return (best[1], best[2]) if best else None


def _fit(right: np.ndarray, feet: np.ndarray, slope: float) -> tuple[float, float]:
    """Slope and base row of the line through the feet; the searched slope when they stand too close together."""
    if len(right) >= LIMITS.fewest_for_slope and float(np.ptp(right)) > 8 * _PITCH:
        fitted, base = np.polyfit(right, feet, 1)
        return float(fitted), float(base)
    return slope, float(np.median(feet - slope * right))


def _pitch(right: np.ndarray, expected: float) -> float:
    """The pitch within 6 % of the expected one on whose multiples most right edges fall (a circular mean)."""
    pitches = np.linspace(LIMITS.least_pitch, LIMITS.most_pitch, 61) * expected
    turns = np.exp(2j * np.pi * (right - right.min())[None] / pitches[:, None])
    agreement = np.abs(turns.mean(1)) - LIMITS.off_weight * np.abs(pitches / expected - 1)
    return float(pitches[int(agreement.argmax())])


def _inked_rows(ink: np.ndarray) -> int | None:
    """Top row of the band of rows that is one symbol high and holds the most ink, with little above and below."""
    height = round(_HEIGHT)
    profile = (ink > LIMITS.ink).sum(1).astype(float)
    if len(profile) < height + 4:
        return None
    total = np.convolve(profile, np.ones(height), "valid")
    padded = np.pad(profile, 4)
    outside = np.array(
        [padded[i : i + 4].sum() + padded[i + height + 4 : i + height + 8].sum() for i in range(len(total))]
    )
    # Writing that hangs into the band is ink too, but it does not stop at the band's edges.
    row = int(np.argmax(total - LIMITS.outside_weight * outside))
    return row if total[row] > LIMITS.least_row else None

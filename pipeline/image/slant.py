"""Slant: how far the upright strokes of handwriting lean, and setting them upright.

Method: Vinciarelli and Luettin (2001), "A new normalization technique for cursive handwritten words": the
mask is sheared by candidate angles; columns whose ink is one unbroken vertical stroke vote with the square
of its length; the angle with most votes is the slant.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class SlantLimits:
    """How the slant of a line is found."""

    most_degrees: float = limit(50.0, "degrees", "guess", "Slant that is looked for, either way")
    least_ink: int = limit(30, "px", "guess", "Of a line that shows its slant")
    height: int = limit(40, "px", "guess", "To which a line is shrunk before its slant is looked for")
    ink: int = limit(110, "grey levels", "guess", "Of a shrunk pixel of 255 from which it counts as ink")
    coarse_step: float = limit(5.0, "degrees", "guess", "Between the angles of the first search")
    better: float = limit(
        1.05, "ratio", "guess", "By which an angle is better than upright before it is believed"
    )
    upright: float = limit(0.5, "degrees", "guess", "Slant that is left in")
    paper_percentile: int = limit(80, "%", "guess", "Of a line's pixels: the paper that fills its edges")


LIMITS = SlantLimits()


def slant_angle(ink: np.ndarray) -> float:
    """Degrees of lean from the vertical, positive to the right (as in /). ``ink`` is a bool crop of a line.

    0.0 when there is too little ink, or when no angle is clearly better than upright.
    """
    if int(ink.sum()) < LIMITS.least_ink:
        return 0.0
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    mask = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
    scale = LIMITS.height / mask.shape[0]
    if scale < 1:
        mask = (
            cv2.resize(mask * 255, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) > LIMITS.ink
        ).astype(np.uint8)
    coarse = np.arange(-LIMITS.most_degrees, LIMITS.most_degrees + 1, LIMITS.coarse_step)
    scores = np.array([upright_strokes(mask, angle) for angle in coarse])
    best = float(coarse[int(np.argmax(scores))])
    fine = best + np.arange(-4, 5, 2)
    values = np.array([upright_strokes(mask, angle) for angle in fine])
    top = int(np.argmax(values))
    if values[top] <= LIMITS.better * upright_strokes(mask, 0):
        return 0.0
    return float(np.clip(fine[top], -LIMITS.most_degrees, LIMITS.most_degrees))


def upright_strokes(mask: np.ndarray, degrees: float) -> float:
    """Sum over columns of squared stroke length, for columns of one unbroken stroke, after deslanting."""
    sheared = shear(mask, degrees, cv2.INTER_NEAREST, 0)
    count = sheared.sum(axis=0, dtype=np.int64)
    some = count > 0
    if not some.any():
        return 0.0
    body = sheared[:, some]
    first = np.argmax(body, axis=0)
    last = body.shape[0] - 1 - np.argmax(body[::-1], axis=0)
    length = count[some]
    whole = last - first + 1 == length
    return float(np.sum(length[whole].astype(np.float64) ** 2))


def shear(image: np.ndarray, degrees: float, interpolation: int, paper: float) -> np.ndarray:
    """Moves rows sideways so that strokes leaning right by ``degrees`` stand upright; wider by what that
    needs."""
    height, width = image.shape
    lean = np.tan(np.radians(degrees))
    extra = int(np.ceil(abs(lean) * height))
    # x' = x - lean * (height - 1 - y): the bottom row stays, upper rows of right-leaning ink move left.
    offset = -lean * (height - 1) + (extra if lean > 0 else 0.0)
    matrix = np.array([[1, lean, offset], [0, 1, 0]], np.float64)
    return cv2.warpAffine(image, matrix, (width + extra, height), flags=interpolation, borderValue=(paper,))


def remove_slant(grey: np.ndarray, angle: float) -> np.ndarray:
    """The crop with strokes that lean right by ``angle`` degrees set upright. Grey uint8; wider, paper-
    filled."""
    if abs(angle) < LIMITS.upright or grey.size == 0:
        return grey
    return shear(grey, angle, cv2.INTER_LINEAR, float(np.percentile(grey, LIMITS.paper_percentile)))

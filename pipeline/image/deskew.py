"""Deskew: the small angle by which a page lies crooked on the scanner, and turning it back.

Method: projection profile (Postl 1986; Bagdanov and Kanai 1997): ink is projected along candidate angles
and the angle with the sharpest profile (largest sum of squared differences of neighbouring bins) wins.
Searched from coarse to fine on the ink points of a reduced image, with a parabola through the best three;
0.1 degree and better.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.normalise import percentiles


@dataclass(frozen=True)
class DeskewLimits:
    """Which ink tells a page's skew, and how it is searched."""

    most_degrees: float = limit(10.0, "degrees", "guess", "Skew that is looked for, either way")
    fewest_points: int = limit(
        30, "px", "guess", "Of ink under which a page has no skew that can be measured"
    )
    coarse_step: float = limit(0.5, "degrees", "guess", "Between the angles of the first search")
    coarse_points: int = limit(12000, "px", "guess", "Of ink that the first search looks at")
    fine_points: int = limit(80000, "px", "guess", "Of ink that the last searches look at")
    side: int = limit(1000, "px", "guess", "Longer side of the copy in which ink is looked for")
    strong_percentile: float = limit(99.5, "%", "guess", "Of the top hat: how dark strokes are")
    least_strong: int = limit(12, "grey levels", "guess", "Of strokes under which there is no writing")
    least_ink: float = limit(
        10.0, "grey levels", "guess", "By which ink is darker than its surroundings at least"
    )
    ink_share: float = limit(
        0.4, "share", "guess", "Of the darkest strokes' contrast, from which a pixel is ink"
    )
    level: float = limit(0.02, "degrees", "guess", "Skew that is left as it is")


LIMITS = DeskewLimits()


def skew_angle(grey: np.ndarray) -> float:
    """Degrees by which text lines run, positive when they fall to the right (clockwise); within the limit.

    ``grey`` is uint8 (height, width). 0.0 when there is nothing to tell it by.
    """
    x, y = ink_points(grey)
    if len(x) < LIMITS.fewest_points:
        return 0.0
    # Whole rows would favour the angle 0, at which no point lies between two bins: each is moved by a
    # fraction.
    weights = y + (np.arange(len(y)) * 0.618034) % 1.0, x.astype(np.float64)
    coarse = np.arange(-LIMITS.most_degrees, LIMITS.most_degrees + 0.25, LIMITS.coarse_step)
    thin = slice(None, None, max(1, len(x) // LIMITS.coarse_points))
    scores = [sharpness(weights[0][thin], weights[1][thin], angle, 2.0) for angle in coarse]
    best = float(coarse[int(np.argmax(scores))])
    for step, bin_size, every in ((0.15, 1.0, 2), (0.05, 1.0, 1)):
        fine = best + np.arange(-4, 5) * step
        some = slice(None, None, max(1, every * len(x) // LIMITS.fine_points))
        values = np.array([sharpness(weights[0][some], weights[1][some], angle, bin_size) for angle in fine])
        best = peak(fine, values)
    return float(np.clip(best, -LIMITS.most_degrees, LIMITS.most_degrees))


def ink_points(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of ink pixels in a reduced copy (longer side about 1000), border shadows left out."""
    if grey.size == 0 or min(grey.shape) < 8:
        return np.empty(0), np.empty(0)
    scale = min(1.0, LIMITS.side / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    # Strokes only: what is darker than its surroundings within a stroke's width. Shadows and photos are
    # wider.
    hat = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8))
    (strong,) = percentiles(hat, (LIMITS.strong_percentile,))
    if strong < LIMITS.least_strong:
        return np.empty(0), np.empty(0)
    y, x = np.nonzero(hat > max(LIMITS.least_ink, LIMITS.ink_share * strong))
    return x, y


def sharpness(y: np.ndarray, x: np.ndarray, degrees: float, bin_size: float) -> float:
    """Sum of squared differences of the projection profile along lines that fall by ``degrees``."""
    height = (y - x * np.tan(np.radians(degrees))) / bin_size
    low = np.floor(height)
    # Each point is shared between two bins, so that the score is smooth in the angle.
    part = height - low
    index = (low - low.min()).astype(np.int64)
    bins = np.bincount(index, 1 - part, index.max() + 2) + np.bincount(index + 1, part, index.max() + 2)
    return float(np.sum(np.diff(bins) ** 2))


def peak(angles: np.ndarray, scores: np.ndarray) -> float:
    """The maximum of a parabola through the best score and its two neighbours."""
    best = int(np.argmax(scores))
    if not 0 < best < len(angles) - 1:
        return float(angles[best])
    before, top, after = scores[best - 1 : best + 2]
    bend = before - 2 * top + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(angles[best] + shift * (angles[1] - angles[0]))


def deskew(image: np.ndarray, angle: float) -> np.ndarray:
    """Turns the image so that lines falling by ``angle`` degrees lie level. Same size; what comes into view
    at the edges has the paper's brightness. Grey or BGR uint8."""
    if abs(angle) < LIMITS.level or image.size == 0:
        return image
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    return cv2.warpAffine(
        image,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper_colour(image),
    )


def paper_colour(image: np.ndarray) -> tuple[float, ...]:
    """The colour of the paper: per channel the median of the brighter half of a coarse sample."""
    sample = image[::16, ::16].reshape(-1, 1 if image.ndim == 2 else image.shape[2])
    return tuple(float(np.percentile(sample[:, channel], 75)) for channel in range(sample.shape[1]))

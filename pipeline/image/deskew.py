"""Deskew: the small angle by which a page lies crooked on the scanner, and turning it back.

Method: projection profile (Postl 1986; Bagdanov and Kanai 1997): ink is projected along candidate angles
and the angle with the sharpest profile (largest sum of squared differences of neighbouring bins) wins.
Searched from coarse to fine on the ink points of a reduced image, with a parabola through the best three;
0.1 degree and better.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.recognizers.normalise import percentiles


def skew_angle(grey: np.ndarray, limit_degrees: float = 10) -> float:
    """Degrees by which text lines run, positive when they fall to the right (clockwise); within the limit.

    ``grey`` is uint8 (height, width). 0.0 when there is nothing to tell it by.
    """
    x, y = ink_points(grey)
    if len(x) < 30:
        return 0.0
    # Whole rows would favour the angle 0, at which no point lies between two bins: each is moved by a
    # fraction.
    weights = y + (np.arange(len(y)) * 0.618034) % 1.0, x.astype(np.float64)
    coarse = np.arange(-limit_degrees, limit_degrees + 0.25, 0.5)
    thin = slice(None, None, max(1, len(x) // 12000))
    scores = [sharpness(weights[0][thin], weights[1][thin], angle, 2.0) for angle in coarse]
    best = float(coarse[int(np.argmax(scores))])
    for step, bin_size, every in ((0.15, 1.0, 2), (0.05, 1.0, 1)):
        fine = best + np.arange(-4, 5) * step
        some = slice(None, None, max(1, every * len(x) // 80000))
        values = np.array([sharpness(weights[0][some], weights[1][some], angle, bin_size) for angle in fine])
        best = peak(fine, values)
    return float(np.clip(best, -limit_degrees, limit_degrees))


def ink_points(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of ink pixels in a reduced copy (longer side about 1000), border shadows left out."""
    if grey.size == 0 or min(grey.shape) < 8:
        return np.empty(0), np.empty(0)
    scale = min(1.0, 1000 / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    # Strokes only: what is darker than its surroundings within a stroke's width. Shadows and photos are
    # wider.
    hat = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8))
    (strong,) = percentiles(hat, (99.5,))
    if strong < 12:
        return np.empty(0), np.empty(0)
    y, x = np.nonzero(hat > max(10.0, 0.4 * strong))
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
    if abs(angle) < 0.02 or image.size == 0:
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

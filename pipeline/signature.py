"""Whether somebody signed: pen strokes are long and joined, printed letters are small and apart."""

from __future__ import annotations

import math

import cv2
import numpy as np

_INK = 70
"""A pixel is ink when it is this much darker than white paper."""
_PRINT_MM, _PEN_MM = (2.9, 5.0), (4.0, 7.0)
"""Height and width up to which a component may be print (a letter, or a few that touch), and from which on it is
a pen's for certain: names and notes printed at signature lines have capitals of 2 to 2.5 mm."""
_NO_PRINT_MM = (1.2, 1.6), (2.4, 3.6)
"""The same where no name is printed at the line: small letters written one by one count, specks and dots do not."""
_HALF_MM = 8.0
"""Summed extent of pen strokes at which signed and unsigned are equally likely."""


def signature_present(
    crop_grey: np.ndarray, dpi: float = 300.0, names_printed: bool = True
) -> tuple[bool, float]:
    """Whether a crop (grey uint8, cleaned: paper 255, no rules) holds a signature, and how sure that is (0.5 to 1).

    The extents of all connected components that are larger than print are summed, those hardly larger in part,
    and a logistic curve turns the sum into a probability. ``names_printed``: a name or a note may be printed there.
    """
    if crop_grey.size == 0:
        return False, 0.99
    extent = pen_extent(crop_grey, dpi / 25.4, names_printed)
    probability = 1.0 / (1.0 + math.exp(-(extent - _HALF_MM) / 1.8))
    probability = min(max(probability, 0.005), 0.995)
    return probability >= 0.5, max(probability, 1.0 - probability)


def pen_extent(crop_grey: np.ndarray, scale: float, names_printed: bool = True) -> float:
    """Summed extent in mm of the strokes in a crop that only a pen makes; ``scale`` is in pixels a mm."""
    ink = (crop_grey < 255 - _INK).astype(np.uint8)
    # Strokes that a removed rule has cut are one stroke again; 0.3 mm joins no two printed letters of a line.
    near = max(1, round(0.3 * scale))
    joined = cv2.morphologyEx(np.pad(ink, near), cv2.MORPH_CLOSE, np.ones((near, 1), np.uint8))
    count, names, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    total = 0.0
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        share = _pen_share(width / scale, height / scale, names_printed)
        if not share or _is_rule(width, height, area, scale):
            continue
        part = (names[y : y + height, x : x + width] == i).astype(np.uint8)
        total += share * min(math.hypot(width, height), _pen_length(part, area)) / scale
    return total


def _pen_share(width: float, height: float, names_printed: bool) -> float:
    """How surely a component of this size in mm is no print, 0 to 1: a ramp, so that half a pixel decides nothing."""
    (low, narrow), (high, wide) = (_PRINT_MM, _PEN_MM) if names_printed else _NO_PRINT_MM
    return min(1.0, max(0.0, (height - low) / (high - low), (width - narrow) / (wide - narrow)))


def _pen_length(part: np.ndarray, area: int) -> float:
    """Length of the stroke in pixels: area over stroke width (Epshtein, Ofek and Wexler 2010, simplified)."""
    depth = cv2.distanceTransform(np.pad(part, 1), cv2.DIST_L2, 3)
    inner = depth[depth > 0]
    return area / max(1.0, 4.0 * float(inner.mean()) - 1.0)


def _is_rule(width: int, height: int, area: int, scale: float) -> bool:
    """A level or upright printed line, whole or the rest of one: thin in all its length."""
    thin = 0.9 * scale
    return min(width, height) < thin and area > 0.35 * width * height

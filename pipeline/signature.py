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
    total = 0.0
    names, strokes = _pen_components(crop_grey, scale, names_printed)
    for i, share, (x, y, width, height, area) in strokes:
        part = (names[y : y + height, x : x + width] == i).astype(np.uint8)
        total += share * min(math.hypot(width, height), _pen_length(part, area)) / scale
    return total


def pen_strokes(crop_grey: np.ndarray, scale: float, names_printed: bool = True) -> np.ndarray:
    """The crop (grey uint8, cleaned) without what may be print; ``scale`` is in pixels a mm.

    Small letters by themselves are kept where they stand beside the large strokes: print stands under them.
    """
    names, strokes = _pen_components(crop_grey, scale, names_printed)
    pen = np.isin(names, [i for i, _, _ in strokes])
    if pen.any():
        low, high = np.percentile(np.nonzero(pen)[0], (5, 75))
        middles = {int(i): float(np.nonzero(names == i)[0].mean()) for i in np.unique(names[names > 0])}
        pen = np.isin(names, [i for i, middle in middles.items() if low <= middle <= high]) | pen
    # With the soft edges of the strokes.
    soft = cv2.dilate(pen.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(soft, crop_grey, 255).astype(np.uint8)


def _pen_components(
    crop_grey: np.ndarray, scale: float, names_printed: bool
) -> tuple[np.ndarray, list[tuple[int, float, tuple[int, int, int, int, int]]]]:
    """The components' labels, int (height, width); and of those that a pen may have made number, how surely it did,
    and left, top, width, height and area."""
    ink = (crop_grey < 255 - _INK).astype(np.uint8)
    # Strokes that a removed rule has cut are one stroke again; 0.3 mm joins no two printed letters of a line.
    near = max(1, round(0.3 * scale))
    joined = cv2.morphologyEx(np.pad(ink, near), cv2.MORPH_CLOSE, np.ones((near, 1), np.uint8))
    joined = np.ascontiguousarray(joined[near:-near, near:-near])
    count, names, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    strokes = []
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        share = _pen_share(width / scale, height / scale, names_printed)
        if share and not _is_rule(width, height, area, scale):
            strokes.append((i, share, (x, y, width, height, area)))
    return names, strokes


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

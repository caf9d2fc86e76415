"""Punch holes: the black discs of a filed sheet near its edges are painted with paper brightness.

Method: connected components of dark pixels at low resolution, kept when they are round (isoperimetric
quotient and fill of the bounding circle), 4 to 9 mm across (ISO 838: 6 mm; US 7-8 mm) and within 25 mm of
an edge.
"""

from __future__ import annotations

import cv2
import numpy as np

MM = 25.4


def fill_punch_holes(grey: np.ndarray, dpi: float) -> np.ndarray:
    """Grey uint8 image with punch holes painted over. The same array comes back when there is none."""
    pixel = dpi / MM
    shrink = max(1, round(dpi / 75))
    if min(grey.shape) < 20 * pixel:
        return grey
    low = cv2.resize(grey, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    pixel /= shrink
    paper = float(np.percentile(low, 80))
    dark = (low < 0.55 * paper).astype(np.uint8)
    # Writing that touches a hole is thinner than the hole: opened away.
    core = cv2.morphologyEx(dark, cv2.MORPH_OPEN, disc(0.9 * pixel))
    count, _, stats, centres = cv2.connectedComponentsWithStats(core, connectivity=8)
    height, width = low.shape
    result = grey
    for label in range(1, count):
        _, _, w, h, area = stats[label]
        across = (w + h) / 2
        if not 4.0 * pixel <= across <= 9.0 * pixel or abs(w - h) > 0.25 * across:
            continue
        x, y = centres[label]
        if min(x, y, width - 1 - x, height - 1 - y) > 25 * pixel:
            continue
        if abs(area / (np.pi * across**2 / 4) - 1) > 0.15:
            continue
        if result is grey:
            result = grey.copy()
        radius = int((across / 2 + 0.6 * pixel) * shrink)
        centre = (int((x + 0.5) * shrink), int((y + 0.5) * shrink))
        ring = around(grey, centre, radius)
        tone = float(np.percentile(ring, 80)) if ring.size else paper
        cv2.circle(result, centre, radius, (tone,), -1)
    return result


def disc(radius: float) -> np.ndarray:
    size = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def around(grey: np.ndarray, centre: tuple[int, int], radius: int) -> np.ndarray:
    """The pixels of a square frame about a hole: what the paper looks like there."""
    x, y = centre
    wide = radius + max(3, radius // 2)
    part = grey[max(0, y - wide) : y + wide, max(0, x - wide) : x + wide].astype(np.int16)
    rows, columns = np.ogrid[: part.shape[0], : part.shape[1]]
    top, left = max(0, y - wide), max(0, x - wide)
    return part[(rows + top - y) ** 2 + (columns + left - x) ** 2 > radius**2]

"""Punch holes: the black discs of a filed sheet near its edges are painted with paper brightness.

Method: connected components of dark pixels at low resolution, kept when they are round (isoperimetric
quotient and fill of the bounding circle), 4 to 9 mm across (ISO 838: 6 mm; US 7-8 mm) and within 25 mm of
an edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class PunchHoleLimits:
    """What a punch hole looks like."""

    work_dpi: float = limit(75.0, "dpi", "guess", "Resolution at which holes are looked for")
    smallest_page_mm: float = limit(20.0, "mm", "guess", "Side of a picture under which it has no holes")
    paper_percentile: int = limit(80, "%", "guess", "Of a page's pixels: the paper")
    dark: float = limit(0.55, "share", "guess", "Of the paper, under which a pixel may be of a hole")
    writing_mm: float = limit(
        0.9, "mm", "guess", "Radius of the opening that takes away writing which touches a hole"
    )
    smallest_mm: float = limit(4.0, "mm", "guess", "Across a hole; ISO 838 has 6 mm")
    largest_mm: float = limit(9.0, "mm", "guess", "Across a hole; in the US they have 7 to 8 mm")
    oval: float = limit(0.25, "share", "guess", "Of its size by which a hole may be wider than high")
    edge_mm: float = limit(25.0, "mm", "guess", "From the sheet's edge, within which holes lie")
    round: float = limit(0.15, "share", "guess", "By which the area of a hole may differ from a disc's")
    rim_mm: float = limit(0.6, "mm", "guess", "Around a hole that is painted over with it")


LIMITS = PunchHoleLimits()


MM = 25.4


def fill_punch_holes(grey: np.ndarray, dpi: float) -> np.ndarray:
    """Grey uint8 image with punch holes painted over. The same array comes back when there is none."""
    pixel = dpi / MM
    shrink = max(1, round(dpi / LIMITS.work_dpi))
    if min(grey.shape) < LIMITS.smallest_page_mm * pixel:
        return grey
    low = cv2.resize(grey, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    pixel /= shrink
    paper = float(np.percentile(low, LIMITS.paper_percentile))
    dark = (low < LIMITS.dark * paper).astype(np.uint8)
    # Writing that touches a hole is thinner than the hole: opened away.
    core = cv2.morphologyEx(dark, cv2.MORPH_OPEN, disc(LIMITS.writing_mm * pixel))
    count, _, stats, centres = cv2.connectedComponentsWithStats(core, connectivity=8)
    height, width = low.shape
    result = grey
    for label in range(1, count):
        _, _, w, h, area = stats[label]
        across = (w + h) / 2
        if (
            not LIMITS.smallest_mm * pixel <= across <= LIMITS.largest_mm * pixel
            or abs(w - h) > LIMITS.oval * across
        ):
            continue
        x, y = centres[label]
        if min(x, y, width - 1 - x, height - 1 - y) > LIMITS.edge_mm * pixel:
            continue
        if abs(area / (np.pi * across**2 / 4) - 1) > LIMITS.round:
            continue
        if result is grey:
            result = grey.copy()
        radius = int((across / 2 + LIMITS.rim_mm * pixel) * shrink)
        centre = (int((x + 0.5) * shrink), int((y + 0.5) * shrink))
        ring = around(grey, centre, radius)
        tone = float(np.percentile(ring, LIMITS.paper_percentile)) if ring.size else paper
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

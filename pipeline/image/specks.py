"""Specks: dust, scanner noise and fax salt are taken out of an ink mask.

Method: connected components below a size that no pen leaves (0.15 mm across), as in kFill (O'Gorman 1992)
but by component instead of by window; dots that sit near larger writing (i-dots, points, commas) are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class SpeckLimits:
    """What no pen leaves on paper."""

    dust_mm: float = limit(0.15, "mm", "guess", "Side of a square whose area dust has at most")
    thin_mm: float = limit(0.12, "mm", "guess", "Longer side under which a component is dust")
    dot_mm: float = limit(
        0.35, "mm", "guess", "Side of a square whose area a dot has at most that is kept beside writing alone"
    )
    dot_across_mm: float = limit(0.5, "mm", "guess", "Longer side of such a dot")
    reach_mm: float = limit(2.5, "mm", "guess", "Within which of writing a dot is believed")


LIMITS = SpeckLimits()


MM = 25.4


def remove_specks(ink: np.ndarray, dpi: float) -> np.ndarray:
    """Bool mask (height, width), True = ink, without specks. ``dpi`` scales what counts as one."""
    if not ink.any():
        return ink.copy()
    mask = ink.astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sizes = stats[:, cv2.CC_STAT_AREA]
    across = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    pixel = dpi / MM
    dust = (sizes <= max(2.0, (LIMITS.dust_mm * pixel) ** 2)) | (across < LIMITS.thin_mm * pixel)
    small = ~dust & (sizes < (LIMITS.dot_mm * pixel) ** 2) & (across < LIMITS.dot_across_mm * pixel)
    dust[0] = small[0] = False
    keep = ~(dust | small)
    keep[0] = False
    if small.any():
        # A dot is believed when writing lies within 2.5 mm of it; looked up at low resolution.
        shrink = max(1, round(pixel / 4))
        big = keep[labels].astype(np.uint8)
        low = cv2.resize(big, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        low = cv2.resize(big * 255, (low.shape[1], low.shape[0]), interpolation=cv2.INTER_AREA) > 0
        reach = max(1, round(LIMITS.reach_mm * pixel / shrink))
        near = cv2.dilate(low.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        which = np.flatnonzero(small)
        x = stats[which, cv2.CC_STAT_LEFT] + stats[which, cv2.CC_STAT_WIDTH] // 2
        y = stats[which, cv2.CC_STAT_TOP] + stats[which, cv2.CC_STAT_HEIGHT] // 2
        rows = np.minimum(y // shrink, near.shape[0] - 1)
        columns = np.minimum(x // shrink, near.shape[1] - 1)
        keep[which] = near[rows, columns] > 0
    return keep[labels]

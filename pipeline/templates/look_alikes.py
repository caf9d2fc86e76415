"""Which of several forms that look nearly alike a page is: by the print in which their blanks differ.

Pages of one form often differ by the page number alone, and editions of one form by its date. Every blank is laid on
the page as it lies there; what one prints and another does not is compared with the page, place by place (normalised
correlation, each place shifted a little for the best fit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.templates.align import cut
from inkfield.pipeline.templates.template import MM_PER_INCH, Template
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class LookAlikeLimits:
    """How blanks and page are compared."""

    dpi: float = limit(
        200.0, "dpi", "guess", "Resolution at which print is compared: a page number is legible"
    )
    differs: int = limit(
        80, "grey levels", "guess", "Between two blanks, from which they print differently there"
    )
    together_mm: float = limit(1.0, "mm", "guess", "Between two differences that are one place")
    around_mm: float = limit(0.8, "mm", "guess", "Print around a difference that is compared with it")
    shift_mm: float = limit(1.0, "mm", "guess", "By which a place may lie aside on the page")
    least_mm2: float = limit(
        0.3, "mm²", "guess", "Print of a place that counts: less is how a blank was drawn"
    )
    places: int = limit(12, "places", "guess", "That are looked at at most, the largest first")
    clear: float = limit(
        0.05, "correlation", "rendered", "By which the best is better than the next where it is clear"
    )


LIMITS = LookAlikeLimits()


def told_apart(grey: np.ndarray, homography: np.ndarray, blanks: Sequence[Template]) -> int | None:
    """Which of the blanks the grey uint8 page is, all of one paper; None where that is not clear. ``homography`` leads
    from mm of the paper to pixels of the page. Blanks that print the same are the first of them."""
    scale = LIMITS.dpi / MM_PER_INCH
    prints = [blank.at(scale) for blank in blanks]
    shape = prints[0].shape
    prints = [image if image.shape == shape else cv2.resize(image, shape[::-1]) for image in prints]
    places = _places(np.stack(prints), scale)
    if not places:
        return 0
    paper = (0.0, 0.0, *blanks[0].paper)
    shift = round(LIMITS.shift_mm * scale)
    page = cut(grey, homography, paper, LIMITS.dpi)
    page = cv2.copyMakeBorder(page, shift, shift, shift, shift, cv2.BORDER_CONSTANT, value=(255,))
    likeness = np.array([[_likeness(page, image, place, scale) for place in places] for image in prints])
    total = likeness.mean(1)
    order = np.argsort(-total)
    return None if total[order[0]] - total[order[1]] < LIMITS.clear else int(order[0])


def _places(prints: np.ndarray, scale: float) -> list[tuple[int, int, int, int]]:
    """Boxes (x, y, width, height) in which blanks, uint8 (n, height, width), print differently; the largest first."""
    differs = (prints.max(0).astype(int) - prints.min(0) > LIMITS.differs).astype(np.uint8)
    reach = max(1, round(LIMITS.together_mm * scale))
    joined = cv2.dilate(differs, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    areas = np.bincount(labels[differs > 0], minlength=count)
    areas[0] = 0
    best = [at for at in np.argsort(-areas)[: LIMITS.places] if areas[at] >= LIMITS.least_mm2 * scale**2]
    return [(int(x), int(y), int(width), int(height)) for x, y, width, height, _ in stats[best]]


def _likeness(page: np.ndarray, blank: np.ndarray, place: tuple[int, int, int, int], scale: float) -> float:
    """How well a place of the blank is found on the page (both grey, as the form lies), -1 to 1. The page has a border
    as wide as the place may be shifted."""
    x, y, width, height = place
    around, shift = round(LIMITS.around_mm * scale), round(LIMITS.shift_mm * scale)
    top, left = max(0, y - around), max(0, x - around)
    wanted = blank[top : y + height + around, left : x + width + around]
    seen = page[top : top + wanted.shape[0] + 2 * shift, left : left + wanted.shape[1] + 2 * shift]
    if seen.shape[0] < wanted.shape[0] or seen.shape[1] < wanted.shape[1]:
        return 0.0
    return float(cv2.matchTemplate(seen, wanted, cv2.TM_CCOEFF_NORMED).max())

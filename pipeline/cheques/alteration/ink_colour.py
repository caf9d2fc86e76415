"""Whether a field was written with two pens: the sign of an altered amount that colour can tell.

Each connected stroke has the mean colour of its darkest pixels (CIE Lab, lightness left out, paper's own cast taken
off); two pens are two clouds of such colours that lie apart by more than either is wide (Fisher's criterion).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.alteration.all_strokes import inked
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class InkColourLimits:
    """When a field is written with two pens."""

    least_share: float = limit(0.1, "share", "guess", "Of the ink that the lesser pen wrote")
    two_pens: float = limit(
        8.5,
        "deviations",
        "rendered",
        "From this on a field counts as written with two pens. Of rendered amounts with another pen "
        "88 in 100 are above it, of those with one pen none in 100; of alterations that a person sees "
        "on scans about a third: real inks vary more.",
    )
    least_mm2: float = limit(0.5, "mm2", "guess", "Area of a stroke whose colour is looked at")
    least_core: int = limit(20, "px", "guess", "Of a stroke within its edges, whose colour is looked at")
    fewest_strokes: int = limit(4, "strokes", "guess", "That show two pens")
    least_deviation: float = limit(
        1.5, "levels of Lab", "guess", "Within one pen: under half a level no deviation is to be trusted"
    )


LIMITS = InkColourLimits()


def two_pens(pieces: Sequence[tuple[np.ndarray, np.ndarray]], scale: float) -> float:
    """How far apart the colours of the two groups of strokes lie, in deviations; 0 for one pen or a grey scan.

    ``pieces`` are (BGR uint8, cleaned crop of the same size: grey uint8 without print and neighbours), ``scale`` is
    px a mm.
    """
    colours, areas = [], []
    for part, cleaned in pieces:
        ink = inked(cleaned)
        if part.ndim == 2 or part.shape[:2] != cleaned.shape or not ink.any():
            continue
        lab = cv2.cvtColor(part, cv2.COLOR_BGR2LAB).astype(np.float32)
        bare = lab.reshape(-1, 3)[np.flatnonzero(~ink)[::16]]  # one pixel in sixteen tells as much
        paper = np.median(bare, axis=0) if len(bare) else np.zeros(3)
        core = cv2.erode(ink.astype(np.uint8), np.ones((3, 3), np.uint8))
        count, names, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
        for i in range(1, count):
            left, top, wide, high, area = (int(v) for v in stats[i])
            inside = (slice(top, top + high), slice(left, left + wide))
            mine = (names[inside] == i) & (core[inside] > 0)
            if area < LIMITS.least_mm2 * scale**2 or mine.sum() < LIMITS.least_core:
                continue
            colours.append(np.median(lab[inside][mine], axis=0)[1:] - paper[1:])
            areas.append(area)
    if len(colours) < LIMITS.fewest_strokes:
        return 0.0
    return _apart(np.array(colours), np.array(areas, float))


def _apart(colours: np.ndarray, areas: np.ndarray) -> float:
    """Fisher's criterion of the best cut along the main axis of the colours; (n, 2) and (n,)."""
    middle = np.average(colours, axis=0, weights=areas)
    _, axes = np.linalg.eigh(np.cov((colours - middle).T, aweights=areas))
    along = (colours - middle) @ axes[:, -1]
    order = np.argsort(along)
    along, areas = along[order], areas[order]
    best = 0.0
    for cut in range(1, len(along)):
        low, high = areas[:cut], areas[cut:]
        if min(low.sum(), high.sum()) < LIMITS.least_share * areas.sum():
            continue
        means = np.average(along[:cut], weights=low), np.average(along[cut:], weights=high)
        spread = np.average((along[:cut] - means[0]) ** 2, weights=low) * low.sum()
        spread += np.average((along[cut:] - means[1]) ** 2, weights=high) * high.sum()
        # Under half a level in Lab no deviation is to be trusted.
        deviation = max(LIMITS.least_deviation, float(np.sqrt(spread / areas.sum())))
        best = max(best, float(means[1] - means[0]) / deviation)
    return best

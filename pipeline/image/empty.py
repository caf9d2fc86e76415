"""Empty pages: backs of sheets and separator pages, told from pages with even a single word.

Method: background division, then connected components; a page is empty when what looks like strokes adds up
to less than a small character. Shading goes with the background, dust by size, show-through of the other
side by contrast, holes and scanner shadows by where they are and how thick.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.binarize import background_low
from inkfield.pipeline.image.punch_holes import fill_punch_holes
from inkfield.recognizers.limits import limit

MM = 25.4


@dataclass(frozen=True)
class EmptyLimits:
    """What a page holds that counts as empty."""

    faint: float = limit(
        0.70,
        "share",
        "rendered",
        "Ink is darker than this share of the paper around it; show-through and stains stay lighter",
    )
    enough_mm2: float = limit(
        0.6,
        "mm2",
        "rendered",
        "Area of stroke-like components below which a page is empty: about one small handwritten letter",
    )
    work_dpi: float = limit(150.0, "dpi", "guess", "Resolution at which strokes are looked for")
    dark_page: int = limit(
        60, "grey levels", "guess", "Paper darker than this is an inverted page or a photo, not empty"
    )
    edge_mm: float = limit(
        4.0, "mm", "guess", "Strip along the picture's edge where shadows of sheet and lid lie"
    )
    speck_mm: float = limit(0.8, "mm", "guess", "Longer side under which a component is a speck")
    speck_mm2: float = limit(0.12, "mm2", "guess", "Area under which a component is a speck")
    depth: float = limit(
        0.08, "share", "guess", "Of paper, by which a stroke is darker in its middle than at the threshold"
    )


LIMITS = EmptyLimits()


def is_empty(grey: np.ndarray, dpi: float) -> bool:
    """True when a grey uint8 page holds no writing or print."""
    if grey.size == 0:
        return True
    grey = fill_punch_holes(grey, dpi)
    shrink = max(1, round(dpi / LIMITS.work_dpi))
    small = (
        cv2.resize(grey, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        if shrink > 1
        else grey
    )
    dpi /= shrink
    pixel = dpi / MM
    paper = cv2.resize(background_low(small, dpi), (small.shape[1], small.shape[0]))
    if float(np.median(paper)) < LIMITS.dark_page:
        return False  # a dark page: an inverted one or a photo, not empty paper
    ink = (small < LIMITS.faint * paper.astype(np.float32)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count == 1:
        return True
    x, y, w, h, area = stats[1:].T
    height, width = small.shape
    edge = LIMITS.edge_mm * pixel
    # Shadows of the sheet's edge and of the lid run along the picture's edge.
    at_edge = (x < edge) | (y < edge) | (x + w > width - edge) | (y + h > height - edge)
    speck = (np.maximum(w, h) < LIMITS.speck_mm * pixel) | (area < LIMITS.speck_mm2 * pixel**2)
    writing = ~at_edge & ~speck
    # Even dust can be that big: a stroke is dark in its middle, not at the threshold all over.
    found = 0.0
    for label in 1 + np.flatnonzero(writing)[np.argsort(-area[writing])]:
        bx, by, bw, bh = stats[label, :4]
        inside = labels[by : by + bh, bx : bx + bw] == label
        depth = small[by : by + bh, bx : bx + bw][inside].min() / max(
            1, int(paper[by + bh // 2, bx + bw // 2])
        )
        if depth < LIMITS.faint - LIMITS.depth:
            found += float(stats[label, cv2.CC_STAT_AREA]) / pixel**2
        if found >= LIMITS.enough_mm2:
            return False
    return True

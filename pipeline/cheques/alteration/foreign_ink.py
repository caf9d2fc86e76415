"""Whether a spot of another colour stands among the figures: the sign of a small figure that was squeezed in.

Such a figure may join the next one and be too small to be read, or to count beside the rest of the field's ink. A pen
that presses harder is darker and stronger in colour, but of the same hue: so another hue is told at a smaller distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.alteration.all_strokes import inked
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class ForeignInkLimits:
    """When a spot of ink is by another pen than the field."""

    apart: float = limit(
        18.0, "levels of Lab", "dev cheques", "By which the colour of a spot differs from the ink's median"
    )
    other_hue: float = limit(
        10.0,
        "levels of Lab",
        "rendered",
        "The same across the line from paper to ink, where one pen varies little: on 37 real cheques "
        "without a second pen the largest such spot has 0.04 mm2, and on 60 rendered ones there is none",
    )
    least_colour: float = limit(
        6.0,
        "levels of Lab",
        "guess",
        "Between paper and ink, from which on the ink has a hue: black has none",
    )
    foreign_mm2: float = limit(
        0.25,
        "mm2",
        "dev cheques",
        "From this area on a spot is another pen's: the largest on 37 cheques without a second pen is 0.15; "
        "of rendered ones with one pen 1 in 60 is above it, from 0.2 to 0.35",
    )
    least_core: int = limit(30, "px", "guess", "Of ink within its edges, whose colour is looked at")


LIMITS = ForeignInkLimits()


def foreign_ink(pieces: Sequence[tuple[np.ndarray, np.ndarray]], scale: float) -> float:
    """Area in mm2 of the largest connected spot of another colour than the field's ink; 0 on a grey scan.

    ``pieces`` are (BGR uint8, cleaned crop of the same size: grey uint8 without print and neighbours), ``scale`` is
    px a mm. Edges of strokes, which are half paper, are left out.
    """
    largest = 0.0
    for part, cleaned in pieces:
        if part.ndim == 2 or part.shape[:2] != cleaned.shape:
            continue
        ink = inked(cleaned)
        core = cv2.erode(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        if core.sum() < LIMITS.least_core:
            continue
        far = _far(cv2.cvtColor(part, cv2.COLOR_BGR2LAB)[..., 1:].astype(np.float32), core, ~ink)
        stats = cv2.connectedComponentsWithStats((far & core).astype(np.uint8), connectivity=8)[2]
        largest = max(largest, float(stats[1:, cv2.CC_STAT_AREA].max(initial=0)) / scale**2)
    return largest


def _far(tints: np.ndarray, core: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Which pixels are by another pen than most of the core: bool (height, width), of float32 (height, width, 2)."""
    bare = np.median(tints[paper], axis=0) if paper.any() else np.full(2, 128, np.float32)
    from_paper = tints - bare
    ink = np.median(tints[core], axis=0) - bare
    apart = np.linalg.norm(from_paper - ink, axis=2)
    colour = float(np.linalg.norm(ink))
    if colour <= LIMITS.least_colour:
        return apart > LIMITS.other_hue
    across = np.abs(from_paper @ np.array([-ink[1], ink[0]])) / colour
    return (apart > LIMITS.apart) | (across > LIMITS.other_hue)

"""Whether a spot of another colour stands among the figures: the sign of a small figure that was squeezed in.

Such a figure may join the next one and be too small to be read, or to count beside the rest of the field's ink.
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
    foreign_mm2: float = limit(
        0.3,
        "mm2",
        "dev cheques",
        "From this area on a spot is another pen's: the largest on 34 cheques without a second pen is 0.13",
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
        core = cv2.erode(inked(cleaned).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        if core.sum() < LIMITS.least_core:
            continue
        tints = cv2.cvtColor(part, cv2.COLOR_BGR2LAB)[..., 1:].astype(np.float32)
        far = np.linalg.norm(tints - np.median(tints[core], axis=0), axis=2) > LIMITS.apart
        stats = cv2.connectedComponentsWithStats((far & core).astype(np.uint8), connectivity=8)[2]
        largest = max(largest, float(stats[1:, cv2.CC_STAT_AREA].max(initial=0)) / scale**2)
    return largest

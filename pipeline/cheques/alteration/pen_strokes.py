"""Of a US amount's crop what a pen wrote: a rule that was left there, and the word Dollars at its end, are print.

They are printed in a colour of their own, and were taken for a second pen.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.alteration.all_strokes import inked
from inkfield.pipeline.cheques.crops import LIMITS as CROP_LIMITS
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class PenStrokesLimits:
    """What is print among the ink of an amount."""

    rule_mm: float = limit(8.0, "mm", "guess", "Level runs of ink from this length on are a rule's")
    apart_mm: float = limit(
        8.0, "mm", "guess", "Gap after which letters as low as print are a caption at the line's end"
    )


LIMITS = PenStrokesLimits()


def pen_strokes(cleaned: np.ndarray, scale: float) -> np.ndarray:
    """The crop, grey uint8, with rules and a caption at its right end white; ``scale`` is px a mm."""
    ink = inked(cleaned).astype(np.uint8)
    rules = cv2.morphologyEx(
        ink, cv2.MORPH_OPEN, np.ones((1, max(3, round(LIMITS.rule_mm * scale))), np.uint8)
    )
    # A rule's soft edge, a pixel or two, has its colour, too.
    printed = cv2.dilate(rules, np.ones((5, 3), np.uint8)) > 0
    written = ink & ~printed
    start = _caption_starts(written, scale)
    printed[:, start:] = True
    left: np.ndarray = np.where(printed, np.uint8(255), cleaned)
    return left


def _caption_starts(ink: np.ndarray, scale: float) -> int:
    """The column from which on a caption stands at the right end; the width of the crop where there is none."""
    columns = np.flatnonzero(ink.any(axis=0))
    gaps = np.flatnonzero(np.diff(columns) > LIMITS.apart_mm * scale)
    if not len(gaps):
        return ink.shape[1]
    start = int(columns[gaps[-1] + 1])
    heights = cv2.connectedComponentsWithStats(ink[:, start:].copy(), connectivity=8)[2][
        1:, cv2.CC_STAT_HEIGHT
    ]
    return start if heights.max(initial=0) < CROP_LIMITS.print_mm * scale else ink.shape[1]

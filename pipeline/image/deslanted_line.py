"""One line of writing set level and upright, as far as the recogniser is not at home with its slope and slant.

The network has learnt from hands that lean up to some 20 degrees; within that, setting letters upright gains
nothing and an estimate that is off costs accuracy. Beyond it the gain is large: lines sheared by 40 degrees are
read with 19 % instead of 26 % CER, lines that climb by 3 degrees with 18 % instead of 31 % (docs/training-log.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.image.binarize import sauvola
from inkfield.pipeline.image.slant import remove_slant, slant_angle
from inkfield.pipeline.image.slope import remove_slope, slope_angle
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class DeslantLimits:
    """Which slope and slant the recogniser is not at home with."""

    long_enough: float = limit(
        7.0,
        "heights",
        "guess",
        "Width in heights from which a line tells its slope and slant: of a word or a few figures "
        "they are guesses",
    )
    level_enough: float = limit(2.0, "degrees", "validation lines", "Slope that is left alone")
    slant_at_home: float = limit(
        25.0, "degrees", "validation lines", "Slant that is left in: what leans more is brought back to this"
    )


LIMITS = DeslantLimits()


def set_upright(grey: np.ndarray) -> np.ndarray:
    """The line, grey uint8 with dark ink, without its slope and without the slant that is too much."""
    if min(grey.shape) < 8 or grey.shape[1] < LIMITS.long_enough * grey.shape[0]:
        return grey
    ink = _ink(grey)
    slope = slope_angle(ink)
    if abs(slope) >= LIMITS.level_enough:
        grey = remove_slope(grey, slope)
        ink = _ink(grey)
    slant = slant_angle(ink)
    return remove_slant(grey, math.copysign(max(0.0, abs(slant) - LIMITS.slant_at_home), slant))


def _ink(grey: np.ndarray) -> np.ndarray:
    return sauvola(grey, window=max(15, grey.shape[0] // 2))

"""What is known of a cheque's paper before its fields are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.cheques.micr.e13b_shapes import LIMITS as SHAPES
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.recognizers.limits import limit

MM = 25.4


@dataclass(frozen=True)
class PaperLimits:
    """How a paper is measured by its line."""

    widest_step: float = limit(
        1.5, "times", "guess", "The usual step between MICR symbols, by which the scale is measured"
    )


LIMITS = PaperLimits()


@dataclass(frozen=True)
class MeasuredPaper:
    """The printed mask and its thin lines (bool, of the picture's size), px a mm, the paper's edges, and the row at
    which its MICR line stands (``foot``)."""

    mask: np.ndarray
    lines: np.ndarray
    scale: float
    left: int
    top: int
    right: int
    foot: int

    def height(self, share: float) -> int:
        """The row at a share of the way from the upper edge to the MICR line."""
        return round(self.top + share * (self.foot - self.top))

    def across(self, share: float) -> int:
        """The column at a share of the way from the left edge to the right one."""
        return round(self.left + share * (self.right - self.left))


def pitch_scale(micr: MicrReading, otherwise: float) -> float:
    """Pixels a mm by the mean distance of neighbouring symbols, whose pitch both fonts share; ``otherwise`` where there
    are too few."""
    rights = np.array([symbol.box[0] + symbol.box[2] for symbol in micr.symbols])
    steps = np.diff(rights)
    if steps.size <= 5:
        return otherwise
    near = steps[steps < LIMITS.widest_step * float(np.percentile(steps, 30))]
    return float(near.mean()) / (SHAPES.pitch_inch * MM) if near.size > 5 else otherwise

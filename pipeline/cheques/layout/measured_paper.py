"""What is known of a cheque's paper before its fields are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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

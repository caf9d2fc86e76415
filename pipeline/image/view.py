"""A picture of a page at some point of its way, and the way back to the scan."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from inkfield.pipeline.image.geometry import to_grey


@dataclass(frozen=True)
class View:
    """``image`` is uint8 grey or BGR, (height, width[, 3]); ``to_scan`` float (3, 3) is the homography from its pixels
    to those of the page as scanned."""

    image: np.ndarray
    dpi: float
    to_scan: np.ndarray = field(default_factory=lambda: np.eye(3))

    @cached_property
    def grey(self) -> np.ndarray:
        """The picture in grey, made once."""
        return to_grey(self.image)

    def changed(self, image: np.ndarray) -> View:
        """Other pixels at the same places."""
        return View(image, self.dpi, self.to_scan)

    def moved(self, image: np.ndarray, matrix: np.ndarray, dpi: float | None = None) -> View:
        """A picture that the homography ``matrix`` leads to from this one."""
        return View(image, dpi or self.dpi, self.to_scan @ np.linalg.inv(matrix))

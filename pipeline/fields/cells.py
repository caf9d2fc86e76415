"""Character boxes cut into single characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.geometry import crop
from inkfield.pipeline.image.own_strokes import keep_own
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class CellLimits:
    """Which strokes belong to a character box."""

    ink: int = limit(70, "grey levels", "guess", "By which ink is darker than white paper")
    inset: float = limit(
        0.05,
        "share",
        "guess",
        "Share of a cell's width left out on each side, where strokes run through: what the separator left",
    )
    joined: float = limit(
        1.25, "cells", "guess", "Strokes wider than so many cells are characters of two cells that touch"
    )


LIMITS = CellLimits()


def cell_crops(writing: np.ndarray, boxes: Sequence[Box]) -> tuple[np.ndarray, ...]:
    """The crop of each character box from cleaned writing (grey uint8, paper white), see `own_strokes`."""
    return tuple(own_strokes(*wide_cell(writing, box), round(box[2] * LIMITS.inset)) for box in boxes)


def wide_cell(writing: np.ndarray, box: Box) -> tuple[np.ndarray, int, int]:
    """A copy of a box with a quarter of its width more on each side, where the page goes on there; and the columns at
    which the box itself begins and ends."""
    x, y, width, height = box
    reach = width // 4
    wide = crop(writing, (x - reach, y, width + 2 * reach, height)).copy()
    left = x - max(0, x - reach)
    return wide, left, left + width


def own_strokes(wide: np.ndarray, left: int, right: int, inset: int) -> np.ndarray:
    """``wide`` with the strokes that belong to the cell in its columns ``left`` to ``right``, the others whitened.

    A stroke belongs to the cell that its centre lies in, with what of it pokes over the edge. Strokes of two cells that
    touch are cut ``inset`` columns inside of the edges.
    """
    if wide.size == 0:  # OpenCV ends the process over an empty picture
        return wide
    _, names, stats, centres = cv2.connectedComponentsWithStats(
        (wide < 255 - LIMITS.ink).astype(np.uint8), connectivity=8
    )
    widths, middles = stats[:, cv2.CC_STAT_WIDTH], centres[:, 0]
    joined = widths > LIMITS.joined * (right - left)
    own = ~joined & (middles >= left) & (middles < right)
    own[0] = joined[0] = False  # paper
    inside = np.zeros(wide.shape, bool)
    inside[:, max(0, left + inset) : max(0, right - inset)] = True
    keep_own(wide, names, own, joined, inside)
    return wide

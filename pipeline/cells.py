"""Character boxes cut into single characters."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.geometry import crop
from pipeline.records import Box

_INK = 70
_INSET = 0.05
"""Share of a cell's width left out on each side: what the separator left."""


def cell_crops(writing: np.ndarray, boxes: Sequence[Box]) -> tuple[np.ndarray, ...]:
    """The crop of each character box from cleaned writing (grey uint8, paper white), strokes of neighbours whitened.

    A stroke belongs to a cell when its centre lies in it; what merely pokes over the edge is left to the neighbour.
    """
    return tuple(_own_strokes(writing, box) for box in boxes)


def _own_strokes(writing: np.ndarray, box: Box) -> np.ndarray:
    x, y, width, height = box
    inset = round(width * _INSET)
    reach = width // 4
    wide = crop(writing, (x - reach, y, width + 2 * reach, height)).copy()
    if wide.size == 0:  # OpenCV ends the process over an empty picture
        return wide
    left = x - max(0, x - reach)
    count, names, stats, centres = cv2.connectedComponentsWithStats(
        (wide < 255 - _INK).astype(np.uint8), connectivity=8
    )
    for i in range(1, count):
        middle = float(centres[i][0])
        poking = stats[i, cv2.CC_STAT_WIDTH] < 0.5 * width and not left <= middle <= left + width
        if poking:
            wide[cv2.dilate((names == i).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 255
    return wide[:, max(0, left + inset) : max(0, left + width - inset)]

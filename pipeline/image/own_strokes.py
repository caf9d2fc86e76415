"""What of a crop is its own ink, and what strokes of its neighbours poke into it."""

from __future__ import annotations

import cv2
import numpy as np

_SOFT = np.ones((5, 5), np.uint8)
"""Around a stroke is its pale edge, which goes with it."""


def keep_own(
    part: np.ndarray, names: np.ndarray, own: np.ndarray, joined: np.ndarray, inside: np.ndarray
) -> None:
    """Whitens in a crop, grey uint8, what is not its own.

    ``names`` are the component numbers of its pixels, ``own`` and ``joined`` bool by number: strokes that are the
    crop's wherever they go, and strokes that run on into a neighbour. ``inside`` bool, of the crop's shape, is the
    region itself: outside of it there is nothing but own strokes, inside of it what is joined stays, too.
    """
    mine = own[names]
    if joined.any():
        shared = joined[names]
        mine = np.where(inside, mine | shared, mine & ~shared)
    drop = (names > 0) & ~mine
    soft = cv2.dilate(drop.astype(np.uint8), _SOFT) > 0
    near = cv2.dilate(mine.astype(np.uint8), _SOFT) > 0
    part[drop | (soft & ~mine & (names == 0) & ~near) | (~inside & ~near)] = 255

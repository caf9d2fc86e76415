"""The paper of a cheque in its picture: a scanner's dark border and the shadow at the edge are not paper."""

from __future__ import annotations

import numpy as np

from inkfield.schemas.readings import Box

_MOST = 0.12
"""Share of a side that may be border; what is darker farther in is print."""
_DARK = 0.45
"""A row is border when most of it is darker than this share of the paper's brightness."""


def paper_box(grey: np.ndarray) -> Box:
    """The box of the paper in a picture that a cheque fills (grey uint8); the whole picture without a border."""
    height, width = grey.shape
    if min(height, width) < 50:
        return 0, 0, width, height
    limit = _DARK * float(np.percentile(grey[::7, ::7], 75))
    rows = (grey[:, :: max(1, width // 400)] < limit).mean(1) > 0.6
    columns = (grey[:: max(1, height // 300)] < limit).mean(0) > 0.6
    top, bottom = _border(rows), _border(rows[::-1])
    left, right = _border(columns), _border(columns[::-1])
    return left, top, width - left - right, height - top - bottom


def _border(dark: np.ndarray) -> int:
    """Length of the border at the beginning: up to the last dark line near the edge, if the edge is mostly dark."""
    near = np.flatnonzero(dark[: int(_MOST * len(dark))])
    if near.size == 0:
        return 0
    length = int(near[-1]) + 1
    # A printed bar near the edge is dark, too, but has paper before it.
    while length and dark[:length].mean() < 0.7:
        near = near[near < length - 1]
        length = int(near[-1]) + 1 if near.size else 0
    return length

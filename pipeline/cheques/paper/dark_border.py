"""The paper of a cheque in its picture: a scanner's dark border and the shadow at the edge are not paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class DarkBorderLimits:
    """What is border around a paper."""

    most: float = limit(
        0.12, "share", "guess", "Share of a side that may be border; what is darker farther in is print"
    )
    dark: float = limit(
        0.45,
        "share",
        "guess",
        "A row is border when most of it is darker than this share of the paper's brightness",
    )
    paper_percentile: int = limit(75, "%", "guess", "Of a picture's pixels: the paper")
    dark_row: float = limit(0.6, "share", "guess", "Of a row or column that is dark, from which it is border")
    dark_border: float = limit(0.7, "share", "guess", "Of the border's rows that are dark")


LIMITS = DarkBorderLimits()


def paper_box(grey: np.ndarray) -> Box:
    """The box of the paper in a picture that a cheque fills (grey uint8); the whole picture without a border."""
    height, width = grey.shape
    if min(height, width) < 50:
        return 0, 0, width, height
    limit = LIMITS.dark * float(np.percentile(grey[::7, ::7], LIMITS.paper_percentile))
    rows = (grey[:, :: max(1, width // 400)] < limit).mean(1) > LIMITS.dark_row
    columns = (grey[:: max(1, height // 300)] < limit).mean(0) > LIMITS.dark_row
    top, bottom = _border(rows), _border(rows[::-1])
    left, right = _border(columns), _border(columns[::-1])
    return left, top, width - left - right, height - top - bottom


def _border(dark: np.ndarray) -> int:
    """Length of the border at the beginning: up to the last dark line near the edge, if the edge is mostly dark."""
    near = np.flatnonzero(dark[: int(LIMITS.most * len(dark))])
    if near.size == 0:
        return 0
    length = int(near[-1]) + 1
    # A printed bar near the edge is dark, too, but has paper before it.
    while length and dark[:length].mean() < LIMITS.dark_border:
        near = near[near < length - 1]
        length = int(near[-1]) + 1 if near.size else 0
    return length

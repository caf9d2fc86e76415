"""Character boxes: which of them hold ink, and how they look as they would be written in one line."""

from __future__ import annotations

import numpy as np

from inkfield.recognizers.normalise import percentiles

_DARK = 185
"""A pixel of a cleaned crop is ink when it is darker than this."""


def cell_has_ink(cell: np.ndarray) -> bool:
    """Whether a cleaned cell holds a character: ink that is at least a quarter of the cell high or wide."""
    if cell.size == 0:
        return False
    (paper,) = percentiles(cell, (80,))
    dark = cell < paper - 60
    rows, columns = np.flatnonzero(dark.sum(1) > 0), np.flatnonzero(dark.sum(0) > 0)
    if rows.size == 0:
        return False
    extent = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    return bool(extent >= 0.25 * min(cell.shape) and dark.sum() >= 12)


def drawn_together(part: np.ndarray, widest: int) -> np.ndarray:
    """Figures set wide apart (stamps, cells), with at most ``widest`` empty columns between two: as they are written,
    and as a recogniser knows them."""
    empty = (part < _DARK).sum(0) == 0
    keep = np.ones(part.shape[1], bool)
    run = 0
    for column, bare in enumerate(empty):
        run = run + 1 if bare else 0
        keep[column] = run <= widest
    return part[:, keep]

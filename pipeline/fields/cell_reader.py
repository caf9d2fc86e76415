"""Character boxes: which of them hold ink, and how they look as they would be written in one line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.normalise import percentiles


@dataclass(frozen=True)
class CellReaderLimits:
    """Which character boxes hold ink, and how close they are drawn together."""

    dark: int = limit(
        185, "grey levels", "guess", "A pixel of a cleaned crop is ink when it is darker than this"
    )
    paper_percentile: int = limit(80, "%", "guess", "Of a cell's pixels: the paper")
    ink: int = limit(60, "grey levels", "guess", "By which ink is darker than the paper")
    least_extent: float = limit(
        0.25, "share", "guess", "Of a cell's shorter side, that a character is high or wide at least"
    )
    least_ink: int = limit(12, "px", "guess", "Of a character")


LIMITS = CellReaderLimits()


def cell_has_ink(cell: np.ndarray) -> bool:
    """Whether a cleaned cell holds a character: ink that is at least a quarter of the cell high or wide."""
    if cell.size == 0:
        return False
    (paper,) = percentiles(cell, (LIMITS.paper_percentile,))
    dark = cell < paper - LIMITS.ink
    rows, columns = np.flatnonzero(dark.sum(1) > 0), np.flatnonzero(dark.sum(0) > 0)
    if rows.size == 0:
        return False
    extent = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    return bool(extent >= LIMITS.least_extent * min(cell.shape) and dark.sum() >= LIMITS.least_ink)


def drawn_together(part: np.ndarray, widest: int) -> np.ndarray:
    """Figures set wide apart (stamps, cells), with at most ``widest`` empty columns between two: as they are written,
    and as a recogniser knows them."""
    empty = (part < LIMITS.dark).sum(0) == 0
    keep = np.ones(part.shape[1], bool)
    run = 0
    for column, bare in enumerate(empty):
        run = run + 1 if bare else 0
        keep[column] = run <= widest
    return part[:, keep]

"""The upright sides of a cheque's date cells, which digits touch.

The search for rules wants paper on both sides of a line, and the side of a cell that a digit leans on has none.
The layout knows where the sides stand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.image.ruled_lines import RuledLine
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class CellSideLimits:
    """What the printed side of a date cell looks like."""

    near_mm: float = limit(0.5, "mm", "guess", "How far from its place in the comb a side may stand")
    thickest_mm: float = limit(0.4, "mm", "guess", "Of a side")
    alone: float = limit(
        0.35, "share", "guess", "Of the cell's height on which the side is seen with nothing on it"
    )
    covered: float = limit(0.85, "share", "guess", "Of the cell's height on which there is any ink")
    straight_mm: float = limit(0.2, "mm", "guess", "From the side's middle, within which it runs")


LIMITS = CellSideLimits()


def cell_sides(grey: np.ndarray, ink: np.ndarray, layout: ChequeLayout) -> list[RuledLine]:
    """The printed sides of the date cells as upright rules.

    ``grey`` is the cheque (uint8, (height, width)) with its paper white, ``ink`` the bool mask of what is dark.
    """
    if not layout.date_cells:
        return []
    edges = [x for x, *_ in layout.date_cells]
    x, top, width, height = layout.date_cells[-1]
    found = (_side(grey, ink, edge, top, height, layout.scale) for edge in (*edges, x + width))
    return [rule for rule in found if rule is not None]


def _side(
    grey: np.ndarray, ink: np.ndarray, edge: int, top: int, height: int, scale: float
) -> RuledLine | None:
    """The straight thin line within reach of ``edge`` from the cell's top to its bottom, or None."""
    reach = max(2, round(LIMITS.near_mm * scale))
    left = max(0, edge - reach)
    part = ink[top : top + height, left : edge + reach + 1]
    if part.shape[1] < 3:  # beyond the picture's edge
        return None
    rows, middles, widths = _thin_runs(part, LIMITS.thickest_mm * scale)
    if len(rows) < LIMITS.alone * height:
        return None
    keep = np.abs(middles - np.median(middles)) <= LIMITS.straight_mm * scale
    if len(set(rows[keep])) < LIMITS.alone * height:
        return None
    lean, start = np.polyfit(rows[keep], middles[keep], 1)
    line = np.clip(np.round(lean * np.arange(len(part)) + start), 1, part.shape[1] - 2).astype(int)
    beside = [line + step for step in (-1, 0, 1)]
    every = np.arange(len(part))
    inked = np.any([part[every, columns] for columns in beside], axis=0)
    tenth = max(1, len(part) // 10)
    if inked.mean() < LIMITS.covered or not (inked[:tenth].any() and inked[-tenth:].any()):
        return None
    # Of the columns that the line covers the darkest tells its ink from a pen's over it.
    dark = [float(grey[top + every, left + columns].mean()) for columns in beside]
    centres = (left + beside[int(np.argmin(dark))]).astype(np.float32)
    return RuledLine(False, top, top + len(part), centres, float(np.median(widths[keep])))


def _thin_runs(part: np.ndarray, widest: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The runs of ink in the rows of a bool picture of at most that width: row, middle and width, float (n,) each."""
    edges = np.diff(np.pad(part.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges > 0)
    stops = np.nonzero(edges < 0)[1]
    thin = stops - starts <= widest
    return (
        rows[thin].astype(float),
        ((starts + stops - 1) / 2)[thin],
        (stops - starts)[thin].astype(float),
    )

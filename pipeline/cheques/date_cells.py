"""The eight date cells of a CTS-2010 cheque: a comb of nine upright lines between two level ones, top right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from inkfield.pipeline.cheques.paper.printed_lines import extent, level_rows, thin_lines, upright_profile
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box

CELLS = 8


@dataclass(frozen=True)
class DateCellLimits:
    """What the cells of a date look like."""

    pitch_mm: tuple[float, float] = limit(
        (3.8, 6.3), "mm", "dev cheques", "Widths of a cell in print: 5.0 and 5.7 mm are common"
    )
    lowest_mm: float = limit(3.5, "mm", "guess", "Between the level lines")
    highest_mm: float = limit(9.0, "mm", "guess", "Between the level lines")
    least_comb: float = limit(
        0.55,
        "share",
        "guess",
        "Of ink on the upright lines, less half of that between, from which there are cells",
    )
    level_weight: float = limit(0.3, "share", "guess", "Of the level lines' coverage in choosing among combs")
    least_side: float = limit(
        0.6, "share", "guess", "Of a cell's height on which its side is printed, to be laid on it"
    )
    usual_mm: float = limit(42.0, "mm", "guess", "Width of the cells together")
    off_weight: float = limit(
        0.02, "share", "guess", "For each mm that cells without sides are wider or narrower"
    )
    narrowest_mm: float = limit(30.0, "mm", "guess", "Of cells without sides, together")
    widest_mm: float = limit(56.0, "mm", "guess", "Of cells without sides, together")


LIMITS = DateCellLimits()


def find_date_cells(mask: np.ndarray, scale: float, lowest: int) -> tuple[Box, ...] | None:
    """The cells from left to right above the row ``lowest`` in a uint8 0/1 mask; None without such a comb.

    Among the pairs of level lines 3.5 to 9 mm apart the one counts whose nine equally spaced upright lines
    stand out most: digits in the cells and a printed DATE beside them do not keep that distance.
    """
    rows = _rows(mask, scale, lowest)
    best: tuple[float, tuple[Box, ...]] | None = None
    for i, (top, cover_1) in enumerate(rows):
        for bottom, cover_2 in rows[i + 1 :]:
            if not LIMITS.lowest_mm <= (bottom - top) / scale <= LIMITS.highest_mm:
                continue
            profile = upright_profile(mask, scale, top, bottom)
            strength, edges = _comb(profile, _level_profile(mask, scale, top, bottom), scale)
            if strength < LIMITS.least_comb:
                continue
            score = strength + LIMITS.level_weight * (cover_1 + cover_2)
            if best is None or score > best[0]:
                cells = tuple((a, top, b - a, bottom - top) for a, b in pairwise(edges))
                best = (score, cells)
    return best[1] if best else None


def _rows(mask: np.ndarray, scale: float, lowest: int) -> list[tuple[int, float]]:
    return level_rows(mask, scale, (1.5, lowest / scale - 3), int(162 * scale), int(185 * scale), 0.6)


def _level_profile(mask: np.ndarray, scale: float, top: int, bottom: int) -> np.ndarray:
    """Share of the two level lines, 0, 0.5 or 1, that is printed at each column."""
    half = max(1, int(0.4 * scale))
    lines = [mask[max(0, row - half) : row + half + 1].max(0) for row in (top, bottom)]
    share: np.ndarray = np.mean(lines, axis=0)
    return share


def _comb(profile: np.ndarray, level: np.ndarray, scale: float) -> tuple[float, list[int]]:
    """Strength and columns of the best comb.

    The strength is the mean share of ink on the nine lines, less half of that in the cells' middles. Between
    combs the level lines decide, which run over all cells and no further.
    """
    near = max(1, int(0.25 * scale))
    wide = cv2.dilate(profile[None].astype(np.float32), np.ones((1, 2 * near + 1)))[0]
    left, right = int(135 * scale), len(profile) - 1
    best = (-1.0, 0.0, 0.0, 0.0)
    for pitch in np.arange(LIMITS.pitch_mm[0] * scale, LIMITS.pitch_mm[1] * scale, max(0.25, 0.02 * scale)):
        starts = np.arange(left, right - int(CELLS * pitch))
        if starts.size == 0:
            break
        at = np.round(np.arange(CELLS + 1) * pitch).astype(int)
        middles = np.round((np.arange(CELLS) + 0.5) * pitch).astype(int)
        strength = _mean_of_shifted(wide, starts, at)
        # Between equals the comb counts that lies truest on its lines.
        value = (
            strength
            + 0.5 * _mean_of_shifted(level, starts, middles)
            + 0.1 * _mean_of_shifted(profile, starts, at)
        )
        top = int(value.argmax())
        if value[top] > best[0]:
            best = (float(value[top]), float(starts[top]), float(pitch), float(strength[top]))
    value, start, pitch, strength_there = best
    if value < 0:
        return 0.0, []
    edges = [start + k * pitch for k in range(CELLS + 1)]
    between = wide[[round(edge + pitch / 2) for edge in edges[:-1]]]
    # Each line where it is printed, if it is there.
    snapped = [_snap(profile, edge, int(0.5 * scale)) for edge in edges]
    return strength_there - 0.5 * float(np.median(between)), snapped


def _mean_of_shifted(values: np.ndarray, starts: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """For each of the starts, which follow each other, the mean of the values at these steps from it."""
    first = int(starts[0])
    shifted = [values[first + step : first + step + len(starts)] for step in steps.tolist()]
    # Added as NumPy adds a row of eight or nine, so that equal combs come out equal.
    one, two, three, four = (shifted[k] + shifted[k + 1] for k in (0, 2, 4, 6))
    total = (one + two) + (three + four)
    for rest in shifted[8:]:
        total = total + rest
    mean: np.ndarray = total / total.dtype.type(len(shifted))
    return mean


def _snap(profile: np.ndarray, edge: float, reach: int) -> int:
    first = max(0, round(edge) - reach)
    part = profile[first : round(edge) + reach + 1]
    if part.size == 0 or part.max() < LIMITS.least_side:
        return round(edge)
    return first + int(np.flatnonzero(part >= part.max() - 0.02).mean())


def find_plain_cells(mask: np.ndarray, scale: float, lowest: int) -> tuple[Box, ...] | None:
    """Eight equal cells between two level lines 30 to 56 mm long: for cells without upright lines between.

    Other papers have such lines, too: to be asked only where a cheque is known to be.
    """
    rows = _rows(mask, scale, lowest)
    lines = thin_lines(mask, scale)
    best: tuple[float, tuple[Box, ...]] | None = None
    for i, (top, cover_1) in enumerate(rows):
        for bottom, cover_2 in rows[i + 1 :]:
            if not LIMITS.lowest_mm <= (bottom - top) / scale <= LIMITS.highest_mm:
                continue
            upper, lower = (extent(lines, scale, row, int(172 * scale), 1.5) for row in (top, bottom))
            left, right = max(upper.left, lower.left), min(upper.right, lower.right)
            width = (right - left) / scale
            score = cover_1 + cover_2 - abs(width - LIMITS.usual_mm) * LIMITS.off_weight
            if LIMITS.narrowest_mm <= width <= LIMITS.widest_mm and (best is None or score > best[0]):
                best = (score, equal_cells((left, top, right - left, bottom - top)))
    return best[1] if best else None


def equal_cells(box: Box, count: int = CELLS) -> tuple[Box, ...]:
    """A box divided into cells of one width, from left to right."""
    x, y, width, height = box
    edges = [x + round(width * i / count) for i in range(count + 1)]
    return tuple((a, y, b - a, height) for a, b in pairwise(edges))

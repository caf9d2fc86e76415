"""Printed level lines and upright lines in the mask of a cheque: where they are and from where to where they run."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class PrintedLineLimits:
    """What a cheque's printed lines look like."""

    around_mm: float = limit(4.0, "mm", "guess", "Side of the square whose brightness print is set against")
    darker: int = limit(14, "grey levels", "guess", "By which print is darker than what is around it")
    highest_mm: float = limit(1.2, "mm", "guess", "Of a line; what is higher is writing")
    dot_gap_mm: float = limit(0.8, "mm", "guess", "Between the dots of a line")
    shortest_mm: float = limit(2.5, "mm", "guess", "Of a piece of a line")
    shortest_level_mm: float = limit(5.0, "mm", "guess", "Of a piece of a level line that counts")
    wander_mm: float = limit(0.5, "mm", "guess", "Up and down that a level line may wander")
    noise: float = limit(
        0.5, "share", "guess", "Of the wanted coverage that half of all rows have, above which there is noise"
    )
    same_line: float = limit(
        0.9, "share", "guess", "Of a line's coverage, from which rows beside it are of it"
    )
    apart_mm: float = limit(3.0, "mm", "guess", "Between two level lines")
    slope_mm: float = limit(0.6, "mm", "guess", "Up and down within which a line is looked for")
    straight_mm: float = limit(0.2, "mm", "guess", "From its straight, within which a line runs")
    trim: float = limit(
        1.5, "deviations", "guess", "From the straight (median), beyond which a point is left out"
    )
    inset_mm: float = limit(0.7, "mm", "guess", "From level lines, where upright ones begin")
    upright_gap_mm: float = limit(0.6, "mm", "guess", "In an upright line that are closed")
    lean_mm: float = limit(0.25, "mm", "guess", "That an upright line may wander")
    upright_apart_mm: float = limit(0.6, "mm", "guess", "Between two upright lines")


LIMITS = PrintedLineLimits()


@dataclass(frozen=True)
class Band:
    """A level printed line: its row and from which to which column it runs, in pixels."""

    row: int
    left: int
    right: int


def printed_mask(grey: np.ndarray, scale: float) -> np.ndarray:
    """Ink and print as a uint8 0/1 mask: clearly darker than the brightness around (box mean over 4 mm)."""
    window = int(LIMITS.around_mm * scale) | 1
    local = cv2.blur(grey, (window, window))
    return (grey.astype(np.int16) < local.astype(np.int16) - LIMITS.darker).astype(np.uint8)


def thin_lines(mask: np.ndarray, scale: float) -> np.ndarray:
    """What of a uint8 0/1 mask belongs to thin level lines at least 2.5 mm long: no letters, no bars.

    Dotted and micro-printed lines are closed over 0.8 mm; what is higher than 1.2 mm is writing.
    """
    high = cv2.morphologyEx(
        mask, cv2.MORPH_OPEN, np.ones((max(3, round(LIMITS.highest_mm * scale)), 1), np.uint8)
    )
    thin = cv2.subtract(mask, high)
    closed = cv2.morphologyEx(
        thin, cv2.MORPH_CLOSE, np.ones((1, max(3, int(LIMITS.dot_gap_mm * scale))), np.uint8)
    )
    return cv2.morphologyEx(
        closed, cv2.MORPH_OPEN, np.ones((1, max(5, int(LIMITS.shortest_mm * scale))), np.uint8)
    )


def level_rows(
    mask: np.ndarray, scale: float, between: tuple[float, float], left: int, right: int, least: float
) -> list[tuple[int, float]]:
    """Rows (row, coverage) of level lines between two heights in mm, that cover ``least`` of left..right.

    Dotted and micro-printed rules are closed first; a line may wander by 0.4 mm.
    """
    top, bottom = max(0, int(between[0] * scale)), min(int(between[1] * scale), mask.shape[0])
    strip = mask[top:bottom, left:right]
    if strip.size == 0:
        return []
    closed = cv2.morphologyEx(
        strip, cv2.MORPH_CLOSE, np.ones((1, max(3, int(LIMITS.dot_gap_mm * scale))), np.uint8)
    )
    long = cv2.morphologyEx(
        closed, cv2.MORPH_OPEN, np.ones((1, max(5, int(LIMITS.shortest_level_mm * scale))), np.uint8)
    )
    thick = max(2, int(LIMITS.wander_mm * scale))
    coverage = cv2.dilate(long, np.ones((thick, 1), np.uint8)).mean(1)
    sharp = coverage.copy()
    rows: list[tuple[int, float]] = []
    if float(np.median(coverage)) > LIMITS.noise * least:
        return rows  # noise or a solid area: lines stand out from what is above and below them
    while sharp.size and sharp.max() >= least:
        peak = int(sharp.argmax())
        group = np.flatnonzero(
            coverage[max(0, peak - thick * 2) : peak + thick * 2] >= LIMITS.same_line * sharp[peak]
        )
        rows.append((top + max(0, peak - thick * 2) + int(group.mean()), float(sharp[peak])))
        sharp[max(0, peak - int(LIMITS.apart_mm * scale)) : peak + int(LIMITS.apart_mm * scale)] = 0
    return sorted(rows)


def extent(lines: np.ndarray, scale: float, row: int, seed: int, gap_mm: float) -> Band:
    """How far a level line of ``thin_lines`` runs both ways from a column on it, over gaps of ``gap_mm``."""
    found = pieces(lines, scale, row, gap_mm)
    if not found:
        return Band(row, seed, seed)
    # The piece that holds the seed; else the longest one.
    return max(found, key=lambda p: lines.shape[1] if p.left <= seed <= p.right - 1 else p.right - p.left - 1)


def pieces(lines: np.ndarray, scale: float, row: int, gap_mm: float) -> list[Band]:
    """The pieces of a level line of ``thin_lines`` from left to right, gaps up to ``gap_mm`` closed.

    The line is followed along its own slope, within 0.2 mm: the feet of a printed label beside it lie off it.
    """
    reach = max(1, int(LIMITS.slope_mm * scale))
    top = max(0, row - reach)
    strip = lines[top : row + reach + 1]
    columns = np.flatnonzero(strip.any(0))
    if columns.size == 0:
        return []
    centres = (np.arange(strip.shape[0]) @ strip[:, columns]) / strip[:, columns].sum(0)
    path = _straight(columns, centres, strip.shape[1])
    half = max(1, round(LIMITS.straight_mm * scale))
    rows = np.round(path).astype(int) + np.arange(-half, half + 1)[:, None]
    inside = (rows >= 0) & (rows < strip.shape[0])
    line = (strip[np.clip(rows, 0, strip.shape[0] - 1), np.arange(strip.shape[1])] & inside).max(0)
    on = np.flatnonzero(line)
    if on.size == 0:
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(on) > max(1, int(gap_mm * scale))) + 1])
    stops = np.concatenate([starts[1:], [on.size]]) - 1
    return [Band(row, int(on[a]), int(on[b]) + 1) for a, b in zip(starts, stops, strict=True)]


def _straight(columns: np.ndarray, centres: np.ndarray, width: int) -> np.ndarray:
    """Row at each column of the straight line through most points (least squares, outliers left out twice)."""
    keep = np.ones(len(columns), bool)
    slope, start = 0.0, float(np.median(centres))
    for _ in range(3):
        if keep.sum() < 20:
            break
        slope, start = (float(v) for v in np.polyfit(columns[keep], centres[keep], 1))
        rest = np.abs(start + slope * columns - centres)
        keep = rest <= max(1.0, LIMITS.trim * float(np.median(rest)))
    path: np.ndarray = start + slope * np.arange(width)
    return path


def upright_profile(mask: np.ndarray, scale: float, top: int, bottom: int) -> np.ndarray:
    """Share of each column, 0..1, that is inked between two rows, wandering by 0.25 mm allowed."""
    inset = max(1, int(LIMITS.inset_mm * scale))
    strip = mask[top + inset : bottom - inset]
    if strip.shape[0] < 2:
        return np.zeros(mask.shape[1])
    closed = cv2.morphologyEx(
        strip, cv2.MORPH_CLOSE, np.ones((max(3, int(LIMITS.upright_gap_mm * scale)), 1), np.uint8)
    )
    share: np.ndarray = cv2.dilate(closed, np.ones((1, max(2, int(LIMITS.lean_mm * scale))), np.uint8)).mean(
        0
    )
    return share


def upright_lines(
    mask: np.ndarray, scale: float, top: int, bottom: int, least: float = 0.9, widest: float = 1.6
) -> list[int]:
    """Columns of upright printed lines, up to ``widest`` mm wide, that run from one row to the other."""
    full = np.flatnonzero(upright_profile(mask, scale, top, bottom) > least)
    groups = (
        np.split(full, np.flatnonzero(np.diff(full) > int(LIMITS.upright_apart_mm * scale)) + 1)
        if full.size
        else []
    )
    return [int(group.mean()) for group in groups if len(group) < widest * scale]

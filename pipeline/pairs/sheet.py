"""The page as pairs are looked for on it: its rules, its checkboxes, and the strokes that are left without them.

All at PX_MM pixels a millimetre. Strokes are connected components, each with how much rather it looks written than
printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.fields.checkbox import read_checkbox
from inkfield.pipeline.image.binarize import binarize
from inkfield.pipeline.image.label_means import mean_by_label
from inkfield.pipeline.image.ruled_lines import RuledLine, find_ruled_lines, remove_ruled_lines
from inkfield.pipeline.image.specks import remove_specks
from inkfield.pipeline.image.view import View
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.pipeline.proposal.checkboxes import find_checkboxes
from inkfield.recognizers.limits import limit
from inkfield.recognizers.models.print_network import PX_MM as NETWORK_PX_MM
from inkfield.recognizers.models.print_network import writing_logits
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class SheetLimits:
    """Which ink is a stroke of a letter."""

    letters_mm: tuple[float, float] = limit(
        (1.2, 3.7),
        "mm",
        "guess",
        "Median height of the letters of a page whose resolution is what its file says",
    )
    usual_mm: float = limit(2.1, "mm", "guess", "Height to which the letters of other pages are brought")
    speck_mm: float = limit(0.7, "mm", "guess", "Height from which ink may be a letter")
    enough: int = limit(20, "letters", "guess", "By which the height of a page's letters is told")
    faint: int = limit(
        222,
        "grey levels",
        "guess",
        "Under which a pixel of a page with white paper is ink, where darker ink touches it",
    )
    dark: int = limit(185, "grey levels", "guess", "Under which a pixel is ink for sure")
    side_mm: float = limit(1.6, "mm", "guess", "Straight run of ink that may be the side of a checkbox")
    broken_mm: float = limit(0.3, "mm", "guess", "Gap in the side of a checkbox that is closed")
    frame_mm: tuple[float, float] = limit((2.0, 6.8), "mm", "guess", "Least and most side of a checkbox")
    square: float = limit(0.75, "share", "guess", "Shorter by longer side of one")
    straight: int = limit(3, "px", "guess", "Within which a side of its frame runs")
    whole_side: float = limit(0.85, "share", "guess", "Of a side of its frame that is printed")
    stick_out: float = limit(2.2, "times", "guess", "The side of a checkbox, up to which a tick reaches")
    tail_mm: float = limit(0.8, "mm", "guess", "What sticks out of a checkbox and is no letter")
    comb_mm: float = limit(
        0.9, "mm", "guess", "Between two squares of one comb: boxes for one character each"
    )
    comb: int = limit(3, "squares", "guess", "Side by side, from which they are a comb")
    highest_mm: float = limit(22.0, "mm", "guess", "Of a stroke")
    widest_mm: float = limit(90.0, "mm", "guess", "Of a stroke")
    solid: tuple[float, float] = limit(
        (0.65, 3.0),
        "share, mm",
        "guess",
        "Share of its box and shorter side, from which ink is a bar or an arrow",
    )
    thickest_mm: float = limit(1.6, "mm", "guess", "Stroke of a letter: what is thicker is an arrow or a bar")
    long_mm: float = limit(12.0, "mm", "guess", "Least length of a thick rule")
    thick_mm: float = limit(2.5, "mm", "guess", "Most thickness of one")
    dash_mm: tuple[float, float] = limit(
        (0.45, 2.3), "mm", "guess", "Widest and highest piece of a dashed upright rule"
    )
    dash_gap_mm: float = limit(1.1, "mm", "guess", "Between two such pieces")
    dashed_mm: float = limit(
        3.4, "mm", "guess", "Least height of a dashed upright rule, of at least two pieces"
    )


LIMITS = SheetLimits()


@dataclass(frozen=True)
class Mark:
    """A checkbox: ``box`` in pixels with its frame, whether it is ticked, and the probability of that, 0.5 to 1."""

    box: Box
    ticked: bool
    probability: float


@dataclass(frozen=True)
class Sheet:
    """``grey`` uint8 without rules, ``ruled`` with them; ``names`` int32, 0 where there is no stroke; ``edges`` int
    (n, 4), left, top, right and bottom of each; ``pixels`` (n,) their area and ``logits`` (n,) in nats, above 0 for
    writing; entry 0 is the paper. ``level`` are rules as (left, right, y), ``upright`` as (x, top, bottom), float
    (m, 3)."""

    grey: np.ndarray
    ruled: np.ndarray
    names: np.ndarray
    edges: np.ndarray
    pixels: np.ndarray
    logits: np.ndarray
    level: np.ndarray
    upright: np.ndarray
    marks: tuple[Mark, ...]
    to_view: np.ndarray
    """Homography, float (3, 3), to the pixels of the view that it was made of."""


def lay_out(view: View) -> Sheet:
    """The sheet of a straightened page: upright, level, dark ink on white paper."""
    height, width = view.grey.shape
    grey = _resized(view.grey, PX_MM * 25.4 / view.dpi)
    high = _letter_height(grey) / PX_MM
    if not LIMITS.letters_mm[0] < high < LIMITS.letters_mm[1]:
        # The resolution is not what the file says, or it says none.
        grey = _resized(view.grey, PX_MM * 25.4 / view.dpi * LIMITS.usual_mm / high)
    size = grey.shape[::-1]
    dpi = PX_MM * 25.4
    ink = binarize(grey, dpi)
    rules = find_ruled_lines(ink, dpi)
    squares, combs = _squares(ink)
    clean = remove_ruled_lines(grey, ink, rules)
    marks = tuple(_mark(grey, square) for square in squares)
    for square in squares:
        _paint_out(clean, ink, square)
    strokes = remove_specks(_ink(clean), dpi)
    names, edges, pixels = _strokes(strokes)
    clean[strokes & (names == 0)] = 255
    logits = _logits(clean, names, len(pixels))
    to_view = np.diag([width / size[0], height / size[1], 1.0])
    level, upright = _as_rows(rules, combs)
    level, upright = _with_thick(strokes & (names == 0), level, upright)
    return Sheet(clean, grey, names, edges, pixels, logits, level, upright, marks, to_view)


def _resized(grey: np.ndarray, scale: float) -> np.ndarray:
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _letter_height(grey: np.ndarray) -> float:
    """The median height of what may be letters, in pixels; that of usual ones where there are too few."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(_ink(grey).astype(np.uint8), connectivity=8)
    width, height = stats[1:, 2] / PX_MM, stats[1:, 3] / PX_MM
    letters = height[(height > LIMITS.speck_mm) & (height < LIMITS.highest_mm) & (width < 3 * height)]
    return (float(np.median(letters)) if len(letters) >= LIMITS.enough else LIMITS.usual_mm) * PX_MM


def _ink(grey: np.ndarray) -> np.ndarray:
    """What is darker than paper and has a dark core: a faint pen's strokes are faint in parts only."""
    faint = (grey < LIMITS.faint).astype(np.uint8)
    count, names = cv2.connectedComponents(faint, connectivity=8)
    dark = np.zeros(count, bool)
    dark[names[grey < LIMITS.dark]] = True
    dark[0] = False
    return dark[names]


def _squares(ink: np.ndarray) -> tuple[list[Box], list[Box]]:
    """Checkboxes, and the squares of combs. Only straight runs are looked at, so a tick or a cross does not part what
    is inside."""
    gap, side = round(LIMITS.broken_mm * PX_MM), round(LIMITS.side_mm * PX_MM)
    mask = ink.astype(np.uint8)
    runs = np.zeros(mask.shape, bool)
    for shape in ((1, side), (side, 1)):
        closed = cv2.morphologyEx(
            mask, cv2.MORPH_CLOSE, np.ones((1, gap) if shape[0] == 1 else (gap, 1), np.uint8)
        )
        runs |= cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) > 0
    found = find_checkboxes(runs, ())
    found += [box for box in _frames(mask) if not any(_same(box, other) for other in found)]
    combs = [box for box in found if _comb_size(box, found) >= LIMITS.comb]
    return [box for box in found if box not in combs], combs


def _frames(mask: np.ndarray) -> list[Box]:
    """Checkboxes whose inside is full: components that are a frame on all four sides, and what crosses it."""
    found = []
    count, names, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    least, most = (mm * PX_MM for mm in LIMITS.frame_mm)
    for name in range(1, count):
        x, y, w, h = (int(number) for number in stats[name, :4])
        if min(w, h) < least or max(w, h) > 2 * most:
            continue
        part = (names[y : y + h, x : x + w] == name).astype(np.uint8)
        contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = np.ascontiguousarray(cv2.drawContours(np.zeros_like(part), contours, -1, (1,), cv2.FILLED))
        body = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((round(least * 0.8),) * 2, np.uint8))
        left, top, width, height = cv2.boundingRect(body)
        if (
            least <= min(width, height)
            and max(width, height) <= most
            and _is_framed(part, left, top, width, height)
        ):
            found.append((x + left, y + top, width, height))
    return found


def _is_framed(part: np.ndarray, x: int, y: int, width: int, height: int) -> bool:
    """Whether a rectangle is about square and has ink all along its four sides."""
    if min(width, height) < LIMITS.square * max(width, height):
        return False
    inside = part[y : y + height, x : x + width]
    deep = LIMITS.straight
    sides = (inside[:deep].any(0), inside[-deep:].any(0), inside[:, :deep].any(1), inside[:, -deep:].any(1))
    corners = (inside[:2, :2], inside[:2, -2:], inside[-2:, :2], inside[-2:, -2:])
    return all(corner.any() for corner in corners) and all(
        float(side.mean()) > LIMITS.whole_side for side in sides
    )


def _same(box: Box, other: Box) -> bool:
    """Whether two boxes lie on each other."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return other[0] < x < other[0] + other[2] and other[1] < y < other[1] + other[3]


def _paint_out(clean: np.ndarray, ink: np.ndarray, square: Box) -> None:
    """Takes a checkbox out with what is in it, and what sticks out of it over its upper or lower edge: no letters."""
    x, y, width, height = square
    around = max(width, height)
    clean[max(0, y - 3) : y + height + 3, max(0, x - 3) : x + width + 3] = 255
    top, left = max(0, y - around), max(0, x - around)
    part = ink[top : y + height + around, left : x + width + around].astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    touching = np.unique(names[y - top : y - top + height, x - left : x - left + width])
    small = [n for n in touching if n and max(stats[n, 2:4]) < LIMITS.stick_out * around]
    outside = np.isin(names, small).astype(np.uint8)
    outside[max(0, y - top - 3) : y - top + height + 3, max(0, x - left - 3) : x - left + width + 3] = 0
    _, pieces, sizes, _ = cv2.connectedComponentsWithStats(outside, connectivity=8)
    over = (sizes[:, 1] < y - top - 3) | (sizes[:, 1] + sizes[:, 3] > y - top + height + 3)
    over |= np.maximum(sizes[:, 2], sizes[:, 3]) < LIMITS.tail_mm * PX_MM
    over[0] = False
    mask = cv2.dilate(over[pieces].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    clean[top : top + part.shape[0], left : left + part.shape[1]][mask] = 255


def _comb_size(box: Box, squares: Sequence[Box]) -> int:
    """How many squares stand in one row with this one, side by side."""
    reach = LIMITS.comb_mm * PX_MM
    row = sorted(o for o in squares if abs(o[1] - box[1]) < reach and abs(o[3] - box[3]) < reach)
    at, first, last = row.index(box), 0, len(row)
    for i in range(at, 0, -1):
        if row[i][0] - row[i - 1][0] - row[i - 1][2] > reach:
            first = i
            break
    for i in range(at + 1, len(row)):
        if row[i][0] - row[i - 1][0] - row[i - 1][2] > reach:
            last = i
            break
    return last - first


def _mark(grey: np.ndarray, box: Box) -> Mark:
    x, y, width, height = box
    return Mark(box, *read_checkbox(grey[y : y + height, x : x + width]))


def _strokes(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Names, edges and pixels of what may be letters."""
    count, names, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    width, height, area = stats[:, 2] / PX_MM, stats[:, 3] / PX_MM, stats[:, 4]
    full = area / np.maximum(1, stats[:, 2] * stats[:, 3])
    bars = (full > LIMITS.solid[0]) & (np.minimum(width, height) > LIMITS.solid[1])
    thick = round(LIMITS.thickest_mm * PX_MM)
    bars[np.unique(names[cv2.erode(ink.astype(np.uint8), np.ones((thick, thick), np.uint8)) > 0])] = True
    keep = (height < LIMITS.highest_mm) & (width < LIMITS.widest_mm) & ~bars & ~_dashes(stats, ink.shape)
    keep[0] = False
    order = np.zeros(count, np.int32)
    order[keep] = np.arange(1, keep.sum() + 1)
    kept = np.concatenate([stats[:1], stats[keep]])
    edges = np.stack([kept[:, 0], kept[:, 1], kept[:, 0] + kept[:, 2], kept[:, 1] + kept[:, 3]], axis=1)
    return order[names], edges, kept[:, 4]


def _dashes(stats: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which components are pieces of dashed upright rules, bool (n,)."""
    thin = (stats[:, 2] <= LIMITS.dash_mm[0] * PX_MM) & (stats[:, 3] <= LIMITS.dash_mm[1] * PX_MM)
    thin &= stats[:, 3] > 2 * stats[:, 2]
    thin[0] = False
    which = np.flatnonzero(thin)
    dashes = np.zeros(len(stats), bool)
    middle = stats[which, 0] + stats[which, 2] / 2
    for i in which:
        x = stats[i, 0] + stats[i, 2] / 2
        column = which[np.abs(middle - x) <= 2]
        column = column[np.argsort(stats[column, 1])]
        top, bottom = stats[column, 1], stats[column, 1] + stats[column, 3]
        parts = np.split(
            np.arange(len(column)), np.flatnonzero(top[1:] - bottom[:-1] > LIMITS.dash_gap_mm * PX_MM) + 1
        )
        for part in parts:
            if i in column[part] and len(part) > 1:
                dashes[i] = bottom[part[-1]] - top[part[0]] >= LIMITS.dashed_mm * PX_MM
    return dashes


def _logits(clean: np.ndarray, names: np.ndarray, count: int) -> np.ndarray:
    """The mean over each stroke of how much rather written than printed it looks."""
    scale = NETWORK_PX_MM / PX_MM
    small = cv2.resize(clean, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    logits = cv2.resize(writing_logits(small), (clean.shape[1], clean.shape[0]))
    inside = np.flatnonzero(names)
    return mean_by_label(names.ravel()[inside], logits.ravel()[inside].astype(float), count)


def _as_rows(rules: Sequence[RuledLine], combs: Sequence[Box]) -> tuple[np.ndarray, np.ndarray]:
    level, upright = [], []
    for rule in rules:
        middle = float(np.median(rule.centres))
        if rule.horizontal:
            level.append((rule.start, rule.stop, middle))
        elif not any(_beside(middle, rule, comb) for comb in combs):
            upright.append((middle, rule.start, rule.stop))
    return np.array(level, float).reshape(-1, 3), np.array(upright, float).reshape(-1, 3)


def _with_thick(dropped: np.ndarray, level: np.ndarray, upright: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rules with those that are too thick to be taken for one at first: frames, and lines between sections."""
    long, thick = round(LIMITS.long_mm * PX_MM), LIMITS.thick_mm * PX_MM
    for x, y, width, height in _runs(dropped, (1, long)):
        if height < thick:
            level = np.vstack([level, (x, x + width, y + height / 2)])
    for x, y, width, height in _runs(dropped, (long, 1)):
        if width < thick:
            upright = np.vstack([upright, (x + width / 2, y, y + height)])
    return level, upright


def _runs(mask: np.ndarray, shape: tuple[int, int]) -> list[Box]:
    """Boxes of what is left of a mask where a line of this shape fits."""
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones(shape, np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    return [(int(x), int(y), int(width), int(height)) for x, y, width, height, _ in stats[1:]]


def _beside(x: float, rule: RuledLine, comb: Box) -> bool:
    """Whether an upright rule is the side of a square of a comb: it parts characters, not fields."""
    near = x > comb[0] - 4 and x < comb[0] + comb[2] + 4
    return (
        near
        and rule.stop - rule.start < 2 * comb[3]
        and comb[1] - 6 < (rule.start + rule.stop) / 2 < comb[1] + comb[3] + 6
    )

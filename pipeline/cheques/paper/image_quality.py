"""Quality of a cheque's image, measured on the paper itself: the tests of image exchange (ANSI X9.100-180) that need
the paper's size, its corners and its neighbours. The others are measured on any page (see quality.py)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.image.quality import measure_quality
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Paper


@dataclass(frozen=True)
class ChequeQualityLimits:
    """How the faults of a cheque's picture are measured."""

    dpi: float = limit(60.0, "dpi", "guess", "Resolution at which corners are looked at")
    corner_mm: float = limit(16.0, "mm", "guess", "Side of a corner that is looked at")
    streak: float = limit(
        9.0, "grey levels", "guess", "Grey levels by which a streak differs from what is left and right of it"
    )
    turned_mm: float = limit(
        1.5, "mm", "guess", "What turning a page by a degree fills up at its corners, at most"
    )
    business_height: float = limit(
        1.27, "times", "standard", "The height of a personal cheque, that a business cheque has"
    )
    business_width: float = limit(
        1.2, "times", "guess", "The width of a personal cheque, from which it is a business cheque"
    )
    missing: int = limit(
        45, "grey levels", "guess", "Between a corner's tip and the paper, from which it is missing"
    )


LIMITS = ChequeQualityLimits()


def measure_cheque(image: np.ndarray, dpi: float, to_scan: np.ndarray, paper: Paper) -> dict[str, float]:
    """Figures of an upright cheque (BGR or grey uint8, ``dpi`` by its paper or MICR line; ``paper`` by its form).

    Those of `measure_quality`, of the paper alone, with resolution and skew as scanned (``to_scan`` is the homography
    to the scan); and ``paper_width_mm``, ``paper_height_mm``; ``torn_corner_mm2``, the largest area missing at a
    corner; ``streaks``, the number of columns or rows that differ from their neighbours from edge to edge;
    ``piggyback``, by how much of its height the outline is too high, as it is with another paper behind it.
    """
    grey = to_grey(image)
    height, width = grey.shape
    across = np.array([[[0.0, height / 2], [width, height / 2]]])
    start, end = cv2.perspectiveTransform(across, to_scan)[0]
    along = end - start
    turned = float(np.degrees(np.arctan2(along[1], along[0])))
    zoom = min(1.0, LIMITS.dpi / dpi)
    small = cv2.resize(grey, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    scale = dpi * zoom / 25.4
    wide, high = width / dpi * 25.4, height / dpi * 25.4
    # Business cheques of the form are larger both ways.
    usual = paper.height_mm * (
        LIMITS.business_height if wide > LIMITS.business_width * paper.width_mm else 1.0
    )
    return {
        **measure_quality(grey, dpi, (turned + 45) % 90 - 45),
        "dpi": dpi * float(np.hypot(*along)) / width,
        "paper_width_mm": wide,
        "paper_height_mm": high,
        "torn_corner_mm2": max(_missing(corner, scale) for corner in _corners(small, scale)),
        "streaks": float(_streaks(grey) + _streaks(grey.T)),
        "piggyback": max(0.0, high / usual - 1.0),
    }


def _corners(small: np.ndarray, scale: float) -> list[np.ndarray]:
    """The four corners, each turned so that its tip is at row 0 and column 0."""
    side = max(4, round(LIMITS.corner_mm * scale))
    return [np.ascontiguousarray(view[:side, :side]) for view in
            (small, small[:, ::-1], small[::-1], small[::-1, ::-1])]  # fmt: skip


def _missing(corner: np.ndarray, scale: float) -> float:
    """Area in mm2 of what lies at the tip of a corner and is of another brightness than the paper behind it."""
    smooth = cv2.GaussianBlur(corner, (0, 0), 0.8)
    paper = float(np.median(smooth[smooth.shape[0] // 3 :, smooth.shape[1] // 3 :]))
    # Where the page was turned level the very tip is filled up with the colour of paper.
    return max(_area_from(smooth, at, paper) for at in (1, 1 + round(LIMITS.turned_mm * scale))) / scale**2


def _area_from(smooth: np.ndarray, at: int, paper: float) -> float:
    """Pixels of one brightness about the row and column ``at``, if it is not that of paper."""
    tip = float(np.median(smooth[at - 1 : at + 2, at - 1 : at + 2]))
    if abs(tip - paper) < LIMITS.missing:
        return 0.0
    mask = np.zeros((smooth.shape[0] + 2, smooth.shape[1] + 2), np.uint8)
    flags = cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY
    cv2.floodFill(smooth, mask, (at, at), (0,), (25,), (25,), flags)
    filled = mask[1:-1, 1:-1]
    # A border along an edge is no missing corner: what is missing there narrows with the distance from the tip.
    rows, columns = filled.sum(1), filled.sum(0)
    if rows[-1] or columns[-1]:
        return 0.0
    return float(filled.sum())


def _streaks(grey: np.ndarray) -> int:
    """How many columns (bands of at most 5) are lighter or darker than their neighbours on both sides over nearly all
    rows. Where the printed ground changes they differ from those on one side only."""
    if min(grey.shape) < 40:
        return 0
    rows = np.ascontiguousarray(grey[:: max(1, grey.shape[0] // 160)]).astype(np.int16)
    left, right = rows - np.roll(rows, 6, 1), rows - np.roll(rows, -6, 1)
    # Most rows must agree: print and writing never run from edge to edge.
    most = len(rows) - len(rows) * 4 // 100
    light = (np.minimum(left, right) > LIMITS.streak).sum(0)
    dark = (np.maximum(left, right) < -LIMITS.streak).sum(0)
    streak = (light >= most) | (dark >= most)
    edge = max(12, grey.shape[1] // 15)  # frames are printed near the edges
    streak[:edge] = streak[-edge:] = False
    return int((np.diff(streak.astype(int)) == 1).sum())

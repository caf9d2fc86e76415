"""How alike two signatures look: an advisory score for the reviewer, no proof of who signed.

The ink of both is brought to one size. Two plain measures are averaged: the directions of strokes in each cell of
a grid (histograms of oriented gradients, Dalal and Triggs 2005; for signatures Yilmaz et al. 2011), and the outline
above and below, column by column, one bent onto the other by dynamic time warping (Rath and Manmatha 2003).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inkfield.pipeline.image.geometry import to_grey
from inkfield.recognizers.limits import limit

SCORE = "signature_score"
"""Name of the score among a page's quality measures: a form sets its limit there."""
_HEIGHT, _WIDTH = 64, 160
_CELLS, _ANGLES = (4, 10), 8


@dataclass(frozen=True)
class SimilarityLimits:
    """How alike two signatures are."""

    band: float = limit(0.12, "share", "guess", "Share of the width by which warping may move a column")
    core: tuple[float, float] = limit(
        (1.5, 98.5), "%", "guess", "Percentiles of the ink between which it is stretched to fill the picture"
    )
    speck: float = limit(
        0.02, "share", "guess", "Components with less than this share of the greatest one's area are specks"
    )
    strokes_half: float = limit(
        0.55,
        "correlation",
        "rendered",
        "Of stroke directions at which two signatures are as likely of one hand as of two",
    )
    strokes_steep: float = limit(10.0, "log odds", "rendered", "For each unit of it")
    outline_half: float = limit(
        0.125,
        "distance",
        "rendered",
        "Of outlines at which two signatures are as likely of one hand as of two",
    )
    outline_steep: float = limit(35.0, "log odds", "rendered", "For each unit of it")
    paper_percentile: int = limit(90, "%", "guess", "Of a crop's pixels: the paper")
    least_ink: float = limit(30.0, "grey levels", "guess", "By which ink is darker than paper at least")
    ink_share: float = limit(
        0.3, "share", "guess", "Of the darkest ink's contrast, from which a pixel is ink"
    )
    least_area: int = limit(20, "px", "guess", "Of a signature's greatest component")
    dark: float = limit(0.3, "share", "guess", "Of full ink, from which a pixel is of the outline")


LIMITS = SimilarityLimits()


def similarity(first: np.ndarray, second: np.ndarray) -> float:
    """How alike two signatures look, 0 to 1. Crops are grey uint8, dark ink on light paper, of any size.

    0.0 where one of them holds no ink.
    """
    inks = [_normalised(crop) for crop in (first, second)]
    if inks[0] is None or inks[1] is None:
        return 0.0
    alike = float(_directions(inks[0]) @ _directions(inks[1]))
    apart = _warped_distance(_outline(inks[0]), _outline(inks[1]))
    strokes = _logistic(LIMITS.strokes_steep * (alike - LIMITS.strokes_half))
    outline = _logistic(-LIMITS.outline_steep * (apart - LIMITS.outline_half))
    return (strokes + outline) / 2


def best_similarity(signature: np.ndarray, specimens: Sequence[np.ndarray]) -> float:
    """The similarity to the specimen that looks most like it: people sign in more ways than one."""
    return max((similarity(signature, specimen) for specimen in specimens), default=0.0)


def load_specimens(folder: Path, account: str) -> list[np.ndarray]:
    """The specimens on file, ``folder/ACCOUNT/*.png``, grey uint8; none for an account without or no account number."""
    if not re.fullmatch(r"[0-9]+", account):
        return []  # what was misread must not lead out of the folder
    pictures = [cv2.imread(str(path)) for path in sorted((folder / account).glob("*.png"))]
    return [to_grey(picture) for picture in pictures if picture is not None]


def _logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def _normalised(crop: np.ndarray) -> np.ndarray | None:
    """The ink alone, float32 (_HEIGHT, _WIDTH), 0 to 1, stretched to fill the picture; None without ink."""
    if crop.size == 0:
        return None
    paper = float(np.percentile(crop, LIMITS.paper_percentile))
    mask = (crop < paper - max(LIMITS.least_ink, LIMITS.ink_share * (paper - float(crop.min())))).astype(
        np.uint8
    )
    _, names, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if areas.size == 0 or areas.max() < LIMITS.least_area:
        return None
    kept = np.concatenate([[False], areas >= max(6.0, LIMITS.speck * areas.max())])
    ink = kept[names].astype(np.uint8)
    rows, columns = np.nonzero(ink)
    # A stroke that hangs out does not shift all the rest.
    (top, bottom), (left, right) = (
        np.percentile(places, LIMITS.core).astype(int) for places in (rows, columns)
    )
    core = ink[top : max(bottom, top + 4) + 1, left : max(right, left + 4) + 1]
    small = cv2.resize(core * 255, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), 1.0).astype(np.float32) / 255


def _directions(ink: np.ndarray) -> np.ndarray:
    """Stroke directions by grid cell, float (cells * angles,), of unit length; square roots weaken long strokes."""
    right, down = cv2.Sobel(ink, cv2.CV_32F, 1, 0), cv2.Sobel(ink, cv2.CV_32F, 0, 1)
    strength = np.hypot(right, down)
    bins = ((np.arctan2(down, right) % np.pi) / np.pi * _ANGLES).astype(int) % _ANGLES
    planes = np.stack([np.where(bins == k, strength, 0) for k in range(_ANGLES)], 2).astype(np.float32)
    # Blurred, so that a stroke near a cell's edge counts in both.
    planes = cv2.GaussianBlur(planes, (0, 0), 5.0)
    cells = cv2.resize(planes, _CELLS[::-1], interpolation=cv2.INTER_AREA)
    found = np.sqrt(np.maximum(cells, 0)).ravel().astype(float)
    found -= found.mean()
    unit: np.ndarray = found / (np.linalg.norm(found) + 1e-9)
    return unit


def _outline(ink: np.ndarray) -> np.ndarray:
    """Upper edge, lower edge and share of ink of every second column, float (columns, 3), 0 to 1."""
    dark = ink > LIMITS.dark
    some = dark.any(0)
    upper = np.where(some, dark.argmax(0), _HEIGHT / 2) / _HEIGHT
    lower = np.where(some, _HEIGHT - dark[::-1].argmax(0), _HEIGHT / 2) / _HEIGHT
    both: np.ndarray = np.stack([upper, lower, ink.mean(0)], 1)[::2]
    return both


def _warped_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Mean distance of columns (n, 3) along the best warping path within a band (Sakoe and Chiba 1978)."""
    cost = np.abs(one[:, None] - other[None]).mean(2)
    count, band = len(one), int(LIMITS.band * len(one))
    total = np.full((count + 1, count + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(1, count + 1):
        for j in range(max(1, i - band), min(count, i + band) + 1):
            before = min(total[i - 1, j - 1], total[i - 1, j], total[i, j - 1])
            total[i, j] = cost[i - 1, j - 1] + before
    return float(total[count, count]) / count

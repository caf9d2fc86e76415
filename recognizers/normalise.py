"""A crop as the network wants it: ink as brightness, contrast evened out, trimmed, one height, room for each stroke."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit

HEIGHT = 48
MIN_WIDTH = 16
MAX_WIDTH = 4000


@dataclass(frozen=True)
class NormaliseLimits:
    """How a crop is cut to its ink and stretched before the network sees it; trained with these."""

    trim: float = limit(
        0.3, "share", "guess", "Of full ink, above which a pixel is ink where a crop is trimmed"
    )
    ink: float = limit(0.5, "%", "guess", "Of a crop's pixels that are surely ink where a line fills it")
    sparse: float = limit(
        0.05, "%", "guess", "Of a crop's pixels that are surely ink where it holds one short word"
    )
    least_pixels: int = limit(60, "px", "guess", "That are surely ink at least: a speck is no word")
    much_lighter: float = limit(
        0.6, "share", "guess", "Of the darkest pixels' contrast, under which something is no ink"
    )
    stroke: int = limit(
        100, "levels", "guess", "Of 255, above which a pixel is of a stroke where strokes are counted"
    )
    margin: float = limit(0.08, "share", "guess", "Of the ink's height, left around it")
    room: float = limit(
        13.0,
        "px",
        "validation lines",
        "Pixels along the line that a stroke wants; narrower hands are misread more and more",
    )
    widest: float = limit(1.35, "ratio", "validation lines", "Stretch of close writing at most")


LIMITS = NormaliseLimits()


Edges = tuple[int, int]
"""The first column of a crop that an image shows, and the one past the last."""


def normalise(grey: np.ndarray) -> np.ndarray:
    """Returns the crop as uint8 (48, width), as `at_one_height` does, with close writing stretched along the line."""
    return normalise_in_place(grey)[0]


def normalise_in_place(grey: np.ndarray) -> tuple[np.ndarray, Edges]:
    """As `normalise`, and which columns of the crop the image shows.

    CTC needs a column for each letter and one between equal ones. How close the strokes stand is counted in the rows
    that cross most of them.
    """
    ink, edges = at_height(grey)
    crossed = np.count_nonzero((ink[:, 1:] > LIMITS.stroke) & (ink[:, :-1] <= LIMITS.stroke), axis=1)
    strokes = float(np.sort(crossed)[-8:].mean())
    stretch = min(LIMITS.widest, LIMITS.room * strokes / ink.shape[1], MAX_WIDTH / ink.shape[1])
    if stretch <= 1.0:
        return ink, edges
    width = round(ink.shape[1] * stretch)
    return cv2.resize(ink, (width, HEIGHT), interpolation=cv2.INTER_LINEAR), edges


def at_one_height(grey: np.ndarray) -> np.ndarray:
    """Returns the crop as uint8 (48, width), in its own proportions: 0 is paper, 255 the darkest ink.

    ``grey`` is uint8 (height, width), dark ink on light paper. The 80th percentile is taken as paper and
    the 99.5th of the ink as full ink (of a short word in a wide crop a later one), so faint pencil and
    black felt pen look alike; the crop is then cut to its ink with a margin, so that the size of the writing does not
    depend on how generously it was cut.
    An image without ink comes back as an empty strip.
    """
    return at_height(grey)[0]


def at_height(grey: np.ndarray, height: int = HEIGHT) -> tuple[np.ndarray, Edges]:
    """As `at_one_height`, of any height in pixels, and which columns of the crop the image shows."""
    paper, darkest = _paper_and_ink(grey)
    full = max(paper - darkest, 20.0)
    levels = np.clip((paper - np.arange(256)) / full, 0, 1).astype(np.float32)
    ink, edges = _trim(levels[grey])
    cut_height, width = ink.shape
    new_width = int(np.clip(round(width * height / cut_height), MIN_WIDTH, MAX_WIDTH))
    method = cv2.INTER_AREA if cut_height > height else cv2.INTER_LINEAR
    return (cv2.resize(ink, (new_width, height), interpolation=method) * 255).astype(np.uint8), edges


def _paper_and_ink(grey: np.ndarray) -> tuple[float, float]:
    """The grey levels of the paper and of full ink.

    Where a short word stands in a wide crop, its ink is less than the half per cent that is looked at, and the paper's
    pattern would be taken for ink: then the darkest pixels tell.
    """
    sparse = max(LIMITS.sparse, 100 * LIMITS.least_pixels / max(1, grey.size))
    paper, darkest, of_few = percentiles(grey, (80, LIMITS.ink, min(LIMITS.ink, sparse)))
    if paper - darkest < LIMITS.much_lighter * (paper - of_few):
        return paper, of_few
    return paper, darkest


def percentiles(grey: np.ndarray, shares: tuple[float, ...]) -> list[float]:
    """What np.percentile gives for a uint8 picture, in a tenth of its time: from the histogram."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    below = np.cumsum(counts.astype(np.int64))
    ranks = np.array(shares) / 100 * (grey.size - 1)
    low, high = (np.searchsorted(below, edge(ranks), side="right") for edge in (np.floor, np.ceil))
    return [float(value) for value in low + (high - low) * (ranks - np.floor(ranks))]


def _trim(ink: np.ndarray) -> tuple[np.ndarray, Edges]:
    """Cuts to the rows and columns that hold at least two inked pixels, with a margin; which columns are left."""
    mask = ink > LIMITS.trim
    rows = np.flatnonzero(mask.sum(1) >= 2)
    columns = np.flatnonzero(mask.sum(0) >= 2)
    if rows.size == 0 or columns.size == 0:
        return np.zeros((HEIGHT, MIN_WIDTH), np.float32), (0, ink.shape[1])
    margin = max(2, int((rows[-1] - rows[0]) * LIMITS.margin))
    top, bottom = max(0, rows[0] - margin), min(ink.shape[0], rows[-1] + 1 + margin)
    left, right = max(0, columns[0] - margin), min(ink.shape[1], columns[-1] + 1 + margin)
    return np.ascontiguousarray(ink[top:bottom, left:right]), (int(left), int(right))

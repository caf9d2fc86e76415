"""How many pixels are an inch: as the file tells it, or by the paper that the page would fit."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from inkfield.recognizers.limits import limit

MM_PER_INCH = 25.4
# Papers whose size tells the resolution of an image that does not say it: width x height in mm.
PAPERS_MM = (
    (210.0, 297.0),  # A4
    (215.9, 279.4),  # Letter
    (215.9, 355.6),  # Legal
    (202.0, 92.0),  # CTS-2010 cheque
    (152.4, 69.85),  # US personal cheque
    (215.9, 88.9),  # US business cheque
    (148.0, 210.0),  # A5
)
USUAL_DPI = (300.0, 200.0, 600.0, 150.0, 240.0, 400.0, 100.0)

FAX_COLUMNS = {1728: 204.0, 2048: 204.0, 2432: 204.0, 3456: 408.0, 4096: 408.0, 4864: 408.0}
"""Pixels in a fax line (ITU-T T.4: paper of 215, 255 and 303 mm) and the dots per inch across."""
FAX_LINES = (98.0, 196.0, 391.0)
"""Fax lines per inch: standard, fine, superfine (ITU-T T.4: 3.85, 7.7 and 15.4 per mm)."""


@dataclass(frozen=True)
class ResolutionLimits:
    """Which resolution of a page is believed."""

    page_inches: float = limit(11.3, "inch", "guess", "Length of a usual page, between Letter and A4")
    letter: int = limit(
        60, "dots", "guess", "Dots across of the widest thing that counts as a letter: 7.5 mm"
    )
    stroke_shape: float = limit(
        1.3,
        "ratio",
        "rendered",
        "Upright edges of letters per level ones, where pixels are square: 1.03 to 1.51 on 12 "
        "rendered pages of text, 8 pages of public forms and the example claims and cheque",
    )
    default_dpi: float = limit(
        97.0, "dpi", "standard", "Up to this software that knows no better writes it: 72 and 96"
    )
    shortest_mm: float = limit(60.0, "mm", "guess", "Longer side of a page")
    longest_mm: float = limit(450.0, "mm", "guess", "Longer side of a page")
    paper_miss: float = limit(0.02, "share", "guess", "By which a page's sides may differ from a paper's")
    cheque_aspect: float = limit(
        1.8, "ratio", "guess", "Width to height, from which a picture of no known paper is taken for a cheque"
    )
    square: float = limit(
        1.1, "ratio", "guess", "Of the resolutions across and down, under which pixels are square"
    )
    absurd: float = limit(
        5.0, "ratio", "guess", "Of the resolutions across and down, above which they are not believed"
    )
    shape_weight: float = limit(
        1.5, "ratio", "guess", "Of what the strokes' shape says to what the page's length says"
    )
    letter_height: float = limit(
        2.0, "ratio", "guess", "Of the height of the highest letter to the width of the widest"
    )
    fewest_edges: int = limit(500, "px", "guess", "Of letters, by which their shape can be told")


LIMITS = ResolutionLimits()


def plausible_dpi(width: int, height: int, declared: float | None, default: float = 300.0) -> float:
    """The resolution of a page image: ``declared`` when it can be true, else by the paper it would fit.

    Software that packs images writes 72 or 96 dpi for want of knowledge; an A4 scan would then be a metre
    tall. A declared value is believed when it makes the page's longer side 60 to 450 mm and is not such a
    default.
    """
    longer = max(width, height)
    if (
        declared
        and declared > LIMITS.default_dpi
        and LIMITS.shortest_mm <= longer / declared * MM_PER_INCH <= LIMITS.longest_mm
    ):
        return round(float(declared), 1)
    best = (LIMITS.paper_miss, default)
    for dpi in USUAL_DPI:
        for paper in PAPERS_MM:
            a, b = (side / MM_PER_INCH * dpi for side in paper)
            sides = (a, b) if (a > b) == (width > height) else (b, a)
            miss = max(abs(width / sides[0] - 1), abs(height / sides[1] - 1))
            if miss < best[0]:
                best = (miss, dpi)
    if best[0] < LIMITS.paper_miss:
        return best[1]
    if declared and LIMITS.shortest_mm <= longer / declared * MM_PER_INCH <= LIMITS.longest_mm:
        return round(float(declared), 1)
    # A photo or an odd crop: a cheque when it is twice as wide as high, a page otherwise.
    long_mm = 200.0 if longer > LIMITS.cheque_aspect * min(width, height) else 297.0
    return float(np.clip(longer / long_mm * MM_PER_INCH, 50, 1200))


def declared_dpi(image: Image.Image) -> tuple[float, float] | None:
    """Horizontal and vertical dpi as the file tells them, or None.

    A TIFF may tell only how the two are to each other (resolution unit "none"): then they are taken for dpi
    where they differ.
    """
    told = image.info.get("dpi")
    if told is None and len(set(image.info.get("resolution", ()))) == 2:
        told = image.info["resolution"]
    try:
        across, down = (float(value) for value in told or ())
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if across > 1 and down > 1 else None


def square_pixels(image: np.ndarray, dpi: tuple[float, float] | None) -> tuple[np.ndarray, float | None]:
    """Fax pages have 204 x 98 dpi: stretches the coarser direction so that pixels are square."""
    if dpi is None:
        return image, None
    across, down = dpi
    if max(across, down) / min(across, down) < LIMITS.square or max(across, down) > LIMITS.absurd * min(
        across, down
    ):
        return image, across
    finer = max(across, down)
    stretched = cv2.resize(image, None, fx=finer / across, fy=finer / down, interpolation=cv2.INTER_CUBIC)
    return stretched, finer


def fax_dpi(image: np.ndarray) -> tuple[float, float] | None:
    """Of a page of two colours that is as wide as a fax and tells no resolution: dots across and down, per
    inch; None where it is no fax page, or a whole one with square pixels.

    What the lines per inch are, is told by two things: how long the page would be, and whether its strokes
    are as thick down as across.
    """
    across = FAX_COLUMNS.get(image.shape[1])
    if across is None:
        return None
    shape = _stroke_shape(image)

    def unlikely(lines: float) -> float:
        length = abs(np.log(image.shape[0] / lines / LIMITS.page_inches))
        if shape is None:
            return float(length)
        # Lines that are twice as far apart as dots halve the edges of upright strokes for each level edge.
        return float(length + LIMITS.shape_weight * abs(np.log(shape / LIMITS.stroke_shape * across / lines)))

    lines = min(FAX_LINES, key=unlikely)
    if 0.9 < lines / across < 1.1 and abs(image.shape[0] / lines - LIMITS.page_inches) < 1:
        return None  # square already, and a whole page: its size tells the resolution
    return across, lines


def _stroke_shape(image: np.ndarray) -> float | None:
    """Edges between neighbours in a line for each edge between neighbours in a column, of what has the size of
    letters; None for a page with too little of it. Rules and frames have edges of one direction only."""
    dark = (image < 128).astype(np.uint8)
    _, labels, found, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    width, height, area = (
        found[:, cv2.CC_STAT_WIDTH],
        found[:, cv2.CC_STAT_HEIGHT],
        found[:, cv2.CC_STAT_AREA],
    )
    letters = (
        (width <= LIMITS.letter)
        & (height <= LIMITS.letter_height * LIMITS.letter)
        & (width > 3)
        & (height > 3)
        & (area > 12)
    )
    letters[0] = False  # the paper
    dark = letters.astype(np.uint8)[labels]
    upright = int(np.count_nonzero(dark[:, 1:] != dark[:, :-1]))
    level = int(np.count_nonzero(dark[1:] != dark[:-1]))
    return upright / level if min(level, upright) > LIMITS.fewest_edges else None

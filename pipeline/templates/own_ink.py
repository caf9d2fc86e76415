"""Whether a box of a form holds writing of its own, beside what its neighbours leave in it.

A box that was cut from a page shows more than its own: the descenders of the row above, tall figures of the field
below, and the rims of printed rules where the paper lies half a millimetre off the form.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.geometry import crop
from inkfield.recognizers.limits import limit
from inkfield.recognizers.normalise import percentiles
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class OwnInkLimits:
    """What in a box is writing of its own."""

    ink: int = limit(60, "grey levels", "guess", "Grey levels by which ink is darker than the paper")
    least: int = limit(
        40,
        "px",
        "guess",
        "Pixels of ink at 300 dpi that are writing: a third of a square millimetre, less than any dot "
        "of a pen",
    )
    rim_mm: float = limit(
        1.3,
        "mm",
        "rendered",
        "How far from a printed rule its remains lie: paper that a feeder stretched is up to 0.8 mm "
        "off the form, and a rule's rim is 0.4 mm. Measured on sheets that the tests render with "
        "waves.",
    )
    rim_share: float = limit(0.2, "share", "guess", "The same as a share of the box's height, for low boxes")
    rule_mm: float = limit(
        3.0,
        "mm",
        "guess",
        "Straight print of this length is a rule or the side of a box; letters are shorter",
    )
    printed: int = limit(60, "grey levels", "guess", "By which print is darker than the template's paper")
    least_room: float = limit(
        0.25,
        "share",
        "guess",
        "Where rules leave less of a box than this share, it is not judged by them: nothing could be "
        "written in it",
    )
    reach_mm: float = limit(6.0, "mm", "guess", "Around a box that is looked at, to see whose a stroke is")
    reach_share: float = limit(
        0.5, "share", "guess", "The same as a share of the box's height, for low boxes"
    )
    paper_percentile: int = limit(80, "%", "guess", "Of the pixels in and around a box: the paper")


LIMITS = OwnInkLimits()


def has_own_ink(writing: np.ndarray, printed: np.ndarray, box: Box, dpi: float) -> bool:
    """Whether something is written in a box (pixels) of a sheet.

    ``writing`` is the sheet without its print, ``printed`` the template that lies under it: grey uint8 of one shape, at
    ``dpi``. A stroke is the box's own when most of it lies in the box, and when it reaches away from printed rules.
    """
    scale = dpi / 25.4
    height = box[3]
    reach = max(1, round(min(LIMITS.reach_mm * scale, LIMITS.reach_share * height)))
    wide, inside = _around(writing, box, reach)
    if wide.size == 0 or not inside.any():
        return False
    (paper,) = percentiles(wide, (LIMITS.paper_percentile,))
    ink = (wide < paper - LIMITS.ink).astype(np.uint8)
    rim = max(1, round(min(LIMITS.rim_mm * scale, LIMITS.rim_share * height)))
    rules = _rules(_around(printed, box, reach)[0], scale)
    deep = inside & (1 - cv2.dilate(rules, np.ones((2 * rim + 1,) * 2, np.uint8)))
    if deep.sum() < LIMITS.least_room * inside.sum():
        deep = inside
    count, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    within = np.bincount(names[inside > 0], minlength=count)
    reaching = np.bincount(names[deep > 0], minlength=count) > 0
    own = reaching & (2 * within > stats[:, cv2.CC_STAT_AREA])
    own[0] = False  # the paper
    return int(within[own].sum()) >= LIMITS.least


def _around(sheet: np.ndarray, box: Box, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """The box with what lies around it, and a mask uint8 0/1 of the box in it."""
    x, y, width, height = box
    wide = crop(sheet, (x - reach, y - reach, width + 2 * reach, height + 2 * reach))
    left, top = x - max(0, x - reach), y - max(0, y - reach)
    inside = np.zeros(wide.shape, np.uint8)
    inside[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)] = 1
    return wide, inside


def _rules(printed: np.ndarray, scale: float) -> np.ndarray:
    """Mask uint8 0/1 of straight print, level and upright."""
    own = (printed < int(printed.max()) - LIMITS.printed).astype(np.uint8)
    long = round(LIMITS.rule_mm * scale)
    level = cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    upright = cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    return cv2.bitwise_or(level, upright)

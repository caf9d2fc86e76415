"""Polarity: white writing on black (microfilm, inverted fax, negatives) is turned into dark on light.

Method: Otsu's two classes; a page is inverted when most of it is dark and what is light is letters that stand in the
dark. Broad light areas are no evidence either way: the dark bars of a form become such in its negative, a scan with
the lid open has a light page on black. What is written on them is counted against the letters in the dark.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class PolarityLimits:
    """When a page is white on black."""

    darkest_paper: int = limit(
        140,
        "grey levels",
        "rendered",
        "Grey of a page's median from which its paper is light enough to be paper",
    )
    fewest: int = limit(4, "letters", "guess", "Letters that must stand in the dark")
    for_one_on_light: float = limit(
        0.3,
        "letters",
        "rendered",
        "Letters in the dark for each dark letter on a light area. A negative of a dark photo has "
        "many specks in its light; a sheet on a black bed has only dust in the dark.",
    )
    strip: float = limit(
        2.0,
        "ratio",
        "guess",
        "Longer by shorter side from which a picture may be one line, its letters as high as itself",
    )
    side: int = limit(1200, "px", "guess", "Longer side of the copy that is looked at")
    least_contrast: int = limit(
        50,
        "grey levels",
        "guess",
        "By which the lightest of a dark page is lighter than it, where light is written on it",
    )
    least_light: float = limit(
        0.0002, "share", "guess", "Of a dark page that is light, where light is written on it"
    )
    most_light: float = limit(
        0.5, "share", "guess", "Of a dark page that is light, where light is written on it"
    )
    lowest_letter: int = limit(4, "px", "guess", "Height of a letter")
    least_area: int = limit(6, "px", "guess", "Of a letter")
    solid: float = limit(
        0.9, "share", "guess", "Of its box that is filled, from which a component is a block and no letter"
    )


LIMITS = PolarityLimits()


def is_inverted(grey: np.ndarray) -> bool:
    """True when the strokes are lighter than the paper. ``grey`` is uint8 (height, width)."""
    if grey.size == 0 or min(grey.shape) < 8:
        return False
    shrink = max(1, round(max(grey.shape) / LIMITS.side))
    small = cv2.resize(grey, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    middle = small[height // 10 : height - height // 10, width // 10 : width - width // 10]
    paper = float(np.median(middle))
    if paper >= LIMITS.darkest_paper or int(middle.max()) - paper < LIMITS.least_contrast:
        return False  # the paper, which is most of a page, is light, or nothing light is written on it
    threshold, _ = cv2.threshold(np.ascontiguousarray(middle), 0, 255, cv2.THRESH_OTSU)
    light: np.ndarray = (middle > threshold).astype(np.uint8)
    if not LIMITS.least_light * light.size < int(light.sum()) < LIMITS.most_light * light.size:
        return False
    largest = max(small.shape) // 8
    size = max(5, max(small.shape) // 60)
    if max(small.shape) > LIMITS.strip * min(small.shape):
        largest, size = max(largest, min(small.shape)), max(size, min(small.shape) // 8)
    kernel = np.ones((size, size), np.uint8)
    # Letters printed on a light area make it no less broad.
    broad: np.ndarray = cv2.morphologyEx(
        cv2.morphologyEx(light, cv2.MORPH_CLOSE, kernel), cv2.MORPH_OPEN, kernel
    )
    on_light: np.ndarray = cv2.dilate(
        cv2.bitwise_and(broad, broad_parts(light, size)), np.ones((3, 3), np.uint8)
    )
    in_dark = letters(light & (1 - on_light), largest)
    return in_dark >= max(LIMITS.fewest, LIMITS.for_one_on_light * letters((1 - light) & on_light, largest))


def broad_parts(light: np.ndarray, size: int) -> np.ndarray:
    """uint8 0/1: within ``size`` of light areas that are themselves broader than a stroke, without any closing."""
    core = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((size // 2 + 1, size // 2 + 1), np.uint8))
    return cv2.dilate(core, np.ones((2 * size + 1, 2 * size + 1), np.uint8))


def letters(mask: np.ndarray, largest: int) -> int:
    """How many components of a mask have the size of letters, up to ``largest`` pixels, and are no solid blocks."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    w, h, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    longer = np.maximum(w, h)
    return int(
        (
            (h >= LIMITS.lowest_letter)
            & (longer <= largest)
            & (area >= LIMITS.least_area)
            & (area < LIMITS.solid * w * h)
        ).sum()
    )


def dark_on_light(image: np.ndarray) -> np.ndarray:
    """The image with dark ink on light paper: inverted when `is_inverted`, else unchanged. Grey or BGR
    uint8."""
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return cv2.bitwise_not(image) if is_inverted(grey) else image

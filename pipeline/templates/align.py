"""Refines where a form's template lies on a page, by patches of its print.

Method: patches around corners of print (labels, box corners; Shi and Tomasi 1994) are searched in the page near
where they should lie, by normalised cross-correlation (Lewis 1995) with a parabola through the peak. Patches
that writing covers correlate badly and are left out; the homography is fitted again to those that were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from inkfield.pipeline.templates.template import MM_PER_INCH, Template
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.boxes import MmBox


@dataclass(frozen=True)
class AlignLimits:
    """Which patches of a form's print are looked for, and which are believed."""

    dpi: float = limit(120.0, "dpi", "guess", "Resolution at which patches are looked for")
    half_patch_mm: float = limit(4.5, "mm", "guess", "Half the side of a patch")
    least_correlation: float = limit(
        0.6, "correlation", "guess", "Of a patch with the page, from which it is found"
    )
    least_patches: int = limit(12, "patches", "guess", "That must be found")
    patches_across: int = limit(8, "patches", "guess", "Of a sheet, side by side")
    patches_down: int = limit(11, "patches", "guess", "Of a sheet, one below the other")
    reach_mm: float = limit(
        0.5, "mm", "guess", "From where the homography puts it, within which a patch lies right"
    )
    least_corner: float = limit(0.02, "share", "guess", "Of the strongest corner, from which a patch has one")


LIMITS = AlignLimits()


@dataclass(frozen=True)
class Fit:
    """``homography`` float64 (3, 3): mm of the paper to pixels of the page. ``patches`` were found, and lie
    ``residual_mm`` (median) from where the homography puts them."""

    homography: np.ndarray
    patches: int
    residual_mm: float


def refine(grey: np.ndarray, template: Template, homography: np.ndarray, search_mm: float) -> Fit | None:
    """A better homography than the one given, which may be wrong by ``search_mm``; None when too few patches
    are found where they should be. ``grey`` is the page, uint8."""
    page = cut(grey, homography, (0.0, 0.0, *template.paper), LIMITS.dpi)
    expected, found = _find_patches(page, template, search_mm)
    if len(expected) < LIMITS.least_patches:
        return None
    scale = _page_scale(homography, template.paper)
    moved = cv2.perspectiveTransform(found[None].astype(np.float64), homography)[0]
    cv2.setRNGSeed(7)  # the same page always gives the same answer
    fitted, inliers = cv2.findHomography(expected, moved, cv2.RANSAC, LIMITS.reach_mm * scale)
    if fitted is None or int(inliers.sum()) < LIMITS.least_patches:
        return None
    there = cv2.perspectiveTransform(expected[None].astype(np.float64), fitted)[0]
    distance = np.hypot(*(there - moved).T)[inliers.ravel() > 0] / scale
    return Fit(np.asarray(fitted, float), int(inliers.sum()), float(np.median(distance)))


def cut(image: np.ndarray, homography: np.ndarray, box_mm: MmBox, dpi: float) -> np.ndarray:
    """One box of the form, upright and square, at ``dpi``. Grey or BGR uint8; what the scan lacks is white."""
    x, y, width, height = box_mm
    scale = dpi / MM_PER_INCH
    to_mm = np.array([[1 / scale, 0, x], [0, 1 / scale, y], [0, 0, 1.0]])
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # The middle of the first pixel lies half a pixel from the edge, in OpenCV it is 0.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    return cv2.warpPerspective(
        image,
        np.linalg.inv(half) @ homography @ to_mm @ half,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )


def _page_scale(homography: np.ndarray, paper: tuple[float, float]) -> float:
    """Pixels of the page a millimetre, at the paper's middle."""
    x, y = paper[0] / 2, paper[1] / 2
    points = cv2.perspectiveTransform(np.array([[[x, y], [x + 10, y]]], np.float64), homography)[0]
    return float(np.hypot(*(points[1] - points[0]))) / 10


def _find_patches(page: np.ndarray, template: Template, search_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Where patches of the template should lie and where they do, both float32 (n, 2) in mm.

    ``page`` is the page laid roughly on the template, at ``dpi`` of the limits.
    """
    scale = LIMITS.dpi / MM_PER_INCH
    printed, places = _patches(template)
    half, reach = round(LIMITS.half_patch_mm * scale), round(search_mm * scale)
    expected, found = [], []
    for x, y in places:
        patch = printed[y - half : y + half, x - half : x + half]
        top, left = max(0, y - half - reach), max(0, x - half - reach)
        around = page[top : y + half + reach, left : x + half + reach]
        if around.shape[0] < patch.shape[0] or around.shape[1] < patch.shape[1]:
            continue
        likeness = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
        _, best, _, (column, row) = cv2.minMaxLoc(likeness)
        if best < LIMITS.least_correlation:
            continue
        dx = column + _peak(likeness[row], column) - (x - half - left)
        dy = row + _peak(likeness[:, column], row) - (y - half - top)
        expected.append(((x + 0.5) / scale, (y + 0.5) / scale))
        found.append(((x + 0.5 + dx) / scale, (y + 0.5 + dy) / scale))
    return np.array(expected, np.float32).reshape(-1, 2), np.array(found, np.float32).reshape(-1, 2)


@lru_cache(maxsize=64)
def _patches(template: Template) -> tuple[np.ndarray, tuple[tuple[int, int], ...]]:
    """The template at ``dpi`` of the limits, and the middles (x, y) of patches with corners, spread over the paper."""
    printed = np.ascontiguousarray(template.at(LIMITS.dpi / MM_PER_INCH))
    margin = round((LIMITS.half_patch_mm + 0.5) * LIMITS.dpi / MM_PER_INCH)
    # Corners (Shi and Tomasi 1994): a patch around one is fixed in both directions, one along a rule is not.
    half = round(LIMITS.half_patch_mm * LIMITS.dpi / MM_PER_INCH)
    strength = cv2.cornerMinEigenVal(cv2.GaussianBlur(printed, (0, 0), 1.0), 2 * (half // 2), ksize=3)
    strength[:margin] = strength[-margin:] = 0
    strength[:, :margin] = strength[:, -margin:] = 0
    least = LIMITS.least_corner * float(strength.max())
    places = []
    for rows in np.array_split(np.arange(printed.shape[0]), LIMITS.patches_down):
        for columns in np.array_split(np.arange(printed.shape[1]), LIMITS.patches_across):
            part = strength[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            row, column = np.unravel_index(int(part.argmax()), part.shape)
            if part[row, column] > least:
                places.append((int(columns[0] + column), int(rows[0] + row)))
    return printed, tuple(places)


def _peak(values: np.ndarray, best: int) -> float:
    """Offset of the top of a parabola through the best value and its neighbours, -0.5 to 0.5."""
    if not 0 < best < len(values) - 1:
        return 0.0
    before, top, after = (float(v) for v in values[best - 1 : best + 2])
    bend = before - 2 * top + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0

"""The papers that lie in a picture: their four corners on a scanner's bed or a desk, and each laid flat.

Method: what differs in colour from the picture's border is paper or what lies on it; every large piece of that is
approximated by a quadrilateral (Douglas and Peucker 1973), and a homography lays it flat.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class FindPapersLimits:
    """Where papers lie in a picture."""

    side: int = limit(
        700, "px", "guess", "The search is made on a copy whose longer side is this many pixels"
    )
    least_share: float = limit(0.04, "share", "guess", "A paper covers at least this share of the picture")
    fills: float = limit(
        0.78,
        "share",
        "guess",
        "What covers more of the picture than this fills it: its edges are the picture's, or a frame "
        "is printed on it",
    )
    different: float = limit(
        14.0,
        "distance in Lab",
        "guess",
        "Distance in CIE Lab from the border's colour from which on a pixel is something else",
    )
    bare: float = limit(0.02, "share", "guess", "Share of a bare bed or desk that may differ from its colour")
    grown: float = limit(
        0.09,
        "share",
        "guess",
        "Share of a paper's width that may be white before and behind its tinted part: 18 mm of 202",
    )
    white_edge: float = limit(
        0.025, "share", "guess", "Share of the width of print that is blank paper around it: 5 mm of 202"
    )
    inset: float = limit(
        0.006,
        "share",
        "guess",
        "The paper's own edge, its shadow and what of the desk shows at it are left out: this share "
        "of the way inwards",
    )
    one_colour: int = limit(
        25,
        "distance in Lab",
        "guess",
        "Of the border's pixels from its colour (median), above which it has no one colour",
    )
    different_spread: float = limit(
        3.0, "times", "guess", "That distance, from which a pixel is something else"
    )
    tolerances: tuple[float, float, float, float] = limit(
        (0.015, 0.02, 0.03, 0.045),
        "share",
        "guess",
        "Of an outline's length, by which its corners are looked for, one after the other",
    )
    whole: float = limit(0.8, "share", "guess", "Of the quadrilateral that the outline fills")


LIMITS = FindPapersLimits()


@dataclass(frozen=True)
class FoundPaper:
    """A paper laid flat: its picture (as the input, BGR or grey uint8) and the homography back to the picture.

    ``corners`` are its own in the picture, float32 (4, 2), from the upper left clockwise.
    """

    image: np.ndarray
    to_scan: np.ndarray
    corners: np.ndarray


def find_papers(image: np.ndarray) -> list[FoundPaper]:
    """The papers in a picture, from top to bottom; empty when it is one paper that fills it, or shows none."""
    scale = LIMITS.side / max(image.shape[:2])
    if scale >= 1 or min(image.shape[:2]) < 60:
        return []
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    mask = _foreground(cv2.GaussianBlur(small, (0, 0), 1.2))
    if mask is None:
        return []
    corners = [quad for quad in map(_quadrilateral, _pieces(mask)) if quad is not None]
    corners = [quad for quad in corners if cv2.contourArea(quad) < LIMITS.fills * mask.size]
    corners.sort(key=lambda quad: (round(float(quad[:, 1].mean()) / 80), float(quad[:, 0].mean())))
    if not corners or _printed_outside(mask, corners):
        return []
    return [_flat(image, (quad / scale).astype(np.float32)) for quad in corners]


def grown(image: np.ndarray, paper: FoundPaper) -> FoundPaper:
    """The paper with what lies before and behind its long sides: many cheques are tinted in the middle alone, and on
    white their white head and foot, with the MICR line in it, lie outside of what is seen as paper."""
    corners = paper.corners
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    if np.hypot(*across) < np.hypot(*down):  # a cheque that lies on its side
        corners = np.roll(corners, -1, 0)
    wide = float(np.hypot(*(corners[1] - corners[0])))
    left, right = corners[3] - corners[0], corners[2] - corners[1]
    left, right = (side / max(1.0, float(np.hypot(*side))) * LIMITS.grown * wide for side in (left, right))
    return _flat(
        image, np.array([corners[0] - left, corners[1] - right, corners[2] + right, corners[3] + left])
    )


def inked_part(image: np.ndarray) -> FoundPaper | None:
    """The part of a picture in which anything is: a white paper on white. None where that is nearly all or nothing."""
    scale = LIMITS.side / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR) if small.ndim == 2 else small
    mask = _foreground(small)
    if mask is None or not mask.any():
        return None
    x, y, width, height = cv2.boundingRect(mask)
    if width * height > LIMITS.fills * mask.size or min(width, height) < 20:
        return None
    margin = LIMITS.white_edge * width
    box = np.array([[x - margin, y - margin], [x + width + margin, y - margin],
                    [x + width + margin, y + height + margin], [x - margin, y + height + margin]])  # fmt: skip
    return _flat(image, (box / min(1.0, scale)).astype(np.float32))


def _printed_outside(mask: np.ndarray, corners: list[np.ndarray]) -> bool:
    """Whether more than the bed or the desk lies outside of the quadrilaterals: then they are tinted areas of one
    paper, with print around them."""
    inner = np.ones(mask.shape, np.uint8)
    for quad in corners:
        cv2.fillConvexPoly(inner, np.round(quad).astype(np.int32), (0,))
    outside = cv2.erode(inner, np.ones((9, 9), np.uint8))
    return bool(outside.any()) and float(mask[outside > 0].mean()) > LIMITS.bare


def _foreground(small: np.ndarray) -> np.ndarray | None:
    """uint8 0/1: what is not of the colour of the picture's border; None when the border has no one colour."""
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    edge = np.concatenate([lab[:3].reshape(-1, 3), lab[-3:].reshape(-1, 3), lab[:, :3].reshape(-1, 3),
                           lab[:, -3:].reshape(-1, 3)])  # fmt: skip
    middle = np.median(edge, 0)
    spread = np.median(np.linalg.norm(edge - middle, axis=1))
    if spread > LIMITS.one_colour:
        return None
    limit = max(LIMITS.different, LIMITS.different_spread * float(spread))
    # Plane by plane: a third of the time of a norm over the last axis.
    first, second, third = (plane - middle[k] for k, plane in enumerate(cv2.split(lab)))
    mask = (np.sqrt(first * first + second * second + third * third) > limit).astype(np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))


def _pieces(mask: np.ndarray) -> list[np.ndarray]:
    """The outlines of the large pieces, holes and writing filled: contours (n, 1, 2)."""
    closed = cv2.morphologyEx(np.pad(mask, 20), cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))[20:-20, 20:-20]
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    least = LIMITS.least_share * mask.size
    return [cv2.convexHull(contour) for contour in contours if cv2.contourArea(contour) > least]


def _quadrilateral(hull: np.ndarray) -> np.ndarray | None:
    """The four corners of a convex outline, float32 (4, 2), from the upper left clockwise; None if it has not four."""
    length = cv2.arcLength(hull, True)
    for tolerance in LIMITS.tolerances:
        corners = cv2.approxPolyDP(hull, tolerance * length, True)[:, 0].astype(np.float32)
        if len(corners) == 4:
            break
    else:  # a torn or folded corner: the rectangle around the paper
        corners = cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32)
    area = float(cv2.contourArea(corners))
    if area <= 0 or float(cv2.contourArea(hull)) < LIMITS.whole * area:
        return None
    return _in_order(corners)


def _in_order(corners: np.ndarray) -> np.ndarray:
    middle = corners.mean(0)
    turn = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(turn)]
    first = int(np.argmin(clockwise.sum(1)))
    return np.roll(clockwise, -first, 0)


def _flat(image: np.ndarray, corners: np.ndarray) -> FoundPaper:
    """The paper between four corners as a rectangle of about its size in the picture."""
    top, right, bottom, left = (float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4))
    width, height = round(max(top, bottom)), round(max(left, right))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inner = corners + (corners.mean(0) - corners) * LIMITS.inset
    homography = cv2.getPerspectiveTransform(inner.astype(np.float32), target)
    flat = cv2.warpPerspective(
        image, homography, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return FoundPaper(flat, np.linalg.inv(homography), corners)

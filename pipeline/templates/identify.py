"""Which form a page is, and roughly how it lies on the scan; None for a page that is no known form.

Method: SIFT landmarks of the page are matched with those of every template (nearest neighbours
that pass Lowe's ratio test, 2004), a similarity is fitted by RANSAC (Fischler and Bolles 1981) and refined by
patches of print, and what it claims is then checked against the whole page: where the template has print, the
page must have print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.templates.align import refine
from inkfield.pipeline.templates.template import (
    LANDMARK_DPI,
    MM_PER_INCH,
    Landmarks,
    Template,
    find_landmarks,
    load_template,
)
from inkfield.schemas.forms.model import Form

LEAST_LANDMARKS = 25
_LEAST_SCORE = 0.55
"""Share of the template's print that a page must show. Filled forms have 0.8 to 1, other pages under 0.35."""
_RATIO = 0.85
_REACH_MM = 2.0
_SEARCH_MM = 4.0
_CHECK_DPI = 100.0


@dataclass(frozen=True)
class Match:
    """A page is ``form``; ``homography`` float64 (3, 3) leads from mm of the paper to pixels of the page.

    ``score`` is the share of the template's print that the page shows, 0 to 1. ``turned`` is how the paper lies
    on the page: 0 upright, 180 upside down, 90 or 270 sideways (degrees clockwise).
    """

    form: str
    score: float
    homography: np.ndarray
    turned: int = 0


def recognise_form(grey: np.ndarray, dpi: float, forms: Mapping[str, Form]) -> Match | None:
    """The form that a grey uint8 page is, among those of layout ``registered``; None when it is none of them."""
    if min(grey.shape) < 50 or not forms:
        return None
    shrink = _shrink(grey, dpi, forms)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    landmarks = _landmarks(small)
    best: Match | None = None
    for name, form in forms.items():
        if form.layout != "registered":
            continue
        template = load_template(form)
        homography = _fit(landmarks, template.landmarks)
        if homography is None:
            continue
        better = refine(small, template, homography, _SEARCH_MM)
        if better is None:
            continue
        homography = better.homography
        score = print_shown(small, homography, template)
        if score >= _LEAST_SCORE and (best is None or score > best.score):
            to_page = np.diag([1 / shrink, 1 / shrink, 1.0]) @ homography
            best = Match(name, score, to_page, _turned(to_page, form))
    return best


def _landmarks(page: np.ndarray) -> Landmarks:
    """Landmarks of a page at _CHECK_DPI, points in its pixels."""
    share = LANDMARK_DPI / _CHECK_DPI
    found = find_landmarks(cv2.resize(page, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))
    return Landmarks(found.points / np.float32(share), found.descriptors)


def _shrink(grey: np.ndarray, dpi: float, forms: Mapping[str, Form]) -> float:
    """Factor to _CHECK_DPI: by the page's dpi, or by its size where the dpi is absurd."""
    longer = max(max(f.paper.width_mm, f.paper.height_mm) for f in forms.values())
    expected = longer / MM_PER_INCH * _CHECK_DPI
    by_dpi = _CHECK_DPI / dpi if dpi > 0 else 0.0
    size = max(grey.shape)
    return by_dpi if 0.55 * expected < size * by_dpi < 1.8 * expected else expected / size


def _fit(page: Landmarks, template: Landmarks) -> np.ndarray | None:
    """The homography from mm of the template to pixels of the page, or None when the landmarks disagree."""
    if len(page.points) < LEAST_LANDMARKS or len(template.points) < LEAST_LANDMARKS:
        return None
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    pairs = matcher.knnMatch(template.descriptors, page.descriptors, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < _RATIO * p[1].distance]
    if len(good) < LEAST_LANDMARKS:
        return None
    source = template.points[[m.queryIdx for m in good]]
    target = page.points[[m.trainIdx for m in good]]
    cv2.setRNGSeed(7)  # the same page always gives the same answer
    # A similarity has four unknowns against a homography's eight, so RANSAC finds it among many more outliers.
    similarity, inliers = cv2.estimateAffinePartial2D(
        source,
        target,
        ransacReprojThreshold=_REACH_MM / MM_PER_INCH * _CHECK_DPI,
        maxIters=5000,
        confidence=0.999,
    )
    if similarity is None or int(inliers.sum()) < LEAST_LANDMARKS:
        return None
    homography = np.vstack([similarity, [0, 0, 1]])
    if not _is_a_sheet(homography, source):
        return None
    return np.asarray(homography, float)


def _is_a_sheet(homography: np.ndarray, points_mm: np.ndarray) -> bool:
    """Whether the homography is what a flat sheet on a scanner or before a camera can do: no mirror, no fold."""
    left, top = points_mm.min(0)
    right, bottom = points_mm.max(0)
    square = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    corners = cv2.perspectiveTransform(square[None], homography)[0].astype(float)
    sides = np.roll(corners, -1, axis=0) - corners
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    lengths = np.hypot(*sides.T) / np.array([right - left, bottom - top, right - left, bottom - top])
    return bool((turns > 0).all() and lengths.min() > 0.5 * lengths.max())


def print_shown(page: np.ndarray, homography: np.ndarray, template: Template) -> float:
    """Share of the template's print that the page (grey, _CHECK_DPI) shows, 0 to 1, corrected for chance.

    Chance is how much of the same print would be met if the page lay 3 to 5 mm aside: a dark or crowded page
    meets much print anywhere.
    """
    scale = _CHECK_DPI / MM_PER_INCH
    printed = _ink(template.at(scale))
    to_blank = np.diag([scale, scale, 1.0]) @ np.linalg.inv(homography)
    size = (printed.shape[1], printed.shape[0])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    to_blank = np.linalg.inv(half) @ to_blank @ half
    aligned = cv2.warpPerspective(page, to_blank, size, borderValue=(255,))
    visible = cv2.warpPerspective(np.ones_like(page), to_blank, size) > 0
    found = cv2.dilate(_ink(aligned), np.ones((5, 5), np.uint8)) > 0
    wanted = (printed > 0) & visible
    total = int(wanted.sum())
    if total < 0.5 * int((printed > 0).sum()):
        return 0.0
    here = float(found[wanted].mean())
    shifts = [(13, 17), (-13, 17), (17, -13), (-17, -13)]
    elsewhere = float(np.mean([np.roll(found, s, (0, 1))[wanted].mean() for s in shifts]))
    return max(0.0, (here - elsewhere) / max(0.05, 1.0 - elsewhere))


def _ink(grey: np.ndarray) -> np.ndarray:
    """Mask uint8 0/1 of strokes: darker than what surrounds them (black top hat), at _CHECK_DPI."""
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8))
    strong = float(np.percentile(hat, 98))
    return (hat > max(20.0, 0.35 * strong)).astype(np.uint8)


def _turned(homography: np.ndarray, form: Form) -> int:
    """How the paper lies on the page, in whole quarters clockwise."""
    middle = form.paper.height_mm / 2
    ends = np.array([[[0, middle], [form.paper.width_mm, middle]]], np.float64)
    (x0, y0), (x1, y1) = cv2.perspectiveTransform(ends, homography)[0]
    return round(float(np.degrees(np.arctan2(y1 - y0, x1 - x0))) / 90) % 4 * 90

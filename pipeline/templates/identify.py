"""Which form a page is, and roughly how it lies on the scan; None for a page that is no known form.

Method: SIFT landmarks of the page are matched with those of every template (nearest neighbours
that pass Lowe's ratio test, 2004), a similarity is fitted by RANSAC (Fischler and Bolles 1981) and refined by
patches of print, and what it claims is then checked against the whole page: where the template has print, the
page must have print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.templates.align import refine
from inkfield.pipeline.templates.look_alikes import told_apart
from inkfield.pipeline.templates.template import LIMITS as TEMPLATE_LIMITS
from inkfield.pipeline.templates.template import (
    MM_PER_INCH,
    Landmarks,
    Template,
    find_landmarks,
    load_template,
)
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Form


@dataclass(frozen=True)
class IdentifyLimits:
    """From which likeness a page is a form."""

    least_landmarks: int = limit(25, "landmarks", "guess", "That agree, and that a template has")
    least_score: float = limit(
        0.55,
        "share",
        "rendered",
        "Share of the template's print that a page must show. Filled forms have 0.8 to 1, other pages "
        "under 0.35.",
    )
    ratio: float = limit(
        0.85,
        "ratio",
        "guess",
        "Of the nearest neighbour's distance to the next one's, under which a match is believed (Lowe "
        "2004 has 0.8)",
    )
    alike: float = limit(
        0.05,
        "share",
        "rendered",
        "Of scores, by which forms that a page may be look alike: then the print decides in which their blanks differ",
    )
    reach_mm: float = limit(
        2.0, "mm", "guess", "From where the similarity puts it, within which a landmark agrees"
    )
    search_mm: float = limit(
        4.0, "mm", "guess", "By which the similarity may be wrong when patches are looked for"
    )
    check_dpi: float = limit(100.0, "dpi", "guess", "Resolution at which a page is compared with a template")
    least_side: int = limit(50, "px", "guess", "Of a page that may be a form")
    least_size: float = limit(
        0.55,
        "share",
        "guess",
        "Of the size that the paper should have, under which a page's dpi is not believed",
    )
    most_size: float = limit(
        1.8, "times", "guess", "The size that the paper should have, above which a page's dpi is not believed"
    )
    tries: int = limit(5000, "tries", "guess", "Of RANSAC at most")
    sure: float = limit(0.999, "share", "guess", "Of RANSAC, that it has tried enough")
    evenest: float = limit(
        0.5,
        "ratio",
        "guess",
        "Of the shortest side of a sheet to its longest, both by their true lengths, above which it "
        "lies flat",
    )
    least_visible: float = limit(0.5, "share", "guess", "Of the template's print that lies on the page")
    least_free: float = limit(
        0.05, "share", "guess", "Of the print that other places lack, by which likeness is divided at least"
    )
    strong_percentile: int = limit(98, "%", "guess", "Of the top hat: how dark print is")
    least_ink: float = limit(
        20.0, "grey levels", "guess", "By which print is darker than its surroundings at least"
    )
    ink_share: float = limit(
        0.35, "share", "guess", "Of the darkest print's contrast, from which a pixel is print"
    )


LIMITS = IdentifyLimits()


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
    """The form that a grey uint8 page is, among those of layout ``registered``; None when it is none of them. Forms of
    several pages are given page by page (`Form.sheets`)."""
    if min(grey.shape) < LIMITS.least_side or not forms:
        return None
    shrink = _shrink(grey, dpi, forms)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    landmarks = _landmarks(small)
    found: list[Match] = []
    for name, form in forms.items():
        if form.layout != "registered":
            continue
        template = load_template(form)
        homography = _fit(landmarks, template.landmarks)
        if homography is None:
            continue
        better = refine(small, template, homography, LIMITS.search_mm)
        if better is None:
            continue
        homography = better.homography
        score = print_shown(small, homography, template)
        if score >= LIMITS.least_score:
            to_page = np.diag([1 / shrink, 1 / shrink, 1.0]) @ homography
            found.append(Match(name, score, to_page, _turned(to_page, form)))
    return _best(grey, sorted(found, key=lambda match: -match.score), forms)


def _best(grey: np.ndarray, found: Sequence[Match], forms: Mapping[str, Form]) -> Match | None:
    """The best of the matches, which are in the order of their scores; None where it is one of several pages of a form
    that look alike, and it is not clear which."""
    if not found:
        return None
    first = found[0]
    paper = forms[first.form].paper
    alike = [
        match
        for match in found
        if match.score >= first.score - LIMITS.alike
        and forms[match.form].paper == paper
        and match.turned == first.turned
    ]
    if len(alike) == 1:
        return first
    which = told_apart(grey, first.homography, [load_template(forms[match.form]) for match in alike])
    if which is not None:
        return alike[which]
    return None if len({forms[match.form].name for match in alike}) == 1 else first


def _landmarks(page: np.ndarray) -> Landmarks:
    """Landmarks of a page at ``check_dpi``, points in its pixels."""
    share = TEMPLATE_LIMITS.landmark_dpi / LIMITS.check_dpi
    found = find_landmarks(cv2.resize(page, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))
    return Landmarks(found.points / np.float32(share), found.descriptors)


def _shrink(grey: np.ndarray, dpi: float, forms: Mapping[str, Form]) -> float:
    """Factor to ``check_dpi``: by the page's dpi, or by its size where the dpi is absurd."""
    longer = max(max(f.paper.width_mm, f.paper.height_mm) for f in forms.values())
    expected = longer / MM_PER_INCH * LIMITS.check_dpi
    by_dpi = LIMITS.check_dpi / dpi if dpi > 0 else 0.0
    size = max(grey.shape)
    return (
        by_dpi
        if LIMITS.least_size * expected < size * by_dpi < LIMITS.most_size * expected
        else expected / size
    )


def _fit(page: Landmarks, template: Landmarks) -> np.ndarray | None:
    """The homography from mm of the template to pixels of the page, or None when the landmarks disagree."""
    if len(page.points) < LIMITS.least_landmarks or len(template.points) < LIMITS.least_landmarks:
        return None
    theirs, ours = _matches(template.descriptors, page.descriptors)
    if len(theirs) < LIMITS.least_landmarks:
        return None
    source, target = template.points[theirs], page.points[ours]
    cv2.setRNGSeed(7)  # the same page always gives the same answer
    # A similarity has four unknowns against a homography's eight, so RANSAC finds it among many more outliers.
    similarity, inliers = cv2.estimateAffinePartial2D(
        source,
        target,
        ransacReprojThreshold=LIMITS.reach_mm / MM_PER_INCH * LIMITS.check_dpi,
        maxIters=LIMITS.tries,
        confidence=LIMITS.sure,
    )
    if similarity is None or int(inliers.sum()) < LIMITS.least_landmarks:
        return None
    homography = np.vstack([similarity, [0, 0, 1]])
    if not _is_a_sheet(homography, source):
        return None
    return np.asarray(homography, float)


def _matches(template: np.ndarray, page: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which descriptors of a template (float32 (n, 128)) have a nearest neighbour among those of a page that passes the
    ratio test, and which that is: two index arrays of one length.

    A landmark of the page goes to the one landmark of the template that is nearest: of a form with many boxes all
    corners look alike, and a similarity that shrinks them to one point would agree with all that match the same.

    By one matrix product, which is many times as fast as comparing pair by pair. SIFT descriptors are whole numbers up
    to 255, so that float32 is exact.
    """
    squares = (template**2).sum(1)[:, None] + (page**2).sum(1)[None] - 2 * (template @ page.T)
    rows = np.arange(len(template))
    nearest = squares.argmin(1)
    first = squares[rows, nearest].copy()
    squares[rows, nearest] = np.inf
    good = np.flatnonzero(first < LIMITS.ratio**2 * squares.min(1))
    good = good[np.argsort(first[good], kind="stable")]
    _, once = np.unique(nearest[good], return_index=True)
    return good[once], nearest[good[once]]


def _is_a_sheet(homography: np.ndarray, points_mm: np.ndarray) -> bool:
    """Whether the homography is what a flat sheet on a scanner or before a camera can do: no mirror, no fold."""
    left, top = points_mm.min(0)
    right, bottom = points_mm.max(0)
    square = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    corners = cv2.perspectiveTransform(square[None], homography)[0].astype(float)
    sides = np.roll(corners, -1, axis=0) - corners
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    lengths = np.hypot(*sides.T) / np.array([right - left, bottom - top, right - left, bottom - top])
    return bool((turns > 0).all() and lengths.min() > LIMITS.evenest * lengths.max())


def print_shown(page: np.ndarray, homography: np.ndarray, template: Template) -> float:
    """Share of the template's print that the page (grey, at ``check_dpi``) shows, 0 to 1, corrected for chance.

    Chance is how much of the same print would be met if the page lay 3 to 5 mm aside: a dark or crowded page
    meets much print anywhere.
    """
    scale = LIMITS.check_dpi / MM_PER_INCH
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
    if total < LIMITS.least_visible * int((printed > 0).sum()):
        return 0.0
    here = float(found[wanted].mean())
    shifts = [(13, 17), (-13, 17), (17, -13), (-17, -13)]
    elsewhere = float(np.mean([np.roll(found, s, (0, 1))[wanted].mean() for s in shifts]))
    return max(0.0, (here - elsewhere) / max(LIMITS.least_free, 1.0 - elsewhere))


def _ink(grey: np.ndarray) -> np.ndarray:
    """Mask uint8 0/1 of strokes: darker than what surrounds them (black top hat), at ``check_dpi``."""
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8))
    strong = float(np.percentile(hat, LIMITS.strong_percentile))
    return (hat > max(LIMITS.least_ink, LIMITS.ink_share * strong)).astype(np.uint8)


def _turned(homography: np.ndarray, form: Form) -> int:
    """How the paper lies on the page, in whole quarters clockwise."""
    middle = form.paper.height_mm / 2
    ends = np.array([[[0, middle], [form.paper.width_mm, middle]]], np.float64)
    (x0, y0), (x1, y1) = cv2.perspectiveTransform(ends, homography)[0]
    return round(float(np.degrees(np.arctan2(y1 - y0, x1 - x0))) / 90) % 4 * 90

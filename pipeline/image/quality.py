"""Page quality: figures that tell whether a page can be read, for the database and for sending pages back.

Focus is the variance of the Laplacian over ink edges (Pech-Pacheco 2000), made comparable by contrast;
noise is Immerkær's (1996) estimate over paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.deskew import skew_angle
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class QualityLimits:
    """How the figures of a page's quality are taken."""

    paper_share: float = limit(0.7, "share", "guess", "Of a page's pixels, up to the paper's brightness")
    ink_share: float = limit(0.8, "share", "guess", "Of the paper's brightness, above which nothing is ink")
    least_step: int = limit(
        10, "grey levels", "guess", "Between ink and paper, under which there is no focus to measure"
    )
    edge: float = limit(0.15, "share", "guess", "Of that step, from which a change between pixels is an edge")
    steepest: int = limit(90, "%", "guess", "Percentile of the edges by which focus is measured")
    fewest_edges: int = limit(50, "px", "guess", "Of edges by which focus can be measured")
    light: float = limit(0.8, "share", "guess", "Of the paper's brightness, above which noise is measured")


LIMITS = QualityLimits()


MM = 25.4


def measure_quality(grey: np.ndarray, dpi: float, skew: float | None = None) -> dict[str, float]:
    """Figures of a grey uint8 page, whose ``skew`` in degrees is measured where it is not known:

    ``brightness`` paper's grey level 0..255; ``contrast`` (paper - ink) / paper 0..1; ``focus`` sharpness
    of the steepest edges, 0..1 (below 0.15 blurred); ``noise`` standard deviation in grey levels;
    ``ink_share`` 0..1; ``dark_clipped``, ``light_clipped`` shares of pixels at 0 and 255; ``skew_degrees``;
    ``width_mm``, ``height_mm``; ``dpi``.
    """
    height, width = grey.shape
    figures = {"width_mm": width / dpi * MM, "height_mm": height / dpi * MM, "dpi": float(dpi)}
    if grey.size == 0:
        names = ("brightness", "contrast", "focus", "noise", "ink_share", "dark_clipped", "light_clipped")
        return figures | dict.fromkeys((*names, "skew_degrees"), 0.0)
    histogram = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel() / grey.size
    total = np.cumsum(histogram)
    paper = float(np.searchsorted(total, LIMITS.paper_share))
    threshold, _ = cv2.threshold(np.ascontiguousarray(grey[::4, ::4]), 0, 255, cv2.THRESH_OTSU)
    threshold = min(threshold, LIMITS.ink_share * paper)
    below = histogram[: int(threshold) + 1]
    ink_share = float(below.sum())
    ink = float((below * np.arange(len(below))).sum() / ink_share) if ink_share > 0 else paper
    contrast = max(0.0, (paper - ink) / max(paper, 1.0))
    figures |= {
        "brightness": paper,
        "contrast": contrast,
        "focus": focus(grey, paper - ink),
        "noise": noise(grey, paper),
        "ink_share": ink_share,
        "dark_clipped": float(histogram[0]),
        "light_clipped": float(histogram[255]),
        "skew_degrees": skew_angle(grey) if skew is None else skew,
    }
    return figures


def focus(grey: np.ndarray, step: float) -> float:
    """Steepest edges (99.5th percentile of the vertical and horizontal gradient) over the ink-paper step."""
    if step < LIMITS.least_step:
        return 0.0
    # Bands of the page at full resolution say as much as all of it.
    height = grey.shape[0]
    bands = [grey[start : start + 64] for start in range(0, max(1, height - 63), max(64, height // 8))]
    part = np.vstack(bands)
    # Across two pixels: a sharp scan of a stroke's edge takes the full step there.
    change = cv2.absdiff(part[:, 2:], part[:, :-2])
    if change.size == 0:
        return 0.0
    edges = change[change > LIMITS.edge * step]
    return (
        float(np.clip(np.percentile(edges, LIMITS.steepest) / step, 0, 1))
        if edges.size > LIMITS.fewest_edges
        else 0.0
    )


def noise(grey: np.ndarray, paper: float) -> float:
    """Immerkær's fast noise estimate in grey levels, over pixels of paper brightness."""
    step = max(1, grey.shape[0] // 600)
    # Every step-th three rows; the kernel is the second difference across, of the second difference down.
    last = grey.shape[0] - 2
    if last < 1 or grey.shape[1] < 3:
        return 0.0
    above, at, below = (grey[k : last + k : 3 * step].astype(np.int16) for k in range(3))
    down = above - 2 * at + below
    response = np.abs(down[:, :-2] - 2 * down[:, 1:-1] + down[:, 2:])
    light = response[at[:, 1:-1] > LIMITS.light * paper]
    # Median of |N(0, 6 sigma)|: robust against the edges of writing.
    return median_of_whole(light) / (6 * 0.6745) if light.size else 0.0


def median_of_whole(values: np.ndarray) -> float:
    """The median of whole numbers that are not negative, by their histogram: `np.median` sorts."""
    total = np.cumsum(np.bincount(values))
    middle = np.searchsorted(total, [(values.size + 1) // 2, values.size // 2 + 1])
    return float(middle.mean())

"""Binarization: which pixels are ink. Three methods, and a choice by page.

- `otsu`: one threshold for the page (Otsu 1979); for clean, evenly lit paper.
- `sauvola`: a threshold from local mean and deviation (Sauvola and Pietikäinen 2000), by box filters.
- `divide`: the page is divided by an estimate of its own background, then Otsu (after Gatos, Pratikakis and
  Perantonis 2006, with a morphological background); for stained or shaded paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class BinarizeLimits:
    """Which method suits a page, and what each takes for ink."""

    window_mm: float = limit(
        3.0, "mm", "guess", "Side of the square whose mean and deviation Sauvola's threshold follows"
    )
    black: int = limit(8, "grey levels", "standard", "Up to this a pixel of a black and white scan is black")
    white: int = limit(
        247, "grey levels", "standard", "From this on a pixel of a black and white scan is white"
    )
    shades: float = limit(
        0.002, "share", "guess", "Of pixels between black and white, under which a scan is black and white"
    )
    brightest: int = limit(95, "%", "guess", "Percentile of the paper's brightness that is its lightest part")
    darkest: int = limit(5, "%", "guess", "Percentile of the paper's brightness that is its darkest part")
    uneven: float = limit(
        0.12,
        "share",
        "guess",
        "Of the paper's brightness, by which paper that varies more is divided by itself",
    )
    even: float = limit(
        0.04,
        "share",
        "guess",
        "Of the paper's brightness, by which paper that one threshold suits varies at most",
    )
    clear: float = limit(0.5, "share", "guess", "Least contrast of ink that one threshold suits")
    quiet: float = limit(0.05, "share", "guess", "Most noise of paper that one threshold suits")
    sparse: float = limit(0.2, "share", "guess", "Most of a page that may be ink where one threshold suits")
    flat: int = limit(24, "grey levels", "guess", "Range of a picture under which there is no ink in it")
    deviation_weight: float = limit(
        0.2,
        "share",
        "guess",
        "Of the deviation around a pixel, in the threshold of Sauvola and Pietikäinen: their k",
    )
    least_darker: int = limit(
        10, "grey levels", "guess", "By which ink is darker than the mean around it at least"
    )
    paper: int = limit(
        230, "grey levels", "standard", "The level that paper has once a page is divided by it"
    )
    least_threshold: float = limit(
        0.55, "share", "guess", "Of paper, between which and the next Otsu's threshold is kept"
    )
    most_threshold: float = limit(
        0.85, "share", "guess", "Of paper, between which and the last Otsu's threshold is kept"
    )
    background_dpi: float = limit(50.0, "dpi", "guess", "Resolution at which the paper is estimated")
    closing_mm: float = limit(5.0, "mm", "guess", "Width of the closing that takes strokes out of the paper")


LIMITS = BinarizeLimits()


MM = 25.4


def binarize(grey: np.ndarray, dpi: float) -> np.ndarray:
    """Bool mask (height, width), True = ink, of a grey uint8 page or crop, by the method that suits it."""
    if grey.size == 0:
        return np.zeros(grey.shape, bool)
    method = choose_method(grey, dpi)
    if method == "bilevel":
        return grey < 128
    if method == "otsu":
        return otsu(grey)
    if method == "divide":
        return divide(grey, dpi)
    return sauvola(grey, window=odd(dpi * LIMITS.window_mm / MM))


def choose_method(grey: np.ndarray, dpi: float) -> str:
    """``bilevel`` for black and white scans, ``otsu`` for even paper with clear ink, ``divide`` for paper
    whose brightness varies, ``sauvola`` for the rest. Judged on a reduced copy."""
    step = max(1, min(grey.shape) // 600)
    sample = grey[::step, ::step]
    if int(((sample > LIMITS.black) & (sample < LIMITS.white)).sum()) < LIMITS.shades * sample.size:
        return "bilevel"
    background = background_low(grey, dpi)
    paper = float(np.median(background))
    uneven = float(
        np.percentile(background, LIMITS.brightest) - np.percentile(background, LIMITS.darkest)
    ) / max(paper, 1.0)
    threshold, _ = cv2.threshold(np.ascontiguousarray(sample), 0, 255, cv2.THRESH_OTSU)
    dark = sample[sample <= threshold]
    contrast = (paper - float(dark.mean())) / max(paper, 1.0) if dark.size else 0.0
    noise = float(np.std(sample[sample > threshold])) / max(paper, 1.0)
    if uneven > LIMITS.uneven:
        return "divide"
    if (
        uneven < LIMITS.even
        and contrast > LIMITS.clear
        and noise < LIMITS.quiet
        and dark.size < LIMITS.sparse * sample.size
    ):
        return "otsu"
    return "sauvola"


def otsu(grey: np.ndarray) -> np.ndarray:
    """Bool ink mask by one threshold that best parts the histogram (Otsu 1979). Flat images have no ink."""
    if grey.size == 0 or int(grey.max()) - int(grey.min()) < LIMITS.flat:
        return np.zeros(grey.shape, bool)
    threshold, _ = cv2.threshold(np.ascontiguousarray(grey), 0, 255, cv2.THRESH_OTSU)
    return grey <= threshold


def sauvola(grey: np.ndarray, window: int) -> np.ndarray:
    """Bool ink mask: darker than ``mean * (1 + k * (deviation / 128 - 1))`` in a square of ``window`` pixels.

    Where a window holds no contrast the formula would still find ink in dark paper's noise; pixels must
    also be darker than the local mean by 10 grey levels.
    """
    if grey.size == 0:
        return np.zeros(grey.shape, bool)
    k = LIMITS.deviation_weight
    window = min(odd(window), odd(2 * min(grey.shape) - 1))
    size = (window, window)
    mean = cv2.boxFilter(grey, cv2.CV_32F, size, borderType=cv2.BORDER_REPLICATE)
    square = cv2.sqrBoxFilter(grey, cv2.CV_32F, size, borderType=cv2.BORDER_REPLICATE)
    cv2.subtract(square, cv2.multiply(mean, mean), square)
    np.maximum(square, 0, out=square)
    cv2.sqrt(square, square)
    # threshold = mean * (1 - k + k * deviation / 128)
    cv2.addWeighted(square, k / 128, square, 0, 1 - k, square)
    cv2.multiply(mean, square, square)
    np.subtract(mean, LIMITS.least_darker, out=mean)
    cv2.min(square, mean, square)
    return np.greater_equal(square, grey)


def divide(grey: np.ndarray, dpi: float) -> np.ndarray:
    """Bool ink mask: the page over its background, then one threshold (Otsu, kept between 0.55 and 0.85)."""
    if grey.size == 0:
        return np.zeros(grey.shape, bool)
    background = cv2.resize(
        background_low(grey, dpi), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR
    )
    flat = cv2.divide(grey, np.maximum(background, 1), scale=LIMITS.paper)
    threshold, _ = cv2.threshold(flat, 0, 255, cv2.THRESH_OTSU)
    return flat <= np.clip(
        threshold, LIMITS.least_threshold * LIMITS.paper, LIMITS.most_threshold * LIMITS.paper
    )


def background_low(grey: np.ndarray, dpi: float) -> np.ndarray:
    """The paper without its ink, reduced: a closing wider than strokes (5 mm), smoothed. uint8."""
    shrink = max(1, round(dpi / LIMITS.background_dpi))
    shape = max(1, grey.shape[1] // shrink), max(1, grey.shape[0] // shrink)
    small = cv2.resize(grey, shape, interpolation=cv2.INTER_AREA)
    size = odd(LIMITS.closing_mm * dpi / MM / shrink)
    closed = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return cv2.blur(closed, (size, size), borderType=cv2.BORDER_REPLICATE)


def odd(value: float) -> int:
    """The nearest odd whole number of at least 3."""
    return max(3, 2 * round((value - 1) / 2) + 1)

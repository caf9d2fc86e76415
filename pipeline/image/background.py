"""Background: coloured security printing and shading are taken out of a picture, ink is kept.

Method: ink is darker than the pattern in every channel that the pattern's tint leaves bright, so grey is
taken from the channel mix in which the paper is lightest and flattest against the ink; that is divided by a
background estimated by closing and smoothing (as for uneven light), and stretched so that paper with its
pattern becomes 255 and the ink's dark level goes to near 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class BackgroundLimits:
    """How the paper's pattern is told from ink."""

    strokes_a_side: int = limit(
        120,
        "strokes",
        "guess",
        "A stroke is this part of a picture's longer side, where its width is not given",
    )
    narrowest_stroke: int = limit(12, "px", "guess", "The widest stroke that is looked for in a small crop")
    widest_stroke: int = limit(30, "px", "guess", "The widest stroke that is looked for on a large page")
    closing: int = limit(
        2, "stroke widths", "guess", "Width of the closing that takes strokes out of the paper"
    )
    least_contrast: int = limit(
        30,
        "grey levels",
        "guess",
        "Between the two classes of a picture, under which it is nothing but paper",
    )
    ink_percentile: int = limit(20, "%", "guess", "Of the dark class: the level that is made black")
    pattern_spread: float = limit(
        1.0, "deviations", "guess", "Below the mean of the light class, where the paper's pattern ends"
    )
    faintest_ink: float = limit(
        0.7,
        "share",
        "guess",
        "Of the way from ink to white, above which the pattern's edge is never put below: faint ink "
        "would go with it",
    )


LIMITS = BackgroundLimits()


def suppress_background(image: np.ndarray, stroke: int | None = None) -> np.ndarray:
    """Grey uint8 (height, width) of a BGR or grey picture: paper at 255, pattern near it, ink dark.

    ``stroke`` is the widest stroke in pixels that counts as ink (default: by picture size).
    """
    if image.size == 0:
        return np.zeros(image.shape[:2], np.uint8)
    grey = pen_grey(image)
    if stroke is None:
        # A picture of a whole cheque or page: strokes are about 1/250 of its longer side; crops: not under
        # 12 px.
        stroke = int(
            np.clip(max(grey.shape) / LIMITS.strokes_a_side, LIMITS.narrowest_stroke, LIMITS.widest_stroke)
        )
    flat = divide_by_paper(grey, stroke)
    return stretch(flat)


def pen_grey(image: np.ndarray) -> np.ndarray:
    """Grey in which pale tints are light and pens dark: the brightness of the second brightest channel.

    A tint (pale green, pink, yellow) leaves two channels bright; blue ink leaves one, black none: so the
    median channel keeps both pens dark and lifts tints above what luminance does.
    """
    if image.ndim == 2:
        return image
    blue, green, red = cv2.split(image)
    # Median of three by min and max.
    return cv2.max(cv2.min(blue, green), cv2.min(cv2.max(blue, green), red))


def divide_by_paper(grey: np.ndarray, stroke: int) -> np.ndarray:
    """The picture over its own paper, uint8 with paper at 255: closing wider than a stroke, then
    smoothing."""
    shrink = max(1, stroke // 6)
    shape = max(1, grey.shape[1] // shrink), max(1, grey.shape[0] // shrink)
    small = cv2.resize(grey, shape, interpolation=cv2.INTER_AREA)
    size = max(3, (LIMITS.closing * stroke // shrink) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), (0, 0), size / 3)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(grey, np.maximum(paper, 1), scale=255)


def stretch(flat: np.ndarray) -> np.ndarray:
    """Maps the pattern's lower edge to 255 and the ink's dark level to about 20.

    The pattern's edge is where the histogram of the lighter class ends (its mean less two deviations); it
    is never put so low that faint ink would go with it.
    """
    step = max(1, min(flat.shape) // 500)
    sample = np.ascontiguousarray(flat[::step, ::step])
    threshold, _ = cv2.threshold(sample, 0, 255, cv2.THRESH_OTSU)
    dark = sample[sample <= threshold]
    light = sample[sample > threshold]
    if dark.size == 0 or light.size == 0 or float(light.mean() - dark.mean()) < LIMITS.least_contrast:
        return flat  # nothing but paper: stretching would only raise its noise
    ink = float(np.percentile(dark, LIMITS.ink_percentile))
    paper = float(light.mean() - LIMITS.pattern_spread * light.std())
    paper = max(paper, ink + LIMITS.faintest_ink * (255 - ink))
    table = np.clip((np.arange(256) - ink) / max(1.0, paper - ink) * 235 + 20, 0, 255)
    return cv2.LUT(flat, table.astype(np.uint8))

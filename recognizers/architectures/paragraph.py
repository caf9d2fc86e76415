"""A paragraph as the network that reads paragraphs wants it: 48 px for each of its lines, not cut into them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.normalise import HEIGHT, Edges, at_height, normalise_in_place


@dataclass(frozen=True)
class ParagraphLimits:
    """How lines are counted: a line is a peak of the strokes that the rows cross, with a valley about it."""

    least: float = limit(
        0.15,
        "share",
        "validation lines",
        "Of the strokes that the busiest row crosses, in the middle of a line",
    )
    valley: float = limit(
        0.5,
        "share",
        "validation lines",
        "Of a line's own strokes, those of the rows between it and a busier line",
    )
    stroke: int = limit(100, "levels", "guess", "Of 255, above which a pixel is of a stroke")
    smooth: int = limit(
        13, "px", "validation lines", "Rows, of a crop 96 px high, over which strokes are averaged"
    )


LIMITS = ParagraphLimits()


def prepare_paragraph(grey: np.ndarray) -> tuple[np.ndarray, Edges]:
    """Ink uint8 (48 px a line, width) of a crop of one or more lines, and the columns of the crop that it shows."""
    lines = count_lines(grey)
    return normalise_in_place(grey) if lines == 1 else at_height(grey, lines * HEIGHT)


def count_lines(grey: np.ndarray) -> int:
    """How many lines a crop seems to hold, at least one."""
    from scipy.signal import find_peaks  # takes a second to load, and few processes read paragraphs

    stroke = at_height(grey, 2 * HEIGHT)[0] > LIMITS.stroke
    crossed = np.count_nonzero(stroke[:, 1:] & ~stroke[:, :-1], axis=1).astype(np.float64)
    profile = np.convolve(np.pad(crossed, LIMITS.smooth), np.ones(LIMITS.smooth) / LIMITS.smooth, "same")
    peaks, found = find_peaks(profile, height=LIMITS.least * profile.max(), prominence=0)
    lines = found["prominences"] >= (1 - LIMITS.valley) * profile[peaks]
    return max(1, int(lines.sum()))

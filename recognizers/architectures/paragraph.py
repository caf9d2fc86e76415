"""A paragraph as the network that reads paragraphs wants it: 48 px for each of its lines, not cut into them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.normalise import HEIGHT, Edges, at_height, normalise_in_place


@dataclass(frozen=True)
class ParagraphLimits:
    """How lines are counted: by the rows that hold much ink."""

    inked: float = limit(
        0.45, "share", "guess", "Of the fullest row's ink, above which a row is in a line's middle"
    )
    least: float = limit(
        0.08, "share", "guess", "Of the crop's height, under which a band of rows is no line"
    )


LIMITS = ParagraphLimits()


def prepare_paragraph(grey: np.ndarray) -> tuple[np.ndarray, Edges]:
    """Ink uint8 (48 px a line, width) of a crop of one or more lines, and the columns of the crop that it shows."""
    lines = count_lines(grey)
    return normalise_in_place(grey) if lines == 1 else at_height(grey, lines * HEIGHT)


def count_lines(grey: np.ndarray) -> int:
    """How many lines a crop seems to hold, at least one."""
    ink = at_height(grey, 96)[0].astype(np.float32).sum(1)
    smooth = cv2.blur(ink[:, None], (1, 9)).ravel()
    full = np.flatnonzero(np.diff(smooth > LIMITS.inked * smooth.max(), prepend=False, append=False))
    bands = full.reshape(-1, 2)
    return max(1, int(np.sum(bands[:, 1] - bands[:, 0] > LIMITS.least * len(ink))))

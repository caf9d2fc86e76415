"""The ink of a cleaned cheque by its strokes, for what looks at all of it and not at one field."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class StrokesLimits:
    """What ink is."""

    ink: int = limit(70, "grey levels", "guess", "By which ink is darker than the white of a cleaned cheque")


LIMITS = StrokesLimits()


@dataclass(frozen=True)
class Strokes:
    """The connected components as OpenCV tells them, the paper first: ``labels`` int32 (height, width), ``stats`` int32
    (n, 5), ``centres`` float64 (n, 2)."""

    labels: np.ndarray
    stats: np.ndarray
    centres: np.ndarray


def inked(cleaned: np.ndarray) -> np.ndarray:
    """Bool mask of what is ink on a cleaned cheque, grey uint8."""
    mask: np.ndarray = cleaned < 255 - LIMITS.ink
    return mask


def strokes_of(cleaned: np.ndarray) -> Strokes:
    """All strokes of a cleaned cheque, grey uint8: paper 255, pattern and rules taken out."""
    _, labels, stats, centres = cv2.connectedComponentsWithStats(
        inked(cleaned).astype(np.uint8), connectivity=8
    )
    return Strokes(labels, stats, centres)

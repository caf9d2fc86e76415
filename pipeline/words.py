"""Word segmentation: one line of writing is cut at its wide gaps.

Method: gaps between connected components along the line, measured between their convex outlines (Mahadevan
and Nagabushnam 1995: run-length distance between the hulls), parted into gaps within and between words by
Otsu's threshold on the gaps themselves, bounded by the letter height.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from pipeline.binarize import sauvola
from pipeline.records import Box, TextLine


def segment_words(line: TextLine, ink: np.ndarray | None = None) -> list[Box]:
    """Boxes of the words of a line, left to right, in page pixels.

    ``ink`` is a bool mask of the line's crop; without it the crop is binarized here. Crops that were scaled
    or straightened are mapped linearly onto ``line.box``. [] for a line without ink.
    """
    if ink is None:
        ink = sauvola(line.image, window=max(15, line.image.shape[0] // 2))
    if not ink.any():
        return []
    left, top, width, height = line.box
    across, down = width / ink.shape[1], height / ink.shape[0]
    boxes = []
    for start, stop in word_spans(ink):
        rows = np.flatnonzero(ink[:, start:stop].any(axis=1))
        x0, x1 = left + int(start * across), left + int(np.ceil(stop * across))
        y0, y1 = top + int(rows[0] * down), top + int(np.ceil((rows[-1] + 1) * down))
        boxes.append((x0, y0, x1 - x0, y1 - y0))
    return boxes


def word_spans(ink: np.ndarray) -> list[tuple[int, int]]:
    """Column spans (start, stop) of words in a bool mask of one line; every ink column lies in exactly
    one."""
    pieces = hull_spans(ink)
    if not pieces:
        return []
    gaps = np.array([after[0] - before[1] for before, after in pairwise(pieces)], float)
    threshold = gap_threshold(gaps, core_height(ink))
    words = [list(pieces[0])]
    for piece, gap in zip(pieces[1:], gaps, strict=True):
        if gap > threshold:
            words.append(list(piece))
        else:
            words[-1][1] = max(words[-1][1], piece[1])
    return [(start, stop) for start, stop in words]


def hull_spans(ink: np.ndarray) -> list[tuple[int, int]]:
    """Column spans of components that overlap sideways; long tails above or below do not bridge a gap.

    Only ink in the core of the line (from the first to the last row with a tenth of the peak profile)
    counts for where a piece begins and ends, so that a t-bar or a descender's loop over the next word ties
    nothing.
    """
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns):
        return []
    edges = np.flatnonzero(np.diff(columns) > 1)
    starts = [int(columns[0]), *(int(columns[i + 1]) for i in edges)]
    stops = [*(int(columns[i]) + 1 for i in edges), int(columns[-1]) + 1]
    return list(zip(starts, stops, strict=True))


def core_height(ink: np.ndarray) -> float:
    """Height of the core zone in pixels: rows with more than 40 % of the profile's peak."""
    profile = ink.sum(axis=1).astype(np.float64)
    width = max(1, len(profile) // 20)
    smooth = np.convolve(profile, np.ones(width) / width, "same")
    return float(max(4, int((smooth > 0.4 * smooth.max()).sum())))


def gap_threshold(gaps: np.ndarray, core: float) -> float:
    """The gap, in pixels, above which a new word begins: Otsu on the gaps, within 0.35 to 1.1 core
    heights."""
    low, high = 0.35 * core, 1.1 * core
    wide = gaps[gaps > 1]
    if len(wide) < 3:
        return 0.6 * core
    # One huge gap (a tab) must not pull the threshold over ordinary spaces.
    clipped = np.minimum(wide, 2.0 * core)
    table = np.clip(clipped / (2.0 * core) * 255, 0, 255).astype(np.uint8).reshape(1, -1)
    level, _ = cv2.threshold(table, 0, 255, cv2.THRESH_OTSU)
    upper = clipped[table.ravel() > level]
    lower = clipped[table.ravel() <= level]
    if not len(upper) or not len(lower):
        return 0.6 * core
    return float(np.clip((lower.max() + upper.min()) / 2, low, high))

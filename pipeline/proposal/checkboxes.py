"""Checkboxes on a blank: small closed squares and circles with nothing in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.pipeline.proposal.words import PrintedWord
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class CheckboxesLimits:
    """What is a checkbox."""

    smallest_mm: float = limit(1.7, "mm", "guess", "Inner side of the smallest box")
    largest_mm: float = limit(6.5, "mm", "guess", "Inner side of the largest box")
    square: float = limit(0.72, "share", "guess", "Shorter by longer side")
    full: float = limit(0.9, "share", "guess", "Of its frame, that the inside of a square fills")
    round: tuple[float, float] = limit(
        (0.72, 0.85), "share", "guess", "Of its frame, that the inside of a circle fills"
    )
    round_mm: float = limit(
        2.2, "mm", "guess", "Inner side of the smallest circle: the inside of an O is smaller"
    )


LIMITS = CheckboxesLimits()


def find_checkboxes(ink: np.ndarray, words: Sequence[PrintedWord]) -> list[Box]:
    """Boxes (x, y, width, height) in pixels, with the line around them. ``ink`` is bool at PX_MM."""
    paper = (~ink).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    found = []
    for label in range(1, len(stats)):
        x, y, width, height, area = (int(number) for number in stats[label])
        longer, shorter = max(width, height) / PX_MM, min(width, height) / PX_MM
        if shorter < LIMITS.smallest_mm or longer > LIMITS.largest_mm or shorter < LIMITS.square * longer:
            continue
        if x == 0 or y == 0 or x + width >= ink.shape[1] or y + height >= ink.shape[0]:
            continue
        full = area / (width * height)
        part = labels[y : y + height, x : x + width] == label
        if full >= LIMITS.full or (_is_circle(part, full) and not _in_word(x, y, width, height, words)):
            found.append((x - 1, y - 1, width + 2, height + 2))
    return found


def _is_circle(inside: np.ndarray, full: float) -> bool:
    height, width = inside.shape
    if not LIMITS.round[0] <= full < LIMITS.round[1] or min(width, height) < LIMITS.round_mm * PX_MM:
        return False
    down, across = np.mgrid[:height, :width]
    disc = ((across + 0.5) / width - 0.5) ** 2 + ((down + 0.5) / height - 0.5) ** 2 <= 0.25
    return bool((inside & disc).sum() > 0.92 * (inside | disc).sum())


def _in_word(x: int, y: int, width: int, height: int, words: Sequence[PrintedWord]) -> bool:
    """Whether it is the inside of a letter."""
    left, top, right, bottom = x / PX_MM, y / PX_MM, (x + width) / PX_MM, (y + height) / PX_MM
    for word in words:
        if word.left <= left and right <= word.right and word.top <= top and bottom <= word.bottom:
            return True
    return False

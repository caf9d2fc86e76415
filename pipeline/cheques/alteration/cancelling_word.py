"""Whether a word that makes a cheque void is written or stamped on it, in small letters too, where no field is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from scipy.sparse.csgraph import connected_components

from inkfield.pipeline.cheques.alteration.all_strokes import Strokes, inked
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.image.geometry import crop
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel

WORDS = (
    "cancelled", "canceled", "cancel", "void", "specimen", "sample", "copy", "duplicate", "invalid", "refused",
    "not valid",
)  # fmt: skip


@dataclass(frozen=True)
class CancellingWordLimits:
    """What ink beside the fields may be a word that cancels a cheque."""

    misread: int = limit(
        4, "letters", "guess", "For each so many a word may have one misread: cancelled two, sample one"
    )
    short: int = limit(6, "letters", "guess", "Of a word under which none may be misread")
    part: int = limit(
        5, "letters", "guess", "Of a long word that are enough, where the rest runs into a field"
    )
    letter_mm: tuple[float, float] = limit(
        (2.5, 11.0),
        "mm",
        "dev cheques",
        "Least and greatest height of the letters: none of the 36 + 14 development cheques has such a "
        "word. Less is small print; more is found by its size",
    )
    gap_mm: float = limit(
        3.5,
        "mm",
        "guess",
        "Half of what may stand between two letters of one word, of letters that are written wide",
    )
    fewest: int = limit(3, "components", "guess", "Components of a word of which some letters join")
    head_mm: float = limit(
        12.0,
        "mm",
        "guess",
        "How far above the first rule a word is looked for: higher up stands the bank's name",
    )
    steepest: float = limit(0.45, "slope", "guess", "Slope of a word written across: 24 degrees")
    margin_mm: float = limit(1.0, "mm", "guess", "Around a word that is read")
    solid: float = limit(
        0.6, "share", "guess", "Of its box that is filled, from which a component is no letter"
    )
    widest: float = limit(8.0, "letter heights", "guess", "Of a component of letters that join")


LIMITS = CancellingWordLimits()

_PARTS = ("cancelled", "specimen")
"""Words of which a part is enough, where the rest runs into a field: no other word holds it."""
_WRITTEN = ("payee", "legal_amount_1", "courtesy_amount", "date")
"""Regions whose writing must be what it is: a word there makes the field unreadable. Others are wider than what stands
in them."""


def cancelling_word(cleaned: np.ndarray, strokes: Strokes, layout: ChequeLayout, model: LineModel) -> bool:
    """Whether one of WORDS stands on a cheque beside its fields. ``cleaned`` is grey uint8 of the layout's size: paper
    255, pattern and rules taken out; ``strokes`` are all of it."""
    crops = list(_words(cleaned, strokes, layout))
    return any(_cancels(output.best().text) for output in model.read(crops)) if crops else False


def _cancels(text: str) -> bool:
    read = re.findall(r"[a-z]+", text.lower())
    if any(len(part) >= LIMITS.part and part in word for part in read for word in _PARTS):
        return True
    pairs = [f"{first} {second}" for first, second in pairwise(read)]
    return any(
        edit_distance(found, word) <= len(word) // LIMITS.misread - (len(word) < LIMITS.short)
        for found in (*read, *pairs, "".join(read))
        for word in WORDS
    )


def _words(cleaned: np.ndarray, strokes: Strokes, layout: ChequeLayout) -> Iterator[np.ndarray]:
    """A level crop of each group of letters that belong to no field."""
    scale = layout.scale
    stats, centres = strokes.stats, strokes.centres
    letters = _letters(stats, centres, layout)
    for group in _groups(stats[letters], LIMITS.gap_mm * scale):
        own = letters[group]
        if len(own) >= LIMITS.fewest:
            left, top = stats[own, :2].min(0)
            right, bottom = (stats[own, :2] + stats[own, 2:4]).max(0)
            box = (int(left), int(top), int(right - left), int(bottom - top))
            mask = np.isin(crop(strokes.labels, box), own).astype(np.uint8)
            yield _level(crop(cleaned, box), mask, centres[own], round(LIMITS.margin_mm * scale))


def _letters(stats: np.ndarray, centres: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """Numbers of the components that are as high as a written letter, between head and MICR line and of no field."""
    scale = layout.scale
    foot = layout.micr.box[1] if layout.micr.box else np.inf
    head = min(rule.row for name, rule in layout.lines.items() if name != "memo") - LIMITS.head_mm * scale
    _, y, width, height, area = stats.T
    least, most = (mm * scale for mm in LIMITS.letter_mm)
    kept = (
        (height >= least)
        & (height <= most)
        & (width <= LIMITS.widest * most)
        & (area < LIMITS.solid * width * height)
    )
    kept &= (y > head) & (y + height < foot)
    for name in _WRITTEN:
        if name in layout.regions:
            left, top, wide, high = layout.regions[name].box
            kept &= (np.abs(centres - [left + wide / 2, top + high / 2]) >= [wide / 2, high / 2]).any(1)
    kept[0] = False
    return np.flatnonzero(kept)


def _groups(stats: np.ndarray, gap: float) -> list[np.ndarray]:
    """The boxes (x, y, width, height, ...) that lie within ``gap`` pixels of one another and overlap in height, as
    numbers of rows from left to right."""
    if not len(stats):
        return []
    left, top = stats[:, 0], stats[:, 1]
    right, bottom = left + stats[:, 2], top + stats[:, 3]
    beside = np.maximum(left[:, None], left) - np.minimum(right[:, None], right) < gap
    level = np.minimum(bottom[:, None], bottom) > np.maximum(top[:, None], top)
    _, names = connected_components(beside & level, directed=False)
    members = [np.flatnonzero(names == name) for name in range(names.max() + 1)]
    return [group[np.argsort(left[group])] for group in members]


def _level(grey: np.ndarray, letters: np.ndarray, centres: np.ndarray, margin: int) -> np.ndarray:
    """The letters alone, grey on white, turned so that their centres lie on one level."""
    high = len(grey)
    slope = float(np.polyfit(centres[:, 0], centres[:, 1], 1)[0]) if np.ptp(centres[:, 0]) > high / 2 else 0.0
    slope = float(np.clip(slope, -LIMITS.steepest, LIMITS.steepest))
    near = cv2.dilate(letters, np.ones((5, 5), np.uint8)) > 0
    alone = np.pad(
        np.where(near, grey, 255).astype(np.uint8), ((high, high), (margin, margin)), constant_values=255
    )
    middle = (alone.shape[1] / 2, alone.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, float(np.degrees(np.arctan(slope))), 1)
    level = cv2.warpAffine(alone, turn, alone.shape[::-1], borderValue=(255, 255, 255))
    rows = np.flatnonzero(inked(level).any(1))
    return level[max(0, rows[0] - margin) : rows[-1] + margin + 1] if len(rows) else level

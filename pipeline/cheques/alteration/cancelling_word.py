"""Whether a word that makes a cheque void is written or stamped on it, in small letters too, where no field is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
from scipy.sparse.csgraph import connected_components

from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.image.geometry import crop
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.line_model import LineModel

WORDS = (
    "cancelled", "canceled", "cancel", "void", "specimen", "sample", "copy", "duplicate", "invalid", "refused",
    "not valid",
)  # fmt: skip
_MISREAD, _SHORT = 4, 6
"""A word may have one misread letter for each so many: cancelled two, sample one; a shorter one than that none."""
_PARTS, _PART = ("cancelled", "specimen"), 5
"""Words of which so many letters are enough, where the rest runs into a field: no other word holds them."""
_INK = 70
_LETTER_MM = (2.5, 11.0)
"""Height of the letters, set on 36 + 14 development cheques, of which none has such a word. Less is small print ("void
after 90 days"); more is found by its size (struck_out.py)."""
_GAP_MM = 3.5
"""Half of what may stand between two letters of one word, of letters that are written wide."""
_FEWEST = 3
"""Components of a word of which some letters join."""
_WRITTEN = ("payee", "legal_amount_1", "courtesy_amount", "date")
"""Regions whose writing must be what it is: a word there makes the field unreadable. Others are wider than what stands
in them."""
_HEAD_MM = 12.0
"""How far above the first rule a word is looked for: higher up stands the bank's name."""
_STEEPEST = 0.45
"""Slope of a word written across: 24 degrees."""
_MARGIN_MM = 1.0
_SOLID = 0.6


def cancelling_word(cleaned: np.ndarray, layout: ChequeLayout, model: LineModel) -> bool:
    """Whether one of WORDS stands on a cheque beside its fields. ``cleaned`` is grey uint8 of the layout's size: paper
    255, pattern and rules taken out."""
    crops = list(_words(cleaned, layout))
    return any(_cancels(output.best().text) for output in model.read(crops)) if crops else False


def _cancels(text: str) -> bool:
    read = re.findall(r"[a-z]+", text.lower())
    if any(len(part) >= _PART and part in word for part in read for word in _PARTS):
        return True
    pairs = [f"{first} {second}" for first, second in pairwise(read)]
    return any(
        edit_distance(found, word) <= len(word) // _MISREAD - (len(word) < _SHORT)
        for found in (*read, *pairs, "".join(read))
        for word in WORDS
    )


def _words(cleaned: np.ndarray, layout: ChequeLayout) -> Iterator[np.ndarray]:
    """A level crop of each group of letters that belong to no field."""
    scale = layout.scale
    ink = (cleaned < 255 - _INK).astype(np.uint8)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    letters = _letters(stats, centres, layout)
    for group in _groups(stats[letters], _GAP_MM * scale):
        own = letters[group]
        if len(own) >= _FEWEST:
            left, top = stats[own, :2].min(0)
            right, bottom = (stats[own, :2] + stats[own, 2:4]).max(0)
            box = (int(left), int(top), int(right - left), int(bottom - top))
            mask = np.isin(crop(labels, box), own).astype(np.uint8)
            yield _level(crop(cleaned, box), mask, centres[own], round(_MARGIN_MM * scale))


def _letters(stats: np.ndarray, centres: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """Numbers of the components that are as high as a written letter, between head and MICR line and of no field."""
    scale = layout.scale
    foot = layout.micr.box[1] if layout.micr.box else np.inf
    head = min(rule.row for name, rule in layout.lines.items() if name != "memo") - _HEAD_MM * scale
    _, y, width, height, area = stats.T
    least, most = (mm * scale for mm in _LETTER_MM)
    kept = (height >= least) & (height <= most) & (width <= 8 * most) & (area < _SOLID * width * height)
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
    slope = float(np.clip(slope, -_STEEPEST, _STEEPEST))
    near = cv2.dilate(letters, np.ones((5, 5), np.uint8)) > 0
    alone = np.pad(
        np.where(near, grey, 255).astype(np.uint8), ((high, high), (margin, margin)), constant_values=255
    )
    middle = (alone.shape[1] / 2, alone.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, float(np.degrees(np.arctan(slope))), 1)
    level = cv2.warpAffine(alone, turn, alone.shape[::-1], borderValue=(255, 255, 255))
    rows = np.flatnonzero((level < 255 - _INK).any(1))
    return level[max(0, rows[0] - margin) : rows[-1] + margin + 1] if len(rows) else level

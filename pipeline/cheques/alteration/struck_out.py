"""Whether something is written across a cheque: CANCELLED, SAMPLE, VOID, or the strokes that strike it out.

Nobody writes on a good cheque but on its rules and in its boxes. So ink that is higher than a letter where no field is,
between the words and the MICR line, and strokes that run over many fields, belong to no field.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.pipeline.cheques.field_places import ChequeLayout

_INK = 70
"""A pixel is ink when it is this much darker than the white of a cleaned cheque."""
_STROKE_MM = (60.0, 20.0)
"""Width and height of a stroke that runs over many fields: longer than any word, and rising over more than one line."""
_THIN = 0.06
"""Share of its box that such a stroke covers, at most."""
_LETTER_MM = (1.5, 6.0)
"""Width and height of a letter where nothing is written. Print there has 2 to 3 mm, stamped numbers up to 5; of 36
Indian and 5 US cheques of the development sets none has more."""
_HUGE_MM, _MANY = 11.0, 5
"""Height of strokes that are too high for a line, and how many of them tell of large words: up to four flourishes are
so high on one of those cheques."""
_STRAY_MM, _BESIDE_MM = 5.5, 1.5
"""Height from which on ink beside all fields is no print's, and how far a field reaches. Print that stands there has up
to 4.4 mm on half of the development cheques (18 Indian, 14 US) and on ten rendered ones."""
_BELOW_WORDS_MM, _ABOVE_MICR_MM, _HEAD_MM, _ABOVE_RULES_MM = 1.0, 1.0, 12.0, 2.0
_FRAME = 0.8
"""Share of both sides of the picture over which a printed frame runs."""
_SOLID = 0.5
"""Share of its box from which on a component is a printed bar or box."""


def struck_out(cleaned: np.ndarray, layout: ChequeLayout) -> bool:
    """Whether something is written across a cheque. ``cleaned`` is grey uint8 of the layout's size: paper 255, pattern
    and rules taken out."""
    scale = layout.scale
    count, _, stats, centres = cv2.connectedComponentsWithStats(
        (cleaned < 255 - _INK).astype(np.uint8), connectivity=8
    )
    x, y, width, height, area = stats[1:count].T
    if not len(x):
        return False
    share = area / (width * height)
    # A desk or a lid that shows at the edge is no pen's.
    inside = (x > 1) & (y > 1) & (x + width < cleaned.shape[1] - 1) & (y + height < cleaned.shape[0] - 1)
    frame = (width > _FRAME * cleaned.shape[1]) & (height > _FRAME * cleaned.shape[0])
    if bool(
        (
            inside
            & ~frame
            & (width >= _STROKE_MM[0] * scale)
            & (height >= _STROKE_MM[1] * scale)
            & (share < _THIN)
        ).any()
    ):
        return True
    rules = [rule.row for name, rule in layout.lines.items() if name != "memo"]
    foot = (layout.micr.box[1] if layout.micr.box else cleaned.shape[0]) - _ABOVE_MICR_MM * scale
    written = (share < _SOLID) & (width >= _LETTER_MM[0] * scale) & (y + height < foot + 8 * scale)
    written &= inside & ~_of_a_field(centres[1:count], layout)
    huge = written & (height >= _HUGE_MM * scale) & (y > min(rules) - _HEAD_MM * scale)
    below = written & (height >= _LETTER_MM[1] * scale) & (y + height < foot)
    below &= y + height / 2 > max(rules) + _BELOW_WORDS_MM * scale
    beside = written & ~_in_a_region(centres[1:count], layout) & (height >= _STRAY_MM * scale)
    beside &= (y > min(rules) - _ABOVE_RULES_MM * scale) & (y + height < foot)
    return bool(huge.sum() >= _MANY or below.any() or beside.any())


def _in_a_region(centres: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """Which of the components lie in the region of a field, or close to it."""
    margin = _BESIDE_MM * layout.scale
    own = np.zeros(len(centres), bool)
    for region in layout.regions.values():
        x, y, width, height = region.box
        middle, reach = [x + width / 2, y + height / 2], [width / 2 + margin, height / 2 + margin]
        own |= (np.abs(centres - middle) <= reach).all(1)
    return own


def _of_a_field(centres: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """Which of the components belong to the signature, which nothing keeps in its place, or to a memo."""
    x, y, _, _ = layout.regions["signature"].box
    own: np.ndarray = (centres[:, 0] > x - 2 * layout.scale) & (centres[:, 1] > y - 6 * layout.scale)
    if "memo" in layout.regions:
        x, y, width, height = layout.regions["memo"].box
        within = np.abs(centres - [x + width / 2, y + height / 2]) <= [width / 2, height / 2]
        own |= within.all(1)
    return own

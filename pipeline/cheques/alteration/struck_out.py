"""Whether something is written across a cheque: CANCELLED, SAMPLE, VOID, or the strokes that strike it out.

Nobody writes on a good cheque but on its rules and in its boxes. So ink that is higher than a letter where no field is,
between the words and the MICR line, and strokes that run over many fields, belong to no field.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.cheques.alteration.all_strokes import Strokes
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class StruckOutLimits:
    """What ink is written across a cheque."""

    stroke_mm: tuple[float, float] = limit(
        (60.0, 20.0),
        "mm",
        "guess",
        "Width and height of a stroke that runs over many fields: longer than any word, and rising "
        "over more than one line",
    )
    thin: float = limit(0.06, "share", "guess", "Share of its box that such a stroke covers, at most")
    letter_mm: tuple[float, float] = limit(
        (1.5, 6.0),
        "mm",
        "dev cheques",
        "Width and height of a letter where nothing is written. Print there has 2 to 3 mm, stamped "
        "numbers up to 5; of 36 Indian and 5 US cheques of the development sets none has more.",
    )
    huge_mm: float = limit(11.0, "mm", "dev cheques", "Height of strokes that are too high for a line")
    many: int = limit(
        5,
        "strokes",
        "dev cheques",
        "So high that tell of large words: up to four flourishes are on one of the development cheques",
    )
    stray_mm: float = limit(
        5.5,
        "mm",
        "dev cheques",
        "Height from which ink beside all fields is no print's: it has up to 4.4 mm on half of the "
        "development cheques and on ten rendered ones",
    )
    beside_mm: float = limit(1.5, "mm", "dev cheques", "How far a field reaches")
    below_words_mm: float = limit(
        1.0, "mm", "guess", "Under the rules of words, from where on nothing is written"
    )
    above_micr_mm: float = limit(1.0, "mm", "guess", "Over the MICR line, down to where it is looked")
    head_mm: float = limit(12.0, "mm", "guess", "Over the first rule, up to where large words are looked for")
    above_rules_mm: float = limit(
        2.0, "mm", "guess", "Over the first rule, up to where strays are looked for"
    )
    frame: float = limit(
        0.8, "share", "guess", "Share of both sides of the picture over which a printed frame runs"
    )
    solid: float = limit(
        0.5, "share", "guess", "Share of its box from which on a component is a printed bar or box"
    )
    into_micr_mm: float = limit(
        8.0, "mm", "guess", "Into the MICR line's band, down to where a component may reach"
    )
    edge_mm: float = limit(
        6.0,
        "mm",
        "rendered",
        "From the paper's left and right edge, within which barcodes and side lines stand",
    )
    past_box_mm: tuple[float, float] = limit(
        (25.0, 2.5),
        "mm",
        "rendered",
        "Past the region of the account number that its box may reach, and the width of a side with a figure joined",
    )
    beside_signature_mm: float = limit(2.0, "mm", "guess", "Left of a signature's place that belong to it")
    above_signature_mm: float = limit(6.0, "mm", "guess", "Over a signature's place that belong to it")


LIMITS = StruckOutLimits()


def struck_out(strokes: Strokes, layout: ChequeLayout) -> bool:
    """Whether something is written across a cheque, by all strokes of it once pattern and rules are taken out."""
    scale = layout.scale
    rows, columns = strokes.labels.shape
    x, y, width, height, area = strokes.stats[1:].T
    centres = strokes.centres[1:]
    if not len(x):
        return False
    share = area / (width * height)
    # A desk or a lid that shows at the edge is no pen's.
    inside = (x > 1) & (y > 1) & (x + width < columns - 1) & (y + height < rows - 1)
    frame = (width > LIMITS.frame * columns) & (height > LIMITS.frame * rows)
    if bool(
        (
            inside
            & ~frame
            & (width >= LIMITS.stroke_mm[0] * scale)
            & (height >= LIMITS.stroke_mm[1] * scale)
            & (share < LIMITS.thin)
        ).any()
    ):
        return True
    rules = [rule.row for name, rule in layout.lines.items() if name != "memo"]
    foot = (layout.micr.box[1] if layout.micr.box else rows) - LIMITS.above_micr_mm * scale
    written = (
        (share < LIMITS.solid)
        & (width >= LIMITS.letter_mm[0] * scale)
        & (y + height < foot + LIMITS.into_micr_mm * scale)
    )
    written &= inside & ~_of_a_field(centres, layout)
    written &= np.abs(centres[:, 0] - columns / 2) < columns / 2 - LIMITS.edge_mm * scale
    written &= ~_side_of_account(centres, width, layout)
    huge = written & (height >= LIMITS.huge_mm * scale) & (y > min(rules) - LIMITS.head_mm * scale)
    below = written & (height >= LIMITS.letter_mm[1] * scale) & (y + height < foot)
    below &= y + height / 2 > max(rules) + LIMITS.below_words_mm * scale
    beside = written & ~_in_a_region(centres, layout) & (height >= LIMITS.stray_mm * scale)
    beside &= (y > min(rules) - LIMITS.above_rules_mm * scale) & (y + height < foot)
    return bool(huge.sum() >= LIMITS.many or below.any() or beside.any())


def _in_a_region(centres: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """Which of the components lie in the region of a field, or close to it."""
    margin = LIMITS.beside_mm * layout.scale
    own = np.zeros(len(centres), bool)
    for region in layout.regions.values():
        x, y, width, height = region.box
        middle, reach = [x + width / 2, y + height / 2], [width / 2 + margin, height / 2 + margin]
        own |= (np.abs(centres - middle) <= reach).all(1)
    return own


def _side_of_account(centres: np.ndarray, width: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """Which components may be a side of the account number's box, joined with a figure stamped over it."""
    if "account_number" not in layout.regions:
        return np.zeros(len(centres), bool)
    x, y, wide, high = layout.regions["account_number"].box
    far, narrow = (mm * layout.scale for mm in LIMITS.past_box_mm)
    past: np.ndarray = (
        (width <= narrow)
        & (centres[:, 0] > x)
        & (centres[:, 0] < x + wide + far)
        & (np.abs(centres[:, 1] - y - high / 2) < high / 2)
    )
    return past


def _of_a_field(centres: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """Which of the components belong to the signature, which nothing keeps in its place, or to a memo."""
    x, y, _, _ = layout.regions["signature"].box
    own: np.ndarray = (centres[:, 0] > x - LIMITS.beside_signature_mm * layout.scale) & (
        centres[:, 1] > y - LIMITS.above_signature_mm * layout.scale
    )
    if "memo" in layout.regions:
        x, y, width, height = layout.regions["memo"].box
        within = np.abs(centres - [x + width / 2, y + height / 2]) <= [width / 2, height / 2]
        own |= within.all(1)
    return own

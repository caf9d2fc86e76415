"""A perceptual hash of what is written on a cheque: the same for another scan up to a few bits, however it is cut.

The print of a bank is the same on all of its cheques, so only the writing of the fields counts, each laid where its own
ink begins: the signs of the lowest frequencies of its cosine transform about their median (as pHash, Zauner 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.recognizers.limits import limit

_FIELDS = {"payee": (192, 24), "legal_amount_1": (256, 24), "legal_amount_2": (256, 24), "courtesy_amount": (96, 20),
           "date": (110, 20)}  # fmt: skip
"""The fields that are compared, in order, with the width and height of their pictures."""
NOTHING = "-"


@dataclass(frozen=True)
class InkHashLimits:
    """How writing is laid before it is transformed, and how much of it there must be."""

    px_mm: float = limit(2.5, "px/mm", "guess", "Resolution of the small picture")
    across: int = limit(24, "frequencies", "guess", "Along a line; times those across it: bits of a field")
    down: int = limit(3, "frequencies", "guess", "Across a line")
    ink: int = limit(60, "grey levels", "guess", "By which ink is darker than white at least")
    least: int = limit(
        8 * 255, "grey levels", "guess", "Sum of ink under which nothing is written: a third of a mm²"
    )
    begin: float = limit(
        0.02, "share", "guess", "Of the ink before the place where it begins: specks do not move it"
    )
    blur: float = limit(1.2, "px", "guess", "Sigma of the blur before the transform")


LIMITS = InkHashLimits()


def ink_hash(cheque: Cheque) -> str | None:
    """The hash: for each field 18 hexadecimal digits, or a dash where nothing is written, with full stops between; None
    where nothing is written at all."""
    hashes = [_of_field(cheque, name) for name in _FIELDS]
    return None if set(hashes) == {NOTHING} else ".".join(hashes)


def _of_field(cheque: Cheque, name: str) -> str:
    crop = cheque.crops.get(name)
    if crop is None or not crop.size:
        return NOTHING
    zoom = LIMITS.px_mm / cheque.layout.scale
    small = 255 - cv2.resize(crop, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    ink = np.where(small > LIMITS.ink, small, 0).astype(np.float32)
    total = float(ink.sum())
    if total < LIMITS.least:
        return NOTHING
    width, height = _FIELDS[name]
    begin = int(np.searchsorted(np.cumsum(ink.sum(0)) / total, LIMITS.begin))
    middle = float(ink.sum(1) @ np.arange(ink.shape[0])) / total
    move = np.array([[1, 0, 4 - begin], [0, 1, height / 2 - middle]], np.float32)
    laid = cv2.GaussianBlur(cv2.warpAffine(ink, move, (width, height)), (0, 0), LIMITS.blur)
    low = cv2.dct(laid)[: LIMITS.down, : LIMITS.across].ravel()
    middle_of_low = np.median(low)
    bits = "".join("1" if value > middle_of_low else "0" for value in low)
    return f"{int(bits, 2):0{len(bits) // 4}x}"

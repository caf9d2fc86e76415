"""Why a page is no known form, in words for the person who has to look at it."""

from __future__ import annotations

import numpy as np

from inkfield.schemas.readings import TextLine

BLANK = "nothing is written or printed on the page"
BLACK = "the page is black"
NO_TEXT = "neither a known form nor text: a photo, or a scan of something else"
NO_CHEQUE = "the shape of a cheque, but neither its MICR line nor its fields were found"
OTHER = "text, but no known form"

_BLACK = 40
"""Grey under which nearly all of a page lies that was scanned with the lid open, or with no light."""
_CHEQUE_ASPECT = (1.75, 2.95)
"""Longer over shorter side of what may be a cheque; wider than any sheet of letters (1.41)."""


def why_no_form(grey: np.ndarray, lines: tuple[TextLine, ...]) -> str:
    """The reason for a page (grey uint8, as scanned) that no form was found on, with the lines that were read on it."""
    if float(np.percentile(grey, 95)) < _BLACK:
        return BLACK
    if not any(line.text.strip() for line in lines):
        return NO_TEXT
    aspect = max(grey.shape) / max(1, min(grey.shape))
    return NO_CHEQUE if _CHEQUE_ASPECT[0] <= aspect <= _CHEQUE_ASPECT[1] else OTHER

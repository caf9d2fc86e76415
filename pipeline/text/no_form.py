"""Why a page is no known form, for the person who has to look at it."""

from __future__ import annotations

import numpy as np

from inkfield.schemas.readings import TextLine
from inkfield.schemas.reasons import ReasonCode

_BLACK = 40
"""Grey under which nearly all of a page lies that was scanned with the lid open, or with no light."""
_CHEQUE_ASPECT = (1.75, 2.95)
"""Longer over shorter side of what may be a cheque; wider than any sheet of letters (1.41)."""


def why_no_form(grey: np.ndarray, lines: tuple[TextLine, ...]) -> ReasonCode:
    """The reason for a page (grey uint8, as scanned) that no form was found on, with the lines that were read on it."""
    if float(np.percentile(grey, 95)) < _BLACK:
        return ReasonCode.BLACK
    if not any(line.text.strip() for line in lines):
        return ReasonCode.NO_TEXT
    aspect = max(grey.shape) / max(1, min(grey.shape))
    return ReasonCode.NO_CHEQUE if _CHEQUE_ASPECT[0] <= aspect <= _CHEQUE_ASPECT[1] else ReasonCode.NO_FORM

"""Why a page is no known form, for the person who has to look at it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import TextLine
from inkfield.schemas.reasons import ReasonCode


@dataclass(frozen=True)
class NoFormLimits:
    """What a page without a form is taken for."""

    black: int = limit(
        40,
        "grey levels",
        "guess",
        "Grey under which nearly all of a page lies that was scanned with the lid open, or with no light",
    )
    cheque_aspect: tuple[float, float] = limit(
        (1.75, 2.95),
        "ratio",
        "guess",
        "Longer over shorter side of what may be a cheque; wider than any sheet of letters (1.41)",
    )
    lightest: int = limit(
        95, "%", "guess", "Percentile of a page's pixels that must lie under it for the page to be black"
    )


LIMITS = NoFormLimits()


def why_no_form(grey: np.ndarray, lines: tuple[TextLine, ...]) -> ReasonCode:
    """The reason for a page (grey uint8, as scanned) that no form was found on, with the lines that were read on it."""
    if float(np.percentile(grey, LIMITS.lightest)) < LIMITS.black:
        return ReasonCode.BLACK
    if not any(line.text.strip() for line in lines):
        return ReasonCode.NO_TEXT
    aspect = max(grey.shape) / max(1, min(grey.shape))
    return (
        ReasonCode.NO_CHEQUE
        if LIMITS.cheque_aspect[0] <= aspect <= LIMITS.cheque_aspect[1]
        else ReasonCode.NO_FORM
    )

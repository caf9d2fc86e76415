"""Whether a figure of the amount may be written over another one: the sign of an alteration in the same ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput
from inkfield.recognizers.models.overwriting_network import overwriting_odds


@dataclass(frozen=True)
class OverwrittenLimits:
    """When two figures are taken to lie on one another."""

    odds: float = limit(
        2.0,
        "nats",
        "rendered",
        "Log odds from which a figure counts as written over another: 60 good rendered cheques of one seed and 36 + 14 "
        "real ones in view, of which the highest of a posted one is 1.3; of three that wait one is truly written over",
    )
    apart: float = limit(
        8.0,
        "nats",
        "rendered",
        "By which a figure stands out from the median of the same amount's: on the same cheques 6.5 at most where "
        "nothing was altered and the cheque was posted",
    )


LIMITS = OverwrittenLimits()


def overwritten(line: np.ndarray, look: LineOutput, text: str) -> bool:
    """Whether a figure of an amount lies over another one, or looks so unlike the other figures that it may.

    ``line`` is the cleaned crop, grey uint8, that ``look`` read, and ``text`` the amount made of it.
    False where the text cannot be found in the ink: then it is no sure reading, which is told elsewhere.
    """
    try:
        characters = look.spans(text).characters
    except (ValueError, KeyError):
        return False
    odds = overwriting_odds(line, [span for span in characters if span.text.isdigit()])
    if not len(odds):
        return False
    highest = float(odds.max())
    return highest > LIMITS.odds or highest - float(np.median(odds)) > LIMITS.apart

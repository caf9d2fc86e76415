"""Whether a checkbox is ticked: by the ink inside it, once the printed box is gone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class CheckboxLimits:
    """From how much ink a box is ticked."""

    ink: int = limit(70, "grey levels", "guess", "By which ink is darker than white paper")
    half: float = limit(
        0.035,
        "share",
        "guess",
        "Share of inked pixels at which ticked and empty are equally likely: a thin tick covers 5 %, "
        "specks under 1 %",
    )
    steepness: float = limit(4.0, "log odds", "guess", "For each factor of e in the share of ink")
    least_share: float = limit(0.002, "share", "guess", "Of inked pixels, under which less says no more")
    most_odds: float = limit(8.0, "log odds", "guess", "That a box is ticked, or is not")


LIMITS = CheckboxLimits()


def read_checkbox(crop: np.ndarray) -> tuple[bool, float]:
    """Whether the crop of a box (grey uint8, print taken out, paper white) holds a cross, a tick or a filling.

    Returns the answer and its probability, 0.5 to 1.
    """
    if crop.size == 0:
        return False, 0.5
    margin = min(crop.shape) // 8
    inside = crop[margin : crop.shape[0] - margin, margin : crop.shape[1] - margin]
    share = float((inside < 255 - LIMITS.ink).mean())
    odds = LIMITS.steepness * (math.log(max(share, LIMITS.least_share)) - math.log(LIMITS.half))
    ticked = 1 / (1 + math.exp(-max(-LIMITS.most_odds, min(LIMITS.most_odds, odds))))
    return ticked >= 0.5, max(ticked, 1 - ticked)

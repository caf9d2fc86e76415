"""Whether a checkbox is ticked: by the ink inside it, once the printed box is gone."""

from __future__ import annotations

import math

import numpy as np

_INK = 70
_HALF = 0.035
"""Share of inked pixels at which ticked and empty are equally likely: a thin tick covers 5 %, specks under 1 %."""


def read_checkbox(crop: np.ndarray) -> tuple[bool, float]:
    """Whether the crop of a box (grey uint8, print taken out, paper white) holds a cross, a tick or a filling.

    Returns the answer and its probability, 0.5 to 1.
    """
    if crop.size == 0:
        return False, 0.5
    margin = min(crop.shape) // 8
    inside = crop[margin : crop.shape[0] - margin, margin : crop.shape[1] - margin]
    share = float((inside < 255 - _INK).mean())
    odds = 4.0 * (math.log(max(share, 0.002)) - math.log(_HALF))
    ticked = 1 / (1 + math.exp(-max(-8.0, min(8.0, odds))))
    return ticked >= 0.5, max(ticked, 1 - ticked)

"""Separator sheets that suffered."""

from __future__ import annotations

import numpy as np

from inkfield.flows.commands.separators_command import DPI, MARGIN_MM, QR_MM, sheet


def torn_sheet(label: str) -> np.ndarray:
    """A separator sheet whose codes are there, and none of which can be read."""
    torn = sheet(label).copy()
    size, margin = (round(side / 25.4 * DPI) for side in (QR_MM, MARGIN_MM))
    for top in (margin, torn.shape[0] - margin - size):
        for left in (margin, torn.shape[1] - margin - size):
            middle = slice(top + size // 2, top + size * 3 // 4), slice(left + size // 4, left + size)
            torn[middle] = 255 - torn[middle]
    return torn

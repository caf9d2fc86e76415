"""Words that are printed on a scan, read from the picture."""

from __future__ import annotations

import numpy as np

from inkfield.pipeline.proposal.words import PrintedWord


def read_printed_words(grey: np.ndarray, pixels_per_mm: float) -> list[PrintedWord]:
    """placeholder until the reader of print is chosen"""
    return []

"""Two lines of writing as one text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkfield.recognizers.alphabet import BLANK, Alphabet

_SPACE = 0.9
"""Share of the joining column that is a space; the rest is blank, for a word split over the lines."""


def join_lines(lines: Sequence[np.ndarray], alphabet: Alphabet) -> np.ndarray:
    """The columns of several lines one after another, float32 (T, C), with a probable space between them."""
    if not lines:
        return np.zeros((0, len(alphabet)), np.float32)
    gap = np.full((1, len(alphabet)), -30.0, np.float32)
    gap[0, BLANK] = np.log(1 - _SPACE)
    gap[0, alphabet.encode(" ")[0]] = np.log(_SPACE)
    parts = [np.asarray(lines[0], np.float32)]
    for line in lines[1:]:
        parts += [gap, np.asarray(line, np.float32)]
    return np.concatenate(parts)

"""Reads character boxes: one character a cell, as columns that any decoder of lines can take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkfield.recognizers.alphabet import BLANK
from inkfield.recognizers.ctc.text_score import score_classes
from inkfield.recognizers.models.digit_network import digit_log_probs
from inkfield.recognizers.normalise import percentiles
from inkfield.recognizers.recognizer import Recognizer

_IMPOSSIBLE = -30.0

_LINES_WEIGHT, _DIGITS_WEIGHT = 0.2, 0.5
"""Exponents of the two looks at a digit, of the line recogniser and of the network for single digits: a log-linear
pool. On drawn cells the best sum is 1.1 (benchmarks/single_digits.py), on those of the development cheques 0.7: real
scans are less like what was trained on, so both looks count for less."""

_DARK = 185
"""A pixel of a cleaned crop is ink when it is darker than this."""


def cells_log_probs(recognizer: Recognizer, cells: Sequence[np.ndarray]) -> np.ndarray | None:
    """Columns float32 (2 n - 1, C): a cell's distribution over characters, and sure blanks in between.

    The probability of a character is the exact CTC likelihood that the cell holds just this character; which digit
    it is, if one, is decided together with the network for single digits. A cell without ink is a sure space. None
    when no cell has ink.
    """
    alphabet = recognizer.alphabet
    inked = [i for i, cell in enumerate(cells) if cell_has_ink(cell)]
    if not inked:
        return None
    columns = np.full((2 * len(cells) - 1, len(alphabet)), _IMPOSSIBLE, np.float32)
    columns[1::2, BLANK] = 0.0
    columns[::2, alphabet.encode(" ")[0]] = 0.0
    characters = [[class_] for class_ in range(1, len(alphabet))]
    digits = alphabet.encode("0123456789")
    seen = [cells[i] for i in inked]
    for i, log_probs, by_digit in zip(inked, recognizer.log_probs(seen), digit_log_probs(seen), strict=True):
        scores = score_classes(log_probs, characters)
        columns[2 * i] = _IMPOSSIBLE
        columns[2 * i, 1:] = np.maximum(scores - np.logaddexp.reduce(scores), _IMPOSSIBLE)
        columns[2 * i, digits] = pooled(columns[2 * i, digits], by_digit)
    return columns


def pooled(by_line: np.ndarray, by_digit: np.ndarray) -> np.ndarray:
    """Log-probabilities of the digits from both looks, (10,); that it is a digit at all stays as the lines have it."""
    together = _LINES_WEIGHT * by_line + _DIGITS_WEIGHT * by_digit
    any_digit = np.logaddexp.reduce(by_line)
    shared: np.ndarray = np.maximum(together - np.logaddexp.reduce(together) + any_digit, _IMPOSSIBLE)
    return shared


def cell_has_ink(cell: np.ndarray) -> bool:
    """Whether a cleaned cell holds a character: ink that is at least a quarter of the cell high or wide."""
    if cell.size == 0:
        return False
    (paper,) = percentiles(cell, (80,))
    dark = cell < paper - 60
    rows, columns = np.flatnonzero(dark.sum(1) > 0), np.flatnonzero(dark.sum(0) > 0)
    if rows.size == 0:
        return False
    extent = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    return bool(extent >= 0.25 * min(cell.shape) and dark.sum() >= 12)


def drawn_together(part: np.ndarray, widest: int) -> np.ndarray:
    """Figures set wide apart (stamps, cells), with at most ``widest`` empty columns between two: as they are written,
    and as a recogniser knows them."""
    empty = (part < _DARK).sum(0) == 0
    keep = np.ones(part.shape[1], bool)
    run = 0
    for column, bare in enumerate(empty):
        run = run + 1 if bare else 0
        keep[column] = run <= widest
    return part[:, keep]

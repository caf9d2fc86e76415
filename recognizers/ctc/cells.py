"""Character boxes as one CTC output: a time step for each box, and sure blanks in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.alphabet import BLANK
from inkfield.recognizers.ctc.output import CTCOutput
from inkfield.recognizers.ctc.text_score import score_classes
from inkfield.recognizers.limits import limit
from inkfield.recognizers.models.digit_network import digit_log_probs

_IMPOSSIBLE = -30.0


@dataclass(frozen=True)
class CellLimits:
    """How two networks' looks at a digit count."""

    lines_weight: float = limit(
        0.2,
        "exponent",
        "dev cheques",
        "Of the line recogniser's look at a digit: a log-linear pool. On drawn cells the best sum of "
        "both is 1.1, on the development cheques 0.7",
    )
    digits_weight: float = limit(
        0.5, "exponent", "dev cheques", "Of the look of the network for single digits"
    )


LIMITS = CellLimits()


def join_cells(cells: Sequence[np.ndarray | None], outputs: Sequence[CTCOutput]) -> CTCOutput:
    """``outputs`` are those of the boxes that hold ink (at least one); the others (None) are sure spaces.

    The probability of a character is the exact CTC likelihood that the cell holds just this character; which digit
    it is, if one, is decided together with the network for single digits. Pixels count as if the boxes with ink stood
    side by side.
    """
    alphabet = outputs[0].alphabet
    inked = [i for i, cell in enumerate(cells) if cell is not None]
    seen = [cell for cell in cells if cell is not None]
    steps = np.full((2 * len(cells) - 1, len(alphabet)), _IMPOSSIBLE, np.float32)
    steps[1::2, BLANK] = 0.0
    steps[::2, alphabet.encode(" ")[0]] = 0.0
    characters = [[class_] for class_ in range(1, len(alphabet))]
    digits = alphabet.encode("0123456789")
    for i, output, by_digit in zip(inked, outputs, digit_log_probs(seen), strict=True):
        scores = score_classes(output.log_probs, characters)
        steps[2 * i] = _IMPOSSIBLE
        steps[2 * i, 1:] = np.maximum(scores - np.logaddexp.reduce(scores), _IMPOSSIBLE)
        steps[2 * i, digits] = pooled(steps[2 * i, digits], by_digit)
    widths = [0 if cell is None else cell.shape[1] for cell in cells]
    ends = np.cumsum(widths, dtype=np.float64)
    return CTCOutput(steps, alphabet, np.concatenate([[0.0], np.repeat(ends, 2)[:-1]]))


def pooled(by_line: np.ndarray, by_digit: np.ndarray) -> np.ndarray:
    """Log-probabilities of the digits from both looks, (10,); that it is a digit at all stays as the lines have it."""
    together = LIMITS.lines_weight * by_line + LIMITS.digits_weight * by_digit
    any_digit = np.logaddexp.reduce(by_line)
    shared: np.ndarray = np.maximum(together - np.logaddexp.reduce(together) + any_digit, _IMPOSSIBLE)
    return shared

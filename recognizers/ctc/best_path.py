"""Best-path (greedy) CTC decoding (Graves et al. 2006, section 3.2)."""

from __future__ import annotations

import numpy as np

from inkfield.recognizers.alphabet import BLANK, Alphabet
from inkfield.recognizers.ctc.hypothesis import Hypothesis


def best_path(log_probs: np.ndarray, alphabet: Alphabet) -> Hypothesis:
    """Collapse the likeliest class of every column. ``log_probs`` is float, (T, C), natural log.

    The log-probability is that of the one best path; the text itself is at least as likely.
    """
    if len(log_probs) == 0:
        return Hypothesis("", 0.0)
    path = log_probs.argmax(axis=1)
    score = float(log_probs[np.arange(len(path)), path].sum(dtype=np.float64))
    return Hypothesis(alphabet.decode_path(path.tolist()), score, _word_starts(path, alphabet))


def _word_starts(path: np.ndarray, alphabet: Alphabet) -> tuple[int, ...]:
    starts: list[int] = []
    in_word = False
    for column, class_ in enumerate(path.tolist()):
        if class_ == BLANK:
            continue
        if alphabet.characters[class_ - 1] == " ":
            in_word = False
        elif not in_word:
            starts.append(column)
            in_word = True
    return tuple(starts)

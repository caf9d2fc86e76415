"""How sure a line of text is, and each of its words: the probability that it is right to the letter."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

import numpy as np

from inkfield.pipeline.fields.calibration import confidence
from inkfield.pipeline.fields.ranking import Evidence
from inkfield.recognizers.alphabet import BLANK, Alphabet
from inkfield.recognizers.ctc.hypothesis import Hypothesis
from inkfield.recognizers.ctc.text_score import align


def path_evidence(log_probs: np.ndarray) -> Evidence:
    """The evidence for what the best path reads in these columns (T, C), natural log.

    A best path has no rivals with texts of their own. What speaks for it is how clear each character is in its
    clearest column: the columns between characters may hesitate about where one ends without doubting the text.
    """
    path, best = log_probs.argmax(axis=1), log_probs.max(axis=1).astype(np.float64)
    runs = groupby(range(len(path)), key=path.__getitem__)
    return _evidence(
        [float(best[list(columns)].max()) for class_, columns in runs if class_ != BLANK], log_probs
    )


def _evidence(peaks: Sequence[float], log_probs: np.ndarray) -> Evidence:
    """``peaks`` is the log-probability of each character in its clearest column."""
    share = min(max(math.exp(sum(peaks)), 1e-6), 1 - 1e-6)
    doubt = -float(log_probs.max(axis=1).mean(dtype=np.float64)) if len(log_probs) else 0.0
    return Evidence(math.log(share / (1 - share)), shortfall=0.0, doubt=doubt)


def word_columns(found: Hypothesis, columns: int) -> list[tuple[int, int]]:
    """First and last column (exclusive) of each word of a best path; empty where they are not known."""
    bounds = [max(0, start - 1) for start in found.start_columns] + [columns]
    return list(pairwise(bounds)) if len(bounds) == len(found.text.split()) + 1 else []


def path_confidences(
    found: Hypothesis, log_probs: np.ndarray, calibration: Mapping[str, Sequence[float]]
) -> tuple[float, list[float]]:
    """The probability that the line is right to the letter, and that for each of its words."""
    sure = confidence(path_evidence(log_probs), calibration.get("line"))
    words = word_columns(found, len(log_probs))
    of_words = [
        confidence(path_evidence(log_probs[start:end]), calibration.get("word")) for start, end in words
    ]
    return sure, of_words or [sure] * len(found.text.split())


def aligned_confidences(
    found: Hypothesis, log_probs: np.ndarray, alphabet: Alphabet, calibration: Mapping[str, Sequence[float]]
) -> tuple[float, list[float]]:
    """As `path_confidences`, for a text that a language model preferred to the best path.

    Each character is judged by what the ink says for it, so a word that the model changed against the ink is unsure.
    """
    classes = alphabet.encode(found.text)
    spans = align(log_probs, classes)
    peaks = [float(log_probs[a:b, c].max()) for (a, b), c in zip(spans, classes, strict=True)]
    sure = confidence(_evidence(peaks, log_probs), calibration.get("line"))
    of_words = []
    for word in re.finditer(r"\S+", found.text):
        start, end = word.span()
        columns = log_probs[spans[start][0] : spans[end - 1][1]]
        of_words.append(confidence(_evidence(peaks[start:end], columns), calibration.get("word")))
    return sure, of_words

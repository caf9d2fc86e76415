"""Exact CTC log-likelihoods of many candidate texts at once (forward algorithm, Graves et al. 2006)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkfield.recognizers.alphabet import BLANK, Alphabet

_FLOOR = -1e30  # stands for log 0: unlike -inf it may be subtracted from itself


def score_candidates(log_probs: np.ndarray, alphabet: Alphabet, candidates: Sequence[str]) -> np.ndarray:
    """Log P(candidate | ink) for every candidate: float64, (len(candidates),).

    ``log_probs`` is float, (T, C), natural log. The empty text is the all-blank path. A candidate with a
    character outside the alphabet, or too long for T columns, has -inf.
    """
    known = [i for i, text in enumerate(candidates) if alphabet.covers(text)]
    scores = np.full(len(candidates), -np.inf)
    if known:
        scores[known] = score_classes(log_probs, [alphabet.encode(candidates[i]) for i in known])
    return scores


def score_classes(log_probs: np.ndarray, labels: Sequence[Sequence[int]]) -> np.ndarray:
    """As `score_candidates`, for label sequences given as classes (no blanks)."""
    count = len(labels)
    longest = max((len(label) for label in labels), default=0)
    width = 2 * longest + 1
    classes = np.full((count, width), BLANK, dtype=np.int64)
    for row, label in zip(classes, labels, strict=True):
        row[1 : 2 * len(label) : 2] = label
    # A label may be entered straight from the label before it, over the blank, unless they are the same.
    skip = np.zeros((count, width), dtype=bool)
    skip[:, 3::2] = classes[:, 3::2] != classes[:, 1:-2:2]
    last = np.array([2 * len(label) for label in labels])
    columns = np.asarray(log_probs, dtype=np.float64)

    # Two columns of "log 0" on the left spare the edge cases of the recursion.
    alpha = np.full((count, width + 2), _FLOOR)
    alpha[:, 2] = 0.0  # before the first column: at the first blank, with nothing emitted
    alpha_view = alpha[:, 2:]
    first = True
    for column in columns:
        stay, step = alpha[:, 2:], alpha[:, 1:-1]
        jump = np.where(skip, alpha[:, :-2], _FLOOR)
        top = np.maximum(np.maximum(stay, step), jump)
        total = np.log(np.exp(stay - top) + np.exp(step - top) + np.exp(jump - top)) + top
        if first:
            total[:, 2:] = _FLOOR  # only the first blank or the first label can open a path
            first = False
        alpha_view[...] = np.maximum(total + column[classes], _FLOOR)
    rows = np.arange(count)
    end_blank = alpha_view[rows, last]
    end_label = np.where(last > 0, alpha_view[rows, np.maximum(last - 1, 0)], _FLOOR)
    scores: np.ndarray = np.logaddexp(end_blank, end_label)
    scores[scores < _FLOOR / 2] = -np.inf
    return scores


def align(log_probs: np.ndarray, label: Sequence[int]) -> list[tuple[int, int]]:
    """Best alignment (Viterbi) of a label sequence: for each label its columns as (first, past the last).

    Raises ValueError when the label does not fit into the columns.
    """
    if not label:
        return []
    width = 2 * len(label) + 1
    classes = np.full(width, BLANK, dtype=np.int64)
    classes[1::2] = label
    # What may not be jumped over is as unlikely as can be; like this no column needs a choice of its own.
    barred = np.full(width, 2 * _FLOOR)
    barred[3::2][classes[3::2] != classes[1:-2:2]] = 0.0
    columns = np.asarray(log_probs, dtype=np.float64)[:, classes]
    scores = np.full((max(1, len(columns)), width + 2), _FLOOR)
    scores[0, 2:4] = columns[0, :2] if len(columns) else _FLOOR
    best, jump = np.empty(width), np.empty(width)
    for before, after, column in zip(scores, scores[1:], columns[1:], strict=False):
        np.maximum(before[2:], before[1:-1], out=best)
        np.maximum(best, np.add(before[:-2], barred, out=jump), out=best)
        np.maximum(np.add(best, column, out=best), _FLOOR, out=after[2:])
    stay, step, jumps = scores[:-1, 2:], scores[:-1, 1:-1], scores[:-1, :-2] + barred
    back = np.zeros((len(columns), width), dtype=np.int8)
    back[1:] = np.where(jumps > np.maximum(stay, step), 2, step > stay)
    score = scores[-1]
    state = width - 1 if score[-1] >= score[-2] else width - 2
    if len(columns) == 0 or score[state + 2] <= _FLOOR / 2:
        raise ValueError("the text is too long for the columns")
    spans: list[list[int]] = [[-1, -1] for _ in label]
    for t in range(len(columns) - 1, -1, -1):
        if state % 2:
            span = spans[state // 2]
            span[0] = t
            if span[1] < 0:
                span[1] = t + 1
        state -= int(back[t, state])
    return [(first, end) for first, end in spans]

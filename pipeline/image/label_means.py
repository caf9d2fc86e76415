"""Means over the strokes of a picture."""

from __future__ import annotations

import numpy as np


def mean_by_label(labels: np.ndarray, values: np.ndarray, count: int = 0) -> np.ndarray:
    """The mean of the values of each label: float (n,), from 0 to the highest label, of ``count`` labels at least.

    ``labels`` are ints from 0 on, ``values`` of the same shape. A label without values has 0.
    """
    total = np.bincount(labels, values, count)
    mean: np.ndarray = total / np.maximum(1, np.bincount(labels, minlength=count))
    return mean

"""Altered amounts as they are rendered: the other pen is there to be seen, and one pen is not taken for two."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.altered_amounts import apart
from inkfield.lab.documents.altered import Alteration, render_amounts


def test_another_pen_is_mostly_found_and_one_pen_is_not() -> None:
    def found(alteration: Alteration) -> np.ndarray:
        strips = (render_amounts(np.random.default_rng([i, 1]), alteration) for i in range(5))
        return np.sum([np.array(apart(strip)) >= 1 for strip in strips], axis=0)

    assert found("pen").min() >= 3  # in one field, and in both together
    assert found("none").max() == 0


@pytest.mark.parametrize("alteration", ["overwritten", "erased"])
def test_the_picture_follows_from_the_seed(alteration: Alteration) -> None:
    first, second = (render_amounts(np.random.default_rng(2), alteration) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    x, y, width, height = first.figures
    assert (first.image[y : y + height, x : x + width].min(axis=2) < 120).any()

"""The drawn E-13B symbols keep to the standard's measures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from inkfield.pipeline.cheques.micr.e13b_shapes import LIMITS as E13B
from inkfield.pipeline.cheques.micr.e13b_shapes import SYMBOLS, draw_micr, draw_symbol, glyph


def test_every_symbol_is_right_aligned_and_fits_the_cell() -> None:
    for symbol in SYMBOLS:
        grid = glyph(symbol)
        assert grid.shape == (2 * E13B.rows, 2 * E13B.columns)
        assert grid[:, -1].any(), symbol


def test_digits_are_nine_modules_high() -> None:
    for digit in "0123456789":
        rows = np.flatnonzero(glyph(digit).any(1))
        assert (rows[0], rows[-1]) == (0, 2 * E13B.rows - 1)


def test_no_two_symbols_are_alike() -> None:
    for one, other in combinations(SYMBOLS, 2):
        assert (glyph(one) != glyph(other)).sum() >= 8, (one, other)


@pytest.mark.parametrize("dpi", [100, 200, 300, 400])
def test_drawn_at_true_size(dpi: float) -> None:
    mask = draw_symbol("0", dpi)
    assert mask.shape == (round(0.117 * dpi), round(0.091 * dpi))
    line = draw_micr("0 0", dpi)
    feet = np.flatnonzero(line[-1] > 127)
    # Two positions on are a quarter of an inch.
    assert abs((feet[-1] - feet[0]) - (0.25 * dpi + 0.05 * dpi)) < 0.04 * dpi


def test_a_letter_that_the_font_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw_micr("C12E", 200)

"""The comb of date cells is told from what is printed and written around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.cheques.date_cells import equal_cells, find_date_cells, find_plain_cells

SCALE = 8.0


def _comb(left: float, pitch: float, lines: bool = True) -> np.ndarray:
    mask = np.zeros((300, 1616), np.uint8)
    edges = [round((left + k * pitch) * SCALE) for k in range(9)]
    for y in (57, 103):
        mask[y : y + 2, edges[0] : edges[-1] + 2] = 1
    for x in edges if lines else (edges[0], edges[-1]):
        mask[57:105, x : x + 2] = 1
    return mask


@settings(max_examples=15, deadline=None)
@given(st.floats(146, 155), st.floats(4.4, 5.6))
def test_cells_of_any_width_and_place(left: float, pitch: float) -> None:
    cells = find_date_cells(_comb(left, pitch), SCALE, 210)
    assert cells is not None and len(cells) == 8
    wanted = [(left + k * pitch) * SCALE for k in range(8)]
    assert [cell[0] for cell in cells] == pytest.approx(wanted, abs=4)


def test_a_printed_label_and_ones_do_not_shift_the_comb() -> None:
    mask = _comb(154.2, 5.0)
    for x in (1180, 1193, 1206, 1219):  # DATE before the cells
        mask[60:100, x : x + 3] = 1
    for k in range(8):  # a one in the middle of every cell
        mask[66:98, round((156.7 + 5.0 * k) * SCALE)] = 1
    cells = find_date_cells(mask, SCALE, 210)
    assert cells is not None
    assert cells[0][0] == pytest.approx(154.2 * SCALE, abs=4)


def test_a_plain_box_is_divided_only_when_asked_for() -> None:
    mask = _comb(154.0, 5.0, lines=False)
    assert find_date_cells(mask, SCALE, 210) is None
    cells = find_plain_cells(mask, SCALE, 210)
    assert cells is not None and len(cells) == 8
    assert find_plain_cells(np.zeros_like(mask), SCALE, 210) is None


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 99), st.integers(0, 99), st.integers(8, 999), st.integers(1, 99))
def test_equal_cells_fill_the_box(x: int, y: int, width: int, height: int) -> None:
    cells = equal_cells((x, y, width, height))
    assert sum(cell[2] for cell in cells) == width
    assert (cells[0][0], cells[-1][0] + cells[-1][2]) == (x, x + width)
    assert max(cell[2] for cell in cells) - min(cell[2] for cell in cells) <= 1

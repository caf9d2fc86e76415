from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.cell_reader import cell_has_ink
from inkfield.pipeline.fields.cells import cell_crops

SIDE = 100
BOXES = [(40 + SIDE * i, 20, SIDE, 110) for i in range(4)]


def strip() -> np.ndarray:
    return np.full((150, 480), 255, np.uint8)


def figure(page: np.ndarray, text: str, x: int) -> None:
    cv2.putText(page, text, (x, 110), cv2.FONT_HERSHEY_SIMPLEX, 2.6, (30,), 6, cv2.LINE_AA)


def test_every_cell_holds_its_own_character() -> None:
    page = strip()
    figure(page, "7", 65)
    figure(page, "3", 265)
    cells = cell_crops(page, BOXES)
    assert [cell_has_ink(cell) for cell in cells] == [True, False, True, False]
    assert all(cell.shape[0] == 110 for cell in cells)


def test_a_character_that_pokes_over_the_edge_stays_with_its_cell() -> None:
    page = strip()
    figure(page, "8", 42 + SIDE - 32)  # most of it left of the separator, its right side beyond
    cells = cell_crops(page, BOXES)
    whole = int((page < 100).sum())
    assert int((cells[0] < 100).sum()) > 0.35 * whole
    assert int((cells[2] < 100).sum()) == 0


@pytest.mark.parametrize(
    "box", [(-30, 20, 100, 110), (430, 20, 100, 110), (40, 120, 100, 110), (600, 20, 50, 50)]
)
def test_cells_that_reach_over_the_page(box: tuple[int, int, int, int]) -> None:
    cell = cell_crops(strip(), [box])[0]
    assert cell.ndim == 2
    assert not cell_has_ink(cell)


@given(seed=st.integers(0, 5000), count=st.integers(1, 10))
@settings(max_examples=50, deadline=None)
def test_cells_never_add_ink_and_leave_the_page_as_it_was(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    page = np.where(rng.random((60, 40 * count)) < 0.08, 20, 255).astype(np.uint8)
    before = page.copy()
    cells = cell_crops(page, [(40 * i, 5, 40, 50) for i in range(count)])
    assert len(cells) == count
    assert np.array_equal(page, before)
    assert sum(int((cell < 100).sum()) for cell in cells) <= int((page < 100).sum())

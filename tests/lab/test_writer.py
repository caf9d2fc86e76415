from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkfield.lab.documents import people
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import random_writer, sign, tick_box, write, write_in_cells
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS, families


def white(width_mm: float = 80, height_mm: float = 30) -> np.ndarray:
    return Sheet(width_mm, height_mm).pixels()


def inked(page: np.ndarray) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ink in mm."""
    rows, columns = np.nonzero(page.min(2) < 200)
    return columns.min() / PX, rows.min() / PX, columns.max() / PX, rows.max() / PX


def test_the_unseen_hands_are_no_hands_of_training() -> None:
    assert len(UNSEEN_HANDS) >= 3
    assert not {path.stem for path in UNSEEN_HANDS} & set(families())


@pytest.mark.parametrize("seed", range(4))
def test_a_line_stands_on_its_baseline_and_keeps_to_its_width(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = white()
    write(page, "Meera Nair has no room here", 10, 20, rng, random_writer(rng), 2.5, 40)
    left, _, right, bottom = inked(page)
    assert left == pytest.approx(10, abs=0.3)
    assert right < 51
    assert 18 < bottom < 24


def test_characters_stand_in_their_cells() -> None:
    rng = np.random.default_rng(2)
    page = white()
    cells = [(10.0 + 9 * i, 10.0, 9.0, 10.0) for i in range(3)]
    write_in_cells(page, "1 3", cells, rng, random_writer(rng))
    assert (page[:, : round(10 * PX)] > 250).all()
    assert (page[:, round(19.5 * PX) : round(27.5 * PX)] > 250).all()
    assert page[:, round(28 * PX) : round(37 * PX)].min() < 150


def test_marks_and_signatures_leave_the_writers_colour() -> None:
    rng = np.random.default_rng(3)
    writer = replace(random_writer(rng), colour=(200, 0, 0), strength=1.0)
    page = white()
    tick_box(page, (10, 10, 6, 6), rng, writer)
    sign(page, 30, 20, 35, rng, writer)
    assert page[round(8 * PX) : round(18 * PX), round(8 * PX) : round(18 * PX), 2].min() < 10
    assert inked(page[:, round(25 * PX) :])[2] > 30
    assert page[..., 0].min() > 190


def test_ink_beyond_the_paper_is_cut() -> None:
    rng = np.random.default_rng(4)
    page = white(20, 10)
    write(page, "far too long for this", 12, 2, rng, random_writer(rng), 3.0)
    assert page.shape == white(20, 10).shape


def test_a_scan_is_as_large_as_its_sheet_and_never_twice_the_same() -> None:
    page = white(60, 40)
    rng = np.random.default_rng(5)
    first, second = scan(page, rng), scan(page, rng)
    assert abs(first.shape[0] - page.shape[0]) <= 30
    assert first.dtype == np.uint8
    assert first.shape != second.shape or not np.array_equal(first, second)
    assert first.mean() > 200


@pytest.mark.parametrize(
    ("value", "figures", "words"),
    [
        (0, "0", "Zero"),
        (999, "999", "Nine Hundred Ninety Nine"),
        (270_000, "2,70,000", "Two Lakh Seventy Thousand"),
        (42_000_000, "4,20,00,000", "Four Crore Twenty Lakh"),
    ],
)
def test_amounts_are_written_the_indian_way(value: int, figures: str, words: str) -> None:
    assert people.in_figures(value) == figures
    assert people.in_words(value) == words

"""Printed lines are found and followed to their true ends."""

from __future__ import annotations

import numpy as np
import pytest

from inkfield.pipeline.cheques.paper.printed_lines import (
    extent,
    level_rows,
    printed_mask,
    thin_lines,
    upright_lines,
)

SCALE = 8.0


def _paper() -> np.ndarray:
    return np.zeros((400, 1600), np.uint8)


def test_printed_mask_sees_pale_print_on_shaded_paper() -> None:
    grey = np.tile(np.linspace(230, 140, 800), (200, 1)).astype(np.uint8)
    grey[100:102] -= 30
    mask = printed_mask(grey, SCALE)
    assert mask[100:102].mean() > 0.95
    assert mask[:60].mean() < 0.01


def test_dotted_rules_are_level_rows() -> None:
    mask = _paper()
    mask[200:202, 100:1200:4] = 1
    mask[200:202, 101:1200:4] = 1
    rows = level_rows(mask, SCALE, (10, 45), 300, 1000, 0.55)
    assert [row for row, _ in rows] == [pytest.approx(200.5, abs=3)]


def test_a_rule_ends_where_the_label_beside_it_begins() -> None:
    mask = _paper()
    mask[200:202, 140:1200] = 1
    for x in range(60, 130, 12):  # letters with feet, their baseline half a millimetre over the rule
        mask[175:196, x : x + 2] = 1
        mask[194:196, x : x + 9] = 1
    band = extent(thin_lines(mask, SCALE), SCALE, 200, 600, 6.0)
    assert band.left == pytest.approx(140, abs=2)
    assert band.right == pytest.approx(1200, abs=2)


def test_a_rule_is_followed_through_writing_and_slope() -> None:
    mask = _paper()
    for x in range(100, 1500):
        mask[200 + x // 300 : 202 + x // 300, x] = 1
    mask[180:230, 700:704] = 1
    band = extent(thin_lines(mask, SCALE), SCALE, 202, 800, 6.0)
    assert (band.left, band.right) == (pytest.approx(100, abs=20), pytest.approx(1500, abs=20))


def test_upright_lines_are_no_strokes_and_no_bars() -> None:
    mask = _paper()
    mask[100:160, 300:302] = 1
    mask[100:140, 400:403] = 1  # a stroke that ends half-way
    mask[100:160, 500:540] = 1  # a bar
    assert upright_lines(mask, SCALE, 100, 160) == [pytest.approx(301, abs=2)]


def test_empty_bands() -> None:
    assert level_rows(_paper(), SCALE, (100, 120), 0, 100, 0.5) == []
    assert upright_lines(_paper(), SCALE, 100, 101) == []
    assert extent(_paper(), SCALE, 100, 50, 1.0).left == 50

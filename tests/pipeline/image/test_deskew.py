from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.image.deskew import deskew, skew_angle
from tests.support.paper import noisy, text_page

PAGE = noisy(text_page())


@settings(max_examples=20, deadline=None)
@given(st.floats(-9, 9))
def test_angle_is_found_to_a_tenth_of_a_degree(angle: float) -> None:
    assert skew_angle(deskew(PAGE, -angle)) == pytest.approx(angle, abs=0.1)


def test_there_and_back() -> None:
    crooked = deskew(text_page(), -4.2)
    level = deskew(crooked, skew_angle(crooked))
    assert abs(skew_angle(level)) < 0.1
    assert level.shape == crooked.shape
    assert crooked[3, 3] > 235  # the corner that came into view is paper


def test_colour_keeps_its_paper() -> None:
    page = np.full((300, 400, 3), (200, 240, 220), np.uint8)
    assert np.abs(deskew(page, 7).astype(int) - page).max() <= 1


@pytest.mark.parametrize("shape", [(0, 0), (3, 3), (200, 300)])
def test_nothing_to_go_by(shape: tuple[int, int]) -> None:
    blank = np.full(shape, 250, np.uint8)
    assert skew_angle(blank) == 0.0
    assert deskew(blank, 0.0).shape == shape

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.image.deslanted_line import LIMITS, set_upright
from inkfield.pipeline.image.slant import shear, slant_angle
from inkfield.pipeline.image.slope import remove_slope, slope_angle
from tests.support.paper import words_line

WORDS = ["handed", "thirty", "bill", "dollar", "tilted", "under", "half", "other", "third"]


def line() -> np.ndarray:
    image, _ = words_line(WORDS, gap=45)
    return image


def test_a_level_line_of_upright_letters_is_left_alone() -> None:
    assert np.array_equal(set_upright(line()), line())


def test_a_line_that_climbs_is_levelled() -> None:
    climbing = remove_slope(line(), -3.0)
    assert abs(slope_angle(climbing < 128)) > 2.5
    assert abs(slope_angle(set_upright(climbing) < 128)) < 1


def test_letters_that_lean_too_far_are_brought_back_to_what_hands_have() -> None:
    leaning = shear(line(), -40.0, cv2.INTER_LINEAR, 255.0)
    assert slant_angle(leaning < 128) > 30
    assert slant_angle(set_upright(leaning) < 128) < LIMITS.slant_at_home + 8


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 300))
def test_any_picture_comes_back_as_a_picture(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    out = set_upright(noise)
    assert out.dtype == np.uint8 and out.ndim == 2 and out.size > 0


def test_a_few_figures_do_not_tell_their_slope() -> None:
    short, _ = words_line(["tilted"], gap=45)
    climbing = remove_slope(short, -6.0)
    assert np.array_equal(set_upright(climbing), climbing)

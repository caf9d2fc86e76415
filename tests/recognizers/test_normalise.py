import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.normalise import HEIGHT, MAX_WIDTH, MIN_WIDTH, at_one_height, normalise, percentiles


def written(text: str = "Hello", ink: int = 0, paper: int = 255) -> np.ndarray:
    page = np.full((120, 400), paper, np.uint8)
    cv2.putText(page, text, (60, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.6, ink, 3)
    return page


def test_pencil_and_felt_pen_look_alike() -> None:
    dark, faint = normalise(written(ink=0)), normalise(written(ink=170, paper=240))
    assert dark.shape == faint.shape
    assert np.abs(dark.astype(int) - faint.astype(int)).mean() < 6


def test_generous_crops_are_cut_to_the_ink() -> None:
    tight = written()[30:90, 50:250]
    assert abs(normalise(written()).shape[1] - normalise(tight).shape[1]) <= 4


def test_a_short_word_in_a_wide_crop_with_a_faint_pattern_is_cut_to_its_ink() -> None:
    crop = np.full((160, 4000), 255, np.uint8)
    for x in range(0, 4000, 30):
        cv2.line(crop, (x, 160), (x + 40, 0), (225,), 2)
    crop[20:140, 300:700] = np.minimum(crop[20:140, 300:700], written()[:, :400])
    alone = at_one_height(written())
    assert at_one_height(crop).shape[1] == pytest.approx(alone.shape[1], abs=8)


@pytest.mark.parametrize(("squeezed", "stretched"), [(2.0, 1.0), (0.45, 1.35)])
def test_close_writing_is_given_room_and_wide_writing_left(squeezed: float, stretched: float) -> None:
    page = cv2.resize(written("minimum"), None, fx=squeezed, fy=1, interpolation=cv2.INTER_AREA)
    assert normalise(page).shape[1] == pytest.approx(stretched * at_one_height(page).shape[1], abs=1)


def test_paper_without_ink_is_an_empty_strip() -> None:
    assert normalise(np.full((50, 300), 200, np.uint8)).max() == 0


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 90), st.integers(1, 300), st.integers(0, 2**31))
def test_any_image_becomes_one_height(height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    out = normalise(image)
    assert out.dtype == np.uint8 and out.shape[0] == HEIGHT
    assert MIN_WIDTH <= out.shape[1] <= MAX_WIDTH


@given(st.integers(1, 40), st.integers(1, 60), st.floats(0, 100), st.integers(0, 2**32 - 1))
def test_percentiles_are_those_of_numpy(height: int, width: int, share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    grey = rng.normal(rng.uniform(0, 255), 40, (height, width)).clip(0, 255).astype(np.uint8)
    assert percentiles(grey, (share,)) == pytest.approx([np.percentile(grey, share)])

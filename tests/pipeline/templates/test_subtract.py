from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.image.geometry import crop
from inkfield.pipeline.templates.read import pixels
from inkfield.pipeline.templates.subtract import subtract_print
from inkfield.pipeline.templates.template import load_template
from tests.support.claim_forms import CLAIM

DPI = 300.0
BOX = (12.0, 95.0, 90.0, 16.0)  # the policy number with its title above


def printed(box: tuple[float, float, float, float] = BOX) -> np.ndarray:
    blank = load_template(CLAIM)
    return crop(blank.at(DPI / 25.4), pixels(box))


def ink_of(crop: np.ndarray) -> int:
    return int((crop < 160).sum())


def test_a_field_without_writing_becomes_white_paper() -> None:
    blank = printed()
    assert ink_of(blank) > 5000
    assert ink_of(subtract_print(blank, blank, DPI)) == 0


@pytest.mark.parametrize(("dx", "dy"), [(3, 0), (0, -4), (-3, 3)])
def test_a_blank_that_lies_a_quarter_millimetre_aside_goes_too(dx: int, dy: int) -> None:
    blank = printed()
    moved = cv2.warpAffine(
        cv2.GaussianBlur(blank, (0, 0), 0.8),
        np.array([[1, 0, dx], [0, 1, dy]], np.float32),
        (blank.shape[1], blank.shape[0]),
        borderValue=(255,),
    )
    assert ink_of(subtract_print(moved, blank, DPI)) < 40


def test_strokes_across_the_boxes_stay_whole() -> None:
    blank = printed()
    stroke = np.full_like(blank, 255)
    cv2.line(stroke, (20, 170), (1000, 60), (60,), 6, cv2.LINE_AA)  # through nine upright separators
    cv2.line(stroke, (520, 40), (490, 185), (60,), 6, cv2.LINE_AA)  # over the upper and the lower edge
    left = subtract_print(np.minimum(blank, stroke), blank, DPI)
    pieces = cv2.connectedComponents((left < 160).astype(np.uint8))[0] - 1
    assert pieces <= 2
    assert ink_of(left) > 0.9 * ink_of(stroke)


def test_writing_between_the_lines_is_untouched() -> None:
    blank = printed()
    written = blank.copy()
    cv2.putText(written, "7", (45, 150), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (40,), 5, cv2.LINE_AA)
    left = subtract_print(written, blank, DPI)
    alone = np.full_like(blank, 255)
    cv2.putText(alone, "7", (45, 150), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (40,), 5, cv2.LINE_AA)
    assert ink_of(left) == ink_of(alone)


def test_grey_paper_stays_grey() -> None:
    blank = printed()
    left = subtract_print((blank * 0.8).astype(np.uint8), blank, DPI)
    assert abs(float(left.mean()) - 204) < 4
    assert left.min() > 180


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="one shape"):
        subtract_print(np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint8), DPI)
    empty = np.empty((0, 5), np.uint8)
    assert subtract_print(empty, empty, DPI).shape == (0, 5)


@given(seed=st.integers(0, 10_000), height=st.integers(1, 60), width=st.integers(1, 60))
@settings(max_examples=50, deadline=None)
def test_ink_never_appears_where_there_was_none(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    crop = rng.integers(0, 256, (height, width), dtype=np.uint8)
    blank = np.where(rng.random((height, width)) < 0.2, 0, 255).astype(np.uint8)
    left = subtract_print(crop, blank, DPI)
    assert left.shape == crop.shape
    assert left.dtype == np.uint8
    assert int(left.min()) >= int(crop.min())

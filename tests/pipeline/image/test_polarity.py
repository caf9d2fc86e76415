from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.image.polarity import dark_on_light, is_inverted
from tests.support.claim_forms import filled
from tests.support.paper import noisy, text_page


def test_white_on_black_is_turned() -> None:
    page = noisy(text_page())
    assert not is_inverted(page)
    assert is_inverted(255 - page)
    assert np.array_equal(dark_on_light(255 - page), page)
    colour = np.dstack([255 - page] * 3)
    assert dark_on_light(colour).mean() > 180


def test_wide_black_border_is_no_inversion() -> None:
    page = np.zeros((2400, 1800), np.uint8)
    inner = text_page()[:1000, :1000]
    page[700:1700, 400:1400] = inner
    assert not is_inverted(page)


def test_empty_and_flat() -> None:
    assert not is_inverted(np.zeros((0, 0), np.uint8))
    assert not is_inverted(np.zeros((300, 300), np.uint8))
    assert not is_inverted(np.full((300, 300), 255, np.uint8))


@pytest.mark.parametrize("two_levels", [False, True])
def test_negative_of_a_form_is_turned_and_the_form_is_not(two_levels: bool) -> None:
    page = filled(150)
    if two_levels:
        page = np.where(page > 150, 255, 0).astype(np.uint8)
    assert not is_inverted(page)
    assert is_inverted(255 - page)


def test_sheet_on_a_black_bed_is_no_negative() -> None:
    bed = np.full((2300, 1700), 20, np.uint8)
    bed[300:900, 200:1000] = text_page(10)[100:700, 100:900]
    assert not is_inverted(bed)


def test_negative_strip_is_turned() -> None:
    strip = np.full((120, 700), 250, np.uint8)
    cv2.putText(strip, "Claim 9105", (40, 85), cv2.FONT_HERSHEY_DUPLEX, 2.4, (20,), 5)
    assert not is_inverted(strip)
    assert is_inverted(255 - strip)

from __future__ import annotations

import numpy as np
from paper import noisy, text_page

from pipeline.polarity import dark_on_light, is_inverted


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

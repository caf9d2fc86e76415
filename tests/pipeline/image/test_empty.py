from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.image.empty import is_empty
from tests.support.paper import noisy, shaded, text_page


def empty(tone: int = 240) -> np.ndarray:
    return np.full((1754, 1240), tone, np.uint8)


def speckled() -> np.ndarray:
    page = noisy(empty(), 5)
    rng = np.random.default_rng(1)
    for x, y in zip(rng.integers(0, 1240, 200), rng.integers(0, 1754, 200), strict=True):
        page[y : y + 2, x : x + 2] = 30
    return page


def punched() -> np.ndarray:
    page = empty()
    for y in (600, 1100):
        cv2.circle(page, (70, y), 18, (10.0,), -1)
    return page


def shadowed() -> np.ndarray:
    page = empty()
    page[:, :12] = 20
    page[-9:] = 40
    return page


def show_through() -> np.ndarray:
    back = cv2.GaussianBlur(cv2.flip(text_page(), 1), (0, 0), 2)
    return (240 - (245 - back.astype(np.int32)) * 0.2).astype(np.uint8)


@pytest.mark.parametrize(
    "page", [empty(), noisy(empty(), 8), shaded(empty()), speckled(), punched(), shadowed()]
)
def test_empty_sheets_are_blank(page: np.ndarray) -> None:
    assert is_empty(page, 150)


def test_show_through_is_blank() -> None:
    assert is_empty(show_through(), 150)


def test_one_word_is_not_blank() -> None:
    page = noisy(shaded(empty()), 5)
    cv2.putText(page, "void", (600, 900), cv2.FONT_HERSHEY_SIMPLEX, 1, (50.0,), 2)
    assert not is_empty(page, 150)
    assert not is_empty(text_page(), 150)


def test_no_image_is_blank() -> None:
    assert is_empty(np.zeros((0, 0), np.uint8), 300)

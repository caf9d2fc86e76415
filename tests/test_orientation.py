from __future__ import annotations

import numpy as np
import pytest
from paper import noisy, text_page

from pipeline.deskew import deskew
from pipeline.orientation import rotate_upright, upright_angle


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [0.0, 3.0])
def test_page_is_found_upright_again(angle: int, skew: float) -> None:
    page = noisy(deskew(text_page(), skew))
    turned = rotate_upright(page, angle)
    assert upright_angle(turned) == (360 - angle) % 360


@pytest.mark.parametrize(
    "image", [np.full((600, 400), 255, np.uint8), np.zeros((5, 5), np.uint8), np.zeros((0, 0), np.uint8)]
)
def test_undecided_is_left_as_it_is(image: np.ndarray) -> None:
    assert upright_angle(image) == 0


def test_figures_alone_are_not_turned() -> None:
    page = np.full((900, 700), 250, np.uint8)
    page[100:110, 100:104] = 0
    assert upright_angle(page) == 0


def test_rotation_is_clockwise_and_checked() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert rotate_upright(image, 90)[0, 1] == image[0, 0]
    with pytest.raises(ValueError):
        rotate_upright(image, 45)

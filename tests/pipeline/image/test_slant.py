from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.image.slant import remove_slant, shear, slant_angle


def writing() -> np.ndarray:
    grey = np.full((120, 700), 245, np.uint8)
    cv2.putText(grey, "Hillfield Thirty", (30, 85), cv2.FONT_HERSHEY_SIMPLEX, 2, (30.0,), 4)
    return grey


@pytest.mark.parametrize("angle", [-25, 15, 30, 40])
def test_slant_is_found_and_removed(angle: int) -> None:
    leaning = shear(writing(), -angle, cv2.INTER_LINEAR, 245)
    found = slant_angle(leaning < 128)
    assert found == pytest.approx(angle, abs=5)
    assert abs(slant_angle(remove_slant(leaning, found) < 128)) <= 5


def test_upright_and_empty_are_left() -> None:
    assert abs(slant_angle(writing() < 128)) <= 3
    assert slant_angle(np.zeros((40, 40), bool)) == 0.0
    image = writing()
    assert remove_slant(image, 0.0) is image


def test_positive_leans_right() -> None:
    ink = np.zeros((100, 300), np.uint8)
    for x in (40, 120, 200):
        cv2.line(ink, (x, 95), (x + 50, 5), (1.0,), 4)
    assert 22 < slant_angle(ink > 0) < 36

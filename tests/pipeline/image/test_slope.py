from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.image.slope import remove_slope, slope_angle


def writing(angle: float) -> np.ndarray:
    grey = np.full((400, 1200), 245, np.uint8)
    cv2.putText(grey, "seventy pages of young days", (60, 210), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (30.0,), 4)
    matrix = cv2.getRotationMatrix2D((600, 200), -angle, 1)
    return cv2.warpAffine(grey, matrix, (1200, 400), borderValue=(245,))


@pytest.mark.parametrize("angle", [-6.0, -2.0, 0.0, 3.0, 7.0])
def test_slope_is_found_and_levelled(angle: float) -> None:
    image = writing(angle)
    found = slope_angle(image < 128)
    assert found == pytest.approx(angle, abs=1.0)
    level = remove_slope(image, found)
    assert abs(slope_angle(level < 128)) < 1.0
    assert (level < 128).sum() > 0.97 * (image < 128).sum()  # nothing is cut off


def test_too_little_to_tell() -> None:
    assert slope_angle(np.zeros((40, 200), bool)) == 0.0
    ink = np.zeros((60, 60), bool)
    ink[10:50, 20:30] = True
    assert slope_angle(ink) == 0.0

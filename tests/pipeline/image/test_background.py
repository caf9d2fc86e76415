from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.image.background import suppress_background
from tests.support.paper import shaded


def cheque(tint: tuple[int, int, int], pen: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A tinted, patterned picture with writing, and the mask of the writing."""
    height, width = 400, 900
    y, x = np.mgrid[:height, :width]
    wave = 0.5 + 0.5 * np.sin(x / 7 + 3 * np.sin(y / 23))
    image = (np.array(tint) + (255 - np.array(tint)) * wave[..., None] * 0.6).astype(np.uint8)
    mask = np.zeros((height, width), np.uint8)
    cv2.putText(mask, "Two lakh only", (60, 220), cv2.FONT_HERSHEY_SIMPLEX, 2.5, (1.0,), 5)
    image[mask > 0] = pen
    return image, mask > 0


@pytest.mark.parametrize("tint", [(190, 225, 190), (200, 190, 235), (170, 220, 235)])
@pytest.mark.parametrize("pen", [(150, 60, 40), (40, 40, 40)])
def test_pattern_goes_and_ink_stays(tint: tuple[int, int, int], pen: tuple[int, int, int]) -> None:
    image, mask = cheque(tint, pen)
    grey = suppress_background(image)
    assert grey.dtype == np.uint8 and grey.shape == mask.shape
    away = ~(cv2.dilate(mask.astype(np.uint8), np.ones((9, 9))) > 0)
    assert np.percentile(grey[away], 5) > 215
    assert grey[mask].mean() < 70


def test_shading_goes() -> None:
    image, mask = cheque((230, 230, 230), (40, 40, 40))
    grey = suppress_background(shaded(image[..., 0], 0.45))
    assert np.percentile(grey[~mask], 10) > 215
    assert grey[mask].mean() < 90


def test_empty_and_flat() -> None:
    assert suppress_background(np.zeros((0, 0, 3), np.uint8)).shape == (0, 0)
    assert suppress_background(np.full((40, 60, 3), 200, np.uint8)).min() > 245

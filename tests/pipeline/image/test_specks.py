from __future__ import annotations

import cv2
import numpy as np

from inkfield.pipeline.image.specks import remove_specks


def test_dust_goes_and_dots_stay() -> None:
    ink = np.zeros((600, 900), np.uint8)
    cv2.putText(ink, "i", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 3, (1.0,), 5)
    writing = ink.astype(bool)
    dusty = writing.copy()
    rng = np.random.default_rng(0)
    dust = [
        (int(y), int(x)) for y, x in zip(rng.integers(0, 600, 80), rng.integers(300, 900, 80), strict=True)
    ]
    for y, x in dust:
        dusty[y, x] = True
    clean = remove_specks(dusty, 300)
    assert np.array_equal(clean[:, :280], writing[:, :280])  # the dot of the i is still there
    assert not clean[:, 300:].any()


def test_lone_small_dot_goes_near_dot_stays() -> None:
    ink = np.zeros((600, 900), bool)
    ink[280:320, 100:200] = True
    ink[315:319, 210:214] = True  # a full stop after a word
    ink[100:104, 700:704] = True  # dirt
    clean = remove_specks(ink, 300)
    assert clean[316, 211] and not clean[101, 701]


def test_empty() -> None:
    assert not remove_specks(np.zeros((10, 10), bool), 300).any()
    assert remove_specks(np.zeros((0, 0), bool), 300).shape == (0, 0)

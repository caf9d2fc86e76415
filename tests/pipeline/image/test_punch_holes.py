from __future__ import annotations

import cv2
import numpy as np

from inkfield.pipeline.image.punch_holes import fill_punch_holes
from tests.support.paper import text_page


def test_holes_are_filled_and_writing_stays() -> None:
    page = text_page()
    holed = page.copy()
    for y in (640, 1113):
        cv2.circle(holed, (65, y), 18, (15.0,), -1)
    filled = fill_punch_holes(holed, 150)
    assert filled[640, 65] > 230 and filled[1113, 65] > 230
    assert filled[600:680, 30:100].min() > 200
    assert np.array_equal(filled[:, 110:], page[:, 110:])


def test_round_things_elsewhere_are_no_holes() -> None:
    page = text_page(lines=0)
    cv2.circle(page, (620, 877), 18, (15.0,), -1)  # in the middle of the sheet
    cv2.rectangle(page, (40, 600), (80, 640), (15.0,), -1)  # square
    cv2.circle(page, (60, 300), 5, (15.0,), -1)  # a dot
    assert fill_punch_holes(page, 150) is page


def test_tiny_image() -> None:
    image = np.zeros((4, 4), np.uint8)
    assert fill_punch_holes(image, 300) is image

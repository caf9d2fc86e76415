from __future__ import annotations

import cv2
import numpy as np

from inkfield.pipeline.image.deskew import deskew
from inkfield.pipeline.image.quality import measure_quality
from tests.support.paper import noisy, text_page


def test_figures_follow_what_a_person_sees() -> None:
    page = text_page()
    good = measure_quality(page, 150)
    assert abs(good["width_mm"] - 210) < 1 and abs(good["height_mm"] - 297) < 1
    assert good["contrast"] > 0.6 and 235 < good["brightness"] < 250
    assert 0.005 < good["ink_share"] < 0.2
    blurred = measure_quality(cv2.GaussianBlur(page, (0, 0), 5), 150)
    assert blurred["focus"] < 0.5 * good["focus"]
    assert abs(measure_quality(noisy(page, 8), 150)["noise"] - 8) < 2.5
    assert good["noise"] < 1
    assert abs(measure_quality(deskew(page, -2), 150)["skew_degrees"] - 2) < 0.15
    pale = measure_quality((200 + page / 255 * 55).astype(np.uint8), 150)
    assert pale["contrast"] < 0.3


def test_any_page_gives_all_figures() -> None:
    keys = set(measure_quality(text_page(), 150))
    for page in (np.zeros((0, 0), np.uint8), np.full((40, 40), 255, np.uint8), np.zeros((2, 3), np.uint8)):
        figures = measure_quality(page, 300)
        assert set(figures) == keys
        assert all(np.isfinite(value) for value in figures.values())

"""The crops of name and words hold what was written, not what a bank printed there: on banks drawn at random."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.house import house
from inkfield.lab.documents.house_page import render_house_cheque
from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.crops import crop_box, field_crops
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.image.background import pen_grey
from inkfield.pipeline.image.geometry import crop
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS

BANKS = (901, 903, 905)
LINES = ("payee", "legal_amount_1", "legal_amount_2")


@cache
def _read(seed: int) -> tuple[Cheque, np.ndarray]:
    """A cheque of the bank as it is found, and where its pen went on it (bool)."""
    drawn = render_house_cheque(house(seed), np.random.default_rng(seed), UNSEEN_HANDS[:1], with_blank=True)
    (cheque,) = find_cheques(drawn.image)
    size = cheque.image.shape[1], cheque.image.shape[0]
    to_level = np.linalg.inv(cheque.to_scan)
    blank, full = (
        pen_grey(cv2.warpPerspective(p, to_level, size)).astype(int) for p in (drawn.blank, drawn.image)
    )
    return cheque, blank - full > 30


def _printed(cheque: Cheque, pen: np.ndarray, crops: dict[str, np.ndarray]) -> int:
    """Pixels of ink in the crops of the lines that no pen came near to."""
    near = cv2.dilate(pen.astype(np.uint8), np.ones((9, 9), np.uint8))
    return sum(
        int(((crops[name] < 150) & (crop(near, crop_box(cheque.layout, name)) == 0)).sum()) for name in LINES
    )


def test_captions_are_not_in_the_crops() -> None:
    read = [_read(seed) for seed in BANKS]
    left = sum(_printed(cheque, pen, cheque.crops) for cheque, pen in read)
    there = sum(_printed(cheque, pen, field_crops(cheque.cleaned, cheque.layout)) for cheque, pen in read)
    assert there > 5000
    assert left < 0.15 * there


@pytest.mark.parametrize("seed", BANKS)
def test_writing_stays(seed: int) -> None:
    cheque, pen = _read(seed)
    for name in LINES:
        ink, box = cheque.crops[name] < 150, crop_box(cheque.layout, name)
        x, y, width, height = cheque.layout.regions[name].box
        core = cv2.erode(pen.astype(np.uint8), np.ones((3, 3), np.uint8))
        core[cheque.cleaned > 120] = 0  # what the search for rules took with it is another matter
        inside = np.zeros_like(core)
        inside[y + height // 4 : y + 3 * height // 4, x : x + width] = 1
        written = crop(core * inside, box).astype(bool)
        if written.sum() > 300:
            assert (ink & written).sum() > 0.97 * written.sum(), name

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import random_writer, tick_box
from inkfield.pipeline.fields.checkbox import read_checkbox

SIDE = round(6 * PX)
PEN = round(0.4 * PX)


def empty(noise: float = 0.0) -> np.ndarray:
    """The inside of a 6 mm box at 300 dpi, its print taken out."""
    grain = np.random.default_rng(1).normal(0, noise, (SIDE, SIDE)) if noise else 0
    return np.clip(np.full((SIDE, SIDE), 250.0) + grain, 0, 255).astype(np.uint8)


def stroke(box: np.ndarray, *points: tuple[float, float]) -> np.ndarray:
    """The box with a pen stroke through points given as shares of its side."""
    path = np.array([[x * SIDE, y * SIDE] for x, y in points]).round().astype(np.int32)
    cv2.polylines(box, [path], False, (40,), PEN, cv2.LINE_AA)
    return box


@pytest.mark.parametrize("box", [empty(), empty(8.0)], ids=["clean", "noisy"])
def test_an_empty_box(box: np.ndarray) -> None:
    ticked, probability = read_checkbox(box)
    assert not ticked
    assert probability > 0.95


def test_a_speck_and_a_rest_of_the_frame_are_no_mark() -> None:
    box = empty()
    cv2.circle(box, (30, 30), 2, (40,), -1)
    box[:2] = 90
    ticked, probability = read_checkbox(box)
    assert not ticked
    assert probability > 0.9


@pytest.mark.parametrize(
    "box",
    [
        stroke(stroke(empty(), (0.1, 0.1), (0.9, 0.9)), (0.9, 0.1), (0.1, 0.9)),
        stroke(empty(), (0.2, 0.55), (0.4, 0.85), (0.95, 0.05)),
        stroke(empty(), (0.5, 0.6), (0.62, 0.85), (1.2, -0.3)),
        np.full((SIDE, SIDE), 60, np.uint8),
        stroke(empty(), *[(i / 12, 0.15 if i % 2 else 0.85) for i in range(1, 12)]),
    ],
    ids=["cross", "tick", "tick far to the right", "filled", "scribbled over"],
)
def test_marks(box: np.ndarray) -> None:
    ticked, probability = read_checkbox(box)
    assert ticked
    assert probability > 0.8


@pytest.mark.parametrize("seed", range(25))
def test_marks_of_rendered_hands(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = Sheet(12, 12).pixels()
    tick_box(page, (3, 3, 6, 6), rng, random_writer(rng))
    crop = page[round(3 * PX) : round(9 * PX), round(3 * PX) : round(9 * PX)].mean(2).astype(np.uint8)
    ticked, probability = read_checkbox(crop)
    assert ticked
    assert probability > 0.9


def test_no_crop_is_no_certainty() -> None:
    assert read_checkbox(np.empty((0, 0), np.uint8))[1] <= 0.5

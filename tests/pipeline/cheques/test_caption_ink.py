"""Captions and entries in two inks are told apart by colour or darkness; in one ink the colour says nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.cheques.caption_ink import entry_ink_nats, ink_colours

SCALE = 8.0
WORDS_MM = {"caption": 5.0, "doubtful": 20.0, "entry": 60.0, "more": 90.0}


def _nats(
    caption: tuple[int, int, int], doubtful: tuple[int, int, int], entry: tuple[int, int, int]
) -> np.ndarray:
    """What the ink says of the strokes of a line: one of each word, drawn in these colours (BGR) on paper."""
    picture = np.full((120, 1600, 3), (225, 235, 240), np.uint8)
    colours = {"caption": caption, "doubtful": doubtful, "entry": entry, "more": entry}
    for word, x in WORDS_MM.items():
        cv2.rectangle(picture, (round(x * SCALE), 40), (round(x * SCALE) + 30, 46), colours[word], -1)
    cleaned = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    _, names, stats, _ = cv2.connectedComponentsWithStats((cleaned < 200).astype(np.uint8))
    found = ink_colours(picture, cleaned, names, len(stats))
    left, width = stats[:, 0] / SCALE, stats[:, 2] / SCALE
    on_line = np.arange(len(stats)) > 0
    nats = entry_ink_nats(found, left, width, on_line)
    return nats[np.argsort(left)][1:]  # the paper begins at 0


BLACK, BLUE, GREY = (30, 30, 30), (150, 60, 30), (150, 150, 150)


@pytest.mark.parametrize(("print_", "pen"), [(BLACK, BLUE), (BLUE, BLACK), (GREY, BLACK)])
def test_a_stroke_takes_after_the_caption_or_the_entry(
    print_: tuple[int, int, int], pen: tuple[int, int, int]
) -> None:
    assert _nats(print_, print_, pen)[1] < -2
    assert _nats(print_, pen, pen)[1] > 2


def test_one_ink_says_nothing() -> None:
    assert not _nats(BLACK, BLACK, BLACK).any()

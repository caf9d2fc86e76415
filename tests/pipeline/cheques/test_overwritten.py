"""Figures of an amount that are written over others: told, whatever the ink; and those that are not, left alone."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np

from inkfield.lab.documents.hostile import HOSTILE
from inkfield.pipeline.cheques.alteration.overwritten import overwritten
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.recognizers.recognizer import FIGURES, load_recognizer
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.recognizers.synthesis.pen import render_ink

_AMOUNTS = ("4,250/-", "73,00,000/-", "918.64", "60,500", "2,386.70", "15,40,900/-")


def _line(mask: np.ndarray) -> np.ndarray:
    return 255 - cv2.GaussianBlur(np.pad(mask, 10), (0, 0), 0.8)


def test_a_figure_over_another_is_told_and_others_are_not() -> None:
    rng = np.random.default_rng(4)
    model = load_recognizer(str(FIGURES))
    told = {True: 0, False: 0}
    for font in UNSEEN_HANDS:
        for text in _AMOUNTS:
            mask = render_ink(text, rng, font, 25).mask.copy()
            look = model.read([_line(mask)])[0]
            told[False] += overwritten(_line(mask), look, text)
            figure = next(span for span in look.spans(text).characters[1:] if span.text.isdigit())
            other = render_ink("8" if figure.text != "8" else "5", rng, font, 25).mask
            left = max(0, round((figure.left + figure.right - other.shape[1]) / 2) - 10)
            place = mask[: other.shape[0], left : left + other.shape[1]]
            np.maximum(place, other[: place.shape[0], : place.shape[1]], out=place)
            told[True] += overwritten(_line(mask), model.read([_line(mask)])[0], text)
    assert told[False] <= 1
    assert told[True] >= 9  # of 18: over some figures an 8 hides much


def test_a_text_that_the_ink_cannot_hold_is_no_overwriting() -> None:
    line = np.full((40, 60), 255, np.uint8)
    cv2.line(line, (30, 5), (30, 35), (0,), 3)
    look = load_recognizer(str(FIGURES)).read([line])[0]
    assert not overwritten(line, look, "1" * 200)
    assert not overwritten(line, look, "/-")


def test_a_first_figure_written_over_in_nearly_the_same_ink_is_not_posted() -> None:
    """Was posted: 83,00,000 with a 5 over the 8, by a pen of nearly the same colour."""
    scan = HOSTILE["altered"](np.random.default_rng([4905, 602, 0]))
    (reading,) = PageReader(None, "default").read(Page("c", 1, scan, 300), date(2026, 6, 30))
    fields = {field.name: field for field in reading.fields}
    assert fields["decision"].text != "post"
    assert "overwritten" in [reason.code.value for reason in fields["amount"].reasons]

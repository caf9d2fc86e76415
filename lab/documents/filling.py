"""Somebody who fills in a form: by hand with a pen, or with a typewriter, as offices do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from inkfield.lab.documents.sheet import PX, Sheet, text_width
from inkfield.lab.documents.writer import Writer, sign, tick_box, write
from inkfield.schemas.forms.model import Field, Form

MmBox = Sequence[float]
FACES = ("courier-prime", "roboto", "tinos")
_EM_MM = 3.7
"""Size of type: 10.5 points; Courier's of 10 characters an inch has 12."""


def ticked_then_others(
    filling: Filling, form: Form, values: Mapping[str, Any]
) -> Iterator[tuple[Field, Any]]:
    """Ticks the options that ``values`` name; gives each other field that has a value, with it, in the form's order."""
    for field in form.fields:
        value = values[field.name]
        if value in (None, False):
            continue
        if field.kind == "choice":
            filling.tick(next(option.box for option in field.options if option.value == value))
        else:
            yield field, value


class Filling:
    """Fills a page (float32 BGR at 300 dpi, in place) by one ``writer``, or with a typeface where ``face`` is one.

    Signatures are written by hand in either case.
    """

    def __init__(self, page: np.ndarray, rng: np.random.Generator, writer: Writer, face: str | None = None):
        self.page, self.rng, self.writer, self.face = page, rng, writer, face
        self.offset = (float(rng.normal(0, 0.4)), float(rng.normal(0, 0.25)))
        """By which a printer is set off, in mm: the same for the whole page."""

    def line(self, text: str, box: MmBox, most_x_height: float = 2.3) -> None:
        """One line of text into a box, from its left."""
        x, y, width, height = box
        if self.face:
            self._type(text, x + 1.0, y + 0.78 * height, width - 1.2)
            return
        start = x + min(float(self.rng.uniform(0.8, 3.0)), 0.12 * width)
        baseline = y + height * float(self.rng.uniform(0.7, 0.8))
        high = min(most_x_height, float(self.rng.uniform(0.33, 0.4)) * height)
        write(self.page, text, start, baseline, self.rng, self.writer, high, x + width - 0.6 - start)

    def lines(self, texts: Sequence[str], box: MmBox, count: int) -> None:
        """Several lines into a box that has room for ``count``."""
        x, y, width, height = box
        for i, text in enumerate(texts):
            self.line(text, (x, y + i * height / count, width, height / count))

    def parts(self, texts: Sequence[str], box: MmBox, lines: Sequence[float]) -> None:
        """Texts between the printed lines of a box, each more or less in the middle of its part."""
        x, y, width, height = box
        for text, (left, right) in zip(texts, pairwise((0.0, *lines, width)), strict=True):
            room = right - left
            if self.face:
                free = max(0.4, (room - text_width(text, self._em(), self.face)) / 2)
                self._type(text, x + left + free, y + 0.8 * height, room - 0.6)
                continue
            wide = min(room - 1.2, 2.2 * len(text) * height / 5)
            start = x + left + (room - wide) / 2 + float(self.rng.normal(0, 0.03)) * room
            baseline = y + height * float(self.rng.uniform(0.74, 0.82))
            write(self.page, text, start, baseline, self.rng, self.writer, 0.38 * height, wide)

    def tick(self, box: MmBox) -> None:
        """A mark in a box: typed it is an X."""
        x, y, width, height = box
        if self.face:
            self._type("X", x + width / 2 - 1.2, y + height / 2 + 1.2, 4)
            return
        tick_box(self.page, (x, y, width, height), self.rng, self.writer)

    def signature(self, box: MmBox) -> None:
        """A signature by hand somewhere on the line of its box."""
        x, y, width, height = box
        wide = min(float(self.rng.uniform(28, 48)), 0.85 * width)
        start = x + float(self.rng.uniform(0.02, 0.9)) * (width - wide)
        sign(self.page, start, y + height * float(self.rng.uniform(0.65, 0.8)), wide, self.rng, self.writer)

    def _em(self) -> float:
        return _EM_MM * (1.14 if self.face == "courier-prime" else 1.0)

    def _type(self, text: str, x: float, baseline: float, widest: float) -> None:
        assert self.face is not None
        size = min(self._em(), self._em() * widest / max(0.1, text_width(text, self._em(), self.face)))
        paper = Sheet(widest + 4, 8)
        paper.text(1, 6, text, size, (35, 35, 40), face=self.face)
        part = paper.pixels()
        left, top = round((x - 1 + self.offset[0]) * PX), round((baseline - 6 + self.offset[1]) * PX)
        place = self.page[top : top + part.shape[0], left : left + part.shape[1]]
        np.minimum(place, part[: place.shape[0], : place.shape[1]], out=place)


def printed(grey: np.ndarray, colour: tuple[int, int, int] | None) -> np.ndarray:
    """A blank as float32 BGR; its print in ``colour`` (BGR), or grey as it is."""
    if colour is None:
        return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR).astype(np.float32)
    darkest = float(grey.min())
    share = ((255.0 - grey.astype(np.float32)) / max(1.0, 255.0 - darkest))[..., None]
    mixed: np.ndarray = 255.0 * (1 - share) + np.array(colour, np.float32) * share
    return mixed

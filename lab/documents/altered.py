"""Amounts as somebody alters them: with another pen, by writing over a figure, or after rubbing one out.

What is rendered is the part of a cheque that holds words and figures, so that many can be had at little cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.cheque_page import BANKS
from inkfield.lab.documents.pattern import background
from inkfield.lab.documents.scan import jpeg, scan
from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import Writer, random_writer, write

Alteration = Literal["none", "pen", "overwritten", "erased"]
WORDS_MM, FIGURES_MM = (2.0, 2.0, 122.0, 11.0), (60.0, 15.0, 60.0, 10.0)
"""Boxes (x, y, width, height) of the two fields."""
_LEAST_APART = 60.0
"""By so much (sum over the channels, 0 to 255) two pens differ that an eye tells apart."""


@dataclass(frozen=True)
class AmountStrip:
    """``image`` is uint8 BGR at 300 dpi; ``words`` and ``figures`` are boxes in its pixels."""

    image: np.ndarray
    words: tuple[int, int, int, int]
    figures: tuple[int, int, int, int]


def render_amounts(rng: np.random.Generator, alteration: Alteration = "none") -> AmountStrip:
    """An amount in words and figures on security paper, scanned and packed as JPEG, altered as asked for.

    Another pen wrote the first word and the first figure. The same ``rng`` state gives the same picture.
    """
    bank = BANKS[int(rng.integers(len(BANKS)))]
    sheet = Sheet(126, 27)
    page = sheet.pixels()
    page[:] = background(bank.pattern, bank.tint, *page.shape[:2])[..., ::-1]
    if rng.random() < 0.5:
        x, y, width, height = (round(v * PX) for v in FIGURES_MM)
        page[y : y + height, x : x + width] = 255
    writer = random_writer(rng)
    other = _other_pen(rng, writer) if alteration == "pen" else writer
    value = people.rupees(rng)
    _write_words(page, people.in_words(value).split()[:6], rng, writer, other)
    _write_figures(page, people.in_figures(value) + "/-", rng, writer, other, alteration)
    seen = cv2.imdecode(
        np.frombuffer(jpeg(scan(page, rng, 0.0), int(rng.integers(75, 93))), np.uint8), cv2.IMREAD_COLOR
    )
    return AmountStrip(np.asarray(seen), _pixels(WORDS_MM), _pixels(FIGURES_MM))


def _pixels(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    x, y, width, height = (round(v * PX) for v in box)
    return x, y, width, height


def _other_pen(rng: np.random.Generator, writer: Writer) -> Writer:
    """The same hand with a pen of another colour."""
    while True:
        other = random_writer(rng)
        if np.abs(np.subtract(other.colour, writer.colour)).sum() >= _LEAST_APART:
            return replace(writer, colour=other.colour, strength=other.strength)


def _pressed(writer: Writer, rng: np.random.Generator) -> Writer:
    """The writer as he presses the pen now: more or less dye on the paper, and so another shade of its colour."""
    depth = float(np.exp(rng.normal(0, 0.18)))
    paler = [255 * (max(c, 8) / 255) ** depth for c in writer.colour]
    colour = tuple(int(np.clip(c + rng.normal(0, 3), 0, 235)) for c in paler)
    return replace(writer, colour=(colour[0], colour[1], colour[2]))


def _write_words(
    page: np.ndarray, words: list[str], rng: np.random.Generator, writer: Writer, other: Writer
) -> None:
    x, _, width, _ = WORDS_MM
    x += 1
    each = (width - 4) / max(1, sum(len(word) + 1 for word in words))
    for i, word in enumerate(words):
        pen = _pressed(other if i == 0 else writer, rng)
        x += write(page, word, x, 9.0, rng, pen, 2.2, each * len(word) * 1.2) + float(rng.uniform(1.5, 2.5))


def _write_figures(
    page: np.ndarray,
    figures: str,
    rng: np.random.Generator,
    writer: Writer,
    other: Writer,
    alteration: Alteration,
) -> None:
    x = FIGURES_MM[0] + 3
    for i, figure in enumerate(figures):
        wide = write(page, figure, x, 22.5, rng, _pressed(other if i == 0 else writer, rng), 2.3)
        if i == 0 and alteration in ("overwritten", "erased"):
            if alteration == "erased":
                _rub_out(page, x, wide, rng)
            wide = max(wide, write(page, _another(figure, rng), x, 22.5, rng, _pressed(writer, rng), 2.3))
        x += wide + float(rng.uniform(0.5, 0.9))


def _another(figure: str, rng: np.random.Generator) -> str:
    return str((int(figure) + int(rng.integers(1, 10))) % 10)


def _rub_out(page: np.ndarray, x_mm: float, wide_mm: float, rng: np.random.Generator) -> None:
    """Takes the ink, and with it the paper's print and sheen, off a patch; a ghost of the figure stays."""
    left, right = round((x_mm - 0.8) * PX), round((x_mm + wide_mm + 0.8) * PX)
    patch = page[round(16.5 * PX) : round(24 * PX), left:right]
    share = np.zeros(patch.shape[:2], np.float32)
    share[6:-6, 6:-6] = 1
    share = cv2.GaussianBlur(share, (0, 0), 5)[..., None] * float(rng.uniform(0.85, 0.97))
    patch *= 1 - share
    patch += share * float(rng.uniform(236, 252))

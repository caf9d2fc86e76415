"""The pages of a blank form: a picture of ten pixels a millimetre, and the words that are printed on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from inkfield.pipeline.image.deskew import deskew, skew_angle
from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.image.polarity import dark_on_light
from inkfield.pipeline.intake import IntakeLimits, open_pages
from inkfield.pipeline.intake.sniff import sniff
from inkfield.pipeline.proposal.words import PrintedWord, words_of_pdf
from inkfield.pipeline.text.print_reader import read_print

PX_MM = 10.0
"""Pixels a millimetre: 254 dpi."""
_LEAST_SKEW = 0.05
_PAPERS = ((210.0, 297.0), (215.9, 279.4), (215.9, 355.6), (148.0, 210.0))
"""Usual sizes in mm: a scan is a few pixels larger or smaller than its paper."""
_EXACT_MM, _NEAR_MM = 0.5, 4.0
"""The same for a page that a program has drawn, and for a scan."""


@dataclass(frozen=True)
class BlankPage:
    """``grey`` is uint8 at PX_MM, ``paper`` (width, height) in mm, ``layer`` the words that the PDF itself holds."""

    number: int
    grey: np.ndarray
    paper: tuple[float, float]
    layer: list[PrintedWord]

    @property
    def drawn(self) -> bool:
        """Whether a program drew the page, with sharp edges and true tints; else it is a scan."""
        return bool(self.layer)

    @cached_property
    def words(self) -> list[PrintedWord]:
        """What is printed, of a scan read from the picture when it is first asked for: that takes a while."""
        return self.layer or _read_words(self.grey)


def blank_pages(path: Path) -> Iterator[BlankPage]:
    """The pages of a blank, as they lie; a scan is levelled. Raises a DocumentError."""
    is_pdf = sniff(path, IntakeLimits()) == "pdf"
    for page in open_pages(path):
        grey = to_grey(dark_on_light(page.image))
        words = words_of_pdf(path, page.number) if is_pdf else []
        if not words:
            angle = skew_angle(grey)
            grey = deskew(grey, angle) if abs(angle) > _LEAST_SKEW else grey
        width, height = _paper(
            grey.shape[1] / page.dpi * 25.4, grey.shape[0] / page.dpi * 25.4, exact=bool(words)
        )
        size = (round(width * PX_MM), round(height * PX_MM))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        yield BlankPage(page.number, small, (width, height), words)


def _paper(width: float, height: float, exact: bool) -> tuple[float, float]:
    """The size of the sheet in mm: that of the usual paper that it is, where it is one."""
    near = _EXACT_MM if exact else _NEAR_MM
    for short, long in _PAPERS:
        for paper in ((short, long), (long, short)):
            if abs(width - paper[0]) < near and abs(height - paper[1]) < near:
                return paper
    return round(width, 2), round(height, 2)


def _read_words(grey: np.ndarray) -> list[PrintedWord]:
    """The words of a scan, read from the picture."""
    words = []
    for line in read_print(grey, PX_MM * 25.4):
        for word in line.words:
            x, y, width, height = (number / PX_MM for number in word.box)
            if any(map(str.isalnum, word.text)):
                words.append(PrintedWord(word.text, x, y, x + width, y + height))
    return words

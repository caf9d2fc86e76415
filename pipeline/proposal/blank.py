"""The pages of a blank form: a picture of ten pixels a millimetre, and the words that are printed on it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from inkfield.pipeline.image.deskew import deskew, skew_angle
from inkfield.pipeline.image.geometry import quarter_turn, rotation
from inkfield.pipeline.image.orientation import find_letters, rotate_upright, upright_angle
from inkfield.pipeline.image.polarity import dark_on_light
from inkfield.pipeline.image.view import View
from inkfield.pipeline.intake import IntakeLimits, open_pages
from inkfield.pipeline.intake.pdf_bytes import plain_pdf
from inkfield.pipeline.intake.sniff import sniff
from inkfield.pipeline.proposal.pdf_layer import PdfLayer, pdf_layers
from inkfield.pipeline.proposal.words import PrintedWord
from inkfield.pipeline.records import Page
from inkfield.pipeline.text.print_reader import read_print
from inkfield.recognizers.limits import limit
from inkfield.recognizers.recognizer import load_recognizer

PX_MM = 10.0
"""Pixels a millimetre: 254 dpi."""


@dataclass(frozen=True)
class BlankLimits:
    """Which paper a blank is on."""

    least_skew: float = limit(0.05, "degrees", "guess", "Under which a scan is not turned")
    exact_mm: float = limit(
        0.5, "mm", "guess", "By which a page that a program has drawn misses a usual size of paper"
    )
    near_mm: float = limit(4.0, "mm", "guess", "The same of a scan")


LIMITS = BlankLimits()

_PAPERS = ((210.0, 297.0), (215.9, 279.4), (215.9, 355.6), (148.0, 210.0))
"""Usual sizes in mm: a scan is a few pixels larger or smaller than its paper."""


@dataclass(frozen=True)
class BlankPage:
    """``grey`` is uint8 at PX_MM, ``paper`` (width, height) in mm, ``layer`` the words that the PDF itself holds.

    ``drawn``: a program drew the page, with sharp edges and true tints; else it is a scan. ``turn`` is by how many
    degrees clockwise the page of the file was turned to stand upright."""

    number: int
    grey: np.ndarray
    paper: tuple[float, float]
    layer: list[PrintedWord]
    drawn: bool
    turn: int = 0

    @cached_property
    def words(self) -> list[PrintedWord]:
        """What is printed, read from the picture when it is first asked for where the PDF does not say: that takes a
        while."""
        return self.layer or _read_words(self.grey)


def blank_pages(path: Path, as_is: Container[int] = ()) -> Iterator[BlankPage]:
    """The pages of a blank, upright; a scan is levelled, too, but for the pages ``as_is``: their fields are known to
    lie where the file says. Raises a DocumentError."""
    layers: dict[int, PdfLayer] = {}
    if sniff(path, IntakeLimits()) == "pdf":
        with plain_pdf(path) as plain:
            layers = pdf_layers(plain)
    for page in open_pages(path):
        yield _blank(page, layers.get(page.number), page.number in as_is)


def _blank(page: Page, layer: PdfLayer | None, as_is: bool) -> BlankPage:
    drawn = layer is not None and not layer.scanned
    view = View(dark_on_light(page.image), page.dpi)
    turn = layer.turn if layer is not None else None
    if turn is None:
        turn = upright_angle(view.grey, find_letters(view.grey), load_recognizer("default"))
    view = view.moved(rotate_upright(view.image, turn), quarter_turn(view.image.shape, turn))
    angle = 0.0 if drawn or as_is else skew_angle(view.grey)
    if abs(angle) > LIMITS.least_skew:
        view = view.moved(deskew(view.image, angle), rotation(view.image.shape, angle))
    high, wide = view.grey.shape
    paper = _paper(wide / page.dpi * 25.4, high / page.dpi * 25.4, exact=drawn or as_is)
    size = (round(paper[0] * PX_MM), round(paper[1] * PX_MM))
    grey = cv2.resize(view.grey, size, interpolation=cv2.INTER_AREA)
    to_scan = np.diag([page.dpi / 25.4, page.dpi / 25.4, 1.0])
    to_paper = np.diag([paper[0] / wide, paper[1] / high, 1.0])
    matrix = to_paper @ np.linalg.inv(view.to_scan) @ to_scan
    words = [_moved(word, matrix) for word in layer.words] if layer is not None else []
    return BlankPage(page.number, grey, paper, words, drawn, turn)


def _moved(word: PrintedWord, matrix: np.ndarray) -> PrintedWord:
    """The word where ``matrix``, a homography in mm, leads its box; a small turn leaves its height as it is."""
    x, y = (matrix @ [*word.middle, 1.0])[:2]
    across, down = np.abs(matrix[:2, :2]).round() @ [word.right - word.left, word.height] / 2
    return PrintedWord(word.text, float(x - across), float(y - down), float(x + across), float(y + down))


def _paper(width: float, height: float, exact: bool) -> tuple[float, float]:
    """The size of the sheet in mm: that of the usual paper that it is, where it is one."""
    near = LIMITS.exact_mm if exact else LIMITS.near_mm
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

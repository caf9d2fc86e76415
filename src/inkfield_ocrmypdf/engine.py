"""The engine that OCRmyPDF asks: what stands on the picture of a page, and how it lies.

OCRmyPDF opens the file, draws its pages and lays the text under them; it runs pages in threads of one process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from ocrmypdf.hocrtransform import OcrElement
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from PIL import Image

from inkfield.flows.reports.export_text import as_hocr, as_text
from inkfield.flows.reports.searchable_pdf import write_text_alone
from inkfield.flows.reports.whole_text import read_whole_text
from inkfield.flows.workers.limits import intake_limits
from inkfield.pipeline.image.deskew import skew_angle
from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.image.orientation import find_letters, upright_turn
from inkfield.pipeline.image.polarity import dark_on_light
from inkfield.pipeline.intake import open_page
from inkfield.pipeline.text.read_text import DETECT, NO_LANGUAGE
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.readings import DocumentReading, PageReading
from inkfield_ocrmypdf.elements import page_element

if TYPE_CHECKING:
    from ocrmypdf import OcrOptions

log = logging.getLogger(__name__)

MODELS = {"eng": "english", "fra": "french"}
"""Languages by their codes in ISO 639-2, as OCRmyPDF has them, and their models."""
LETTERS_ONLY = frozenset({"deu", "lat", "nld", "und"})
"""Languages without a model whose letters the recogniser knows; und is any other of them."""
USUAL_DPI = 300.0
"""Of a picture that does not say it."""
MOST_SURE = 15.0
"""OCRmyPDF's confidence of an orientation that is very sure; it turns a page from 14 on, here a probability of 0.93."""

_one_at_a_time = threading.Lock()
"""Pages come in several threads of one process: the network takes all cores for one page."""


class InkfieldEngine(OcrEngine):
    """Reads handwriting and print with the weights that inkfield comes with."""

    @staticmethod
    def version() -> str:
        return version("inkfield")

    @staticmethod
    def creator_tag(options: OcrOptions) -> str:
        return f"inkfield {version('inkfield')}"

    def __str__(self) -> str:
        return f"inkfield {version('inkfield')}"

    @staticmethod
    def languages(options: OcrOptions) -> frozenset[str]:
        return LETTERS_ONLY | MODELS.keys()

    @staticmethod
    def get_orientation(input_file: Path, options: OcrOptions) -> OrientationConfidence:
        """Which way the page faces: degrees clockwise that it was turned by, to be turned back."""
        grey = _grey(input_file)
        with _one_at_a_time:
            turn = upright_turn(grey, find_letters(grey), load_recognizer())
        return OrientationConfidence(-turn.angle % 360, MOST_SURE * turn.probability)

    @staticmethod
    def get_deskew(input_file: Path, options: OcrOptions) -> float:
        """Degrees counterclockwise by which to turn a page to make it level."""
        return skew_angle(_grey(input_file))

    @staticmethod
    def supports_generate_ocr() -> bool:
        return True

    @staticmethod
    def generate_ocr(input_file: Path, options: OcrOptions, page_number: int = 0) -> tuple[OcrElement, str]:
        reading = _read(input_file, options)
        return page_element(reading.pages[0], page_number), _text(reading)

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: OcrOptions) -> None:
        reading = _read(input_file, options)
        output_hocr.write_text(as_hocr(reading), encoding="utf-8")
        output_text.write_text(_text(reading), encoding="utf-8")

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: OcrOptions) -> None:
        reading = _read(input_file, options)
        write_text_alone(reading, output_pdf)
        output_text.write_text(_text(reading), encoding="utf-8")


def language_of(asked: Collection[str]) -> str:
    """The language model for the languages that OCRmyPDF was told, "detect" for several, "none" for those without."""
    known = [MODELS[code] for code in asked if code in MODELS]
    if not known:
        return NO_LANGUAGE
    return known[0] if len(asked) == 1 else DETECT


def _read(picture: Path, options: OcrOptions) -> DocumentReading:
    """The page. One that is refused (see docs/failures.md) gets no text, and the log says why: others keep theirs."""
    with _one_at_a_time:
        reading = read_whole_text(picture, language=language_of(options.languages))
    if reading.pages:
        return reading
    log.error("%s: %s", reading.error_code, reading.error_message)
    with Image.open(picture) as opened:
        dpi = float(opened.info.get("dpi", (USUAL_DPI, USUAL_DPI))[0])
        return replace(reading, pages=(PageReading(1, *opened.size, dpi, None, None, "blank"),))


def _text(reading: DocumentReading) -> str:
    return f"{as_text(reading)}\n"


def _grey(picture: Path) -> np.ndarray:
    """The page in grey (uint8), dark on light."""
    return to_grey(dark_on_light(open_page(picture, 1, intake_limits()).image))

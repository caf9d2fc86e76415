"""The whole text of a document, whatever its pages are: for `inkfield read`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from inkfield.flows.reports.each_page import read_each_page
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.empty import is_empty
from inkfield.pipeline.image.polarity import dark_on_light
from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import Page, no_trace
from inkfield.pipeline.settings import nobody
from inkfield.pipeline.text.read_text import DETECT, read_text_page
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine


def read_whole_text(
    path: Path,
    weights: str = "default",
    language: str = DETECT,
    own_words: frozenset[str] = frozenset(),
    on_page: Callable[[int], None] = nobody,
    rivals: bool = False,
) -> DocumentReading:
    """Reads all lines of all pages; no form is looked for. Bad input comes back as a failed reading.

    ``language`` names the n-gram model of the text, or is "detect" or "none"; ``own_words`` are known to it besides;
    ``on_page`` is told the page that is worked on; with ``rivals`` each word has its readings. Raises FileNotFoundError
    for weights or a model that are not there, ValueError for a limit that is no number.
    """
    reader = FieldReader(load_recognizer(weights))
    return read_each_page(path, lambda page: _read_page(page, reader, language, own_words, rivals), on_page)


def _read_page(
    page: Page, reader: FieldReader, language: str, own_words: frozenset[str], rivals: bool
) -> PageReading:
    view = View(dark_on_light(page.image), page.dpi)
    if is_empty(view.grey, page.dpi):
        return _result(page, ())
    return _result(page, read_text_page(view, reader, no_trace, language, own_words, rivals))


def _result(page: Page, lines: tuple[TextLine, ...]) -> PageReading:
    height, width = page.image.shape[:2]
    status: Literal["done", "blank"] = "done" if lines else "blank"
    return PageReading(page.number, width, height, page.dpi, None, None, status, lines=lines)

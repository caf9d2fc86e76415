"""The labelled values of a document as if nobody had described its form: for `inkfield pairs`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inkfield.flows.reports.each_page import read_each_page
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.empty import is_empty
from inkfield.pipeline.image.polarity import dark_on_light
from inkfield.pipeline.image.straighten import STRAIGHTEN
from inkfield.pipeline.image.view import View
from inkfield.pipeline.pairs.filled import with_filled
from inkfield.pipeline.pairs.find_pairs import find_pairs
from inkfield.pipeline.records import Page, no_trace
from inkfield.pipeline.settings import nobody
from inkfield.pipeline.stages import run
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.readings import DocumentReading, LabelledValue, PageReading


def read_pairs(
    path: Path, weights: str = "default", on_page: Callable[[int], None] = nobody
) -> DocumentReading:
    """Finds the labelled values of all pages, whatever form they are. Bad input comes back as a failed reading.

    ``on_page`` is told the page that is worked on. Raises FileNotFoundError for weights that are not there, ValueError
    for a limit that is no number.
    """
    reader = FieldReader(load_recognizer(weights))
    return read_each_page(path, lambda page: _read_page(page, reader), on_page)


def _read_page(page: Page, reader: FieldReader) -> PageReading:
    view = View(dark_on_light(page.image), page.dpi)
    pairs: tuple[LabelledValue, ...] = ()
    if not is_empty(view.grey, page.dpi):
        straight = run(STRAIGHTEN, view, reader.recognizer, no_trace)
        pairs = with_filled(find_pairs(straight, reader, view.image.shape), page.filled)
    height, width = page.image.shape[:2]
    return PageReading(page.number, width, height, page.dpi, None, None, "unknown_form", pairs=pairs)


def pairs_as_json(reading: DocumentReading) -> str:
    """A list of ``{"page", "label", "value", "kind", "box", "confidence", "row"}``; boxes in pixels of the page as
    scanned. The value is a text, or true or false for checkboxes and signatures; ``row`` is null outside of tables."""
    return json.dumps([*_objects(reading)], ensure_ascii=False, indent=1)


def _objects(reading: DocumentReading) -> Iterator[dict[str, Any]]:
    for page in reading.pages:
        for pair in page.pairs:
            yield {
                "page": page.number, "label": pair.label, "value": pair.value, "kind": pair.kind,
                "box": list(pair.box), "confidence": pair.confidence, "row": pair.row,
            }  # fmt: skip


def print_pairs(reading: DocumentReading) -> None:
    """A table for people, page by page."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    for page in reading.pages:
        table = Table("label", "value", "kind", "row", "sure", title=f"page {page.number}")
        for pair in page.pairs:
            row = "" if pair.row is None else str(pair.row)
            table.add_row(
                escape(pair.label),
                escape(_shown(pair.value)),
                pair.kind,
                row,
                f"{100 * pair.confidence:.0f} %",
            )
        Console().print(table)


def _shown(value: str | bool) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"

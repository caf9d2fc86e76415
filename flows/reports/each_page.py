"""Reads the pages of a document one after the other, for a report that keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inkfield.flows.workers.limits import intake_limits
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.records import Page
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.readings import DocumentReading, PageReading


def read_each_page(
    path: Path, read_page: Callable[[Page], PageReading], on_page: Callable[[int], None]
) -> DocumentReading:
    """What ``read_page`` makes of all pages. Bad input comes back as a failed reading, with the pages before it.

    ``on_page`` is told the page that is worked on. Raises ValueError for a limit that is no number.
    """
    pages: list[PageReading] = []
    try:
        on_page(1)
        for page in open_pages(path, intake_limits()):
            on_page(page.number)
            pages.append(read_page(page))
            on_page(page.number + 1)
    except DocumentError as error:
        return DocumentReading(path.name, "", "failed", tuple(pages), error.code, str(error))
    return DocumentReading(path.name, "", "done", tuple(pages))

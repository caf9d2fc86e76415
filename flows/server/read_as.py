"""Has one page read as the form that a person says it is: in a worker process, as everything is read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from inkfield.flows.server.pictures import NotKept, Scan
from inkfield.flows.workers.limits import intake_limits
from inkfield.flows.workers.reader_process import DocumentLost, ReaderBroken, ReaderProcess
from inkfield.flows.workers.storage import StoreMissing, local_copy, to_path
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.readings import PageReading

SECONDS = 300.0
"""Longest time for a page; the model is loaded before."""
_ONE_AT_A_TIME = threading.Lock()


class CannotRead(ValueError):
    """The page could not be read as that form. The message says why."""


@dataclass(frozen=True)
class PageSetup:
    """What the worker process needs: the form, the weights, and where in a file the page is."""

    form: str
    weights: str
    number: int
    sha256: str

    def open(self, on_page: Callable[[int], None]) -> Callable[[Path], object]:
        return self._read

    def _read(self, path: Path) -> object:
        """The readings of the page; a text that says why there are none."""
        from datetime import date

        from inkfield.pipeline.image.picture_hash import picture_hash
        from inkfield.pipeline.intake import content_hash, open_page
        from inkfield.pipeline.page import load_page_reader

        try:
            if content_hash(path) != self.sha256:
                return "Another file lies by now where the scan lay."
            page = open_page(path, self.number, intake_limits())
        except (DocumentError, OSError):
            return "The scan cannot be opened any more."
        reader = load_page_reader(self.form, self.weights)
        found = [
            replace(one, number=at, picture=one.picture or picture_hash(page.image), scan_number=self.number)
            for at, one in enumerate(reader.read(page, date.today()), start=1)
        ]
        return reader.join(found, date.today())


def read_as(scan: Scan, form: str, weights: str) -> PageReading:
    """What stands on a page, as that form, read with these weights. Raises CannotRead where it does not look like it,
    NotKept."""
    setup = PageSetup(form, weights, scan.number, scan.sha256)
    try:
        with _ONE_AT_A_TIME, local_copy(to_path(scan.path)) as file:
            process = ReaderProcess(setup)
            try:
                found = process.ask(file, SECONDS)
            finally:
                process.close()
    except (DocumentLost, ReaderBroken) as lost:
        raise CannotRead(f"The page could not be read: {lost}") from None
    except (DocumentError, StoreMissing, OSError):
        raise NotKept("The scan is no longer kept where it lay.") from None
    if isinstance(found, str):
        raise NotKept(found)
    assert isinstance(found, list)
    mine = [reading for reading in found if reading.form == form]
    if len(mine) != 1:
        said = (
            "does not look like this form" if not mine else "holds several of this form: read the file again"
        )
        raise CannotRead(f"The page {said}.")
    reading = mine[0]
    assert isinstance(reading, PageReading)
    return reading

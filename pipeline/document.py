"""One file from intake to readings: the pages one after the other, and an honest word when it cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from inkfield.pipeline.image.picture_hash import picture_hash
from inkfield.pipeline.intake import content_hash, open_pages
from inkfield.pipeline.page import PageReader, load_page_reader
from inkfield.pipeline.records import Page, Trace, no_trace
from inkfield.pipeline.settings import Settings
from inkfield.recognizers.one_thread import one_thread
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.readings import DocumentReading, DocumentStatus, PageReading


@one_thread()
def read_document(
    path: Path,
    settings: Settings,
    trace: Trace = no_trace,
    sha256: str = "",
    only: range | None = None,
) -> DocumentReading:
    """Reads all pages of one file, or ``only`` those of these numbers, from 1.

    Bad input comes back as a failed reading with a code and a message.

    ``sha256`` is the hash of its content where it is known already: a large file takes a while to hash.
    Only DocumentError is bad input; anything else that is raised is a fault of ours and goes up.
    """
    pages: list[PageReading] = []
    backs = _Backs(pages)
    reader: PageReader | None = None
    try:
        sha256 = sha256 or content_hash(path)
        reader = load_page_reader(settings.form, settings.weights)
        settings.on_page(1 if only is None else only.start)
        for page in open_pages(path, settings.limits, only):
            settings.on_page(page.number)
            # Cheques that were scanned together are a page each: numbers run on.
            readings = reader.read(page, settings.today, trace, settings.labelled_values)
            for reading in readings:
                picture = reading.picture or picture_hash(page.image)
                numbered = replace(reading, number=len(pages) + 1, picture=picture, scan_number=page.number)
                pages.append(numbered)
            backs.see(reader, page, len(readings))
            settings.on_page(page.number + 1)
    except DocumentError as error:
        # The good pages of a damaged file are kept, beside the word that it is damaged.
        kept = pages if reader is None else reader.join(pages, settings.today)
        return DocumentReading(path.name, sha256, "failed", tuple(kept), error.code, str(error))
    finally:
        settings.on_page(0)
    if not pages or reader is None:
        return DocumentReading(path.name, sha256, "failed", (), "no_pages", f"{path.name} has no pages.")
    pages = reader.join(pages, settings.today)
    return DocumentReading(path.name, sha256, _status(pages), tuple(pages))


class _Backs:
    """Finds the backs of cheques scanned on both sides among the ``pages`` of a document, as they are read: the page
    behind a cheque is its back, or the one before it."""

    def __init__(self, pages: list[PageReading]) -> None:
        self.pages = pages
        self.last: Page | None = None
        """The page before, while it is the only reading of its picture and no side of a pair yet."""

    def see(self, reader: PageReader, page: Page, count: int) -> None:
        """The page was read as the last ``count`` of the readings."""
        before, self.last = self.last, page if count == 1 else None
        if before is None or count != 1:
            return
        for front, back in ((-2, -1), (-1, -2)):
            pictures = {-1: page, -2: before}
            pair = reader.pair(self.pages[front], pictures[front], self.pages[back], pictures[back])
            if pair is not None:
                self.pages[front], self.pages[back] = pair
                self.last = None
                return


def _status(pages: list[PageReading]) -> DocumentStatus:
    """Done when every page is: a page that is unknown or doubtful needs a person. Blank ones, the backs of what
    was scanned on both sides, do not, but a document of nothing else does."""
    written = [page for page in pages if page.status != "blank"]
    return "done" if written and all(page.status == "done" for page in written) else "review"

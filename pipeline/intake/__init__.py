"""Intake: a file becomes pages.

What a file is, is decided by its bytes, never by its name. Pages come one at a time, so that memory stays flat over
any number of pages. A PDF page that shows one embedded scan and nothing else gives that image at its own
resolution, with the page's placement and rotation applied; any other PDF page is rendered with poppler.

Limits are checked before anything is decoded. A page that is broken inside a PDF or a TIFF does not cost the
others: the good pages are yielded, and `Truncated`, naming the bad ones, is raised after the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inkfield.pipeline.intake.files import content_hash
from inkfield.pipeline.intake.filled_values import filled_values, on_picture
from inkfield.pipeline.intake.images import count_images, image_pages
from inkfield.pipeline.intake.limits import IntakeLimits
from inkfield.pipeline.intake.pdf import count_pdf, pdf_pages
from inkfield.pipeline.intake.resolution import plausible_dpi
from inkfield.pipeline.intake.sniff import sniff
from inkfield.pipeline.intake.tiff import count_tiff, tiff_pages
from inkfield.pipeline.records import Page
from inkfield.schemas.errors import Truncated

__all__ = ["IntakeLimits", "content_hash", "count_pages", "open_page", "open_pages", "plausible_dpi"]


USUAL = IntakeLimits()
_READERS = {"pdf": pdf_pages, "tiff": tiff_pages}


def count_pages(path: Path, limits: IntakeLimits = USUAL) -> int:
    """How many pages the file has. Decodes none of them. Raises the same errors as `open_pages` does at
    once."""
    path = Path(path)
    kind = sniff(path, limits)
    if kind == "pdf":
        return count_pdf(path, limits)
    if kind == "tiff":
        return count_tiff(path, limits)
    return count_images(path, kind, limits)


def open_page(path: Path, number: int, limits: IntakeLimits = USUAL) -> Page:
    """One page of the file, from 1, as `open_pages` yields it; no other one is decoded. Raises a `DocumentError`."""
    path = Path(path)
    kind = sniff(path, limits)
    for _, image, dpi in _READERS.get(kind, image_pages)(path, kind, limits, range(number, number + 1)):
        if image is not None:
            filled = filled_values(path, number).get(number, ()) if kind == "pdf" else ()
            return Page(path.name, number, image, dpi, on_picture(filled, image.shape))
    raise Truncated(f"{path.name}: page {number} cannot be read; scan it again and send the file anew")


def open_pages(path: Path, limits: IntakeLimits = USUAL, only: range | None = None) -> Iterator[Page]:
    """Yields the pages of a file in order, or ``only`` those of these numbers, from 1; each is decoded when asked for,
    nothing of earlier pages is kept.

    ``Page.image`` is uint8, grey (height, width) or BGR (height, width, 3). Raises a `DocumentError`:
    before the first page when the file is refused, after the last one (`Truncated`) when some pages could
    not be read.
    """
    path = Path(path)
    kind = sniff(path, limits)
    reader = _READERS.get(kind, image_pages)
    filled = filled_values(path) if kind == "pdf" else {}
    broken: list[int] = []
    total = 0
    for number, image, dpi in reader(path, kind, limits, only):
        total += 1
        if image is None:
            broken.append(number)
        else:
            yield Page(path.name, number, image, dpi, on_picture(filled.get(number, ()), image.shape))
    if broken:
        names = ", ".join(str(number) for number in broken[:10]) + (", ..." if len(broken) > 10 else "")
        raise Truncated(
            f"{path.name}: {len(broken)} of {total} pages cannot be read (page {names}); "
            "scan these pages again and send the file anew"
        )

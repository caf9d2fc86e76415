"""Limits on what a worker process takes in: set by environment variables, so that every command and every
worker on every machine has them."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.intake import IntakeLimits

MEGABYTE = 1 << 20
MEMORY_MB = 6144
"""A page of 120 megapixels in colour, the largest that is taken, was measured to need 3.3 GB."""
PAGE_SECONDS = 120
"""A page takes 1 to 3 s, the largest that is allowed some 20 s; a machine may be busy with five other things."""


@dataclass(frozen=True)
class ArchiveLimits:
    """What a zip archive may hold: ``max_files`` files of ``max_bytes`` unpacked, all together.

    An archive that unpacks to more than ``max_ratio`` times its own size is refused, too, once it has more
    than ``ratio_from`` bytes: blank pages as uncompressed TIFF do pack a thousand times smaller.
    """

    max_files: int = 2000
    max_bytes: int = 2048 * MEGABYTE
    max_ratio: float = 200.0
    ratio_from: int = 100 * MEGABYTE


def intake_limits() -> IntakeLimits:
    """Limits on a file, its pages and their pixels. Raises ValueError for a variable that is no number."""
    from pipeline.intake import IntakeLimits

    usual = IntakeLimits()
    return IntakeLimits(
        max_bytes=max_file_bytes(),
        max_pages=_number("INKFIELD_MAX_PAGES", usual.max_pages),
        max_pixels=_number("INKFIELD_MAX_PAGE_MEGAPIXELS", usual.max_pixels // 10**6) * 10**6,
        page_seconds=max_page_seconds() / 2,  # what poppler does not give in time is one broken page
    )


def max_file_bytes() -> int:
    return _number("INKFIELD_MAX_FILE_MB", 512) * MEGABYTE


def max_page_seconds() -> int:
    """Seconds that one page may take, taken in and read, before its document is given up."""
    return _number("INKFIELD_MAX_PAGE_SECONDS", PAGE_SECONDS)


def archive_limits() -> ArchiveLimits:
    """Raises ValueError for a variable that is no number."""
    usual = ArchiveLimits()
    return ArchiveLimits(
        max_files=_number("INKFIELD_MAX_ARCHIVE_FILES", usual.max_files),
        max_bytes=_number("INKFIELD_MAX_ARCHIVE_MB", usual.max_bytes // MEGABYTE) * MEGABYTE,
    )


def limit_memory() -> None:
    """Lets this process and those that it starts (poppler) have no more data in memory than
    INKFIELD_MAX_MEMORY_MB: a request for more fails, instead of taking the machine down.

    RLIMIT_DATA counts what is private and writable; RLIMIT_AS would count the mapped files of torch, too.
    Raises ValueError for a variable that is no number.
    """
    allowed = _number("INKFIELD_MAX_MEMORY_MB", MEMORY_MB) * MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))


def _number(variable: str, usual: int) -> int:
    text = os.environ.get(variable, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError(f"{variable}={text!r} is no whole number above 0; correct it or unset it")
    return int(text)

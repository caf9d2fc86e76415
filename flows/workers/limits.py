"""Limits on what a worker process takes in: set by environment variables, so that every command and every
worker on every machine has them."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inkfield.flows.settings import LimitSettings, settings

if TYPE_CHECKING:
    from inkfield.pipeline.intake import IntakeLimits

MEGABYTE = 1 << 20


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
    """Limits on a file, its pages and their pixels. Raises BadSetting for a variable that is no number."""
    from inkfield.pipeline.intake import IntakeLimits

    found = settings(LimitSettings)
    return IntakeLimits(
        max_bytes=found.max_file_mb * MEGABYTE,
        max_pages=found.max_pages,
        max_pixels=found.max_page_megapixels * 10**6,
        page_seconds=found.max_page_seconds / 2,  # what poppler does not give in time is one broken page
    )


def max_file_bytes() -> int:
    return settings(LimitSettings).max_file_mb * MEGABYTE


def max_page_seconds() -> int:
    """Seconds that one page may take, taken in and read, before its document is given up."""
    return settings(LimitSettings).max_page_seconds


def archive_limits() -> ArchiveLimits:
    """Raises BadSetting for a variable that is no number."""
    found = settings(LimitSettings)
    return ArchiveLimits(max_files=found.max_archive_files, max_bytes=found.max_archive_mb * MEGABYTE)


def limit_memory() -> None:
    """Lets this process and those that it starts (poppler) have no more data in memory than
    INKFIELD_MAX_MEMORY_MB: a request for more fails, instead of taking the machine down.

    RLIMIT_DATA counts what is private and writable; RLIMIT_AS would count the mapped files of torch, too.
    Raises BadSetting for a variable that is no number.
    """
    allowed = settings(LimitSettings).max_memory_mb * MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))

"""What intake refuses: sizes are checked before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inkfield.schemas.errors import PageTooLarge, TooManyPages, Truncated


@dataclass(frozen=True)
class IntakeLimits:
    """What is refused: files above ``max_bytes``, more than ``max_pages``, a page above ``max_pixels``.

    ``dpi`` is the resolution at which PDF pages that are not scans are rendered; ``page_seconds`` how long
    poppler may take for one page before it counts as broken.
    """

    max_bytes: int = 512 * 1024 * 1024
    max_pages: int = 1000
    max_pixels: int = 120_000_000
    dpi: int = 300
    page_seconds: float = 60.0


def too_many(path: Path, pages: int, limits: IntakeLimits) -> TooManyPages:
    return TooManyPages(f"{path.name} has {pages} pages, the limit is {limits.max_pages}; split it")


def check_pixels(path: Path, number: int, width: float, height: float, limits: IntakeLimits) -> None:
    """Raises PageTooLarge when a page of ``width`` x ``height`` pixels is above the limit."""
    if width * height > limits.max_pixels:
        raise PageTooLarge(
            f"{path.name}: page {number} is {width:.0f} x {height:.0f} pixels, the limit is "
            f"{limits.max_pixels / 1e6:.0f} megapixels; scan it at a lower resolution or crop it"
        )


def damaged(path: Path) -> Truncated:
    return Truncated(f"{path.name} is cut short or damaged; copy or scan it again")

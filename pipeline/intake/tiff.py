"""TIFF: its directories are pages, but for previews and masks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from inkfield.pipeline.intake.images import Picture, count_frames, open_image, to_array
from inkfield.pipeline.intake.limits import IntakeLimits, check_pixels, damaged
from inkfield.pipeline.intake.resolution import declared_dpi, fax_dpi, plausible_dpi, square_pixels
from inkfield.recognizers.limits import limit
from inkfield.schemas.errors import DocumentError, PageTooLarge

NEW_SUBFILE_TYPE, OLD_SUBFILE_TYPE = 254, 255
REDUCED, MASK = 1, 4
"""Bits of NewSubfileType (TIFF 6.0, section 8)."""
TILE_WIDTH, TILE_LENGTH = 322, 323


@dataclass(frozen=True)
class TiffLimits:
    """Which pictures of a TIFF are no pages."""

    preview_share: float = limit(
        0.6,
        "share",
        "guess",
        "Of the largest picture's pixels, under which one that says it is reduced is a preview",
    )


LIMITS = TiffLimits()


def count_tiff(path: Path, limits: IntakeLimits) -> int:
    with open_image(path, "tiff", limits) as image:
        return len(page_directories(path, image, limits))


def tiff_pages(path: Path, kind: str, limits: IntakeLimits, only: range | None = None) -> Iterator[Picture]:
    """The pages of a TIFF, or ``only`` those of these numbers, from 1.

    Raises Truncated, TooManyPages or PageTooLarge.
    """
    with open_image(path, kind, limits) as image:
        directories = page_directories(path, image, limits)
        for number, index in enumerate(directories, start=1):
            if only is not None and number not in only:
                continue
            try:
                image.seek(index)
                _check_tiles(path, number, image, limits)
                array, dpi = _decode(image)
            except (DocumentError, MemoryError):
                raise
            except Exception:  # whatever the reader raises, this page is damaged
                if len(directories) == 1:
                    raise damaged(path) from None
                yield number, None, 0.0
                continue
            yield number, array, dpi


def page_directories(path: Path, image: Image.Image, limits: IntakeLimits) -> list[int]:
    """The directories that are pages, by number from 0: a preview or a mask of a page is none."""
    count = count_frames(path, image, limits)
    if count == 1:
        return [0]
    found = [_directory(image, index) for index in range(count)]
    largest = max((pixels for pixels, aside in found if not aside), default=0)
    # Where nothing is marked as a page, or the marked one is as large as the pages, the mark is wrong.
    return [
        index
        for index, (pixels, aside) in enumerate(found)
        if not (aside and pixels < LIMITS.preview_share * largest)
    ]


def _directory(image: Image.Image, index: int) -> tuple[int, bool]:
    """Pixels of a directory, and whether it says that it is a preview or a mask of another."""
    try:
        image.seek(index)
        tags = image.tag_v2  # type: ignore[attr-defined]
        width, height = image.size
        aside = bool(int(tags.get(NEW_SUBFILE_TYPE, 0)) & (REDUCED | MASK))
        return width * height, aside or int(tags.get(OLD_SUBFILE_TYPE, 0)) == 2
    except MemoryError:
        raise
    except Exception:  # a broken page: told when its turn comes
        return 0, False


def _check_tiles(path: Path, number: int, image: Image.Image, limits: IntakeLimits) -> None:
    """Raises PageTooLarge for a page, or for a tile that is unpacked for a page however small."""
    check_pixels(path, number, *image.size, limits)
    tags = image.tag_v2  # type: ignore[attr-defined]
    width, length = (tags.get(tag, 0) for tag in (TILE_WIDTH, TILE_LENGTH))
    if int(width) * int(length) > limits.max_pixels:
        raise PageTooLarge(
            f"{path.name}: page {number} is packed in tiles of {width} x {length} pixels; save it anew"
        )


def _decode(image: Image.Image) -> tuple[np.ndarray, float]:
    image.load()  # PIL turns TIFF frames by their orientation tag itself
    array = to_array(image)
    dpi = declared_dpi(image)
    if dpi is None and image.mode == "1":
        dpi = fax_dpi(array)
    array, density = square_pixels(array, dpi)
    return array, plausible_dpi(array.shape[1], array.shape[0], density)

"""How large the images of a PDF page become when they are unpacked: checked before anything is.

A page says how wide and high each image is; the packed data say it once more (JBIG2, JPEG 2000, JPEG), and it is
they who decide what is unpacked. A hundred kilobytes can hold gigapixels.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from inkfield.pipeline.intake.limits import IntakeLimits, check_pixels
from inkfield.schemas.errors import PageTooLarge

ALL_IMAGES = 10
"""The images of a page together may have so many times the pixels that one page may have: those of a page in
layers (MRC) lie over each other, and one image may be drawn in many places."""
PACKINGS = ("JBIG2Decode", "JPXDecode", "DCTDecode")

_JBIG2_PAGE = 48
_JBIG2_REGIONS = (4, 6, 7, 20, 22, 23, 36, 38, 39, 40, 42, 43)
"""Segment types (ITU-T T.88, 7.3) that begin with their width and height."""
_UNKNOWN = 0xFFFFFFFF


def check_images(images: list[pdfium.PdfImage], path: Path, number: int, limits: IntakeLimits) -> None:
    """Raises PageTooLarge where an image of the page, or all of them, would unpack to more than is allowed."""
    total = 0
    for image in images:
        sizes = [image.get_px_size()]
        if image.get_filters()[-1:] and image.get_filters()[-1] in PACKINGS:
            sizes += packed_sizes(image.get_filters()[-1], _packed(image, limits.max_bytes))
        for width, height in sizes:
            check_pixels(path, number, width, height, limits)
        total += max(sizes[0][0] * sizes[0][1], sum(width * height for width, height in sizes[1:]))
    if total > ALL_IMAGES * limits.max_pixels:
        raise PageTooLarge(
            f"{path.name}: the images of page {number} unpack to {total / 1e6:.0f} megapixels; "
            "print or scan the page anew"
        )


def _packed(image: pdfium.PdfImage, most: int) -> bytes:
    length = pdfium_c.FPDFImageObj_GetImageDataRaw(image.raw, None, 0)
    if not 0 < length <= most:
        return b""
    buffer = ctypes.create_string_buffer(length)
    pdfium_c.FPDFImageObj_GetImageDataRaw(image.raw, buffer, length)
    return buffer.raw


def packed_sizes(packing: str, data: bytes) -> list[tuple[int, int]]:
    """Width and height of all that the data say they unpack to; nothing where they cannot be understood."""
    reader = {"JBIG2Decode": _jbig2, "JPXDecode": _jpeg_2000, "DCTDecode": _jpeg}[packing]
    try:
        return list(reader(data))
    except (struct.error, IndexError):  # cut short: what was understood until there does not matter, either
        return []


def _jbig2(data: bytes) -> Iterator[tuple[int, int]]:
    found = []
    at = 0
    while at + 11 <= len(data):
        number, flags, count = struct.unpack_from(">IBB", data, at)
        at += 5
        referred = count >> 5
        if referred == 7:
            (referred,) = struct.unpack_from(">I", data, at)
            referred &= 0x1FFFFFFF
            at += 4 + (referred + 8) // 8
        else:
            at += 1
        at += referred * (1 if number <= 256 else 2 if number <= 65536 else 4)
        at += 4 if flags & 0x40 else 1
        if at + 12 > len(data):
            break
        length, width, height = struct.unpack_from(">III", data, at)
        kind = flags & 63
        if kind in _JBIG2_REGIONS or (kind == _JBIG2_PAGE and height != _UNKNOWN):
            found.append((width, height))
        if length == _UNKNOWN:
            break
        at += 4 + length
    return iter(found)


def _jpeg_2000(data: bytes) -> Iterator[tuple[int, int]]:
    at = data.find(b"\xff\x4f\xff\x51")
    if at >= 0:
        right, bottom, left, top = struct.unpack_from(">IIII", data, at + 8)
        yield max(0, right - left), max(0, bottom - top)


def _jpeg(data: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            yield width, height
            return
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]

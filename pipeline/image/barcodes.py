"""Barcodes on a page, whichever way it lies: QR, Data Matrix, PDF417, Code 128 and Code 39, read by zxing-cpp."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from inkfield.pipeline.image.geometry import to_grey
from inkfield.recognizers.limits import limit
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.readings import Box

_F = zxingcpp.BarcodeFormat
ALL_KINDS = (_F.QRCode, _F.DataMatrix, _F.PDF417, _F.Code128, _F.Code39)
OF_SHEETS = (_F.QRCode, _F.Code128, _F.Code39)
"""Of our own separator sheets, and of the usual ones that say PATCHT."""


@dataclass(frozen=True)
class BarcodeLimits:
    """What is looked at, and what counts as a barcode that is there but cannot be read."""

    sheet_dpi: float = limit(
        120.0, "dpi", "rendered", "Resolution at which codes of separator sheets are looked for"
    )
    unreadable_mm: float = limit(
        25.0,
        "mm",
        "guess",
        "Side from which a QR code that cannot be read counts as that of a separator sheet",
    )


LIMITS = BarcodeLimits()


@dataclass(frozen=True)
class Barcode:
    """A barcode: what it says, empty where it is there but too damaged to be read. ``box`` in pixels of the page."""

    text: str
    box: Box

    def longer_mm(self, dpi: float) -> float:
        """The longer side of its box, in millimetres of the paper."""
        return max(self.box[2:]) / dpi * 25.4


def read_barcodes(image: np.ndarray, kinds: tuple[zxingcpp.BarcodeFormat, ...] = ALL_KINDS) -> list[Barcode]:
    """The barcodes on a page, uint8, grey or BGR. A QR code that is there and cannot be read has no text."""
    grey = np.ascontiguousarray(to_grey(image))
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(list(kinds)),
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )
    return [
        Barcode(clean(code.text).strip() if code.valid else "", _box(code.position))
        for code in found
        if code.valid or code.format == _F.QRCode
    ]


def read_large_barcodes(image: np.ndarray, dpi: float) -> list[Barcode]:
    """As read_barcodes, but only those that separator sheets have, which are large: several times as fast."""
    shrink = min(1.0, LIMITS.sheet_dpi / dpi)
    grey = to_grey(image)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else grey
    scaled = read_barcodes(small, OF_SHEETS)
    return [Barcode(code.text, _scaled(code.box, 1 / shrink)) for code in scaled]


def _box(position: zxingcpp.Position) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _scaled(box: Box, factor: float) -> Box:
    x, y, width, height = (round(side * factor) for side in box)
    return x, y, width, height

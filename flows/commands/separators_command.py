"""`inkfield separators`: prints the sheets that are laid between documents before they are scanned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.separators.parts import LONGEST_LABEL, PREFIX

DPI = 150
PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height in millimetres."""
QR_MM = 62.0
"""Side of a code: a scan at 100 dpi still reads it."""
MARGIN_MM = 18.0
LONGEST_NAME = 34
"""Signs of a label in a line."""


def write_separators(labels: Sequence[str], output: Path, paper: str) -> None:
    """Writes a PDF with a sheet for each label; "" is a sheet without one. Raises ValueError for a label that does
    not fit into a code, OSError where it cannot write."""
    sheets = [Image.fromarray(sheet(label, paper)) for label in labels]
    if not sheets:
        raise ValueError("there is no label to print a sheet for")
    first, *others = sheets
    first.save(output, "PDF", resolution=DPI, save_all=True, append_images=others)


def sheet(label: str, paper: str = "a4") -> np.ndarray:
    """A separator sheet at 150 dpi, grey uint8: the code four times, so that a hole, a fold or a staple spoils none of
    them all, and what it is in words. Raises ValueError for a label that is too long or has line breaks."""
    if len(label) > LONGEST_LABEL or label != " ".join(label.split()):
        raise ValueError(
            f"a label has at most {LONGEST_LABEL} signs, without line breaks or spaces at its ends"
        )
    width, height = (round(side / 25.4 * DPI) for side in PAPERS[paper])
    image = Image.new("L", (width, height), 255)
    code = Image.fromarray(_code(f"{PREFIX} {label}".strip()))
    margin = round(MARGIN_MM / 25.4 * DPI)
    for left in (margin, width - margin - code.width):
        for top in (margin, height - margin - code.height):
            image.paste(code, (left, top))
    draw = ImageDraw.Draw(image)
    lines = [(label[at : at + LONGEST_NAME], 11.0) for at in range(0, len(label), LONGEST_NAME)]
    text = [("SEPARATOR SHEET", 8.0), *lines[:4], ("A new document begins behind this sheet.", 5.0)]
    top = margin + code.height + round(8 / 25.4 * DPI)
    for words, size_mm in text:
        font = ImageFont.load_default(size=size_mm / 25.4 * DPI * 0.8)
        wide = draw.textlength(words, font=font)
        draw.text((max(margin / 2, (width - wide) / 2), top), words, font=font, fill=0)
        top += round(size_mm * 1.6 / 25.4 * DPI)
    return np.asarray(image)


def _code(text: str) -> np.ndarray:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    modules = np.array(made.to_image(scale=1))
    scale = max(1, int(QR_MM / 25.4 * DPI) // max(modules.shape))
    return np.kron(modules, np.ones((scale, scale), np.uint8))

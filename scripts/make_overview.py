"""Draws docs/overview.png: a rendered cheque, its fields cut out and read, and the rows in SQL.

python scripts/make_overview.py examples/cheque-single.pdf docs/overview.png
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.image.geometry import crop
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.page import load_page_reader
from inkfield.pipeline.records import Page
from inkfield.recognizers.synthesis.fonts import bundled_fonts
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import FieldReading, PageReading

_WIDTH, _HEIGHT = 1600, 540
_SHOWN = ("payee", "legal_amount", "amount", "date", "account_number", "micr")
_LEFT, _CROPS, _TEXTS = 20, 905, 1200
"""Where the page, the crops and what was read in them begin."""
_ROW = 66
_COLOURS = {"accepted": "#1a7f4b", "review": "#a15c00", "empty": "#667085"}


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    page = next(iter(open_pages(source)))
    (reading,) = load_page_reader(None, "default").read(page, date.today())
    sheet = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = ImageDraw.Draw(sheet)
    fonts = {size: _font(size) for size in (15, 17, 22)}
    _paste_page(sheet, page, reading)
    fields = [f for name in _SHOWN for f in reading.fields if f.name == name]
    for row, field in enumerate(fields):
        _paste_field(sheet, draw, fonts, page, field, 20 + row * _ROW)
    names = ", ".join(_SHOWN[:1] + _SHOWN[2:4]) + ", decision"
    draw.text((20, 440), f"inkfield=> SELECT {names} FROM cheque_in;", "#1d2433", fonts[22])
    values = {f.name: kind_of(f.kind).shown(f.value) or "" for f in reading.fields}
    cells = [values.get(n, "") for n in ("payee", "amount", "date", "decision")]
    draw.text((20, 490), "   |   ".join(cells), "#1d2433", fonts[22])
    draw.line((20, 425, _WIDTH - 20, 425), "#e3e6ec", 2)
    sheet.save(target, optimize=True)


def _paste_page(sheet: Image.Image, page: Page, reading: PageReading) -> None:
    image = page.image.copy() if page.image.ndim == 3 else cv2.cvtColor(page.image, cv2.COLOR_GRAY2BGR)
    for field in reading.fields:
        if field.box:
            x, y, width, height = field.box
            cv2.rectangle(image, (x, y), (x + width, y + height), (60, 120, 230), 4)
    picture = Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
    picture.thumbnail((860, 390))
    sheet.paste(picture, (20, 20))


def _paste_field(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    fonts: dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont],
    page: Page,
    field: FieldReading,
    top: int,
) -> None:
    if field.box:
        part = crop(page.image, field.box)
        picture = Image.fromarray(np.ascontiguousarray(part[:, :, ::-1] if part.ndim == 3 else part)).convert(
            "RGB"
        )
        picture.thumbnail((280, 50))
        sheet.paste(picture, (_CROPS, top))
    draw.text((_TEXTS, top), field.name, "#667085", fonts[15])
    draw.text(
        (_TEXTS, top + 18),
        _fitting(draw, kind_of(field.kind).shown(field.value) or "", fonts[17]),
        "#1d2433",
        fonts[17],
    )
    percent = int(100 * field.confidence)  # cut off, not rounded up: 99.9 % is not sure
    draw.text((_TEXTS, top + 40), f"{field.status} {percent} %", _COLOURS[field.status], fonts[15])


def _fitting(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """The text, which must end before the picture's edge. Raises ValueError: nothing may be cut off."""
    if _TEXTS + draw.textlength(text, font) > _WIDTH - _LEFT:
        raise ValueError(f"{text!r} is too long for the picture: make it wider")
    return text


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    typed = bundled_fonts("typed")
    return ImageFont.truetype(str(typed[0]), size) if typed else ImageFont.load_default(size)


if __name__ == "__main__":
    main()

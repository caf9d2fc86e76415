"""A form with a table of people, drawn by the tests: a column of checkboxes, and a box that touches the last row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkfield.schemas.forms.model import Form, load_form
from tests.support.claims import DPI, SCALE, write

ROWS = 5
ROW_MM = 9.0
LEFT, TOP, WIDTH = 15.0, 60.0, 180.0
CHECK_MM = 4.0

FORM = f"""
name: dependants
version: 1
title: Dependants
paper: {{width_mm: 210, height_mm: 297}}
blank: dependants.png
fields:
  - name: people
    kind: table
    box: [{LEFT}, {TOP}, {WIDTH}, {ROWS * ROW_MM + 6}]
    rows: {ROWS}
    header_height: 6
    columns:
      - {{name: full_name, kind: name, x: 0, width: 80}}
      - {{name: born, kind: date, date_order: DMY, x: 80, width: 50}}
      - {{name: student, kind: checkbox, x: 138, width: {CHECK_MM}}}
      - {{name: share, kind: integer, x: 150, width: 30}}
  - {{name: total, kind: amount, box: [125, TOTAL, 70, 10]}}
"""

_WORDS = "benefit insured person household member register office county school parent child notice form"


def bottom() -> float:
    """Where the table ends, in mm from the top."""
    return TOP + 6 + ROWS * ROW_MM


def table_form(folder: Path, touching_mm: float) -> Form:
    """The form in a folder, whose total's printed box reaches ``touching_mm`` into the last row of the table."""
    top = bottom() - touching_mm
    _draw(top).save(folder / "dependants.png", dpi=(DPI, DPI))
    path = folder / "dependants.yaml"
    path.write_text(FORM.replace("TOTAL", f"{top:g}"), encoding="utf-8")
    return load_form(path)


def check_box(row: int) -> tuple[float, float]:
    """Left and top in mm of a row's printed checkbox; rows from 0."""
    return LEFT + 138, TOP + 6 + ROW_MM * row + (ROW_MM - CHECK_MM) / 2


def fill_row(page: np.ndarray, row: int, name: str, born: str, share: str, student: bool) -> None:
    """Writes a row of the table, in place."""
    middle = TOP + 6 + ROW_MM * (row + 0.5)
    for x, text in ((LEFT + 3, name), (LEFT + 83, born), (LEFT + 155, share)):
        write(page, text, x, middle, 5)
    if student:
        tick(page, row)


def tick(page: np.ndarray, row: int) -> None:
    x, y = check_box(row)
    picture = Image.fromarray(page)
    draw = ImageDraw.Draw(picture)
    for ends in ((x, y, x + CHECK_MM, y + CHECK_MM), (x + CHECK_MM, y, x, y + CHECK_MM)):
        draw.line([v * SCALE for v in ends], fill=45, width=4)
    page[...] = np.asarray(picture)


def _draw(total_top: float) -> Image.Image:
    picture = Image.new("L", (round(210 * SCALE), round(297 * SCALE)), 255)
    draw = ImageDraw.Draw(picture)

    def frame(x: float, y: float, width: float, height: float) -> None:
        draw.rectangle([v * SCALE for v in (x, y, x + width, y + height)], outline=40, width=2)

    def say(x: float, y: float, text: str, size_mm: float) -> None:
        font = ImageFont.load_default(size=size_mm * SCALE)
        draw.text((x * SCALE, y * SCALE), text, fill=40, font=font)

    rng = np.random.default_rng(5)
    say(15, 15, "Larkmoor county: people of one household", 6)
    for line in range(6):  # print by which the page is known
        say(15, 26 + 5 * line, " ".join(rng.choice(_WORDS.split(), 11)), 3)
        say(15, 200 + 9 * line, " ".join(rng.choice(_WORDS.split(), 11)), 3.4)
    frame(LEFT, TOP, WIDTH, 6 + ROWS * ROW_MM)
    for x, title in ((2, "Full name"), (82, "Born"), (133, "Student"), (152, "Share")):
        say(LEFT + x, TOP + 1.2, title, 3.2)
    for row in range(ROWS):
        draw.line(
            [v * SCALE for v in (LEFT, TOP + 6 + ROW_MM * row, LEFT + WIDTH, TOP + 6 + ROW_MM * row)], 40, 2
        )
        x, y = check_box(row)
        draw.rectangle([v * SCALE for v in (x, y, x + CHECK_MM, y + CHECK_MM)], outline=40, width=2)
    for x in (80, 130, 150):
        draw.line([v * SCALE for v in (LEFT + x, TOP, LEFT + x, TOP + 6 + ROWS * ROW_MM)], 40, 2)
    frame(125, total_top, 70, 10)
    say(100, total_top + 3, "Total share", 3.5)
    return picture

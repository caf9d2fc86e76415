"""Draws the blank medical claim form of the example form ``claim``, and writes its form file.

One list of fields in millimetres makes both the picture and the YAML, so that they cannot disagree:
``python -m inkfield.lab.documents.claim_blank`` writes ``claim.png`` and ``claim.yaml`` to ``schemas/forms``.
The insurer is invented. The typeface is the one that Pillow carries (Aileron, CC0), so that the picture is
the same on every machine.
"""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageDraw, ImageFont

from inkfield.lab.documents import blank_form
from inkfield.schemas.forms.model import FORMS_FOLDER

DPI = 150
WIDTH_MM, HEIGHT_MM = 210.0, 297.0

_INK, _PALE, _PAPER = 40, 120, 255
_LEFT, _RIGHT = 12.0, 198.0
_RULE_MM = 0.3
_DATE_HINT = ("D", "D", "M", "M", "Y", "Y", "Y", "Y")
_ICD10 = r"[A-TV-Z][0-9]{2}(\.[0-9]{1,2})?"

_COMMENT = """A medical claim form of our own design. Written by lab/documents/claim_blank.py with its blank
picture: change the list there and run `python -m inkfield.lab.documents.claim_blank`."""

TITLES: dict[str, str] = {
    "patient_name": "Patient's full name",
    "date_of_birth": "Date of birth (DD MM YYYY)",
    "sex_male": "Male",
    "sex_female": "Female",
    "address": "Postal address",
    "policy_number": "Policy number",
    "claim_number": "Claim number",
    "diagnosis_1": "1",
    "diagnosis_2": "2",
    "diagnosis_3": "3",
    "services": "",
    "total": "Total claimed",
    "signature": "Signature of the insured person",
    "date_signed": "Date signed (DD MM YYYY)",
    "service_date": "Date of service",
    "procedure": "Procedure code",
    "charge": "Charge",
}
"""What is printed beside each field and above each column of the table."""

FIELDS: list[dict[str, Any]] = [
    {
        "name": "patient_name",
        "kind": "name",
        "language": "names",
        "required": True,
        "box": [12, 46, 110, 10],
    },
    {
        "name": "date_of_birth",
        "kind": "date",
        "date_order": "DMY",
        "cells": 8,
        "required": True,
        "box": [126, 46, 72, 10],
    },
    {"name": "sex_male", "kind": "checkbox", "box": [130, 65, 6, 6]},
    {"name": "sex_female", "kind": "checkbox", "box": [160, 65, 6, 6]},
    {"name": "address", "kind": "address", "language": "address", "lines": 2, "box": [12, 62, 110, 20]},
    {
        "name": "policy_number",
        "kind": "code",
        "pattern": "[A-Z]{2}[0-9]{8}",
        "cells": 10,
        "required": True,
        "box": [12, 99, 90, 10],
    },
    {
        "name": "claim_number",
        "kind": "code",
        "pattern": "[0-9]{10}",
        "cells": 10,
        "required": True,
        "box": [108, 99, 90, 10],
    },
    {"name": "diagnosis_1", "kind": "code", "pattern": _ICD10, "required": True, "box": [18, 121, 50, 10]},
    {"name": "diagnosis_2", "kind": "code", "pattern": _ICD10, "box": [83, 121, 50, 10]},
    {"name": "diagnosis_3", "kind": "code", "pattern": _ICD10, "box": [148, 121, 50, 10]},
    {
        "name": "services",
        "kind": "table",
        "box": [12, 143, 186, 61],
        "rows": 5,
        "header_height": 6,
        "columns": [
            {"name": "service_date", "kind": "date", "date_order": "DMY", "x": 0, "width": 58},
            {"name": "procedure", "kind": "code", "pattern": "[0-9]{5}", "x": 58, "width": 62},
            {"name": "charge", "kind": "amount", "x": 120, "width": 66},
        ],
    },
    {"name": "total", "kind": "amount", "required": True, "box": [132, 207, 66, 11]},
    {"name": "signature", "kind": "signature", "required": True, "box": [12, 238, 104, 20]},
    {
        "name": "date_signed",
        "kind": "date",
        "date_order": "DMY",
        "cells": 8,
        "required": True,
        "box": [126, 238, 72, 10],
    },
]

RULES: list[dict[str, Any]] = [
    {"rule": "sum", "table": "services", "column": "charge", "total": "total"},
    {"rule": "date_order", "earlier": "date_of_birth", "later": "date_signed"},
    {"rule": "one_of", "fields": ["sex_male", "sex_female"]},
]

_SECTIONS = [
    (34.0, "A   Insured person"),
    (87.0, "B   Policy and claim"),
    (113.0, "C   Diagnoses (ICD-10, one code a box)"),
    (136.0, "D   Services"),
    (226.0, "E   Declaration and signature"),
]

_NOTES = [
    (12, 209.0, "Write in block letters with a black or blue pen. Give amounts with two"),
    (12, 212.6, "decimals. Attach the bills of all services listed above; copies will do."),
    (126, 251.5, "By signing I declare that what I have stated is true"),
    (126, 255.0, "and complete, and that no other insurer has paid for it."),
    (
        12,
        266.0,
        "Send this form to Larkmoor Mutual, Claims Office, 7 Quarry Lane, Eastwick. Keep a copy for your records.",
    ),
    (
        12,
        269.8,
        "Claims reach us within ninety days of the last service. We answer within three weeks of their arrival.",
    ),
    (
        12,
        273.6,
        "Questions? Ask the claims desk, weekdays from nine to five, and have your policy number at hand.",
    ),
]


def main() -> None:
    """Writes the picture and the form file of the claim form."""
    draw_blank().save(FORMS_FOLDER / "claim.png", optimize=True, dpi=(DPI, DPI))
    (FORMS_FOLDER / "claim.yaml").write_text(form_file(), encoding="utf-8")


def form_file() -> str:
    """The text of ``claim.yaml``."""
    head = {
        "name": "claim",
        "version": 1,
        "title": "Medical claim form",
        "layout": "registered",
        "paper": {"width_mm": int(WIDTH_MM), "height_mm": int(HEIGHT_MM)},
        "blank": "claim.png",
    }
    return blank_form.form_file(_COMMENT, head, FIELDS, RULES, ["dpi: {min: 140}", "contrast: {min: 0.25}"])


def draw_blank() -> Image.Image:
    """The blank form: grey, 150 dpi, A4."""
    picture = Image.new("L", (_px(WIDTH_MM), _px(HEIGHT_MM)), _PAPER)
    draw = ImageDraw.Draw(picture)
    _draw_head(draw)
    for y, title in _SECTIONS:
        draw.rectangle((_px(_LEFT), _px(y), _px(_RIGHT), _px(y + 5)), fill=70)
        _text(draw, _LEFT + 2, y + 1.0, title, 3.2, fill=255)
    for field in FIELDS:
        _draw_field(draw, field)
    for x, y, note in _NOTES:
        _text(draw, x, y, note, 2.7, fill=60)
    _text(draw, 126, 60.2, "Sex", 2.8)
    _draw_foot(draw)
    return picture


def _draw_head(draw: ImageDraw.ImageDraw) -> None:
    """The insurer's mark, a lark over a hill, its name and the title."""
    draw.ellipse((_px(12), _px(9), _px(33), _px(30)), outline=_INK, width=5)
    draw.chord((_px(14), _px(18), _px(31), _px(35)), 205, 335, fill=110)
    draw.polygon(
        [_point(15.5, 15), _point(22, 18.2), _point(29.5, 12.2), _point(23.6, 20.4), _point(20.3, 19.6)],
        fill=_INK,
    )
    draw.line([_point(22, 18.2), _point(19.5, 12), _point(24.6, 16.6)], fill=_INK, width=4)
    _text(draw, 37, 10, "Larkmoor Mutual", 7.2)
    _text(draw, 37, 19, "Health insurance for the Eastwick valley since 1923", 3.0)
    _text(draw, 37, 24, "Medical claim form", 5.2)
    draw.rectangle((_px(156), _px(10), _px(198), _px(29)), outline=_INK, width=2)
    _text(draw, 158, 11.5, "Form LM 2041", 4.2)
    _text(draw, 158, 17.5, "Edition 1", 3.0)
    _text(draw, 158, 22.5, "One form for each patient", 2.9)


def _draw_foot(draw: ImageDraw.ImageDraw) -> None:
    """A wavy line and marks of different shapes: points that no other corner of the page looks like."""
    draw.rectangle((_px(12), _px(280), _px(18), _px(286)), fill=_INK)
    draw.polygon([_point(198, 280), _point(198, 286), _point(190, 286)], fill=_INK)
    draw.line((_px(21), _px(283), _px(70), _px(283)), fill=_INK, width=3)
    draw.line((_px(140), _px(283), _px(187), _px(283)), fill=_INK, width=3)
    _text(draw, 74, 281, "LM 2041 / 1   Larkmoor Mutual   page 1 of 1", 3.0)


def _draw_field(draw: ImageDraw.ImageDraw, field: dict[str, Any]) -> None:
    x, y, width, height = field["box"]
    title = TITLES[field["name"]]
    match field["kind"]:
        case "checkbox":
            _frame(draw, x, y, width, height)
            _text(draw, x + width + 2, y + 1.4, title, 3.4)
            return
        case "table":
            _draw_table(draw, field)
            return
    _frame(draw, x, y, width, height)
    if field["name"].startswith("diagnosis"):
        _text(draw, x - 4, y + 3.0, title, 4.2)
    elif field["name"] == "total":
        _text(draw, x - 27, y + 3.4, title, 3.8)
    else:
        _text(draw, x, y - 3.8, title, 2.8)
    for i in range(1, field.get("cells", 1)):
        at = x + width * i / field["cells"]
        _line(draw, at, y, at, y + height)
    if field["kind"] == "date":
        for i, letter in enumerate(_DATE_HINT):
            _text(draw, x + 9 * i + 3.9, y + height + 0.6, letter, 2.0, fill=_PALE)
    for i in range(1, field.get("lines", 1)):
        at = y + height * i / field["lines"]
        for dot in range(int(x) + 2, int(x + width) - 1, 2):
            _line(draw, dot, at, dot + 0.7, at)


def _draw_table(draw: ImageDraw.ImageDraw, field: dict[str, Any]) -> None:
    x, y, width, height = field["box"]
    head, rows = field["header_height"], field["rows"]
    draw.rectangle((_px(x), _px(y), _px(x + width), _px(y + head)), fill=215)
    _frame(draw, x, y, width, height)
    for row in range(rows):
        at = y + head + (height - head) * row / rows
        _line(draw, x, at, x + width, at)
    for column in field["columns"]:
        left = x + column["x"]
        _text(draw, left + 2, y + 1.4, TITLES[column["name"]], 3.2)
        if column["x"]:
            _line(draw, left, y, left, y + height)


def _px(mm: float) -> int:
    return round(mm * DPI / 25.4)


def _point(x: float, y: float) -> tuple[int, int]:
    return _px(x), _px(y)


def _line(draw: ImageDraw.ImageDraw, x0: float, y0: float, x1: float, y1: float) -> None:
    draw.line((_px(x0), _px(y0), _px(x1), _px(y1)), fill=_INK, width=_px(_RULE_MM))


def _frame(draw: ImageDraw.ImageDraw, x: float, y: float, width: float, height: float) -> None:
    for x0, y0, x1, y1 in ((x, y, x + width, y), (x, y + height, x + width, y + height)):
        _line(draw, x0, y0, x1, y1)
    for x0, y0, x1, y1 in ((x, y, x, y + height), (x + width, y, x + width, y + height)):
        _line(draw, x0, y0, x1, y1)


def _text(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, size_mm: float, fill: int = _INK) -> None:
    """``text`` with its top left corner at ``x``, ``y``; ``size_mm`` is the height of an em."""
    draw.text(_point(x, y), text, fill=fill, font=ImageFont.load_default(size=size_mm * DPI / 25.4))


if __name__ == "__main__":
    main()

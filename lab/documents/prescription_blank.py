"""Draws the blank of the form ``prescription``, of our own design, and writes its form file.

``python -m inkfield.lab.documents.prescription_blank`` writes ``prescription.png`` and ``prescription.yaml`` to
``schemas/forms``; one list of fields makes both. The practice is invented. Drugs are checked against ``drugs.txt``.
"""

from __future__ import annotations

from typing import Any

from inkfield.lab.documents import blank_form
from inkfield.lab.documents.blank_form import Blank, Keys, draw_field, options
from inkfield.schemas.forms.model import FORMS_FOLDER

DPI = 200
WIDTH_MM, HEIGHT_MM = 148.0, 210.0
STRENGTH = r"[0-9]{1,4}(\.[0-9]{1,3})? (mg|mcg|g|mL|mg/mL|units|%)"
DOSAGE_FORMS = ("tablet", "capsule", "liquid", "cream", "inhaler", "other")
_LEFT, _RIGHT = 10.0, 138.0

_COMMENT = """A prescription, of our own design. Written by lab/documents/prescription_blank.py with its blank picture:
change the list there and run `python -m inkfield.lab.documents.prescription_blank`. A drug that is not in drugs.txt
waits for a person: the list is short, and nothing that is written is changed into something on it unseen."""

TITLES = {
    "patient_name": "Patient",
    "date_of_birth": "Date of birth (MM DD YYYY)",
    "date_written": "Date (MM DD YYYY)",
    "drug": "Drug (generic name)",
    "strength": "Strength",
    "dosage_form": "Form",
    "directions": "Directions (sig)",
    "quantity": "Quantity",
    "refills": "Refills",
    "dispense_as_written": "Dispense as written: do not substitute",
    "prescriber_name": "Prescriber",
    "npi": "National provider identifier (NPI)",
    "registration_number": "DEA registration (controlled drugs)",
    "signature": "Signature of the prescriber",
}


_DATE: Keys = {
    "accept_at": 0.95,
    "kind": "date",
    "date_order": "MDY",
    "cells": 8,
    "required": True,
    "post_dated": False,
}
FIELDS: list[Keys] = [
    {"name": "patient_name", "kind": "name", "language": "names", "required": True, "box": [10, 42, 128, 9]},
    {"name": "date_of_birth", **_DATE, "box": [10, 57, 60, 8]},
    {"name": "date_written", **_DATE, "box": [78, 57, 60, 8]},
    {"name": "drug", "kind": "text", "known_values": "drugs.txt", "required": True, "box": [24, 76, 76, 10]},
    {"name": "strength", "kind": "code", "pattern": STRENGTH, "required": True, "box": [104, 76, 34, 10]},
    {
        "name": "dosage_form",
        "kind": "choice",
        "required": True,
        "options": options(DOSAGE_FORMS, 24, 92, 19.5),
    },
    {
        "name": "directions",
        "kind": "text",
        "language": "english",
        "lines": 2,
        "required": True,
        "box": [24, 104, 114, 18],
    },
    {"name": "quantity", "kind": "integer", "cells": 3, "required": True, "box": [24, 129, 24, 8]},
    {
        "name": "refills",
        "kind": "choice",
        "required": True,
        "options": options(tuple("012345"), 60, 130.5, 13),
    },
    {"name": "dispense_as_written", "kind": "checkbox", "box": [24, 142, 5, 5]},
    {
        "name": "prescriber_name",
        "kind": "name",
        "language": "names",
        "required": True,
        "box": [10, 155, 128, 9],
    },
    {
        "name": "npi",
        "kind": "code",
        "pattern": "[12][0-9]{9}",
        "check_digit": "npi",
        "cells": 10,
        "required": True,
        "box": [10, 170, 70, 8],
    },
    {
        "name": "registration_number",
        "kind": "code",
        "pattern": "[A-HJ-MPRSTUX][A-Z9][0-9]{7}",
        "check_digit": "dea",
        "box": [88, 170, 50, 8],
    },
    {"name": "signature", "kind": "signature", "required": True, "box": [10, 184, 90, 14]},
]
RULES: list[Keys] = [{"rule": "date_order", "earlier": "date_of_birth", "later": "date_written"}]


def draw(dpi: int = DPI, ink: int = 60) -> Blank:
    """The blank prescription: grey, A5 upright."""
    paper = Blank(WIDTH_MM, HEIGHT_MM, dpi, ink)
    _head(paper)
    for field in FIELDS:
        draw_field(paper, field, TITLES[field["name"]])
    paper.text(10, 73.5, "Rx", 11)
    paper.line(_LEFT, 70.5, _RIGHT, 70.5, 0.5)
    paper.line(_LEFT, 150, _RIGHT, 150, 0.5)
    paper.text(
        _LEFT,
        200.8,
        "One drug a sheet. Void if altered. Quarrymoor Family Practice keeps a copy for five years.",
        2.3,
    )
    paper.polygon([(126, 186), (138, 186), (138, 198)])
    paper.text(104, 190, "QM 77 / 1", 3.0)
    return paper


def _head(paper: Blank) -> None:
    """The practice's mark, three hills under a moon, its name and address."""
    paper.polygon([(10, 28), (17, 14), (24, 28)])
    paper.polygon([(20, 28), (25.5, 18), (31, 28)])
    paper.frame((10, 10, 21, 18), 0.4)
    paper.text(35, 10, "Quarrymoor Family Practice", 6.0)
    paper.text(35, 18, "14 Mill Lane, Eastwick 40312   Telephone 555 0142", 3.0)
    paper.text(35, 23, "Prescription", 4.8)
    paper.text(110, 24.5, "Form QM 77", 3.2)
    paper.line(_LEFT, 32, _RIGHT, 32, 0.7)


def form_file() -> str:
    """The text of ``prescription.yaml``."""
    head: dict[str, Any] = {
        "name": "prescription",
        "version": 1,
        "title": "Prescription",
        "layout": "registered",
        "paper": {"width_mm": int(WIDTH_MM), "height_mm": int(HEIGHT_MM)},
        "blank": "prescription.png",
    }
    return blank_form.form_file(_COMMENT, head, FIELDS, RULES, ["dpi: {min: 140}", "contrast: {min: 0.25}"])


def main() -> None:
    """Writes the picture and the form file."""
    draw().image.save(FORMS_FOLDER / "prescription.png", optimize=True, dpi=(DPI, DPI))
    (FORMS_FOLDER / "prescription.yaml").write_text(form_file(), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Draws the two blanks of the form ``enrolment``, of our own design, and writes its form file.

``python -m inkfield.lab.documents.enrolment_blank`` writes ``enrolment.1.png``, ``enrolment.2.png`` and
``enrolment.yaml`` to ``schemas/forms``; one list of fields makes them all. The insurer is invented.
"""

from __future__ import annotations

from typing import Any

from inkfield.lab.documents import blank_form
from inkfield.lab.documents.blank_form import Blank, Keys, draw_field, options
from inkfield.schemas.forms.model import FORMS_FOLDER

DPI = 150
WIDTH_MM, HEIGHT_MM = 215.9, 279.4
PAGES = (1, 2)
STATUSES = ("single", "married", "partnered", "widowed")
COVERAGES = ("employee", "couple", "family")
PLANS = ("basic", "standard", "premium")
RELATIONS = "spouse|partner|son|daughter|parent"
_LEFT, _RIGHT = 14.0, 201.9

_COMMENT = """An enrolment in a health plan, two pages, of our own design. Written by lab/documents/enrolment_blank.py
with its blank pictures: change the list there and run `python -m inkfield.lab.documents.enrolment_blank`. The member
number stands on both pages: by it they are known to belong together, in whatever order they come."""

TITLES = {
    "member_number": "Member number (from your letter)",
    "last_name": "Last name",
    "first_name": "First name",
    "date_of_birth": "Date of birth (MM DD YYYY)",
    "sex": "Sex",
    "marital_status": "Marital status",
    "address": "Street, town, state and ZIP code",
    "phone": "Telephone (10 figures)",
    "employer": "Employer",
    "hired": "First day of work (MM DD YYYY)",
    "annual_pay": "Annual pay, $",
    "coverage": "Who is to be covered",
    "plan": "Plan",
    "starts": "Coverage is to start on (MM DD YYYY)",
    "tobacco": "I have used tobacco in the last six months",
    "other_insurance": "I have other health insurance, which stays in force",
    "member_number_again": "Member number (the same as on page 1)",
    "dependents": "Dependents to be covered",
    "beneficiary": "Beneficiary of the life insurance",
    "beneficiary_relation": "Relation to you",
    "waived": "I waive dental coverage",
    "signature": "Signature of the applicant",
    "date_signed": "Date (MM DD YYYY)",
}

_DATE: Keys = {"kind": "date", "date_order": "MDY", "cells": 8, "required": True, "accept_at": 0.95}
_NAME: Keys = {"kind": "name", "language": "names", "accept_at": 0.95}
_NUMBER: Keys = {"kind": "code", "pattern": "[0-9]{9}", "check_digit": "luhn", "cells": 9, "required": True}
FIELDS: list[Keys] = [
    {"name": "member_number", **_NUMBER, "box": [14, 44, 81, 9]},
    {"name": "last_name", **_NAME, "required": True, "box": [14, 62, 90, 10]},
    {"name": "first_name", **_NAME, "required": True, "box": [110, 62, 91, 10]},
    {"name": "date_of_birth", **_DATE, "post_dated": False, "box": [14, 82, 72, 9]},
    {"name": "sex", "kind": "choice", "required": True, "options": options(("F", "M", "X"), 96, 84, 14)},
    {
        "name": "marital_status",
        "kind": "choice",
        "required": True,
        "options": options(STATUSES, 14, 101, 30),
    },
    {"name": "address", "kind": "address", "language": "address", "accept_at": 0.95, "lines": 2, "required": True,
     "box": [14, 117, 187, 22]},
    {"name": "phone", "kind": "code", "pattern": "[2-9][0-9]{9}", "cells": 10, "box": [14, 149, 90, 9]},
    {"name": "employer", "kind": "text", "language": "english", "accept_at": 0.97, "required": True,
     "box": [14, 168, 110, 10]},
    {"name": "hired", **_DATE, "post_dated": False, "box": [130, 168.5, 71, 9]},
    {"name": "annual_pay", "kind": "amount", "grammar": "western", "required": True, "box": [14, 188, 60, 10]},
    {"name": "coverage", "kind": "choice", "required": True, "options": options(COVERAGES, 86, 191, 34)},
    {"name": "plan", "kind": "choice", "required": True, "options": options(PLANS, 14, 212, 34)},
    {"name": "starts", **_DATE, "box": [130, 210, 71, 9]},
    {"name": "tobacco", "kind": "checkbox", "box": [14, 232, 5, 5]},
    {"name": "other_insurance", "kind": "checkbox", "box": [14, 242, 5, 5]},
    {"name": "member_number_again", "page": 2, **_NUMBER, "box": [14, 34, 81, 9]},
    {
        "name": "dependents",
        "kind": "table",
        "page": 2,
        "box": [14, 53, 187, 66],
        "rows": 5,
        "header_height": 6,
        "columns": [
            {"name": "name", **_NAME, "x": 0, "width": 85},
            {"name": "born", "kind": "date", "date_order": "MDY", "post_dated": False, "x": 85, "width": 52},
            {"name": "relation", "kind": "code", "pattern": RELATIONS, "x": 137, "width": 50},
        ],
    },
    {"name": "beneficiary", "kind": "name", "page": 2, "language": "names", "required": True,
     "box": [14, 134, 110, 10]},
    {"name": "beneficiary_relation", "kind": "code", "page": 2, "pattern": RELATIONS, "required": True,
     "box": [130, 134, 71, 10]},
    {"name": "waived", "kind": "checkbox", "page": 2, "box": [14, 154, 5, 5]},
    {"name": "signature", "kind": "signature", "page": 2, "required": True, "box": [14, 186, 104, 18]},
    {"name": "date_signed", **_DATE, "page": 2, "post_dated": False, "box": [130, 190, 71, 9]},
]  # fmt: skip
RULES: list[Keys] = [
    {"rule": "date_order", "earlier": "date_of_birth", "later": "hired"},
    {"rule": "date_order", "earlier": "hired", "later": "date_signed"},
    {"rule": "date_order", "earlier": "dependents.born", "later": "date_signed"},
]
TOGETHER: Keys = {"by": "equal", "fields": ["member_number", "member_number_again"]}


def draw(page: int, dpi: int = DPI, ink: int = 60) -> Blank:
    """One of the blank pages: grey, Letter upright."""
    paper = Blank(WIDTH_MM, HEIGHT_MM, dpi, ink)
    for field in FIELDS:
        if field.get("page", 1) == page and field["kind"] != "table":
            draw_field(paper, field, TITLES[field["name"]])
    (_first if page == 1 else _second)(paper)
    paper.text(_LEFT, 268, "Fernhollow Mutual, 9 Quay Row, Kingsbury 30188", 2.6)
    paper.text(_RIGHT, 268, f"FM 210 (01/26)   Page {page} of 2", 3.4, anchor="ra")
    return paper


def _first(paper: Blank) -> None:
    paper.polygon([(14, 30), (23, 12), (32, 30)])
    paper.frame((14, 12, 18, 18), 0.4)
    paper.text(37, 12, "Fernhollow Mutual", 7.0)
    paper.text(37, 22, "Enrolment in the health plan", 5.0)
    paper.text(_RIGHT, 14, "Write in ink, in the boxes.", 3.0, anchor="ra")
    paper.text(_RIGHT, 19, "Both pages are needed.", 3.0, anchor="ra")
    paper.line(_LEFT, 35, _RIGHT, 35, 0.7)
    paper.line(_LEFT, 162, _RIGHT, 162, 0.5)
    paper.line(_LEFT, 204, _RIGHT, 204, 0.5)
    paper.text(_LEFT, 254, "Go on with page 2: dependents, beneficiary, signature.", 3.4)


def _second(paper: Blank) -> None:
    paper.text(_LEFT, 12, "Enrolment: dependents and signature", 5.0)
    paper.polygon([(184, 10), (_RIGHT, 10), (_RIGHT, 26)])
    paper.line(_LEFT, 26, _RIGHT, 26, 0.7)
    _table(paper, next(field for field in FIELDS if field["kind"] == "table"))
    paper.line(_LEFT, 166, _RIGHT, 166, 0.5)
    for line, text in enumerate(
        (
            "What I have said on both pages is true. I know that coverage ends where it is not, and that the plan",
            "takes its share of the cost from my pay. A copy of this enrolment is as good as the original.",
        )
    ):
        paper.text(_LEFT, 170 + 4.2 * line, text, 3.0)
    paper.text(_LEFT, 222, "For the plan's use", 3.4)
    paper.shade((14, 228, 187.9, 24))
    paper.frame((14, 228, 187.9, 24), 0.3)


def _table(paper: Blank, table: Keys) -> None:
    x, y, width, height = table["box"]
    paper.text(x, y - 3.6, TITLES[table["name"]], 2.6)
    paper.frame(table["box"], 0.3)
    high = (height - table["header_height"]) / table["rows"]
    for row in range(table["rows"]):
        at = y + table["header_height"] + row * high
        paper.line(x, at, x + width, at)
    for column, title in zip(table["columns"], ("Name", "Born (MM/DD/YYYY)", "Relation"), strict=True):
        paper.text(x + column["x"] + 1.5, y + 1.6, title, 2.8)
        if column["x"]:
            paper.line(x + column["x"], y, x + column["x"], y + height)


def form_file() -> str:
    """The text of ``enrolment.yaml``."""
    head: dict[str, Any] = {
        "name": "enrolment",
        "version": 1,
        "title": "Enrolment in a health plan",
        "layout": "registered",
        "currency": "USD",
        "paper": {"width_mm": WIDTH_MM, "height_mm": HEIGHT_MM},
        "pages": [{"number": page, "blank": f"enrolment.{page}.png"} for page in PAGES],
        "together": TOGETHER,
    }
    return blank_form.form_file(_COMMENT, head, FIELDS, RULES, ["dpi: {min: 140}", "contrast: {min: 0.25}"])


def main() -> None:
    """Writes the pictures and the form file."""
    for page in PAGES:
        draw(page).image.save(FORMS_FOLDER / f"enrolment.{page}.png", optimize=True, dpi=(DPI, DPI))
    (FORMS_FOLDER / "enrolment.yaml").write_text(form_file(), encoding="utf-8")


if __name__ == "__main__":
    main()

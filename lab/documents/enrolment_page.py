"""An enrolment of two pages, filled by one hand and scanned, and what its writer meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.enrolment_blank import COVERAGES, PAGES, PLANS, RELATIONS, STATUSES, draw
from inkfield.lab.documents.filling import Filling, printed, ticked_then_others
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import DPI
from inkfield.lab.documents.writer import random_writer, write_in_cells
from inkfield.schemas.forms.model import FORMS_FOLDER, Field, Form, load_form

_EMPLOYERS = ("Kestrel Foundry", "Oakham Dairy", "Bluewater Logistics", "Tarn Valley Schools", "Pinecrest Hotel",
              "Hollis and Webb", "Marlow Textiles", "Granite Hill Clinic", "Juniper Foods")  # fmt: skip
_STATES = ("AZ", "CA", "FL", "GA", "IL", "KS", "MI", "NC", "NY", "OH", "OR", "PA", "TX", "UT", "WA")


@lru_cache(maxsize=1)
def enrolment_form() -> Form:
    """The form as its file says."""
    return load_form(FORMS_FOLDER / "enrolment.yaml")


@lru_cache(maxsize=2)
def _blank(page: int) -> np.ndarray:
    return np.asarray(draw(page, DPI).image)


def render_enrolment(
    rng: np.random.Generator, hands: Sequence[Path] = (), today: date = date(2026, 6, 30)
) -> tuple[list[np.ndarray], dict[str, Any]]:
    """The scanned pages of an enrolment (uint8 BGR, 300 dpi), in order, and its true values by the form's field names.

    ``hands`` are the fonts to write with; no date but that of the start lies after ``today``. The same ``rng`` state
    gives the same pages.
    """
    truth, writer = _invent(rng, today), random_writer(rng, hands)
    form, images = enrolment_form(), []
    values = {**truth, "address": None, "dependents": None}
    for number in PAGES:
        page = printed(_blank(number), None)
        filling = Filling(page, rng, writer)
        sheet = form.sheets()[number]
        for field, value in ticked_then_others(filling, sheet, values):
            _write(filling, field, value)
        if number == 1:
            filling.lines(truth["address"], _box(sheet.field("address")), 2)
        else:
            _fill_table(filling, sheet.field("dependents"), truth["dependents"])
        images.append(scan(page, rng))
    return images, {**truth, "address": " ".join(truth["address"])}


def _write(filling: Filling, field: Field, value: Any) -> None:
    if field.kind == "checkbox":
        filling.tick(_box(field))
    elif field.kind == "signature":
        filling.signature(_box(field))
    elif field.cells:
        text = date.fromisoformat(value).strftime("%m%d%Y") if field.kind == "date" else str(value)
        write_in_cells(filling.page, text, field.character_boxes(), filling.rng, filling.writer)
    elif field.kind == "amount":
        filling.line(people.pick(filling.rng, (value, f"{float(value):,.2f}")), _box(field))
    else:
        filling.line(value, _box(field))


def _fill_table(filling: Filling, table: Field, rows: Sequence[dict[str, str]]) -> None:
    separator = people.pick(filling.rng, "/-")
    for row, cells in zip(rows, table.table_cells(), strict=False):
        born = date.fromisoformat(row["born"]).strftime(f"%m{separator}%d{separator}%Y")
        for cell in cells:
            filling.line({**row, "born": born}[cell.name], _box(cell))


def _box(field: Field) -> tuple[float, float, float, float]:
    assert field.box is not None
    return field.box


def _invent(rng: np.random.Generator, today: date) -> dict[str, Any]:
    signed = people.day(rng, today - timedelta(days=90), today)
    hired = people.day(rng, date(2015, 1, 1), signed)
    status, coverage = people.pick(rng, STATUSES), people.pick(rng, COVERAGES)
    number = member_number(rng)
    return {
        "member_number": number,
        "last_name": _name(rng, -1),
        "first_name": _name(rng, 0),
        "date_of_birth": people.day(rng, date(1955, 1, 1), date(1996, 12, 31)).isoformat(),
        "sex": people.pick(rng, "FFFMMMX"),
        "marital_status": status,
        "address": _address(rng),
        "phone": str(int(rng.integers(2, 10))) + people.digits(rng, 9) if rng.random() < 0.8 else None,
        "employer": people.pick(rng, _EMPLOYERS),
        "hired": hired.isoformat(),
        "annual_pay": f"{int(rng.integers(180, 1400)) * 100 + int(rng.choice([0, 0, 50])):.2f}",
        "coverage": coverage,
        "plan": people.pick(rng, PLANS),
        "starts": (signed.replace(day=1) + timedelta(days=62)).replace(day=1).isoformat(),
        "tobacco": bool(rng.random() < 0.2),
        "other_insurance": bool(rng.random() < 0.2),
        "member_number_again": number,
        "dependents": _dependents(rng, coverage, signed),
        "beneficiary": people.person(rng),
        "beneficiary_relation": people.pick(rng, tuple(RELATIONS.split("|"))),
        "waived": bool(rng.random() < 0.3),
        "signature": bool(rng.random() < 0.97),
        "date_signed": signed.isoformat(),
    }


def member_number(rng: np.random.Generator) -> str:
    """Nine figures, the last of which is right by Luhn."""
    return people.with_check_digit(people.digits(rng, 8), "luhn")


def _name(rng: np.random.Generator, part: int) -> str:
    names = [name for name in people.person(rng).split() if not name.endswith(".")]
    return names[part]


def _address(rng: np.random.Generator) -> tuple[str, str]:
    street, town = people.address(rng)
    place, code = town.rsplit(" ", 1)
    return street, f"{place} {people.pick(rng, _STATES)} {code}"


def _dependents(rng: np.random.Generator, coverage: str, signed: date) -> list[dict[str, str]]:
    count = {"employee": 0, "couple": 1, "family": int(rng.integers(1, 5))}[coverage]
    rows = []
    for row in range(count):
        adult = coverage == "couple" or (row == 0 and rng.random() < 0.6)
        years = (date(1955, 1, 1), date(1998, 12, 31)) if adult else (date(2008, 1, 1), signed)
        rows.append(
            {
                "name": people.person(rng),
                "born": people.day(rng, *years).isoformat(),
                "relation": people.pick(rng, ("spouse", "partner") if adult else ("son", "daughter")),
            }
        )
    return rows

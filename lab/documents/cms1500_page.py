"""A claim with the places of CMS-1500, filled by one hand or typed, and scanned; and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.cms1500_blank import DIAGNOSES, PROGRAMS, draw
from inkfield.lab.documents.filling import FACES, Filling, printed, ticked_then_others
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import DPI
from inkfield.lab.documents.writer import random_writer
from inkfield.schemas.forms.model import FORMS_FOLDER, Field, Form, load_form

_RED = (62, 70, 205)
_STATES = ("CA", "TX", "NY", "FL", "OH", "PA", "IL", "GA", "NC", "MI", "WA", "AZ", "MN", "OR", "KS", "UT")
_PLANS = ("Larkmoor Mutual", "Eastwick Health", "Northgate Care", "Redhill Benefit")
_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
Values = dict[str, Any]


def render_cms1500(
    rng: np.random.Generator,
    hands: Sequence[Path] = (),
    today: date = date(2026, 6, 30),
    typed: bool | None = None,
) -> tuple[np.ndarray, Values]:
    """A scanned claim (uint8 BGR, 300 dpi) and its true values by the form's field names.

    ``hands`` are the fonts to write with; ``typed`` says whether it is typed instead, by default every second one is.
    No date lies after ``today``. The same ``rng`` state gives the same page.
    """
    by_machine = bool(rng.random() < 0.5) if typed is None else typed
    truth = invent(rng, today)
    red = rng.random() < 0.7
    page = printed(_blank(70 if red else 60), _RED if red else None)
    writer = random_writer(rng, hands)
    filling = Filling(page, rng, writer, people.pick(rng, FACES) if by_machine else None)
    shown = fill(filling, truth, rng)
    return scan(page, rng), shown


@lru_cache(maxsize=2)
def _blank(ink: int) -> np.ndarray:
    return np.asarray(draw(DPI, ink)[0].image)


@lru_cache(maxsize=1)
def cms1500_form() -> Form:
    """The form as its file says."""
    return load_form(FORMS_FOLDER / "cms1500.yaml")


@lru_cache(maxsize=1)
def _codes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Everyday codes of diagnoses that may be billed, and all of up to five characters."""
    listed = cms1500_form().known_values(cms1500_form().field("diagnosis_a"))
    every = tuple(code for code in listed if len(code) <= 5 and code[2].isdigit())
    common = {code.replace(".", "") for code in people.DIAGNOSES}
    return tuple(sorted(common & set(listed))), every


def npi(rng: np.random.Generator) -> str:
    """A National Provider Identifier with a right check digit."""
    nine = "1" + "".join(str(d) for d in rng.integers(0, 10, 8))
    return people.with_check_digit(nine, "npi")


def invent(rng: np.random.Generator, today: date) -> Values:
    """What such a claim says: every field by name, None where nothing is written."""
    signed = people.day(rng, today - timedelta(days=180), today)
    first = people.day(rng, signed - timedelta(days=45), signed - timedelta(days=3))
    codes = _diagnoses(rng)
    rows = [_service(rng, first, signed, len(codes)) for _ in range(int(rng.integers(1, 7)))]
    total = sum((Decimal(row["charge"]) for row in rows), Decimal(0))
    other = rng.random() < 0.25
    street, town = people.address(rng)
    values: Values = {field.name: None for field in cms1500_form().fields}
    values |= {
        "cover": people.pick(rng, PROGRAMS),
        "insured_id": _member(rng),
        "patient_name": _name(rng),
        "patient_birth_date": people.day(rng, date(1935, 1, 1), date(2015, 12, 31)).isoformat(),
        "patient_sex": people.pick(rng, ("M", "F")),
        "insured_name": _name(rng),
        "patient_street": street,
        "relationship": people.pick(rng, ("self", "spouse", "child", "other")),
        "employment": _yes_no(rng),
        "auto_accident": _yes_no(rng),
        "other_accident": _yes_no(rng),
        "another_plan": "yes" if other else "no",
        "insured_plan": people.pick(rng, _PLANS),
        "insured_group": "G" + people.digits(rng, 6) if rng.random() < 0.7 else None,
        "federal_tax_id": f"{people.digits(rng, 2)}-{people.digits(rng, 7)}",
        "tax_id_type": "EIN",
        "patient_account": people.digits(rng, int(rng.integers(5, 9))),
        "accept_assignment": _yes_no(rng, 0.8),
        "services": rows,
        "total_charge": f"{total:.2f}",
        "icd_indicator": "0",
        **{f"diagnosis_{DIAGNOSES[i]}": code for i, code in enumerate(codes)},
        "patient_signature": bool(rng.random() < 0.95),
        "insured_signature": bool(rng.random() < 0.85),
        "provider_signature": True,
        "provider_signed": signed.isoformat(),
        "facility_address": (people.pick(rng, _PLANS) + " Clinic", *_address(rng)),
        "billing_npi": npi(rng),
        "billing_address": (people.person(rng) + " MD", *_address(rng)),
        "billing_area_code": people.digits(rng, 3),
        "billing_phone": f"{people.digits(rng, 3)}-{people.digits(rng, 4)}",
    }
    values |= _town(rng, "patient", town) | _town(rng, "insured", people.address(rng)[1])
    values["insured_street"] = people.address(rng)[0]
    if values["auto_accident"] == "yes":
        values["accident_state"] = people.pick(rng, _STATES)
    if other:
        values |= {
            "other_insured_name": _name(rng),
            "other_policy": "P" + people.digits(rng, 7),
            "other_plan": people.pick(rng, _PLANS),
        }
    if rng.random() < 0.5:
        values |= {
            "referring_qualifier": "DN",
            "referring_name": people.person(rng),
            "referring_npi": npi(rng),
        }
    if rng.random() < 0.5:
        values |= {
            "onset": people.day(rng, first - timedelta(days=90), first).isoformat(),
            "onset_qualifier": "431",
        }
    if rng.random() < 0.5:
        values["facility_npi"] = npi(rng)
    if rng.random() < 0.4:
        values["insured_birth_date"] = people.day(rng, date(1935, 1, 1), date(2000, 12, 31)).isoformat()
        values["insured_sex"] = people.pick(rng, ("M", "F"))
    if rng.random() < 0.15:
        start = people.day(rng, first - timedelta(days=20), first)
        values |= {"hospital_from": start.isoformat(), "hospital_to": first.isoformat()}
    if rng.random() < 0.2:
        values |= {"outside_lab": "yes", "outside_lab_charges": _money(rng)}
    if rng.random() < 0.5:
        values["amount_paid"] = people.pick(rng, ("0.00", "20.00", "35.00", _money(rng)))
    if rng.random() < 0.3:
        values["prior_authorization"] = people.digits(rng, 9)
    if rng.random() < 0.6:
        values["patient_signed"] = signed.isoformat()
    return values


def _diagnoses(rng: np.random.Generator) -> list[str]:
    common, every = _codes()
    count = int(rng.choice([1, 2, 2, 3, 4, 4, 6, 12]))
    return list(
        dict.fromkeys(people.pick(rng, common if rng.random() < 0.7 else every) for _ in range(count))
    )


def _service(rng: np.random.Generator, first: date, last: date, diagnoses: int) -> Values:
    day = people.day(rng, first, last - timedelta(days=2))
    count = min(diagnoses, int(rng.choice([1, 1, 2, 3])))
    letters = sorted(rng.choice(list(DIAGNOSES[:diagnoses].upper()), count, replace=False))
    row: Values = {
        "date_from": day.isoformat(),
        "date_to": day.isoformat(),
        "place": people.pick(rng, ("11", "12", "21", "22", "23")),
        "procedure": people.pick(rng, people.PROCEDURES),
        "pointer": "".join(letters),
        "charge": _money(rng),
        "units": str(int(rng.choice([1, 1, 1, 2, 3, 10]))),
        "provider_npi": npi(rng),
    }
    if rng.random() < 0.3:
        row["modifier_1"] = people.pick(rng, ("25", "59", "26", "RT", "LT", "TC", "76"))
    if rng.random() < 0.1:
        row["emergency"] = "Y"
    return row


def _money(rng: np.random.Generator) -> str:
    cents = 0 if rng.random() < 0.6 else int(rng.integers(0, 100))
    return f"{int(rng.integers(8, 950))}.{cents:02d}"


def _member(rng: np.random.Generator) -> str:
    if rng.random() < 0.5:
        return people.pick(rng, _LETTERS) + people.pick(rng, _LETTERS) + people.digits(rng, 9)
    letter, digit = (lambda: people.pick(rng, _LETTERS)), (lambda: str(int(rng.integers(0, 10))))
    first = people.digits(rng, 1)
    return "".join(
        (first, letter(), digit(), digit(), letter(), digit(), digit(), letter(), letter(), digit(), digit())
    )


def _name(rng: np.random.Generator) -> str:
    first, *rest = people.person(rng).replace(".", "").split()
    return f"{rest[-1]}, {' '.join([first, *rest[:-1]])}"


def _town(rng: np.random.Generator, who: str, town: str) -> Values:
    city, code = town.rsplit(" ", 1)
    values: Values = {f"{who}_city": city, f"{who}_state": people.pick(rng, _STATES), f"{who}_zip": code}
    if rng.random() < 0.7:
        values |= {
            f"{who}_area_code": people.digits(rng, 3),
            f"{who}_phone": f"{people.digits(rng, 3)}-{people.digits(rng, 4)}",
        }
    return values


def _address(rng: np.random.Generator) -> tuple[str, str]:
    street, town = people.address(rng)
    city, code = town.rsplit(" ", 1)
    return street, f"{city} {people.pick(rng, _STATES)} {code}"


def _yes_no(rng: np.random.Generator, yes: float = 0.12) -> str:
    return "yes" if rng.random() < yes else "no"


def fill(filling: Filling, values: Values, rng: np.random.Generator) -> Values:
    """Writes the values into the form; returns them as they are read, an address in one line."""
    on_file = rng.random() < 0.5
    shown = dict(values)
    for field, value in ticked_then_others(filling, cms1500_form(), values):
        assert field.box is not None
        if field.kind == "table":
            _fill_table(filling, field, value)
        elif field.kind == "signature":
            if on_file and field.known_values:
                filling.line(people.pick(rng, ("SIGNATURE ON FILE", "SOF")), field.box)
            else:
                filling.signature(field.box)
        elif field.lines > 1:
            filling.lines(value, field.box, field.lines)
            shown[field.name] = " ".join(value)
        else:
            _write(filling, field, str(value))
    return shown


def _fill_table(filling: Filling, table: Field, rows: Sequence[Values]) -> None:
    for row, cells in zip(rows, table.table_cells(), strict=False):
        for cell in cells:
            if row.get(cell.name) is not None:
                _write(filling, cell, row[cell.name])


def _write(filling: Filling, field: Field, value: str) -> None:
    """One value into its box; of dates the year with two figures, or four where its part has room."""
    assert field.box is not None
    if field.kind == "date":
        day = date.fromisoformat(value)
        if field.parts:
            wide = field.box[2] - field.parts[-1] > 9
            filling.parts(day.strftime("%m %d %Y" if wide else "%m %d %y").split(), field.box, field.parts)
        else:
            filling.line(day.strftime("%m/%d/%Y"), field.box)
    elif field.parts:
        filling.parts(value.split("."), field.box, field.parts)
    else:
        filling.line(value, field.box)

"""A prescription, filled by one hand and scanned, and what its writer meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.cms1500_page import npi
from inkfield.lab.documents.filling import Filling, printed, ticked_then_others
from inkfield.lab.documents.prescription_blank import DOSAGE_FORMS, draw
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import DPI
from inkfield.lab.documents.writer import random_writer, write_in_cells
from inkfield.schemas.forms.model import FORMS_FOLDER, Form, load_form

OFF_LIST = 0.15
"""Share of prescriptions whose drug is not on the list as it is written: a slip of the pen, or a name of a maker."""
_STRENGTHS = ("5 mg", "10 mg", "20 mg", "25 mg", "40 mg", "50 mg", "100 mg", "250 mg", "500 mg", "875 mg", "2.5 mg",
              "0.5 mg", "12.5 mg", "50 mcg", "75 mcg", "125 mcg", "1 g", "5 mL", "0.1 %", "100 units")  # fmt: skip
_UNITS = {"tablet": "tablet", "capsule": "capsule", "liquid": "spoon"}
_AMOUNTS = ("1", "1", "1", "2", "3")
_TIMES = (
    "daily",
    "twice daily",
    "three times daily",
    "at bedtime",
    "every 8 hours",
    "every 12 hours",
    "as needed for pain",
)
_MAKERS = ("Norvexil", "Cardiplex", "Zolvira", "Tensora", "Medrilan", "Quintal", "Brevazol")


@lru_cache(maxsize=1)
def prescription_form() -> Form:
    """The form as its file says."""
    return load_form(FORMS_FOLDER / "prescription.yaml")


@lru_cache(maxsize=2)
def _blank(dpi: int) -> np.ndarray:
    return np.asarray(draw(dpi).image)


def render_prescription(
    rng: np.random.Generator, hands: Sequence[Path] = (), today: date = date(2026, 6, 30)
) -> tuple[np.ndarray, dict[str, Any]]:
    """A scanned prescription (uint8 BGR, 300 dpi) and its true values by the form's field names.

    ``hands`` are the fonts to write with; no date lies after ``today``. The drug is what stands on the paper, which may
    be no drug. The same ``rng`` state gives the same page.
    """
    truth = _invent(rng, today)
    page = printed(_blank(DPI), None)
    filling = Filling(page, rng, random_writer(rng, hands))
    for field, value in ticked_then_others(filling, prescription_form(), truth):
        assert field.box is not None
        if field.kind == "checkbox":
            filling.tick(field.box)
        elif field.kind == "signature":
            filling.signature(field.box)
        elif field.cells:
            text = date.fromisoformat(value).strftime("%m%d%Y") if field.kind == "date" else str(value)
            write_in_cells(page, text, field.character_boxes(), rng, filling.writer)
        elif field.lines > 1:
            filling.lines(_halves(value), field.box, field.lines)
        elif field.name == "drug":
            filling.line(value.capitalize() if rng.random() < 0.5 else value, field.box)
        else:
            filling.line(value, field.box)
    return scan(page, rng), truth


def _invent(rng: np.random.Generator, today: date) -> dict[str, Any]:
    kind = people.pick(rng, DOSAGE_FORMS[:3])
    return {
        "patient_name": people.person(rng),
        "date_of_birth": people.day(rng, date(1935, 1, 1), date(2015, 12, 31)).isoformat(),
        "date_written": people.day(rng, today - timedelta(days=120), today).isoformat(),
        "drug": _drug(rng),
        "strength": people.pick(rng, _STRENGTHS),
        "dosage_form": kind,
        "directions": f"Take {people.pick(rng, _AMOUNTS)} {_UNITS[kind]} by mouth {people.pick(rng, _TIMES)}",
        "quantity": int(rng.choice([7, 10, 14, 20, 28, 30, 60, 90, 120, 180])),
        "refills": people.pick(rng, "000123345"),
        "dispense_as_written": bool(rng.random() < 0.25),
        "prescriber_name": f"Dr. {people.person(rng)}",
        "npi": npi(rng),
        "registration_number": registration_number(rng) if rng.random() < 0.5 else None,
        "signature": bool(rng.random() < 0.97),
    }


def _drug(rng: np.random.Generator) -> str:
    drugs = prescription_form().known_values(prescription_form().field("drug"))
    drug = people.pick(rng, drugs)
    if rng.random() < OFF_LIST:
        if rng.random() < 0.3:
            return people.pick(rng, _MAKERS)
        at = int(rng.integers(1, len(drug) - 1))
        slip = people.pick(rng, ("", drug[at] * 2, people.pick(rng, "aeiounrst")))
        drug = drug[:at] + slip + drug[at + 1 :]
    return drug


def registration_number(rng: np.random.Generator) -> str:
    """A registration number of the US Drug Enforcement Administration with a right check digit."""
    figures = [int(d) for d in rng.integers(0, 10, 6)]
    last = (sum(figures[0::2]) + 2 * sum(figures[1::2])) % 10
    return (
        people.pick(rng, "ABFGM") + people.pick(rng, "ABCDEFGHKLMNPRST") + "".join(map(str, [*figures, last]))
    )


def _halves(text: str) -> list[str]:
    """A text on two lines, cut at a space near its middle."""
    words = text.split()
    best = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(text) / 2))
    return [" ".join(words[:best]), " ".join(words[best:])]

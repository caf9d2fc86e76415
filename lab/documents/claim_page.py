"""A claim form, filled by one hand and scanned, and what its writer meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.claim_blank import DPI as BLANK_DPI
from inkfield.lab.documents.claim_blank import FIELDS, draw_blank
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import DPI
from inkfield.lab.documents.writer import Writer, random_writer, sign, tick_box, write, write_in_cells

_BOXES: dict[str, tuple[float, float, float, float]] = {f["name"]: tuple(f["box"]) for f in FIELDS}
_CELLS = {f["name"]: f.get("cells", 1) for f in FIELDS}
_TABLE = next(f for f in FIELDS if f["kind"] == "table")


def render_claim(
    rng: np.random.Generator, hands: Sequence[Path] = (), today: date = date(2026, 6, 30)
) -> tuple[np.ndarray, dict[str, Any]]:
    """A scanned claim form (uint8 BGR, 300 dpi) and its true values by the form's field names.

    Dates are ISO 8601, amounts decimals as text, empty fields None, the table a list of rows. ``hands`` are the
    fonts to write with; no date lies after ``today``. The same ``rng`` state gives the same page.
    """
    truth = _invent(rng, today)
    page = _blank()
    _fill(page, truth, rng, random_writer(rng, hands))
    truth["address"] = " ".join(truth["address"])
    return scan(page, rng), truth


def _blank() -> np.ndarray:
    """The printed form as float32 BGR at 300 dpi."""
    grey = np.asarray(draw_blank())
    size = (round(grey.shape[1] * DPI / BLANK_DPI), round(grey.shape[0] * DPI / BLANK_DPI))
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR).astype(np.float32)


def _invent(rng: np.random.Generator, today: date) -> dict[str, Any]:
    signed = people.day(rng, today - timedelta(days=180), today)
    service = people.day(rng, signed - timedelta(days=60), signed - timedelta(days=3))
    rows = []
    for _ in range(int(rng.integers(1, 6))):
        charge = Decimal(int(rng.integers(4, 400)) * 500) / 100
        if rng.random() < 0.4:
            charge += Decimal(int(rng.integers(0, 100))) / 100
        rows.append(
            {
                "service_date": people.day(rng, service, signed).isoformat(),
                "procedure": people.pick(rng, people.PROCEDURES),
                "charge": f"{charge:.2f}",
            }
        )
    codes = [str(c) for c in rng.choice(people.DIAGNOSES, int(rng.choice([1, 2, 2, 3])), replace=False)]
    male = bool(rng.random() < 0.5)
    return {
        "patient_name": people.person(rng),
        "date_of_birth": people.day(rng, date(1935, 1, 1), date(2015, 12, 31)).isoformat(),
        "sex_male": male,
        "sex_female": not male,
        "address": people.address(rng),
        "policy_number": people.pick(rng, "ABCDEFGHKLMNPRSTUVWXY")
        + people.pick(rng, "ABCDEFGHKLMNPRSTUVWXY")
        + people.digits(rng, 8),
        "claim_number": people.digits(rng, 10),
        **{f"diagnosis_{i + 1}": codes[i] if i < len(codes) else None for i in range(3)},
        "services": sorted(rows, key=lambda row: row["service_date"]),
        "total": f"{sum(Decimal(row['charge']) for row in rows):.2f}",
        "signature": bool(rng.random() < 0.97),
        "date_signed": signed.isoformat(),
    }


def _fill(page: np.ndarray, truth: dict[str, Any], rng: np.random.Generator, writer: Writer) -> None:
    """Writes the values into the form, as people do: more or less where they belong."""
    for name in ("patient_name", "total", "diagnosis_1", "diagnosis_2", "diagnosis_3"):
        if truth[name] is not None:
            _write_in(page, str(truth[name]), _BOXES[name], rng, writer)
    x, y, width, height = _BOXES["address"]
    for line, text in enumerate(truth["address"]):
        _write_in(page, text, (x, y + line * height / 2, width, height / 2), rng, writer)
    for name in ("date_of_birth", "date_signed"):
        write_in_cells(page, _ddmmyyyy(truth[name]), _cells(name), rng, writer)
    for name in ("policy_number", "claim_number"):
        write_in_cells(page, truth[name], _cells(name), rng, writer)
    for name in ("sex_male", "sex_female"):
        if truth[name]:
            tick_box(page, _BOXES[name], rng, writer)
    _fill_table(page, truth["services"], rng, writer)
    if truth["signature"]:
        x, y, width, height = _BOXES["signature"]
        wide = float(rng.uniform(35, 60))
        start = x + float(rng.uniform(5, width - wide - 5))
        sign(page, start, y + height * float(rng.uniform(0.6, 0.8)), wide, rng, writer)


def _fill_table(
    page: np.ndarray, rows: list[dict[str, str]], rng: np.random.Generator, writer: Writer
) -> None:
    x, y, _, height = _BOXES["services"]
    high = (height - _TABLE["header_height"]) / _TABLE["rows"]
    separator = people.pick(rng, "/.-")
    for i, row in enumerate(rows):
        day = date.fromisoformat(row["service_date"])
        written = {**row, "service_date": day.strftime(f"%d{separator}%m{separator}%Y")}
        for column in _TABLE["columns"]:
            cell = (x + column["x"], y + _TABLE["header_height"] + i * high, column["width"], high)
            _write_in(page, written[column["name"]], cell, rng, writer)


def _write_in(
    page: np.ndarray,
    text: str,
    box: tuple[float, float, float, float],
    rng: np.random.Generator,
    writer: Writer,
) -> None:
    """Writes a line of text into a box, from its left."""
    x, y, width, height = box
    start = x + float(rng.uniform(2, 5))
    baseline = y + height * float(rng.uniform(0.66, 0.76))
    write(page, text, start, baseline, rng, writer, 2.5, x + width - 2 - start)


def _cells(name: str) -> list[tuple[float, float, float, float]]:
    x, y, width, height = _BOXES[name]
    step = width / _CELLS[name]
    return [(x + i * step, y, step, height) for i in range(_CELLS[name])]


def _ddmmyyyy(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d%m%Y")

"""A further standard of cheques is one object: defined here, registered, and a cheque of it read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from inkfield.lab.documents.sheet import DPI, Sheet
from inkfield.lab.documents.writer import random_writer, write
from inkfield.pipeline.cheques import registry
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.micr.e13b import read_micr
from inkfield.pipeline.cheques.micr.e13b_shapes import draw_micr
from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.pipeline.cheques.paper.printed_lines import Band
from inkfield.pipeline.cheques.standard import ChequeStandard, Look
from inkfield.pipeline.fields.kinds.amount_locale import WESTERN
from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page, Region
from inkfield.schemas.reasons import ReasonCode, because

WIDE, HIGH = 170.0, 80.0
LINE = "D12345D 987654A 4217"
PLACES = {
    "payee": ("name", (30.0, 18.0, 90.0, 10.0)),
    "legal_amount_1": ("amount_words", (10.0, 30.0, 120.0, 9.0)),
    "courtesy_amount": ("amount", (132.0, 26.0, 34.0, 9.0)),
    "date": ("date", (115.0, 5.0, 50.0, 9.0)),
    "voucher": ("code", (10.0, 4.0, 40.0, 7.0)),
    "signature": ("signature", (100.0, 45.0, 65.0, 18.0)),
}
"""Where the fields lie, in mm: this standard fixes them all."""
FORM = """
{name: cheque_xx, version: 1, title: Cheque of a new country, layout: cheque_xx, currency: EUR,
 paper: {width_mm: 170, height_mm: 80}, fields: [
  {name: payee, kind: name}, {name: courtesy_amount, kind: amount}, {name: legal_amount, kind: amount_words},
  {name: amount, kind: amount}, {name: date, kind: date, date_order: DMY},
  {name: voucher, kind: code, pattern: '[0-9]{4}'},
  {name: micr, kind: micr}, {name: signature, kind: signature}]}
"""


def _owns(micr: MicrReading) -> bool:
    return re.fullmatch(r"D\d{5}D ?\d{6}A ?\d{4}", micr.text) is not None


def _parts(text: str) -> MicrParts | None:
    match = re.fullmatch(r"D(\d{5})D ?(\d{6})A ?(\d{4})", text)
    return MicrParts(match[3], match[1], match[2]) if match else None


def _look(image: np.ndarray, larger: bool) -> Look:
    scale = image.shape[1] / WIDE
    micr = read_micr(to_grey(image), scale * 25.4)
    regions = {
        name: Region(name, kind, tuple(round(mm * scale) for mm in box))  # type: ignore[arg-type]
        for name, (kind, box) in PLACES.items()
    }
    lines = {
        name: Band(y + height, x, x + width)
        for name in ("payee", "legal_amount_1")
        for x, y, width, height in (regions[name].box,)
    }
    layout = ChequeLayout(regions, {}, (), scale, lines, micr) if _owns(micr) else None
    return Look(image, np.eye(3), micr, layout)


NEW = ChequeStandard(
    name="cheque_xx",
    aspect=(1.8, 2.5),
    look=_look,
    owns=_owns,
    parts=_parts,
    faults=lambda text: (
        () if _parts(text) else (because(ReasonCode.MICR_STRUCTURE, structure="5, 6 and 4 digits"),)
    ),
    captions=(("pay",), ("euro",)),
    fields={"voucher": "code"},
    amounts=WESTERN,
    names_printed=False,
    serial_field="voucher",
)


def _cheque() -> np.ndarray:
    rng = np.random.default_rng(5)
    sheet = Sheet(WIDE, HIGH, (250, 250, 250))
    sheet.text(12, 9, "4217", 3.2)
    sheet.line(30, 28, 120, 28, 0.3)
    sheet.line(10, 39, 130, 39, 0.3)
    page = sheet.pixels()
    writer = random_writer(rng)
    for text, x, y, size in (
        ("Clara Lindqvist", 32, 26.5, 3.4),
        ("Two hundred forty", 14, 37.5, 3.4),
        ("240.00", 136, 33.5, 3.2),
        ("12.05.2026", 120, 12.5, 3.2),
        ("C. Quell", 110, 58, 6.5),
    ):
        write(page, text, x, y, rng, writer, size, 60)
    line = np.repeat(draw_micr(LINE, DPI)[..., None], 3, axis=2)
    top, left = round(page.shape[0] - 10 * DPI / 25.4), round(12 * DPI / 25.4)
    part = page[top : top + line.shape[0], left : left + line.shape[1]]
    np.minimum(part, 255.0 - line, out=part)
    return page.astype(np.uint8)


@pytest.mark.parametrize("turned", [0, 2])
def test_a_cheque_of_a_new_standard_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turned: int
) -> None:
    (tmp_path / "cheque_xx.yaml").write_text(FORM, encoding="utf-8")
    monkeypatch.setenv("INKFIELD_FORMS", str(tmp_path))
    monkeypatch.setitem(registry.STANDARDS, NEW.name, NEW)
    reader = PageReader(None, "default")
    page = Page("scan", 1, np.rot90(_cheque(), turned).copy(), DPI)
    (reading,) = reader.read(page, date(2026, 6, 30))
    assert reading.form == "cheque_xx"
    values = {field.name: field.value for field in reading.fields}
    assert values["micr"] == LINE
    assert values["signature"] is True
    assert values["voucher"] == "4217"
    assert values["amount"] == 240

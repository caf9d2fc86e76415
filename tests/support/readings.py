"""Readings as the pipeline makes them, for the tests of the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from inkfield.schemas.readings import Alternative, DocumentReading, FieldReading, PageReading, Value
from inkfield.schemas.reasons import ReasonCode, because

FORM = """
name: {name}
version: {version}
title: A form of the tests
layout: cheque
paper: {{width_mm: 200, height_mm: 100}}
fields:
  - {{name: payee, kind: name}}
  - {{name: amount, kind: amount}}
  - {{name: words, kind: amount_words}}
  - {{name: visits, kind: integer}}
  - {{name: date, kind: date, date_order: DMY}}
  - {{name: signature, kind: signature}}
  - name: services
    kind: table
    box: [0, 0, 100, 20]
    rows: 2
    columns: [{{name: charge, kind: amount, x: 0, width: 50}}]
"""
"""A form file with one field of every sort of SQL type."""


def field(name: str, kind: str, value: Value, **more: object) -> FieldReading:
    """A field that was read with certainty."""
    values: dict[str, object] = {
        "text": str(value),
        "confidence": 0.97,
        "status": "accepted",
        "box": (1, 2, 3, 4),
    }
    return FieldReading(name=name, kind=kind, value=value, **{**values, **more})  # type: ignore[arg-type]


def page(number: int = 1, amount: str = "1234.50", form: str | None = "slip") -> PageReading:
    """A page of the form ``slip`` above."""
    fields = (
        field(
            "payee", "name", "Anna Müller", alternatives=(Alternative("Anna Muller", "Anna Muller", 0.02),)
        ),
        field("amount", "amount", Decimal(amount)),
        field("words", "amount_words", Decimal(amount), text="one thousand"),
        field("visits", "integer", 12),
        field("date", "date", date(2026, 3, 15), reasons=(because(ReasonCode.FAR_AHEAD),)),
        field("signature", "signature", True),
        field("services", "table", '[{"charge": "12.50"}]'),
    )
    return PageReading(
        number=number,
        width=2480,
        height=3508,
        dpi=300.0,
        form=form,
        form_version=1,
        status="done",
        fields=fields,
        quality={"contrast": 0.5, "blur": float("nan")},
    )


def document(pages: Sequence[PageReading] | None = None, sha256: str = "ab" * 32) -> DocumentReading:
    """A document that was read, by default of one page."""
    return DocumentReading("slip.pdf", sha256, "done", tuple([page()] if pages is None else pages))

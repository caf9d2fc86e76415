"""From readings to rows: plain functions without a database."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.columns import value_column
from inkfield.schemas.database.tables import FieldRow, PageRow, PairRow
from inkfield.schemas.kinds.amount import fits_amount
from inkfield.schemas.readings import Alternative, FieldReading, LabelledValue, PageReading, Value
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.status import status_of


def page_row(page: PageReading, form_key: str | None = None) -> PageRow:
    """The row of a page with the rows of its fields. Raises TypeError or ValueError as field_row does.

    ``form_key`` is the content of its form; see inkfield.schemas.forms.key.content_key.
    """
    lines = [clean(line.text) for line in page.lines]
    return PageRow(
        number=page.number,
        width=int(page.width),
        height=int(page.height),
        dpi=float(page.dpi),
        form=page.form,
        form_version=page.form_version,
        form_key=form_key,
        picture=page.picture,
        ink=page.ink,
        scan_number=page.scan_number,
        sheet=page.sheet,
        part_of=page.part_of,
        status=page.status,
        reason=page.reason,
        quality=finite(page.quality),
        text="\n".join(lines) if lines else None,
        fields=[field_row(field) for field in page.fields],
        pairs=[pair_row(pair) for pair in page.pairs],
    )


def pair_row(pair: LabelledValue) -> PairRow:
    """The row of a labelled value: yes and no as ``true`` and ``false``."""
    value = pair.value if isinstance(pair.value, str) else str(pair.value).lower()
    return PairRow(
        label=clean(pair.label),
        value=clean(value),
        kind=pair.kind,
        row_number=pair.row,
        box=[int(number) for number in pair.box],
        confidence=float(pair.confidence),
    )


def field_row(field: FieldReading) -> FieldRow:
    """The row of a field, its value in the column of its kind.

    A number too large or too fine for the column (a misreading) leaves the value empty, the field to review.
    Raises TypeError for a value of another type than its kind, ValueError for a confidence that is no number.
    """
    if math.isnan(field.confidence):
        raise ValueError(f"the confidence of field {field.name} is no number")
    column, value = value_column(field.kind), field.value
    status, reasons = field.status, field.reasons
    if value is not None:
        value = _typed(field.name, column, value)
        if isinstance(value, Decimal) and not fits_amount(value):
            value, reasons = None, (*reasons, because(ReasonCode.TOO_LARGE))
            status = status_of(value, reasons)
    return FieldRow(
        name=field.name,
        kind=field.kind,
        text=clean(field.text),
        **({column: value}),
        confidence=min(max(float(field.confidence), 0.0), 1.0),
        status=status,
        box=None if field.box is None else [int(side) for side in field.box],
        alternatives=[_alternative(alternative) for alternative in field.alternatives],
        source=field.source,
        reasons=reasons,
    )


def finite(measures: Mapping[str, float]) -> dict[str, float | None]:
    """Measures for a JSON column: JSON knows no NaN and no infinity, they become null."""
    return {name: float(value) if math.isfinite(value) else None for name, value in measures.items()}


def _typed(name: str, column: str, value: Value) -> Decimal | date | bool | str:
    match column:
        case "value_number" if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        case "value_date" if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        case "value_bool" if isinstance(value, bool):
            return value
        case "value_text" if value is not None and not isinstance(value, bool):
            return clean(str(value))
    # The value itself stays out of the message: messages end in logs.
    raise TypeError(f"field {name} has a value of type {type(value).__name__}, which is none for {column}")


def _alternative(alternative: Alternative) -> dict[str, Any]:
    value = alternative.value
    return {
        "text": clean(alternative.text),
        "value": value if value is None or isinstance(value, bool) else clean(str(value)),
        "probability": float(alternative.probability) if math.isfinite(alternative.probability) else None,
    }

"""Whether a value is one that a field of a form can have: what a person types is held to what reading is held to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from inkfield.schemas.database.values import TypedValue
from inkfield.schemas.forms.model import AMOUNT_KINDS, Column, Field, Form

FIRST_YEAR = 1900
"""No date on a form is older; as pipeline/fields/kinds/dates.py reads them."""
FARTHEST_AHEAD = timedelta(days=366)
"""A date that lies farther ahead is a slip of the pen; as pipeline/judgement/rules.py judges them."""


def described(form: Form, name: str) -> Field | Column | None:
    """The field or table column that ``name`` (``total``, ``services.1.charge``) is of; None where there is none."""
    table, _, cell = name.partition(".")
    field = next((field for field in form.fields if field.name == table), None)
    if field is None or not cell:
        return field
    return next((column for column in field.columns if column.name == cell.rpartition(".")[2]), None)


def check_value(field: Field | Column | None, name: str, value: TypedValue, today: date) -> None:
    """Raises ValueError for a value that reading would never accept in this field."""
    if field is None or value is None:
        return
    if isinstance(field, Field) and field.options and value not in {option.value for option in field.options}:
        raise ValueError(f"{name} is one of: {', '.join(option.value for option in field.options)}")
    if field.pattern and field.kind in ("code", "text", "integer", "micr"):
        text = str(int(value)) if isinstance(value, Decimal) else str(value)
        if not re.fullmatch(field.pattern, text):
            raise ValueError(f"{name} is written as {field.pattern}")
    if isinstance(value, date) and not value.year >= FIRST_YEAR:
        raise ValueError(f"{name} lies before {FIRST_YEAR}; a date is written as year-month-day")
    if isinstance(value, date) and value > today + FARTHEST_AHEAD:
        raise ValueError(f"{name} lies more than a year ahead")
    if field.kind in AMOUNT_KINDS and isinstance(value, Decimal) and value < 0:
        raise ValueError(f"{name} is no amount below zero")

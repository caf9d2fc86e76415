"""Whether a value is one that a field of a form can have: what a person types is held to what reading is held to."""

from __future__ import annotations

import re
from datetime import date

from inkfield.schemas.forms.model import Column, Field, Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import Value


def described(form: Form, name: str) -> Field | Column | None:
    """The field or table column that ``name`` (``total``, ``services.1.charge``) is of; None where there is none."""
    table, _, cell = name.partition(".")
    field = next((field for field in form.fields if field.name == table), None)
    if field is None or not cell:
        return field
    return next((column for column in field.columns if column.name == cell.rpartition(".")[2]), None)


def check_value(field: Field | Column | None, name: str, value: Value, text: str, today: date) -> None:
    """Raises ValueError for a value that reading would never accept in this field; ``text`` is how it is typed."""
    if field is None or value is None:
        return
    if isinstance(field, Field) and field.options and value not in {option.value for option in field.options}:
        raise ValueError(f"{name} is one of: {', '.join(option.value for option in field.options)}")
    kind = kind_of(field.kind)
    if field.pattern and "pattern" in kind.keys and not re.fullmatch(field.pattern, text):
        raise ValueError(f"{name} is written as {field.pattern}")
    kind.check(name, value, today)

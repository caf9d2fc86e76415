"""Whether a value is one that a field of a form can have: what a person types is held to what reading is held to."""

from __future__ import annotations

import re
from datetime import date

from inkfield.schemas.forms.model import Column, Field
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import Value


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

"""A whole number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from inkfield.schemas.kinds.amount import NOT_FITTING, number
from inkfield.schemas.kinds.kind import FieldKind


class Integer(FieldKind):
    """Values are whole numbers of 16 digits at most."""

    def parse(self, text: str) -> int:
        value = number(text)
        if value != value.to_integral_value():
            raise ValueError(NOT_FITTING)
        return int(value)

    def as_text(self, value: Any) -> str | None:
        return None if value is None else str(int(value))

    def equal(self, written: Any, read: Any) -> bool:
        return Decimal(str(written)) == Decimal(str(read))


INTEGER = Integer("integer", "integer", ("0", "12"), keys=frozenset({"cells", "pattern"}), adds_up=True)

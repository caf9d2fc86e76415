"""An amount of money in figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from inkfield.schemas.kinds.kind import FieldKind
from inkfield.schemas.readings import Value

CENT = Decimal("0.01")
AMOUNT_LIMIT = Decimal(10) ** 16
"""Absolute values from here on do not fit into Numeric(18, 2), nor in hundredths into 64 bits."""


class Amount(FieldKind):
    """Values are decimals with two places."""

    def parse(self, text: str) -> Decimal:
        return number(text).quantize(CENT)

    def as_text(self, value: Any) -> str | None:
        return None if value is None else f"{Decimal(str(value)):.2f}"

    def equal(self, written: Any, read: Any) -> bool:
        return Decimal(str(written)) == Decimal(str(read))

    def check(self, name: str, value: Value, today: date) -> None:
        if isinstance(value, Decimal) and value < 0:
            raise ValueError(f"{name} is no amount below zero")


def number(text: str) -> Decimal:
    """The number that a person types, commas between its figures or not. Raises ValueError."""
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueError("an amount is written with figures and a decimal point: 1234.50") from None
    if not fits_amount(value):
        raise ValueError(NOT_FITTING)
    return value


def fits_amount(value: Decimal) -> bool:
    """Whether the value can be stored exactly as an amount."""
    return value.is_finite() and abs(value) < AMOUNT_LIMIT and value == value.quantize(CENT)


NOT_FITTING = "the number does not fit into 16 digits and 2 decimal places (integers: none)"

AMOUNT = Amount("amount", "amount", ("1234.50", "0.05"), keys=frozenset({"cells", "grammar"}), adds_up=True)

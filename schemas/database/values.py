"""Values as text, as people write them and as the views show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.columns import CENT, fits_amount, value_column

TypedValue = Decimal | date | bool | str | None


def typed_value(kind: str, text: str) -> TypedValue:
    """The value that ``text`` means for a kind: amounts with a decimal point, dates as YYYY-MM-DD, yes or no; an
    empty text is no value. Raises ValueError."""
    text = clean(text).strip()
    if not text:
        return None
    match value_column(kind):
        case "value_number":
            try:
                number = Decimal(text.replace(",", ""))
            except InvalidOperation:
                raise ValueError("an amount is written with figures and a decimal point: 1234.50") from None
            if not fits_amount(number) or (kind == "integer" and number != number.to_integral_value()):
                raise ValueError(
                    "the number does not fit into 16 digits and 2 decimal places (integers: none)"
                )
            return number if kind == "integer" else number.quantize(CENT)
        case "value_date":
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise ValueError("a date is written as year-month-day: 2026-03-31") from None
        case "value_bool":
            if text.lower() not in ("yes", "no"):
                raise ValueError("write yes or no")
            return text.lower() == "yes"
        case _:
            if kind == "decision" and text not in ("post", "review", "reject"):
                raise ValueError("a decision is post, review or reject")
            return text


def as_text(value: TypedValue) -> str | None:
    """The text that means a value, as `typed_value` takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)

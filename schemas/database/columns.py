"""Column types that mean the same on SQLite and PostgreSQL, and which of them a field of a form has."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, Boolean, Date, DateTime, Dialect, Double, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from inkfield.schemas.kinds import kind_of
from inkfield.schemas.kinds.amount import CENT, fits_amount
from inkfield.schemas.kinds.kind import Stored

Key = BigInteger().with_variant(Integer(), "sqlite")
"""Primary and foreign keys: SQLite counts by itself only in a column of the type INTEGER."""
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

ValueColumn = Literal["value_text", "value_number", "value_date", "value_bool"]


class ExactAmount(TypeDecorator[Decimal]):
    """Decimal with two places, exact everywhere: Numeric(18, 2), on SQLite a whole number of hundredths.

    SQLite has no decimal type: its NUMERIC is binary floating point, and decimals as text neither compare nor
    add up. Whole hundredths do both exactly, in SQL and in Python. The views divide them by 100.0 (see
    schemas/database/views.py). Raises ValueError for a value that the column cannot hold exactly.
    """

    impl = Numeric(18, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(18, 2))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | int | None:
        if value is None:
            return None
        amount = Decimal(value)
        if not fits_amount(amount):
            raise ValueError("an amount needs to be below 10^16 and have two decimal places at most")
        return int(amount * 100) if dialect.name == "sqlite" else amount.quantize(CENT)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-2).quantize(CENT) if dialect.name == "sqlite" else Decimal(value)


class UtcTime(TypeDecorator[datetime]):
    """Time with time zone, UTC in and out; SQLite, which has no time zones, keeps it without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def value_column(kind: str) -> ValueColumn:
    """The column of the table ``fields`` that holds the value of a field of this kind."""
    return _VALUE_COLUMNS[kind_of(kind).stored]


_VALUE_COLUMNS: dict[Stored, ValueColumn] = {
    "text": "value_text",
    "amount": "value_number",
    "integer": "value_number",
    "date": "value_date",
    "bool": "value_bool",
}


def form_column(stored: Stored) -> TypeEngine[Any]:
    """The SQL type of a column of a form's table. Amounts are exact on PostgreSQL (numeric).

    SQLite has no decimal type: there an amount is the floating point number nearest to it, the very one that a literal
    as 12.34 means; so amounts compare and print as they should up to 15 digits, and ``sum`` over a connection of
    inkfield is exact (see schemas/database/exact_sum.py). The evidence in ``fields`` is exact everywhere.
    """
    types: dict[Stored, TypeEngine[Any]] = {
        "text": Text(),
        "amount": Numeric(18, 2).with_variant(Double(), "sqlite"),
        "integer": BigInteger(),
        "date": Date(),
        "bool": Boolean(),
    }
    return types[stored]

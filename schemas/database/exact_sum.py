"""SUM without rounding errors on SQLite, whose own adds binary numbers (0.1 + 0.2 is not 0.3)."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

Number = int | float


class ExactSum:
    """SQLite's ``sum``, added up in decimals: exact for amounts, as an aggregate and as a window function.

    A float stands for the shortest decimal that is read back as the same float, which for an amount that was
    divided by 100.0 is the amount (up to 15 digits). The sum of floats is the float nearest to the exact sum,
    that of integers an integer, that of nothing null, all as in SQLite's own.
    """

    def __init__(self) -> None:
        self.whole = 0
        self.decimal = Decimal(0)
        self.count = 0
        self.floats = 0

    def step(self, value: Number | str | bytes | None) -> None:
        self._add(value, 1)

    def inverse(self, value: Number | str | bytes | None) -> None:
        self._add(value, -1)

    def _add(self, value: Number | str | bytes | None, sign: int) -> None:
        if value is None:
            return
        self.count += sign
        if isinstance(value, int):
            self.whole += sign * value
        else:
            self.floats += sign
            self.decimal += sign * Decimal(repr(_as_float(value)))

    def value(self) -> Number | None:
        if self.count == 0:
            return None
        return float(self.decimal + self.whole) if self.floats else self.whole

    def finalize(self) -> Number | None:
        return self.value()


def _as_float(value: float | str | bytes) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0  # as SQLite: text that is no number counts as nothing


def add_exact_sum(connection: sqlite3.Connection) -> None:
    """Put ``sum`` of this connection to exact arithmetic."""
    connection.create_window_function("sum", 1, ExactSum)

"""A calendar date."""

from __future__ import annotations

from datetime import date, timedelta

from inkfield.schemas.kinds.kind import FieldKind
from inkfield.schemas.readings import Value

FIRST_YEAR = 1900
"""No date on a form is older; as pipeline/fields/kinds/dates.py reads them."""
FARTHEST_AHEAD = timedelta(days=366)
"""A date that lies farther ahead is a slip of the pen; as pipeline/judgement/rules.py judges them."""


class Date(FieldKind):
    """Values are dates; people type them as year-month-day."""

    def parse(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError("a date is written as year-month-day: 2026-03-31") from None

    def check(self, name: str, value: Value, today: date) -> None:
        if not isinstance(value, date):
            return
        if value.year < FIRST_YEAR:
            raise ValueError(f"{name} lies before {FIRST_YEAR}; a date is written as year-month-day")
        if value > today + FARTHEST_AHEAD:
            raise ValueError(f"{name} lies more than a year ahead")


DATE = Date("date", "date", ("2026-03-31", "1999-12-01"), keys=frozenset({"cells", "date_order"}))

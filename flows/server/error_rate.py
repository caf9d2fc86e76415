"""How often what was accepted is wrong, from spot checks: the share, and between which limits it surely lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betaincinv

from inkfield.schemas.store.spot_checks import Checked

SURE = 0.95
"""The true share lies within the limits in so many of all cases, at least (Clopper and Pearson 1934)."""


@dataclass(frozen=True)
class ErrorRate:
    """``form`` and ``field`` are "" for all together. ``low`` and ``high`` are the limits of the share."""

    form: str
    field: str
    answered: int
    wrong: int
    open: int
    low: float
    high: float
    promised: float

    @property
    def share(self) -> float | None:
        return self.wrong / self.answered if self.answered else None

    @property
    def alarm(self) -> bool:
        """More are wrong than was promised, and that is no chance."""
        return self.low > self.promised


def error_rates(checks: Sequence[Checked], promised: float) -> list[ErrorRate]:
    """All together first, then field by field."""
    answered, wrong, still = (
        sum(getattr(one, part) for one in checks) for part in ("answered", "wrong", "open")
    )
    every = [Checked("", "", answered, wrong, still), *checks]
    return [
        ErrorRate(c.form, c.field, c.answered, c.wrong, c.open, *limits(c.wrong, c.answered), promised)
        for c in every
    ]


def limits(wrong: int, answered: int) -> tuple[float, float]:
    """The exact two-sided limits of a share of which ``wrong`` of ``answered`` were seen."""
    tail = (1 - SURE) / 2
    low = 0.0 if wrong == 0 else float(betaincinv(wrong, answered - wrong + 1, tail))
    high = 1.0 if wrong == answered else float(betaincinv(wrong + 1, answered - wrong, 1 - tail))
    return low, high

"""Whether the figures may hold one figure more than the amount: the sign of one that was squeezed in beside the others.

The amount that the words state is read from such figures as well, for a small figure that touches its neighbour looks
like a part of it. But then the longer amount fits the ink nearly as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from inkfield.pipeline.fields.kinds.amount_reading import AmountHypothesis
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class OneMoreFigureLimits:
    """How well a longer amount may fit."""

    odds: float = limit(
        -6.0,
        "nats",
        "rendered",
        "Log odds of the longer amounts together, from which on a figure may have been added",
    )


LIMITS = OneMoreFigureLimits()


def one_more_figure(figures: Sequence[AmountHypothesis], value: Decimal) -> float:
    """Log odds that the figures state ``value`` with one figure more before its decimals, and not ``value``.

    ``figures`` are the readings of the figures by themselves. -inf where none is longer, and where ``value`` is not
    among them: then the two sides disagree, which is told elsewhere.
    """
    shorter = _whole(value)
    same = [h.log_probability for h in figures if _whole(h.value) == shorter]
    longer = [h.log_probability for h in figures if _has_one_more(_whole(h.value), shorter)]
    return float(np.logaddexp.reduce(longer) - max(same)) if same and longer else -np.inf


def _whole(value: Decimal) -> str:
    return str(int(value))


def _has_one_more(longer: str, shorter: str) -> bool:
    return len(longer) == len(shorter) + 1 and any(
        longer[:k] + longer[k + 1 :] == shorter for k in range(len(longer))
    )

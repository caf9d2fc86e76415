"""What a value whose rival is nearly as likely may be sure of.

Calibration by the distance to the next best value is fitted on many cheques of which few are close; where the rival
itself has a good share, the value is wrong as often at least. A 9 whose head is open and a 4 are of this kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import FieldReading


@dataclass(frozen=True)
class RivalLimits:
    """When a rival counts."""

    share: float = limit(
        0.2,
        "probability",
        "rendered",
        "Of one rival, from which it counts. Of 500 good US cheques two of the six values that were accepted wrong had "
        "such a rival; of the dates and amounts accepted on 140 others none",
    )


LIMITS = RivalLimits()


def beside_rivals(reading: FieldReading) -> FieldReading:
    """The reading, no surer than its likeliest rival leaves room for."""
    rival = max((other.probability for other in reading.alternatives), default=0.0)
    if rival < LIMITS.share or reading.value is None:
        return reading
    return replace(reading, confidence=min(reading.confidence, round(1 - rival, 4)))

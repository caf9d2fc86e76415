"""Lines that should add up to a total, read jointly: of the readings that compete, those that add up win.

A charge of which the network has two readings, 150 and 750, is settled by the total as a clerk would settle it.
The value that wins may be an alternative of its field; its confidence is its share of all that could be true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from math import prod

from inkfield.pipeline.fields.calibration import LIMITS as CALIBRATION_LIMITS
from inkfield.pipeline.fields.calibration import most_sure
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Alternative, FieldReading


@dataclass(frozen=True)
class SumRuleLimits:
    """What is assumed of writers' sums."""

    writer_errs: float = limit(
        0.05,
        "probability",
        "guess",
        "How often the writer's own lines do not add up to the total beneath them",
    )
    chance: float = limit(
        0.02,
        "probability",
        "guess",
        "How often lines add up to the total although one of them, or the total, was misread",
    )
    alternatives_hold: float = limit(
        0.8,
        "probability",
        "guess",
        "If the first reading is wrong, how often the right one is among the alternatives",
    )
    most_ways: int = limit(40_000, "combinations", "guess", "Of readings that are looked at")
    least_sure: float = limit(0.001, "probability", "guess", "Of a reading that takes part in a sum")
    most_sure: float = limit(0.999, "probability", "guess", "Of a reading that takes part in a sum")


LIMITS = SumRuleLimits()


@dataclass(frozen=True)
class PossibleValue:
    """One value that a field may have, and how likely that is by its own ink alone."""

    text: str
    value: Decimal
    probability: float


@dataclass(frozen=True)
class JointSum:
    """The readings after the sum was taken into account, and whether their values add up."""

    readings: tuple[FieldReading, ...]
    adds_up: bool


def read_sum(lines: Sequence[FieldReading], total: FieldReading) -> JointSum:
    """The lines and then the total, each with the value and confidence that they support together.

    Bayes' rule over all ways to choose a value for each, with these priors: the writer's sum is right but for
    ``writer_errs``; a value that is in no list fits by ``chance``. Every reading must have a number as value.
    """
    options = _trimmed([_options(reading) for reading in (*lines, total)])
    likely = [{option.value: 0.0 for option in choice} for choice in options]
    best: tuple[float, tuple[PossibleValue, ...]] = (-1.0, ())
    for way in product(*options):
        adds_up = sum((option.value for option in way[:-1]), Decimal(0)) == way[-1].value
        weight = prod(option.probability for option in way)
        weight *= (
            (1 - LIMITS.writer_errs) + LIMITS.writer_errs * LIMITS.chance
            if adds_up
            else LIMITS.writer_errs * LIMITS.chance
        )
        for known, option in zip(likely, way, strict=True):
            known[option.value] += weight
        best = max(best, (weight, way), key=lambda found: found[0])
    chosen = best[1]
    known_mass = [sum(option.probability for option in choice) for choice in options]
    ways_known = sum(likely[0].values())
    # Ways in which some value is none of those listed: what that value is, the sum cannot say.
    ways_unknown = LIMITS.chance * (1 - prod(known_mass))
    readings = []
    for i, (reading, option) in enumerate(zip((*lines, total), chosen, strict=True)):
        elsewhere = LIMITS.chance * option.probability * (1 - prod(known_mass[:i] + known_mass[i + 1 :]))
        sure = (likely[i][option.value] + elsewhere) / (ways_known + ways_unknown)
        readings.append(_with(reading, option, sure))
    adds_up = sum((option.value for option in chosen[:-1]), Decimal(0)) == chosen[-1].value
    return JointSum(tuple(readings), adds_up)


def _options(reading: FieldReading) -> list[PossibleValue]:
    """The reading's value at its confidence, and the alternatives sharing what the list is thought to hold."""
    sure = min(max(reading.confidence, LIMITS.least_sure), LIMITS.most_sure)
    first = PossibleValue(reading.text, Decimal(str(reading.value)), sure)
    others = [other for other in reading.alternatives if isinstance(other.value, Decimal | int)]
    share = sum(other.probability for other in others)
    rest = (1 - sure) * LIMITS.alternatives_hold
    return [first] + [
        PossibleValue(other.text, Decimal(str(other.value)), rest * other.probability / share)
        for other in others
        if share > 0 and other.value != reading.value
    ]


def _trimmed(options: list[list[PossibleValue]]) -> list[list[PossibleValue]]:
    """The options with the unlikeliest left out until all their combinations can be looked at."""
    longest = max(len(choice) for choice in options)
    while longest > 1 and prod(min(len(choice), longest) for choice in options) > LIMITS.most_ways:
        longest -= 1
    return [choice[:longest] for choice in options]


def _with(reading: FieldReading, option: PossibleValue, sure: float) -> FieldReading:
    """The reading with the option as its value; the value that gave way stays as an alternative."""
    confidence = round(min(max(sure, 0.0), most_sure(CALIBRATION_LIMITS.tested_lines)), 4)
    if option.value == reading.value:
        return replace(reading, confidence=confidence)
    gave_way = Alternative(reading.text, reading.value, round(reading.confidence, 4))
    others = tuple(other for other in reading.alternatives if other.value != option.value)
    return replace(
        reading,
        text=option.text,
        value=option.value,
        confidence=confidence,
        alternatives=(gave_way, *others),
        source=f"{reading.source}+sum",
    )

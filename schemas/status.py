"""The status of a field: this is the only place where it is set."""

from __future__ import annotations

from collections.abc import Sequence

from inkfield.schemas.readings import FieldStatus, Value
from inkfield.schemas.reasons import Reason


def status_of(
    value: Value,
    against: Sequence[Reason] = (),
    confidence: float = 1.0,
    accept_at: float = 0.0,
    written: bool = True,
) -> FieldStatus:
    """The status of a field that has this value.

    ``empty`` where nothing is ``written``; ``review`` where what is written has no value, where something speaks
    ``against`` it, or where its confidence is below ``accept_at``; ``accepted`` otherwise. What a person said is
    certain. A decision is for review when it says so: what else is told of it does not speak against it.
    """
    if not written:
        return "empty"
    doubtful = value is None or bool(against) or confidence < accept_at
    return "review" if doubtful else "accepted"

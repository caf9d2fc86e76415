"""The status of a field follows from its value, its confidence and what speaks against it."""

from __future__ import annotations

from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.status import status_of


def test_only_a_sure_value_with_nothing_against_it_is_accepted() -> None:
    assert status_of("x", (), 0.9, 0.9) == "accepted"
    assert status_of("x", (), 0.89, 0.9) == "review"
    assert status_of(False, (), 0.9, 0.9) == "accepted"  # that nothing is ticked is a value
    assert status_of(None, (), 1.0, 0.9) == "review"
    assert status_of("x", (because(ReasonCode.STALE),), 1.0, 0.9) == "review"


def test_what_is_not_written_is_empty_whatever_is_said_of_it() -> None:
    assert status_of(None, (because(ReasonCode.NOT_WRITTEN),), 0.5, 0.9, written=False) == "empty"

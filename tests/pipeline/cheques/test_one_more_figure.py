"""How well figures fit an amount with one figure more."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.pipeline.cheques.alteration.one_more_figure import one_more_figure
from inkfield.pipeline.fields.kinds.amount_reading import AmountHypothesis


def _readings(*values: tuple[str, float]) -> list[AmountHypothesis]:
    return [AmountHypothesis(value, Decimal(value), log_p) for value, log_p in values]


@given(st.integers(1, 10**9), st.data())
def test_a_figure_more_is_found_at_any_place(value: int, data: st.DataObject) -> None:
    text = str(value)
    at = data.draw(st.integers(0, len(text)))
    longer = text[:at] + data.draw(st.sampled_from("123456789")) + text[at:]
    found = _readings((text + ".05", -1.0), (longer + ".05", -4.0))
    assert one_more_figure(found, Decimal(text + ".05")) == pytest.approx(-3.0)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_another_amount_of_as_many_figures_is_none(first: int, second: int) -> None:
    if len(str(first)) == len(str(second)):
        assert one_more_figure(_readings((str(first), -1.0), (str(second), -1.5)), Decimal(first)) == -np.inf


def test_longer_amounts_count_together_and_an_amount_that_is_not_read_has_none() -> None:
    found = _readings(("400", -1.0), ("1400", -2.0), ("7400", -2.0), ("12400", -2.0))
    assert one_more_figure(found, Decimal(400)) == pytest.approx(-1.0 + np.log(2))
    assert one_more_figure(found, Decimal(500)) == -np.inf
    assert one_more_figure([], Decimal(500)) == -np.inf

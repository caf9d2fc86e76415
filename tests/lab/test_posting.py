"""The threshold of posting follows from the wanted error rate; the curve tells what any threshold would do."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inkfield.lab.evaluate.cheque_curve import curve_table, decision_curve
from inkfield.pipeline.fields.calibration import fit_signed, posting_threshold

pairs = st.lists(st.tuples(st.floats(0.0, 1.0), st.sampled_from([0.0, 1.0])), max_size=40)


tied = st.lists(st.tuples(st.sampled_from([0.2, 0.9, 0.97, 0.99]), st.sampled_from([0.0, 1.0])), max_size=60)


@given(pairs | tied, st.floats(0.0, 0.5))
def test_what_is_posted_keeps_to_the_wanted_rate(joint: list[tuple[float, float]], rate: float) -> None:
    threshold = posting_threshold(joint, rate)
    posted = [right for sure, right in joint if sure >= threshold]
    assert sum(1 - right for right in posted) <= rate * len(posted)


def test_cheques_that_are_equally_sure_are_posted_all_or_none() -> None:
    joint = [(0.99, 1.0)] * 60 + [(0.99, 0.0)] * 40
    assert posting_threshold(joint, 0.02) > 1
    assert posting_threshold([(0.995, 1.0)] * 200 + joint, 0.02) == 0.995


def test_no_threshold_is_good_enough_where_all_is_wrong() -> None:
    assert posting_threshold([(0.99, 0.0)] * 20, 0.02) > 1
    assert posting_threshold([], 0.02) > 1
    assert posting_threshold([(0.99, 1.0)] * 20, 0.02) == 0.99


def test_slopes_have_the_signs_that_sense_demands() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(80, 3))
    right = (
        vectors[:, 0] - vectors[:, 1] + vectors[:, 2] > 0
    )  # doubt that speaks for a reading makes no sense
    _, sureness, shortfall, doubt = fit_signed(vectors, right)
    assert sureness > 0 > shortfall
    assert doubt == 0


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), max_size=40))
def test_the_curve_falls_with_the_threshold(cheques: list[tuple[float, bool]]) -> None:
    rows = decision_curve(cheques)
    rates = [row["posted_rate"] for row in rows]
    assert rates == sorted(rates, reverse=True)
    assert all(0 <= row["error_rate"] <= 1 for row in rows)
    assert curve_table(rows).row_count == len(rows)

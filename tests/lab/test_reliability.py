import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.lab.calibrate.calibrate_lines import cross_fitted
from inkfield.lab.calibrate.reliability import Reliability, wilson
from inkfield.pipeline.fields.ranking import Evidence

READINGS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def of(readings: list[tuple[float, bool]]) -> Reliability:
    return Reliability([sure for sure, _ in readings], [right for _, right in readings])


def test_a_calibrated_reader_has_a_small_error_and_a_boaster_a_large_one() -> None:
    rng = np.random.default_rng(2)
    sure = rng.random(20_000)
    right = rng.random(20_000) < sure
    assert Reliability(sure, right).expected_calibration_error < 0.015
    assert Reliability(np.full(20_000, 0.99), right).expected_calibration_error > 0.45


def test_figures_of_a_small_case_by_hand() -> None:
    found = of([(0.95, True), (0.95, False), (0.6, True), (0.2, False)])
    assert [(b.count, b.right) for b in found.bins] == [(1, 0.0), (1, 1.0), (2, 0.5)]
    assert found.expected_calibration_error == pytest.approx((0.2 + 0.4 + 2 * 0.45) / 4)
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 0.4**2 + 0.2**2) / 4)
    assert [(p.threshold, p.read_rate, round(p.error_rate, 4)) for p in found.curve] == [
        (0.95, 0.5, 0.5),
        (0.6, 0.75, 0.3333),
        (0.2, 1.0, 0.5),
    ]
    best = found.read_rate_within(0.4)
    assert best is not None
    assert (best.threshold, best.read_rate) == (0.6, 0.75)
    assert found.read_rate_within(0.1) is None
    assert found.at(0.99).read_rate == 0.0


@given(READINGS)
def test_measures_stay_in_their_ranges(readings: list[tuple[float, bool]]) -> None:
    found = of(readings)
    assert 0 <= found.expected_calibration_error <= 1
    assert 0 <= found.brier <= 1
    assert sum(b.count for b in found.bins) == len(readings)
    assert found.curve[-1].read_rate == 1.0
    rates = [point.read_rate for point in found.curve]
    assert rates == sorted(rates)
    for point in found.curve:
        again = found.at(point.threshold)
        assert (again.read_rate, again.error_rate) == pytest.approx((point.read_rate, point.error_rate))
    assert found.figures()["readings"] == len(readings)


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share(count: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, count))
    low, high = wilson(right, count)
    assert 0 <= low <= right / count + 1e-12
    assert right / count - 1e-12 <= high <= 1


@pytest.mark.parametrize(("sure", "right"), [([], []), ([0.5], []), ([1.2], [True])])
def test_what_is_no_list_of_verdicts_is_refused(sure: list[float], right: list[bool]) -> None:
    with pytest.raises(ValueError, match="confidences"):
        Reliability(sure, right)


def test_confidences_are_judged_on_evidence_that_they_were_not_fitted_on() -> None:
    rng = np.random.default_rng(4)
    logits = rng.normal(1, 4, 600)
    right = rng.random(600) < 1 / (1 + np.exp(-logits))
    judged = [(Evidence(float(x), 0.0, 0.1), bool(ok)) for x, ok in zip(logits, right, strict=True)]
    assert cross_fitted(judged).expected_calibration_error < 0.06

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.judgement.sum_rule import read_sum
from inkfield.schemas.readings import Alternative, FieldReading


def amount(value: float, confidence: float, *others: tuple[float, float]) -> FieldReading:
    alternatives = tuple(Alternative(str(v), Decimal(str(v)), p) for v, p in others)
    return FieldReading(
        "charge", "amount", str(value), Decimal(str(value)), confidence, "review", None, alternatives
    )


def test_lines_that_add_up_make_each_other_surer():
    found = read_sum([amount(150, 0.8), amount(20, 0.9)], amount(170, 0.85))
    assert found.adds_up
    assert all(reading.confidence > 0.97 for reading in found.readings)


def test_the_total_settles_which_of_two_readings_a_charge_is():
    found = read_sum([amount(750, 0.6, (150, 0.35)), amount(20, 0.95)], amount(170, 0.95))
    assert found.adds_up
    assert found.readings[0].value == Decimal(150)
    assert found.readings[0].confidence > 0.9
    assert found.readings[0].alternatives[0].value == Decimal(750)


def test_the_charges_settle_the_total():
    found = read_sum([amount(150, 0.97), amount(20.5, 0.97)], amount(170.6, 0.7, (170.5, 0.2), (110.5, 0.1)))
    assert found.readings[-1].value == Decimal("170.5")


def test_a_sum_that_the_writer_got_wrong_is_left_as_read_and_is_trusted_less():
    found = read_sum([amount(150, 0.95), amount(20, 0.95)], amount(180, 0.95))
    assert not found.adds_up
    assert [reading.value for reading in found.readings] == [150, 20, 180]
    assert all(reading.confidence < 0.8 for reading in found.readings)


def test_values_that_were_surely_read_do_not_give_way_to_an_unlikely_alternative():
    found = read_sum([amount(150, 0.9999, (160, 0.00001)), amount(20, 0.9999)], amount(180, 0.9999))
    assert [reading.value for reading in found.readings] == [150, 20, 180]


def test_many_lines_with_many_readings_take_no_time():
    lines = [amount(i, 0.5, (i + 1, 0.2), (i + 2, 0.1), (i + 3, 0.1), (i + 4, 0.1)) for i in range(14)]
    assert read_sum(lines, amount(sum(range(14)), 0.5)).adds_up


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1), st.integers(0, 9)), min_size=1, max_size=4),
    st.integers(0, 40),
    st.floats(0, 1),
)
def test_confidences_are_probabilities_and_values_come_from_the_lists(lines, total, sure):
    readings = [amount(value, p, (other, 0.5)) for value, p, other in lines]
    found = read_sum(readings, amount(total, sure, (total + 1, 0.5)))
    for before, after in zip([*readings, amount(total, sure, (total + 1, 0.5))], found.readings, strict=True):
        assert 0 <= after.confidence <= 1
        assert after.value in {before.value, *(a.value for a in before.alternatives)}

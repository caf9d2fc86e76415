from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.amounts import parse_amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("88,00,000/-", "8800000"),
        ("2255000/-", "2255000"),
        ("510,00,000/-", "51000000"),
        ("1,25,00000/-", "12500000"),
        ("150,00,000/-", "15000000"),
        ("2,75,000", "275000"),
        ("Rs. 1,25,000/-", "125000"),
        ("₹ 5,000.00", "5000"),
        ("Rs 500 only", "500"),
        ("25.000/-", "25000"),
        ("1 25 000/=", "125000"),
        ("$1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("**233.00**", "233"),
        ("=500=", "500"),
        ("500--", "500"),
        ("233 50", "233.50"),
        ("233 45/100", "233.45"),
        ("600 & 45/100", "600.45"),
        ("12 xx/100", "12"),
        ("no/100", None),
        ("2,5O,OOO/-", "250000"),
        ("O5,OOO", "5000"),
        ("l25", "125"),
        ("12S0", "1250"),
        ("0.05", "0.05"),
        ("", None),
        ("/-", None),
        ("Smith", None),
        ("12 Smith Street", None),
        ("1234567890123456", None),
    ],
)
def test_reads_what_people_write(text, value):
    assert parse_amount(text) == (None if value is None else Decimal(value))


def test_a_dash_before_an_amount_is_a_filler_unless_amounts_are_signed():
    assert parse_amount("-45.10") == Decimal("45.10")
    assert parse_amount("-45.10", signed=True) == Decimal("-45.10")
    assert parse_amount("(45.10)", signed=True) == Decimal("-45.10")
    assert parse_amount("-45.10-", signed=False) == Decimal("45.10")


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_never_raises(text):
    value = parse_amount(text)
    assert value is None or value >= 0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**11), st.integers(0, 99))
def test_reads_back_western_grouping_to_the_cent(whole, cents):
    assert parse_amount(f"${whole:,}.{cents:02d}") == Decimal(f"{whole}.{cents:02d}")

from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.integers import parse_integer


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**17))
def test_reads_back_numbers(number):
    assert parse_integer(str(number)) == number
    assert parse_integer(f"# {number:,} ") == number


def test_repairs_letters_among_digits_only():
    assert parse_integer("l0O") == 100
    assert parse_integer("lO") is None
    assert parse_integer("12 apples") is None
    assert parse_integer("-3") == -3


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_never_raises(text):
    parse_integer(text)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.codes import parse_code


@pytest.mark.parametrize(
    ("text", "pattern", "value"),
    [
        ("AB 123456", r"[A-Z]{2}[0-9]{6}", "AB123456"),
        ("ab123456", r"[A-Z]{2}[0-9]{6}", "AB123456"),
        ("AB-I2345O", r"[A-Z]{2}-[0-9]{6}", "AB-123450"),
        ("A8123456", r"[A-Z]{2}[0-9]{6}", "AB123456"),
        ("3000 2010 1088 41", r"[0-9]{9,18}", "30002010108841"),
        ("AB12", r"[A-Z]{2}[0-9]{6}", None),
        ("XXXXXXXX", r"[0-9]{8}", None),
        ("pol 77", None, "POL77"),
        ("", None, None),
    ],
)
def test_reads_codes_by_their_pattern(text, pattern, value):
    assert parse_code(text, pattern) == value


def test_snaps_to_the_known_codes():
    known = ["E11.9", "E11.65", "J45.909", "I10"]
    assert parse_code("e119", known=known) == "E11.9"
    assert parse_code("J45.9O9", known=known) == "J45.909"
    assert parse_code("EI1.65", known=known) == "E11.65"
    assert parse_code("E11.7", known=["E11.9", "E11.6"]) is None  # one edit from both
    assert parse_code("Z99.9", known=known) is None


@settings(max_examples=50, deadline=None)
@given(st.text(), st.sampled_from([None, r"[A-Z]{2}[0-9]{6}"]))
def test_never_raises(text, pattern):
    parse_code(text, pattern)

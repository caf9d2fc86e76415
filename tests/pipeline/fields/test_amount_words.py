from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from inkfield.pipeline.fields.kinds.amount_words import parse_amount_words

WORDS = ["one", "five", "ten", "twenty", "hundred", "thousand", "lakh", "crore", "and", "only", "&", "45/100"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Eighty Eight lakhs", "8800000"),
        ("Fourty Four lakh twenty thousand", "4420000"),
        ("Twenty Two lacks Fifty five thousand", "2255000"),
        ("five Crores Ten lakhs", "51000000"),
        ("SeventyOne Lakh Sixty five thousand", "7165000"),
        ("one fifty lakhs", "15000000"),
        ("one hundred fifty lakhs", "15000000"),
        ("Twenty Seven thousand and fifty", "27050"),
        ("Two lakh Ten thousand & Five hundred", "210500"),
        ("four Crore. twenty Lakhs", "42000000"),
        ("Rupees Fiftythousand only /-", "50000"),
        ("Hundred only", "100"),
        ("twelve hundred", "1200"),
        ("Two lakh crore", None),  # beyond what a form is for
        ("twenty thousnd ninty nin", "20099"),
        ("TWO HUNDRED AND 0/100", "200"),
        ("Six Hundred and Zero 45/100", "600.45"),
        ("One hundred and xx/100 dollars", "100"),
        ("no dollars and 45/100", "0.45"),
        ("Ten rupees and fifty paise", "10.50"),
        ("Rupees one hundred and paise fifty only", "100.50"),
        ("5 lakh 20 thousand", "520000"),
        ("two five", None),
        ("five thousand two lakh", None),
        ("thousand thousand five", None),
        ("One lakh elephants", None),
        ("", None),
        ("only", None),
    ],
)
def test_reads_what_people_write(text, value):
    assert parse_amount_words(text) == (None if value is None else Decimal(value))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 999_999_999))
def test_reads_back_spelled_numbers(number):
    assert parse_amount_words(num2words(number)) == number
    assert parse_amount_words(num2words(number, lang="en_IN")) == number


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "one",
                "five",
                "ten",
                "twenty",
                "ninety",
                "hundred",
                "thousand",
                "lakh",
                "crore",
                "and",
                "only",
                "&",
                "45/100",
            ]
        )
    )
)
def test_never_raises(words):
    value = parse_amount_words(" ".join(words))
    assert value is None or value >= 0

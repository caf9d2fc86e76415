"""Captions that were read with a payee go; names that only look like them stay."""

from __future__ import annotations

import pytest

from inkfield.pipeline.cheques.payee_captions import payee_without_captions, text_without_captions
from inkfield.schemas.readings import Alternative, FieldReading


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("PAY Asha Gupta", "Asha Gupta"),
        ("Pay to Asha Gupta", "Asha Gupta"),
        ("PAYTO Asha Gupta", "Asha Gupta"),
        ("Payton Gupta", "Payton Gupta"),
        ("PAY TO THE ORDER OF Some Guy", "Some Guy"),
        ("the order of Some Guy", "Some Guy"),
        ("Asha Gupta OR BEARER", "Asha Gupta"),
        ("Pay: Asha Gupta or Order.", "Asha Gupta"),
        ("Asha Gupta या धारक को", "Asha Gupta"),
        ("Payal Gupta", "Payal Gupta"),
        ("Pay-Tech Ltd", "Pay-Tech Ltd"),
        ("Bearer Brothers", "Bearer Brothers"),
        ("Order of Malta", "Order of Malta"),
        ("To Van Minh", "To Van Minh"),
        ("PAY", "PAY"),
        ("", ""),
    ],
)
def test_captions_go_and_names_stay(read: str, meant: str) -> None:
    assert text_without_captions(read) == meant


def test_value_and_alternatives_lose_them_too() -> None:
    other = Alternative("Pay Asha Gupte", "Pay Asha Gupte", 0.1)
    reading = FieldReading(
        "payee", "name", "PAY Asha Gupta", "PAY Asha Gupta", 0.9, "accepted", None, (other,)
    )
    bare = payee_without_captions(reading)
    assert (bare.text, bare.value, bare.alternatives[0].value) == ("Asha Gupta", "Asha Gupta", "Asha Gupte")

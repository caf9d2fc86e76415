"""Keys of fields that printed lines part, and of codes with check digits and lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds import written
from inkfield.pipeline.fields.kinds.codes import has_check_digit
from inkfield.pipeline.fields.reader import grammar
from inkfield.schemas.forms.model import Field

BOX = (0.0, 0.0, 30.0, 5.0)


def field(**keys: object) -> Field:
    return Field.model_validate({"name": "it", "box": BOX, **keys})


def test_check_digits_of_known_numbers() -> None:
    assert has_check_digit("1234567893", "npi")  # the example of the US government
    assert not has_check_digit("1234567890", "npi")
    assert has_check_digit("4111111111111111", "luhn")
    assert has_check_digit("AB1234563", "dea")
    assert not has_check_digit("AB1234564", "dea")
    assert not has_check_digit("", "luhn") and not has_check_digit("AB", "dea")


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_figure_is_always_told(nine: str, place: int, step: int) -> None:
    (last,) = (str(d) for d in range(10) if has_check_digit(nine + str(d), "npi"))
    changed = nine[:place] + str((int(nine[place]) + step) % 10) + nine[place + 1 :]
    assert not has_check_digit(changed + last, "npi")


def test_a_code_with_a_wrong_check_digit_has_no_value() -> None:
    npi = field(kind="code", pattern="[12][0-9]{9}", check_digit="npi")
    assert written(npi).parse("1234567893", npi) == "1234567893"
    assert written(npi).parse("1234567890", npi) is None


def test_parts_of_dates_and_amounts() -> None:
    born = field(kind="date", date_order="MDY", parts=[8, 16])
    charge = field(kind="amount", parts=[20])
    assert str(written(born).parse("05 27 1951", born)) == "1951-05-27"
    assert str(written(charge).parse("38 15", charge)) == "38.15"
    assert written(charge).parse("1,250 00", charge) == 1250
    assert grammar(charge).characters <= set("0123456789 ,.$")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"kind": "date", "date_order": "MDY", "parts": [8]}, "two lines"),
        ({"kind": "text", "parts": [8]}, "other kinds none"),
        ({"kind": "amount", "parts": [40]}, "is not in the box"),
        ({"kind": "date", "date_order": "MDY", "parts": [16, 8]}, "from left to right"),
        ({"kind": "date", "date_order": "MDY", "parts": [8, 16], "cells": 8}, "not both"),
        ({"kind": "text", "check_digit": "npi"}, "is for codes"),
    ],
)
def test_keys_that_do_not_go_together(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        field(**keys)


def table(**column: object) -> Field:
    first = {"name": "a", "kind": "text", "x": 0, "width": 30, "height": 2}
    columns = [first, {"name": "b", "kind": "text", "x": 0, "width": 30, **column}]
    return Field.model_validate(
        {"name": "it", "kind": "table", "box": (1, 1, 30, 20), "rows": 4, "columns": columns}
    )


def test_columns_may_lie_above_one_another(tmp_path: Path) -> None:
    (first, second), *_ = table(y=2.5).table_cells()
    assert first.box == (1, 1, 30, 2)
    assert second.box == (1, 3.5, 30, 2.5)
    with pytest.raises(ValueError, match="ends below its row"):
        table(y=3, height=3)

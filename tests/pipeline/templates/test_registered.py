import json
from datetime import date
from decimal import Decimal
from functools import lru_cache

import numpy as np
import pytest

from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.fields.table import with_rows
from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import no_trace
from inkfield.pipeline.templates.identify import recognise_form
from inkfield.pipeline.templates.read import read_registered
from inkfield.pipeline.templates.template import load_template
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.readings import FieldReading
from tests.support.claims import DPI, SCALE, claim_form, filled_claim, laid


@lru_cache(maxsize=1)
def reader() -> FieldReader:
    return FieldReader(load_recognizer("default"))


def read(page: np.ndarray) -> dict[str, FieldReading]:
    match = recognise_form(page, DPI, {"claim": claim_form()})
    assert match is not None
    fields = read_registered(View(page, 300.0), claim_form(), match, reader(), no_trace)
    return {field.name: field for field in fields}


@pytest.fixture(scope="module")
def filled() -> dict[str, FieldReading]:
    return read(laid(filled_claim(), 2.0)[0])


@pytest.fixture(scope="module")
def empty() -> dict[str, FieldReading]:
    page = np.minimum(load_template(claim_form()).at(SCALE), 238)
    return read(laid(page, -1.0)[0])


def test_every_field_is_told(filled: dict[str, FieldReading]) -> None:
    assert {field.name for field in claim_form().fields} <= set(filled)


def test_checkboxes_and_signature(filled: dict[str, FieldReading]) -> None:
    assert filled["sex_male"].value is False
    assert filled["sex_female"].value is True
    assert filled["signature"].value is True


def test_figures_in_boxes_are_read(filled: dict[str, FieldReading]) -> None:
    assert filled["date_signed"].value == date(2026, 6, 14)
    assert filled["claim_number"].value == "5902718346"


def test_writing_is_read(filled: dict[str, FieldReading]) -> None:
    assert filled["total"].value == Decimal("1240.50")
    assert filled["patient_name"].status != "empty"
    assert filled["address"].status != "empty"


def test_a_table_has_its_rows_and_no_empty_ones(filled: dict[str, FieldReading]) -> None:
    rows = json.loads(with_rows(filled["services"], list(filled.values())).text)
    assert [list(row) for row in rows] == [["service_date", "procedure", "charge"]] * 2
    assert filled["services.1.charge"].value == Decimal("620.25")
    assert "services.3.charge" not in filled


def test_fields_without_writing_are_empty(filled: dict[str, FieldReading]) -> None:
    assert filled["diagnosis_2"].status == "empty"
    assert filled["diagnosis_3"].status == "empty"


def test_boxes_lie_on_the_scan(filled: dict[str, FieldReading]) -> None:
    height, width = laid(filled_claim(), 2.0)[0].shape
    for field in filled.values():
        assert field.box is not None
        x, y, w, h = field.box
        assert 0 <= x < x + w <= width and 0 <= y < y + h <= height


def test_a_blank_form_is_empty(empty: dict[str, FieldReading]) -> None:
    for field in empty.values():
        if field.kind in ("checkbox", "signature"):
            assert field.value is False
        else:
            assert field.status == "empty", field.name


def test_a_field_that_the_scanner_cut_off_goes_to_review() -> None:
    found = read(laid(filled_claim(), cut=(0.0, 0.0, 0.0, 0.17))[0])
    assert found["signature"].status == "review"
    assert found["date_of_birth"].value == date(1984, 3, 7)

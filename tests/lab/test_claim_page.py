from __future__ import annotations

from datetime import date
from decimal import Decimal

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.claim_page import render_claim
from inkfield.pipeline.templates.identify import recognise_form
from inkfield.schemas.forms.model import load_forms

CLAIM = load_forms()["claim"]


@pytest.fixture(scope="module")
def page() -> tuple[np.ndarray, dict]:
    return render_claim(np.random.default_rng(5), today=date(2026, 3, 1))


def test_the_truth_is_one_of_this_form(page: tuple[np.ndarray, dict]) -> None:
    _, truth = page
    assert set(truth) == {field.name for field in CLAIM.fields}
    assert sum(Decimal(row["charge"]) for row in truth["services"]) == Decimal(truth["total"])
    assert truth["sex_male"] != truth["sex_female"]
    assert date.fromisoformat(truth["date_of_birth"]) < date.fromisoformat(truth["date_signed"])
    assert date.fromisoformat(truth["date_signed"]) <= date(2026, 3, 1)


def test_the_page_is_a_scan_of_the_form(page: tuple[np.ndarray, dict]) -> None:
    image, _ = page
    assert image.dtype == np.uint8
    assert abs(image.shape[0] - 3508) < 40
    match = recognise_form(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 300, {"claim": CLAIM})
    assert match is not None


def test_the_same_seed_makes_the_same_page(page: tuple[np.ndarray, dict]) -> None:
    image, truth = page
    again, truth_again = render_claim(np.random.default_rng(5), today=date(2026, 3, 1))
    assert truth == truth_again
    assert np.array_equal(image, again)

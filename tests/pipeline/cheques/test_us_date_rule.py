"""The date of a US cheque of a bank that nobody has seen: found under letters that cross its rule."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.hostile import good
from inkfield.lab.documents.sheet import DPI
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.schemas.readings import FieldReading

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def reader() -> PageReader:
    return PageReader(None, "default")


def _fields(reader: PageReader, image: np.ndarray) -> dict[str, FieldReading]:
    (reading,) = reader.read(Page("rendered", 1, image, DPI), TODAY)
    return {field.name: field for field in reading.fields}


@pytest.mark.parametrize("number", [11, 19, 31])
def test_a_dated_cheque_is_not_rejected_as_undated(reader: PageReader, number: int) -> None:
    """On these the head of the amount's box was taken for the date's rule."""
    image, truth = good(np.random.default_rng([4711, number, 1]), american=True)
    fields = _fields(reader, image)
    assert str(fields["date"].value) == truth["date"]
    assert fields["decision"].value != "reject"


def test_the_first_word_of_a_small_hand_is_no_label(reader: PageReader) -> None:
    """A name of two words, of which the first was taken away and the second accepted."""
    image, truth = good(np.random.default_rng([4710, 79, 1]), american=True)
    payee = _fields(reader, image)["payee"]
    assert payee.status != "accepted" or payee.value == truth["payee"]


def test_without_a_rule_that_can_be_seen_the_date_is_for_review_or_read(reader: PageReader) -> None:
    image, truth = good(np.random.default_rng([4711, 19, 1]), american=True)
    height, width = image.shape[:2]
    rule = image[round(0.2 * height) : round(0.3 * height), round(0.6 * width) : round(0.95 * width)]
    rule[:] = cv2.medianBlur(rule, 9)  # thin lines go, strokes of the pen stay
    found = _fields(reader, image)["date"]
    assert found.status != "empty"
    assert found.status != "accepted" or str(found.value) == truth["date"]

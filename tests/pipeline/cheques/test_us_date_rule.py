"""The date of a US cheque of a bank that nobody has seen: found under letters that cross its rule."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.hostile import good
from inkfield.lab.documents.sheet import DPI
from inkfield.pipeline.cheques.read_date import year_perhaps_cut
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode

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


def test_a_year_of_which_two_figures_are_hidden_is_not_accepted(reader: PageReader) -> None:
    """Seen on a sheet: 2024 was written beyond the end of its rule, and read as 2020."""
    image, truth = good(np.random.default_rng([4905, 223, 1]), american=True)
    assert str(truth["date"]) == "2025-03-11"
    high, wide = image.shape[:2]
    _hide(image, 0.185 * high, 0.25 * high, 0.79 * wide, 0.86 * wide)
    found = _fields(reader, image)["date"]
    assert found.status == "review" and ReasonCode.YEAR_CUT in [reason.code for reason in found.reasons]


def _hide(image: np.ndarray, top: float, bottom: float, left: float, right: float) -> None:
    """Paper from above laid over a part."""
    rows, columns = slice(round(top), round(bottom)), slice(round(left), round(right))
    image[rows, columns] = np.median(image[rows, columns].reshape(-1, 3), axis=0)


@pytest.mark.parametrize(
    ("text", "cut"),
    [("February 12, 20", True), ("2/12/20", True), ("Feb 3, 19 ", True), ("2/12/24", False), ("Mar 4, 2020", False),
     ("12022020", False), ("", False), ("20 May 2025", False)],
)  # fmt: skip
def test_a_year_that_may_be_cut(text: str, cut: bool) -> None:
    assert year_perhaps_cut(text, TODAY) is cut


def test_a_line_that_says_another_number_than_is_printed_is_not_accepted(reader: PageReader) -> None:
    """A small photo in which a 3 of the line is read as a 1."""
    image, truth = good(np.random.default_rng([4905, 919, 1]), american=True)
    fields = _fields(reader, image)
    wrong = str(fields["micr"].value) != truth["micr"]
    told = ReasonCode.SERIAL_DIFFERS in [reason.code for reason in fields["micr"].reasons]
    assert not wrong or (told and fields["micr"].status == "review")

"""Cheques that lack something, are defaced, or are none: on banks that nothing was tuned on, none is posted."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.lab.documents.hostile import HOSTILE, good
from inkfield.lab.documents.random_bank import random_bank
from inkfield.lab.documents.sheet import DPI, Sheet
from inkfield.pipeline.page import load_page_reader
from inkfield.pipeline.records import Page
from inkfield.schemas.readings import FieldReading, PageReading

TODAY = date(2026, 6, 30)


def _read(image: np.ndarray) -> list[PageReading]:
    return load_page_reader(None, "default").read(Page("scan", 1, image, DPI), TODAY)


def _fields(reading: PageReading) -> dict[str, FieldReading]:
    return {field.name: field for field in reading.fields}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_none_of_these_is_posted_or_loses_its_text(kind: str) -> None:
    for reading in _read(HOSTILE[kind](np.random.default_rng([31, 4]))):
        fields = _fields(reading)
        if kind in ("chart", "table", "report", "card"):
            assert reading.form is None
            assert reading.lines
            continue
        if kind == "micr_missing":  # only its captions say that it is a cheque
            assert any("date" in line.text.lower() for line in reading.lines)
        decision = fields["decision"]
        assert decision.value in ("review", "reject")
        assert decision.value == "review" or decision.confidence > 0.9
        if kind in ("no_amount", "blank", "scrawled_no_amount"):
            assert fields["amount"].status != "accepted"


@pytest.mark.parametrize("seed", [(4901, 35), (4901, 539), (7002, 32), (7002, 59), (5101, 8)])
def test_a_figure_in_ink_of_nearly_the_same_colour_is_not_posted(seed: tuple[int, int]) -> None:
    """It touches the first figure, stands apart like a currency sign, or is written over it: each was posted once."""
    (reading,) = _read(HOSTILE["altered"](np.random.default_rng([*seed, 0])))
    assert _fields(reading)["decision"].value == "review"


@pytest.mark.parametrize("number", [391, 977])
def test_a_nine_that_looks_like_a_four_is_not_accepted_as_one(number: int) -> None:
    """An amount and a date that were accepted wrong, though their rivals had 35 and 45 in 100."""
    image, truth = good(np.random.default_rng([4901, number, 1]), True)
    (reading,) = _read(image)
    for name in ("amount", "date"):
        field = _fields(reading)[name]
        right = f"{field.value:.2f}" if name == "amount" else str(field.value)
        assert right == truth[name] or field.status == "review"


@pytest.mark.parametrize("american", [False, True])
def test_a_good_cheque_of_a_bank_never_seen_is_read(american: bool) -> None:
    image, truth = good(np.random.default_rng([31, 5]), american)
    (reading,) = _read(image)
    fields = _fields(reading)
    assert f"{fields['amount'].value:.2f}" == truth["amount"]
    assert fields["micr"].text == truth["micr"]
    assert all(field.confidence < 1 for field in reading.fields)


@pytest.mark.parametrize("degrees", [0.0, 1.5])
def test_a_white_edged_cheque_on_white_paper_is_whole(degrees: float) -> None:
    """Head and foot of the cheque are as white as the sheet that it lies on: its tint alone is seen as paper."""
    rng = np.random.default_rng(8)
    image, truth = render_cheque(rng, bank=random_bank(rng))
    sheet = np.full((3508, 2480, 3), 255, np.uint8)
    image = np.where(image.min(2, keepdims=True) > 224, 255, image)[:, : 2480 - 60].astype(np.uint8)
    sheet[700 : 700 + image.shape[0], 40 : 40 + image.shape[1]] = image
    turn = cv2.getRotationMatrix2D((1240, 1240), degrees, 1)
    sheet = cv2.warpAffine(sheet, turn, (2480, 3508), borderValue=(255, 255, 255))
    (reading,) = _read(sheet)
    assert reading.form == "cheque_in"
    fields = _fields(reading)
    assert fields["micr"].text == truth["micr"]
    assert fields["decision"].value != "reject"


def test_a_cheque_without_a_micr_line_is_told_by_its_print_and_never_rejected() -> None:
    sheet = Sheet(152.4, 69.9, (251, 251, 251))
    sheet.text(8, 6, "FIRST SPRINGFIELD BANK", 2.2)
    sheet.text(107, 9.5, "DATE", 2.0)
    sheet.line(113, 10, 144, 10)
    sheet.text(8, 27.5, "PAY TO THE ORDER OF", 2.2)
    sheet.line(40, 28.5, 113, 28.5, 0.3)
    sheet.box(119, 22, 26, 7, 0.3)
    sheet.line(8, 36.8, 121, 36.8, 0.3)
    sheet.text(125, 37, "DOLLARS", 2.2)
    sheet.text(8, 49.3, "MEMO", 2.2)
    sheet.line(15, 50, 64, 50)
    sheet.line(88, 50, 141, 50)
    (reading,) = _read(sheet.pixels().astype(np.uint8))
    fields = _fields(reading)
    if reading.form is None:
        assert reading.lines
    else:
        assert fields["amount"].value is None
        assert fields["decision"].value == "review"

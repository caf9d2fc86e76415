"""What is put on a cheque scanner by mistake or carelessly: each gets its status, none is posted that must not be."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.lab.documents.cheque_us_page import render_us_cheque
from inkfield.lab.documents.sheet import Sheet
from inkfield.pipeline.page import load_page_reader
from inkfield.pipeline.records import Page
from inkfield.schemas.readings import PageReading
from inkfield.schemas.reasons import ReasonCode
from tests.support.no_cheques import deposit_slip, open_hand

TODAY = date(2026, 6, 30)


def _read(image: np.ndarray) -> list[PageReading]:
    return load_page_reader(None, "default").read(Page("scan", 1, image, 300.0), TODAY)


def _decisions(readings: list[PageReading]) -> list[object]:
    return [f.value for reading in readings for f in reading.fields if f.name == "decision"]


def _value(reading: PageReading, name: str) -> object:
    return next(f.value for f in reading.fields if f.name == name)


@pytest.fixture(scope="module")
def indian() -> tuple[np.ndarray, dict[str, object]]:
    return render_cheque(np.random.default_rng(3), today=TODAY)


@pytest.fixture(scope="module")
def american() -> tuple[np.ndarray, dict[str, object]]:
    return render_us_cheque(np.random.default_rng([9, 2]), today=TODAY, photo=False)


def test_upside_down_is_read(indian, american) -> None:  # type: ignore[no-untyped-def]
    for (image, truth), form in ((indian, "cheque_in"), (american, "cheque_us")):
        readings = _read(np.ascontiguousarray(image[::-1, ::-1]))
        assert [reading.form for reading in readings] == [form]
        assert _value(readings[0], "micr") == truth["micr"]


def test_two_cheques_on_one_bed_are_two_pages(indian, american) -> None:  # type: ignore[no-untyped-def]
    bed = np.full((2400, 2700, 3), 60, np.uint8)
    for (image, _), top in ((indian, 100), (american, 1350)):
        bed[top : top + image.shape[0], 120 : 120 + image.shape[1]] = image
    readings = _read(bed)
    assert [reading.form for reading in readings] == ["cheque_in", "cheque_us"]
    for reading, (_, truth) in zip(readings, (indian, american), strict=True):
        assert _value(reading, "micr") == truth["micr"]


def test_a_cropped_corner_goes_to_review_with_its_name(indian) -> None:  # type: ignore[no-untyped-def]
    image = indian[0].copy()
    cv2.fillPoly(image, [np.array([[0, 0], [150, 0], [0, 130]])], (15, 15, 15))
    (reading,) = _read(image)
    assert reading.quality["torn_corner_mm2"] > 30
    decision = next(f for f in reading.fields if f.name == "decision")
    assert decision.value != "post"
    assert ReasonCode.TORN_CORNER in [reason.code for reason in decision.reasons]


def test_half_a_cheque_is_not_posted(indian, american) -> None:  # type: ignore[no-untyped-def]
    for image, _ in (indian, american):
        for half in (image[:, : image.shape[1] // 2], image[: image.shape[0] // 2]):
            assert "post" not in _decisions(_read(np.ascontiguousarray(half)))


def _back() -> np.ndarray:
    sheet = Sheet(202, 92, (238, 240, 232))
    sheet.text(20, 20, "ENDORSE HERE", 3.0)
    for row in (30, 40, 50):
        sheet.line(15, row, 90, row)
    sheet.text(20, 85, "DO NOT WRITE BELOW THIS LINE", 2.4)
    return sheet.pixels().astype(np.uint8)


@pytest.mark.parametrize(
    ("picture", "status"),
    [
        pytest.param(_back(), "unknown_form", id="back"),
        pytest.param(deposit_slip(), "unknown_form", id="deposit slip"),
        pytest.param(open_hand(), "blank", id="hand"),  # nothing is written or printed on it
        pytest.param(np.full((1087, 2386, 3), 246, np.uint8), "blank", id="blank"),
        pytest.param(np.zeros((1087, 2386, 3), np.uint8), "unknown_form", id="black"),
        pytest.param(
            np.random.default_rng(1).integers(0, 255, (700, 1600, 3)).astype(np.uint8),
            "unknown_form",
            id="noise",
        ),
    ],
)
def test_what_is_no_cheque_is_no_cheque(picture: np.ndarray, status: str) -> None:
    (reading,) = _read(picture)
    assert (reading.form, reading.status, reading.fields) == (None, status, ())

"""A printed barcode as a field of a form: read as it is, or for a person; never guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp

from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.schemas.readings import FieldReading
from tests.support.guest_form import DPI, SCALE, guest_form, guests

BOX = (122, 3, 22, 17)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PageReader:
    folder = tmp_path_factory.mktemp("forms")
    guest_form(folder)
    form = folder / "guests.yaml"
    more = f"  - {{name: case, kind: barcode, box: {list(BOX)}, pattern: 'CASE-[0-9]+'}}\n"
    form.write_text(form.read_text(encoding="utf-8") + more, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKFIELD_FORMS", str(folder))
        return PageReader("guests", "default")


def with_codes(folder: Path, *codes: tuple[str, zxingcpp.BarcodeFormat]) -> np.ndarray:
    image = cv2.imread(str(guests(folder, 1, False)[0]), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    left, top = (round(side * SCALE) for side in BOX[:2])
    for text, kind in codes:
        code = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=3))[:130, :165]
        image[top : top + code.shape[0], left : left + code.shape[1]] = code
        left -= 200
    return image


def case(reader: PageReader, image: np.ndarray) -> FieldReading:
    (page,) = reader.read(Page("guests.png", 1, image, DPI), date(2026, 1, 1))
    assert page.form == "guests"
    return next(field for field in page.fields if field.name == "case")


@pytest.mark.parametrize("kind", ["QRCode", "DataMatrix"])
def test_it_is_read_and_accepted(reader: PageReader, tmp_path: Path, kind: str) -> None:
    image = with_codes(tmp_path, ("CASE-4711", getattr(zxingcpp.BarcodeFormat, kind)))
    turn = cv2.getRotationMatrix2D((500, 400), 2.0, 1.0)
    skewed = cv2.warpAffine(image, turn, image.shape[::-1], borderValue=(245.0,))
    for scan in (image, skewed):
        found = case(reader, scan)
        assert (found.value, found.status, found.source) == ("CASE-4711", "accepted", "barcode")


def test_another_code_and_one_that_cannot_be_read_go_to_a_person(reader: PageReader, tmp_path: Path) -> None:
    other = case(reader, with_codes(tmp_path, ("4006381", zxingcpp.BarcodeFormat.QRCode)))
    assert (other.value, other.status, other.text) == (None, "review", "4006381")
    torn = with_codes(tmp_path, ("CASE-4711", zxingcpp.BarcodeFormat.DataMatrix))
    x, y, width, height = (round(side * SCALE) for side in BOX)
    torn[y : y + height : 3, x : x + width] = 0
    found = case(reader, torn)
    assert (found.value, found.status) == (None, "review")


def test_none_is_empty(reader: PageReader, tmp_path: Path) -> None:
    found = case(reader, with_codes(tmp_path))
    assert (found.value, found.status) == (None, "empty")

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.cheque_page import BANKS, render_cheque
from inkfield.lab.documents.pattern import background
from inkfield.pipeline.cheques.find_cheques import set_upright
from inkfield.pipeline.cheques.micr.e13b import read_micr
from inkfield.pipeline.document import read_document
from inkfield.pipeline.settings import Settings
from inkfield.schemas.forms.model import load_forms


@pytest.mark.parametrize("seed", range(3))
def test_a_rendered_cheque_is_a_cheque_with_its_micr_line(seed: int) -> None:
    image, truth = render_cheque(np.random.default_rng(seed), today=date(2026, 3, 1))
    assert abs(image.shape[1] - 2386) < 40
    assert set(truth) < {field.name for field in load_forms()["cheque_in"].fields}
    assert truth["courtesy_amount"] == truth["legal_amount"] == truth["amount"]
    assert date.fromisoformat(truth["date"]) <= date(2026, 3, 1)
    cheque = set_upright(image)
    assert cheque is not None
    assert read_micr(cheque.image, cheque.dpi).text == truth["micr"]


def test_patterns_are_pale() -> None:
    for bank in BANKS:
        pattern = background(bank.pattern, bank.tint, 300, 600)
        assert pattern.shape == (300, 600, 3)
        assert pattern.min() > 150
        assert pattern.std() > 1


def test_an_unknown_pattern_is_told() -> None:
    with pytest.raises(ValueError, match="tartan"):
        background("tartan", (255, 255, 255), 10, 10)


def test_a_stamp_on_the_second_line_is_no_word(tmp_path: Path) -> None:
    image, truth = render_cheque(np.random.default_rng(3), today=date(2026, 3, 1))
    cheque = set_upright(image)
    assert cheque is not None
    box = cheque.scan_box("legal_amount_2")
    assert box is not None
    x, y = box[0] + box[2] * 6 // 10, box[1] + box[3] // 2
    cv2.line(image, (x, y), (x + 16, y - box[3] // 10), (160, 40, 80), 7)
    path = tmp_path / "stamped.png"
    cv2.imwrite(str(path), image)
    page = read_document(path, Settings(form="cheque_in")).pages[0]
    legal = next(field for field in page.fields if field.name == "legal_amount")
    assert legal.value == Decimal(truth["legal_amount"])


def test_boxes_on_a_coarse_scan_are_in_its_own_pixels() -> None:
    image, _ = render_cheque(np.random.default_rng(1), today=date(2026, 3, 1))
    coarse = cv2.resize(image, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
    fine, rough = set_upright(image), set_upright(coarse)
    assert fine is not None and rough is not None
    assert rough.dpi == pytest.approx(300, rel=0.03)  # what it is brought to
    for name in ("courtesy_amount", "date"):
        assert rough.scan_box(name) == pytest.approx([v / 3 for v in fine.scan_box(name) or ()], abs=8)


def test_a_scan_of_100_dpi_is_read(tmp_path: Path) -> None:
    image, truth = render_cheque(np.random.default_rng(1), today=date(2026, 3, 1))
    path = tmp_path / "coarse.png"
    cv2.imwrite(str(path), cv2.resize(image, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA))
    fields = {f.name: f for f in read_document(path, Settings(form="cheque_in")).pages[0].fields}
    assert fields["micr"].value == truth["micr"]
    assert fields["amount"].value == Decimal(truth["amount"])
    assert fields["decision"].text != "post"  # not at this resolution

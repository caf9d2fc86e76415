"""US cheques of many printers, scanned and photographed: found, told from others, and read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from inkfield.lab.documents.cheque_us_page import render_us_cheque
from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.pipeline.cheques.currency_sign import find_currency_sign
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.cheques.micr.us_line import parse_us_micr, routing_is_valid
from inkfield.pipeline.page import load_page_reader
from inkfield.pipeline.records import Page
from inkfield.schemas.forms.model import load_forms
from tests.support.checkout import UNSEEN_HAND

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("photo", [False, True])
def test_a_rendered_cheque_is_found_with_its_line_and_fields(seed: int, photo: bool) -> None:
    image, truth = render_us_cheque(np.random.default_rng(seed), UNSEEN_HAND, TODAY, photo)
    (cheque,) = find_cheques(image)
    assert cheque.standard.name == "cheque_us"
    assert cheque.layout.micr.text == truth["micr"]
    parsed = parse_us_micr(truth["micr"])
    assert parsed is not None and routing_is_valid(parsed.routing)
    names = {field.name for field in load_forms()["cheque_us"].fields}
    assert set(truth) < names
    assert {"payee", "courtesy_amount", "legal_amount_1", "date", "memo", "signature"} <= set(
        cheque.layout.regions
    )
    payee, words = cheque.layout.lines["payee"], cheque.layout.lines["legal_amount_1"]
    assert 6 < (words.row - payee.row) / cheque.layout.scale < 12


def test_a_cheque_of_print_like_writing_is_read() -> None:
    """The hand is easy; what is tested is that every field is cut where it stands."""
    image, truth = render_us_cheque(np.random.default_rng([9, 2]), UNSEEN_HAND, TODAY, photo=False)
    (reading,) = load_page_reader(None, "default").read(Page("scan", 1, image, 300.0), TODAY)
    assert reading.form == "cheque_us"
    values = {field.name: field.value for field in reading.fields}
    assert values["amount"] == Decimal(str(truth["amount"]))
    assert values["check_number"] == truth["check_number"]
    assert str(values["date"]) == truth["date"]
    assert values["signature"] is True
    boxes = {field.name: field.box for field in reading.fields}
    assert boxes["payee"] is not None and boxes["courtesy_amount"] is not None
    assert boxes["courtesy_amount"][0] > boxes["payee"][0] + boxes["payee"][2] - 40


@pytest.mark.parametrize("face", ["roboto", "tinos", "courier-prime"])
def test_the_dollar_sign_is_found_in_any_typeface(face: str) -> None:
    sheet = Sheet(60, 16)
    sheet.text(10, 12, "$", 4.6, face=face)
    sheet.text(20, 12, "385.40", 4.6, face="courier-prime")
    box = find_currency_sign(sheet.pixels()[..., 0].astype(np.uint8), (0, 0, 700, 180), PX)
    assert box is not None
    assert 9 < box[0] / PX < 14


def test_no_dollar_sign_is_found_where_none_is() -> None:
    empty = np.full((180, 700), 240, np.uint8)
    assert find_currency_sign(empty, (0, 0, 700, 180), PX) is None
    assert find_currency_sign(empty, (690, 0, 10, 4), PX) is None

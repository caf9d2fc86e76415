"""The fields of a cheque are found whatever the bank, the resolution and the scan."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.layout.cts_2010 import find_cheque_fields
from inkfield.pipeline.image.deskew import deskew, skew_angle
from tests.support.cheque_paper import MICR, ON_RULE, PLAIN, RULES_MM, Print, draw_cheque, grained, turned
from tests.support.paper import text_page

FIELDS = {
    "payee",
    "legal_amount_1",
    "legal_amount_2",
    "courtesy_amount",
    "date",
    "account_number",
    "signature",
    "micr",
}


def _grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _found(picture: np.ndarray) -> ChequeLayout:
    layout = find_cheque_fields(_grey(picture))
    assert layout is not None
    return layout


def _check(layout: ChequeLayout, style: Print, scale: float, tolerance: float = 1.2) -> None:
    """Rules, amount box and date cells lie where they were drawn, within ``tolerance`` mm."""
    assert [rule.row / scale for rule in layout.lines.values()] == pytest.approx(RULES_MM, abs=tolerance)
    x, y, width, height = layout.regions["courtesy_amount"].box
    assert (x + width) / scale == pytest.approx(195.4, abs=tolerance)
    assert y / scale == pytest.approx(33.8, abs=tolerance)
    assert height / scale == pytest.approx(9.0, abs=tolerance)
    assert 150.6 <= x / scale <= 157.4  # behind the rupee sign, before the figures
    lefts = [cell[0] / scale for cell in layout.date_cells]
    assert lefts == pytest.approx([style.date_left + k * style.date_pitch for k in range(8)], abs=0.7)


@pytest.mark.parametrize("style", [PLAIN, ON_RULE])
@pytest.mark.parametrize("dpi", [120, 200, 300])
def test_both_ways_of_printing_at_any_resolution(style: Print, dpi: int) -> None:
    layout = _found(draw_cheque(dpi, style))
    assert set(layout.regions) == FIELDS
    assert layout.micr.text == MICR
    _check(layout, style, dpi / 25.4)


@pytest.mark.parametrize("degrees", [-2.0, 1.0, 2.0])
def test_crooked_scans_after_deskewing(degrees: float) -> None:
    crooked = turned(draw_cheque(200), degrees)
    level = deskew(crooked, skew_angle(_grey(crooked)))
    _check(_found(level), PLAIN, 200 / 25.4, tolerance=2.0)


def test_lost_edges_and_a_black_border() -> None:
    picture = draw_cheque(200, ON_RULE)
    height, width = picture.shape[:2]
    lost = picture[height // 50 : -(height // 50), width // 50 : -(width // 50)]
    assert set(_found(lost).regions) == FIELDS
    border = 24
    framed = cv2.copyMakeBorder(picture, *([border] * 4), cv2.BORDER_CONSTANT, value=(20, 20, 20))
    inner, outer = _found(picture), _found(framed)
    for name in FIELDS:
        moved = np.array(outer.regions[name].box) - np.array(inner.regions[name].box)
        assert np.abs(moved - [border, border, 0, 0]).max() <= 3, name


def test_a_grey_and_a_faded_scan() -> None:
    picture = draw_cheque(200)
    faded = (picture * 0.5 + 120).astype(np.uint8)
    _check(_found(faded), PLAIN, 200 / 25.4)


def test_without_rules_the_micr_line_leads_to_the_fields() -> None:
    """A print so pale that no rule is seen."""
    picture = draw_cheque(200)
    scale = 200 / 25.4
    bare = np.full_like(picture, 240)
    bare[int(78 * scale) :] = picture[int(78 * scale) :]
    layout = _found(grained(bare))
    assert [rule.row / scale for rule in layout.lines.values()] == pytest.approx(RULES_MM, abs=2)
    assert len(layout.date_cells) == 8


def test_what_is_no_cheque() -> None:
    for picture in (
        np.full((500, 1100), 245, np.uint8),
        text_page(30, 150)[:560],
        np.zeros((50, 110), np.uint8),
        np.random.default_rng(1).integers(0, 255, (500, 1100)).astype(np.uint8),
    ):
        assert find_cheque_fields(picture) is None


def test_a_cheque_of_another_country_is_not_taken() -> None:
    assert find_cheque_fields(_grey(draw_cheque(200, micr="A021000021A 123456789C 1025"))) is None

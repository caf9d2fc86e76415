"""Crops hold the field's writing, whole, and next to nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.cheques.crops import clean, date_cell_crops, field_crops, groups_apart, text_bands
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.layout.cts_2010 import find_cheque_fields
from inkfield.pipeline.cheques.micr.reading import NOTHING
from inkfield.pipeline.cheques.paper.printed_lines import Band
from inkfield.pipeline.cheques.printed_captions import without_captions
from inkfield.pipeline.records import Region
from tests.support.cheque_paper import ON_RULE, PLAIN, Print, draw_cheque

DPI = 200
SCALE = DPI / 25.4
FIRST_MM = {"payee": 40, "legal_amount_1": 40, "courtesy_amount": 157.5}


def _cheque(
    style: Print, draw: list[tuple[float, float, float, float]] | None = None
) -> tuple[np.ndarray, np.ndarray, ChequeLayout]:
    """The cleaned cheque, the cheque as it was drawn, and its layout."""
    """The cleaned cheque, with further pen strokes (x0, y0, x1, y1 in mm) drawn on it first, and its layout."""
    picture = draw_cheque(DPI, style)
    for x0, y0, x1, y1 in draw or []:
        ends = [(round(x * SCALE), round(y * SCALE)) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(picture, ends[0], ends[1], (110, 40, 30), 4)
    layout = find_cheque_fields(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    assert layout is not None
    return clean(picture, layout), picture, layout


def _ink(part: np.ndarray) -> np.ndarray:
    return np.argwhere(part < 150)


@pytest.mark.parametrize("style", [PLAIN, ON_RULE])
def test_printed_labels_are_cut_off(style: Print) -> None:
    cleaned, picture, layout = _cheque(style)
    crops = field_crops(without_captions(cleaned, picture, layout), layout)
    for name, first in FIRST_MM.items():
        columns = _ink(crops[name])[:, 1] + layout.regions[name].box[0]
        assert columns.min() / SCALE == pytest.approx(first, abs=1.5), name
    payee_right = (_ink(crops["payee"])[:, 1].max() + layout.regions["payee"].box[0]) / SCALE
    assert payee_right < 90  # no OR BEARER


def test_an_empty_line_has_no_ink() -> None:
    cleaned, _, layout = _cheque(PLAIN)
    assert len(_ink(field_crops(cleaned, layout)["legal_amount_2"])) < 20


def test_a_descender_is_the_upper_lines_only() -> None:
    cleaned, _, layout = _cheque(PLAIN, [(130, 22, 128, 29)])
    crops = field_crops(cleaned, layout)
    upper, lower = (layout.regions[name].box[0] for name in ("payee", "legal_amount_1"))
    assert (np.abs(_ink(crops["payee"])[:, 1] + upper - 129.5 * SCALE) < 2 * SCALE).any()
    assert not (np.abs(_ink(crops["legal_amount_1"])[:, 1] + lower - 128 * SCALE) < 2 * SCALE).any()


def test_a_slash_of_the_amount_is_no_letter_of_the_words() -> None:
    cleaned, _, layout = _cheque(PLAIN, [(188, 42, 190, 31)])
    crops = field_crops(cleaned, layout)
    left = layout.regions["legal_amount_1"].box[0]
    assert _ink(crops["legal_amount_1"])[:, 1].max() + left < 150 * SCALE
    assert _ink(crops["courtesy_amount"])[:, 1].max() + layout.regions["courtesy_amount"].box[0] > 187 * SCALE


def test_words_over_the_amount_box_are_the_words() -> None:
    cleaned, _, layout = _cheque(PLAIN, [(150, 28, 150, 33), (152, 30, 160, 30)])
    part = field_crops(cleaned, layout)["legal_amount_1"]
    assert _ink(part)[:, 1].max() + layout.regions["legal_amount_1"].box[0] > 158 * SCALE


@pytest.mark.parametrize("style", [PLAIN, ON_RULE])
def test_date_cells_hold_a_digit_each_and_no_lines(style: Print) -> None:
    cleaned, _, layout = _cheque(style)
    cells = date_cell_crops(cleaned, layout)
    assert len(cells) == 8
    for cell in cells:
        columns = _ink(cell)[:, 1]
        assert columns.size > 20
        assert 0.1 * cell.shape[1] < columns.mean() < 0.8 * cell.shape[1]


def test_a_side_that_a_digit_leans_on_is_taken_out() -> None:
    side = PLAIN.date_left + 4 * PLAIN.date_pitch
    bow = [(side, 8.4, side + 2, 8.0), (side + 0.7, 8.6, side + 0.7, 11.4), (side, 11.6, side + 2, 12.0)]
    cleaned, _, _ = _cheque(PLAIN, bow)
    column = round(side * SCALE)
    for top, bottom in ((7.5, 8.0), (9.2, 10.8), (12.1, 12.5)):
        assert cleaned[round(top * SCALE) : round(bottom * SCALE), column - 2 : column + 2].min() > 150
    assert cleaned[round(9.2 * SCALE) : round(10.8 * SCALE), round((side + 0.7) * SCALE)].max() < 150


def test_a_figure_stamped_on_the_side_of_its_box_stays() -> None:
    picture = draw_cheque(300, PLAIN)
    scale = 300 / 25.4

    def at(mm: float) -> int:
        return round(mm * scale)

    cv2.rectangle(picture, (at(65.8), at(46.6)), (at(66.25), at(49.4)), (60, 50, 50), -1)
    layout = find_cheque_fields(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    assert layout is not None
    cleaned = clean(picture, layout)
    figure = cleaned[at(47) : at(49), at(65.9) : at(66.2)]
    assert figure.max() < 150
    for top, bottom in ((45.5, 46.2), (49.8, 50.5)):
        assert cleaned[at(top) : at(bottom), at(65.5) : at(66.5)].min() > 150


def test_the_account_number_is_a_band_of_text() -> None:
    cleaned, _, layout = _cheque(PLAIN)
    bands = text_bands(field_crops(cleaned, layout)["account_number"], SCALE)
    assert len(bands) == 1
    columns = _ink(bands[0])[:, 1] + layout.regions["account_number"].box[0]
    assert columns.min() / SCALE == pytest.approx(33, abs=1.5)


def test_the_end_of_a_label_goes_though_the_rule_under_it_was_left_with_the_name() -> None:
    part = np.full((90, 600), 255, np.uint8)
    cv2.putText(part, "E", (20, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0,), 2)  # of PAY TO THE, 1.4 mm high
    cv2.putText(part, "TEST", (80, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0,), 4)
    cv2.line(part, (10, 70), (260, 70), (0,), 2)
    written = part[:, 70:].copy()
    page = np.full((200, 600), 255, np.uint8)
    page[:90] = part
    regions = {
        "payee": Region("payee", "name", (0, 0, 600, 90)),
        "legal_amount_1": Region("legal_amount_1", "amount_words", (0, 100, 600, 80)),
        "courtesy_amount": Region("courtesy_amount", "amount", (500, 100, 100, 60)),
    }
    lines = {"payee": Band(75, 10, 590), "legal_amount_1": Band(170, 10, 590)}
    layout = ChequeLayout(regions, {"payee": (16.0, 0.0)}, (), SCALE, lines, NOTHING, small_print=True)
    crop = field_crops(page, layout)["payee"]
    assert not (crop[:40, :60] < 150).any()
    assert (crop[:, 70:] < 150).sum() == (written < 150).sum()


def test_print_beside_a_number_is_no_part_of_it() -> None:
    scale = 300 / 25.4
    band = np.full((60, 1200), 255, np.uint8)

    def figures(left: int, count: int, step: int = 34) -> None:
        for i in range(count):
            band[10:50, left + i * step : left + i * step + 18] = 0

    figures(20, 11)
    (alone,) = groups_apart(band, scale, 3)
    assert alone.shape == band.shape
    figures(20 + 11 * 34 + 100, 6)
    number, other = groups_apart(band, scale, 3)
    assert (number < 128).sum() == 11 * 40 * 18
    assert (other < 128).sum() == 6 * 40 * 18
    stamped = np.full((60, 1200), 255, np.uint8)
    band = stamped
    figures(20, 9, step=80)  # 5 mm from figure to figure
    assert len(groups_apart(band, scale, 3)) == 1

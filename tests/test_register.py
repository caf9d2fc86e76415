from dataclasses import replace

import numpy as np
import pytest
from claims import DPI, claim_form, error_mm, filled_claim, laid

from pipeline.form_blank import load_blank
from pipeline.recognise_form import Match, recognise_form
from pipeline.register import Registration, register


def registered(page: np.ndarray) -> Registration:
    match = recognise_form(page, DPI, {"claim": claim_form()})
    assert match is not None
    return register(page, claim_form(), match)


@pytest.mark.parametrize("degrees", [0, 5, -5, 180, 90])
def test_fields_are_found_within_a_third_of_a_millimetre(degrees: float) -> None:
    page, true = laid(filled_claim(), degrees)
    assert error_mm(registered(page).homography, true) < 0.3


def test_a_match_that_is_a_millimetre_off_is_corrected() -> None:
    page, true = laid(filled_claim(), 1.0)
    off = true @ np.array([[1.002, 0, 0.8], [0, 1, -0.7], [0, 0, 1]])
    assert error_mm(off, true) > 0.8
    assert error_mm(register(page, claim_form(), Match("claim", 1.0, off)).homography, true) < 0.3


def test_a_page_without_the_form_keeps_the_match() -> None:
    page = np.full(filled_claim().shape, 250, np.uint8)
    match = Match("claim", 1.0, np.diag([DPI / 25.4, DPI / 25.4, 1.0]))
    assert np.array_equal(register(page, claim_form(), match).homography, match.homography)


def test_the_page_laid_on_the_form_is_the_form() -> None:
    page, _ = laid(filled_claim(), -7.0)
    aligned = registered(page).warp(page, 150)
    blank = load_blank(claim_form()).at(150 / 25.4)
    assert abs(aligned.shape[0] - blank.shape[0]) <= 1 and abs(aligned.shape[1] - blank.shape[1]) <= 1
    rows, columns = min(aligned.shape[0], blank.shape[0]), min(aligned.shape[1], blank.shape[1])
    printed = blank[:rows, :columns] < 60
    assert (aligned[:rows, :columns][printed] < 150).mean() > 0.98


def test_colour_pages_are_laid_in_colour() -> None:
    page, _ = laid(filled_claim())
    assert registered(page).warp(np.dstack([page] * 3), 50).shape[2] == 3


def test_a_box_is_told_where_it_lies_on_the_scan() -> None:
    page, _ = laid(filled_claim(), 180)
    x, y, width, height = registered(page).to_page((12, 46, 110, 10))
    scale = DPI / 25.4
    wanted = np.array([(210 - 12 - 110) * scale, (297 - 46 - 10) * scale, 110 * scale, 10 * scale])
    assert np.abs(np.array([x, y, width, height]) - wanted).max() <= 3


def test_what_the_scanner_cut_off_is_not_visible() -> None:
    page, _ = laid(filled_claim(), cut=(0.0, 0.0, 0.0, 0.15))
    found = registered(page)
    signature, name = claim_form().field("signature").box, claim_form().field("patient_name").box
    assert signature is not None and name is not None
    assert found.visible(signature) < 1.0
    assert found.visible(name) == 1.0
    assert replace(found, page_shape=(10, 10)).visible(name) == 0.0

import cv2
import numpy as np
import pytest
from claims import DPI, claim_form, error_mm, filled_claim, laid
from paper import text_page

from pipeline.recognise_form import recognise_form

FORMS = {"claim": claim_form()}


@pytest.mark.parametrize("degrees", [0, 10, -10, 90, 180, 270, 183])
def test_a_filled_form_is_known_however_it_lies(degrees: float) -> None:
    page, true = laid(filled_claim(), degrees)
    match = recognise_form(page, DPI, FORMS)
    assert match is not None and match.form == "claim"
    assert match.turned == round(-degrees / 90) % 4 * 90
    assert error_mm(match.homography, true) < 1.0


@pytest.mark.parametrize("side", range(4))
def test_a_form_with_a_part_cut_off_is_known(side: int) -> None:
    cut = [0.0, 0.0, 0.0, 0.0]
    cut[side] = 0.15
    page, true = laid(filled_claim(), 1.0, cut=(cut[0], cut[1], cut[2], cut[3]))
    match = recognise_form(page, DPI, FORMS)
    assert match is not None
    assert error_mm(match.homography, true) < 1.0


@pytest.mark.parametrize("size", [0.75, 2.0])
@pytest.mark.parametrize("told", [1.0, 0.0, 10.0])
def test_the_resolution_does_not_matter_nor_does_a_wrong_one_in_the_file(size: float, told: float) -> None:
    page, true = laid(filled_claim(), 2.0, size)
    match = recognise_form(page, DPI * size * told, FORMS)
    assert match is not None
    assert error_mm(match.homography, true) < 1.0


def test_a_form_seen_aslant_is_known() -> None:
    page, true = laid(filled_claim(), 2.0, perspective=0.08)
    match = recognise_form(page, DPI, FORMS)
    assert match is not None
    assert error_mm(match.homography, true) < 1.0


def test_pages_that_are_no_form_are_none() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1700, 1200)).astype(np.uint8)
    white = np.full((1700, 1200), 250, np.uint8)
    for page in (text_page(dpi=150), noise, white, np.zeros((1700, 1200), np.uint8), white[:30, :30]):
        assert recognise_form(page, 150, FORMS) is None


def test_the_mirror_image_of_a_form_is_no_form() -> None:
    assert recognise_form(cv2.flip(filled_claim(), 1), DPI, FORMS) is None


def test_no_forms_no_match() -> None:
    assert recognise_form(filled_claim(), DPI, {}) is None


def test_the_same_page_gives_the_same_answer() -> None:
    page, _ = laid(filled_claim(), 4.0)
    first, second = recognise_form(page, DPI, FORMS), recognise_form(page, DPI, FORMS)
    assert first is not None and second is not None
    assert np.array_equal(first.homography, second.homography)

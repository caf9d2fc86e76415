import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.micr import parse_indian_micr, read_micr, routing_is_valid
from recognizers.micr_font import SYMBOLS, draw_micr

LINE = "C083654C 500025033A 290062C 31"


def foot(text: str, dpi: float = 300, ink: int = 40, degrees: float = 0.0, noise: float = 6.0) -> np.ndarray:
    """The lower part of a cheque, 200 mm wide, with the line where the standard puts it."""
    page = np.full((int(40 / 25.4 * dpi), int(200 / 25.4 * dpi)), 235, np.float32)
    mask = draw_micr(text, dpi).astype(np.float32) / 255
    y, x = page.shape[0] - int(0.33 * dpi), int(dpi)
    place = page[y : y + mask.shape[0], x : x + mask.shape[1]]
    place[...] = place * (1 - mask) + ink * mask
    page += np.random.default_rng(1).normal(0, noise, page.shape)
    turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), degrees, 1)
    turned = cv2.warpAffine(page, turn, page.shape[::-1], borderValue=(235,))
    return np.clip(cv2.GaussianBlur(turned, (0, 0), 0.8), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("dpi", [150, 200, 300, 400])
def test_reads_the_line_at_any_scanner_resolution(dpi: int) -> None:
    assert read_micr(foot(LINE, dpi), dpi).text == LINE


@pytest.mark.parametrize("ink", [20, 90, 150])
def test_reads_dark_and_faint_print(ink: int) -> None:
    reading = read_micr(foot(LINE, ink=ink), 300)
    assert reading.text == LINE
    assert reading.confidence > 0.9


def test_all_fourteen_symbols_are_told_apart() -> None:
    assert read_micr(foot(SYMBOLS), 300).text == SYMBOLS


@settings(max_examples=25, deadline=None)
@given(st.text("0123456789ABCD", min_size=6, max_size=30))
def test_any_line_of_symbols_is_read(text: str) -> None:
    assert read_micr(foot(text), 300).text == text


def test_paper_without_a_line_has_no_reading() -> None:
    assert read_micr(foot("      "), 300).text == ""
    assert read_micr(np.zeros((20, 20), np.uint8), 300).text == ""


def test_slight_skew_does_not_matter() -> None:
    assert read_micr(foot(LINE, degrees=0.15), 300).text == LINE


def test_structure() -> None:
    parts = parse_indian_micr(LINE)
    assert parts is not None and parts.cheque_number == "083654" and parts.transaction_code == "31"
    assert parse_indian_micr("C08365C 500025033A 290062C 31") is None


def test_routing_check_digit() -> None:
    assert routing_is_valid("111000025")
    assert not routing_is_valid("111000026")
    assert not routing_is_valid("1110000")

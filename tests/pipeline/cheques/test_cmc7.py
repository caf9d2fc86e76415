"""CMC-7 lines drawn by ourselves are read; E-13B and writing never pass for one."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.cheques.micr.cmc7 import read_cmc7
from inkfield.pipeline.cheques.micr.cmc7_shapes import LIMITS as CMC7
from inkfield.pipeline.cheques.micr.cmc7_shapes import SYMBOLS, WIDE_INTERVALS, bar_places, draw_cmc7
from inkfield.pipeline.cheques.micr.e13b import read_micr
from inkfield.pipeline.cheques.read_micr_field import read_micr_field
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.forms.model import load_forms
from tests.support.cheque_paper import MICR, draw_cheque, foot, grained, turned

FRENCH = "<0000147< 012345678909> 123456789012:"
BRAZILIAN = "<00137691<0180011035>900000007840:"


def paper(line: str, dpi: int, blur: float = 0.5, dark: float = 0.86, noise: float = 4.0) -> np.ndarray:
    """A grey cheque of 175 x 60 mm, bare but for a CMC-7 line; ``blur`` in pixels, ``dark`` from 0 to 1."""
    scale = dpi / 25.4
    ink = np.zeros((round(60 * scale), round(175 * scale)), np.float32)
    mask = draw_cmc7(line.replace(" ", "  "), dpi)
    x, y = round(12 * scale), round(50.5 * scale)
    ink[y : y + mask.shape[0], x : x + mask.shape[1]] = mask
    ink = cv2.GaussianBlur(ink, (0, 0), blur) / 255
    return grained(240 * (1 - dark * ink), noise)


def test_each_symbol_has_a_code_of_its_own() -> None:
    assert set(WIDE_INTERVALS) == set(SYMBOLS)
    assert set(WIDE_INTERVALS.values()) == set(combinations(range(1, 7), 2))
    assert all((6 in wide) != symbol.isdigit() for symbol, wide in WIDE_INTERVALS.items())
    assert all(bar_places(symbol)[-1] == pytest.approx(2.2) for symbol in SYMBOLS)


def test_drawn_at_true_size() -> None:
    line = draw_cmc7("0 0", 300)
    assert line.shape[0] == pytest.approx(2.85 / 25.4 * 300, abs=1)
    columns = np.flatnonzero(line.max(0) > 60)
    assert np.ptp(columns) == pytest.approx((2 * CMC7.pitch_mm + 2.35) / 25.4 * 300, abs=2)
    with pytest.raises(KeyError):
        draw_cmc7("0A", 300)


@settings(max_examples=12, deadline=None)
@given(st.text(SYMBOLS, min_size=8, max_size=34), st.sampled_from([200, 300]))
def test_any_line_is_read(line: str, dpi: int) -> None:
    reading = read_cmc7(paper(line, dpi)[-round(0.9 * dpi) :], dpi)
    assert reading.text == line
    assert reading.font == "CMC-7"


@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize("line", [FRENCH, BRAZILIAN])
def test_lines_as_banks_print_them(line: str, dpi: int) -> None:
    page = paper(line, dpi)
    reading = read_micr(page, dpi)
    assert (reading.text, reading.font) == (line, "CMC-7")
    assert 0.9 < reading.confidence <= min(symbol.confidence for symbol in reading.symbols)
    assert reading.box is not None
    assert reading.box[1] / dpi * 25.4 == pytest.approx(50.5, abs=0.8)
    assert reading.box[3] / dpi * 25.4 == pytest.approx(2.85, abs=1.2)


@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize(
    ("degrees", "blur", "dark", "noise"),
    [(1.5, 0.5, 0.86, 4.0), (-1.2, 0.8, 0.86, 7.0), (0.6, 0.6, 0.35, 5.0)],
)
def test_crooked_blurred_noisy_and_faint_lines(
    dpi: int, degrees: float, blur: float, dark: float, noise: float
) -> None:
    page = turned(paper(FRENCH, dpi, blur, dark, noise), degrees)
    assert read_micr(page, dpi).text == FRENCH


@pytest.mark.parametrize("told", [185, 218])
def test_the_resolution_need_not_be_known_well(told: int) -> None:
    assert read_micr(paper(FRENCH, 200), told).text == FRENCH


def test_on_a_form_of_e13b_the_line_goes_to_review() -> None:
    page = draw_cheque(200)
    band = paper(FRENCH, 200)[-round(9.8 / 25.4 * 200) :]
    page[-band.shape[0] :] = 240
    page[-band.shape[0] :, : band.shape[1]] = band[..., None]
    cheque = find_cheques(page)[0]
    form = load_forms()["cheque_in"]
    reader = FieldReader(load_recognizer("default")).for_form(form)
    reading = read_micr_field(form.field("micr"), cheque, reader)
    assert (reading.text, reading.source, reading.status) == (FRENCH, "CMC-7 bars", "review")
    assert "CMC-7" in str(reading.reasons[0])
    wider = form.field("micr").model_copy(update={"pattern": "[0-9:;<=> ]+"})
    assert read_micr_field(wider, cheque, reader).reasons == ()


def test_a_bar_that_is_covered_lowers_the_confidence() -> None:
    page = paper(FRENCH, 300)
    x, y, width, height = read_micr(page, 300).symbols[3].box
    page[y - 3 : y + height + 3, x : x + width // 3] = 240
    reading = read_micr(page, 300)
    assert reading.text != FRENCH or reading.confidence < 0.9


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_e13b_stays_e13b(dpi: int) -> None:
    reading = read_micr(foot(MICR, dpi), dpi)
    assert (reading.text, reading.font) == (MICR, "E-13B")
    assert read_cmc7(foot(MICR, dpi)[-round(0.9 * dpi) :], dpi).text == ""


def test_writing_is_no_line() -> None:
    cheque = cv2.cvtColor(draw_cheque(200), cv2.COLOR_BGR2GRAY)
    # Payee, words and figures where the line would stand.
    for top in (80, 160, 240, 320):
        assert read_cmc7(np.ascontiguousarray(cheque[top : top + 180]), 200).text == ""
    assert read_cmc7(np.full((180, 1400), 240, np.uint8), 200).text == ""

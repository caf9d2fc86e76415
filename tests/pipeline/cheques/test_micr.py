"""Reading and parsing of MICR lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.cheques.micr.e13b import read_micr
from inkfield.pipeline.cheques.micr.indian_line import indian_faults, parse_indian_micr
from inkfield.pipeline.cheques.micr.us_line import parse_us_micr, routing_is_valid
from tests.support.cheque_paper import MICR, draw_cheque, foot, turned
from tests.support.paper import text_page

digits = st.text("0123456789", min_size=1, max_size=12)


@settings(max_examples=20, deadline=None)
@given(
    st.from_regex(r"C[0-9]{6}C [0-9]{9}A [0-9]{6}C [0-9]{2}", fullmatch=True),
    st.sampled_from([120, 150, 200, 300]),
)
def test_any_indian_line_is_read(line: str, dpi: int) -> None:
    assert read_micr(foot(line, dpi), dpi).text == line


def test_all_fourteen_symbols_are_read() -> None:
    line = "A123456780A 12D34567890C B0000012500B"
    assert read_micr(foot(line, 200), 200).text == line


@pytest.mark.parametrize("degrees", [-3.0, -1.2, 0.7, 3.0])
def test_crooked_lines_are_read(degrees: float) -> None:
    assert read_micr(turned(draw_cheque(200), degrees), 200).text == MICR


@pytest.mark.parametrize("told", [150, 200, 260])
def test_the_resolution_need_not_be_known(told: int) -> None:
    assert read_micr(foot(MICR, 200), told).text == MICR


@pytest.mark.parametrize(("gain", "offset"), [(0.35, 150), (0.5, 0)])
def test_pale_and_dark_scans_are_read(gain: float, offset: float) -> None:
    faded = np.clip(foot(MICR, 200) * gain + offset, 0, 255).astype(np.uint8)
    assert read_micr(faded, 200).text == MICR


def test_a_scanners_black_border_does_no_harm() -> None:
    paper = foot(MICR, 200)
    framed = np.pad(paper, 15, constant_values=15)
    reading = read_micr(framed, 200)
    assert reading.text == MICR
    assert reading.box is not None and reading.box[1] > 0.85 * framed.shape[0]


def test_boxes_and_confidence_of_the_symbols() -> None:
    reading = read_micr(foot(MICR, 300), 300)
    assert len(reading.symbols) == len(MICR.replace(" ", ""))
    lefts = [symbol.box[0] for symbol in reading.symbols]
    assert lefts == sorted(lefts)
    assert 0.9 < reading.confidence <= min(symbol.confidence for symbol in reading.symbols)


def test_a_symbol_that_cannot_be_read_lowers_the_confidence() -> None:
    paper = foot(MICR, 200)
    x, y, width, height = read_micr(paper, 200).symbols[10].box
    paper[y : y + height // 2, x : x + width] = 240
    assert read_micr(paper, 200).confidence < 0.9


def test_no_line_no_text() -> None:
    for picture in (np.full((700, 1600), 240, np.uint8), text_page(30, 150), np.zeros((20, 20), np.uint8)):
        reading = read_micr(picture, 200)
        assert (reading.text, reading.box, reading.confidence) == ("", None, 0.0)


def test_parts_of_an_indian_line() -> None:
    parts = parse_indian_micr(MICR)
    assert parts is not None
    assert (parts.cheque_number, parts.city_bank_branch) == ("083654", "500025033")
    assert (parts.account, parts.transaction_code) == ("290062", "31")
    assert parse_indian_micr("A123456780A 12345C") is None


@pytest.mark.parametrize(
    ("line", "routing", "account", "serial", "amount"),
    [
        ("A021000021A 123456789C 1025", "021000021", "123456789", "1025", ""),
        ("A021000021A 1025 123456789C", "021000021", "123456789", "1025", ""),
        ("C001025C A021000021A 12D3456D789C", "021000021", "123456789", "001025", ""),
        ("A021000021A 123456789C 1025 B0000012500B", "021000021", "123456789", "1025", "0000012500"),
        ("A122000496A 12 345 678C 1234", "122000496", "12345678", "1234", ""),
        ("A122000496A 40 0981 77C 0981", "122000496", "40098177", "0981", ""),
        ("A122000496A C12 345 678C 1234", "122000496", "12345678", "1234", ""),
        ("A122000496A 12 345 678C", "122000496", "12345678", "", ""),
    ],
)
def test_parts_of_a_us_line(line: str, routing: str, account: str, serial: str, amount: str) -> None:
    parts = parse_us_micr(line)
    assert parts is not None
    assert (parts.routing, parts.account, parts.serial, parts.amount) == (routing, account, serial, amount)


@settings(max_examples=50, deadline=None)
@given(st.text("0123456789ABCD ", max_size=40))
def test_parsers_take_any_line(line: str) -> None:
    parse_indian_micr(line)
    parse_us_micr(line)


@settings(max_examples=50, deadline=None)
@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 8), st.integers(1, 9))
def test_the_check_digit_tells_every_wrong_digit(first: str, place: int, change: int) -> None:
    total = sum(w * int(d) for w, d in zip((3, 7, 1) * 3, first, strict=False))
    routing = first + str(-total % 10)
    assert routing_is_valid(routing)
    wrong = routing[:place] + str((int(routing[place]) + change) % 10) + routing[place + 1 :]
    assert not routing_is_valid(wrong)
    assert not routing_is_valid(first)


@given(
    st.lists(st.text("0123456789", min_size=2, max_size=4), min_size=2, max_size=4),
    st.text("0123456789", min_size=3, max_size=8),
)
def test_the_serial_stands_behind_the_on_us_symbol_however_the_account_is_grouped(
    groups: list[str], serial: str
) -> None:
    parts = parse_us_micr(f"A021000021A {' '.join(groups)}C {serial}")
    assert parts is not None
    assert (parts.account, parts.serial) == ("".join(groups), serial)


@given(st.from_regex(r"C[0-9]{6}C [0-9]{9}A ([0-9]{6}C )?[0-9]{2}", fullmatch=True), st.data())
def test_a_line_that_lacks_a_symbol_fits_no_structure(line: str, data: st.DataObject) -> None:
    assert indian_faults(line) == ()
    place = data.draw(st.integers(0, len(line) - 1).filter(lambda i: line[i] != " "))
    assert indian_faults(line[:place] + line[place + 1 :])


@settings(max_examples=10, deadline=None)
@given(st.from_regex(r"C[0-9]{6}C [0-9]{9}A", fullmatch=True), st.sampled_from(["31", "10", "29"]))
def test_what_stands_behind_a_wide_gap_is_read(line: str, code: str) -> None:
    reading = read_micr(foot(f"{line}     {code}", 200), 200)
    assert reading.text == f"{line} {code}"
    assert indian_faults(reading.text) == ()

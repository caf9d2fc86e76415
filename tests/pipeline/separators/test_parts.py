"""Separators: which pages begin a document, which belong to none, and what is told where that is in doubt."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from inkfield.flows.commands.separators_command import DPI, sheet
from inkfield.pipeline.records import Page
from inkfield.pipeline.separators.parts import OWN, Doubt, Part, Seen, SeparatorRules, label_of, parts_of, see
from tests.support.paper import text_page
from tests.support.torn_sheet import torn_sheet

OURS = SeparatorRules()
STICKERS = SeparatorRules(stickers=re.compile(r"CLM-(\d+)"))
FORMATS = {
    "QR": zxingcpp.BarcodeFormat.QRCode,
    "Code 128": zxingcpp.BarcodeFormat.Code128,
    "Data Matrix": zxingcpp.BarcodeFormat.DataMatrix,
    "PDF417": zxingcpp.BarcodeFormat.PDF417,
}


def page(image: np.ndarray, dpi: float = DPI) -> Page:
    return Page("batch.pdf", 7, image, dpi)


def with_code(
    image: np.ndarray, text: str, kind: str, scale: int, at: tuple[int, int] = (60, 900)
) -> np.ndarray:
    """A page with a barcode in it, so many pixels a module."""
    code = np.array(zxingcpp.create_barcode(text, FORMATS[kind]).to_image(scale=scale))
    image = image.copy()
    image[at[0] : at[0] + code.shape[0], at[1] : at[1] + code.shape[1]] = code
    return image


def turned(image: np.ndarray, degrees: float) -> np.ndarray:
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(image, turn, (width, height), borderValue=(255.0,))


def bad_scan(image: np.ndarray) -> np.ndarray:
    """A tired scanner: skewed, soft, noisy, little contrast."""
    rng = np.random.default_rng(4)
    soft = cv2.GaussianBlur(turned(image, 4.0), (0, 0), 1.2).astype(np.float32)
    return np.clip(120 + soft * 0.4 + rng.normal(0, 9, image.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("label", ["", "B-7", "Müller & Söhne 42", "x" * 200])
def test_a_printed_sheet_is_known_with_its_label(label: str) -> None:
    for scan in (sheet(label), sheet(label, "letter"), np.rot90(sheet(label), 1), np.rot90(sheet(label), 2)):
        seen = see(page(np.ascontiguousarray(scan)), OURS)
        assert (seen.begins, seen.dropped, seen.doubt) == (True, True, None)
        assert seen.labels == ((label,) if label else ())


def test_a_sheet_of_a_tired_scanner_is_known() -> None:
    small = cv2.resize(sheet("B-7"), None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)
    for scan, dpi in ((bad_scan(sheet("B-7")), DPI), (bad_scan(small), 100.0)):
        assert see(page(scan, dpi), OURS).labels == ("B-7",)


def test_a_staple_a_fold_and_a_coffee_stain_spoil_no_sheet() -> None:
    scan = sheet("B-7").copy()
    scan[:500, :600] = 40  # a code is gone
    scan[:, 980:1000] = 0
    cv2.circle(scan, (300, 1500), 150, (90.0,), 25)
    assert see(page(scan), OURS).labels == ("B-7",)


def test_a_sheet_whose_codes_cannot_be_read_begins_a_document_for_a_person_to_see() -> None:
    seen = see(page(torn_sheet("B-7")), OURS)
    assert (seen.begins, seen.labels, seen.doubt) == (True, (), Doubt.UNREADABLE)
    assert not seen.dropped, "no page is dropped that may say something"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_sticker_begins_a_document_with_its_page(kind: str) -> None:
    form = np.full_like(text_page(20, 300), 255)
    form[600:] = text_page(20, 300)[600:]
    seen = see(page(with_code(form, "CLM-4711", kind, 4), 300.0), STICKERS)
    assert (seen.begins, seen.dropped, seen.labels) == (True, False, ("4711",))
    other = see(page(with_code(form, "4006381333931", kind, 4), 300.0), STICKERS)
    assert not other.begins, "a form's own barcode is no sticker"


def test_our_code_stuck_on_a_form_small_costs_no_page() -> None:
    form = with_code(np.full((1754, 1240), 255, np.uint8), "INKFIELD-SEPARATOR B-7", "QR", 4)
    seen = see(page(form), OURS)
    assert (seen.begins, seen.dropped, seen.labels) == (True, False, ("B-7",))


def test_print_and_nothing_begin_no_document() -> None:
    for image in (text_page(), np.full((1754, 1240), 255, np.uint8), np.zeros((1754, 1240), np.uint8)):
        assert see(page(image), STICKERS) == Seen(7)


@pytest.mark.parametrize(
    "text, pattern, label",
    [
        ("PATCHT", OWN, ""), ("INKFIELD-SEPARATOR", OWN, ""), ("INKFIELD-SEPARATOR  a b ", OWN, "a b"),
        ("INKFIELD-SEPARATORS", OWN, None), ("CLM-12", re.compile(r"CLM-\d+"), "CLM-12"),
        ("CLM-12", re.compile(r"CLM-(\d+)"), "12"), ("A12", re.compile(r"([A-Z])(?P<label>\d+)"), "12"),
        ("A", re.compile(r"([A-Z])(\d+)?(?P<label>\d+)?"), ""), ("xCLM-12", re.compile(r"CLM-\d+"), None),
    ],
)  # fmt: skip
def test_the_label_is_what_the_pattern_says(text: str, pattern: re.Pattern[str], label: str | None) -> None:
    assert label_of(text, pattern) == label


def sheet_at(number: int, label: str = "") -> Seen:
    return Seen(number, True, True, labels=(label,) if label else ())


def plain(*numbers: int) -> list[Seen]:
    return [Seen(number) for number in numbers]


def test_sheets_and_their_blank_backs_belong_to_no_document() -> None:
    seen = [*plain(1), sheet_at(2, "A"), Seen(3, blank=True), *plain(4, 5), sheet_at(6), *plain(7)]
    assert parts_of(seen, 7) == (Part(1, 1), Part(4, 5, "A"), Part(7, 7))


def test_both_sides_of_one_sheet_are_one_and_a_last_one_adds_nothing() -> None:
    seen = [sheet_at(1, "A"), sheet_at(2, "A"), *plain(3), sheet_at(4)]
    assert parts_of(seen, 4) == (Part(3, 3, "A"),)


def test_a_label_without_pages_is_not_forgotten() -> None:
    seen = [sheet_at(1, "A"), sheet_at(2, "B"), *plain(3)]
    assert parts_of(seen, 3) == (Part(2, 1, "A"), Part(3, 3, "B"))


def test_a_page_that_cannot_be_opened_puts_its_document_in_doubt() -> None:
    seen = [sheet_at(1, "A"), *plain(2, 4), sheet_at(5, "B"), *plain(6)]
    assert parts_of(seen, 6) == (Part(2, 4, "A", Doubt.HIDDEN), Part(6, 6, "B"))


def test_a_file_without_separators_is_one_document() -> None:
    assert parts_of(plain(1, 2, 3), 3) == ()
    assert parts_of([], 0) == ()


@given(st.lists(st.sampled_from(["page", "sheet", "sticker", "blank", "unreadable", "broken"]), max_size=12))
def test_every_page_that_says_something_is_in_one_document_in_order(kinds: list[str]) -> None:
    seen = [
        Seen(
            number,
            begins=kind in ("sheet", "sticker", "unreadable"),
            dropped=kind == "sheet",
            blank=kind == "blank",
            labels=(str(number),) if kind in ("sheet", "sticker") else (),
            doubt=Doubt.UNREADABLE if kind == "unreadable" else None,
        )
        for number, kind in enumerate(kinds, start=1)
        if kind != "broken"
    ]
    parts = parts_of(seen, len(kinds))
    pages = [number for part in parts for number in part.pages]
    assert pages == sorted(set(pages))
    begun = any(one.begins for one in seen)
    for number, kind in enumerate(kinds, start=1):
        if begun and kind not in ("sheet", "blank"):
            assert number in pages
        if begun and kind in ("sticker", "unreadable"):
            assert any(part.first == number for part in parts)
    if begun:
        labels = [part.label for part in parts if part.label]
        assert labels == [label for one in seen for label in one.labels]

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import random_writer, sign
from inkfield.pipeline.fields.signature import signature_present


def crop(sheet: Sheet) -> np.ndarray:
    return np.clip(sheet.pixels().mean(2), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(12))
def test_signatures_of_rendered_hands(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = Sheet(60, 24).pixels()
    sign(page, 8, 16, float(rng.uniform(28, 42)), rng, random_writer(rng))
    present, probability = signature_present(page.mean(2).astype(np.uint8), 300)
    assert present
    assert probability > 0.9


def test_nobody_signed() -> None:
    present, probability = signature_present(crop(Sheet(60, 24)), 300)
    assert not present
    assert probability > 0.95


def test_printed_names_and_notes_are_no_signature() -> None:
    sheet = Sheet(60, 24)
    sheet.text(8, 18, "MANOHAR TRIVEDI", 2.6)
    sheet.text(12, 22, "Please sign above", 2.3)
    assert not signature_present(crop(sheet), 300)[0]


def test_a_rest_of_a_rule_is_no_signature() -> None:
    sheet = Sheet(60, 24)
    sheet.line(5, 15, 55, 15.2, 0.3)
    assert not signature_present(crop(sheet), 300)[0]


@pytest.mark.parametrize("dpi", [150, 200, 400])
def test_the_same_at_every_resolution(dpi: float) -> None:
    rng = np.random.default_rng(5)
    page = Sheet(60, 24).pixels()
    sign(page, 8, 16, 36, rng, random_writer(rng))
    size = (round(60 / 25.4 * dpi), round(24 / 25.4 * dpi))
    scaled = cv2.resize(page.mean(2).astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    assert size[0] != round(60 * PX)
    assert signature_present(scaled, dpi)[0]


def test_no_crop() -> None:
    assert not signature_present(np.empty((0, 0), np.uint8))[0]


def test_a_short_signature_in_separate_letters_over_a_printed_name() -> None:
    sheet = Sheet(60, 24)
    sheet.text(8, 18, "R. PAL", 2.6)
    unsigned = crop(sheet)
    assert not signature_present(unsigned, 300)[0]
    signed = unsigned.copy()
    for x, height in ((10, 4.6), (17, 3.6), (22, 3.6)):
        low, high = 13 * PX, (13 - height) * PX
        stroke = np.array(
            [[x * PX, low], [(x + 0.4) * PX, high], [(x + 2.4) * PX, high + 10], [(x + 3) * PX, low]]
        )
        cv2.polylines(signed, [np.round(stroke).astype(np.int32)], False, (40,), 6, cv2.LINE_AA)
    assert signature_present(signed, 300)[0]


@pytest.mark.parametrize(
    "upper", ["Authorised Signatory", "AUTHORISED SIGNATORIES", "for Quillstone Infotech"]
)
@pytest.mark.parametrize("lower", ["NILESH DUTT", "RAJENDRA G. RASTOGI", "Proprietor"])
def test_printed_lines_that_lie_on_one_another_are_no_signature(upper: str, lower: str) -> None:
    """Hardly a letter of either stands apart; a pen's strokes over them are found all the same."""
    for step in np.arange(0.6, 2.7, 0.3):
        sheet = Sheet(60, 30)
        sheet.text(6, 14, upper, 2.9, face="tinos")
        sheet.text(9, 14 + step, lower, 2.7, face="roboto")
        printed = sheet.pixels()
        for blur in (0.6, 1.2):
            assert not signature_present(cv2.GaussianBlur(crop(sheet), (0, 0), blur), 300)[0], (step, blur)
    rng = np.random.default_rng(3)
    sign(printed, 8, 12, 36, rng, random_writer(rng))
    assert signature_present(np.clip(printed.mean(2), 0, 255).astype(np.uint8), 300)[0]

"""Strokes are given to the field that they were written in."""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.pipeline.cheques.paper.printed_lines import Band
from inkfield.pipeline.cheques.strokes import owners
from inkfield.pipeline.records import Region
from inkfield.schemas.readings import Box

SCALE = 8
FIELDS = ["payee", "legal_amount_1", "legal_amount_2", "courtesy_amount", "account_number"]
BOXES: dict[str, Box] = {
    "payee": (100, 128, 1000, 92),
    "legal_amount_1": (100, 207, 1400, 85),
    "legal_amount_2": (100, 276, 1000, 80),
    "courtesy_amount": (1200, 270, 300, 72),
    "account_number": (200, 325, 700, 100),
}


def _owners(*strokes: Box) -> tuple[list[str], list[bool]]:
    """Names of the owners ("" is none's) of strokes drawn as filled boxes, from top to bottom; and the joined ones."""
    ink = np.zeros((720, 1616), np.uint8)
    for x, y, width, height in strokes:
        ink[y : y + height, x : x + width] = 1
    layout = ChequeLayout(
        {name: Region(name, "", BOXES[name]) for name in FIELDS},
        {},
        (),
        SCALE,
        dict(zip(FIELDS, (Band(200, 100, 1100), Band(272, 100, 1150), Band(342, 100, 1100)), strict=False)),
        MicrReading("", (), 0.0, None),
    )
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink)
    owner, joined = owners(names, stats, layout, FIELDS)
    return [FIELDS[k - 1] if k else "" for k in owner[1:]], [bool(j) for j in joined[1:]]


def test_a_descender_stays_with_its_line_even_if_most_of_it_hangs_below() -> None:
    assert _owners((300, 185, 8, 50))[0] == ["payee"]


def test_a_tall_letter_stays_with_the_line_that_it_stands_on() -> None:
    assert _owners((300, 192, 8, 78))[0] == ["legal_amount_1"]


def test_words_of_two_lines_that_touch_are_both() -> None:
    assert _owners((300, 160, 8, 105))[1] == [True]


def test_a_slash_out_of_the_amount_box_is_the_amounts() -> None:
    assert _owners((1400, 250, 6, 88))[0] == ["courtesy_amount"]


def test_figures_stamped_over_a_rule_are_the_account_number() -> None:
    row = [(300 + 30 * k, 326, 16, 32) for k in range(8)]
    assert set(_owners(*row)[0]) == {"account_number"}
    assert _owners((300, 326, 16, 32))[0] == ["legal_amount_2"]  # one alone is a descender


def test_flourishes_into_the_banks_address_are_the_payees() -> None:
    assert _owners((300, 100, 8, 70), (600, 100, 8, 20))[0] == ["payee", ""]


def test_remains_of_rules_and_specks_are_nobodys() -> None:
    assert _owners((300, 198, 30, 3), (500, 160, 1, 1))[0] == ["", ""]

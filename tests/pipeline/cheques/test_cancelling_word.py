"""A word that makes a cheque void is found in small letters too, wherever no field is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from inkfield.lab.documents.hostile import HOSTILE, good
from inkfield.lab.documents.house import house
from inkfield.lab.documents.house_page import render_house_cheque
from inkfield.pipeline.cheques.alteration.signs import signs_of_alteration
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.reasons import ReasonCode

TODAY = date(2026, 6, 30)


def reasons(image: np.ndarray) -> set[ReasonCode]:
    (cheque,) = find_cheques(image)
    return {reason.code for reason in signs_of_alteration(cheque, load_recognizer("default"))}


@pytest.mark.parametrize("seed", [[2611, 308, 0], [77, 2], [77, 8], [77, 14]])
def test_a_cancelled_cheque_is_struck_out(seed: list[int]) -> None:
    assert ReasonCode.STRUCK_OUT in reasons(HOSTILE["cancelled"](np.random.default_rng(seed)))


@pytest.mark.parametrize("american", [False, True])
def test_a_good_cheque_is_not(american: bool) -> None:
    for number in range(2):
        image, _ = good(np.random.default_rng([77, number, 1]), american)
        assert ReasonCode.STRUCK_OUT not in reasons(image)


def test_barcodes_and_stamped_numbers_beside_the_fields_strike_nothing_out() -> None:
    for seed in (406, 410):  # a barcode at the paper's edge; an account number that was stamped past its box
        cheque = render_house_cheque(house(seed), np.random.default_rng([seed, 0]), UNSEEN_HANDS[-1:], TODAY)
        assert ReasonCode.STRUCK_OUT not in reasons(cheque.image)

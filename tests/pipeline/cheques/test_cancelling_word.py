"""A word that makes a cheque void is found in small letters too, wherever no field is."""

from __future__ import annotations

import numpy as np
import pytest

from inkfield.lab.documents.hostile import HOSTILE, good
from inkfield.pipeline.cheques.alteration.signs import signs_of_alteration
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.reasons import ReasonCode


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

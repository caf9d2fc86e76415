from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipeline.cheques.cheque import set_upright
from pipeline.cheques.micr import read_micr
from recognizers.ink.pages.cheque_page import BANKS, render_cheque
from recognizers.ink.pages.pattern import background
from schemas.form import load_forms


@pytest.mark.parametrize("seed", range(3))
def test_a_rendered_cheque_is_a_cheque_with_its_micr_line(seed: int) -> None:
    image, truth = render_cheque(np.random.default_rng(seed), today=date(2026, 3, 1))
    assert abs(image.shape[1] - 2386) < 40
    assert set(truth) < {field.name for field in load_forms()["cheque_in"].fields}
    assert truth["courtesy_amount"] == truth["legal_amount"] == truth["amount"]
    assert date.fromisoformat(truth["date"]) <= date(2026, 3, 1)
    cheque = set_upright(image)
    assert cheque is not None
    assert read_micr(cheque.image, cheque.dpi).text == truth["micr"]


def test_patterns_are_pale() -> None:
    for bank in BANKS:
        pattern = background(bank.pattern, bank.tint, 300, 600)
        assert pattern.shape == (300, 600, 3)
        assert pattern.min() > 150
        assert pattern.std() > 1


def test_an_unknown_pattern_is_told() -> None:
    with pytest.raises(ValueError, match="tartan"):
        background("tartan", (255, 255, 255), 10, 10)

"""The amount of a cheque: what becomes of figures and words that differ, and of a side that can hardly be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.cheques.joint_reading import joint_reading
from inkfield.pipeline.fields.kinds.joint_amount import joint_amount
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.page import load_page_reader
from inkfield.pipeline.records import Page
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.ctc.output import CTCOutput
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode, because
from tests.support.cheque_paper import Writing, draw_cheque

FORM = load_forms()["cheque_in"]
DISAGREE = because(ReasonCode.DISAGREE)


def _read(picture: np.ndarray) -> dict[str, FieldReading]:
    (reading,) = load_page_reader("cheque_in", "default").read(
        Page("rendered", 1, picture, 200.0), date(2026, 6, 30)
    )
    return {field.name: field for field in reading.fields}


def _offered(amount: FieldReading) -> set[object]:
    return {amount.value, *(alternative.value for alternative in amount.alternatives)}


@pytest.mark.parametrize(("figures", "value"), [("72,500/-", 72500), ("1,25,000/-", 125000)])
def test_clear_figures_and_clear_words_that_differ_go_to_review_and_both_are_shown(
    figures: str, value: int
) -> None:
    fields = _read(draw_cheque(writing=Writing(figures=figures)))
    amount = fields["amount"]
    assert amount.status == "review" and amount.confidence < 0.5
    assert {Decimal(value), Decimal(12500)} <= _offered(amount)
    assert fields["decision"].value == "review"
    if value == 125000:  # a single 7 that might be a 1 is a doubt, not a disagreement
        assert amount.value is None and DISAGREE in amount.reasons


@pytest.mark.parametrize("place_mm", [(156, 36, 26, 6), (39, 29.6, 76, 5.2)])
def test_a_side_that_can_hardly_be_read_does_not_disagree(place_mm: tuple[float, ...]) -> None:
    picture = draw_cheque()
    x, y, width, height = (round(mm * 200 / 25.4) for mm in place_mm)
    rng = np.random.default_rng(5)
    for _ in range(width // 9):  # struck out, with the pen that wrote it
        ends = [(int(x + rng.uniform(0, width)), int(y + rng.uniform(0, height))) for _ in range(2)]
        cv2.line(picture, ends[0], (ends[0][0] + 14, ends[1][1]), (110, 40, 30), 2)
    fields = _read(picture)
    amount = fields["amount"]
    assert DISAGREE not in amount.reasons
    assert Decimal(12500) in _offered(amount)
    assert amount.status == "review"
    assert fields["decision"].value == "review"


_scores = st.lists(st.floats(-60, 0), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(_scores, _scores, st.floats(0, 1), st.floats(0, 1))
def test_what_the_sides_contest_is_never_accepted_and_both_readings_are_offered(
    courtesy: list[float], legal: list[float], sure_figures: float, sure_words: float
) -> None:
    reader = FieldReader(load_recognizer("default")).for_form(FORM)
    values = [Decimal(n) for n in (100, 700, 7000)]
    joint = joint_amount(
        *[[("", v, s) for v, s in zip(values, side, strict=True)] for side in (courtesy, legal)]
    )
    sides = [
        FieldReading(name, "amount", "", own, sure, "review")
        for name, own, sure in zip(
            ("courtesy_amount", "legal_amount"), joint.own, (sure_figures, sure_words), strict=True
        )
    ]
    outputs = [CTCOutput(np.zeros((4, len(DEFAULT)), np.float32), DEFAULT)] * 2
    amount = joint_reading(FORM.field("amount"), None, reader, joint, outputs, sides)
    if joint.disagreement:
        assert amount.status == "review" and amount.confidence < 0.5
        assert {value for value in joint.own if value is not None} <= _offered(amount)
        clear = min(sure_figures, sure_words) >= 0.5 and joint.apart >= 10
        assert (DISAGREE in amount.reasons) == clear
    else:
        assert DISAGREE not in amount.reasons and amount.value is not None

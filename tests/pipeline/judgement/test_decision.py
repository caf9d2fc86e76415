from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.pipeline.judgement.decision import decide
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.readings import FieldReading, FieldStatus, Value
from inkfield.schemas.reasons import ReasonCode, because

FORM = load_forms()["cheque_in"]
GOOD = {"dpi": 300.0, "contrast": 0.8, "focus": 1.0, "noise": 2.0}
COUNTED = ("amount", "courtesy_amount", "legal_amount", "date", "micr", "signature")


def readings(**changed: FieldReading) -> list[FieldReading]:
    values: dict[str, Value] = {
        "courtesy_amount": Decimal("100.00"),
        "legal_amount": Decimal(100),
        "amount": Decimal("100.00"),
        "date": date(2026, 1, 5),
        "micr": "C083654C 500025033A 290062C 31",
        "signature": True,
    }
    made = {n: FieldReading(n, FORM.field(n).kind, "", v, 0.995, "accepted") for n, v in values.items()}
    return list({**made, **changed}.values())


def reading(name: str, value: Value, confidence: float, status: FieldStatus = "accepted") -> FieldReading:
    return FieldReading(name, FORM.field(name).kind, "", value, confidence, status)


def decision(
    fields: list[FieldReading], quality: dict[str, float] = GOOD, post_at: float | None = None
) -> FieldReading:
    return decide(FORM, fields, quality, post_at)[-1]


def test_sure_cheques_are_posted() -> None:
    found = decision(readings())
    assert (found.value, found.status) == ("post", "accepted")


def test_one_doubtful_field_sends_the_cheque_to_review_and_says_which() -> None:
    found = decision(readings(date=reading("date", None, 0.4, "review")))
    assert found.value == "review" and any("date" in str(reason) for reason in found.reasons)


@pytest.mark.parametrize(("name", "post_at"), [*product(COUNTED, (None, 0.5))])
def test_nothing_for_review_is_posted_whatever_the_threshold(name: str, post_at: float | None) -> None:
    good = next(r for r in readings() if r.name == name)
    unsure = replace(good, confidence=0.94, status="review", reasons=(because(ReasonCode.LOW_CONFIDENCE),))
    found = decision(readings(**{name: unsure}), post_at=post_at)
    assert found.value == "review"
    assert any(name in str(reason) for reason in found.reasons)


@pytest.mark.parametrize("name", ["courtesy_amount", "legal_amount", "amount"])
def test_figures_and_words_must_both_state_the_amount(name: str) -> None:
    lacking = reading(name, None, 0.99, "empty")
    assert decision(readings(**{name: lacking}), post_at=0.5).value == "review"
    other = reading(name, Decimal(700), 0.995)
    assert decision(readings(**{name: other}), post_at=0.5).value == "review"
    assert decision([r for r in readings() if r.name != name], post_at=0.5).value == "review"


def test_unsigned_is_rejected() -> None:
    found = decision(readings(signature=reading("signature", False, 0.99)))
    assert (found.value, found.confidence, found.status) == ("reject", 0.99, "accepted")


def test_what_was_not_found_is_not_absent() -> None:
    """Without its MICR line it is not even sure that the page is a cheque."""
    lost = reading("micr", None, 0.0, "review")
    unsigned = reading("signature", False, 0.99)
    assert decision(readings(micr=lost)).value == "review"
    assert decision(readings(micr=lost, signature=unsigned)).value == "review"
    assert decision(readings(date=reading("date", None, 0.8, "empty"))).value == "review"


def test_a_field_that_was_not_found_is_never_posted() -> None:
    assert decision([r for r in readings() if r.name != "micr"]).value == "review"


def test_poor_scans_are_not_posted() -> None:
    assert decision(readings(), {**GOOD, "dpi": 72.0}).value == "review"


def test_small_doubts_add_up() -> None:
    shaky = [FieldReading(r.name, r.kind, "", r.value, 0.96, "accepted") for r in readings()]
    assert decision(shaky).value == "review"


@given(
    st.fixed_dictionaries(
        {
            name: st.tuples(st.booleans(), st.floats(0, 1), st.sampled_from(("accepted", "review", "empty")))
            for name in COUNTED
        }
    ),
    st.none() | st.floats(0.3, 1.0),
)
def test_no_decision_is_accepted_that_nothing_proves(
    drawn: dict[str, tuple[bool, float, FieldStatus]], post_at: float | None
) -> None:
    given_ = {
        r.name: replace(r, value=r.value if drawn[r.name][0] else None, confidence=drawn[r.name][1],
                        status=drawn[r.name][2])
        for r in readings()
    }  # fmt: skip
    found = decision(readings(**given_), post_at=post_at)
    if found.status == "accepted":
        assert found.confidence > 0
    if found.value == "post":
        assert all(r.status == "accepted" and r.value is not None for r in given_.values())

from datetime import date
from decimal import Decimal

from pipeline.decision import decide
from pipeline.records import FieldReading, Value
from schemas.form import load_forms

FORM = load_forms()["cheque_in"]
GOOD = {"dpi": 300.0, "contrast": 0.8, "focus": 1.0, "noise": 2.0}


def readings(**changed: FieldReading) -> list[FieldReading]:
    values: dict[str, Value] = {
        "amount": Decimal("100.00"),
        "date": date(2026, 1, 5),
        "micr": "C083654C 500025033A 290062C 31",
        "signature": True,
    }
    made = {n: FieldReading(n, FORM.field(n).kind, "", v, 0.995, "accepted") for n, v in values.items()}
    return list({**made, **changed}.values())


def decision(fields: list[FieldReading], quality: dict[str, float] = GOOD) -> FieldReading:
    return decide(FORM, fields, quality)[-1]


def test_sure_cheques_are_posted() -> None:
    assert decision(readings()).value == "post"


def test_one_doubtful_field_sends_the_cheque_to_review_and_says_which() -> None:
    doubtful = FieldReading("date", "date", "", None, 0.4, "review")
    found = decision(readings(date=doubtful))
    assert found.value == "review" and any("date" in reason for reason in found.reasons)


def test_unsigned_is_rejected() -> None:
    unsigned = FieldReading("signature", "signature", "", False, 0.99, "accepted")
    assert decision(readings(signature=unsigned)).value == "reject"


def test_a_field_that_was_not_found_is_never_posted() -> None:
    assert decision([r for r in readings() if r.name != "micr"]).value == "review"


def test_poor_scans_are_not_posted() -> None:
    assert decision(readings(), {**GOOD, "dpi": 72.0}).value == "review"


def test_small_doubts_add_up() -> None:
    shaky = [FieldReading(r.name, r.kind, "", r.value, 0.96, "accepted") for r in readings()]
    assert decision(shaky).value == "review"

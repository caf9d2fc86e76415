from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.calibration import LIMITS, most_sure
from inkfield.pipeline.fields.table import cell_name
from inkfield.pipeline.judgement.rules import apply_rules
from inkfield.schemas.forms.model import Form
from inkfield.schemas.readings import FieldReading, Value
from inkfield.schemas.reasons import ReasonCode, because

TODAY = date(2026, 11, 22)


def box(row: int) -> list[float]:
    return [10, 10.0 * row, 80, 8]


FORM = Form.model_validate(
    {
        "name": "bill",
        "version": 1,
        "title": "Bill",
        "paper": {"width_mm": 210, "height_mm": 297},
        "blank": "bill.png",
        "fields": [
            {"name": "figures", "kind": "amount", "box": box(1), "required": True},
            {"name": "words", "kind": "amount_words", "box": box(2)},
            {"name": "born", "kind": "date", "date_order": "DMY", "box": box(3)},
            {"name": "signed", "kind": "date", "date_order": "DMY", "box": box(4)},
            {"name": "male", "kind": "checkbox", "box": box(5)},
            {"name": "female", "kind": "checkbox", "box": box(6)},
            {"name": "total", "kind": "amount", "box": box(7), "accept_at": 0.95},
            {
                "name": "services",
                "kind": "table",
                "box": [10, 100, 100, 40],
                "rows": 4,
                "columns": [
                    {"name": "begin", "kind": "date", "date_order": "DMY", "x": 0, "width": 30},
                    {"name": "end", "kind": "date", "date_order": "DMY", "x": 30, "width": 30},
                    {"name": "charge", "kind": "amount", "x": 60, "width": 40},
                ],
            },
        ],
        "rules": [
            {"rule": "equal", "fields": ["figures", "words"]},
            {"rule": "sum", "table": "services", "column": "charge", "total": "total"},
            {"rule": "date_order", "earlier": "born", "later": "signed"},
            {"rule": "date_order", "earlier": "services.begin", "later": "services.end"},
            {"rule": "one_of", "fields": ["male", "female"], "required": True},
        ],
    }
)


def reading(name: str, value: Value, confidence: float = 0.9) -> FieldReading:
    kind = "amount" if isinstance(value, Decimal) else "date" if isinstance(value, date) else "checkbox"
    return FieldReading(name, kind, str(value), value, confidence, "accepted")


def empty(name: str) -> FieldReading:
    return FieldReading(name, "amount", "", None, 0.95, "empty")


def judged(*readings: FieldReading) -> dict[str, FieldReading]:
    return {r.name: r for r in apply_rules(FORM, list(readings), TODAY)}


def test_amounts_that_agree_support_each_other():
    fields = judged(reading("figures", Decimal(500), 0.8), reading("words", Decimal("500.00"), 0.85))
    assert all(field.status == "accepted" and field.confidence > 0.95 for field in fields.values())


def test_amounts_that_differ_go_to_review_with_the_reason():
    fields = judged(reading("figures", Decimal(500), 0.99), reading("words", Decimal(5000), 0.99))
    assert all(field.status == "review" and field.confidence < 0.99 for field in fields.values())
    assert "figures and words differ" in map(str, fields["words"].reasons)


def test_the_sum_of_a_column_is_the_total():
    cells = [reading(cell_name("services", row, "charge"), Decimal(row * 10), 0.9) for row in (1, 2, 3)]
    fields = judged(*cells, empty("services.4.charge"), reading("total", Decimal(60), 0.9))
    assert {field.status for field in fields.values()} == {"accepted", "empty"}
    fields = judged(*cells, reading("total", Decimal(61), 0.99))
    assert {field.status for field in fields.values()} == {"review"}


def test_a_sum_with_an_unread_cell_is_not_judged():
    unread = replace(reading("services.1.charge", Decimal(1)), value=None, kind="amount")
    fields = judged(unread, reading("total", Decimal(7), 0.97))
    assert fields["total"].status == "accepted"
    assert fields["services.1.charge"].status == "review"


def test_dates_are_in_order_row_by_row_in_tables():
    fields = judged(
        reading("born", date(2030, 1, 1), 0.95),
        reading("signed", date(2026, 1, 1), 0.95),
        reading("services.1.begin", date(2026, 3, 1), 0.95),
        reading("services.1.end", date(2026, 3, 2), 0.95),
        reading("services.2.begin", date(2026, 5, 1), 0.95),
        reading("services.2.end", date(2026, 4, 1), 0.95),
    )
    assert fields["born"].status == fields["signed"].status == "review"
    assert because(ReasonCode.FAR_AHEAD) in fields["born"].reasons
    assert fields["services.1.begin"].status == fields["services.1.end"].status == "accepted"
    assert fields["services.2.begin"].status == fields["services.2.end"].status == "review"


def test_one_box_is_ticked():
    assert judged(reading("male", True), reading("female", False))["male"].status == "accepted"
    assert judged(reading("male", True), reading("female", True))["male"].status == "review"
    assert judged(reading("male", False), reading("female", False))["female"].status == "review"


def test_each_field_has_its_own_limit():
    fields = judged(reading("total", Decimal(5), 0.94), reading("figures", Decimal(5), 0.94))
    assert fields["total"].reasons == (because(ReasonCode.LOW_CONFIDENCE),)
    assert fields["figures"].status == "accepted"


def test_a_required_field_that_is_empty_says_so():
    assert judged(empty("figures"))["figures"].reasons == (because(ReasonCode.NOT_WRITTEN),)
    assert judged(empty("words"))["words"].reasons == ()


def test_a_reason_of_its_own_keeps_a_reading_in_review():
    altered = replace(reading("figures", Decimal(5), 0.99), reasons=(because(ReasonCode.PEN_CHANGE),))
    assert judged(altered)["figures"].status == "review"


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_confidences_stay_probabilities_and_move_the_right_way(a, b, same):
    fields = judged(reading("figures", Decimal(1), a), reading("words", Decimal(1 if same else 2), b))
    for name, before in (("figures", a), ("words", b)):
        after = fields[name].confidence
        assert 0 <= after <= 1
        before = min(before, most_sure(LIMITS.tested_lines))
        assert after >= before - 1e-4 if same else after <= before + 1e-4

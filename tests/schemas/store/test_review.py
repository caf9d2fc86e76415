"""The review queue: what waits, and what a person's word changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.workers.recheck import AskForms
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import Form, load_form, load_forms
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from inkfield.schemas.store.review import Settled, waiting_fields
from tests.support.readings import FORM, document, field, page
from tests.support.settling import settle_field


@pytest.fixture
def engine(database_url: str) -> Engine:
    """A document of one page with two fields for review: an amount that was read and a date that was not."""
    engine = open_database(database_url)
    fields = (
        replace(
            field("amount", "amount", Decimal("4700.00")),
            status="review",
            confidence=0.6,
            reasons=(because(ReasonCode.LOW_CONFIDENCE),),
        ),
        replace(field("paid", "date", None), status="review"),
        field("payee", "name", "Mina Rao"),
    )
    reading = replace(document([replace(page(), fields=fields, status="review")]), status="review")
    with transaction(engine) as session:
        batch = begin_batch(session, "night")
        found = register_document(session, batch, "in/slip.pdf", "ab" * 32, "slip:1")
        save_document(session, found.document_id, reading)
    return engine


def statuses(engine: Engine) -> list[tuple[str, str]]:
    return run_query(
        engine,
        "SELECT d.status, p.status FROM documents d JOIN pages p ON p.document_id = d.id ORDER BY p.number",
    )[1]


def test_what_waits_says_why(engine: Engine) -> None:
    with transaction(engine) as session:
        waiting = waiting_fields(session)
        assert [w.name for w in waiting] == ["amount", "paid"]
        assert waiting[0].reasons == ("confidence below the form's limit",)
        assert waiting[0].reason_codes == ("low_confidence",) and waiting[0].file_name == "slip.pdf"
        assert waiting_fields(session, form="another") == []
        assert len(waiting_fields(session, limit=1)) == 1


def test_a_document_is_done_when_its_last_field_is_settled(engine: Engine) -> None:
    with transaction(engine) as session:
        amount, paid = (w.field_id for w in waiting_fields(session))
        settle_field(session, amount, "clerk", "4100.00")
    assert statuses(engine) == [("review", "review")]
    with transaction(engine) as session:
        settle_field(session, paid, "clerk", "2026-03-31")
    assert statuses(engine) == [("done", "done")]
    reviews = run_query(engine, "SELECT reviewer, old_value, new_value FROM reviews ORDER BY id")[1]
    assert reviews == [("clerk", "4700.00", "4100.00"), ("clerk", None, "2026-03-31")]


def test_what_was_read_can_be_accepted_and_nothing_cannot(engine: Engine) -> None:
    with transaction(engine) as session:
        amount, paid = (w.field_id for w in waiting_fields(session))
        settle_field(session, amount, "clerk", None)
        with pytest.raises(ValueError, match="no value"):
            settle_field(session, paid, "clerk", None)
        settle_field(session, paid, "clerk", "")
    found = run_query(engine, "SELECT name, status FROM fields WHERE name <> 'payee' ORDER BY name")[1]
    assert found == [("amount", "accepted"), ("paid", "empty")]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("amount", "1,23,456.50", Decimal("123456.50")),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("signature", "Yes", True),
        ("name", " Mina ", "Mina"),
        ("decision", "post", "post"),
        ("amount", "", None),
    ],
)
def test_values_are_written_as_the_view_writes_them(kind: str, text: str, value: object) -> None:
    assert kind_of(kind).typed(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("amount", "12 rupees"),
        ("amount", "1.234"),
        ("integer", "1.5"),
        ("date", "31.3.2026"),
        ("signature", "x"),
        ("decision", "pay"),
    ],
)
def test_what_is_no_value_of_the_kind_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError):
        kind_of(kind).typed(text)


@given(st.sampled_from(["amount", "date", "integer", "checkbox", "name", "decision"]), st.text(max_size=12))
def test_any_text_is_a_value_or_a_clear_refusal(kind: str, text: str) -> None:
    try:
        kind_of(kind).typed(text)
    except ValueError as error:
        assert len(str(error)) > 10


def test_the_commands_list_and_settle(engine: Engine, database_url: str) -> None:
    run = CliRunner().invoke
    listed = run(app, ["review", "list", "--db", database_url])
    assert listed.exit_code == 0 and "confidence" in listed.output
    with transaction(engine) as session:
        first = waiting_fields(session)[0].field_id
    assert (
        run(app, ["review", "settle", str(first), "4100", "--by", "clerk", "--db", database_url]).exit_code
        == 0
    )
    assert run(app, ["review", "settle", "99999", "1", "--db", database_url]).exit_code == 2
    assert run(app, ["review", "settle", str(first), "much", "--db", database_url]).exit_code == 2


# --- with the form: a cheque and a claim ------------------------------------------------------------------------


def stored(engine: Engine, form: str, fields: tuple[FieldReading, ...], sha256: str = "cd" * 32) -> None:
    status: Any = "review" if any(f.status == "review" for f in fields) else "done"
    read = replace(page(), form=form, fields=fields, status=status)
    with transaction(engine) as session:
        found = register_document(
            session, begin_batch(session, "b"), f"{sha256[:4]}.pdf", sha256, f"{form}:1"
        )
        save_document(session, found.document_id, replace(document([read], sha256), status=status))


def cheque(
    number: str = "083654", amount: str = "4700.00", status: str = "accepted"
) -> tuple[FieldReading, ...]:
    """A cheque as it was read: sure of all, or (review) of its amounts."""
    value, sure = Decimal(amount), 0.99 if status == "accepted" else 0.6
    decision = "post" if status == "accepted" else "review"
    return (
        field("payee", "name", "Mina Rao"),
        field("courtesy_amount", "amount", value, status=status, confidence=sure),
        field("legal_amount", "amount_words", value, status=status, confidence=sure),
        field("amount", "amount", value, status=status, confidence=sure),
        field("date", "date", date.today()),
        field("account_number", "code", "123456789012"),
        field("micr", "micr", f"C{number}C 500025033A 290062C 31", confidence=0.999),
        field("signature", "signature", True),
        field("decision", "decision", decision, status=status),
    )


def settle_named(engine: Engine, name: str, value: str | None, sha256: str = "cd" * 32) -> Settled:
    forms = load_forms()
    with transaction(engine) as session:
        field_id = session.scalar(
            select(FieldRow.id)
            .join(PageRow, PageRow.id == FieldRow.page_id)
            .join(DocumentRow, DocumentRow.id == PageRow.document_id)
            .where(DocumentRow.sha256 == sha256, FieldRow.name == name)
        )
        assert field_id is not None
        return settle_field(session, field_id, "clerk", value, forms, AskForms(forms))


@pytest.fixture
def forms_there(database_url: str) -> Engine:
    engine = open_database(database_url)
    sync_views(engine, load_forms())
    return engine


def test_settling_the_amounts_decides_about_the_cheque_anew(forms_there: Engine) -> None:
    stored(forms_there, "cheque_in", cheque(status="review"))
    done = settle_named(forms_there, "courtesy_amount", "4700")
    assert ("amount", "accepted") in done.changed and done.document_status == "review"
    done = settle_named(forms_there, "legal_amount", "4700")
    assert done.decision == "post" and done.document_status == "done"
    shown = run_query(
        forms_there, "SELECT amount_status, decision, decision_status, reviewed_by FROM cheque_in"
    )[1]
    assert shown == [("accepted", "post", "accepted", "clerk")]


def test_a_settled_value_that_another_contradicts_posts_nothing(forms_there: Engine) -> None:
    stored(forms_there, "cheque_in", cheque())
    done = settle_named(forms_there, "courtesy_amount", "4100")
    assert done.decision == "review" and done.document_status == "review"
    assert dict(done.changed)["legal_amount"] == "review"
    assert run_query(forms_there, "SELECT decision, status FROM cheque_in")[1] == [("review", "review")]


def test_what_no_rule_says_stays_when_the_rules_are_asked_again(forms_there: Engine) -> None:
    """The printed number and that of the MICR line differ: settling the amounts does not make it right."""
    differ = because(ReasonCode.SERIAL_DIFFERS)
    number = field("account_number", "code", "123456789012", status="review", reasons=(differ,))
    gone = field("branch", "text", "Fort", status="review", reasons=(because(ReasonCode.LOW_CONFIDENCE),))
    read = [number if f.name == number.name else f for f in cheque(status="review")]
    stored(forms_there, "cheque_in", (*read, gone))
    settle_named(forms_there, "courtesy_amount", "4700")
    settle_named(forms_there, "legal_amount", "4700")
    with transaction(forms_there) as session:
        rows = {row.name: row for row in session.scalars(select(FieldRow))}
        assert (rows[number.name].status, rows[number.name].reasons) == ("review", (differ,))
        assert rows[gone.name].status == "review"  # the form has no such field any more


def claim() -> tuple[FieldReading, ...]:
    return (
        field("policy_number", "code", "AB12345678", status="review"),
        field("date_of_birth", "date", date(1956, 4, 22), status="review"),
        field("total", "amount", Decimal("30.00"), status="review", confidence=0.7),
        field("services", "table", "[]", status="review"),
        field("services.1.procedure", "code", "99215", status="review"),
        field("services.1.charge", "amount", Decimal("10.00")),
        field("services.2.procedure", "code", "71020"),
        field("services.2.charge", "amount", Decimal("20.00")),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("policy_number", "hello world"),
        ("date_of_birth", "2126-04-22"),
        ("date_of_birth", "1826-04-22"),
        ("services", "nonsense"),
        ("services", '[{"price": "1.00"}]'),
        ("services", '[{"procedure": "12"}]'),
        ("services.1.procedure", "9921"),
        ("total", "-30"),
    ],
)
def test_what_reading_would_not_accept_a_person_cannot_settle(
    forms_there: Engine, name: str, value: str
) -> None:
    stored(forms_there, "claim", claim())
    with pytest.raises(ValueError):
        settle_named(forms_there, name, value)
    assert run_query(forms_there, "SELECT count(*) FROM reviews")[1] == [(0,)]


def test_a_choice_is_settled_only_with_one_of_its_options(database_url: str) -> None:
    box = {"box": [10, 10, 5, 5]}
    plan = {"name": "plan", "kind": "choice", "options": [{"value": v, **box} for v in ("basic", "family")]}
    paper = {"width_mm": 210, "height_mm": 297}
    form = Form.model_validate(
        {
            "name": "enrolment",
            "version": 1,
            "title": "Plan",
            "layout": "cheque_in",
            "paper": paper,
            "fields": [plan],
        }
    )
    engine = open_database(database_url)
    sync_views(engine, {"enrolment": form})
    stored(engine, "enrolment", (field("plan", "choice", "basic", status="review"),))
    with transaction(engine) as session:
        (waiting,) = waiting_fields(session)
        with pytest.raises(ValueError, match="plan is one of: basic, family"):
            settle_field(session, waiting.field_id, "clerk", "gold", {"enrolment": form})
        settle_field(session, waiting.field_id, "clerk", "family", {"enrolment": form})
    assert run_query(engine, "SELECT plan, plan_status FROM enrolment")[1] == [("family", "accepted")]


def test_a_settled_cell_reaches_the_tables_and_the_view(forms_there: Engine) -> None:
    stored(forms_there, "claim", claim())
    settle_named(forms_there, "services.1.procedure", "99213")
    rows = run_query(
        forms_there, "SELECT row_number, procedure, procedure_status FROM claim_services ORDER BY 1"
    )[1]
    assert rows == [(1, "99213", "accepted"), (2, "71020", "accepted")]
    [(services, status)] = run_query(forms_there, "SELECT services, services_status FROM claim")[1]
    assert [line["procedure"] for line in json.loads(services)] == ["99213", "71020"] and status == "accepted"


def test_a_whole_table_can_be_settled(forms_there: Engine) -> None:
    stored(forms_there, "claim", claim())
    settle_named(forms_there, "services", None)
    assert run_query(forms_there, "SELECT procedure FROM claim_services ORDER BY row_number")[1] == [
        ("99215",), ("71020",),
    ]  # fmt: skip
    settle_named(
        forms_there, "services", '[{"procedure": "99213", "charge": "12.50"}, {}, {"charge": "17.50"}]'
    )
    rows = run_query(forms_there, "SELECT procedure, charge FROM claim_services ORDER BY row_number")[1]
    assert [(p, c and float(c)) for p, c in rows] == [("99213", 12.5), (None, None), (None, 17.5)]
    assert run_query(forms_there, "SELECT services_status FROM claim")[1] == [("accepted",)]


def test_a_page_of_no_form_is_listed_and_can_be_dismissed(forms_there: Engine, database_url: str) -> None:
    letter = replace(
        page(),
        form=None,
        form_version=None,
        fields=(),
        status="unknown_form",
        reason=because(ReasonCode.NO_FORM),
    )
    blank = replace(letter, number=2, status="blank", reason=because(ReasonCode.BLANK))

    def read(form_key: str) -> None:
        with transaction(forms_there) as session:
            found = register_document(session, begin_batch(session, "b"), "x.pdf", "ef" * 32, form_key)
            save_document(session, found.document_id, replace(document([letter, blank]), status="review"))

    read("claim:1")
    run = CliRunner().invoke
    waiting = json.loads(run(app, ["review", "list", "--json", "--db", database_url]).output)
    assert [(w["page_number"], w["reason"], w["reason_code"]) for w in waiting] == [
        (1, "text, but no known form", "no_form")
    ]
    told = run(app, ["review", "dismiss", str(waiting[0]["page_id"]), "--by", "clerk", "--db", database_url])
    assert told.exit_code == 0 and "x.pdf" in told.output
    assert statuses(forms_there) == [("done", "done"), ("done", "blank")]
    read("claim:1,slip:1")  # a form was added, the page is read again, and is still no form
    assert statuses(forms_there) == [("done", "done"), ("done", "blank")]
    assert run(app, ["review", "dismiss", "9999", "--db", database_url]).exit_code == 2


def test_settling_says_what_it_did(forms_there: Engine, database_url: str) -> None:
    stored(forms_there, "claim", claim())
    with transaction(forms_there) as session:
        total = next(w.field_id for w in waiting_fields(session) if w.name == "total")
    said = CliRunner().invoke(app, ["review", "settle", str(total), "30.00", "--db", database_url]).output
    assert "claim.total on page 1 of cdcd.pdf: 30.00." in said and "still wait" in said


@pytest.mark.parametrize(("ask_again", "status"), [("", "accepted"), (", ask_again: true", "review")])
def test_a_new_reading_asks_again_where_the_form_says_so(
    database_url: str, tmp_path: Path, ask_again: str, status: str
) -> None:
    text = FORM.format(name="slip", version=1)
    (tmp_path / "slip.yaml").write_text(
        text.replace("{name: amount, kind: amount", "{name: amount, kind: amount" + ask_again)
    )
    form = load_form(tmp_path / "slip.yaml")
    engine = open_database(database_url)
    sync_views(engine, [form])
    for reading, key in (("4700.00", "slip:1"), ("4800.00", "slip:2"), ("4100.00", "slip:3")):
        with transaction(engine) as session:
            found = register_document(session, begin_batch(session, "b"), "x.pdf", "ab" * 32, key)
            save_document(session, found.document_id, document([page(1, reading)]))
            row = session.scalars(select(FieldRow).where(FieldRow.name == "amount")).one()
            if key == "slip:1":
                settle_field(session, row.id, "clerk", "4100.00", {"slip": form})
            elif key == "slip:2":
                assert (row.status, row.value_number, row.reasons) == (
                    status,
                    Decimal("4100.00"),
                    (because(ReasonCode.READ_OTHERWISE),),
                )
                assert row.alternatives[0]["value"] == "4800.00"
            else:  # by now the machine agrees
                assert (row.status, row.reasons) == ("accepted", ())
    assert [(float(a), s) for a, s in run_query(engine, "SELECT amount, amount_status FROM slip")[1]] == [
        (4100.0, "accepted")
    ]

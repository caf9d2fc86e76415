"""The review queue: what waits, and what a person's word changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import document, field, page
from sqlalchemy import Engine
from typer.testing import CliRunner

from flows.cli import app
from schemas.database import open_database, transaction
from schemas.query import run_query
from schemas.review import settle_field, typed_value, waiting_fields
from schemas.store import begin_batch, register_document, save_document

pytest_plugins = ["postgres"]


@pytest.fixture
def engine(database_url: str) -> Engine:
    """A document of one page with two fields for review: an amount that was read and a date that was not."""
    engine = open_database(database_url)
    fields = (
        replace(
            field("amount", "amount", Decimal("4700.00")),
            status="review",
            confidence=0.6,
            reasons=("unsure",),
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
        engine, "SELECT d.status, p.status FROM documents d JOIN pages p ON p.document_id = d.id"
    )[1]


def test_what_waits_says_why(engine: Engine) -> None:
    with transaction(engine) as session:
        waiting = waiting_fields(session)
        assert [w.name for w in waiting] == ["amount", "paid"]
        assert waiting[0].reasons == ("unsure",) and waiting[0].file_name == "slip.pdf"
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
    assert typed_value(kind, text) == value


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
        typed_value(kind, text)


@given(st.sampled_from(["amount", "date", "integer", "checkbox", "name", "decision"]), st.text(max_size=12))
def test_any_text_is_a_value_or_a_clear_refusal(kind: str, text: str) -> None:
    try:
        typed_value(kind, text)
    except ValueError as error:
        assert len(str(error)) > 10


def test_the_commands_list_and_settle(engine: Engine, database_url: str) -> None:
    run = CliRunner().invoke
    listed = run(app, ["review", "list", "--db", database_url])
    assert listed.exit_code == 0 and "unsure" in listed.output
    with transaction(engine) as session:
        first = waiting_fields(session)[0].field_id
    assert (
        run(app, ["review", "settle", str(first), "4100", "--by", "clerk", "--db", database_url]).exit_code
        == 0
    )
    assert run(app, ["review", "settle", "99999", "1", "--db", database_url]).exit_code == 2
    assert run(app, ["review", "settle", str(first), "much", "--db", database_url]).exit_code == 2

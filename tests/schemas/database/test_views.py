"""The views of forms: typed columns that follow the form files, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.views import ViewError, sync_views
from inkfield.schemas.forms.model import Form, load_form, load_forms
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.readings import FORM, document, field, page


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def slip(folder: Path, name: str = "slip", version: int = 1, more: str = "") -> Form:
    path = folder / f"{name}.yaml"
    path.write_text(FORM.format(name=name, version=version) + more, encoding="utf-8")
    return load_form(path)


def save(engine: Engine, amounts: list[str], key: str = "slip:1", sha256: str = "ab" * 32) -> None:
    pages = [page(number, amount) for number, amount in enumerate(amounts, 1)]
    with transaction(engine) as session:
        batch = begin_batch(session, "batch")
        registered = register_document(session, batch, "slip.pdf", sha256, key)
        save_document(session, registered.document_id, document(pages, sha256))


def test_a_row_per_page_with_typed_values(engine: Engine, tmp_path: Path) -> None:
    sync_views(engine, [slip(tmp_path)])
    save(engine, ["1234.50"])
    columns, rows = run_query(engine, "SELECT * FROM slip")
    row = dict(zip(columns, rows[0], strict=True))
    assert columns[:7] == [
        "document_id", "file_name", "page_number", "status", "payee", "payee_confidence", "payee_status",
    ]  # fmt: skip
    assert (row["file_name"], row["page_number"], row["status"]) == ("slip.pdf", 1, "done")
    assert (row["payee"], row["payee_confidence"], row["payee_status"]) == ("Anna Müller", 0.97, "accepted")
    assert row["visits"] == 12 and isinstance(row["visits"], int)
    assert row["signature"] == True  # noqa: E712  SQLite has no booleans: 1
    assert row["services"] == '[{"charge": "12.50"}]'
    if engine.dialect.name == "postgresql":
        assert row["date"] == date(2026, 3, 15)
        assert row["amount"] == row["words"] == Decimal("1234.50")
        assert isinstance(row["amount"], Decimal)
    else:
        assert row["date"] == "2026-03-15"
        assert row["amount"] == row["words"] == 1234.5


def test_amounts_compare_and_add_up_exactly(engine: Engine, tmp_path: Path) -> None:
    sync_views(engine, [slip(tmp_path)])
    amounts = ["0.10"] * 10 + ["9999999.99", "0.01"]
    save(engine, amounts)
    total = sum(map(Decimal, amounts))
    for expression in ("sum(amount)", "max(t)"):
        source = "slip" if "amount" in expression else "(SELECT sum(amount) OVER () AS t FROM slip) s"
        [(value,)] = run_query(engine, f"SELECT {expression} FROM {source}")[1]
        assert Decimal(str(value)) == total
    assert run_query(engine, "SELECT count(*) FROM slip WHERE amount = 0.1")[1] == [(10,)]
    assert run_query(engine, "SELECT count(*) FROM slip WHERE amount > 0.1")[1] == [(1,)]
    assert run_query(engine, "SELECT count(*) FROM slip WHERE date >= '2026-03-15'")[1] == [(12,)]


def test_another_program_sees_the_amounts(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/claims.db")
    sync_views(engine, [slip(tmp_path)])
    save(engine, ["88000.05"])
    with sqlite3.connect(tmp_path / "claims.db") as connection:
        assert connection.execute("SELECT amount, typeof(visits) FROM slip").fetchall() == [
            (88000.05, "integer")
        ]


def test_pages_of_other_forms_and_unread_fields(engine: Engine, tmp_path: Path) -> None:
    more = "  - {name: memo, kind: text}\n"
    sync_views(engine, [slip(tmp_path, more=more), slip(tmp_path, "receipt")])
    save(engine, ["1.00"])
    assert run_query(engine, "SELECT memo, memo_status FROM slip")[1] == [(None, None)]
    assert run_query(engine, "SELECT * FROM receipt")[1] == []


def test_views_follow_the_form_files(engine: Engine, tmp_path: Path) -> None:
    assert sync_views(engine, [slip(tmp_path), slip(tmp_path, "receipt")]) == ["slip", "receipt"]
    assert sync_views(engine, [slip(tmp_path), slip(tmp_path, "receipt")]) == []
    changed = slip(tmp_path, version=2, more="  - {name: memo, kind: text}\n")
    assert sync_views(engine, {"slip": changed, "receipt": slip(tmp_path, "receipt")}) == ["slip"]
    assert "memo" in run_query(engine, "SELECT * FROM slip")[0]
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW receipt")
    assert sync_views(engine, [slip(tmp_path, "receipt")]) == ["receipt"]
    assert run_query(engine, "SELECT * FROM slip")[1] == []  # not among the forms given: stays


def test_names_that_are_words_of_sql(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "order.yaml"
    path.write_text(
        "{name: order, version: 1, title: '%', layout: cheque, paper: {width_mm: 9, height_mm: 9},"
        " fields: [{name: select, kind: text}]}",
        encoding="utf-8",
    )
    assert sync_views(engine, [load_form(path)]) == ["order"]
    assert run_query(engine, 'SELECT "select", select_status FROM "order"')[1] == []


def test_a_table_that_is_not_ours_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE slip (mine INTEGER)")
        connection.exec_driver_sql("CREATE VIEW receipt AS SELECT 1 AS mine")
    for name in ("slip", "receipt"):
        with pytest.raises(ViewError, match="rename the form"):
            sync_views(engine, [slip(tmp_path, name)])
        assert run_query(engine, f"SELECT mine FROM {name}")[0] == ["mine"]


def test_a_file_read_with_a_newer_form_shows_once(engine: Engine, tmp_path: Path) -> None:
    sync_views(engine, [slip(tmp_path)])
    save(engine, ["1.00"], key="slip:1")
    save(engine, ["2.00"], key="slip:2")
    assert run_query(engine, "SELECT amount FROM slip")[1] == [(2,)]
    save(engine, ["1.00"], key="slip:1")
    assert run_query(engine, "SELECT amount FROM slip")[1] == [(1,)]


def test_the_built_in_forms_have_views(engine: Engine) -> None:
    forms = load_forms()
    assert set(sync_views(engine, forms)) == set(forms)
    sql = (
        "SELECT payee, courtesy_amount, legal_amount, amount, date, account_number, micr, signature, decision"
    )
    assert run_query(engine, f"{sql} FROM cheque_in")[1] == []


def test_a_form_that_changes_gains_columns_and_loses_nothing(engine: Engine, tmp_path: Path) -> None:
    sync_views(engine, [slip(tmp_path)])
    save(engine, ["1.00"])
    text = FORM.format(name="slip", version=1)
    text = text.replace("- {name: payee, kind: name}", "- {name: payee, kind: name, index: true}")
    text = text.replace("- {name: date, kind: date, date_order: DMY}", "- {name: date, kind: text}")
    text = text.replace("kind: integer}", "kind: integer}\n  - {name: memo, kind: text}")
    (tmp_path / "slip.yaml").write_text(text)
    assert sync_views(engine, [load_form(tmp_path / "slip.yaml")]) == ["slip"]
    columns, rows = run_query(engine, "SELECT * FROM slip")
    row = dict(zip(columns, rows[0], strict=True))
    assert (row["payee"], row["visits"], row["date"], row["memo"]) == ("Anna Müller", 12, None, None)
    with engine.connect() as connection:
        found = inspect(connection)
        kept = {column["name"] for column in found.get_columns("form_slip")}
        indexes = {index["name"] for index in found.get_indexes("form_slip")}
    assert {"date", "date__text", "memo", "memo_status"} <= kept
    assert {"ix_form_slip_payee", "ix_form_slip_date", "ix_form_slip_memo_status"} <= indexes
    assert run_query(engine, "SELECT count(*) FROM form_slip WHERE date = '2026-03-15'")[1] == [(1,)]


def test_the_view_tells_where_a_row_comes_from(engine: Engine, tmp_path: Path) -> None:
    sync_views(engine, [slip(tmp_path)])
    save(engine, ["1.00"])
    sql = "SELECT batch, path, form_version, reviewed_by, received_at <= finished_at FROM slip"
    assert run_query(engine, sql)[1] == [("batch", "slip.pdf", 1, None, True)]
    columns, _ = run_query(engine, "SELECT * FROM slip")
    assert columns[-8:] == [
        *("batch", "path", "received_at", "finished_at", "form_version", "reviewed_by", "label", "part")
    ]


def test_fields_named_as_what_the_view_adds_come_first(engine: Engine, tmp_path: Path) -> None:
    form = slip(tmp_path, more="  - {name: batch, kind: text}\n  - {name: path, kind: integer}\n")
    sync_views(engine, [form])
    save(engine, ["1.00"])
    assert run_query(engine, "SELECT batch, path, batch_status FROM slip")[1] == [(None, None, None)]


def test_the_lines_of_a_table_are_rows_with_types(engine: Engine, tmp_path: Path) -> None:
    sync_views(engine, [slip(tmp_path)])
    cells = (
        field("services.1.charge", "amount", Decimal("12.50")),
        field("services.2.charge", "amount", None),
    )
    with transaction(engine) as session:
        found = register_document(session, begin_batch(session, "b"), "slip.pdf", "ab" * 32, "slip:1")
        read = replace(page(), fields=(*page().fields, *cells))
        save_document(session, found.document_id, document([read]))
    rows = run_query(engine, "SELECT row_number, charge, charge_status FROM slip_services ORDER BY 1")[1]
    assert [(n, None if c is None else Decimal(str(c)), s) for n, c, s in rows] == [
        (1, Decimal("12.50"), "accepted"),
        (2, None, "accepted"),
    ]


def test_long_names_and_two_forms_stay_apart(engine: Engine, tmp_path: Path) -> None:
    names = ("a" * 49 + "x", "a" * 49 + "y")
    forms = [slip(tmp_path, name) for name in names]
    assert sync_views(engine, forms) == list(names)
    assert sync_views(engine, forms) == []
    with pytest.raises(ViewError, match="receipt_services"):
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE receipt_services (mine INTEGER)")
        sync_views(engine, [slip(tmp_path, "receipt")])


def test_psql_shows_comments(postgres_server: str, tmp_path: Path) -> None:
    engine = open_database(postgres_server)
    sync_views(engine, [slip(tmp_path)])
    sql = (
        "SELECT c.relname, a.attname, d.description FROM pg_description d JOIN pg_class c ON c.oid = d.objoid "
        "LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0"
    )
    said = {(table, column): text for table, column, text in run_query(engine, sql)[1]}
    assert said["slip", None].startswith("A form of the tests")
    assert said["slip", "amount_confidence"] == "probability that amount is right, 0 to 1"
    assert said["slip_services", "row_number"] == "line of the table, from 1"
    assert "evidence" in said["fields", None]

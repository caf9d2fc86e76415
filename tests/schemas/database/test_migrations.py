"""Migrations: they make the tables of the models, and keep the data."""

from __future__ import annotations

import importlib
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, func, inspect, select

from inkfield.schemas.database.archive_tables import INDEX_TABLE
from inkfield.schemas.database.connection import DatabaseError, open_database, transaction
from inkfield.schemas.database.migrate import VERSIONS, migrate, revision_of
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import Base, FieldRow
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.key import forms_key
from inkfield.schemas.forms.model import RESERVED_VIEWS, load_form
from inkfield.schemas.reasons import Reason
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.readings import FORM, document

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
branch_labels = depends_on = None


def upgrade() -> None:
    for table in ("batches", "documents", "pages", "fields"):
        with op.batch_alter_table(table, recreate="auto") as batch:
            batch.alter_column("id", existing_type=sa.Integer(), comment="changed")
            batch.add_column(sa.Column("extra", sa.Text(), nullable=False, server_default="new"))
            {more}
"""


def add_revision(folder: Path, more: str = "") -> list[Path]:
    """A later version of inkfield: one more migration, which builds every table anew on SQLite."""
    head = max(path.name[1:5] for path in VERSIONS.glob("r*.py"))
    (folder / "next.py").write_text(NEXT.format(head=head, more=more), encoding="utf-8")
    return [VERSIONS, folder]


def _is_of_a_model(name: str | None, kind: str, parents: object) -> bool:
    """What the databases search the archive in is different on each, and no table of a model."""
    return kind != "table" or not (name or "").startswith(INDEX_TABLE)


def test_the_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    engine = open_database(database_url)
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": _is_of_a_model}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []
    assert {"batches", "documents", "pages", "fields", "reviews"} <= set(inspect(engine).get_table_names())


def test_checks_on_status_are_in_the_database(database_url: str) -> None:
    engine = open_database(database_url)
    names = {check["name"] for check in inspect(engine).get_check_constraints("fields")}
    assert names == {"ck_fields_status", "ck_fields_confidence"}


def test_an_upgrade_keeps_the_data_and_the_views(database_url: str, tmp_path: Path) -> None:
    engine = open_database(database_url)
    path = tmp_path / "slip.yaml"
    path.write_text(FORM.format(name="slip", version=1), encoding="utf-8")
    sync_views(engine, [load_form(path)])
    with transaction(engine) as session:
        batch = begin_batch(session, "night")
        registered = register_document(session, batch, "slip.pdf", "ab" * 32, "slip:1")
        save_document(session, registered.document_id, document())
    before = run_query(engine, "SELECT * FROM slip")

    migrate(engine, add_revision(tmp_path))

    assert run_query(engine, "SELECT * FROM slip") == before
    assert run_query(engine, "SELECT count(*) FROM fields WHERE extra = 'new'")[1] == [(7,)]
    assert sync_views(engine, [load_form(path)]) == []
    with transaction(engine) as session:
        assert session.scalar(select(func.count(FieldRow.id))) == 7
    if engine.dialect.name == "sqlite":
        assert run_query(engine, "PRAGMA foreign_key_check")[1] == []
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_upgrade_that_fails_changes_nothing(database_url: str, tmp_path: Path) -> None:
    engine = open_database(database_url)
    with pytest.raises(ZeroDivisionError):
        migrate(engine, add_revision(tmp_path, more="1 / 0"))
    open_database(database_url)
    assert "extra" not in {column["name"] for column in inspect(engine).get_columns("batches")}


def test_an_upgrade_again_does_nothing(database_url: str) -> None:
    engine = open_database(database_url)
    with engine.connect() as connection:
        revision = revision_of(connection)
    migrate(engine)
    with engine.connect() as connection:
        assert revision_of(connection) == revision


def test_a_database_of_a_newer_inkfield_is_refused(database_url: str, tmp_path: Path) -> None:
    engine = open_database(database_url)
    migrate(engine, add_revision(tmp_path))
    with pytest.raises(DatabaseError, match="newer inkfield"):
        open_database(database_url)


def test_many_processes_open_a_new_database_at_once(database_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as threads:
        engines = list(threads.map(lambda _: open_database(database_url), range(4)))
    assert all(inspect(engine).has_table("fields") for engine in engines)


def test_a_new_file_that_another_program_begins_to_write_is_waited_for(tmp_path: Path) -> None:
    """SQLite does not wait here: of several that opened a new database at once, one was told that it is locked."""
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    end = threading.Timer(0.5, other.execute, ["ROLLBACK"])
    end.start()
    assert inspect(open_database(f"sqlite:///{tmp_path}/new.db")).has_table("fields")
    end.join()
    other.close()


def test_the_way_back(tmp_path: Path) -> None:
    from alembic import command

    from inkfield.schemas.database.migrate import alembic_config

    engine = create_engine(f"sqlite:///{tmp_path}/back.db")
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


OLD_VIEW = """CREATE VIEW "slip" AS SELECT d.id AS document_id, d.file_name, p.number AS page_number, p.status,
(SELECT f.value_date FROM fields f WHERE f.page_id = p.id AND f.name = 'date') AS "date"
FROM pages p JOIN documents d ON d.id = p.document_id WHERE d.is_current AND p.form = 'slip'"""
"""As version 0004 wrote it."""


SAID = {
    "amount": ["confidence below the form's limit", "something that no version said"],
    "services": ["for review: services.1.charge"],
}
"""Reasons of fields, as sentences: up to version 0005."""


def make_old_database(url: str) -> None:
    """What inkfield left at revision 0004: a file that was read twice, its date settled in the older reading, a form
    having been added since; and one that failed under the old forms."""
    from datetime import UTC, date, datetime

    from alembic import command

    from inkfield.schemas.database.migrate import alembic_config

    engine, config, at = create_engine(url), alembic_config(), datetime(2026, 3, 1, tzinfo=UTC)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        metadata = MetaData()
        metadata.reflect(connection)
        table = metadata.tables

        def add(into: str, **values: object) -> None:
            connection.execute(table[into].insert().values(**values))

        connection.exec_driver_sql(OLD_VIEW)
        add("form_views", name="slip", definition=OLD_VIEW)
        add("batches", name="night", status="done", already_done=0, started_at=at)
        for document, content, key, current, status in (
            (1, "ab", "slip:1", False, "review"),
            (2, "ab", "other:1,slip:1", True, "review"),
            (3, "cd", "slip:1", False, "failed"),
            (4, "cd", "other:1,slip:1", False, "failed"),
        ):
            add(
                "documents", id=document, batch_id=1, sha256=content * 32, form_key=key, file_name="slip.pdf",
                path="/in/slip.pdf", status=status, is_current=current, timings={}, received_at=at, finished_at=at,
            )  # fmt: skip
        for document in (1, 2):
            add(
                "pages", id=document, document_id=document, number=1, width=1, height=1, dpi=300.0, form="slip",
                form_version=1, status="review", quality={}, reason="text, but no known form",
            )  # fmt: skip
            settled = document == 1
            for name, kind, value in (
                (
                    "amount",
                    "amount",
                    {"value_number": 123450 if engine.dialect.name == "sqlite" else "1234.50"},
                ),
                ("date", "date", {"value_date": date(1956, 4, 22) if settled else date(1936, 4, 22)}),
                ("services", "table", {"value_text": '[{"charge": "12.50"}]'}),
                (
                    "services.1.charge",
                    "amount",
                    {"value_number": 1250 if engine.dialect.name == "sqlite" else "12.5"},
                ),
            ):
                add(
                    "fields", page_id=document, name=name, kind=kind, text="x", confidence=0.5, alternatives=[],
                    status="accepted" if settled and name == "date" else "review", source="",
                    reasons=SAID.get(name, []), **value,
                )  # fmt: skip
        date_id = connection.scalar(
            select(table["fields"].c.id).where(
                table["fields"].c.page_id == 1, table["fields"].c.name == "date"
            )
        )
        add(
            "reviews",
            field_id=date_id,
            reviewer="clerk",
            old_value="1936-04-22",
            new_value="1956-04-22",
            at=at,
        )
    engine.dispose()


@pytest.mark.parametrize(
    ("sentence", "code", "filling"),
    [
        ("courtesy_amount and legal_amount differ", "differ", {"fields": ["courtesy_amount", "legal_amount"]}),
        ("printed number and MICR line differ", "serial_differs", {}),
        ("more than one of sex_m, sex_f is ticked", "several_of", {"fields": ["sex_m", "sex_f"]}),
        ("no MICR line was found", "no_micr", {}),
        ("no account_number found", "not_found", {"field": "account_number"}),
        ("too light: brightness 251", "too_light", {"measure": "brightness", "value": 251.0}),
        ("noise: noise nan", "noise", {"measure": "noise", "value": None}),
        (
            "presented before: it is the cheque of document 12 (a (1).pdf, page 3)",
            "presented",
            {"document": 12, "file": "a (1).pdf", "page": 3},
        ),
        ("date: stale: the date is too long ago", "objection",
         {"field": "date", "objection": "stale: the date is too long ago"}),
        ("no field Name: found", "other", {"text": "no field Name: found"}),
    ],
)  # fmt: skip
def test_a_sentence_of_before_becomes_a_code_and_back(
    sentence: str, code: str, filling: dict[str, object]
) -> None:
    migration = importlib.import_module(
        "inkfield.schemas.database.migrations.versions.r0006_reasons_are_codes"
    )
    assert migration.coded(sentence) == (code, filling)
    assert migration.sentence_of(code, filling) == sentence == str(Reason.from_json(code, filling))


def test_a_database_of_the_old_design_is_brought_over_with_its_data(
    database_url: str, tmp_path: Path
) -> None:
    make_old_database(database_url)
    path = tmp_path / "slip.yaml"
    path.write_text(FORM.format(name="slip", version=1), encoding="utf-8")
    form = load_form(path)
    engine = open_database(database_url)
    assert run_query(engine, "SELECT count(*) FROM slip")[1] == [
        (1,)
    ]  # the old view is there until the new one is
    assert sync_views(engine, [form]) == ["slip"]

    sql = "SELECT document_id, amount, date, date_status, reviewed_by, batch, form_version FROM slip"
    [(document_id, amount, day, status, by, batch, version)] = run_query(engine, sql)[1]
    assert (document_id, float(amount), str(day), status) == (2, 1234.5, "1956-04-22", "accepted")
    assert (by, batch, version) == ("clerk", "night", 1)
    rows = run_query(engine, "SELECT document_id, row_number, charge, charge_status FROM slip_services")[1]
    assert [(d, n, float(c), s) for d, n, c, s in rows] == [(2, 1, 12.5, "review")]
    assert run_query(engine, "SELECT id FROM documents ORDER BY id")[1] == [(2,), (4,)]
    assert run_query(engine, "SELECT name, value FROM settled")[1] == [("date", "1956-04-22")]
    by_reason = "SELECT field, reason, count(*) FROM current_reasons GROUP BY field, reason ORDER BY reason"
    assert run_query(engine, by_reason)[1] == [
        ("services", "cells", 1),
        ("amount", "low_confidence", 1),
        (None, "no_form", 1),
        ("amount", "other", 1),
    ]
    with transaction(engine) as session:
        fields = {field.name: field for field in session.scalars(select(FieldRow))}
        assert {name: list(map(str, fields[name].reasons)) for name in SAID} == SAID
    with transaction(engine) as session:  # nothing is read again because inkfield was upgraded
        again = register_document(session, begin_batch(session, "b"), "x", "ab" * 32, forms_key([form]))
    assert again.already_done
    with engine.connect() as connection:
        found = {index["name"] for index in inspect(connection).get_indexes("form_slip")}
    assert {"ix_form_slip_date", "ix_form_slip_amount_status", "ix_form_slip_status"} <= found


def test_no_form_takes_the_name_of_a_table() -> None:
    assert Base.metadata.tables.keys() <= set(RESERVED_VIEWS)

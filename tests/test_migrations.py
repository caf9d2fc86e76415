"""Migrations: they make the tables of the models, and keep the data."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from readings import FORM, document
from sqlalchemy import create_engine, func, inspect, select

from schemas.database import DatabaseError, open_database, transaction
from schemas.form import load_form
from schemas.migrate import VERSIONS, migrate, revision_of
from schemas.query import run_query
from schemas.store import begin_batch, register_document, save_document
from schemas.tables import Base, FieldRow
from schemas.views import sync_views

pytest_plugins = ["postgres"]

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


def test_the_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    engine = open_database(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
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


def test_the_way_back(tmp_path: Path) -> None:
    from alembic import command

    from schemas.migrate import alembic_config

    engine = create_engine(f"sqlite:///{tmp_path}/back.db")
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]

"""Brings a database to the newest version of the tables (alembic, run from here: nothing to configure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from inkfield.schemas.database.analysts import grant_view
from inkfield.schemas.database.comments import comment_again, comments_of
from inkfield.schemas.database.tables import FormViewRow

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = MIGRATIONS / "versions"
LOCK = 0x1A2F1E1D
"""Number of the advisory lock under which one process at a time changes the tables on PostgreSQL."""


def migrate(engine: Engine, versions: Sequence[Path] = (VERSIONS,)) -> None:
    """Upgrade the database to the newest revision found in ``versions``; nothing happens when it is there.

    One transaction. The views of the forms are taken down first, since they would hold on to the tables, and
    put up again after. Raises alembic.util.CommandError for a database of a newer version than this program.
    """
    config = alembic_config(versions)
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if revision_of(connection) == newest:
            return
    with exclusive(engine) as connection:
        if revision_of(connection) == newest:
            return  # another process was faster
        views = _drop_views(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _create_views(connection, views)


def alembic_config(versions: Sequence[Path] = (VERSIONS,)) -> Config:
    config = Config()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("version_locations", "\n".join(map(str, versions)).replace("%", "%%"))
    return config


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction on the tables themselves, which one process at a time can be in."""
    with engine.connect() as connection:
        sqlite = connection.connection.driver_connection if engine.dialect.name == "sqlite" else None
        if sqlite is not None:
            # Building a table anew drops the old one, which would delete the rows that refer to it. This
            # setting has no effect inside a transaction: so by the driver, before one has begun.
            sqlite.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                if sqlite is None:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield connection
        finally:
            if sqlite is not None:
                sqlite.execute("PRAGMA foreign_keys = ON")


@dataclass(frozen=True)
class _View:
    """The statement that makes a view, and what is said of it and its columns."""

    definition: str
    comments: Mapping[str | None, str]


def _drop_views(connection: Connection) -> dict[str, _View]:
    """Takes the views down; returns what they were. The notes of them stay, with the forms' columns."""
    found = inspect(connection)
    if not found.has_table(FormViewRow.__tablename__):
        return {}
    rows = connection.execute(select(FormViewRow.name, FormViewRow.definition)).all()
    present = set(found.get_view_names())
    quote = connection.dialect.identifier_preparer.quote
    views = {
        name: _View(definition, comments_of(connection, name)) for name, definition in rows if name in present
    }
    for name in views:
        connection.exec_driver_sql(f"DROP VIEW {quote(name)}")
    return views


def _create_views(connection: Connection, views: Mapping[str, _View]) -> None:
    for name, view in views.items():
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(view.definition)
                comment_again(connection, name, view.comments)
                grant_view(connection, name)
        except DBAPIError:
            # A view that no longer fits the tables: sync_views makes it from the form file.
            continue

"""The role of those who may ask and change nothing: on PostgreSQL it may SELECT from the views of the forms."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from inkfield.schemas.database.tables import FormViewRow

ROLE = "inkfield_analyst"
"""A group role: people and programs have roles of their own that are members of it."""


class RoleError(Exception):
    """The right cannot be given. The message says why and what to do."""


def grant_view(connection: Connection, view: str) -> None:
    """Lets the analysts SELECT from a view that has just been made, where there are any."""
    if connection.dialect.name == "postgresql" and _exists(connection, ROLE):
        quote = connection.dialect.identifier_preparer.quote_identifier
        connection.exec_driver_sql(f"GRANT SELECT ON {quote(view)} TO {ROLE}")


def grant_analyst(engine: Engine, login: str | None = None) -> list[str]:
    """Lets analysts SELECT from the views of all forms, those to come as well, and from nothing else.

    ``login`` is a role that becomes an analyst. Returns the names of the views. Raises RoleError: on SQLite, which
    knows no roles, for a role that is not there, and where this one may not give rights.
    """
    if engine.dialect.name != "postgresql":
        raise RoleError("SQLite knows no roles; who may read the file may read it all. Use PostgreSQL.")
    try:
        with engine.begin() as connection:
            return _grant(connection, login)
    except DBAPIError as error:
        raise RoleError(
            f"{str(error.orig).strip()}. Run this with the URL of an administrator of the database."
        ) from error


def _grant(connection: Connection, login: str | None) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    if not _exists(connection, ROLE):
        connection.exec_driver_sql(f"CREATE ROLE {ROLE} NOLOGIN")
    database = quote(str(connection.scalar(text("SELECT current_database()"))))
    connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
    connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {database} TO {ROLE}")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    views = list(connection.scalars(select(FormViewRow.name).order_by(FormViewRow.name)))
    for view in views:
        grant_view(connection, view)
    if login is not None:
        if not _exists(connection, login):
            raise RoleError(f"There is no role {login!r}: CREATE ROLE {login} LOGIN PASSWORD '...'")
        connection.exec_driver_sql(f"GRANT {ROLE} TO {quote(login)}")
    return views


def _exists(connection: Connection, role: str) -> bool:
    found = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    return found.first() is not None

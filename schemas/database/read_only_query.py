"""Asking the database in SQL, without being able to change it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, ResourceClosedError, StatementError
from sqlalchemy.pool import NullPool

from inkfield.schemas.database.close_names import names_there_are
from inkfield.schemas.database.exact_sum import add_exact_sum
from inkfield.schemas.database.query_guard import Refused, allow_reading_only, reads_only, refuse_on_postgres

Row = tuple[Any, ...]
_DENIED = ("not authorized", "authorization denied", "attempt to write a readonly database")
"""What SQLite says to what it may not do here."""
_STEPS = 100_000
"""SQLite looks up from its work so often (steps of its machine), so that Ctrl-C ends a long query."""


class QueryError(Exception):
    """A query that the database refuses: wrong SQL, or an attempt to change something."""


def run_query(
    engine: Engine, sql: str, parameters: Mapping[str, Any] | None = None
) -> tuple[list[str], list[Row]]:
    """Run one SELECT read-only; returns the column names and the rows. ``:name`` in ``sql`` is a parameter.

    Raises QueryError with the database's own words, and the names there are where one was mistyped.
    """
    try:
        with read_only(engine) as connection:
            if engine.dialect.name == "postgresql":
                refuse_on_postgres(connection, sql)
            if parameters:
                result = connection.execute(text(sql), dict(parameters))
            else:
                # As it is: no colon or percent sign in it means a parameter.
                result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
            return list(result.keys()), [tuple(row) for row in result]
    except Refused as error:
        raise QueryError(str(error)) from error
    except ResourceClosedError as error:
        raise QueryError("this statement gives no rows; write a SELECT") from error
    except DBAPIError as error:
        raise QueryError(_in_words(engine, sql, error)) from error
    except (StatementError, sqlite3.Warning) as error:
        raise QueryError(str(error)) from error


def _in_words(engine: Engine, sql: str, error: DBAPIError) -> str:
    said = str(error.orig).strip()
    if said in _DENIED or said.startswith("not authorized to use"):
        return "refused: a query may only read; write a SELECT"
    return said + names_there_are(engine, sql, said)


@contextmanager
def read_only(engine: Engine) -> Iterator[Connection]:
    """A connection that can read only, whatever is asked of it (on PostgreSQL, for a single statement)."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            # Prepared statements are single ones: nothing can follow a semicolon.
            driver: Any = connection.connection.driver_connection
            before = driver.prepare_threshold
            driver.prepare_threshold = 0
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            reads_only(connection)
            try:
                yield connection
            finally:
                driver.prepare_threshold = before
                connection.rollback()
    elif engine.url.database in (None, "", ":memory:"):
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            sqlite: Any = connection.connection.driver_connection
            sqlite.set_authorizer(allow_reading_only)
            try:
                yield connection
            finally:
                sqlite.set_authorizer(None)
                connection.exec_driver_sql("PRAGMA query_only = OFF")
    else:
        with _sqlite_reader(engine).connect() as connection:
            yield connection


def _sqlite_reader(engine: Engine) -> Engine:
    path = Path(str(engine.url.database)).resolve()
    url = engine.url.set(database=path.as_uri(), query={"mode": "ro", "uri": "true"})
    reader = create_engine(url, poolclass=NullPool)
    event.listen(reader, "connect", _set_up_reader)
    return reader


def _set_up_reader(connection: sqlite3.Connection, record: object) -> None:
    add_exact_sum(connection)
    connection.set_authorizer(allow_reading_only)
    connection.set_progress_handler(lambda: 0, _STEPS)

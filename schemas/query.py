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

from schemas.exact_sum import add_exact_sum

Row = tuple[Any, ...]


class QueryError(Exception):
    """A query that the database refuses: wrong SQL, or an attempt to change something."""


def run_query(
    engine: Engine, sql: str, parameters: Mapping[str, Any] | None = None
) -> tuple[list[str], list[Row]]:
    """Run one SELECT read-only; returns the column names and the rows. ``:name`` in ``sql`` is a parameter.

    Raises QueryError with the database's own words.
    """
    try:
        with read_only(engine) as connection:
            if parameters:
                result = connection.execute(text(sql), dict(parameters))
            else:
                # As it is: no colon or percent sign in it means a parameter.
                result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
            return list(result.keys()), [tuple(row) for row in result]
    except ResourceClosedError as error:
        raise QueryError("this statement gives no rows; write a SELECT") from error
    except DBAPIError as error:
        raise QueryError(str(error.orig).strip()) from error
    except (StatementError, sqlite3.Warning) as error:
        raise QueryError(str(error)) from error


@contextmanager
def read_only(engine: Engine) -> Iterator[Connection]:
    """A connection that can read only, whatever is asked of it."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            # Prepared statements are single ones: nothing can follow a semicolon.
            driver: Any = connection.connection.driver_connection
            before = driver.prepare_threshold
            driver.prepare_threshold = 0
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            try:
                yield connection
            finally:
                driver.prepare_threshold = before
                connection.rollback()
    elif engine.url.database in (None, "", ":memory:"):
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("PRAGMA query_only = OFF")
    else:
        with _sqlite_reader(engine).connect() as connection:
            yield connection


def _sqlite_reader(engine: Engine) -> Engine:
    path = Path(str(engine.url.database)).resolve()
    url = engine.url.set(database=path.as_uri(), query={"mode": "ro", "uri": "true"})
    reader = create_engine(url, poolclass=NullPool)
    event.listen(reader, "connect", lambda connection, record: add_exact_sum(connection))
    return reader

"""Opening the database: SQLite in a file by default, PostgreSQL by URL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from tenacity import retry, retry_if_exception, stop_after_attempt, stop_after_delay, wait_fixed

from inkfield.schemas.database.exact_sum import add_exact_sum
from inkfield.schemas.database.migrate import migrate as migrate_database

BUSY_SECONDS = 30
"""How long a writer waits for another one before SQLite says that the database is locked."""


class DatabaseError(Exception):
    """The database cannot be opened or asked. The message says why and what to do; it holds no password."""


def open_database(url: str, migrate: bool = True) -> Engine:
    """Open the database at an SQLAlchemy URL, by default bringing its tables to the newest version.

    A new SQLite file is readable by its owner only, since claims are private; without
    ``migrate`` none is made. Raises DatabaseError.
    """
    parsed = _parse(url)
    shown = parsed.render_as_string(hide_password=True)
    try:
        if parsed.get_backend_name() == "sqlite":
            engine = _sqlite_engine(parsed, create=migrate)
        else:
            engine = create_engine(parsed, pool_pre_ping=True)
        if migrate:
            migrate_database(engine)
        else:
            engine.connect().close()
    except CommandError as error:
        raise DatabaseError(f"{shown}: was made by a newer inkfield; upgrade this one ({error})") from error
    except DBAPIError as error:
        hint = ". Another program is writing to it: wait for it, or end it" if _is_locked(error.orig) else ""
        raise DatabaseError(f"{shown}: cannot be opened: {str(error.orig).strip()}{hint}") from error
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session whose work is saved as one when the block ends, and undone when it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: on SQLite it waits for no writer, and no writer for it."""
    with (
        Session(engine.execution_options(only_reads=True), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


def is_temporary(error: BaseException) -> bool:
    """Whether trying again later can help: the database is locked, restarting, or two writers met."""
    if isinstance(error, DatabaseError) and error.__cause__ is not None:
        return is_temporary(error.__cause__)
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return _is_locked(error.orig)
    # SQLSTATE: 08 connection, 40 rollback (deadlock, serialisation), 53 resources, 57 operator, 55P03 lock
    state = getattr(error.orig, "sqlstate", None) or ""
    return (
        state[:2] in ("08", "40", "53", "57")
        or state == "55P03"
        or (isinstance(error, OperationalError) and not state)
    )


def _is_locked(error: BaseException | None) -> bool:
    said = str(error)
    return isinstance(error, sqlite3.OperationalError) and ("locked" in said or "busy" in said)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        name = parsed.get_dialect().name
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseError(_NO_URL) from error
    if name not in ("sqlite", "postgresql"):
        raise DatabaseError(_NO_URL)
    return parsed


_NO_URL = "this is no database URL that inkfield knows; give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"


def _sqlite_engine(url: URL, create: bool) -> Engine:
    options: dict[str, Any] = {"connect_args": {}}
    if "timeout" not in url.query:
        options["connect_args"]["timeout"] = BUSY_SECONDS
    if url.database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
        options["connect_args"]["check_same_thread"] = False
    else:
        if str(url.database).startswith("file:"):
            raise DatabaseError(f"{url}: give the path of the file without file:")
        _check_file(Path(str(url.database)), url, create)
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _check_file(path: Path, url: URL, create: bool) -> None:
    """Create the file for its owner only where it is missing, or say that it is."""
    if not create and not path.exists():
        raise DatabaseError(f"{url}: there is no file {path}; run `inkfield process`, or correct the name")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise DatabaseError(f"{url}: {path} is a folder; give the name of a file in it") from None
    except FileNotFoundError as error:
        raise DatabaseError(f"{url}: there is no folder {path.parent}; create it first") from error
    except OSError as error:
        raise DatabaseError(f"{url}: cannot create {path}: {error.strerror}") from error


def _set_up_sqlite(connection: sqlite3.Connection, record: object) -> None:
    # Transactions begin below: the driver's own way would leave changes of tables outside of them.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    _write_ahead(connection)
    # Each commit is on the disk when it returns (3 ms): with NORMAL the last ones are lost when the power fails,
    # though their documents have been moved to where the read ones rest.
    connection.execute("PRAGMA synchronous = FULL")
    add_exact_sum(connection)


@retry(
    retry=retry_if_exception(_is_locked),
    wait=wait_fixed(0.05),
    stop=stop_after_attempt(100) | stop_after_delay(5),
    reraise=True,
)
def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers go on while one process writes. Two that open a new file at once get in each other's way here, and SQLite
    does not wait for this one as it does for others."""
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("only_reads"):
        connection.exec_driver_sql("BEGIN")
        return
    # A transaction that reads before it writes cannot wait for another writer: SQLite fails it at once, in
    # spite of the timeout. One that begins as a writer waits for its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

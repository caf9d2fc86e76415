"""The database of a watcher: however long it is away, nothing is given up; the watcher waits and asks again."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from inkfield.flows.inbox.watch_metrics import Metrics
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.event_log import event
from inkfield.schemas.database.connection import DatabaseError, is_temporary, transaction

LONGEST_PAUSE = 30.0
T = TypeVar("T")


class Stopped(Exception):
    """The watcher is to end: what is in hand stays where it is, and the next one goes on with it."""


class WatchDatabase:
    """Transactions that are tried until they succeed. Use from any thread."""

    def __init__(self, url: str, stop: threading.Event, metrics: Metrics) -> None:
        self.url = url
        self._stop = stop
        self._metrics = metrics
        self._lock = threading.Lock()
        self._away = False

    def do(self, work: Callable[[Session], T]) -> T:
        """What ``work`` returns, in one transaction. Raises Stopped, and what is no fault of the connection."""

        def once() -> T:
            with transaction(self.engine) as session:
                return work(session)

        return self.until_there(once)

    @property
    def engine(self) -> Engine:
        return batch_rows.engine(self.url)

    def until_there(self, work: Callable[[], T]) -> T:
        """What ``work`` returns, tried again as long as the database is away. Raises Stopped."""
        pause = 0.5
        while True:
            try:
                result = work()
            except (DBAPIError, DatabaseError) as error:
                if not can_come_back(error):
                    raise
                self._tell(away=True, error=error)
            else:
                self._tell(away=False)
                return result
            if self._stop.wait(pause):
                raise Stopped
            pause = min(2 * pause, LONGEST_PAUSE)

    def _tell(self, away: bool, error: Exception | None = None) -> None:
        with self._lock:
            changed, self._away = self._away != away, away
        self._metrics.database.set(not away)
        if changed and away:
            event("database_away", logging.WARNING, reason=first_line(error))
        elif changed:
            event("database_back")


def first_line(error: BaseException | None) -> str:
    """What the driver says; a lost or refused connection quotes no row."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    return str(original).strip().split("\n")[0]


def can_come_back(error: BaseException) -> bool:
    """Whether it is the database's state, not what was asked of it: locked, full, stopped, out of reach."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if not isinstance(cause, DBAPIError):
        return False
    if isinstance(cause.orig, sqlite3.OperationalError):
        return not any(word in str(cause.orig) for word in ("no such", "syntax", "has no column"))
    state = getattr(cause.orig, "sqlstate", None)
    return is_temporary(cause) or (isinstance(cause, OperationalError | InterfaceError) and not state)

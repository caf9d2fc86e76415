"""What all calls of the review page share: the database, the forms, the settings, the pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from inkfield.flows.server.kept import Kept
from inkfield.flows.server.oidc.service import SignInService
from inkfield.flows.server.pictures import Pictures
from inkfield.flows.server.turnstile import Turnstile
from inkfield.flows.settings import ServeSettings
from inkfield.schemas.database.connection import reading, transaction
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.store.answers import Rules
from inkfield.schemas.store.dashboard_figures import Figures
from inkfield.schemas.store.lending import Filter
from inkfield.schemas.store.people import FAILURE_MINUTES

Row = TypeVar("Row", DocumentRow, PageRow, FieldRow)


@dataclass(frozen=True)
class Desk:
    engine: Engine
    rules: Rules
    settings: ServeSettings
    pictures: Pictures
    service: SignInService | None = None
    """The organisation's sign-in service, where one is set."""
    ahead: Kept[tuple[Filter, bool], list[int]] = field(default_factory=lambda: Kept(15.0))
    """The first fields of each queue: to order a long one for every answer would take most of the answer's time. So
    much later a field that is more urgent than those that wait is shown."""
    figures: Kept[int, Figures] = field(default_factory=lambda: Kept(10.0))
    """Of the dashboard, by the days that they go back."""
    calls: Turnstile = field(default_factory=lambda: Turnstile(60.0))
    """Of the programs that call the REST API, by name."""
    failed_tokens: Turnstile = field(default_factory=lambda: Turnstile(60.0 * FAILURE_MINUTES))
    """Calls with a token that is not known, by address."""
    begun_sign_ins: Turnstile = field(default_factory=lambda: Turnstile(60.0))
    """People who are sent to the sign-in service, by address."""
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        # One at a time writes to SQLite. Who waits for it there looks again after up to 0.1 s; here they are woken.
        sqlite = self.engine.dialect.name == "sqlite"
        with self._turn if sqlite else nullcontext(), transaction(self.engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """For calls that change nothing: they wait for nobody who writes."""
        with reading(self.engine) as session:
            yield session


def desk(request: Request) -> Desk:
    """The desk of the server that a call came to."""
    found = request.app.state.desk
    assert isinstance(found, Desk)
    return found


def row_of(session: Session, table: type[Row], key: int) -> Row:
    """The row of a table that a call names. Raises LookupError."""
    found = session.get(table, key)
    if found is None:
        raise LookupError(f"there is no {table.__tablename__.removesuffix('s')} {key}")
    return found

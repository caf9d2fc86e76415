"""What all calls of the review page share: the database, the forms, the settings, the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from inkfield.flows.server.pictures import Pictures
from inkfield.flows.settings import ServeSettings
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.store.answers import Rules

Row = TypeVar("Row", DocumentRow, PageRow, FieldRow)


@dataclass(frozen=True)
class Desk:
    engine: Engine
    rules: Rules
    settings: ServeSettings
    pictures: Pictures

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with transaction(self.engine) as session:
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

"""Programs that call the REST API: each is a person without a password, known by a token of which a hash is kept."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.review_tables import TokenRow, UserRow
from inkfield.schemas.store.audit import note
from inkfield.schemas.store.people import NO_PASSWORD, Person, add_person, person_of


def add_token(session: Session, name: str, role: str, token_hash: str, by: str) -> Person:
    """A program of that name and role. Raises ValueError for a name that is taken or unfit, and for an unknown role."""
    person = add_person(session, name, role, NO_PASSWORD, by)
    session.add(TokenRow(user_id=person.id, token_hash=token_hash))
    note(session, by, "token made", note=name)
    session.flush()
    return person


def program_with(session: Session, token_hash: str) -> Person | None:
    """The program that has this token; None where there is none, or it was shut out."""
    row = session.scalar(
        select(UserRow)
        .join(TokenRow, TokenRow.user_id == UserRow.id)
        .where(TokenRow.token_hash == token_hash, UserRow.active)
    )
    return None if row is None else person_of(row)


def programs(session: Session) -> list[Person]:
    """All programs that ever had a token, by name."""
    mine = select(UserRow).where(UserRow.password_hash == NO_PASSWORD).order_by(UserRow.name)
    return [person_of(row) for row in session.scalars(mine)]


def take_token(session: Session, name: str, by: str) -> None:
    """The program of that name gets in no more; what it did stays on record. Raises LookupError."""
    row = session.scalar(select(UserRow).where(UserRow.name == name, UserRow.password_hash == NO_PASSWORD))
    if row is None:
        raise LookupError(f"there is no program {name}")
    row.active = False
    session.execute(delete(TokenRow).where(TokenRow.user_id == row.id))
    note(session, by, "token taken away", note=name)
    session.flush()

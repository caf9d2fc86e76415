"""Who may sign in on the review page, and who is signed in.

Passwords come here as hashes and tokens leave as hashes only: see flows/server/passwords.py. As in
schemas/store/documents.py every function works in the caller's transaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.review_tables import ROLES, FailedSignInRow, SessionRow, UserRow
from inkfield.schemas.database.tables import now
from inkfield.schemas.store.audit import note

_NAME = re.compile(r"[^\W_][\w.@ +-]{0,62}[\w]|[^\W_]")
NO_PASSWORD = "no password"
"""In place of a hash, of a program (see tokens.py): no password has it."""
BY_SERVICE = "by the sign-in service"
"""In place of a hash, of a person who signs in through their organisation's service (see identities.py)."""
MOST_FAILURES_OF_NAME = 8
MOST_FAILURES_OF_ADDRESS = 30
"""So many failed sign-ins of one name, or from one address (an office may share one), in so many minutes."""
FAILURE_MINUTES = 15


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in."""

    id: int
    name: str
    role: str
    active: bool = True
    by_service: bool = False
    """Whether they sign in through their organisation's sign-in service (see identities.py), not with a password."""

    def may(self, role: str) -> bool:
        """Whether the person may do what that role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True)
class SignedIn:
    """A session: who it is of, and the token that their browser has to send with each change."""

    session_id: int
    person: Person
    csrf: str
    seen_at: datetime
    """When there was a sign of them last, to some seconds."""


def add_person(session: Session, name: str, role: str, password_hash: str, by: str) -> Person:
    """Raises ValueError for a name that is taken or unfit, and for a role that there is not."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name has letters, figures and . @ + - _, 64 characters at most")
    _check_role(role)
    if session.scalar(select(UserRow.id).where(func.lower(UserRow.name) == name.lower())) is not None:
        raise ValueError(f"there is a user {name} already")
    row = UserRow(name=name, role=role, password_hash=password_hash)
    session.add(row)
    session.flush()
    note(session, by, "user added", note=f"{name}, {role}")
    return person_of(row)


def people(session: Session) -> list[Person]:
    """All who ever could sign in, by name."""
    return [person_of(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]


def change_person(
    session: Session,
    name: str,
    by: str,
    role: str | None = None,
    password_hash: str | None = None,
    active: bool | None = None,
) -> Person:
    """Gives a person another role or password, or takes the way in away; ends their sessions. Raises LookupError for a
    name that there is not, ValueError for a role that there is not."""
    row = session.scalar(select(UserRow).where(UserRow.name == name))
    if row is None:
        raise LookupError(f"there is no user {name}")
    if role is not None:
        _check_role(role)
        row.role = role
        note(session, by, "role changed", note=f"{name}, {role}")
    if password_hash is not None:
        if row.password_hash == NO_PASSWORD:
            raise ValueError(f"{name} is a program: it gets in by its token, and has no password")
        if row.subject is not None:
            row.issuer = row.subject = None  # they come with the password from now on, and in no other way
            note(session, by, "no longer linked to the sign-in service", note=name)
        row.password_hash = password_hash
        note(session, by, "password changed", note=name)
    if active is not None:
        row.active = active
        note(session, by, "user let in" if active else "user shut out", note=name)
    session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
    session.flush()
    return person_of(row)


def person_named(session: Session, name: str) -> Person | None:
    """The person of that name who may sign in."""
    row = session.scalar(select(UserRow).where(UserRow.name == name, UserRow.active))
    return None if row is None else person_of(row)


def with_password(session: Session, name: str) -> tuple[Person, str] | None:
    """The person of that name who may sign in, with the hash of their password."""
    row = session.scalar(select(UserRow).where(UserRow.name == name, UserRow.active))
    return None if row is None else (person_of(row), row.password_hash)


def set_password_hash(session: Session, user_id: int, password_hash: str) -> None:
    """The same password, hashed anew."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=password_hash))


def begin_session(
    session: Session, person: Person, token_hash: str, csrf: str, id_token: str | None = None
) -> None:
    """``id_token`` is that of the sign-in service, where the person came through it."""
    session.add(SessionRow(user_id=person.id, token_hash=token_hash, csrf=csrf, id_token=id_token))
    note(session, person.name, "signed in", note=None if id_token is None else BY_SERVICE)
    session.flush()


def find_session(session: Session, token_hash: str, idle_minutes: int, longest_hours: int) -> SignedIn | None:
    """Who has that token; None where nobody has, or it has run out: after so long without a sign of them, or in all.
    Only reads."""
    found = session.execute(
        select(SessionRow, UserRow)
        .join(UserRow, UserRow.id == SessionRow.user_id)
        .where(SessionRow.token_hash == token_hash, UserRow.active)
    ).first()
    if found is None:
        return None
    row, user = found
    at = now()
    if at - row.seen_at > timedelta(minutes=idle_minutes) or at - row.started_at > timedelta(
        hours=longest_hours
    ):
        return None
    return SignedIn(row.id, person_of(user), row.csrf, row.seen_at)


def note_sign(session: Session, who: SignedIn) -> None:
    """There is a sign of somebody who is signed in."""
    session.execute(update(SessionRow).where(SessionRow.id == who.session_id).values(seen_at=now()))


def forget_sessions(session: Session, idle_minutes: int, longest_hours: int) -> None:
    """Takes away the sessions that have run out."""
    at = now()
    idle = SessionRow.seen_at < at - timedelta(minutes=idle_minutes)
    old = SessionRow.started_at < at - timedelta(hours=longest_hours)
    session.execute(delete(SessionRow).where(idle | old))


def end_session(session: Session, token_hash: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def note_failure(session: Session, name: str, address: str) -> None:
    """A sign-in failed. Those of more than an hour ago are forgotten."""
    session.execute(delete(FailedSignInRow).where(FailedSignInRow.at < now() - timedelta(hours=1)))
    session.add(FailedSignInRow(name=name[:64].lower(), address=address))
    session.flush()


def too_many_failures(session: Session, name: str, address: str) -> bool:
    """Whether so many sign-ins failed of late that no more are tried."""
    since = now() - timedelta(minutes=FAILURE_MINUTES)

    def failures(wanted: object, since: datetime = since) -> int:
        query = select(func.count(FailedSignInRow.id)).where(wanted, FailedSignInRow.at > since)  # type: ignore[arg-type]
        return session.scalar(query) or 0

    return (
        failures(FailedSignInRow.name == name[:64].lower()) >= MOST_FAILURES_OF_NAME
        or failures(FailedSignInRow.address == address) >= MOST_FAILURES_OF_ADDRESS
    )


def person_of(row: UserRow) -> Person:
    return Person(row.id, row.name, row.role, row.active, row.subject is not None)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise ValueError(f"there is no role {role}; there are {', '.join(ROLES)}")

"""People who sign in through their organisation's sign-in service (OpenID Connect): known by its issuer and their
subject there, never by a name or a mail address, which may be given to another person.

As in people.py every function works in the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.review_tables import ROLES, BegunSignInRow, SessionRow, UserRow
from inkfield.schemas.database.tables import now
from inkfield.schemas.store.audit import note
from inkfield.schemas.store.people import (
    BY_SERVICE,
    NO_PASSWORD,
    Person,
    add_person,
    change_person,
    person_of,
)

BEGUN_MINUTES = 10
"""So long a person may take at the sign-in service."""
THE_SERVICE = "the sign-in service"
"""Who did it, in the record, where no person did."""
NO_ROLE = "You have no role here. Ask an administrator to put you into a group that has one, or to link you."


@dataclass(frozen=True)
class Identity:
    """Who somebody is: the address of the sign-in service, and what it calls them."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class Arrival:
    """Somebody whom the sign-in service vouches for. ``role`` is what their groups, or the default, give them: None is
    nothing. ``groups_decide``: their role is that of the groups at each sign-in, not one that was given here."""

    identity: Identity
    name: str
    role: str | None
    groups_decide: bool


@dataclass(frozen=True)
class Refusal:
    """Why somebody does not get in, for them to read."""

    message: str


@dataclass(frozen=True)
class Begun:
    """What was sent to the sign-in service when a sign-in began, and has to come back."""

    state: str
    nonce: str
    verifier: str


def begin(session: Session, token_hash: str, begun: Begun) -> None:
    """A browser begins; what was begun long ago is forgotten."""
    session.execute(delete(BegunSignInRow).where(BegunSignInRow.begun_at < _oldest()))
    session.add(
        BegunSignInRow(token_hash=token_hash, state=begun.state, nonce=begun.nonce, verifier=begun.verifier)
    )
    session.flush()


def take_begun(session: Session, token_hash: str) -> Begun | None:
    """What that browser began, once: it is gone after. None where there is none, or it is too old."""
    taken = session.execute(
        delete(BegunSignInRow)
        .where(BegunSignInRow.token_hash == token_hash)
        .returning(
            BegunSignInRow.state, BegunSignInRow.nonce, BegunSignInRow.verifier, BegunSignInRow.begun_at
        )
    ).first()
    if taken is None or taken.begun_at < _oldest():
        return None
    return Begun(taken.state, taken.nonce, taken.verifier)


def admit(session: Session, who: Arrival) -> Person | Refusal:
    """Lets somebody in, or says why not; both stand in the record. A new person is added where a role is theirs."""
    row = _row_of(session, who.identity)
    if row is None:
        found = _newcomer(session, who)
    elif not row.active:
        found = Refusal("An administrator has shut you out here.")
    else:
        found = _known(session, row, who)
    if isinstance(found, Refusal):
        told = f"{who.name}, subject {who.identity.subject}: {found.message}"
        note(session, THE_SERVICE, "sign-in refused", note=told)
    return found


def link(session: Session, name: str, identity: Identity, by: str) -> Person:
    """From now on a person signs in through the sign-in service, no longer with a password. Their sessions end.

    Raises LookupError for a name that there is not, ValueError for a program, and for a subject that is somebody else.
    """
    row = session.scalar(select(UserRow).where(UserRow.name == name))
    if row is None:
        raise LookupError(f"there is no user {name}")
    if row.password_hash == NO_PASSWORD:
        raise ValueError(f"{name} is a program: it gets in by its token")
    other = _row_of(session, identity)
    if other is not None and other.id != row.id:
        raise ValueError(f"that subject is {other.name} already")
    row.password_hash, row.issuer, row.subject = BY_SERVICE, identity.issuer, identity.subject
    session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
    note(session, by, "linked to the sign-in service", note=f"{name}, subject {identity.subject}")
    session.flush()
    return person_of(row)


def id_token_of(session: Session, token_hash: str) -> str | None:
    """The token of a session that came through the sign-in service."""
    return session.scalar(select(SessionRow.id_token).where(SessionRow.token_hash == token_hash))


def _newcomer(session: Session, who: Arrival) -> Person | Refusal:
    if who.role is None:
        return Refusal(NO_ROLE)
    if session.scalar(select(UserRow.id).where(func.lower(UserRow.name) == who.name.lower())) is not None:
        return Refusal(
            f"There is another user {who.name} here already. If that is you, ask an administrator to link the two."
        )
    try:
        added = add_person(session, who.name, who.role, BY_SERVICE, THE_SERVICE)
    except ValueError:  # a name that is unfit
        return Refusal(
            "Your name at the sign-in service is none that can be used here. Ask an administrator."
        )
    row = session.get_one(UserRow, added.id)
    row.issuer, row.subject = who.identity.issuer, who.identity.subject
    session.flush()
    return person_of(row)


def _known(session: Session, row: UserRow, who: Arrival) -> Person | Refusal:
    if not who.groups_decide:
        return person_of(row)
    role = who.role or ROLES[0]  # whoever lost their groups keeps no right of before
    if row.role != role:
        change_person(session, row.name, THE_SERVICE, role=role)
    elif who.role is None:
        session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
    return Refusal(NO_ROLE) if who.role is None else person_of(row)


def _row_of(session: Session, identity: Identity) -> UserRow | None:
    return session.scalar(
        select(UserRow).where(UserRow.issuer == identity.issuer, UserRow.subject == identity.subject)
    )


def _oldest() -> datetime:
    return now() - timedelta(minutes=BEGUN_MINUTES)

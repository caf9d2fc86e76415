"""Leases: the right to do something alone, for so many seconds, renewed while the work goes on.

A process that dies cannot give anything back: its lease runs out, and another may take it. The clock is that of
PostgreSQL, so that the clocks of the machines need not agree.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inkfield.schemas.database.tables import LeaseRow


def take(session: Session, name: str, owner: str, seconds: float) -> bool:
    """Take the lease where nobody has it, its time has run out, or it is ours; False where another has it."""
    now = _now(session)
    values = {"name": name, "owner": owner, "expires_at": now + timedelta(seconds=seconds)}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(LeaseRow).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=[LeaseRow.name],
        set_={"owner": statement.excluded.owner, "expires_at": statement.excluded.expires_at},
        where=or_(LeaseRow.expires_at <= now, LeaseRow.owner == owner),
    )
    session.execute(statement)
    return session.scalar(select(LeaseRow.owner).where(LeaseRow.name == name)) == owner


def renew(session: Session, name: str, owner: str, seconds: float) -> bool:
    """Hold the lease for so many seconds from now; False where it is ours no more."""
    expires = _now(session) + timedelta(seconds=seconds)
    mine = (LeaseRow.name == name) & (LeaseRow.owner == owner)
    return session.execute(update(LeaseRow).where(mine).values(expires_at=expires)).rowcount == 1  # type: ignore[attr-defined]


def release(session: Session, name: str, owner: str) -> None:
    """Give the lease back; another's stays."""
    session.execute(delete(LeaseRow).where((LeaseRow.name == name) & (LeaseRow.owner == owner)))


def held(session: Session, names: list[str]) -> dict[str, str]:
    """Which of these leases somebody holds now, and who."""
    now = _now(session)
    rows = select(LeaseRow.name, LeaseRow.owner).where(LeaseRow.name.in_(names), LeaseRow.expires_at > now)
    return {name: owner for name, owner in session.execute(rows)}


def _now(session: Session) -> datetime:
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    found = session.scalar(select(func.clock_timestamp()))
    assert isinstance(found, datetime)
    return found

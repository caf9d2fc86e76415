"""The runs of the schedules: which nights are done, and their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.tables import DocumentRow, RunRow, now

FEWEST = 5
"""A total of fewer amounts than this is not told: it would give away the amount of a person."""


def last_done(session: Session, schedule: str) -> datetime | None:
    """The last due time of a schedule whose run was done; None where there is none yet."""
    done = (RunRow.schedule == schedule) & (RunRow.status == "done")
    return session.scalar(select(func.max(RunRow.due_at)).where(done))


def begin_run(session: Session, schedule: str, due_at: datetime, nights: int) -> int:
    """A run that stands for so many due times up to ``due_at``; returns its id.

    One that failed or was cut off for the same due time is begun anew: the same row. Call it under the lease of
    the schedule only.
    """
    mine = (RunRow.schedule == schedule) & (RunRow.due_at == due_at)
    run = session.scalar(select(RunRow).where(mine)) or RunRow(schedule=schedule, due_at=due_at)
    run.nights, run.status, run.started_at, run.finished_at = nights, "running", now(), None
    session.add(run)
    session.flush()
    return run.id


def finish_run(
    session: Session, run_id: int, status: str, batch_id: int | None, figures: Mapping[str, Any]
) -> None:
    """The run is ``done`` or ``failed``. ``figures`` goes into a JSON column: no Decimal, no NaN."""
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(status=status, batch_id=batch_id, figures=dict(figures), finished_at=now())
    )


def earlier_figures(session: Session, schedule: str, run_id: int, limit: int = 30) -> list[dict[str, Any]]:
    """The figures of the last runs of a schedule that were done, the newest first."""
    done = (RunRow.schedule == schedule) & (RunRow.status == "done") & (RunRow.id != run_id)
    query = select(RunRow.figures).where(done).order_by(RunRow.due_at.desc()).limit(limit)
    return list(session.scalars(query))


def failures(session: Session, batch_id: int, limit: int = 200) -> Sequence[tuple[str, str]]:
    """File name and error code of the documents of a batch that failed."""
    mine = (DocumentRow.batch_id == batch_id) & (DocumentRow.status == "failed")
    query = select(DocumentRow.file_name, DocumentRow.error_code).where(mine).order_by(DocumentRow.id)
    return [(name, code or "") for name, code in session.execute(query.limit(limit))]


def review_queue(session: Session) -> tuple[int, datetime | None]:
    """How many documents wait for a person, and since when the oldest does."""
    waiting = (DocumentRow.status == "review") & DocumentRow.is_current
    found = session.execute(select(func.count(), func.min(DocumentRow.finished_at)).where(waiting)).one()
    return found[0], found[1]

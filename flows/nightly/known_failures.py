"""Files that failed in an earlier night and lie in the inbox as they were: told once, not tried every night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session

from inkfield.flows.nightly.fresh_files import AT_ONCE, CLOCKS
from inkfield.flows.workers.batch_rows import document_hash
from inkfield.flows.workers.storage import DocumentPath
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.tables import FINAL_STATUSES, DocumentRow, RunRow
from inkfield.schemas.failures import FAILURES

PASSING = tuple(failure.code for failure in FAILURES.values() if failure.passes)
"""Failures that are no fault of the file: it is tried again, for a week after it was first seen."""
PATIENCE = timedelta(days=7)


class Sorted(NamedTuple):
    """``known`` counts the files that are left alone."""

    documents: list[DocumentPath]
    known: int


def leave_known_failures(
    engine: Engine, schedule: str, documents: Sequence[DocumentPath], now: datetime
) -> Sorted:
    """Of the documents those that this schedule has not yet told of as failed, or that have changed since.

    A file on this machine is known by its content, so a copy of it is known, too. One in a store is known by its
    path and the time of its last change, which saves fetching it. `inkfield retry` reads failed files again.
    """
    told = _told(schedule, now)
    with transaction(engine) as session:
        if session.scalar(select(DocumentRow.id).where(told).limit(1)) is None:
            return Sorted(list(documents), 0)
        contents = {str(path): document_hash(path) for path in documents if isinstance(path, Path)}
        known = _known_contents(session, set(contents.values()), told)
        failed_at = _failed_at(session, [str(path) for path in documents if str(path) not in contents], told)
    fresh = [
        path
        for path in documents
        if (contents[str(path)] not in known if str(path) in contents else _changed(path, failed_at))
    ]
    return Sorted(fresh, len(documents) - len(fresh))


def _told(schedule: str, now: datetime) -> ColumnElement[bool]:
    """Documents that failed in a night of the schedule that is done, and whose failure does not pass by itself."""
    done = select(RunRow.batch_id).where(RunRow.schedule == schedule, RunRow.status == "done")
    passing = DocumentRow.error_code.in_(PASSING) & (DocumentRow.received_at > now - PATIENCE)
    return (DocumentRow.status == "failed") & DocumentRow.batch_id.in_(done) & ~passing


def _known_contents(session: Session, hashes: set[str], told: ColumnElement[bool]) -> set[str]:
    """Those that failed, and that were not read after all with a newer version of the forms."""
    failed: set[str] = set()
    read: set[str] = set()
    for some in _portions(hashes):
        mine = DocumentRow.sha256.in_(some)
        failed |= set(session.scalars(select(DocumentRow.sha256).where(mine, told)))
        read |= set(
            session.scalars(
                select(DocumentRow.sha256).where(
                    mine, DocumentRow.first_page.is_(None), DocumentRow.status.in_(FINAL_STATUSES)
                )
            )
        )
    return failed - read


def _failed_at(session: Session, paths: Sequence[str], told: ColumnElement[bool]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for some in _portions(map(clean, paths)):
        query = select(DocumentRow.path, DocumentRow.finished_at).where(DocumentRow.path.in_(some), told)
        found |= {path: moment for path, moment in session.execute(query) if moment is not None}
    return found


def _changed(path: DocumentPath, failed_at: dict[str, datetime]) -> bool:
    """Whether a file in a store is another than the one that failed; doubtful ones count as changed."""
    failed = failed_at.get(clean(str(path)))
    try:
        return failed is None or datetime.fromtimestamp(path.stat().st_mtime, UTC) > failed - CLOCKS
    except Exception:  # gone, or its store gives no time: reading it tells
        return True


def _portions(values: Iterable[str]) -> Iterator[list[str]]:
    """Databases take only so many values in one question."""
    listed = list(values)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))

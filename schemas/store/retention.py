"""What an unattended run asks of the database and does to it: what is known of a file, where it rests, how many
are in which state, which failed, and what is past its time.

As in schemas/store/documents.py every function works in the caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.archive_tables import ArchivePageRow, CorrectionRow
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.learning_tables import LessonRow
from inkfield.schemas.database.tables import (
    FINAL_STATUSES,
    BatchRow,
    DocumentRow,
    FieldRow,
    PageRow,
    ReasonRow,
    SettledRow,
)
from inkfield.schemas.forms.key import ReadPage, is_stale
from inkfield.schemas.reasons import Reason
from inkfield.schemas.store.audit import take_values_out

PURGED = "(purged)"
"""In place of a name that was removed: names of files and batches may name people."""


@dataclass(frozen=True)
class Known:
    """What the database knows of a document."""

    document_id: int
    batch_id: int
    status: str
    file_name: str
    path: str
    form_key: str
    error_code: str | None
    error_message: str | None
    finished_at: datetime | None

    @property
    def is_read(self) -> bool:
        return self.status in FINAL_STATUSES


def known(row: DocumentRow) -> Known:
    return Known(
        document_id=row.id,
        batch_id=row.batch_id,
        status=row.status,
        file_name=row.file_name,
        path=row.path,
        form_key=row.form_key,
        error_code=row.error_code,
        error_message=row.error_message,
        finished_at=row.finished_at,
    )


def read_before(session: Session, paths: Sequence[str], form_version_key: str) -> dict[str, datetime]:
    """Of these paths those whose documents were read, and no page of them has to be read again with those forms; with
    the time at which they came."""
    listed = [clean(path) for path in paths]
    half_read = set(  # files that are split, with a document that was not read
        session.scalars(
            select(DocumentRow.path).where(
                DocumentRow.path.in_(listed),
                DocumentRow.first_page.is_not(None),
                DocumentRow.status.not_in(FINAL_STATUSES),
            )
        )
    )
    documents = session.execute(
        select(DocumentRow.id, DocumentRow.path, DocumentRow.received_at, DocumentRow.form_key).where(
            DocumentRow.path.in_(listed), DocumentRow.status.in_(FINAL_STATUSES)
        )
    ).all()
    pages: dict[int, list[ReadPage]] = defaultdict(list)
    found = session.execute(
        select(PageRow.document_id, PageRow.form, PageRow.form_key, PageRow.status)
        .where(PageRow.document_id.in_([row.id for row in documents]))
        .distinct()
    )
    for document, form, form_key, status in found:
        pages[document].append(ReadPage(form, form_key, status))
    return {
        row.path: row.received_at
        for row in documents
        if row.path not in half_read and not is_stale(pages[row.id], row.form_key, form_version_key)
    }


def failed_documents(session: Session, code: str | None = None, number: int | None = None) -> list[Known]:
    """The documents that failed, oldest first: all, those of one error code, or that of one id."""
    wanted = [DocumentRow.status == "failed"]
    if code is not None:
        wanted.append(DocumentRow.error_code == code)
    if number is not None:
        wanted.append(DocumentRow.id == number)
    return [
        known(row) for row in session.scalars(select(DocumentRow).where(*wanted).order_by(DocumentRow.id))
    ]


def set_waiting(session: Session, document_id: int, path: str) -> None:
    """A document that failed is to be read again, from there."""
    session.execute(
        update(DocumentRow)
        .where(DocumentRow.id == document_id, DocumentRow.status == "failed")
        .values(status="received", path=clean(path), error_code=None, error_message=None, finished_at=None)
    )


def forget_content(session: Session, sha256: str) -> None:
    """Removes what is noted of a content that was not read: an archive, when its files stand for it."""
    unread = DocumentRow.status.not_in(FINAL_STATUSES) & ~DocumentRow.is_current
    session.execute(delete(DocumentRow).where(DocumentRow.sha256 == sha256, unread))


def forget_path(session: Session, batch_id: int, path: str) -> None:
    """Removes what a batch has read at a path: the file was still being written. A document in which a person has
    settled something stays, to be read again."""
    mine = (DocumentRow.batch_id == batch_id) & (DocumentRow.path == clean(path))
    settled = exists().where(SettledRow.document_id == DocumentRow.id)
    session.execute(update(DocumentRow).where(mine, settled).values(status="received", finished_at=None))
    session.execute(delete(DocumentRow).where(mine, ~settled))


@dataclass(frozen=True)
class Counts:
    """The state of a database. ``by_status`` has all statuses, ``by_code`` those codes that occur, ``by_reason``
    how many pages are no known form, and why."""

    by_status: dict[str, int]
    by_code: dict[str, int]
    last_hour: int
    last_day: int
    oldest_waiting: datetime | None
    pages_to_review: int
    by_reason: dict[Reason, int]


def count_documents(session: Session, at: datetime) -> Counts:
    """Counts documents by status, and those that were finished in the hour and in the day before ``at``."""

    def number(*wanted: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count(DocumentRow.id)).where(*wanted)) or 0

    status = DocumentRow.status
    by_status = session.execute(select(status, func.count()).group_by(status))
    by_code = session.execute(
        select(DocumentRow.error_code, func.count())
        .where(status == "failed")
        .group_by(DocumentRow.error_code)
        .order_by(func.count().desc())
    )
    current = PageRow.document_id.in_(select(DocumentRow.id).where(DocumentRow.is_current))
    to_review = PageRow.document_id.in_(
        select(DocumentRow.id).where(DocumentRow.is_current, status == "review")
    )
    by_reason = session.execute(
        select(ReasonRow.code, ReasonRow.parameters, func.count(ReasonRow.id))
        .join(PageRow, PageRow.id == ReasonRow.page_id)
        .where(current, PageRow.status != "done")
        .group_by(ReasonRow.code, ReasonRow.parameters)
        .order_by(func.count(ReasonRow.id).desc(), ReasonRow.code)
    )
    return Counts(
        by_status={name: count for name, count in by_status},
        by_code={code or "": count for code, count in by_code},
        last_hour=number(DocumentRow.finished_at > at - timedelta(hours=1)),
        last_day=number(DocumentRow.finished_at > at - timedelta(days=1)),
        oldest_waiting=session.scalar(
            select(func.min(DocumentRow.received_at)).where(status.in_(("received", "processing")))
        ),
        pages_to_review=session.scalar(
            select(func.count(PageRow.id)).where(to_review, PageRow.status != "done")
        )
        or 0,
        by_reason={Reason.from_json(code, filling): count for code, filling, count in by_reason},
    )


@dataclass(frozen=True)
class Purged:
    """How much of the database is past its time."""

    documents: int
    pages: int
    fields: int
    batches: int


def count_past(session: Session, before: datetime) -> Purged:
    """What `purge_before` would take away."""
    past = _past(before)
    return Purged(
        documents=session.scalar(select(func.count(DocumentRow.id)).where(past)) or 0,
        pages=session.scalar(select(func.count(PageRow.id)).join(DocumentRow).where(past)) or 0,
        fields=session.scalar(select(func.count(FieldRow.id)).join(PageRow).join(DocumentRow).where(past))
        or 0,
        batches=session.scalar(select(func.count(BatchRow.id)).where(_past_batch(before))) or 0,
    )


def purge_before(session: Session, before: datetime) -> Purged:
    """Takes away all that was read in documents finished before a time: pages, fields, settled values and their
    ink, text in the archive, names, paths.

    The row of each document stays, with its content hash and status, and the hash of its item: the same cheque dropped
    or scanned again is still known, and not posted a second time.
    """
    counted = count_past(session, before)
    past = select(DocumentRow.id).where(_past(before))
    session.execute(delete(PageRow).where(PageRow.document_id.in_(past)))
    session.execute(delete(ArchivePageRow).where(ArchivePageRow.document_id.in_(past)))
    session.execute(delete(CorrectionRow).where(CorrectionRow.document_id.in_(past)))
    session.execute(delete(SettledRow).where(SettledRow.document_id.in_(past)))
    session.execute(delete(LessonRow).where(LessonRow.document_id.in_(past)))
    take_values_out(session, past)
    session.execute(
        update(DocumentRow).where(_past(before)).values(file_name=PURGED, path="", error_message=None)
    )
    session.execute(update(BatchRow).where(_past_batch(before)).values(name=PURGED))
    return counted


def _past(before: datetime) -> ColumnElement[bool]:
    return (DocumentRow.finished_at < before) & (DocumentRow.file_name != PURGED)


def _past_batch(before: datetime) -> ColumnElement[bool]:
    return or_(BatchRow.finished_at < before, BatchRow.started_at < before) & (BatchRow.name != PURGED)

"""Writing batches, documents and readings, and summing them up.

Every function works in the caller's transaction (see schemas.database.transaction) and never commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schemas.query import QueryError, run_query
from schemas.reading import DocumentLike
from schemas.rows import clean, finite, page_row
from schemas.tables import FINAL_STATUSES, BatchRow, DocumentRow, FieldRow, PageRow, now

__all__ = [
    "BatchSummary",
    "Failure",
    "QueryError",
    "Registration",
    "batch_summary",
    "begin_batch",
    "fail_document",
    "finish_batch",
    "is_read",
    "is_settled",
    "note_document",
    "register_document",
    "run_query",
    "save_document",
    "start_document",
]


class Registration(NamedTuple):
    """``already_done``: the same file was read with the same forms before; there is nothing to do."""

    document_id: int
    already_done: bool


@dataclass(frozen=True)
class Failure:
    file_name: str
    error_code: str
    error_message: str


@dataclass(frozen=True)
class BatchSummary:
    """Counts of one batch. ``documents`` and ``fields`` are by status."""

    batch_id: int
    name: str
    status: str
    documents: dict[str, int]
    already_done: int
    pages: int
    fields: dict[str, int]
    failures: tuple[Failure, ...]


def begin_batch(session: Session, name: str, key: str | None = None) -> int:
    """A new batch, running; returns its id. With a ``key`` it is begun once: later calls return the same."""
    if key is not None:
        begun = session.scalar(select(BatchRow.id).where(BatchRow.key == key))
        if begun is not None:
            return begun
    batch = BatchRow(name=clean(name), key=key)
    session.add(batch)
    session.flush()
    return batch.id


def note_document(
    session: Session, batch_id: int, path: str | Path, sha256: str, form_version_key: str
) -> DocumentRow:
    """The row of a file's content with those forms, locked: a new one, or the one that there is, as it is."""
    values = {
        "batch_id": batch_id,
        "sha256": sha256,
        "form_key": form_version_key,
        "file_name": clean(Path(path).name),
        "path": clean(str(path)),
        "status": "received",
        "is_current": False,
        "timings": {},
        "received_at": now(),
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(DocumentRow).values(values).on_conflict_do_nothing())
    return _lock(session, sha256, form_version_key)


def register_document(
    session: Session, batch_id: int, path: str | Path, sha256: str, form_version_key: str
) -> Registration:
    """Note a file to be read; the same content with the same forms is always the same document.

    ``form_version_key`` is schemas.form.forms_key of the forms that it is read with. A document that failed,
    or that a run left half done, joins this batch to be read again.
    """
    document = note_document(session, batch_id, path, sha256, form_version_key)
    if document.status in FINAL_STATUSES:
        _make_current(session, document)
        session.execute(
            update(BatchRow).where(BatchRow.id == batch_id).values(already_done=BatchRow.already_done + 1)
        )
        return Registration(document.id, True)
    document.batch_id, document.status = batch_id, "received"
    document.file_name, document.path = clean(Path(path).name), clean(str(path))  # it may lie elsewhere now
    document.error_code = document.error_message = document.finished_at = None
    session.flush()
    return Registration(document.id, False)


def is_settled(session: Session, batch_id: int, sha256: str, form_version_key: str) -> bool:
    """Whether the content was read, by whichever batch, or has failed in this one."""
    found = session.execute(
        select(DocumentRow.status, DocumentRow.batch_id).where(
            DocumentRow.sha256 == sha256, DocumentRow.form_key == form_version_key
        )
    ).first()
    return found is not None and (found[0] in FINAL_STATUSES or tuple(found) == ("failed", batch_id))


def is_read(session: Session, document_id: int) -> bool:
    """Whether the document has its rows; locked until the transaction ends."""
    return _document(session, document_id).status in FINAL_STATUSES


def start_document(session: Session, document_id: int) -> None:
    """The document is being read from now on."""
    session.execute(
        update(DocumentRow)
        .where(DocumentRow.id == document_id)
        .values(status="processing", started_at=now(), error_code=None, error_message=None, finished_at=None)
    )


def save_document(
    session: Session, document_id: int, reading: DocumentLike, timings: Mapping[str, float] | None = None
) -> None:
    """Write all that was read in a document, in place of what an earlier run wrote.

    ``timings`` are seconds by stage. A reading with the status failed keeps its error and what pages it has.
    Raises LookupError for a document that was never registered.
    """
    document = _document(session, document_id)
    session.execute(delete(PageRow).where(PageRow.document_id == document_id))
    pages = [page_row(page) for page in reading.pages]
    for page in pages:
        page.document_id = document_id
    session.add_all(pages)
    document.status = reading.status
    document.error_code = reading.error_code
    document.error_message = None if reading.error_message is None else clean(reading.error_message)
    document.page_count = len(pages)
    document.timings = {name: value for name, value in finite(timings or {}).items() if value is not None}
    document.finished_at = now()
    if reading.status in FINAL_STATUSES:
        _make_current(session, document)
    session.flush()


def fail_document(session: Session, document_id: int, code: str, message: str) -> None:
    """The document cannot be read: why, and what to do. Rows of an earlier run that was cut off go away."""
    document = _document(session, document_id)
    session.execute(delete(PageRow).where(PageRow.document_id == document_id))
    document.status, document.error_code, document.error_message = "failed", code, clean(message)
    document.is_current, document.finished_at = False, now()
    session.flush()


def finish_batch(session: Session, batch_id: int) -> None:
    """The batch is over: failed where a document of it failed, done else."""
    failed = session.scalar(
        select(func.count()).where(DocumentRow.batch_id == batch_id, DocumentRow.status == "failed")
    )
    session.execute(
        update(BatchRow)
        .where(BatchRow.id == batch_id)
        .values(status="failed" if failed else "done", finished_at=now())
    )


def batch_summary(session: Session, batch_id: int) -> BatchSummary:
    """What became of a batch. Raises LookupError for a batch that does not exist."""
    batch = session.get(BatchRow, batch_id)
    if batch is None:
        raise LookupError(f"there is no batch {batch_id}")
    mine = DocumentRow.batch_id == batch_id
    documents = session.execute(
        select(DocumentRow.status, func.count()).where(mine).group_by(DocumentRow.status)
    )
    of_document = PageRow.document_id == DocumentRow.id
    pages = session.scalar(select(func.count(PageRow.id)).join(DocumentRow, of_document).where(mine))
    fields = session.execute(
        select(FieldRow.status, func.count())
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, of_document)
        .where(mine)
        .group_by(FieldRow.status)
    )
    failed = session.scalars(
        select(DocumentRow).where(mine, DocumentRow.status == "failed").order_by(DocumentRow.id)
    )
    return BatchSummary(
        batch_id=batch_id,
        name=batch.name,
        status=batch.status,
        documents={status: count for status, count in documents},
        already_done=batch.already_done,
        pages=pages or 0,
        fields={status: count for status, count in fields},
        failures=tuple(Failure(d.file_name, d.error_code or "", d.error_message or "") for d in failed),
    )


def _document(session: Session, document_id: int) -> DocumentRow:
    # Locked: two workers that read the same file write one after the other.
    document = session.get(DocumentRow, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise LookupError(f"there is no document {document_id}")
    return document


def _lock(session: Session, sha256: str, form_key: str) -> DocumentRow:
    """The document of that key, with every document of the same content locked (always in one order)."""
    same_content = session.scalars(
        select(DocumentRow)
        .where(DocumentRow.sha256 == sha256)
        .order_by(DocumentRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return next(document for document in same_content if document.form_key == form_key)


def _make_current(session: Session, document: DocumentRow) -> None:
    """Of the documents with the same content, let this one show in the views."""
    session.execute(
        update(DocumentRow)
        .where(DocumentRow.sha256 == document.sha256, DocumentRow.id != document.id, DocumentRow.is_current)
        .values(is_current=False)
    )
    document.is_current = True

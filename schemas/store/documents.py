"""Writing batches, documents and readings, and summing them up.

Every function works in the caller's transaction (see database/connection.py) and never commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.read_only_query import QueryError, run_query
from inkfield.schemas.database.tables import FINAL_STATUSES, BatchRow, DocumentRow, FieldRow, PageRow, now
from inkfield.schemas.forms.key import ReadPage, is_stale
from inkfield.schemas.readings import DocumentReading
from inkfield.schemas.store.rows import finite
from inkfield.schemas.store.write_reading import Recheck, document_status, write_reading

__all__ = [
    "BatchSummary",
    "Failure",
    "QueryError",
    "Registration",
    "Stored",
    "batch_summary",
    "begin_batch",
    "fail_document",
    "finish_batch",
    "is_read",
    "is_settled",
    "let_go",
    "note_document",
    "register_document",
    "run_query",
    "save_document",
    "start_document",
    "times_begun",
]


class Registration(NamedTuple):
    """``already_done``: the same file was read with the same forms before; there is nothing to do."""

    document_id: int
    already_done: bool


class Stored(NamedTuple):
    """The status of a document, and how many of its fields have which."""

    status: str
    fields: Counter[str]


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
    session: Session, batch_id: int, path: str | Path, sha256: str, form_version_key: str, part: int = 1
) -> DocumentRow:
    """The row of a file's content, or of a part of it, locked: a new one, or the one that there is.

    One that was read is as one to be read when a page of it has to be read again with those forms.
    """
    values = {
        "batch_id": batch_id,
        "sha256": sha256,
        "part": part,
        "form_key": form_version_key,
        "file_name": clean(Path(path).name),
        "path": clean(str(path)),
        "status": "received",
        "is_current": False,
        "timings": {},
        "begun": 0,
        "received_at": now(),
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(DocumentRow).values(values).on_conflict_do_nothing())
    document = _lock(session, sha256, part)
    if document.status in FINAL_STATUSES and is_out_of_date(session, document, form_version_key):
        _read_again(session, document)
    return document


def register_document(
    session: Session,
    batch_id: int,
    path: str | Path,
    sha256: str,
    form_version_key: str,
    again: bool = False,
    part: int = 1,
) -> Registration:
    """Note a file, or a part of it, to be read; the same content is always the same document.

    ``form_version_key`` is the `forms_key` of the forms that it is read with. A document that failed, that
    a run left half done, or of which a page has to be read again, joins this batch to be read. With ``again`` so does
    any other, once a batch.
    """
    document = note_document(session, batch_id, path, sha256, form_version_key, part)
    if again and document.is_current and document.batch_id != batch_id:
        _read_again(session, document)
        _all_pages_again(session, document)
    if document.status in FINAL_STATUSES:
        session.execute(
            update(BatchRow).where(BatchRow.id == batch_id).values(already_done=BatchRow.already_done + 1)
        )
        return Registration(document.id, True)
    document.batch_id, document.status, document.form_key = batch_id, "received", form_version_key
    document.file_name, document.path = clean(Path(path).name), clean(str(path))  # it may lie elsewhere now
    document.error_code = document.error_message = document.finished_at = None
    session.flush()
    return Registration(document.id, False)


def is_out_of_date(session: Session, document: DocumentRow, form_version_key: str) -> bool:
    """Whether a page of a document that was read has to be read again with those forms."""
    pages = session.execute(
        select(PageRow.form, PageRow.form_key, PageRow.status).where(PageRow.document_id == document.id)
    )
    return is_stale([ReadPage(*page) for page in pages], document.form_key, form_version_key)


def is_settled(session: Session, batch_id: int, document: DocumentRow, form_version_key: str) -> bool:
    """Whether the document was read, by whichever batch, or has failed in this one."""
    if document.status in FINAL_STATUSES:
        return not is_out_of_date(session, document, form_version_key)
    return document.status == "failed" and document.batch_id == batch_id


def is_read(session: Session, document_id: int) -> bool:
    """Whether the document has its rows; locked until the transaction ends."""
    return _document(session, document_id).status in FINAL_STATUSES


def start_document(session: Session, document_id: int) -> None:
    """The document is being read from now on."""
    session.execute(
        update(DocumentRow)
        .where(DocumentRow.id == document_id)
        .values(
            status="processing",
            begun=DocumentRow.begun + 1,
            started_at=now(),
            error_code=None,
            error_message=None,
            finished_at=None,
        )
    )


def times_begun(session: Session, document_id: int) -> int:
    """How often its reading has begun since it last came to an end: each time whoever read it died, or is at it now."""
    return session.scalar(select(DocumentRow.begun).where(DocumentRow.id == document_id)) or 0


def let_go(session: Session, document_id: int) -> None:
    """Whoever began to read the document is alive and has stopped: that does not count as begun."""
    begun = (DocumentRow.id == document_id) & (DocumentRow.begun > 0)
    session.execute(update(DocumentRow).where(begun).values(begun=DocumentRow.begun - 1))


def save_document(
    session: Session,
    document_id: int,
    reading: DocumentReading,
    timings: Mapping[str, float] | None = None,
    form_version_key: str | None = None,
    recheck: Recheck | None = None,
) -> Stored:
    """Write all that was read in a document; returns what now stands in the database.

    Pages whose own form is what it was stay as they are, the others take the place of what an earlier run wrote; what
    a person settled on them holds. ``timings`` are seconds by stage, ``form_version_key`` is of the forms that it was
    read with. ``recheck`` asks the form's rules again where settled values hold. A reading with the status failed keeps
    its error, and what pages it has where no earlier reading is whole. Raises LookupError for a document that was never
    registered.
    """
    document = _document(session, document_id)
    whole = reading.status in FINAL_STATUSES
    document.status = reading.status
    document.error_code = reading.error_code
    document.error_message = None if reading.error_message is None else clean(reading.error_message)
    document.finished_at, document.begun = now(), 0
    pages: Sequence[PageRow] = ()
    if whole or not document.is_current:
        key = document.form_key if form_version_key is None else form_version_key
        pages = write_reading(session, document, reading.pages, key, whole, recheck)
        document.form_key, document.is_current = key, whole
        document.timings = {name: value for name, value in finite(timings or {}).items() if value is not None}
    if whole:
        statuses = [page.status for page in pages]
        document.status = document_status(statuses, reading.status, document.waits)
    session.flush()
    return Stored(document.status, Counter(field.status for page in pages for field in page.fields))


def fail_document(session: Session, document_id: int, code: str, message: str) -> None:
    """The document cannot be read: why, and what to do. What an earlier run has read in it stays."""
    document = _document(session, document_id)
    if not document.is_current:
        session.execute(delete(PageRow).where(PageRow.document_id == document_id))
    document.status, document.error_code, document.error_message = "failed", code, clean(message)
    document.finished_at, document.begun = now(), 0
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


def _lock(session: Session, sha256: str, part: int) -> DocumentRow:
    return session.scalars(
        select(DocumentRow)
        .where(DocumentRow.sha256 == sha256, DocumentRow.part == part)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _read_again(session: Session, document: DocumentRow) -> None:
    """As if it had just come. Its rows stay until those of the new reading are there."""
    document.status, document.finished_at = "received", None
    session.flush()


def _all_pages_again(session: Session, document: DocumentRow) -> None:
    """No page is as its form would have it: the next reading takes the place of all."""
    session.execute(update(PageRow).where(PageRow.document_id == document.id).values(form_key=None))

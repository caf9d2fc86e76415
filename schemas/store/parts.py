"""Documents that are parts of one file: noted when its separators were found, known together where the file counts.

A file without separators is one document, part 1. The split that was found first stands: the same parts are the same
rows, however often the file is read, or its reading is cut off.

As in schemas/store/documents.py every function works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.tables import FINAL_STATUSES, DocumentRow, SettledRow
from inkfield.schemas.store.documents import (
    fail_document,
    is_out_of_date,
    is_settled,
    note_document,
    register_document,
    start_document,
)
from inkfield.schemas.store.retention import Known, known


class NewPart(NamedTuple):
    """A document of a file as its separators say: pages of the file from 1, none where ``last`` is below ``first``."""

    first: int
    last: int
    label: str | None
    doubt: str | None


class NotedPart(NamedTuple):
    """A part that has its row. ``settled``: it was read, or has failed in the batch that asks."""

    document_id: int
    number: int
    first: int
    last: int
    label: str | None
    settled: bool

    @property
    def pages(self) -> range:
        return range(self.first, self.last + 1)


def rows_of(session: Session, sha256: str) -> list[DocumentRow]:
    """The documents of a file, in order, locked."""
    query = select(DocumentRow).where(DocumentRow.sha256 == sha256).order_by(DocumentRow.part)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def noted_parts(session: Session, batch_id: int, sha256: str, key: str, again: bool) -> list[NotedPart]:
    """The parts of a file whose separators were found before; none where they are to be looked for.

    ``again``: they are looked for again, once a batch, unless a person has settled something by the split as it is.
    """
    rows = rows_of(session, sha256)
    if not rows or not _is_split(rows):
        return []
    if again and rows[0].batch_id != batch_id and may_split(session, rows):
        return []
    return [_noted(session, batch_id, row, key) for row in rows]


def may_split(session: Session, rows: Sequence[DocumentRow]) -> bool:
    """Whether no person has settled anything in these documents, so that they may be split in another way."""
    ids = [row.id for row in rows]
    return not session.scalar(select(exists().where(SettledRow.document_id.in_(ids))))


def note_parts(
    session: Session, batch_id: int, path: str | Path, sha256: str, key: str, parts: Sequence[NewPart]
) -> list[NotedPart]:
    """Notes how a file is split, which is part 1 until then; with no ``parts`` it is one document again. Returns its
    parts, the first of them being read. A file in which a person has settled something stays as it is: then none is
    returned, and it is one document."""
    rows = rows_of(session, sha256)
    if not may_split(session, rows):
        return []
    if beyond := [row.id for row in rows if row.part > max(1, len(parts))]:
        session.execute(delete(DocumentRow).where(DocumentRow.id.in_(beyond)))
    if not parts:
        _describe(rows[0], NewPart(0, 0, None, None))
        rows[0].first_page = rows[0].last_page = None
        return []
    noted = []
    for number, part in enumerate(parts, start=1):
        row = note_document(session, batch_id, path, sha256, key, number)
        _describe(row, part)
        session.flush()
        noted.append(_noted(session, batch_id, row, key))
    return noted


def known_file(session: Session, sha256: str) -> Known | None:
    """What is known of a file, all its documents together: read when each is, failed when one has and none is left."""
    rows = rows_of(session, sha256)
    if not rows:
        return None
    last = max(rows, key=lambda row: (row.batch_id, -row.part))
    left = [row for row in rows if row.finished_at is None]
    failed = [row for row in rows if row.status == "failed"]
    if left:
        return replace(
            known(last), document_id=rows[0].id, status=left[0].status, error_code=None, error_message=None,
            finished_at=None,
        )  # fmt: skip
    return replace(
        known(last),
        document_id=rows[0].id,
        status=status_of_file([row.status for row in rows]),
        error_code=failed[0].error_code if failed else None,
        error_message="; ".join(map(_why, failed)) or None,
        finished_at=max(row.finished_at for row in rows if row.finished_at is not None),
    )


def status_of_file(statuses: Collection[str]) -> str:
    """What is said of a file whose documents, all of them read or failed, have these statuses."""
    return "failed" if "failed" in statuses else "review" if "review" in statuses else "done"


def note_file(session: Session, batch_id: int, path: str | Path, sha256: str, key: str) -> Known:
    """As note_document, of a file with all its parts: one of them that has to be read again waits for that."""
    note_document(session, batch_id, path, sha256, key)
    for row in rows_of(session, sha256):
        if row.part > 1 and row.status in FINAL_STATUSES and is_out_of_date(session, row, key):
            row.status, row.finished_at = "received", None
    session.flush()
    found = known_file(session, sha256)
    assert found is not None
    return found


def begin_file(session: Session, batch_id: int, path: str | Path, sha256: str, key: str) -> None:
    """The file is read from now on; what of it was read before stays read."""
    row = note_document(session, batch_id, path, sha256, key)
    if row.status not in FINAL_STATUSES:
        register_document(session, batch_id, path, sha256, key)
        start_document(session, row.id)


def fail_file(
    session: Session,
    batch_id: int,
    path: str | Path,
    sha256: str,
    key: str,
    code: str,
    message: str,
    whole: bool = False,
) -> bool:
    """Writes why a file could not be read, unless it was: of one that was split the part that was being read, and with
    ``whole`` all that were not. Returns whether it was split, so that other parts may be left to read."""
    rows = rows_of(session, sha256)
    if not _is_split(rows):
        noted = register_document(session, batch_id, path, sha256, key)
        if not noted.already_done:
            fail_document(session, noted.document_id, code, message)
        return False
    unread = [row for row in rows if not is_settled(session, batch_id, row, key)]
    unread.sort(key=lambda row: (row.status != "processing", row.batch_id != batch_id, row.part))
    for row in unread if whole else unread[:1]:
        noted = register_document(session, batch_id, path, sha256, key, part=row.part)
        fail_document(session, noted.document_id, code, message)
    return True


def set_file_path(session: Session, document_id: int, path: str) -> None:
    """The file of a document lies there now, for all its parts."""
    row = session.get_one(DocumentRow, document_id)
    for part in rows_of(session, row.sha256):
        part.path = clean(path)
    session.flush()


def _is_split(rows: Sequence[DocumentRow]) -> bool:
    return bool(rows) and rows[0].first_page is not None


def _describe(row: DocumentRow, part: NewPart) -> None:
    row.first_page, row.last_page = part.first, part.last
    row.label = None if part.label is None else clean(part.label)
    row.split_doubt = part.doubt


def _noted(session: Session, batch_id: int, row: DocumentRow, key: str) -> NotedPart:
    settled = row.batch_id == batch_id and is_settled(session, batch_id, row, key)
    assert row.first_page is not None and row.last_page is not None
    return NotedPart(row.id, row.part, row.first_page, row.last_page, row.label, settled)


def _why(row: DocumentRow) -> str:
    if row.first_page is None:
        return row.error_message or ""
    return f"Part {row.part}, pages {row.first_page} to {row.last_page}: {row.error_message}"

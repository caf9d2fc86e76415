"""Writing the archive. As in schemas/store/documents.py every function works in the caller's transaction."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.archive.index import index_page
from inkfield.schemas.database.archive_tables import ArchivedRow, ArchiveLineRow, ArchivePageRow
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.tables import DocumentRow
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine
from inkfield.schemas.store.corrections import corrections, stored_word, to_index, with_corrections
from inkfield.schemas.store.retention import PURGED

NO_FORMS = ""
"""The `forms_key` of documents that were read for the archive alone: no form was tried on them."""


def is_archived(session: Session, document_id: int, read_with: str) -> bool:
    """Whether the whole text of a document is there, as read with these weights and this language."""
    row = session.get(ArchivedRow, document_id)
    return row is not None and row.whole and row.read_with == read_with


def archived_pages(session: Session, document_id: int) -> int:
    """How many pages of a document are in the archive."""
    mine = ArchivePageRow.document_id == document_id
    return session.scalar(select(func.count(ArchivePageRow.id)).where(mine)) or 0


def write_archive(session: Session, document_id: int, reading: DocumentReading, read_with: str) -> None:
    """Writes the text of a document in place of what was there. A damaged one keeps what could be read."""
    session.execute(delete(ArchivedRow).where(ArchivedRow.document_id == document_id))
    session.add(ArchivedRow(document_id=document_id, read_with=read_with, whole=reading.status != "failed"))
    session.flush()
    corrected = corrections(session, document_id)
    for page in reading.pages:
        _write_page(session, document_id, with_corrections(page, corrected))


def lies_at(session: Session, document_id: int, path: str) -> None:
    """The file was seen at this path: what the archive has of another content there is replaced by it."""
    here = clean(path)
    others = select(DocumentRow.id).where(DocumentRow.path == here, DocumentRow.id != document_id)
    session.execute(delete(ArchivedRow).where(ArchivedRow.document_id.in_(others)))
    alone = (DocumentRow.path == here) & (DocumentRow.id != document_id) & (DocumentRow.form_key == NO_FORMS)
    session.execute(delete(DocumentRow).where(alone))
    mine = (DocumentRow.id == document_id) & (DocumentRow.file_name != PURGED)
    session.execute(update(DocumentRow).where(mine).values(path=here))


def _write_page(session: Session, document_id: int, page: PageReading) -> None:
    row = ArchivePageRow(
        document_id=document_id, number=page.number, width=page.width, height=page.height, dpi=page.dpi
    )
    session.add(row)
    session.flush()
    lines = [_line(row.id, number, line) for number, line in enumerate(page.lines, start=1)]
    session.add_all(lines)
    index_page(session, row.id, to_index(lines))


def _line(page_id: int, number: int, line: TextLine) -> ArchiveLineRow:
    return ArchiveLineRow(
        page_id=page_id,
        number=number,
        box=list(line.box),
        text=clean(line.text),
        confidence=line.confidence,
        words=[stored_word(word) for word in line.words],
    )

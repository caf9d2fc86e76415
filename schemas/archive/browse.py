"""The archive as people leaf through it: collections, documents, pages and their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.archive_tables import ArchiveLineRow, ArchivePageRow
from inkfield.schemas.database.tables import DocumentRow

_YEAR = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True)
class Shelved:
    """A document of the archive: its id, file, and how many pages it has there."""

    id: int
    file_name: str
    path: str
    pages: int


def collection_of(path: str) -> str:
    """The folder that a file lies in, by its name.

    >>> collection_of("/scans/parish/1897/p12.jpg"), collection_of("p12.jpg")
    ('1897', '')
    """
    return PurePosixPath(path).parent.name


def year_of(path: str) -> str:
    """The year that a file's name, or else the name of one of its folders, tells: 1000 to 2099; "" for none.

    >>> year_of("/scans/1897/letter_3.jpg"), year_of("/scans/1897/letter 1899-03-02.jpg"), year_of("/a/20120304.jpg")
    ('1897', '1899', '')
    """
    for part in reversed(PurePosixPath(path).parts):
        found = _YEAR.findall(part)
        if found:
            return str(found[0])
    return ""


def find_page(session: Session, document_id: int, number: int) -> tuple[DocumentRow, ArchivePageRow]:
    """A page of the archive and its document. Raises LookupError for one that is not there."""
    found = session.execute(
        select(DocumentRow, ArchivePageRow)
        .join(ArchivePageRow, ArchivePageRow.document_id == DocumentRow.id)
        .where(DocumentRow.id == document_id, ArchivePageRow.number == number)
    ).first()
    if found is None:
        raise LookupError(f"the archive has no page {number} of document {document_id}")
    return found[0], found[1]


def lines_of(session: Session, page: ArchivePageRow) -> Sequence[ArchiveLineRow]:
    """The lines of a page in reading order."""
    mine = select(ArchiveLineRow).where(ArchiveLineRow.page_id == page.id)
    return session.scalars(mine.order_by(ArchiveLineRow.number)).all()


def pages_of(session: Session, document_id: int) -> tuple[DocumentRow, Sequence[ArchivePageRow]]:
    """A document and its pages in the archive. Raises LookupError where it has none."""
    rows = session.scalars(
        select(ArchivePageRow)
        .where(ArchivePageRow.document_id == document_id)
        .order_by(ArchivePageRow.number)
    ).all()
    document = session.get(DocumentRow, document_id)
    if document is None or not rows:
        raise LookupError(f"the archive has no document {document_id}")
    return document, rows


def shelf(session: Session, after: int = 0, most: int = 50) -> list[Shelved]:
    """The documents of the archive by their ids, those after one: ``most`` at most."""
    counted = (
        select(ArchivePageRow.document_id, DocumentRow.file_name, DocumentRow.path, func.count())
        .join(DocumentRow, DocumentRow.id == ArchivePageRow.document_id)
        .where(ArchivePageRow.document_id > after)
        .group_by(ArchivePageRow.document_id, DocumentRow.file_name, DocumentRow.path)
        .order_by(ArchivePageRow.document_id)
        .limit(most)
    )
    return [Shelved(*row) for row in session.execute(counted)]

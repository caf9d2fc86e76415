"""The tables of the archive: the text of whole pages, line by line, with all that each word may be.

Beside them stands ``archive_index``, which the databases search in: an FTS5 table on SQLite, a table with a tsvector on
PostgreSQL; see schemas/archive/index.py. Its row of a page has the id of the page and goes with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inkfield.schemas.database.columns import Json, Key, UtcTime
from inkfield.schemas.database.tables import Base, now

INDEX_TABLE = "archive_index"


class ArchivedRow(Base):
    """A document whose text is in the archive. It goes with the document."""

    __tablename__ = "archived"
    __table_args__ = ({"comment": "documents whose text is in the archive, and what it was read with"},)

    document_id: Mapped[int] = mapped_column(
        Key, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    read_with: Mapped[str] = mapped_column(Text)
    """Weights and language. Text that was read with others is read again."""
    whole: Mapped[bool]
    """False where the file is damaged and only some of its pages could be read."""
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class ArchivePageRow(Base):
    """One page of the scan, also an empty one."""

    __tablename__ = "archive_pages"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        {"comment": "pages in the archive: their size in pixels of the scan"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("archived.document_id", ondelete="CASCADE"))
    number: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    dpi: Mapped[float]


class ArchiveLineRow(Base):
    """One line. ``words`` are objects: text, box, confidence, and readings, a list of [text, probability]; boxes are
    [x, y, width, height] in pixels of the scan."""

    __tablename__ = "archive_lines"
    __table_args__ = (
        UniqueConstraint("page_id", "number"),
        {"comment": "lines in the archive, with their words; see the view archive_words"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int] = mapped_column(Key, ForeignKey("archive_pages.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 1, in reading order."""
    box: Mapped[list[int]] = mapped_column(Json)
    text: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    words: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class CorrectionRow(Base):
    """A line as a person corrected it. Rows are added only: the last one of a place holds, also when the document is
    read again. ``read`` is what stood there before, ``box`` the line's in pixels of the scan."""

    __tablename__ = "archive_corrections"
    __table_args__ = (
        Index(None, "document_id"),
        {"comment": "lines of the archive as people corrected them, who and when; the last of a place holds"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("documents.id", ondelete="CASCADE"))
    page_number: Mapped[int]
    box: Mapped[list[int]] = mapped_column(Json)
    read: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)

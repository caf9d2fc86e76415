"""What people settled, as something to learn from: which ink is still to be cut out, and what has been.

Every function works in the caller's transaction and never commits. Nothing is kept beyond its document: what is purged
takes its lessons along, and what a person settled otherwise since is cut out anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.learning_tables import LessonRow
from inkfield.schemas.database.tables import DocumentRow, PageRow, SettledRow

FIELD = "field"
"""The source of lessons that are settled fields."""
_UNREADABLE_KINDS = ("table", "decision", "checkbox", "signature", "choice", "micr", "barcode")
"""Kinds that are no text in a hand."""


@dataclass(frozen=True)
class SettledField:
    """A field as a person settled it: the value as the form's view writes it."""

    name: str
    value: str = field(repr=False)
    at: datetime


@dataclass(frozen=True)
class PageToCut:
    """A page of a scan with settled fields whose ink has not been cut out."""

    document_id: int
    path: str
    sha256: str
    page_number: int
    scan_number: int
    picture: str | None
    form: str
    fields: tuple[SettledField, ...]


@dataclass(frozen=True)
class Lesson:
    """Ink, and what is written there. ``hand`` is the content of its document: mostly one writer's.

    ``ink`` is a PNG of the crops, one below the other, of the sizes ``parts``: [height, width] in pixels."""

    name: str
    form: str
    hand: str
    value: str = field(repr=False)
    written: str = field(repr=False)
    ink: bytes = field(repr=False)
    parts: tuple[tuple[int, int], ...]
    in_cells: bool
    id: int = 0


@dataclass(frozen=True)
class Cut:
    """What was cut out for one settled field; without ``ink`` it cannot be learned from."""

    settled: SettledField
    written: str | None = field(default=None, repr=False)
    ink: bytes | None = field(default=None, repr=False)
    parts: tuple[tuple[int, int], ...] = field(default=())
    in_cells: bool = False


def pages_to_cut(session: Session) -> list[PageToCut]:
    """The pages with fields that were settled since they were cut out last, oldest documents first."""
    query = (
        select(
            SettledRow,
            PageRow.number,
            DocumentRow.path,
            DocumentRow.sha256,
            func.coalesce(PageRow.scan_number, PageRow.number),
            PageRow.picture,
        )
        .join(DocumentRow, DocumentRow.id == SettledRow.document_id)
        .join(PageRow, (PageRow.document_id == DocumentRow.id) & (PageRow.number == SettledRow.page_number))
        .where(DocumentRow.is_current, DocumentRow.path != "", PageRow.form == SettledRow.form)
        .where(SettledRow.value.is_not(None), SettledRow.kind.not_in(_UNREADABLE_KINDS))
        .where(~exists().where(_of(SettledRow), LessonRow.settled_at == SettledRow.at))
        .order_by(SettledRow.document_id, SettledRow.page_number, SettledRow.name)
    )
    found: dict[tuple[int, int, str], PageToCut] = {}
    for row, number, path, sha256, scan_number, picture in session.execute(query):
        key = (row.document_id, number, row.form)
        before = found[key].fields if key in found else ()
        mine = SettledField(row.name, row.value or "", row.at)
        found[key] = PageToCut(row.document_id, path, sha256, number, scan_number, picture, row.form,
                               (*before, mine))  # fmt: skip
    return list(found.values())


def write_lessons(session: Session, page: PageToCut, cuts: Sequence[Cut]) -> None:
    """Notes what was cut out on a page, in place of what was before."""
    mine = (LessonRow.document_id == page.document_id) & (LessonRow.page_number == page.page_number)
    names = [cut.settled.name for cut in cuts]
    session.execute(delete(LessonRow).where(mine, LessonRow.form == page.form, LessonRow.name.in_(names)))
    session.add_all(
        LessonRow(document_id=page.document_id, source=FIELD, page_number=page.page_number, form=page.form,
                  name=cut.settled.name, settled_at=cut.settled.at, value=cut.settled.value, written=cut.written,
                  ink=cut.ink, parts=[list(part) for part in cut.parts], in_cells=cut.in_cells)
        for cut in cuts
    )  # fmt: skip
    session.flush()


def forget_undone(session: Session) -> None:
    """Takes away the lessons of fields that are not settled any more, or otherwise."""
    stands = exists().where(
        _of(SettledRow), SettledRow.at == LessonRow.settled_at, SettledRow.value.is_not(None)
    )
    session.execute(
        delete(LessonRow)
        .where(LessonRow.source == FIELD, ~stands)
        .execution_options(synchronize_session=False)
    )


def lessons(session: Session) -> list[Lesson]:
    """All that can be learned from, oldest first."""
    query = (
        select(LessonRow, DocumentRow.sha256)
        .join(DocumentRow, DocumentRow.id == LessonRow.document_id)
        .where(LessonRow.written.is_not(None), LessonRow.ink.is_not(None))
        .order_by(LessonRow.id)
    )
    return [
        Lesson(row.name, row.form, sha256, row.value or "", row.written or "", row.ink or b"",
               tuple((height, width) for height, width in row.parts), row.in_cells, row.id)
        for row, sha256 in session.execute(query)
    ]  # fmt: skip


def _of(settled: type[SettledRow]) -> ColumnElement[bool]:
    return (
        (LessonRow.document_id == settled.document_id)
        & (LessonRow.page_number == settled.page_number)
        & (LessonRow.form == settled.form)
        & (LessonRow.name == settled.name)
    )

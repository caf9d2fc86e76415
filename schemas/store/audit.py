"""The record of what people did on the review page: who, when, what was before and after."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.review_tables import AuditRow
from inkfield.schemas.database.tables import FieldRow, PageRow


def note(
    session: Session,
    who: str,
    action: str,
    page: PageRow | None = None,
    field: FieldRow | None = None,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
    document: int | None = None,
) -> None:
    """Adds one thing that somebody did; nothing takes it away again. ``document`` is for what is about no one page."""
    session.add(
        AuditRow(
            who=clean(who),
            action=action,
            document_id=document if page is None else page.document_id,
            page_number=None if page is None else page.number,
            field_name=None if field is None else field.name,
            before=before,
            after=after,
            note=None if note is None else clean(note),
        )
    )


def newest(
    session: Session, count: int = 200, before: int | None = None, document: int | None = None
) -> Sequence[AuditRow]:
    """The newest first: all, those of a document, those before one."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(count)
    if before is not None:
        query = query.where(AuditRow.id < before)
    if document is not None:
        query = query.where(AuditRow.document_id == document)
    return session.scalars(query).all()


def take_values_out(session: Session, documents: Select[int]) -> None:
    """What was read in these documents is purged: what was done in them stays on record, without the values."""
    mine = AuditRow.document_id.in_(documents)
    session.execute(update(AuditRow).where(mine).values(before=None, after=None, note=None))

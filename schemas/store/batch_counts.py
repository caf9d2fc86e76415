"""A batch in figures, counted in the database."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow


@dataclass(frozen=True)
class BatchCounts:
    """``already_read``: files whose content has the rows of an earlier batch, or of another file of this one.

    ``fields_accepted``, ``fields_review`` and ``fields_empty`` count fields, ``codes`` failed documents by error
    code. ``unsettled`` counts documents without a result: none in a batch that has ended well.
    """

    documents: int
    done: int
    review: int
    failed: int
    already_read: int
    unsettled: int
    pages: int
    fields_accepted: int
    fields_review: int
    fields_empty: int
    reading_seconds: float
    codes: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def batch_counts(session: Session, batch_id: int, documents: int) -> BatchCounts:
    """The figures of a batch that ``documents`` files were named for."""
    mine = DocumentRow.batch_id == batch_id
    statuses = _by(session, DocumentRow.status, mine)
    fields = _by(session, FieldRow.status, FieldRow.page_id.in_(_pages(batch_id)))
    codes = _by(session, DocumentRow.error_code, mine & (DocumentRow.status == "failed"))
    timings = session.scalars(select(DocumentRow.timings).where(mine))
    return BatchCounts(
        documents=documents,
        done=statuses.get("done", 0),
        review=statuses.get("review", 0),
        failed=statuses.get("failed", 0),
        already_read=max(0, documents - sum(statuses.values())),
        unsettled=statuses.get("received", 0) + statuses.get("processing", 0),
        pages=session.scalar(select(func.count()).where(PageRow.id.in_(_pages(batch_id)))) or 0,
        fields_accepted=fields.get("accepted", 0),
        fields_review=fields.get("review", 0),
        fields_empty=fields.get("empty", 0),
        reading_seconds=round(sum(timing.get("total", 0.0) for timing in timings), 3),
        codes=codes,
    )


def _pages(batch_id: int) -> Any:
    joined = select(PageRow.id).join(DocumentRow, DocumentRow.id == PageRow.document_id)
    return joined.where(DocumentRow.batch_id == batch_id)


def _by(session: Session, column: InstrumentedAttribute[Any], where: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(where).group_by(column))
    return {str(value): number for value, number in rows}

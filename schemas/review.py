"""What people say about fields: the queue of fields for review, and settling one of them.

What the machine read stays in the tables: its text, confidence and alternatives in ``fields``, the value that a
person replaced in ``reviews``. Every function works in the caller's transaction and never commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.columns import fits_amount, value_column
from schemas.rows import clean
from schemas.tables import DocumentRow, FieldRow, PageRow, ReviewRow


@dataclass(frozen=True)
class Waiting:
    """A field that waits for a person."""

    field_id: int
    file_name: str
    page_number: int
    form: str
    name: str
    kind: str
    text: str
    confidence: float
    reasons: tuple[str, ...]


def waiting_fields(session: Session, form: str | None = None, limit: int = 50) -> list[Waiting]:
    """The oldest documents' fields for review, of one form or of all."""
    query = (
        select(FieldRow, PageRow, DocumentRow.file_name)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(FieldRow.status == "review", DocumentRow.is_current)
        .order_by(DocumentRow.id, PageRow.number, FieldRow.id)
        .limit(limit)
    )
    if form is not None:
        query = query.where(PageRow.form == form)
    return [
        Waiting(
            field.id, file_name, page.number, page.form or "", field.name, field.kind, field.text,
            field.confidence, tuple(field.reasons),
        )
        for field, page, file_name in session.execute(query)
    ]  # fmt: skip


def settle_field(session: Session, field_id: int, reviewer: str, value: str | None) -> None:
    """Accepts a field as a person sees it: ``value`` as the form's view writes it, or None for what was read.

    The page, and the document with it, are done when none of their fields waits any longer. Raises LookupError
    for a field that does not exist, ValueError for a text that is no value of the field's kind.
    """
    field = session.get(FieldRow, field_id, with_for_update=True)
    if field is None:
        raise LookupError(f"there is no field {field_id}; `inkfield review list` shows those that wait")
    column = value_column(field.kind)
    old = getattr(field, column)
    new = old if value is None else typed_value(field.kind, value)
    if new is None and value is None:
        raise ValueError(f"field {field_id} has no value to accept; name the right one")
    session.add(
        ReviewRow(
            field_id=field_id, reviewer=clean(reviewer), old_value=_as_text(old), new_value=_as_text(new)
        )
    )
    setattr(field, column, new)
    field.status = "empty" if new is None else "accepted"
    session.flush()
    _settle_page(session, field.page_id)


def typed_value(kind: str, text: str) -> Decimal | date | bool | str | None:
    """The value that ``text`` means for a kind: amounts with a decimal point, dates as YYYY-MM-DD, yes or no; an
    empty text is no value. Raises ValueError."""
    text = clean(text).strip()
    if not text:
        return None
    match value_column(kind):
        case "value_number":
            try:
                number = Decimal(text.replace(",", ""))
            except InvalidOperation:
                raise ValueError("an amount is written with figures and a decimal point: 1234.50") from None
            if not fits_amount(number) or (kind == "integer" and number != number.to_integral_value()):
                raise ValueError(
                    "the number does not fit into 16 digits and 2 decimal places (integers: none)"
                )
            return number
        case "value_date":
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise ValueError("a date is written as year-month-day: 2026-03-31") from None
        case "value_bool":
            if text.lower() not in ("yes", "no"):
                raise ValueError("write yes or no")
            return text.lower() == "yes"
        case _:
            if kind == "decision" and text not in ("post", "review", "reject"):
                raise ValueError("a decision is post, review or reject")
            return text


def _settle_page(session: Session, page_id: int) -> None:
    page = session.get_one(PageRow, page_id)
    in_review = select(func.count()).where(FieldRow.page_id == page_id, FieldRow.status == "review")
    if page.status == "review" and not session.scalar(in_review):
        page.status = "done"
        session.flush()
    others = select(func.count()).where(PageRow.document_id == page.document_id, PageRow.status != "done")
    document = session.get_one(DocumentRow, page.document_id)
    if document.status == "review" and not session.scalar(others):
        document.status = "done"


def _as_text(value: Decimal | date | bool | str | None) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)

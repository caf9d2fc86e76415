"""What the accepted amounts of a batch add up to, by form and column; and what waits for people, by form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.forms.model import Form
from inkfield.schemas.kinds.amount import CENT
from inkfield.schemas.store.nights import FEWEST


def batch_totals(session: Session, batch_id: int, forms: Mapping[str, Form]) -> list[dict[str, Any]]:
    """By form and column: ``count`` of accepted amounts, their exact ``sum`` as text, and its ``currency``.

    The sum of fewer than FEWEST is None: it would give away the amount of a person. The currency is that which
    the form file names, or None.
    """
    accepted = (FieldRow.kind == "amount") & (FieldRow.status == "accepted")
    query = (
        select(PageRow.form, FieldRow.name, func.count(), func.sum(FieldRow.value_number))
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(DocumentRow.batch_id == batch_id, accepted, FieldRow.value_number.is_not(None))
        .group_by(PageRow.form, FieldRow.name)
    )
    counts: dict[tuple[str, str], int] = defaultdict(int)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for form, name, number, total in session.execute(query):
        column = (form or "", column_of(name))
        counts[column] += number
        sums[column] += Decimal(total or 0)
    return [
        {
            "form": form,
            "column": name,
            "count": counts[form, name],
            "sum": str(sums[form, name].quantize(CENT)) if counts[form, name] >= FEWEST else None,
            "currency": forms[form].currency if form in forms else None,
        }
        for form, name in sorted(counts)
    ]


def waiting_by_form(session: Session) -> dict[str, int]:
    """How many pages wait for a person, the most first; those of no known form under an empty name."""
    waiting = DocumentRow.is_current & PageRow.status.in_(("review", "unknown_form"))
    query = (
        select(PageRow.form, func.count())
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(DocumentRow.status == "review", waiting)
        .group_by(PageRow.form)
        .order_by(func.count().desc(), PageRow.form)
    )
    return {form or "": number for form, number in session.execute(query)}


def column_of(field: str) -> str:
    """The column that a field stands in: ``services.charge`` of the cell ``services.3.charge``."""
    return re.sub(r"\.\d+\.", ".", field)

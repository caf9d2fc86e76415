"""Spot checks in which somebody read otherwise: the field waits until it is settled, and that says who was right."""

from __future__ import annotations

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.review_tables import SpotCheckRow
from inkfield.schemas.database.tables import FieldRow, PageRow, ReviewRow
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.reasons import ReasonCode, because

_OPEN = SpotCheckRow.was_right.is_(False) & ~exists().where(ReviewRow.field_id == SpotCheckRow.field_id)
"""Nobody has settled the field since: what was settled before is never checked."""


def hold_disputed(session: Session, page: PageRow) -> bool:
    """Puts the disputed fields of a page for review, whatever was read or the rules say; whether there are any."""
    fields = {field.id: field for field in page.fields if field.id is not None}
    mine = SpotCheckRow.field_id.in_(fields)
    disputed = set(session.scalars(select(SpotCheckRow.field_id).where(mine, _OPEN)))
    for field_id, field in fields.items():
        if field_id in disputed:
            field.status = "review"
            if not _is_disputed(field):
                field.reasons = (*field.reasons, because(ReasonCode.SPOT_CHECK))
    return bool(disputed)


def end_dispute(session: Session, field: FieldRow, old: str | None, said: str | None) -> None:
    """Somebody settles a field: where it was disputed, its reading ``old`` was right if they say the same."""
    if _is_disputed(field):
        right = kind_of(field.kind).same(old, said)
        session.execute(update(SpotCheckRow).where(SpotCheckRow.field_id == field.id).values(was_right=right))


def _is_disputed(field: FieldRow) -> bool:
    return any(reason.code == ReasonCode.SPOT_CHECK for reason in field.reasons)

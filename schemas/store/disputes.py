"""Spot checks in which somebody read otherwise: the field waits until it is settled, and that says who was right."""

from __future__ import annotations

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.review_tables import SpotCheckRow
from inkfield.schemas.database.tables import FieldRow, PageRow, ReviewRow
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.store.settled import of_page, settled_of


def hold_disputed(session: Session, page: PageRow) -> bool:
    """Puts the disputed fields of a page for review, whatever was read or the rules say; whether there are any."""
    disputed = _open_of(session, page)
    for field in disputed:
        field.status = "review"
        if not _is_disputed(field):
            field.reasons = (*field.reasons, because(ReasonCode.SPOT_CHECK))
    return bool(disputed)


def end_dispute(session: Session, field: FieldRow, old: str | None, said: str | None) -> None:
    """Somebody settles a field: where it was disputed, its reading ``old`` was right if they say the same."""
    if _is_disputed(field):
        right = kind_of(field.kind).same(old, said)
        session.execute(update(SpotCheckRow).where(SpotCheckRow.field_id == field.id).values(was_right=right))


def reopen_disputes(session: Session, page: PageRow) -> None:
    """Settling was undone: the fields of the page that are disputed again wait for whoever settles them next."""
    again = [field.id for field in page.fields if _is_disputed(field)]
    session.execute(update(SpotCheckRow).where(SpotCheckRow.field_id.in_(again)).values(was_right=False))


def _open_of(session: Session, page: PageRow) -> list[FieldRow]:
    """The fields in which somebody read otherwise, and that nobody has settled since."""
    fields = {field.id: field for field in page.fields if field.id is not None}
    reviewed = exists().where(ReviewRow.field_id == SpotCheckRow.field_id)
    query = select(SpotCheckRow.field_id, reviewed).where(
        SpotCheckRow.field_id.in_(fields), SpotCheckRow.was_right.is_(False)
    )
    checks = session.execute(query).all()
    if not checks:
        return []
    holds = {row.name for row in of_page(page, settled_of(session, page.document_id))}
    # Settled before the check, it has no review since; undone, it has one that does not hold.
    return [fields[key] for key, since in checks if key and not (since and fields[key].name in holds)]


def _is_disputed(field: FieldRow) -> bool:
    return any(reason.code == ReasonCode.SPOT_CHECK for reason in field.reasons)

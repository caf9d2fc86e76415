"""Undoing what somebody did on a page: how the page was is kept before each step, and put back as one.

Only while the page is as the step left it: what another person, or a new reading, has done since stays.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.filled_forms import FilledForm, filled_form
from inkfield.schemas.database.form_tables import rewrite_page
from inkfield.schemas.database.review_tables import AnswerRow, StepRow
from inkfield.schemas.database.tables import (
    DocumentRow,
    FieldRow,
    PageRow,
    PresentedRow,
    ReviewRow,
    SettledRow,
)
from inkfield.schemas.reasons import Reason
from inkfield.schemas.store.disputes import reopen_disputes
from inkfield.schemas.store.fill_tables import reviewers
from inkfield.schemas.store.marks import OF_FIELD, as_json, columns, fingerprint
from inkfield.schemas.store.review import document_status_now

KEPT_STEPS = 50
"""So many steps back, for each person."""
_OF_SETTLED = ("name", "kind", "value", "reviewer", "at", "picture")
_OF_PRESENTED = ("item", "amount", "picture", "ink", "posted")
_OF_ANSWER = ("field_id", "user_id", "action", "value", "note", "at")


class CannotUndo(Exception):
    """There is nothing to undo, or somebody has changed it since. The message says which."""


def remember(session: Session, page: PageRow) -> dict[str, Any]:
    """The page as it is, as JSON: its fields, what is settled and answered on it, whether its item is posted; of a form
    of several pages those that belong to it, too, for a step on one may change what the rules say of another."""
    presented = session.scalar(_presented(page))
    pages = filled_form(session, page)
    together: dict[str, Any] = {}
    if page.sheet is not None:
        together["pages"] = [[one.id, one.part_of] for one in pages]
        together["waits"] = [[one.status, _told(one.reason)] for one in pages]
    return together | {
        "status": page.status,
        "fields": [columns(field, ("id", "name", *OF_FIELD)) for field in _in_order(pages)],
        "settled": [columns(row, _OF_SETTLED) for row in session.scalars(_settled(page))],
        "answers": [columns(row, _OF_ANSWER) for row in session.scalars(_answers(page))],
        "presented": None if presented is None else columns(presented, _OF_PRESENTED),
    }


def keep_step(
    session: Session, user_id: int, page: PageRow, field_id: int | None, before: dict[str, Any]
) -> None:
    """Notes a step that was done on a page; the oldest one of that person goes."""
    session.flush()
    after = fingerprint(remember(session, page))
    session.add(
        StepRow(user_id=user_id, page_id=page.id, field_id=field_id, before=as_json(before), after=after)
    )
    session.flush()
    old = select(StepRow.id).where(StepRow.user_id == user_id).order_by(StepRow.id.desc()).offset(KEPT_STEPS)
    ids = list(session.scalars(old.limit(10)))
    if ids:
        session.execute(delete(StepRow).where(StepRow.id.in_(ids)))


def undo_last(session: Session, user_id: int, name: str) -> tuple[PageRow, FieldRow | None]:
    """Puts the page of a person's last step back as it was; returns it, and the field that the step was about.

    The reviews that the step added stay, and one that takes it back is added. Raises CannotUndo.
    """
    newest = select(StepRow).where(StepRow.user_id == user_id).order_by(StepRow.id.desc()).limit(1)
    step = session.scalar(newest)
    if step is None:
        raise CannotUndo("there is nothing to undo")
    page = session.get_one(PageRow, step.page_id)
    document = session.get_one(DocumentRow, page.document_id, with_for_update=True, populate_existing=True)
    session.refresh(page)
    if fingerprint(remember(session, page)) != step.after:
        session.delete(step)
        session.flush()
        raise CannotUndo("the page has been changed since, by another person or by a new reading")
    pages = [[one.id, one.part_of] for one in filled_form(session, page)]
    if page.sheet is not None and pages != step.before.get("pages"):
        session.delete(step)
        session.flush()
        raise CannotUndo("other pages belong together by it now; say the right value instead")
    before, field_id = step.before, step.field_id
    session.delete(step)
    _restore(session, page, before, name)
    document.status = document_status_now(session, document)
    session.flush()
    rewrite_page(session, page, reviewers(session, [page]).get(page.id))
    return page, None if field_id is None else session.get(FieldRow, field_id)


def _restore(session: Session, page: PageRow, before: dict[str, Any], name: str) -> None:
    kept = {row["id"]: row for row in before["fields"]}
    pages = filled_form(session, page)
    own = {field.id: one for one in pages for field in one.fields}
    for field in _in_order(pages):
        was = kept.get(field.id)
        if was is None:  # a cell of a line that the step added
            own[field.id].fields.remove(field)
            continue
        old = field.value_as_text()
        for column in OF_FIELD:
            setattr(field, column, _back(column, was[column]))
        if field.value_as_text() != old:
            session.add(
                ReviewRow(field_id=field.id, reviewer=name, old_value=old, new_value=field.value_as_text())
            )
    reopen_disputes(session, page)
    page.status = before["status"]
    for one, (status, told) in zip(pages, before.get("waits", ()), strict=False):
        one.status, one.reason = status, None if told is None else Reason.from_json(*told)
    for row in session.scalars(_settled(page)):
        session.delete(row)
    for answer in session.scalars(_answers(page)):
        session.delete(answer)
    session.flush()
    where = {"document_id": page.document_id, "page_number": page.number, "form": page.form or ""}
    session.add_all(
        SettledRow(**where, **{column: _back(column, value) for column, value in row.items()})
        for row in before["settled"]
    )
    session.add_all(
        AnswerRow(**{column: _back(column, value) for column, value in row.items()})
        for row in before["answers"]
    )
    presented = session.scalar(_presented(page))
    if presented is not None and before["presented"] is not None:
        for column, value in before["presented"].items():
            setattr(presented, column, value)
    elif presented is not None:
        session.delete(presented)
    session.flush()


def _in_order(pages: FilledForm) -> list[FieldRow]:
    return sorted((field for page in pages for field in page.fields), key=lambda field: field.id)


def _told(reason: Reason | None) -> list[Any] | None:
    return None if reason is None else [str(reason.code), reason.as_json()]


def _settled(page: PageRow) -> Any:
    return (
        select(SettledRow)
        .where(SettledRow.document_id == page.document_id, SettledRow.page_number == page.number)
        .where(SettledRow.form == (page.form or ""))
        .order_by(SettledRow.id)
    )


def _answers(page: PageRow) -> Any:
    mine = select(FieldRow.id).where(FieldRow.page_id == page.id)
    return select(AnswerRow).where(AnswerRow.field_id.in_(mine)).order_by(AnswerRow.id)


def _presented(page: PageRow) -> Any:
    return select(PresentedRow).where(
        PresentedRow.document_id == page.document_id, PresentedRow.page_number == page.number
    )


def _back(column: str, value: Any) -> Any:
    """A value of a column, from JSON."""
    if value is None:
        return None
    match column:
        case "value_number":
            return Decimal(value)
        case "value_date":
            return date.fromisoformat(value)
        case "reasons":
            return tuple(Reason.from_json(code, filling) for code, filling in value)
        case "at":
            return datetime.fromisoformat(value)
    return value

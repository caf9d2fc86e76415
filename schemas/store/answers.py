"""What people say on the review page: one answer settles a field, or, for an amount above the limit, two that agree.

Everything goes by the functions of schemas/store/review.py, as from the command line; here is what a team needs beside
them: the field has to be lent to the one who answers, each step is put on record, and can be undone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.review_tables import AnswerRow, UserRow
from inkfield.schemas.database.tables import FINAL_STATUSES, DocumentRow, FieldRow, PageRow, now
from inkfield.schemas.forms.key import forms_key
from inkfield.schemas.forms.model import Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import PageReading
from inkfield.schemas.store.audit import note
from inkfield.schemas.store.lending import MOST_ANSWERS, WithAnother, give_back, holds, is_lent
from inkfield.schemas.store.marks import field_mark
from inkfield.schemas.store.people import Person, person_named
from inkfield.schemas.store.review import (
    Locked,
    Settled,
    dismiss_page,
    document_status_now,
    lock_field,
    said_value,
    settle_on,
)
from inkfield.schemas.store.undo import keep_step, remember, undo_last
from inkfield.schemas.store.write_reading import Recheck, write_page

MOST_NOTE = 500
"""Characters of a note."""


class Changed(Exception):
    """The field is not as the person was shown it: another program or a rule has changed it since."""


@dataclass(frozen=True)
class Answered:
    """What came of an answer: ``settled`` (with what it brought about), or another person has to look, too."""

    outcome: Literal["settled", "second", "third", "supervisor"]
    settled: Settled | None = None


@dataclass(frozen=True)
class Rules:
    """What answers are held to: the forms, their rules, and the amount above which two people have to agree."""

    forms: Mapping[str, Form]
    recheck: Recheck
    double_above: Decimal | None = None


def answer_by_name(
    session: Session, name: str, field_id: int, value: str | None, rules: Rules, by: str
) -> Answered:
    """`answer` for somebody who is not signed in; ``by`` says on record which way they came.

    Whoever may not sign in on the review page answers for what one person is enough for. Raises as `answer` does, and
    ValueError where two have to agree, or the role is not enough.
    """
    person = person_named(session, name)
    if person is not None:
        if not person.may("reviewer"):
            raise ValueError(f"{name} is {person.role}: settling needs the role reviewer")
        return answer(session, person, field_id, value, rules, by=by)
    locked = lock_field(session, field_id)
    if is_lent(session, field_id):
        raise WithAnother("this field is with another person just now")
    said = _said(locked.field, value, rules.forms.get(locked.page.form or ""))
    if _is_high(locked.page, locked.field, said, rules.double_above):
        raise ValueError(
            f"amounts above {rules.double_above} need two people who say the same: say who you are with the name of "
            "somebody who may sign in on the review page (`inkfield serve users list`)"
        )
    return Answered("settled", _settle(session, locked, clean(name), value, rules, by))


def answer(
    session: Session,
    person: Person,
    field_id: int,
    value: str | None,
    rules: Rules,
    mark: str | None = None,
    by: str | None = None,
    why: str | None = None,
) -> Answered:
    """A person says what a field holds: a value as the form's view writes it, "" for nothing, None for what was read.

    ``mark`` is the `field_mark` of what they were shown; ``by`` (which way they came) and ``why`` go on record. Raises
    LookupError, ValueError as `settle_on` does, WithAnother and Changed.
    """
    locked = _taken(session, person, field_id, mark)
    page, field = locked.page, locked.field
    before, old = remember(session, page), field.value_as_text()
    said = _said(field, value, rules.forms.get(page.form or ""))
    others = [row for row in _answers(session, field_id, "answer") if row.user_id != person.id]
    final = person.may("supervisor") and (len(others) >= MOST_ANSWERS or _unreadable(session, field_id))
    if _is_high(page, field, said, rules.double_above) and not final:
        agreed = [row for row in others if row.value == said]
        if not agreed:
            _put(session, person, field_id, "answer", said)
            note(session, person.name, "answered", page, field, old, said, by or why)
            keep_step(session, person.id, page, field_id, before)
            give_back(session, person, [field_id])
            outcomes: tuple[Literal["second", "third", "supervisor"], ...] = ("second", "third", "supervisor")
            return Answered(outcomes[min(len(others), 2)])
    settled = _settle(session, locked, person.name, value, rules, by or why)
    keep_step(session, person.id, page, field_id, before)
    give_back(session, person, [field_id])
    return Answered("settled", settled)


def _settle(
    session: Session, locked: Locked, name: str, value: str | None, rules: Rules, why: str | None
) -> Settled:
    """One answer, or the second of two that agree, holds."""
    page, field, old = locked.page, locked.field, locked.field.value_as_text()
    settled = settle_on(session, locked, name, value, rules.forms, rules.recheck)
    session.execute(delete(AnswerRow).where(AnswerRow.field_id == field.id))
    note(session, name, "settled", page, field, old, field.value_as_text(), why)
    return settled


def leave(
    session: Session,
    person: Person,
    field_id: int,
    action: Literal["skip", "unreadable"],
    why: str,
    mark: str | None = None,
) -> None:
    """A person leaves a field to others (``skip``), or says that nobody can read it: then a supervisor decides. Raises
    LookupError, WithAnother and Changed, ValueError for a field that does not wait."""
    locked = _taken(session, person, field_id, mark)
    page, field = locked.page, locked.field
    if field.status != "review":
        raise ValueError("this field does not wait for a person")
    before, why = remember(session, page), clean(why).strip()[:MOST_NOTE]
    _put(session, person, field_id, action, None, why)
    note(session, person.name, "skipped" if action == "skip" else "unreadable", page, field, note=why)
    keep_step(session, person.id, page, field_id, before)
    give_back(session, person, [field_id])


def close_page(session: Session, person: Person, page_id: int) -> None:
    """A page of no form needs no more. Raises LookupError and ValueError as `dismiss_page` does."""
    page = session.get(PageRow, page_id)
    if page is None:
        raise LookupError(f"there is no page {page_id}")
    before = remember(session, page)
    dismiss_page(session, page_id, person.name)
    note(session, person.name, "page closed", page)
    keep_step(session, person.id, page, None, before)


def set_page_missing(session: Session, person: Person, document_id: int, missing: bool, why: str) -> None:
    """A page of a document is missing: it waits, whatever else is settled; or that is settled, as is any doubt where it
    begins, and it waits no longer.
    Raises LookupError, and ValueError for a document that was not read, or where nothing changes."""
    document = session.get(DocumentRow, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise LookupError(f"there is no document {document_id}")
    if document.status not in FINAL_STATUSES:
        raise ValueError("this document has not been read")
    if document.page_missing == missing and (missing or document.split_doubt is None):
        raise ValueError("that is how it stands already")
    document.page_missing = missing
    if not missing:
        document.split_doubt = None
    document.status = document_status_now(session, document)
    action = "page missing" if missing else "missing page settled"
    note(session, person.name, action, document=document_id, note=clean(why).strip()[:MOST_NOTE] or None)


def change_form(session: Session, person: Person, page_id: int, reading: PageReading, rules: Rules) -> None:
    """A page is the form that it was read as now. Raises LookupError for a page that is gone by now."""
    page = session.get(PageRow, page_id)
    if page is None or reading.form is None:
        raise LookupError(f"there is no page {page_id}")
    document = session.get_one(DocumentRow, page.document_id, with_for_update=True, populate_existing=True)
    before = page.form
    write_page(session, page, reading, forms_key([rules.forms[reading.form]]), rules.recheck)
    document.status = document_status_now(session, document)
    note(session, person.name, "form changed", page, before=before, after=page.form)


def undo(session: Session, person: Person) -> int | None:
    """Takes back the last thing that a person did; returns the field that it was about, lent to them again. Raises
    CannotUndo."""
    page, field = undo_last(session, person.id, person.name)
    note(session, person.name, "undone", page, field, after=None if field is None else field.value_as_text())
    if field is None:
        return None
    holds(session, person, field.id)
    return field.id


@dataclass(frozen=True)
class Said:
    """What somebody said about a field that waits. ``value`` is for the supervisor who decides, and nobody else."""

    who: str
    action: str
    value: str | None
    why: str | None


def said_of(session: Session, fields: Collection[int]) -> dict[int, list[Said]]:
    """What was said about each of these fields, in order."""
    query = (
        select(AnswerRow.field_id, UserRow.name, AnswerRow.action, AnswerRow.value, AnswerRow.note)
        .join(UserRow, UserRow.id == AnswerRow.user_id)
        .where(AnswerRow.field_id.in_(fields))
        .order_by(AnswerRow.id)
    )
    found: dict[int, list[Said]] = {field: [] for field in fields}
    for field, who, action, value, why in session.execute(query):
        found[field].append(Said(who, action, value, why))
    return found


def _taken(session: Session, person: Person, field_id: int, mark: str | None) -> Locked:
    holds(session, person, field_id)
    locked = lock_field(session, field_id)
    if mark is not None and field_mark(locked.field) != mark:
        raise Changed("this field has changed since you were shown it; look at it again")
    return locked


def _said(field: FieldRow, value: str | None, form: Form | None) -> str | None:
    """The value of an answer, in the one way in which it is written. Raises ValueError."""
    if field.kind == "table":
        return value
    return kind_of(field.kind).as_text(said_value(field, value, form))


def _is_high(page: PageRow, field: FieldRow, said: str | None, limit: Decimal | None) -> bool:
    """Whether two people have to agree: an amount above the limit, read or said; or a decision about such a page."""
    if limit is None:
        return False
    if field.kind == "decision":
        amounts = [row.value_number for row in page.fields if _is_amount(row)]
        return said == "post" and any(amount is not None and amount > limit for amount in amounts)
    if not _is_amount(field) and field.kind != "table":
        return False
    read = [] if field.value_number is None else [field.value_number]
    return any(amount > limit for amount in (*read, *_numbers(said)))


def _is_amount(field: FieldRow) -> bool:
    return kind_of(field.kind).stored == "amount"


def _numbers(said: str | None) -> list[Decimal]:
    """The amounts in an answer: one, or those in the lines of a table."""
    try:
        found: Any = json.loads(said or "", parse_float=str, parse_int=str)
    except json.JSONDecodeError:
        found = said
    lines = [line for line in found if isinstance(line, dict)] if isinstance(found, list) else None
    texts = [found] if lines is None else [text for line in lines for text in line.values()]
    return [number for text in texts if (number := _number(text)) is not None and number.is_finite()]


def _number(text: object) -> Decimal | None:
    try:
        return Decimal(str(text).replace(",", ""))
    except InvalidOperation:
        return None


def _answers(session: Session, field_id: int, action: str) -> list[AnswerRow]:
    query = select(AnswerRow).where(AnswerRow.field_id == field_id, AnswerRow.action == action)
    return list(session.scalars(query.order_by(AnswerRow.id)))


def _unreadable(session: Session, field_id: int) -> bool:
    return bool(_answers(session, field_id, "unreadable"))


def _put(
    session: Session,
    person: Person,
    field_id: int,
    action: str,
    value: str | None,
    why: str | None = None,
) -> None:
    """Notes what a person says about a field, in place of what they said before."""
    mine = (AnswerRow.field_id == field_id) & (AnswerRow.user_id == person.id)
    session.execute(delete(AnswerRow).where(mine))
    session.add(
        AnswerRow(field_id=field_id, user_id=person.id, action=action, value=value, note=why, at=now())
    )
    session.flush()

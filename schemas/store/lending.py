"""The queue of the review page: which fields wait, in which order, and lending each to one person at a time.

A field that somebody is shown is theirs for some minutes (a lease, see schemas/store/leases.py): nobody else is shown
it, or can answer for it, until they have, give it back, or their time is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from inkfield.schemas.database.review_tables import AnswerRow
from inkfield.schemas.database.tables import DocumentRow, FieldRow, LeaseRow, PageRow, ReasonRow, now
from inkfield.schemas.kinds import KINDS
from inkfield.schemas.store import leases
from inkfield.schemas.store.people import Person

Order = Literal["amount", "age", "form"]
MOST_ANSWERS = 3
"""So many people answered, and no two alike: a supervisor decides."""
MOST_REASONS = 15
MOST_COUNTED = 1000
"""A longer queue is not counted with each answer."""
_AMOUNTS = [kind.name for kind in KINDS.values() if kind.stored == "amount"]
_DECISIONS = [kind.name for kind in KINDS.values() if kind.name == "decision"]


@dataclass(frozen=True)
class Filter:
    """Which fields somebody wants to see; None: all. ``aside`` are those that people left to others, or that they
    answered in different ways."""

    form: str | None = None
    field: str | None = None
    batch: int | None = None
    reason: str | None = None
    document: int | None = None
    aside: bool = False


class WithAnother(Exception):
    """The field is not lent to the one who would answer for it. The message says so."""


def lend(
    session: Session,
    person: Person,
    wanted: Filter,
    order: Order,
    count: int,
    minutes: float,
    keep: Collection[int] = (),
    without: Collection[int] = (),
) -> list[int]:
    """So many fields of the queue, lent to a person: first those that they ``keep`` and that still wait, then others,
    but none that they want to see later (``without``).

    Returns the ids in the order in which they are to be shown.
    """
    ours = owner(person)
    mine = _kept(session, person, wanted, keep, minutes)[:count]
    if len(mine) >= count:
        return mine
    query = _waiting(person, wanted).where(FieldRow.id.not_in([*mine, *without]))
    # Some more than wanted: another person may take one of them at this moment.
    for field in session.scalars(_ordered(query, order).limit(2 * count + 8)):
        if leases.take(session, _name(field), ours, minutes * 60):
            mine.append(field)
            if len(mine) >= count:
                break
    return mine


def _kept(
    session: Session, person: Person, wanted: Filter, keep: Collection[int], minutes: float
) -> list[int]:
    """Which of these fields still wait and are still lent to the person; they are for so many minutes from now."""
    if not keep:
        return []
    waiting = set(session.scalars(_waiting(person, wanted).where(FieldRow.id.in_(list(keep)))))
    held = leases.held(session, [_name(field) for field in keep])
    mine = [field for field in keep if field in waiting and held.get(_name(field)) == owner(person)]
    until = now() + timedelta(minutes=minutes)
    lent = LeaseRow.name.in_([_name(field) for field in mine])
    session.execute(update(LeaseRow).where(lent).values(expires_at=until))
    return mine


def forget_past(session: Session) -> None:
    """Takes away the loans whose time is over: they stop nobody, but stay until somebody looks."""
    session.execute(delete(LeaseRow).where(_of_fields(), LeaseRow.expires_at < now()))


def borrow(session: Session, person: Person, field_id: int, minutes: float) -> bool:
    """Lends one field, whether it waits or not: somebody wants to correct it. False where another person has it."""
    return leases.take(session, _name(field_id), owner(person), minutes * 60)


def holds(session: Session, person: Person, field_id: int) -> None:
    """Raises WithAnother where the field is not, or no longer, lent to that person and to somebody else instead.

    A field whose time is over, and which nobody has taken since, is lent to them again.
    """
    if not leases.take(session, _name(field_id), owner(person), 60):
        raise WithAnother("this field is with another person by now")


def give_back(session: Session, person: Person, fields: Sequence[int] | None = None) -> None:
    """The person needs these fields no more (None: none that they have)."""
    mine = LeaseRow.owner == owner(person)
    names = _of_fields() if fields is None else LeaseRow.name.in_([_name(field) for field in fields])
    session.execute(delete(LeaseRow).where(mine, names))


def with_others(session: Session, person: Person, fields: Sequence[int]) -> set[int]:
    """Which of these fields are lent to other people now."""
    names = {_name(field): field for field in fields}
    return {names[name] for name, who in leases.held(session, list(names)).items() if who != owner(person)}


def count_waiting(session: Session, person: Person, wanted: Filter) -> int:
    """How many fields wait for this person, those that others have at this moment among them; MOST_COUNTED at most."""
    some = _waiting(person, wanted, free=False).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def waiting_by_name(session: Session, person: Person) -> list[tuple[str, str, int]]:
    """Form, field (of tables the column: ``services.charge`` has a row for each line) and how many wait."""
    query = _waiting(person, Filter(), free=False).with_only_columns(
        PageRow.form, FieldRow.name, func.count(FieldRow.id)
    )
    rows = session.execute(query.group_by(PageRow.form, FieldRow.name).order_by(PageRow.form, FieldRow.name))
    return [(form or "", name, count) for form, name, count in rows]


def waiting_batches(session: Session, person: Person) -> list[tuple[int, int]]:
    """Id of each batch of which fields wait, the newest first, and how many."""
    query = _waiting(person, Filter(), free=False).with_only_columns(
        DocumentRow.batch_id, func.count(FieldRow.id)
    )
    rows = session.execute(query.group_by(DocumentRow.batch_id).order_by(DocumentRow.batch_id.desc()))
    return [(batch, count) for batch, count in rows]


def waiting_reasons(session: Session, person: Person) -> list[tuple[str, int]]:
    """Codes of reasons (see schemas/reasons.py) for which fields wait, the commonest first, and how many."""
    waiting = _waiting(person, Filter(), free=False).scalar_subquery()
    count = func.count(ReasonRow.id)
    query = select(ReasonRow.code, count).where(ReasonRow.field_id.in_(waiting)).group_by(ReasonRow.code)
    return [
        (code, number) for code, number in session.execute(query.order_by(count.desc()).limit(MOST_REASONS))
    ]


def owner(person: Person) -> str:
    return f"user:{person.id}"


def _name(field_id: int) -> str:
    return f"field:{field_id}"


def _of_fields() -> ColumnElement[bool]:
    return and_(LeaseRow.name >= "field:", LeaseRow.name < "field;")


def _waiting(person: Person, wanted: Filter, free: bool = True) -> Select[Any]:
    """Ids of the fields that this person can be shown. A table waits by its cells; a decision waits until nothing else
    on its page does, since the rules may make it then."""
    other = aliased(FieldRow)
    others_wait = exists().where(
        other.page_id == FieldRow.page_id, other.status == "review", other.kind.not_in([*_DECISIONS, "table"])
    )
    query = (
        select(FieldRow.id)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(FieldRow.status == "review", DocumentRow.is_current, FieldRow.kind != "table")
        .where(or_(FieldRow.kind.not_in(_DECISIONS), ~others_wait))
    )
    # Answers and loans are few: each is looked up once, not for every field that waits.
    hard = or_(
        FieldRow.id.in_(_answered(AnswerRow.action == "unreadable")),
        FieldRow.id.in_(
            _answered(AnswerRow.action == "answer")
            .group_by(AnswerRow.field_id)
            .having(func.count() >= MOST_ANSWERS)
        ),
    )
    if wanted.aside:
        query = query.where(or_(hard, FieldRow.id.in_(_answered(AnswerRow.action == "skip"))))
    else:
        query = query.where(FieldRow.id.not_in(_answered(AnswerRow.user_id == person.id)))
    if not person.may("supervisor"):
        query = query.where(~hard)
    if free:
        theirs = (LeaseRow.expires_at > now()) & (LeaseRow.owner != owner(person))
        lent = select(LeaseRow.name).where(_of_fields(), theirs)
        query = query.where(literal("field:").concat(cast(FieldRow.id, Text)).not_in(lent))
    return query.where(*_filtered(wanted))


def _filtered(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.form is not None:
        found.append(PageRow.form == wanted.form)
    if wanted.field is not None:
        table, dot, column = wanted.field.partition(".")
        cells = FieldRow.name.startswith(f"{table}.", autoescape=True) & FieldRow.name.endswith(
            f".{column}", autoescape=True
        )
        found.append(cells if dot else FieldRow.name == wanted.field)
    if wanted.batch is not None:
        found.append(DocumentRow.batch_id == wanted.batch)
    if wanted.document is not None:
        found.append(DocumentRow.id == wanted.document)
    if wanted.reason is not None:
        found.append(exists().where(ReasonRow.field_id == FieldRow.id, ReasonRow.code == wanted.reason))
    return found


def _answered(which: ColumnElement[bool]) -> Select[int]:
    """The fields with such an answer."""
    return select(AnswerRow.field_id).where(which)


def _ordered(query: Select[Any], order: Order) -> Select[Any]:
    """Fields of a page stay together."""
    together = (DocumentRow.id, PageRow.number, FieldRow.id)
    if order == "form":
        return query.order_by(PageRow.form, *together)
    if order == "age":
        return query.order_by(DocumentRow.received_at, *together)
    of_page = aliased(FieldRow)
    largest = (
        select(func.max(of_page.value_number))
        .where(of_page.page_id == FieldRow.page_id, of_page.kind.in_(_AMOUNTS))
        .scalar_subquery()
    )
    return query.order_by(func.coalesce(largest, -1).desc(), *together)

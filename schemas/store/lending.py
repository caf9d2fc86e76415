"""The queue of the review page: which fields wait, in which order, and lending each to one person at a time.

A field that somebody is shown is theirs for some minutes (a lease, see schemas/store/leases.py): nobody else is shown
it, or can answer for it, until they have, give it back, or their time is over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
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

from inkfield.schemas.database.columns import Key, UtcTime
from inkfield.schemas.database.review_tables import AnswerRow
from inkfield.schemas.database.tables import DocumentRow, FieldRow, LeaseRow, PageRow, ReasonRow, now
from inkfield.schemas.kinds import KINDS
from inkfield.schemas.store import leases
from inkfield.schemas.store.people import Person

Order = Literal["amount", "age", "form"]
MOST_ANSWERS = 3
"""So many people answered, and no two alike: a supervisor decides."""
MOST_REASONS = 15
AT_ONCE = 60
"""So many fields of the queue are looked at together: twenty people have three each."""
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
    first: Sequence[int] = (),
) -> list[int]:
    """So many fields of the queue, lent to a person: first those that they ``keep`` and that still wait, then others,
    but none that they want to see later (``without``). ``first`` are the first fields of the queue, as they were a
    moment ago.

    Returns the ids in the order in which they are to be shown.
    """
    waiting = _still_waiting(session, person, wanted, [*keep, *first[:AT_ONCE]])
    mine = _kept(session, person, [field for field in keep if field in waiting], minutes)[:count]
    out = {*mine, *without}
    for start in range(0, len(first), AT_ONCE):
        if len(mine) >= count:
            return mine
        some = first[start : start + AT_ONCE]
        free = waiting if start == 0 else _still_waiting(session, person, wanted, some)
        _take(session, person, [f for f in some if f in free and f not in out], count, minutes, mine)
    if len(mine) < count:
        query = _waiting(person.may("supervisor"), wanted).where(FieldRow.id.not_in([*mine, *without]))
        # Some more than wanted: another person may take one of them at this moment.
        some = session.scalars(_ordered(query, order).limit(2 * count + 8), _for(person)).all()
        _take(session, person, some, count, minutes, mine)
    return mine


def first_waiting(session: Session, wanted: Filter, order: Order, supervisor: bool, count: int) -> list[int]:
    """The first fields of a queue, whoever has them just now and whoever has answered."""
    query = _waiting(supervisor, wanted, free=False, all_people=True)
    return list(session.scalars(_ordered(query, order).limit(count)))


def _take(
    session: Session, person: Person, fields: Sequence[int], count: int, minutes: float, mine: list[int]
) -> None:
    """Lends the first of these fields, until the person has so many."""
    for field in fields:
        if len(mine) >= count:
            return
        if leases.take(session, _name(field), owner(person), minutes * 60):
            mine.append(field)


def _still_waiting(session: Session, person: Person, wanted: Filter, fields: Sequence[int]) -> set[int]:
    if not fields:
        return set()
    query = _waiting_among(person.may("supervisor"), wanted)
    return set(session.scalars(query, _for(person) | {"among": list(fields)}))


def _kept(session: Session, person: Person, keep: Collection[int], minutes: float) -> list[int]:
    """Which of these fields are still lent to the person; they are for so many minutes from now."""
    if not keep:
        return []
    held = leases.held(session, [_name(field) for field in keep])
    mine = [field for field in keep if held.get(_name(field)) == owner(person)]
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


def is_lent(session: Session, field_id: int) -> bool:
    """Whether anybody has the field just now."""
    return bool(leases.held(session, [_name(field_id)]))


def with_others(session: Session, person: Person, fields: Sequence[int]) -> set[int]:
    """Which of these fields are lent to other people now."""
    names = {_name(field): field for field in fields}
    return {names[name] for name, who in leases.held(session, list(names)).items() if who != owner(person)}


def count_waiting(session: Session, person: Person, wanted: Filter) -> int:
    """How many fields wait for this person, those that others have at this moment among them; MOST_COUNTED at most."""
    return session.scalar(_count(person.may("supervisor"), wanted), _for(person)) or 0


def waiting_by_name(session: Session, person: Person) -> list[tuple[str, str, int]]:
    """Form, field (of tables the column: ``services.charge`` has a row for each line) and how many wait."""
    query = _waiting(person.may("supervisor"), Filter(), free=False).with_only_columns(
        PageRow.form, FieldRow.name, func.count(FieldRow.id)
    )
    by_name = query.group_by(PageRow.form, FieldRow.name).order_by(PageRow.form, FieldRow.name)
    rows = session.execute(by_name, _for(person))
    return [(form or "", name, count) for form, name, count in rows]


def waiting_batches(session: Session, person: Person) -> list[tuple[int, int]]:
    """Id of each batch of which fields wait, the newest first, and how many."""
    query = _waiting(person.may("supervisor"), Filter(), free=False).with_only_columns(
        DocumentRow.batch_id, func.count(FieldRow.id)
    )
    by_batch = query.group_by(DocumentRow.batch_id).order_by(DocumentRow.batch_id.desc())
    rows = session.execute(by_batch, _for(person))
    return [(batch, count) for batch, count in rows]


def waiting_reasons(session: Session, person: Person) -> list[tuple[str, int]]:
    """Codes of reasons (see schemas/reasons.py) for which fields wait, the commonest first, and how many."""
    waiting = _waiting(person.may("supervisor"), Filter(), free=False).scalar_subquery()
    count = func.count(ReasonRow.id)
    query = select(ReasonRow.code, count).where(ReasonRow.field_id.in_(waiting)).group_by(ReasonRow.code)
    rows = session.execute(query.order_by(count.desc()).limit(MOST_REASONS), _for(person))
    return [(code, number) for code, number in rows]


def owner(person: Person) -> str:
    return f"user:{person.id}"


def _name(field_id: int) -> str:
    return f"field:{field_id}"


def _of_fields() -> ColumnElement[bool]:
    return and_(LeaseRow.name >= "field:", LeaseRow.name < "field;")


def _for(person: Person) -> dict[str, Any]:
    """What a statement of `_waiting` has to be told of the one who asks."""
    return {"person": person.id, "owner": owner(person), "at": now()}


@lru_cache(maxsize=256)  # building the statement takes longer than most databases take to answer it
def _waiting_among(supervisor: bool, wanted: Filter) -> Select[Any]:
    return _waiting(supervisor, wanted).where(FieldRow.id.in_(bindparam("among", expanding=True)))


@lru_cache(maxsize=256)
def _count(supervisor: bool, wanted: Filter) -> Select[int]:
    some = _waiting(supervisor, wanted, free=False).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some)


def _waiting(supervisor: bool, wanted: Filter, free: bool = True, all_people: bool = False) -> Select[Any]:
    """Ids of the fields that a person can be shown, with parameters for who that is (see `_for`). A table waits by its
    cells; a decision waits until nothing else on its page does, since the rules may make it then.

    ``free``: nobody else has them just now. ``all_people``: those that the person has answered, too.
    """
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
    elif not all_people:
        query = query.where(
            FieldRow.id.not_in(_answered(AnswerRow.user_id == bindparam("person", type_=Key)))
        )
    if not supervisor:
        query = query.where(~hard)
    if free:
        at = bindparam("at", type_=UtcTime)
        theirs = (LeaseRow.expires_at > at) & (LeaseRow.owner != bindparam("owner", type_=Text))
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

"""Spot checks: people read some of the accepted fields without seeing the reading. How often the reading was wrong is
the true error rate of what is accepted.

No value is kept here: only whether the reading was right. A field that somebody reads otherwise goes to review, and
what is settled there decides whether the reading was wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from inkfield.schemas.database.form_tables import rewrite_page
from inkfield.schemas.database.review_tables import SpotCheckRow
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, ReviewRow, now
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.store.answers import Rules
from inkfield.schemas.store.audit import note
from inkfield.schemas.store.disputes import hold_disputed
from inkfield.schemas.store.figures import column_of
from inkfield.schemas.store.fill_tables import reviewers
from inkfield.schemas.store.lending import borrow, give_back, holds
from inkfield.schemas.store.people import Person
from inkfield.schemas.store.review import document_status_now, lock_field, said_value
from inkfield.schemas.store.settled import set_page_status

DAYS = 7
"""Fields of documents that were read so many days ago are no longer picked."""
AT_ONCE = 200
_SPREAD = 2654435761
"""A prime near 2^32 divided by the golden ratio: multiples of it are spread evenly over 2^32, whatever the order of the
ids. So whether a field is picked depends on nothing that was read."""


@dataclass(frozen=True)
class Checked:
    """How many spot checks of a field of a form were answered, and in how many the reading was wrong. ``open``: not
    answered yet, or their difference is not settled."""

    form: str
    field: str
    answered: int
    wrong: int
    open: int


def to_check(session: Session, share: float) -> list[int]:
    """That share of the fields that were accepted of late, and that nobody has settled or picked."""
    if share <= 0:
        return []
    picked = exists().where(SpotCheckRow.field_id == FieldRow.id)
    touched = exists().where(ReviewRow.field_id == FieldRow.id)
    query = (
        select(FieldRow.id)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(DocumentRow.is_current, DocumentRow.finished_at > now() - timedelta(days=DAYS))
        .where(FieldRow.status == "accepted", FieldRow.kind.not_in(["table", "decision"]), ~touched, ~picked)
        .where(PageRow.form.is_not(None), FieldRow.box.is_not(None))
        .where((FieldRow.id * _SPREAD) % (1 << 32) < int(share * (1 << 32)))
        .order_by(FieldRow.id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(query))


def pick(session: Session, fields: Sequence[int]) -> None:
    """Picks these fields, each once, whoever else picks them at this moment; those that are gone by now are not."""
    if not fields:
        return
    found = session.execute(
        select(FieldRow.id, PageRow.form, FieldRow.name)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .where(FieldRow.id.in_(fields), FieldRow.status == "accepted", PageRow.form.is_not(None))
    ).all()
    rows = [
        {"field_id": field, "form": form, "field_name": name, "picked_at": now()}
        for field, form, name in found
    ]
    if rows:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(insert(SpotCheckRow).values(rows).on_conflict_do_nothing(index_elements=["field_id"]))


def next_check(session: Session, person: Person, minutes: float) -> int | None:
    """A field to be read, lent to the person; None where there is none."""
    touched = exists().where(ReviewRow.field_id == FieldRow.id)
    query = (
        select(FieldRow.id)
        .join(SpotCheckRow, SpotCheckRow.field_id == FieldRow.id)
        .where(
            SpotCheckRow.answered_at.is_(None),
            FieldRow.status == "accepted",
            FieldRow.box.is_not(None),
            ~touched,
        )
        .order_by(SpotCheckRow.id)
        .limit(50)
    )
    return next((field for field in session.scalars(query) if borrow(session, person, field, minutes)), None)


def answer_check(session: Session, person: Person, field_id: int, value: str | None, rules: Rules) -> None:
    """A person says what stands there; None: it cannot be told. Where that is not what was read the field goes to
    review.

    Whether it was right is not told to them. Raises LookupError for a field that is not checked, or not any more,
    WithAnother, and ValueError for a text that is no value of the field.
    """
    holds(session, person, field_id)
    locked = lock_field(session, field_id)
    mine = (SpotCheckRow.field_id == field_id) & SpotCheckRow.answered_at.is_(None)
    check = session.scalar(select(SpotCheckRow).where(mine).with_for_update())
    if check is None or locked.field.status != "accepted":
        raise LookupError("this field is not asked for any more")
    page, field = locked.page, locked.field
    check.user_id, check.answered_at = person.id, now()
    if value is not None:
        said = said_value(field, value, rules.forms.get(page.form or ""))
        kind = kind_of(field.kind)
        check.was_right = kind.same(kind.as_text(said), kind.as_text(field.value))
    note(session, person.name, "spot check", page, field)
    session.flush()
    if hold_disputed(session, page):
        set_page_status(page)
        locked.document.status = document_status_now(session, locked.document)
        session.flush()
        rewrite_page(session, page, reviewers(session, [page]).get(page.id))
    give_back(session, person, [field_id])
    session.flush()


def checks_since(session: Session, since: datetime) -> Sequence[Checked]:
    """The checks of each field of each form; of tables each column."""
    waits = exists().where(FieldRow.id == SpotCheckRow.field_id, FieldRow.status == "review")
    is_open = SpotCheckRow.answered_at.is_(None) | (SpotCheckRow.was_right.is_(False) & waits)

    def count(which: Any) -> Any:
        return func.sum(case((which, 1), else_=0))

    rows = session.execute(
        select(
            SpotCheckRow.form,
            SpotCheckRow.field_name,
            count(SpotCheckRow.was_right.is_not(None) & ~is_open),
            count(SpotCheckRow.was_right.is_(False) & ~is_open),
            count(is_open),
        )
        .where(SpotCheckRow.picked_at > since)
        .group_by(SpotCheckRow.form, SpotCheckRow.field_name)
        .order_by(SpotCheckRow.form, SpotCheckRow.field_name)
    )
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for form, name, *counts in rows:
        mine = sums[form, column_of(name)]
        mine[:] = [before + int(more) for before, more in zip(mine, counts, strict=True)]
    return [Checked(form, name, *counts) for (form, name), counts in sums.items()]

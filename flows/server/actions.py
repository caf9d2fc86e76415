"""What the page's script asks for: the next fields, and what becomes of an answer."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import Desk, desk, row_of
from inkfield.flows.server.field_view import field_views, typed_text
from inkfield.flows.server.read_as import read_as
from inkfield.flows.server.where_on_page import scan_of
from inkfield.flows.workers.weights_in_use import weights_now
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.tables import FieldRow, PageRow
from inkfield.schemas.store import answers, lending
from inkfield.schemas.store.lending import Filter, WithAnother
from inkfield.schemas.store.people import Person, SignedIn, change_person

routes = APIRouter(prefix="/api")
AHEAD = 3
"""So many fields a page has at hand: the one that is shown, and those whose pictures are fetched meanwhile."""
MOST_AHEAD = 600
"""So many fields of a queue are ordered ahead: as many as twenty people settle in some two minutes."""
Reviewer = Annotated[SignedIn, Depends(needs("reviewer"))]
Admin = Annotated[SignedIn, Depends(needs("admin"))]
Id = Annotated[int, Field(ge=1, lt=1 << 62)]
Some = Annotated[str, Field(max_length=200)]


class Call(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Queue(Call):
    """Which fields a page goes through, which of them it has at hand, and which are to come later."""

    form: Some | None = None
    field: Some | None = None
    batch: Id | None = None
    reason: Some | None = None
    document: Id | None = None
    aside: bool = False
    keep: Annotated[list[Id], Field(max_length=10)] = []
    later: Annotated[list[Id], Field(max_length=500)] = []

    def filter(self) -> Filter:
        return Filter(self.form, self.field, self.batch, self.reason, self.document, self.aside)


class Answer(Call):
    """``value`` None accepts what was read. ``mark`` is that of the field as it was shown. Without ``queue`` no next
    fields are wanted."""

    field: Id
    value: Annotated[str, Field(max_length=100_000)] | None = None
    mark: Annotated[str, Field(max_length=64)]
    queue: Queue | None = None


class Leave(Call):
    field: Id
    action: Literal["skip", "unreadable"]
    why: Annotated[str, Field(max_length=answers.MOST_NOTE)] = ""
    mark: Annotated[str, Field(max_length=64)]
    queue: Queue | None = None


class Reject(Call):
    field: Id
    """Any field of the page that is rejected."""
    why: Annotated[str, Field(max_length=answers.MOST_NOTE)] = ""
    queue: Queue | None = None


class OneField(Call):
    field: Id


class OnePage(Call):
    page: Id


class Missing(Call):
    document: Id
    missing: bool
    why: Annotated[str, Field(max_length=answers.MOST_NOTE)] = ""


class ReadAs(Call):
    page: Id
    form: Some


class Access(Call):
    name: Some
    active: bool


@routes.post("/next")
def next_fields(request: Request, queue: Queue, who: Reviewer) -> dict[str, Any]:
    """The next fields, lent to the caller; those that come later are given back."""
    at, first = _ready(request, who.person, queue)
    with at.transaction() as session:
        if queue.later:
            lending.give_back(session, who.person, queue.later)
        return _next(session, at, who.person, queue, first)


@routes.post("/answer")
def answer(request: Request, said: Answer, who: Reviewer) -> dict[str, Any]:
    at, first = _ready(request, who.person, said.queue)
    with at.transaction() as session:
        value = typed(session, at, said.field, said.value)
        done = answers.answer(session, who.person, said.field, value, at.rules, said.mark)
        told = done.settled
        return {
            "outcome": done.outcome,
            "changed": [] if told is None else [list(change) for change in told.changed],
            "decision": None if told is None else told.decision,
        } | _next(session, at, who.person, said.queue, first)


@routes.post("/leave")
def leave(request: Request, said: Leave, who: Reviewer) -> dict[str, Any]:
    at, first = _ready(request, who.person, said.queue)
    with at.transaction() as session:
        answers.leave(session, who.person, said.field, said.action, said.why, said.mark)
        return {"outcome": said.action} | _next(session, at, who.person, said.queue, first)


@routes.post("/reject")
def reject(request: Request, said: Reject, who: Reviewer) -> dict[str, Any]:
    """The page (a cheque) is rejected. Raises ValueError for a form without a decision."""
    at, first = _ready(request, who.person, said.queue)
    with at.transaction() as session:
        page = _page_of(session, said.field)
        decision = next((field for field in page.fields if field.kind == "decision"), None)
        if decision is None:
            raise ValueError("this form knows no decision: there is nothing to reject")
        _borrow(session, at, who.person, decision.id)
        why = clean(said.why).strip() or None
        answers.answer(session, who.person, decision.id, "reject", at.rules, why=why)
        return {"outcome": "settled", "decision": "reject"} | _next(
            session, at, who.person, said.queue, first
        )


@routes.post("/undo")
def undo(request: Request, who: Reviewer, queue: Queue | None = None) -> dict[str, Any]:
    """Takes back the caller's last step; the field that it was about comes first again."""
    at, first = _ready(request, who.person, queue)
    with at.transaction() as session:
        field = answers.undo(session, who.person)
        found = {"outcome": "undone"} | _next(session, at, who.person, queue, first)
        if field is not None and queue is not None:  # shown whatever the queue is filtered by
            shown = field_views(session, at, who.person, [field])
            found["fields"] = [*shown, *(other for other in found["fields"] if other["id"] != field)]
        return found


@routes.post("/borrow")
def borrow(request: Request, said: OneField, who: Reviewer) -> dict[str, Any]:
    """One field, lent to the caller to be corrected. Raises WithAnother."""
    at = desk(request)
    with at.transaction() as session:
        _page_of(session, said.field)
        _borrow(session, at, who.person, said.field)
        return field_views(session, at, who.person, [said.field])[0]


@routes.post("/close-page")
def close_page(request: Request, said: OnePage, who: Reviewer) -> dict[str, Any]:
    with desk(request).transaction() as session:
        answers.close_page(session, who.person, said.page)
    return {}


@routes.post("/page-missing")
def page_missing(request: Request, said: Missing, who: Reviewer) -> dict[str, Any]:
    """A page of a document is missing, or that is settled."""
    with desk(request).transaction() as session:
        answers.set_page_missing(session, who.person, said.document, said.missing, said.why)
    return {}


@routes.post("/read-as")
def read_page_as(request: Request, said: ReadAs, who: Reviewer) -> dict[str, Any]:
    """Has a page read as a form. Takes some seconds. Raises CannotRead, a ValueError."""
    at = desk(request)
    if said.form not in at.rules.forms:
        raise ValueError("there is no such form")
    with at.transaction() as session:
        page = row_of(session, PageRow, said.page)
        scan = scan_of(session, page, at.rules.forms.get(page.form or ""))
    reading = read_as(scan, said.form, weights_now(at.engine))
    with at.transaction() as session:
        answers.change_form(session, who.person, said.page, reading, at.rules)
    return {}


@routes.post("/access")
def access(request: Request, said: Access, who: Admin) -> dict[str, Any]:
    """Takes a person's way in away, or gives it back. Their sessions end."""
    if said.name == who.person.name:
        raise ValueError("nobody shuts themselves out")
    with desk(request).transaction() as session:
        change_person(session, said.name, who.person.name, active=said.active)
    return {}


def _ready(request: Request, person: Person, queue: Queue | None) -> tuple[Desk, list[int]]:
    """The desk, and the first fields of the queue as they were a moment ago: ordered before anything is written, so
    that nobody waits for it. They may be settled or lent by now: whoever lends a field looks."""
    at = desk(request)
    if queue is None:
        return at, []
    wanted, supervisor = queue.filter(), person.may("supervisor")

    def ordered() -> list[int]:
        with at.reading() as session:
            return lending.first_waiting(session, wanted, at.settings.serve_order, supervisor, MOST_AHEAD)

    return at, at.ahead.get((wanted, supervisor), ordered)


def _next(
    session: Session, at: Desk, person: Person, queue: Queue | None, first: list[int]
) -> dict[str, Any]:
    if queue is None:
        return {}
    wanted, days = queue.filter(), at.settings
    found = lending.lend(
        session,
        person,
        wanted,
        days.serve_order,
        AHEAD,
        days.serve_lend_minutes,
        queue.keep,
        queue.later,
        first,
    )
    return {
        "fields": field_views(session, at, person, found),
        "waiting": lending.count_waiting(session, person, wanted),
    }


def typed(session: Session, at: Desk, field_id: int, value: str | None) -> str | None:
    """What somebody typed in a field, as settling takes it; a table is typed as lines in JSON."""
    field = session.get(FieldRow, field_id)
    if value is None or field is None:
        return value
    form = at.rules.forms.get(session.get_one(PageRow, field.page_id).form or "")
    if field.kind != "table":
        return typed_text(form, field.name, value)
    try:
        lines = json.loads(value or "[]")
        as_typed = [
            {k: typed_text(form, f"{field.name}.1.{k}", str(v or "")) for k, v in line.items()}
            for line in lines
        ]
    except (ValueError, AttributeError, TypeError):
        return value  # settling says how the lines are written
    return json.dumps(as_typed)


def _page_of(session: Session, field_id: int) -> PageRow:
    field = row_of(session, FieldRow, field_id)
    return session.get_one(PageRow, field.page_id)


def _borrow(session: Session, at: Desk, person: Person, field_id: int) -> None:
    if not lending.borrow(session, person, field_id, at.settings.serve_lend_minutes):
        raise WithAnother("this field is with another person just now")

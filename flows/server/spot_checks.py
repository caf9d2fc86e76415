"""Spot checks on the page: an accepted field is shown without its reading, and a person types what stands there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from sqlalchemy.orm import Session

from inkfield.flows.server.access import needs
from inkfield.flows.server.actions import Call, Id, OneField, typed
from inkfield.flows.server.desk import Desk, desk
from inkfield.flows.server.field_view import hint_of
from inkfield.flows.server.html import page, words
from inkfield.schemas.database.tables import FieldRow, PageRow
from inkfield.schemas.store.lending import give_back
from inkfield.schemas.store.people import Person, SignedIn
from inkfield.schemas.store.spot_checks import answer_check, next_check, pick, to_check

routes = APIRouter()
Reviewer = Annotated[SignedIn, Depends(needs("reviewer"))]


class Seen(Call):
    """``value`` None: it cannot be told."""

    field: Id
    value: Annotated[str, Field(max_length=10_000)] | None = None


@routes.get("/spot-checks")
def spot_checks(request: Request, who: Reviewer) -> HTMLResponse:
    return page("spot_checks.html", who, share=desk(request).settings.serve_spot_share)


@routes.post("/api/spot-next")
def next_one(request: Request, who: Reviewer) -> dict[str, Any]:
    """The next field to be read; without it where there is none."""
    at = desk(request)
    with at.reading() as session:  # it looks through much: nobody who writes waits for it
        found = to_check(session, at.settings.serve_spot_share)
    with at.transaction() as session:
        pick(session, found)
        return _next(session, at, who.person)


@routes.post("/api/spot-answer")
def answer(request: Request, said: Seen, who: Reviewer) -> dict[str, Any]:
    """What somebody reads there. They are not told whether that is what was read. Raises LookupError and ValueError."""
    at = desk(request)
    with at.transaction() as session:
        value = typed(session, at, said.field, said.value)
        answer_check(session, who.person, said.field, value, at.rules)
        return _next(session, at, who.person)


@routes.post("/api/spot-later")
def later(request: Request, said: OneField, who: Reviewer) -> dict[str, Any]:
    """Whoever leaves the page gives back the field that they were shown."""
    with desk(request).transaction() as session:
        give_back(session, who.person, [said.field])
    return {}


def _next(session: Session, at: Desk, person: Person) -> dict[str, Any]:
    found = next_check(session, person, at.settings.serve_lend_minutes)
    if found is None:
        return {}
    field = session.get_one(FieldRow, found)
    row = session.get_one(PageRow, field.page_id)
    form = at.rules.forms.get(row.form or "")
    return {
        "id": field.id,
        "label": words(field.name),
        "form": form.title if form else row.form,
        "hint": hint_of(field.kind, form, field.name),
    }

"""The REST API, for programs: hand a document in, ask what became of it, list and settle what waits.

It does what it does by the functions of the page. Its description (OpenAPI) is at /v1/openapi.json.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from inkfield.flows.server.desk import desk, row_of
from inkfield.flows.server.hand_in import hand_in
from inkfield.flows.server.programs import program
from inkfield.schemas.database.tables import DOCUMENT_STATUSES, DocumentRow, PageRow
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.store import answers
from inkfield.schemas.store.marks import field_mark
from inkfield.schemas.store.people import Person
from inkfield.schemas.store.review import waiting_fields

routes = APIRouter(prefix="/v1", tags=["documents and reviews"])
Reader = Annotated[Person, Depends(program("reader"))]
Reviewer = Annotated[Person, Depends(program("reviewer"))]
Id = Annotated[int, Path(ge=1, lt=1 << 62)]
Limit = Annotated[int, Query(ge=1, le=500)]
Sha256 = Annotated[str, Query(pattern="^[0-9a-f]{64}$")]
VERSION = "1"


class HandedInDocument(BaseModel):
    """A document that was taken. ``sha256`` is that of its content: ask by it what became of the document."""

    name: str
    sha256: str


class DocumentState(BaseModel):
    """``status``: received, processing, done, review (waits for a person) or failed. Documents that separators made of
    one file share its ``sha256``; ``part`` counts them from 1, ``label`` is what the separator before it says."""

    id: int
    file_name: str
    sha256: str
    part: int
    label: str | None
    status: str
    error_code: str | None
    error_message: str | None
    page_missing: bool
    received_at: datetime
    finished_at: datetime | None


class FieldState(BaseModel):
    """``value`` is written as in the form's view: 1234.50, 2026-03-31, yes; null for nothing. ``status``: accepted,
    review or empty. ``reasons`` are codes of docs/reasons.md. ``mark`` changes when anything of the field does."""

    id: int
    name: str
    kind: str
    value: str | None
    confidence: float
    status: str
    reasons: list[str]
    mark: str


class PageState(BaseModel):
    """``form`` is null for a page that is no known form."""

    id: int
    number: int
    form: str | None
    status: str
    fields: list[FieldState]


class WholeDocument(DocumentState):
    pages: list[PageState]


class WaitingField(BaseModel):
    """A field that waits for a person, with what was read. ``mark`` changes when anything of the field does."""

    field_id: int
    file_name: str
    page_number: int
    form: str
    name: str
    kind: str
    text: str
    confidence: float
    reasons: list[str]
    reason_codes: list[str]
    mark: str


class Said(BaseModel):
    """``value`` as in the form's view, "" for an empty field, null where what was read is right. The lines of a table
    are written as JSON. ``mark`` is that of the field as it was listed: one that has changed since is refused. Without
    a value it is needed: what was read may be another value by now."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[str, Field(max_length=100_000)] | None = None
    mark: Annotated[str, Field(max_length=64)] | None = None


class Settled(BaseModel):
    """``outcome``: settled; or second, third, supervisor: so many others have to look, nothing holds yet. ``changed``
    are the other fields that the form's rules have changed, and their status."""

    outcome: Literal["settled", "second", "third", "supervisor"]
    changed: dict[str, str]
    decision: str | None
    document_status: str | None


class Refused(BaseModel):
    message: str


WRONG: dict[int | str, dict[str, Any]] = {
    status: {"model": Refused, "description": what}
    for status, what in {
        401: "no token, or one that is not known",
        403: "the role is not enough",
        404: "there is no such document or field",
        409: "another person has the field just now, it has changed since its mark, or no watched folder is set",
        422: "the value is none of that field, or the call is not as it should be",
        429: "too many calls",
    }.items()
}


@routes.post("/documents", status_code=202, responses=WRONG, openapi_extra={
    "requestBody": {"required": True, "content": {"application/octet-stream": {
        "schema": {"type": "string", "format": "binary"}}}},
})  # fmt: skip
async def submit(
    request: Request, name: Annotated[str, Query(max_length=300)], who: Reviewer
) -> HandedInDocument:
    """Hand in a file, as the body of the call: a document, or a zip archive of them. It goes to the watched folder, and
    is read in its turn."""
    taken = await hand_in(desk(request), who.name, name, request)
    return HandedInDocument(name=taken.name, sha256=taken.sha256)


@routes.get("/documents", responses=WRONG)
def list_documents(
    request: Request,
    who: Reader,
    sha256: Sha256 | None = None,
    status: Annotated[str, Query(pattern=f"^({'|'.join(DOCUMENT_STATUSES)})$")] | None = None,
    after: Annotated[int, Query(ge=0, lt=1 << 62)] = 0,
    limit: Limit = 100,
) -> list[DocumentState]:
    """List documents by id, those ``after`` an id: all, those of a status, or the one of that content."""
    query = select(DocumentRow).where(DocumentRow.id > after).order_by(DocumentRow.id).limit(limit)
    if sha256 is not None:
        query = query.where(DocumentRow.sha256 == sha256)
    if status is not None:
        query = query.where(DocumentRow.status == status)
    with desk(request).reading() as session:
        return [DocumentState(**_state(row)) for row in session.scalars(query)]


@routes.get("/documents/{document_id}", responses=WRONG)
def document(request: Request, document_id: Id, who: Reader) -> WholeDocument:
    """What became of a document, and what was read in it."""
    with desk(request).reading() as session:
        row = row_of(session, DocumentRow, document_id)
        return WholeDocument(**_state(row), pages=_pages(session, document_id))


@routes.get("/reviews", responses=WRONG)
def reviews(
    request: Request,
    who: Reader,
    form: Annotated[str, Query(max_length=200)] | None = None,
    limit: Limit = 100,
) -> list[WaitingField]:
    """List the fields that wait for a person, oldest documents first."""
    with desk(request).reading() as session:
        return [
            WaitingField(
                field_id=one.field_id, file_name=one.file_name, page_number=one.page_number, form=one.form,
                name=one.name, kind=one.kind, text=one.text, confidence=one.confidence,
                reasons=list(one.reasons), reason_codes=list(one.reason_codes), mark=one.mark,
            )
            for one in waiting_fields(session, form, limit)
        ]  # fmt: skip


@routes.post("/reviews/{field_id}", responses=WRONG)
def settle(request: Request, field_id: Id, said: Said, who: Reviewer) -> Settled:
    """Settle a field. Amounts above the limit need two who say the same, as on the page."""
    if said.value is None and said.mark is None:
        raise ValueError("without a value the mark of the field is needed: it says which reading is right")
    at = desk(request)
    with at.transaction() as session:
        done = answers.answer(session, who, field_id, said.value, at.rules, said.mark, by="by the API")
        told = done.settled
        return Settled(
            outcome=done.outcome,
            changed={} if told is None else dict(told.changed),
            decision=None if told is None else told.decision,
            document_status=None if told is None else told.document_status,
        )


@routes.post("/reviews/{field_id}/leave", status_code=204, responses=WRONG)
def leave(
    request: Request,
    field_id: Id,
    who: Reviewer,
    why: Annotated[str, Query(max_length=answers.MOST_NOTE)],
    action: Literal["skip", "unreadable"] = "skip",
) -> None:
    """Leave a field to people: ``skip`` to any, ``unreadable`` to a supervisor."""
    with desk(request).transaction() as session:
        answers.leave(session, who, field_id, action, why)


@routes.post("/pages/{page_id}/close", status_code=204, responses=WRONG)
def close(request: Request, page_id: Id, who: Reviewer) -> None:
    """Close a page that is no known form: it needs no more."""
    with desk(request).transaction() as session:
        answers.close_page(session, who, page_id)


@routes.get("/openapi.json", include_in_schema=False)
def description(who: Reader) -> dict[str, Any]:
    """What this API can do, as OpenAPI."""
    return get_openapi(
        title="inkfield", version=VERSION, routes=routes.routes, description=(__doc__ or "").split("\n")[0]
    )


def _state(row: DocumentRow) -> dict[str, Any]:
    names = DocumentState.model_fields
    return {name: getattr(row, name) for name in names}


def _pages(session: Session, document_id: int) -> list[PageState]:
    query = select(PageRow).where(PageRow.document_id == document_id).order_by(PageRow.number)
    return [
        PageState(
            id=page.id,
            number=page.number,
            form=page.form,
            status=page.status,
            fields=[
                FieldState(
                    id=field.id, name=field.name, kind=field.kind, value=kind_of(field.kind).as_text(field.value),
                    confidence=field.confidence, status=field.status,
                    reasons=[str(reason.code) for reason in field.reasons], mark=field_mark(field),
                )
                for field in sorted(page.fields, key=lambda field: field.id)
            ],
        )
        for page in session.scalars(query.options(selectinload(PageRow.fields)))
    ]  # fmt: skip

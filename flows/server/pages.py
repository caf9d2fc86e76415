"""The pages themselves: the queue, one field at a time, documents, the record of what was done, the people."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import desk, row_of
from inkfield.flows.server.field_view import in_order, rivals_of
from inkfield.flows.server.html import kind_of_reason, page
from inkfield.flows.server.table_grid import grid_of
from inkfield.flows.server.where_on_page import box_of
from inkfield.pipeline.separators.parts import Doubt
from inkfield.schemas.database.tables import BatchRow, DocumentRow, PageRow
from inkfield.schemas.forms.model import Form
from inkfield.schemas.reasons import ReasonCode
from inkfield.schemas.store import audit, lending
from inkfield.schemas.store.figures import column_of
from inkfield.schemas.store.lending import Filter
from inkfield.schemas.store.people import SignedIn, people
from inkfield.schemas.store.review import waiting_pages

routes = APIRouter()
Reader = Annotated[SignedIn, Depends(needs("reader"))]
Reviewer = Annotated[SignedIn, Depends(needs("reviewer"))]
Supervisor = Annotated[SignedIn, Depends(needs("supervisor"))]
Admin = Annotated[SignedIn, Depends(needs("admin"))]
Number = Annotated[int | None, Query(ge=1, lt=1 << 62)]
Name = Annotated[str | None, Query(max_length=200)]
DOCUMENTS_A_PAGE = 50
ENTRIES_A_PAGE = 100
_CLOSE: dict[ReasonCode | None, str] = {
    ReasonCode.MISSING_PAGE: "It is settled: let the form stand without it",
    ReasonCode.PAGES_IN_DOUBT: "It is settled: they belong together",
}
"""What the button says that closes a page, by why it waits."""


@routes.get("/")
def queue(request: Request, who: Reader) -> HTMLResponse:
    """What waits, by form and field, by batch, and what others left."""
    with desk(request).reading() as session:
        person = who.person
        fields: dict[tuple[str, str], int] = defaultdict(int)
        for form, name, count in lending.waiting_by_name(session, person):
            fields[form, column_of(name)] += count
        batches = lending.waiting_batches(session, person)
        names = _batch_names(session, [batch for batch, _ in batches])
        return page(
            "queue.html", who,
            total=sum(fields.values()),
            aside=lending.count_waiting(session, person, Filter(aside=True)),
            fields=sorted(fields.items()),
            forms=_totals(fields),
            reasons=[(code, kind_of_reason(code), n) for code, n in lending.waiting_reasons(session, person)],
            batches=[(batch, names.get(batch, ""), count) for batch, count in batches[:20]],
            missing=_with_missing_pages(session),
            pages=waiting_pages(session, 20),
            page_documents=_documents_of(session, [p.page_id for p in waiting_pages(session, 20)]),
        )  # fmt: skip


@routes.get("/review")
def review(
    request: Request,
    who: Reviewer,
    form: Name = None,
    field: Name = None,
    batch: Number = None,
    reason: Name = None,
    document: Number = None,
    aside: bool = False,
) -> HTMLResponse:
    """One field at a time: the page is filled by its script."""
    wanted = {"form": form, "field": field, "batch": batch, "reason": reason, "document": document}
    chosen = {name: value for name, value in wanted.items() if value is not None}
    return page("review.html", who, queue=chosen | ({"aside": True} if aside else {}))


@routes.get("/documents")
def documents(
    request: Request, who: Reader, status: Name = None, name: Name = None, before: Number = None
) -> HTMLResponse:
    """The newest documents first."""
    query = select(DocumentRow).order_by(DocumentRow.id.desc()).limit(DOCUMENTS_A_PAGE + 1)
    if status:
        query = query.where(DocumentRow.status == status)
    if name:
        query = query.where(DocumentRow.file_name.contains(name, autoescape=True))
    if before is not None:
        query = query.where(DocumentRow.id < before)
    with desk(request).reading() as session:
        found = session.scalars(query).all()
        return page(
            "documents.html", who,
            documents=found[:DOCUMENTS_A_PAGE],
            more=found[DOCUMENTS_A_PAGE - 1].id if len(found) > DOCUMENTS_A_PAGE else None,
            status=status or "", name=name or "",
        )  # fmt: skip


@routes.get("/documents/{document_id}")
def document(request: Request, document_id: int, who: Reader) -> HTMLResponse:
    """A whole document: its pages, their fields and tables, to be corrected in place. Raises LookupError."""
    at = desk(request)
    with at.reading() as session:
        found = row_of(session, DocumentRow, document_id)
        rows = session.scalars(
            select(PageRow)
            .where(PageRow.document_id == document_id)
            .order_by(PageRow.number)
            .options(selectinload(PageRow.fields))
        ).all()
        ids = [field.id for row in rows for field in row.fields]
        ids_of_pages = {row.number: row.id for row in rows}
        return page(
            "document.html", who,
            document=found,
            split_doubt=Doubt(found.split_doubt).sentence if found.split_doubt else "",
            pages=[_page(row, at.rules.forms.get(row.form or ""), ids_of_pages) for row in rows],
            lent=lending.with_others(session, who.person, ids),
            forms=sorted(at.rules.forms),
        )  # fmt: skip


@routes.get("/audit")
def record(request: Request, who: Supervisor, before: Number = None, document: Number = None) -> HTMLResponse:
    """Who did what, and when; the newest first."""
    with desk(request).reading() as session:
        entries = audit.newest(session, ENTRIES_A_PAGE, before, document)
        more = entries[-1].id if len(entries) == ENTRIES_A_PAGE else None
        return page("audit.html", who, entries=entries, more=more, document=document)


@routes.get("/users")
def users(request: Request, who: Admin) -> HTMLResponse:
    with desk(request).reading() as session:
        return page("users.html", who, people=people(session))


def _page(row: PageRow, form: Form | None, ids: dict[int, int]) -> dict[str, Any]:
    """A page as its template shows it: fields in the form's order, tables as grids. ``ids`` are those of the document's
    pages by their numbers."""
    plain = [field for field in in_order(row.fields) if "." not in field.name and field.kind != "table"]
    shown = [
        {
            "field": field,
            "value": field.value_as_text() or "",
            "rivals": rivals_of(field, form),
            "box": box_of(row, field, form),
            "reasons": [str(reason) for reason in field.reasons],
        }
        for field in plain
    ]
    tables = [grid_of(field, row.fields, form) for field in row.fields if field.kind == "table"]
    boxes = [field for field in row.fields if field.box is not None and field.kind != "table"]
    return {
        "row": row,
        "title": form.title if form else row.form,
        "first": ids.get(row.part_of or 0),
        "close": _CLOSE.get(row.reason.code if row.reason else None),
        "fields": shown,
        "tables": tables,
        "boxes": boxes,
    }


def _totals(fields: dict[tuple[str, str], int]) -> list[tuple[str, int]]:
    totals: dict[str, int] = defaultdict(int)
    for (form, _), count in fields.items():
        totals[form] += count
    return sorted(totals.items(), key=lambda item: -item[1])


def _batch_names(session: Session, ids: list[int]) -> dict[int, str]:
    rows = session.execute(select(BatchRow.id, BatchRow.name).where(BatchRow.id.in_(ids)))
    return {batch: name for batch, name in rows}


def _with_missing_pages(session: Session) -> list[tuple[int, str]]:
    """Id and file name of the oldest documents of which a page is missing."""
    missing = select(DocumentRow.id, DocumentRow.file_name).where(
        DocumentRow.page_missing | DocumentRow.split_doubt.is_not(None)
    )
    return [(number, name) for number, name in session.execute(missing.order_by(DocumentRow.id).limit(20))]


def _documents_of(session: Session, ids: list[int]) -> dict[int, int]:
    rows = session.execute(select(PageRow.id, PageRow.document_id).where(PageRow.id.in_(ids)))
    return {page_id: document for page_id, document in rows}

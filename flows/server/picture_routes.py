"""The pictures that the pages show: crops of fields, and whole pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import desk, row_of
from inkfield.flows.server.where_on_page import box_of, scan_of
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.store.people import SignedIn

routes = APIRouter()
Reader = Annotated[SignedIn, Depends(needs("reader"))]


@routes.get("/crops/{field_id}.jpg")
def crop(request: Request, field_id: int, who: Reader) -> Response:
    at = desk(request)
    with at.reading() as session:
        query = (
            select(FieldRow, PageRow, DocumentRow)
            .join(PageRow, PageRow.id == FieldRow.page_id)
            .join(DocumentRow, DocumentRow.id == PageRow.document_id)
            .where(FieldRow.id == field_id)
            .options(lazyload(FieldRow.reason_rows), lazyload(PageRow.reason_rows))
        )
        found = session.execute(query).first()
        if found is None:
            raise LookupError(f"there is no field {field_id}")
        field, page, _ = found  # the document at hand is not asked for again
        form = at.rules.forms.get(page.form or "")
        scan, box = scan_of(session, page, form), box_of(page, field, form)
    return Response(at.pictures.crop(scan, box), media_type="image/jpeg")


@routes.get("/pages/{page_id}.jpg")
def whole_page(request: Request, page_id: int, who: Reader) -> Response:
    at = desk(request)
    with at.reading() as session:
        page = row_of(session, PageRow, page_id)
        scan = scan_of(session, page, at.rules.forms.get(page.form or ""))
    return Response(at.pictures.crop(scan, None), media_type="image/jpeg")

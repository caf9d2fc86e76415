"""The pictures that the pages show: crops of fields, and whole pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import desk, row_of
from inkfield.flows.server.where_on_page import box_of, scan_of
from inkfield.schemas.database.tables import FieldRow, PageRow
from inkfield.schemas.store.people import SignedIn

routes = APIRouter()
Reader = Annotated[SignedIn, Depends(needs("reader"))]


@routes.get("/crops/{field_id}.jpg")
def crop(request: Request, field_id: int, who: Reader) -> Response:
    at = desk(request)
    with at.transaction() as session:
        field = row_of(session, FieldRow, field_id)
        page = session.get_one(PageRow, field.page_id)
        form = at.rules.forms.get(page.form or "")
        scan, box = scan_of(session, page, form), box_of(page, field, form)
    return Response(at.pictures.crop(scan, box), media_type="image/jpeg")


@routes.get("/pages/{page_id}.jpg")
def whole_page(request: Request, page_id: int, who: Reader) -> Response:
    at = desk(request)
    with at.transaction() as session:
        page = row_of(session, PageRow, page_id)
        scan = scan_of(session, page, at.rules.forms.get(page.form or ""))
    return Response(at.pictures.crop(scan, None), media_type="image/jpeg")

"""The pictures that the pages show: crops of fields, and whole pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import desk
from inkfield.flows.server.where_on_page import box_of, scan_of
from inkfield.schemas.database.tables import FieldRow, PageRow
from inkfield.schemas.store.people import SignedIn

routes = APIRouter()
Reader = Annotated[SignedIn, Depends(needs("reader"))]


@routes.get("/crops/{field_id}.jpg")
def crop(request: Request, field_id: int, who: Reader) -> Response:
    at = desk(request)
    with at.transaction() as session:
        field = session.get(FieldRow, field_id)
        if field is None:
            raise LookupError(f"there is no field {field_id}")
        page = session.get_one(PageRow, field.page_id)
        scan, box = scan_of(session, page), box_of(page, field, at.rules.forms.get(page.form or ""))
    return Response(at.pictures.crop(scan, box), media_type="image/jpeg")


@routes.get("/pages/{page_id}.jpg")
def whole_page(request: Request, page_id: int, who: Reader) -> Response:
    at = desk(request)
    with at.transaction() as session:
        page = session.get(PageRow, page_id)
        if page is None:
            raise LookupError(f"there is no page {page_id}")
        scan = scan_of(session, page)
    return Response(at.pictures.crop(scan, None), media_type="image/jpeg")

"""The page on which a form is corrected: its fields on the blank, saved into its file, tried on a filled scan."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import cv2
from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from inkfield.flows.server.access import needs
from inkfield.flows.server.desk import Desk, desk
from inkfield.flows.server.hand_in import write_file
from inkfield.flows.server.html import page
from inkfield.flows.server.pictures import NotKept, Scan
from inkfield.flows.server.read_as import CannotRead, read_as
from inkfield.flows.workers.weights_in_use import weights_now
from inkfield.pipeline.intake import content_hash
from inkfield.pipeline.intake.sniff import document_kind
from inkfield.pipeline.templates.check import unreadable
from inkfield.schemas.database.views import ViewError, sync_views
from inkfield.schemas.forms.edit import FileChanged, check_editable, file_of, mark_of, save_fields
from inkfield.schemas.forms.model import Form, FormError
from inkfield.schemas.kinds import KINDS
from inkfield.schemas.store.answers import Changed
from inkfield.schemas.store.audit import note
from inkfield.schemas.store.people import SignedIn

routes = APIRouter()
Supervisor = Annotated[SignedIn, Depends(needs("supervisor"))]
_MOST_PAGES = 20
Name = Annotated[str, Field(max_length=63)]
Millimetres = Annotated[float, Field(ge=0, le=2000)]
BoxMm = tuple[Millimetres, Millimetres, Millimetres, Millimetres]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SentOption(_Part):
    value: Annotated[str, Field(max_length=200)]
    box: BoxMm


class SentColumn(_Part):
    name: Name
    kind: Name
    x: Millimetres
    width: Millimetres
    date_order: Annotated[str, Field(max_length=3)] | None = None


class SentField(_Part):
    """A field as the page has it; ``was`` is its name in the file."""

    was: Name | None
    name: Name
    kind: Name
    page: Annotated[int, Field(ge=1, le=999)]
    box: BoxMm | None = None
    required: bool = False
    cells: Annotated[int, Field(ge=2, le=99)] | None = None
    lines: Annotated[int, Field(ge=1, le=99)] | None = None
    date_order: Annotated[str, Field(max_length=3)] | None = None
    rows: Annotated[int, Field(ge=1, le=500)] | None = None
    columns: Annotated[list[SentColumn], Field(max_length=100)] = []
    options: Annotated[list[SentOption], Field(max_length=200)] = []


class SentForm(_Part):
    name: Name
    mark: Annotated[str, Field(max_length=64)]
    fields: Annotated[list[SentField], Field(min_length=1, max_length=2000)]


@routes.get("/forms/{name}")
def edit(request: Request, name: str, who: Supervisor) -> HTMLResponse:
    """The form on its blank, to be corrected. Raises LookupError."""
    form = _editable(desk(request), name)
    sheets = [
        {"number": number, "width": sheet.paper.width_mm, "height": sheet.paper.height_mm}
        for number, sheet in form.sheets().items()
    ]
    values = {"name": name, "mark": mark_of(file_of(form)), "pages": sheets, "fields": _as_sent(form)}
    kinds = [kind for kind in KINDS if kind not in ("decision", "micr")]
    in_tables = [name for name, kind in KINDS.items() if kind.in_tables]
    return page("form_edit.html", who, form=form, values=values | {"kinds": kinds, "cells": in_tables})


@routes.get("/forms/{name}/{number}.jpg")
def blank(request: Request, name: str, number: int, who: Supervisor) -> Response:
    """The picture of a page of the blank. Raises LookupError."""
    sheet = _editable(desk(request), name).sheets().get(number)
    picture = None if sheet is None else cv2.imread(str(sheet.blank_path()), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise LookupError(f"there is no picture of page {number}")
    packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return Response(packed.tobytes(), media_type="image/jpeg")


@routes.post("/api/form-save")
def save(request: Request, call: SentForm, who: Supervisor) -> dict[str, Any]:
    """Writes the form file. Raises LookupError, Changed where the file is another by now, and ValueError for what is no
    form, with the fault."""
    at = desk(request)
    before = _editable(at, call.name)
    fields = [field.model_dump(exclude_none=True) | {"was": field.was} for field in call.fields]
    for field in fields:
        if not before.pages:
            field.pop("page")
    try:
        path = file_of(before)
        form = save_fields(path, call.mark, fields)
        sync_views(at.engine, [form])
    except FileChanged as changed:
        raise Changed(str(changed)) from None
    except (FormError, ViewError) as fault:
        raise ValueError(str(fault)) from None
    assert isinstance(at.rules.forms, dict)
    at.rules.forms[form.name] = form
    with at.transaction() as session:
        note(session, who.person.name, "changed a form", note=form.name)
    return {"mark": mark_of(path), "fields": _as_sent(form), "faults": unreadable(form)}


@routes.post("/api/form-try")
async def try_it(
    request: Request,
    name: Annotated[str, Query(max_length=63)],
    number: Annotated[int, Query(ge=1, le=999)],
    who: Supervisor,
) -> list[dict[str, Any]]:
    """What the form, as it was saved, reads on a page of the file that is the body of the call; nothing is kept. Raises
    LookupError, and ValueError where it cannot be read."""
    at = desk(request)
    form = _editable(at, name)
    with tempfile.TemporaryDirectory(prefix="inkfield-") as folder:
        path = Path(folder) / "scan"
        await write_file(path, request.stream())
        return await run_in_threadpool(_tried, at, path, form, number)


def _tried(at: Desk, path: Path, form: Form, number: int) -> list[dict[str, Any]]:
    if document_kind(path) is None:
        raise ValueError("this is no scan that inkfield reads")
    try:
        reading = read_as(Scan(str(path), content_hash(path), number), form.name, weights_now(at.engine))
    except (CannotRead, NotKept) as why:
        raise ValueError(str(why)) from None
    return [
        {
            "name": field.name,
            "value": "" if field.value is None else str(field.value),
            "status": field.status,
            "confidence": field.confidence,
            "reasons": [str(reason) for reason in field.reasons],
        }
        for field in reading.fields
    ]


def _editable(at: Desk, name: str) -> Form:
    """Raises LookupError for a form that is not there, is built in, or has no blank."""
    form = at.rules.forms.get(name)
    if form is None:
        raise LookupError(f"there is no form {name}")
    try:
        check_editable(form)
    except FormError as fault:
        raise LookupError(str(fault)) from None
    return form


def _as_sent(form: Form) -> list[dict[str, Any]]:
    keys = set(SentField.model_fields) - {"was"}
    said = []
    for field in form.model_dump(mode="json")["fields"]:
        kept = {key: field[key] for key in keys if field.get(key) is not None}
        columns = [
            {k: c[k] for k in SentColumn.model_fields if c.get(k) is not None} for c in field["columns"]
        ]
        said.append(kept | {"was": field["name"], "columns": columns})
    return said

"""Where on which scan a field lies."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inkfield.flows.server.pictures import Box, NotKept, Scan
from inkfield.pipeline.cheques.registry import STANDARDS
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.forms.model import EqualRule, Form


def scan_of(session: Session, page: PageRow, form: Form | None) -> Scan:
    """The scan of a page with its form. Raises NotKept where the file is gone from the records, or it is not known
    which of its pages it is: an older version read several cheques on one."""
    document = session.get_one(DocumentRow, page.document_id)
    if not document.path:
        raise NotKept("The scan is no longer kept: its time is over.")
    number = page.scan_number
    if number is None:
        number = page.number
        twins = select(func.count(PageRow.id)).where(PageRow.document_id == document.id)
        may_be_cheque = form.layout in STANDARDS if form else page.form is not None
        if (session.scalar(twins) or 0) > 1 and may_be_cheque:
            raise NotKept("Which page of the file it is was not noted: read the file again to see the scan.")
    return Scan(document.path, document.sha256, number)


def box_of(page: PageRow, field: FieldRow, form: Form | None) -> Box | None:
    """Where a field lies; of one that was worked out from others (the joint amount), where those lie. None: nowhere."""
    if field.box is not None:
        return _box(field.box)
    sides = {
        name for rule in (form.rules if form else ()) if isinstance(rule, EqualRule) for name in rule.fields
    }
    boxes = [_box(f.box) for f in page.fields if f.name in sides and f.box is not None]
    return _around(boxes) if boxes and field.kind == "amount" else None


def _box(box: list[int]) -> Box:
    return box[0], box[1], box[2], box[3]


def _around(boxes: Iterable[Box]) -> Box:
    found = list(boxes)
    left, top = min(b[0] for b in found), min(b[1] for b in found)
    right, bottom = max(b[0] + b[2] for b in found), max(b[1] + b[3] for b in found)
    return left, top, right - left, bottom - top

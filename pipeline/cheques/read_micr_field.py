"""The field of the MICR line, and what speaks against the line."""

from __future__ import annotations

import re
from dataclasses import replace

from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.fields.reader import FieldReader, unread
from inkfield.pipeline.image.geometry import map_box
from inkfield.schemas.forms.model import Field
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import Reason, ReasonCode, because

_MICR_SOURCES = {"E-13B": "E-13B shapes", "CMC-7": "CMC-7 bars"}


def read_micr_field(field: Field, cheque: Cheque, reader: FieldReader) -> FieldReading:
    """The line as it was read when the cheque was found, with what its standard says against it."""
    found = cheque.layout.micr
    if not found.text:
        # A cheque has one: it is covered, or lies outside of the picture, or was not found.
        return unread(field, None, because(ReasonCode.NO_MICR))
    if field.pattern and not re.fullmatch(field.pattern, found.text):
        reasons: tuple[Reason, ...] = (because(ReasonCode.MICR_PATTERN, font=found.font),)
    else:
        # A form of E-13B whose pattern lets CMC-7 pass says itself what its structure is.
        told = found.font == "E-13B" or cheque.standard.by_line
        reasons = cheque.standard.faults(found.text) if told else ()
    sure = min(found.confidence, reader.most_sure)
    box = map_box(found.box, cheque.to_scan) if found.box else None
    return FieldReading(
        field.name, field.kind, found.text, found.text, round(sure, 4),
        box=box, source=_MICR_SOURCES[found.font], reasons=reasons,
    )  # fmt: skip


def read_part_of_line(field: Field, cheque: Cheque, reader: FieldReader) -> FieldReading:
    """A field that the line alone says: the number of the cheque, the bank, the account."""
    line = read_micr_field(field, cheque, reader)
    parts = cheque.standard.parts(cheque.layout.micr.text)
    value = getattr(parts, cheque.standard.line_fields[field.name]) if parts else ""
    if not value:
        return unread(field, line.box, because(ReasonCode.NOT_FOUND, field=field.name))
    return replace(line, name=field.name, kind=field.kind, text=value, value=value)

"""The field of the MICR line, and what speaks against the line."""

from __future__ import annotations

import re

from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.fields.reader import FieldReader, unread
from inkfield.pipeline.image.geometry import map_box
from inkfield.schemas.forms.model import Field
from inkfield.schemas.readings import Box, FieldReading
from inkfield.schemas.reasons import Reason, ReasonCode, because

_MICR_SOURCES = {"E-13B": "E-13B shapes", "CMC-7": "CMC-7 bars"}


def read_micr_field(field: Field, cheque: Cheque, reader: FieldReader) -> FieldReading:
    """The line as it was read when the cheque was found, with what its standard says against it."""
    found = cheque.layout.micr
    if not found.text:
        # A cheque has one: it is covered, or lies outside of the picture, or was not found.
        return unread(field, None, because(ReasonCode.NO_MICR))
    if field.pattern and not re.fullmatch(field.pattern, found.text):
        return _of_line(
            field, found.text, cheque, reader, (because(ReasonCode.MICR_PATTERN, font=found.font),)
        )
    return _of_line(field, found.text, cheque, reader, _faults(cheque))


def read_part_of_line(field: Field, cheque: Cheque, reader: FieldReader) -> FieldReading:
    """A field that the line alone says: the number of the cheque, the bank, the account."""
    found = cheque.layout.micr
    parts = cheque.standard.parts(found.text)
    value = getattr(parts, cheque.standard.line_fields[field.name]) if parts else ""
    if not value:
        return unread(field, _box(cheque), because(ReasonCode.NOT_FOUND, field=field.name))
    reasons = _faults(cheque)
    if field.pattern and not re.fullmatch(field.pattern, value):
        reasons = (*reasons, because(ReasonCode.MICR_PATTERN, font=found.font))
    return _of_line(field, value, cheque, reader, reasons)


def _faults(cheque: Cheque) -> tuple[Reason, ...]:
    """What the standard says against the line. A form of E-13B whose pattern lets CMC-7 pass says itself what its
    structure is."""
    found = cheque.layout.micr
    told = found.font == "E-13B" or cheque.standard.by_line
    return cheque.standard.faults(found.text) if told else ()


def _of_line(
    field: Field, value: str, cheque: Cheque, reader: FieldReader, reasons: tuple[Reason, ...]
) -> FieldReading:
    found = cheque.layout.micr
    sure = min(found.confidence, reader.most_sure)
    return FieldReading(
        field.name, field.kind, value, value, round(sure, 4),
        box=_box(cheque), source=_MICR_SOURCES[found.font], reasons=reasons,
    )  # fmt: skip


def _box(cheque: Cheque) -> Box | None:
    found = cheque.layout.micr
    return map_box(found.box, cheque.to_scan) if found.box else None

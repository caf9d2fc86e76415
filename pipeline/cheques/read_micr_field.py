"""The field of the MICR line, and what speaks against the line."""

from __future__ import annotations

import re

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
        # Of CMC-7 every country has a structure of its own: it is the form's pattern.
        reasons = cheque.standard.faults(found.text) if found.font == "E-13B" else ()
    sure = min(found.confidence, reader.most_sure)
    box = map_box(found.box, cheque.to_scan) if found.box else None
    return FieldReading(
        field.name, field.kind, found.text, found.text, round(sure, 4),
        box=box, source=_MICR_SOURCES[found.font], reasons=reasons,
    )  # fmt: skip

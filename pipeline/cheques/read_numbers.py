"""Printed and stamped numbers of a cheque: its account, and the serial that its MICR line says as well."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2

from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.crops import groups_apart, tall_only, text_bands
from inkfield.pipeline.fields.cell_reader import drawn_together
from inkfield.pipeline.fields.ranking import Candidate, evidence
from inkfield.pipeline.fields.reader import FieldReader, has_ink, unread
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput
from inkfield.schemas.forms.model import Field
from inkfield.schemas.readings import Alternative, FieldReading
from inkfield.schemas.reasons import ReasonCode, because


@dataclass(frozen=True)
class ReadNumbersLimits:
    """How printed and stamped numbers are read."""

    figures_apart_mm: float = limit(0.5, "mm", "guess", "To which stamped figures are drawn together")
    fewest_figures: int = limit(
        3,
        "figures",
        "guess",
        "Figures of the shortest number that is printed apart from others: a US cheque's",
    )
    ragged_mm: float = limit(
        0.17, "mm", "guess", "By which the ragged edges of a stamp's figures are blurred"
    )


LIMITS = ReadNumbersLimits()


def read_serial(field: Field, cheque: Cheque, reader: FieldReader) -> FieldReading:
    """The printed number; the serial of the MICR line says the same, or a person has to look."""
    printed = read_number(field, cheque, reader)
    parts = cheque.standard.parts(cheque.layout.micr.text)
    serial = parts.serial.lstrip("0") if parts else ""
    if not serial:
        return printed
    found = min(cheque.layout.micr.confidence, reader.most_sure)
    if printed.status == "empty" or printed.value is None:
        return replace(printed, text=serial, value=serial, confidence=round(found, 4), source="E-13B serial",
                       status="review", reasons=())  # fmt: skip
    if str(printed.value).lstrip("0") == serial:
        sure = min(1 - (1 - printed.confidence) * (1 - found), reader.most_sure)
        return replace(printed, confidence=round(sure, 4), reasons=())
    other = Alternative(serial, serial, round(found, 4))
    return replace(printed, alternatives=(other,), reasons=(because(ReasonCode.SERIAL_DIFFERS),))


def read_number(field: Field, cheque: Cheque, reader: FieldReader) -> FieldReading:
    """A printed or stamped number: of the lines in its region, the one that is surest to be such a number."""
    best: tuple[float, list[Candidate], LineOutput] | None = None
    widest = round(LIMITS.figures_apart_mm * cheque.layout.scale)
    bands = [tall_only(band) for band in text_bands(cheque.crops[field.name], cheque.layout.scale)]
    groups = [
        group for band in bands for group in groups_apart(band, cheque.layout.scale, LIMITS.fewest_figures)
    ]
    for group in groups:
        if not has_ink(group):
            continue
        # Stamped figures stand wide apart, among specks of the stamp's ink, and have ragged edges.
        figures = drawn_together(group, widest)
        figures = cv2.GaussianBlur(figures, (0, 0), LIMITS.ragged_mm * cheque.layout.scale)
        output = reader.network(field).read([figures])[0]
        candidates = reader.candidates(field, output)
        if candidates:
            sure = reader.confidence(field, evidence(candidates, output), field.kind)
            if best is None or sure > best[0]:
                best = (sure, candidates, output)
    box = cheque.scan_box(field.name)
    if best is None:
        return unread(field, box, because(ReasonCode.NOT_FOUND, field=field.name))
    return reader.decide(field, box, best[1], best[2])

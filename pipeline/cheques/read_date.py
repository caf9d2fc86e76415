"""The date of a cheque: of dates that look alike, the one that a cheque is likelier to bear."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import cv2

from inkfield.pipeline.cheques.alteration.all_strokes import strokes_of
from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.crops import date_cell_crops
from inkfield.pipeline.cheques.printed_captions import written_score
from inkfield.pipeline.fields.ranking import Candidate
from inkfield.pipeline.fields.reader import FieldReader, Ink, unread
from inkfield.pipeline.image.geometry import crop, to_grey
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import DateOrder, Field
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode, because


@dataclass(frozen=True)
class ReadDateLimits:
    """Which years a cheque is likely to bear."""

    ahead: float = limit(-4.0, "nats", "guess", "For a year that lies ahead by more than one")
    each_year: float = limit(-0.2, "nats", "guess", "For each year beyond those that are usual")
    usual_years: int = limit(12, "years", "guess", "Ago that a cheque may be without being less likely")
    letter_mm: float = limit(1.2, "mm", "guess", "Height of writing that may be of a date; lower are specks")
    date_mm: float = limit(5.0, "mm", "guess", "Width of ink of the shortest date")
    most_years: int = limit(20, "years", "guess", "Beyond these that count")
    letters_mm: float = limit(
        3.6, "mm", "guess", "How far under the boxes of a date the letters of its order reach"
    )
    misread: int = limit(
        1, "letters", "guess", "Of that order that may be misread: two orders differ in four at least"
    )


LIMITS = ReadDateLimits()


def read_date(field: Field, cheque: Cheque, reader: FieldReader, today: date) -> FieldReading:
    """The date, from its cells where the cheque has them."""
    if not cheque.layout.date_cells:
        return _on_rule(field, cheque, reader, today)
    if not cheque.standard.date_by_letters:
        return _in_cells(field, cheque, reader, today)
    order = order_under_cells(cheque, reader)
    if order is None:
        reading = _in_cells(field, cheque, reader, today)
        return replace(reading, reasons=(*reading.reasons, because(ReasonCode.DATE_ORDER)))
    return _in_cells(field.model_copy(update={"date_order": order, "cells": 8}), cheque, reader, today)


_ORDERS: dict[str, DateOrder] = {
    "DDMMYYYY": "DMY", "JJMMAAAA": "DMY", "MMDDYYYY": "MDY", "MMJJAAAA": "MDY", "YYYYMMDD": "YMD", "AAAAMMJJ": "YMD",
}  # fmt: skip
"""What stands under the boxes, in English and in French."""


def order_under_cells(cheque: Cheque, reader: FieldReader) -> DateOrder | None:
    """The order of day, month and year that the letters under the boxes of a date tell; None where they do not."""
    grey = to_grey(cheque.image)
    high = round(LIMITS.letters_mm * cheque.layout.scale)
    letters = [
        crop(grey, (x, y + height + 1, width, high)) for x, y, width, height in cheque.layout.date_cells
    ]
    if any(letter.size == 0 for letter in letters):
        return None
    read = reader.recognizer.read_cells(letters).best().text.upper()
    away = {shown: edit_distance(read, shown) for shown in _ORDERS}
    nearest = min(away, key=lambda shown: away[shown])
    return _ORDERS[nearest] if away[nearest] <= LIMITS.misread else None


def _in_cells(field: Field, cheque: Cheque, reader: FieldReader, today: date) -> FieldReading:
    """The date from its eight cells; of dates that look alike, the one that a cheque is likelier to bear."""
    box = cheque.scan_box("date")
    cells = date_cell_crops(cheque.cleaned, cheque.layout)
    reader.saw(field, Ink((), box, tuple(cells)))
    looks = reader.looks_at_cells(field, cells)
    if looks is None:
        return reader.empty(field, box, cells)
    candidates, by_cell = looks
    return reader.decide(field, box, _likelier(candidates, today), by_cell)


def _on_rule(field: Field, cheque: Cheque, reader: FieldReader, today: date) -> FieldReading:
    """The date written on a rule, in figures or with the month's name."""
    box, part = cheque.scan_box("date"), cheque.crops["date"]
    ink = Ink((part,), box)
    reader.saw(field, ink)
    looks = reader.looks_at_lines(field, ink)
    if looks is None and _written_elsewhere(cheque):
        return unread(field, box, because(ReasonCode.NOT_FOUND, field=field.name))
    if looks is None:
        return reader.empty(field, box, (part,))
    candidates, output = looks
    reading = reader.decide(field, box, _likelier(candidates, today), output)
    if not year_perhaps_cut(reading.text, today):
        return reading
    return replace(reading, reasons=(*reading.reasons, because(ReasonCode.YEAR_CUT)))


def year_perhaps_cut(text: str, today: date) -> bool:
    """Whether a date ends with two figures that years of four begin with: the others may lie beside the crop."""
    year = re.search(r"(?<!\d)(\d\d)\D*$", text)
    return year is not None and year[1] in {f"{today.year - 100}"[:2], f"{today.year}"[:2]}


def _written_elsewhere(cheque: Cheque) -> bool:
    """Whether writing stands in the upper right quarter, where the date belongs: its rule was taken for another."""
    _, bottom, _, _ = cheque.layout.regions["courtesy_amount"].box
    part = cheque.cleaned[: max(1, bottom), cheque.cleaned.shape[1] // 2 :]
    strokes = strokes_of(part)
    names, stats = strokes.labels, strokes.stats
    high = stats[:, cv2.CC_STAT_HEIGHT] > LIMITS.letter_mm * cheque.layout.scale
    written = (written_score(part, names, len(stats), cheque.layout.scale) > 0) & high
    written[0] = False
    return bool(written[names].any(axis=0).sum() > LIMITS.date_mm * cheque.layout.scale)


def _likelier(candidates: list[Candidate], today: date) -> list[Candidate]:
    """The candidates with what the year says for or against them, best first."""
    weighed = [replace(c, log_probability=c.log_probability + _year_prior(c, today)) for c in candidates]
    return sorted(weighed, key=lambda c: -c.log_probability)


def _year_prior(candidate: Candidate, today: date) -> float:
    """Log weight of a cheque's year: of late, or a while ago; hardly ever long past or yet to come."""
    if not isinstance(candidate.value, date):
        return 0.0
    age = today.year - candidate.value.year
    return (
        LIMITS.ahead
        if age < -1
        else LIMITS.each_year * max(0, min(age - LIMITS.usual_years, LIMITS.most_years))
    )

"""Reads a page that is a registered form: every field cut out where the form has it, the form's print taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np

from inkfield.pipeline.fields.cells import cell_crops
from inkfield.pipeline.fields.checkbox import read_checkbox
from inkfield.pipeline.fields.kinds import reading_of, written
from inkfield.pipeline.fields.kinds.kind import MarkReading, PrintReading
from inkfield.pipeline.fields.reader import FieldReader, Ink, empty_reading, has_ink, unread, yes_or_no
from inkfield.pipeline.fields.table import cell_name, says_something
from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.geometry import crop, middle_in, to_grey
from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import FilledValue, Trace
from inkfield.pipeline.stages import Stage, run, show_crops
from inkfield.pipeline.templates.identify import Match
from inkfield.pipeline.templates.own_ink import has_own_ink
from inkfield.pipeline.templates.register import Registration, register
from inkfield.pipeline.templates.subtract import subtract_print
from inkfield.pipeline.templates.template import load_template
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Field, Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import Box, FieldReading
from inkfield.schemas.reasons import ReasonCode, because


@dataclass(frozen=True)
class ReadLimits:
    """How boxes are cut from a sheet."""

    dpi: float = limit(300.0, "dpi", "guess", "Resolution at which a form is read")
    margin_mm: float = limit(0.6, "mm", "guess", "Writing reaches a little over its box")
    least_visible: float = limit(
        0.9, "share", "guess", "Of a box that lies on the scan, under which it is cut off"
    )
    ink: int = limit(
        160, "grey levels", "guess", "Under which a pixel of a cleaned crop is ink, where lines are parted"
    )
    quiet_mm: float = limit(3.0, "mm", "guess", "Paper around a printed code that is looked at with it")
    code_sure: float = limit(
        0.999, "probability", "guess", "That a code is right whose own check signs are right"
    )
    reach: float = limit(
        0.25, "share", "guess", "Of a line's height, up and down, within which two lines are parted"
    )


LIMITS = ReadLimits()
ACROFORM = "acroform"
"""The source of what was filled in on the screen."""


@dataclass(frozen=True)
class FormPage:
    """A page on its way to the fields of its form.

    ``image`` is uint8, grey or BGR: the page as scanned, then as laid on the form at 300 dpi; ``writing`` the same in
    grey without what the form prints (``printed``, grey at 300 dpi).
    """

    form: Form
    registration: Registration
    image: np.ndarray
    writing: np.ndarray
    printed: np.ndarray
    filled: tuple[FilledValue, ...] = ()
    readings: tuple[FieldReading, ...] = ()

    @cached_property
    def aligned(self) -> np.ndarray:
        """The page in grey."""
        return to_grey(self.image)

    def crops(self) -> dict[str, np.ndarray]:
        """The writing of each field that has a box of its own on the scan, by its name."""
        return {
            field.name: self.cut(field.box)
            for field in self.form.fields
            if field.box and field.kind != "table" and self.has(field.box)
        }

    def has(self, box: tuple[float, float, float, float]) -> bool:
        """Whether a box given in mm of the paper lies on the scan, and is not cut off."""
        return self.registration.visible(box) >= LIMITS.least_visible

    def typed_in(self, box: Box) -> list[FilledValue]:
        """What was filled in on the screen in a box on the page, in reading order."""
        inside = [value for value in self.filled if middle_in(value.box, box)]
        return sorted(inside, key=lambda value: (round(value.box[1] / max(1, value.box[3])), value.box[0]))

    def cut(self, box: tuple[float, float, float, float]) -> np.ndarray:
        """The writing in a box given in mm of the paper, and a little around it."""
        return crop(self.writing, pixels(box, LIMITS.margin_mm))


def pixels(box: tuple[float, float, float, float], margin_mm: float = 0.0) -> Box:
    """A box in mm as a box in pixels at 300 dpi, with a margin."""
    scale = LIMITS.dpi / 25.4
    x, y, width, height = box
    left, top = round((x - margin_mm) * scale), round((y - margin_mm) * scale)
    return (
        left,
        top,
        round((x + width + margin_mm) * scale) - left,
        round((y + height + margin_mm) * scale) - top,
    )


def read_registered(
    view: View,
    form: Form,
    match: Match,
    reader: FieldReader,
    trace: Trace,
    filled: Sequence[FilledValue] = (),
) -> tuple[FieldReading, ...]:
    """All fields of the form in its order, table cells after their table. ``view`` is the page as scanned. What the
    file says was ``filled`` in on the screen beats the picture."""
    printed = load_template(form).at(LIMITS.dpi / 25.4)
    page = FormPage(form, register(view.grey, form, match), view.image, view.grey, printed, tuple(filled))
    page = run(FORM, page, reader.for_form(form), trace)
    show_crops(page.crops(), trace)
    return page.readings


def lay_on_form(page: FormPage, reader: FieldReader) -> FormPage:
    """Warped to where the form has its boxes, background taken out."""
    aligned = page.registration.warp(page.image, LIMITS.dpi)
    writing = suppress_background(aligned)
    height, width = writing.shape[:2]
    same = page.printed.shape == writing.shape
    printed = page.printed if same else cv2.resize(page.printed, (width, height))
    return replace(page, image=aligned, writing=writing, printed=printed)


def take_out_print(page: FormPage, reader: FieldReader) -> FormPage:
    """What the form prints is taken out of the writing."""
    return replace(page, writing=subtract_print(page.writing, page.printed, LIMITS.dpi))


def read_fields(page: FormPage, reader: FieldReader) -> FormPage:
    """Every field read in its box."""
    return replace(page, readings=tuple(r for field in page.form.fields for r in _read(field, page, reader)))


FORM: tuple[Stage[FormPage, FieldReader], ...] = (
    Stage("laid on the form", lay_on_form, lambda page: page.image),
    Stage("the form's print taken out", take_out_print, lambda page: page.writing),
    Stage("fields read", read_fields),
)
"""From a page that is known to be a form to the form's fields."""


def _read(field: Field, sheet: FormPage, reader: FieldReader) -> list[FieldReading]:
    if field.kind == "decision":
        return []
    if field.kind == "choice":
        return [_choice(field, sheet, reader)]
    if field.box is None:
        return []
    box = sheet.registration.to_page(field.box)
    if not sheet.has(field.box):
        return [unread(field, box, because(ReasonCode.CUT_OFF))]
    if field.kind == "table":
        return _table(field, sheet, reader)
    part = sheet.cut(field.box)
    return [_one(field, part, box, sheet, reader)]


def _one(field: Field, part: np.ndarray, box: Box, sheet: FormPage, reader: FieldReader) -> FieldReading:
    reading = reading_of(field.kind)
    if typed := sheet.typed_in(box):
        return as_filled(field, box, typed)
    if isinstance(reading, MarkReading):
        there, sure = reading.look(part, LIMITS.dpi)
        if not there and field.known_values and has_ink(part):
            return _in_words(field, part, box, reader, sure)
        return yes_or_no(field, box, there, min(sure, reader.most_sure))
    if isinstance(reading, PrintReading):
        return _printed(field, part, box, reading, sheet)
    cells = field.character_boxes()
    if cells:
        boxes = [pixels(cell) for cell in cells]
        return reader.read(field, Ink((), box, cell_crops(sheet.writing, boxes)))
    if not has_ink(part) or (
        field.box and not has_own_ink(sheet.writing, sheet.printed, pixels(field.box), LIMITS.dpi)
    ):
        return empty_reading(field, box)
    if field.parts:
        parts = cell_crops(sheet.writing, [pixels(place, LIMITS.margin_mm) for place in _parts(field)])
        if not all(map(has_ink, parts)):
            return unread(field, box, because(ReasonCode.NO_VALUE))
        return reader.read(field, Ink(parts, box))
    return reader.read(field, Ink(tuple(_lines(part, field.lines)), box))


def _in_words(field: Field, part: np.ndarray, box: Box, reader: FieldReader, unsigned: float) -> FieldReading:
    """A signature that words stand for (``SOF``); none, as sure as ``unsigned``, where none of them is written."""
    words = field.model_copy(update={"kind": "text"})
    found = reader.read(words, Ink((part,), box))
    if found.value not in reader.known[field.name]:
        return yes_or_no(field, box, False, min(unsigned, reader.most_sure))
    return replace(yes_or_no(field, box, True, found.confidence), text=found.text)


def _parts(field: Field) -> list[tuple[float, float, float, float]]:
    """The boxes, in mm of the paper, between the printed lines that part a field, without the margin between them."""
    assert field.box is not None
    x, y, width, height = field.box
    margin = LIMITS.margin_mm
    ends = [0.0, *field.parts, width]
    return [
        (x + left + margin, y, max(0.1, right - left - 2 * margin), height) for left, right in pairwise(ends)
    ]


def _printed(
    field: Field, part: np.ndarray, box: Box, reading: PrintReading, sheet: FormPage
) -> FieldReading:
    """The one code in a box. For review where there are several, or something is there that cannot be read."""
    assert field.box is not None
    texts = reading.read(crop(sheet.aligned, pixels(field.box, LIMITS.quiet_mm)))
    fitting = [text for text in texts if not field.pattern or re.fullmatch(field.pattern, text)]
    if len(fitting) == 1:
        text = fitting[0]
        return FieldReading(field.name, field.kind, text, text, LIMITS.code_sure, box=box, source=field.kind)
    if texts or has_ink(part):
        return unread(field, box, because(ReasonCode.NO_VALUE), " ".join(texts), field.kind)
    return empty_reading(field, box)


def as_filled(field: Field, box: Box, typed: Sequence[FilledValue]) -> FieldReading:
    """The reading of a field that was filled in on the screen: as it was typed. For review where that is no value of
    the field's kind."""
    if isinstance(reading_of(field.kind), MarkReading):
        return replace(yes_or_no(field, box, True, 1.0), source=ACROFORM)
    text = " ".join(str(value.value) for value in typed if isinstance(value.value, str))
    value = text if kind_of(field.kind).stored == "text" else written(field).parse(text, field)
    if not text or value is None or (field.pattern and not re.fullmatch(field.pattern, text)):
        return unread(field, box, because(ReasonCode.NO_VALUE), text, ACROFORM)
    return FieldReading(field.name, field.kind, text, value, 1.0, box=box, source=ACROFORM)


def _choice(field: Field, sheet: FormPage, reader: FieldReader) -> FieldReading:
    """The ticked option; review when none or several are ticked."""
    places = [(option, sheet.registration.to_page(option.box)) for option in field.options]
    chosen = [(option, box) for option, box in places if sheet.typed_in(box)]
    if len(chosen) == 1:
        (option, place) = chosen[0]
        return FieldReading(
            field.name, field.kind, option.value, option.value, 1.0, box=place, source=ACROFORM
        )
    looks = [(option, *read_checkbox(sheet.cut(option.box))) for option in field.options]
    ticked = [(option, probability) for option, found, probability in looks if found]
    box = sheet.registration.to_page(ticked[0][0].box if ticked else field.options[0].box)
    if not ticked:
        return empty_reading(field, box)
    sure = min(probability for _, _, probability in looks)
    reading = yes_or_no(field, box, True, min(sure, reader.most_sure) if len(ticked) == 1 else 0.0)
    reasons = () if len(ticked) == 1 else (because(ReasonCode.SEVERAL_OPTIONS),)
    return replace(reading, text=ticked[0][0].value, value=ticked[0][0].value, reasons=reasons)


def _lines(part: np.ndarray, count: int) -> list[np.ndarray]:
    """A field of several lines cut at the emptiest rows near where the lines should part."""
    if count == 1:
        return [part]
    ink = (part < LIMITS.ink).sum(1).astype(float)
    height = part.shape[0] / count
    cuts = [0]
    for i in range(1, count):
        low, high = int((i - LIMITS.reach) * height), int((i + LIMITS.reach) * height)
        cuts.append(low + int(np.argmin(np.convolve(ink[low:high], np.ones(5), "same"))))
    cuts.append(part.shape[0])
    return [part[a:b] for a, b in pairwise(cuts)]


def _table(field: Field, sheet: FormPage, reader: FieldReader) -> list[FieldReading]:
    """The table, its rows still to be filled in (see table.py), then its cells. Rows without ink are no rows."""
    cells: list[FieldReading] = []
    rows = 0
    for row in field.table_cells():
        readings = [
            _one(cell, sheet.cut(cell.box), sheet.registration.to_page(cell.box), sheet, reader)
            for cell in row
            if cell.box is not None
        ]
        if not any(map(says_something, readings)):
            continue
        rows += 1
        cells += [replace(reading, name=cell_name(field.name, rows, reading.name)) for reading in readings]
    box = sheet.registration.to_page(field.box) if field.box else None
    table = replace(empty_reading(field, box), source="cells") if cells else empty_reading(field, box)
    return [table, *cells]

"""Reads the fields of a cheque that was found, in the order of its form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.field_places import region_of
from inkfield.pipeline.cheques.payee_captions import payee_without_captions, perhaps_captioned
from inkfield.pipeline.cheques.read_amounts import read_amounts
from inkfield.pipeline.cheques.read_date import read_date
from inkfield.pipeline.cheques.read_micr_field import read_micr_field, read_part_of_line
from inkfield.pipeline.cheques.read_numbers import read_number, read_serial
from inkfield.pipeline.cheques.rivals import beside_rivals
from inkfield.pipeline.fields.reader import FieldReader, Ink, unread, yes_or_no
from inkfield.pipeline.fields.signature import signature_present
from inkfield.pipeline.records import CROP_STAGE, Trace, no_trace
from inkfield.pipeline.text.read_text import draw_boxes
from inkfield.schemas.forms.model import Field, Form
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode, because


def read_cheque(
    cheque: Cheque, form: Form, reader: FieldReader, today: date, trace: Trace
) -> tuple[FieldReading, ...]:
    """All fields of the form, in its order. Statuses are set when the form's rules are applied."""
    reader = reader.for_form(form)
    trace("upright and level", cheque.image)
    trace("pattern and rules removed", cheque.cleaned)
    if trace is not no_trace:
        trace("fields", draw_boxes(cheque.image, [region.box for region in cheque.layout.regions.values()]))
    for name, part in cheque.crops.items():
        trace(f"{CROP_STAGE}{name}", part)
    readings = read_amounts(cheque, form, reader)
    for field in form.fields:
        if field.name not in readings and field.kind != "decision":
            readings[field.name] = _read_field(field, cheque, reader, today)
    if cheque.standard.by_line:
        readings = {name: _with_all_words(r, cheque) for name, r in readings.items()}
        legal = readings["legal_amount"]
        if readings["courtesy_amount"].value is None and legal.value is not None:
            # Where no figures are found the places may be wrong, and the end of the words cut off.
            alone = because(ReasonCode.ONE_SIDE, field="courtesy_amount")
            readings["legal_amount"] = replace(legal, reasons=(*legal.reasons, alone))
    if cheque.standard.of_any_country:
        unknown = because(ReasonCode.OTHER_COUNTRY)
        readings = {
            name: unread(form.field(name), r.box, unknown)
            if r.status == "empty"
            else replace(r, reasons=(*r.reasons, unknown))
            for name, r in readings.items()
        }
    return tuple(readings[field.name] for field in form.fields if field.name in readings)


def _with_all_words(reading: FieldReading, cheque: Cheque) -> FieldReading:
    """The reading for a person where something that may be a word of it was taken for print."""
    lines = {"payee": ("payee",), "legal_amount": ("legal_amount_1", "legal_amount_2")}.get(reading.name, ())
    if not any(cheque.lost_word(line) for line in lines):
        return reading
    return replace(reading, reasons=(*reading.reasons, because(ReasonCode.CAPTION_TAKEN)))


def _read_field(field: Field, cheque: Cheque, reader: FieldReader, today: date) -> FieldReading:
    if field.kind == "micr":
        return read_micr_field(field, cheque, reader)
    if field.name in cheque.standard.line_fields:
        return read_part_of_line(field, cheque, reader)
    region = region_of(field)
    if region not in cheque.crops:
        return unread(field, None, because(ReasonCode.NOT_FOUND, field=field.name))
    box, part = cheque.scan_box(region), cheque.crops[region]
    match field.kind:
        case "signature":
            present, probability = signature_present(part, cheque.dpi, cheque.standard.names_printed)
            return yes_or_no(field, box, present, min(probability, reader.most_sure))
        case "date":
            return beside_rivals(read_date(field, cheque, reader, today))
        case "code" if field.name == cheque.standard.serial_field:
            return read_serial(field, cheque, reader)
        case "code":
            return read_number(field, cheque, reader)
        case _ if field.name == "payee" and field.known_values is None:
            payee = payee_without_captions(reader.read(field, Ink((part,), box)))
            return perhaps_captioned(payee) if cheque.standard.by_line else payee
        case _:
            return reader.read(field, Ink((part,), box))

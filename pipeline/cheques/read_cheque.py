"""Reads the fields of a cheque that was found, in the order of its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

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
from inkfield.pipeline.records import Trace
from inkfield.pipeline.stages import Stage, run, show_crops
from inkfield.pipeline.text.read_text import draw_boxes
from inkfield.schemas.forms.model import Field, Form
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode, because


@dataclass(frozen=True)
class ChequePage:
    """A cheque that was found, on its way to its form's fields. ``readings`` are those made so far, by field."""

    cheque: Cheque
    form: Form
    today: date
    readings: dict[str, FieldReading] = field(default_factory=dict)

    def each(self, change: Callable[[FieldReading], FieldReading]) -> ChequePage:
        """With each reading changed."""
        return replace(self, readings={name: change(reading) for name, reading in self.readings.items()})


def read_cheque(
    cheque: Cheque, form: Form, reader: FieldReader, today: date, trace: Trace
) -> tuple[FieldReading, ...]:
    """All fields of the form, in its order. Statuses are set when the form's rules are applied."""
    trace("upright and level", lambda: cheque.image)
    page = run(CHEQUE, ChequePage(cheque, form, today), reader.for_form(form), trace)
    show_crops(cheque.crops, trace)
    return tuple(page.readings[field.name] for field in form.fields if field.name in page.readings)


def take_out_pattern(page: ChequePage, reader: FieldReader) -> ChequePage:
    """Pattern and rules taken out. The cheque keeps what comes of it, as it does the crops, for several need them."""
    _ = page.cheque.cleaned
    return page


def cut_out(page: ChequePage, reader: FieldReader) -> ChequePage:
    """The writing of each field, without the print around it."""
    _ = page.cheque.crops
    return page


def read_both_amounts(page: ChequePage, reader: FieldReader) -> ChequePage:
    """The figures, the words and the amount that both state."""
    return replace(page, readings=read_amounts(page.cheque, page.form, reader))


def read_others(page: ChequePage, reader: FieldReader) -> ChequePage:
    """Every field that was not read with the amounts."""
    others = {
        field.name: _read_field(field, page.cheque, reader, page.today)
        for field in page.form.fields
        if field.name not in page.readings and field.kind != "decision"
    }
    return replace(page, readings=page.readings | others)


def doubt_lost_words(page: ChequePage, reader: FieldReader) -> ChequePage:
    """Where places are found line by line: for a person what may have lost a word."""
    if not page.cheque.standard.by_line:
        return page
    page = page.each(lambda reading: _with_all_words(reading, page.cheque))
    legal = page.readings["legal_amount"]
    if page.readings["courtesy_amount"].value is not None or legal.value is None:
        return page
    # Where no figures are found the places may be wrong, and the end of the words cut off.
    alone = because(ReasonCode.ONE_SIDE, field="courtesy_amount")
    doubted = replace(legal, reasons=(*legal.reasons, alone))
    return replace(page, readings=page.readings | {"legal_amount": doubted})


def doubt_differing_serials(page: ChequePage, reader: FieldReader) -> ChequePage:
    """Where the printed number and the line's differ, either may be misread."""
    differs = because(ReasonCode.SERIAL_DIFFERS)
    serial = page.readings.get(page.cheque.standard.serial_field or "")
    if serial is None or differs not in serial.reasons:
        return page
    return page.each(
        lambda reading: (
            replace(reading, reasons=(*reading.reasons, differs)) if reading.kind == "micr" else reading
        )
    )


def doubt_other_countries(page: ChequePage, reader: FieldReader) -> ChequePage:
    """Everything on a cheque of a country that is not known is for a person, also what seems to be empty."""
    if not page.cheque.standard.of_any_country:
        return page
    unknown = because(ReasonCode.OTHER_COUNTRY)
    return page.each(
        lambda reading: (
            unread(page.form.field(reading.name), reading.box, unknown)
            if reading.status == "empty"
            else replace(reading, reasons=(*reading.reasons, unknown))
        )
    )


def _places(page: ChequePage) -> np.ndarray:
    return draw_boxes(page.cheque.image, [region.box for region in page.cheque.layout.regions.values()])


CHEQUE: tuple[Stage[ChequePage, FieldReader], ...] = (
    Stage("pattern and rules removed", take_out_pattern, lambda page: page.cheque.cleaned),
    Stage("fields", cut_out, _places),
    Stage("amounts read", read_both_amounts),
    Stage("other fields read", read_others),
    Stage("lost words doubted", doubt_lost_words),
    Stage("differing numbers doubted", doubt_differing_serials),
    Stage("other countries doubted", doubt_other_countries),
)
"""From a cheque that was found to its form's fields."""


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

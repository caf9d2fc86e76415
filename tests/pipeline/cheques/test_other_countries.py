"""Cheques of the UK, Canada, France and of countries without a form: told by their line, and nothing wrong accepted."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from inkfield.lab.documents.other_countries import render_abroad
from inkfield.lab.evaluate.evaluate_cheques import canonical
from inkfield.pipeline.cheques.micr.canadian_line import canadian_faults, parse_canadian_micr
from inkfield.pipeline.cheques.micr.french_line import french_faults, parse_french_line
from inkfield.pipeline.cheques.micr.reading import MicrFont, MicrReading
from inkfield.pipeline.cheques.micr.uk_line import parse_uk_micr, uk_faults
from inkfield.pipeline.cheques.registry import decided_by
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode

TODAY = date(2026, 6, 30)
BANKS = {"cheque_uk": 4, "cheque_ca": 2, "cheque_fr": 6, "cheque_generic": 2}
"""By form the seed of a bank."""


@pytest.mark.parametrize(
    ("line", "font", "form"),
    [
        ("C123456C 40D2518A 12345678C 01", "E-13B", "cheque_uk"),
        ("C123456C 40D25D18A 12345678C", "E-13B", "cheque_uk"),
        ("C000607C A63227D010A 101D869D5C", "E-13B", "cheque_ca"),
        ("<0000147< 012345678909> 123456789012:", "CMC-7", "cheque_fr"),
        ("<00137691<0180011035>900000007840:", "CMC-7", "cheque_generic"),
        ("C001234C 01002A 0123456789C", "E-13B", "cheque_generic"),
        ("C083654C 500025033A 290062C 31", "E-13B", "cheque"),
        ("A123456780A 0012345678C 0981", "E-13B", "cheque_us"),
        # A line of India or the US that is not whole is no other country's.
        ("C083654C 50002503A 290062C 31", "E-13B", None),
        ("C083654C 290062C 31", "E-13B", None),
        ("12 34", "E-13B", None),
    ],
)
def test_the_structure_of_a_line_decides(line: str, font: MicrFont, form: str | None) -> None:
    owner = decided_by(MicrReading(line, (), 0.99, None, font))
    assert (owner.name if owner else None) == form


def test_what_a_line_says_and_what_speaks_against_it() -> None:
    uk = parse_uk_micr("C123456C 40D2518A 12345678C 01")
    assert uk and (uk.serial, uk.routing, uk.account) == ("123456", "402518", "12345678")
    canadian = parse_canadian_micr("C000607C A63227D010A 101D869D5C")
    assert canadian and (canadian.serial, canadian.routing, canadian.account) == (
        "000607",
        "01063227",
        "1018695",
    )
    french = parse_french_line("<0000147< 012345678909> 123456789012:")
    assert french and french.serial == "0000147"
    assert [fault.code for fault in uk_faults("C123456C 40D2518A 1234567C")] == [ReasonCode.MICR_STRUCTURE]
    assert canadian_faults("C000607C A63227D910A 101D869D5C") and french_faults(
        "<0000147< 012345678909> 12345:"
    )


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[str | None, dict[str, FieldReading], dict[str, object]]]:
    """By standard the form, fields and true values of one cheque of a bank drawn at random."""
    reader, found = PageReader(None, "default"), {}
    for name, seed in BANKS.items():
        cheque = render_abroad(name, seed, np.random.default_rng([seed, 0]), UNSEEN_HANDS[1:2], TODAY)
        (page,) = reader.read(Page("scan", 1, cheque.image, cheque.dpi), TODAY)
        found[name] = page.form, {field.name: field for field in page.fields}, cheque.truth
    return found


@pytest.mark.parametrize("name", BANKS)
def test_a_cheque_is_read_as_one_of_its_country(name: str, read) -> None:
    form, fields, truth = read[name]
    assert form == name
    assert fields["micr"].value == truth["micr"]
    for field, value in truth.items():
        if field in fields and fields[field].status == "accepted":
            assert canonical(fields[field].value, field) == canonical(value, field), field
    if name != "cheque_generic":
        assert canonical(fields["amount"].value, "amount") == truth["amount"]
        assert fields["cheque_number"].value in str(truth["micr"])
        assert {
            fields[part].status for part in ("micr", "cheque_number", "account_number") if part in fields
        } == {"accepted"}


def test_nothing_of_an_unknown_country_is_accepted(read) -> None:
    _, fields, _ = read["cheque_generic"]
    assert {field.status for name, field in fields.items() if name != "decision"} == {"review"}
    assert fields["decision"].value == "review"

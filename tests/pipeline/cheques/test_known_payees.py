"""A list of known payees beside the form: a payee is read as the list spells it, or told not to be on it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.readings import FieldReading
from tests.support.cheque_paper import Writing, draw_cheque

KNOWN = ("Asha Gupta Trust", "ASHA GUPTA", "Ravi Sharma", "Nagpur Water Board")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> PageReader:
    """A reader of Indian cheques whose payees are known."""
    folder: Path = tmp_path_factory.mktemp("forms")
    shipped = load_forms()["cheque_in"].folder
    assert shipped is not None
    text = (shipped / "cheque_in.yaml").read_text("utf-8").replace("name: cheque_in", "name: known_cheque", 1)
    listed = text.replace("kind: name, language: names,", "kind: name, known_values: payees.txt,", 1)
    assert listed != text
    (folder / "known_cheque.yaml").write_text(listed, "utf-8")
    (folder / "payees.txt").write_text("\n".join(KNOWN) + "\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKFIELD_FORMS", str(folder))
        return PageReader("known_cheque", "default")


def _payee(reader: PageReader, written: str) -> FieldReading:
    picture = draw_cheque(writing=Writing(payee=written))
    (reading,) = reader.read(Page("rendered", 1, picture, 200.0), date(2026, 6, 30))
    assert reading.form == "known_cheque"
    return next(field for field in reading.fields if field.name == "payee")


@pytest.mark.parametrize(
    ("written", "meant"), [("Asha Gupta", "ASHA GUPTA"), ("Nagpur Watr Board", KNOWN[3])]
)
def test_a_known_payee_is_read_as_the_list_spells_it(reader: PageReader, written: str, meant: str) -> None:
    payee = _payee(reader, written)
    assert payee.value == meant
    assert all(a.value in KNOWN or a.probability < 0.5 for a in payee.alternatives)


def test_somebody_else_is_not_made_one_of_them(reader: PageReader) -> None:
    payee = _payee(reader, "Fatima Mohammed Iqbal")
    assert payee.value not in KNOWN
    assert "fatima" in str(payee.value).lower()

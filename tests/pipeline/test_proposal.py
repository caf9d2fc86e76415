"""Forms proposed for blanks: with form fields, and without any, by what is drawn on the page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.pipeline.document import read_document
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.pairs.filled import with_filled
from inkfield.pipeline.proposal.guess import date_order_of, kind_of_label, name_of_label, unique_names
from inkfield.pipeline.proposal.propose import Proposal, propose_form
from inkfield.pipeline.proposal.write_form import write_form
from inkfield.pipeline.records import Page
from inkfield.pipeline.settings import Settings
from inkfield.pipeline.templates.check import unreadable
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.forms.boxes import boxes_of
from inkfield.schemas.forms.check import overlap
from inkfield.schemas.forms.model import Field, Form, FormError, load_form
from inkfield.schemas.readings import LabelledValue
from tests.support.blank_forms import BlankForm, write_pdf

ANSCHRIFT = (20.0, 64.0, 80.0, 12.0)


def german() -> BlankForm:
    """A blank on A4: boxes with labels in them, a comb, lines, checkboxes, a table, text to read."""
    page = BlankForm()
    page.text(20, 20, "Antrag auf Erstattung", 18)
    page.text(20, 30, "Bitte lesen Sie die Hinweise auf der Rückseite, bevor Sie den Antrag ausfüllen.")
    for x, label in ((20, "Familienname"), (105, "Vorname")):
        page.box(x, 40, 80, 12)
        page.text(x + 1, 43.2, label, 7)
    page.text(20, 63, "Anschrift (Straße, Hausnummer)", 7)
    page.box(*ANSCHRIFT)
    for i in range(37):
        page.line(22 + 2 * i, 70, 23 + 2 * i)  # a guide line
    page.text(110, 63, "Geburtsdatum (TT.MM.JJJJ)", 7)
    page.box(110, 64, 48, 7)
    for i in range(1, 8):
        page.line(110 + 6 * i, 64, 110 + 6 * i, 71)
    page.text(20, 90, "Telefon:")
    page.line(36, 90.5, 90)
    for x, label in ((20, "verheiratet"), (60, "ledig"), (100, "verwitwet")):
        page.box(x, 100, 3.5, 3.5)
        page.text(x + 5, 103, label)
    page.box(20, 115, 150, 7, grey=0.85)
    for x, label in ((22, "Datum der Behandlung"), (72, "Leistung"), (122, "Betrag in EUR")):
        page.text(x, 120, label, 8)
    for i in range(6):
        page.line(20, 115 + 7 * i, 170)
    for x in (20, 70, 120, 170):
        page.line(x, 115, x, 150)
    page.line(20, 180, 90)
    page.text(20, 184, "Ort, Datum", 7)
    page.line(110, 180, 190)
    page.text(110, 184, "Unterschrift des Antragstellers", 7)
    page.text(20, 200, "Hinweise zum Datenschutz", 11)
    for i in range(6):
        page.text(
            20,
            206 + 4 * i,
            "Ihre Angaben werden nur für die Bearbeitung dieses Antrags gespeichert und danach",
        )
    page.line(20, 285, 190)
    page.text(95, 290, "Seite 1 von 1", 7)
    return page


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Proposal:
    return propose_form(write_pdf(tmp_path_factory.mktemp("blank") / "Antrag auf Erstattung.pdf", german()))


def near(form: Form, name: str, box: tuple[float, float, float, float]) -> Field:
    """The field of that name, which lies in the box and fills most of it."""
    found = form.field(name)
    assert found.box is not None
    assert overlap(found.box, box) > 0.9 and found.box[2] * found.box[3] > 0.5 * box[2] * box[3], found
    return found


def test_fields_are_found_named_and_of_their_kinds(drawn: Proposal) -> None:
    form = drawn.form
    assert form.name == "antrag_auf_erstattung" and (form.paper.width_mm, form.paper.height_mm) == (210, 297)
    assert near(form, "familienname", (20, 43.5, 80, 8.5)).kind == "name"
    assert near(form, "vorname", (105, 43.5, 80, 8.5)).kind == "name"
    assert near(form, "anschrift", ANSCHRIFT).kind == "address"
    born = near(form, "geburtsdatum", (110, 64, 48, 7))
    assert (born.kind, born.cells, born.date_order) == ("date", 8, "DMY")
    assert near(form, "telefon", (36, 83, 54, 7.5)).kind == "text"
    assert {f.name for f in form.fields if f.kind == "checkbox"} == {"verheiratet", "ledig", "verwitwet"}
    assert form.field("unterschrift_antragstellers").kind == "signature"


def test_a_grid_with_heads_is_a_table(drawn: Proposal) -> None:
    (table,) = (field for field in drawn.form.fields if field.kind == "table")
    assert table.rows == 4
    assert [(c.name, c.kind) for c in table.columns] == [
        ("datum_behandlung", "date"), ("leistung", "text"), ("betrag_eur", "amount"),
    ]  # fmt: skip
    cells = [box for box in boxes_of(drawn.form) if box.field.startswith(f"{table.name}.4.")]
    assert all(abs(cell.box_mm[1] - 143) < 0.8 for cell in cells)


def test_text_to_read_and_rules_are_no_fields(drawn: Proposal) -> None:
    assert len(drawn.form.fields) == 11
    assert all(field.box is None or field.box[1] < 185 for field in drawn.form.fields)


def test_places_of_other_publishers_are_found(tmp_path: Path) -> None:
    """Grey boxes, white ones on grey, a comb of ticks, amounts for which nothing is drawn, a table with numbered rows;
    no box of the office."""
    page = BlankForm()
    page.text(20, 20, "Claim for benefits", 16)
    boxes = {"last_name": (20.0, 30.0, 60.0, 8.0), "first_name": (90.0, 30.0, 60.0, 8.0)}
    for name, box in boxes.items():
        page.text(box[0], 28.5, name.replace("_", " ").capitalize())
        page.box(*box, grey=0.88)
    page.box(18, 44, 170, 15, grey=0.82)
    page.text(20, 47.5, "Policy number")
    boxes["policy_number"] = (20.0, 49.0, 100.0, 8.0)
    page.box(*boxes["policy_number"], grey=1.0)
    page.text(20, 66, "Group number")
    page.line(20, 73, 70)
    for i in range(11):
        page.line(20 + 5 * i, 71, 20 + 5 * i, 73)
    for i, item in enumerate(("Wages", "Interest", "Dividends", "Rental income")):
        page.text(20, 86 + 9 * i, f"{i + 1}. {item}")
        page.text(130, 86 + 9 * i, f"{i + 1}.")
    for x, head in ((26, "Name of the child"), (100, "Amount of support")):
        page.text(x + 1, 124, head, 7)
    for i in range(4):
        page.line(20, 120 + 9 * i, 180)
        page.text(22, 137 + 9 * i, "abc"[i], 7) if i < 3 else None
    page.line(20, 156, 180)
    for x in (20, 26, 100, 180):
        page.line(x, 120, x, 156)
    page.box(130, 170, 50, 20)
    page.text(131, 173, "For office use only", 6)
    form = propose_form(write_pdf(tmp_path / "claim_for_benefits.pdf", page)).form
    for name, box in boxes.items():
        near(form, name, box)
    comb = form.field("group_number")
    assert comb.cells == 10 and near(form, "group_number", (20, 66.5, 50, 6.5))
    amounts = [form.field(name).box for name in ("wages", "interest", "dividends", "rental_income")]
    assert [box[1] + box[3] / 2 for box in amounts if box] == pytest.approx([85, 94, 103, 112], abs=1)
    cells = [f for f in form.fields if f.box and 128 < f.box[1] < 156]
    assert len(cells) == 6 and len(form.fields) == 14, [f.name for f in form.fields]


def test_what_is_written_can_be_used(tmp_path: Path) -> None:
    page = BlankForm(120, 90)
    page.text(10, 12, "Antrag auf Erstattung von Auslagen", 14)
    for i, label in enumerate(("Familienname", "Datum", "Unterschrift")):
        page.text(10, 24 + 22 * i, f"{label} des Antragstellers")
        page.box(10, 25 + 22 * i, 90, 12)
    blank = write_pdf(tmp_path / "antrag.pdf", page)
    result = CliRunner().invoke(
        app, ["forms", "new", str(blank), "--name", "antrag", "--output", str(tmp_path / "out")]
    )
    assert result.exit_code == 0 and "Unterschrift" in result.output
    form = load_form(tmp_path / "out" / "antrag.yaml")
    assert not unreadable(form)
    assert (tmp_path / "out" / "antrag.fields.png").is_file()
    # What a person has corrected is not written over.
    again = CliRunner().invoke(
        app, ["forms", "new", str(blank), "--name", "antrag", "--output", str(tmp_path / "out")]
    )
    assert again.exit_code == 2 and "is there already" in again.output


@pytest.fixture(scope="module")
def with_fields(tmp_path_factory: pytest.TempPathFactory) -> Proposal:
    first, last = BlankForm(215.9, 140), BlankForm(215.9, 140)
    first.text(20, 29, "Date of birth (mm/dd/yyyy)")
    first.widget((20, 30, 60, 8), "Tx", "f1_02[0]", MaxLen=8, Ff=1 << 24)
    first.text(100, 36, "Smoker")
    for i, state in enumerate(("y", "n")):
        first.widget((120 + 20 * i, 32, 4, 4), "Btn", "smoker", Ff=1 << 15, on=state)
        first.text(125 + 20 * i, 35.5, ("Yes", "No")[i])
    first.widget((100, 60, 20, 6), "Btn", "Print", Ff=1 << 16)
    first.widget((300, 40, 40, 8), "Tx", "total of a program, beside the page")
    last.widget((20, 50, 80, 20), "Tx", "Medical history", Ff=1 << 12)
    last.widget((20, 90, 30, 6), "Ch", "State", Opt=["NY", "OR"])
    last.widget((20, 110, 80, 12), "Sig", "Signature1")
    for page in (first, last):
        for i in range(8):
            page.text(110 + 4 * i, 50 + 10 * i, f"Part {i} of the print that tells pages", 12)
    path = tmp_path_factory.mktemp("fields") / "intake.pdf"
    return propose_form(write_pdf(path, first, BlankForm(215.9, 140), last))


def test_form_fields_are_taken_as_they_are(with_fields: Proposal) -> None:
    fields = {field.name: field for field in with_fields.form.fields}
    born = fields["date_birth"]
    assert (born.kind, born.cells, born.date_order, born.page) == ("date", 8, "MDY", 1)
    assert born.box == pytest.approx((20, 30, 60, 8), abs=0.11)
    assert [option.value for option in fields["smoker"].options] == ["Yes", "No"]
    assert (fields["medical_history"].lines, fields["medical_history"].page) == (3, 3)
    assert fields["state"].known_values == "intake.state.txt"
    assert with_fields.values == {"intake.state.txt": ("NY", "OR")}
    assert fields["signature"].kind == "signature"
    assert "print" not in fields
    assert not any("program" in name for name in fields)
    assert [sheet.number for sheet in with_fields.form.pages] == [1, 3]


def test_each_page_of_a_form_is_read_by_itself(
    with_fields: Proposal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_form(with_fields, Path("intake.pdf"), tmp_path)
    monkeypatch.setenv("INKFIELD_FORMS", str(tmp_path))
    third = Page("scan.png", 1, with_fields.blanks[3], 254.0)
    (reading,) = PageReader("intake", "default").read(third, date(2026, 11, 28))
    assert reading.form == "intake"
    assert {field.name: field.value for field in reading.fields} == {
        "medical_history": None, "state": None, "signature": False,
    }  # fmt: skip


def test_what_was_filled_in_on_the_screen_beats_the_picture(
    with_fields: Proposal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_form(with_fields, Path("intake.pdf"), tmp_path)
    monkeypatch.setenv("INKFIELD_FORMS", str(tmp_path))
    page = BlankForm(215.9, 140)
    for i in range(8):
        page.text(110 + 4 * i, 50 + 10 * i, f"Part {i} of the print that tells pages", 12)
    page.text(30, 60, "another illness", 14)
    page.widget((20, 50, 80, 20), "Tx", "Medical history", Ff=1 << 12, V="Asthma since 2019")
    page.widget((20, 90, 30, 6), "Ch", "State", Opt=["NY", "OR"], V="OR")
    page.widget((20, 110, 80, 12), "Sig", "Signature1")
    filled = read_document(write_pdf(tmp_path / "filled.pdf", page), Settings(form="intake"))
    fields = {field.name: field for field in filled.pages[0].fields}
    history, state = fields["medical_history"], fields["state"]
    assert (history.value, history.source, history.confidence, history.status) == (
        "Asthma since 2019", "acroform", 1.0, "accepted",
    )  # fmt: skip
    assert (state.value, state.source) == ("OR", "acroform")
    assert fields["signature"].source == "ink", "what was left empty on the screen may be signed by pen"
    # The same file as a form that nobody described.
    pair = LabelledValue("History", "another illness", "text", history.box or (0, 0, 1, 1), 0.4)
    (taken,) = open_pages(tmp_path / "filled.pdf")
    assert [(p.label, p.value) for p in with_filled([pair], taken.filled)] == [
        ("History", "Asthma since 2019"), ("State", "OR"),
    ]  # fmt: skip


def test_a_page_without_places_to_write_is_told(tmp_path: Path) -> None:
    page = BlankForm(100, 60)
    page.text(20, 20, "Nothing to fill in here")
    with pytest.raises(FormError, match="no place to write was found"):
        propose_form(write_pdf(tmp_path / "letter.pdf", page))
    with pytest.raises(FormError, match="a table of the database"):
        propose_form(write_pdf(tmp_path / "documents.pdf", page))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    with pytest.raises(DocumentError):
        propose_form(tmp_path / "broken.pdf")


@pytest.mark.parametrize(
    ("label", "kind", "name"),
    [
        ("2 Business name, if different from above.", "name", "business_name_different_above"),
        ("Date of Birth (mm/dd/yyyy)", "date", "date_birth"),
        ("Date signed", "date", "date_signed"),
        ("Ort, Datum, Unterschrift", "signature", "ort_datum_unterschrift"),
        ("Total charge $", "amount", "total_charge"),
        ("c) Straße und Hausnummer", "address", "strasse_hausnummer"),
        ("Employer's e-mail", "text", "employer_e_mail"),
        ("IBAN", "code", "iban"),
        ("Social security number of the owner", "code", "social_security_number_owner"),
        ("24.", None, "field_24"),
    ],
)  # fmt: skip
def test_labels_give_kinds_and_names(label: str, kind: str | None, name: str) -> None:
    assert (kind_of_label(label), name_of_label(label, "field")) == (kind, name)


def test_dates_and_names_are_told_apart() -> None:
    assert (
        date_order_of("Date", letter_paper=True) == "MDY"
        and date_order_of("Datum", letter_paper=True) == "DMY"
    )
    assert unique_names(["status", "name", "name", "marital", "marital_status"]) == [
        "status_2", "name", "name_2", "marital", "marital_status_2",
    ]  # fmt: skip

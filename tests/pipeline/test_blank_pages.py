"""Blanks as people send them: scans with fields or a text layer, pages on their side, files with something in front."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from pdf2image import convert_from_path
from PIL import Image
from pypdf.generic import ArrayObject, NameObject, TextStringObject

from inkfield.pipeline.image.deskew import skew_angle
from inkfield.pipeline.proposal.acroform import read_widgets
from inkfield.pipeline.proposal.blank import PX_MM, blank_pages
from inkfield.pipeline.proposal.propose import propose_form
from tests.support.blank_forms import BlankForm, write_pdf

LABELS = ("Family name", "First name", "Street and number", "Date of birth", "Telephone", "Occupation")
SKEW = 1.5


def form(boxes: bool = True) -> BlankForm:
    """Labels, each over a box."""
    page = BlankForm(120, 160)
    page.text(10, 12, "Application for membership", 14)
    for i, label in enumerate(LABELS):
        page.text(10, 24 + 22 * i, f"{label} of the applicant")
        if boxes:
            page.box(10, 26 + 22 * i, 90, 9)
    return page


def hidden() -> BlankForm:
    """The labels as a text layer that is not seen."""
    layer = form(boxes=False)
    layer.drawn.insert(0, "3 Tr")
    return layer


def scan(folder: Path, skew: float = 0.0) -> Path:
    """The form printed and scanned at 150 dpi, crooked by so many degrees clockwise."""
    (picture,) = convert_from_path(write_pdf(folder / "drawn.pdf", form()), dpi=150)
    path = folder / "scan.pdf"
    picture.convert("L").rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255).save(path, resolution=150)
    return path


def over_scan(folder: Path, page: BlankForm, skew: float = 0.0) -> Path:
    """What ``page`` has, put over a scan of the form."""
    reader = pypdf.PdfReader(scan(folder, skew))
    over = pypdf.PdfWriter(clone_from=write_pdf(folder / "over.pdf", page))
    below = over.add_page(reader.pages[0])
    first = over.pages[0]
    annotations = first.get("/Annots")
    below.merge_page(first)
    if annotations is not None:
        below[NameObject("/Annots")] = annotations
    del over.pages[0]
    over.write(folder / "blank.pdf")
    return folder / "blank.pdf"


def test_a_scan_with_form_fields_is_taken_as_it_lies(tmp_path: Path) -> None:
    layer = hidden()
    layer.widget((10, 26, 90, 9), "Tx", "family name")
    proposal = propose_form(over_scan(tmp_path, layer, SKEW))
    assert [field.name for field in proposal.form.fields] == ["family_name"]
    assert proposal.form.fields[0].box == pytest.approx((10, 26, 90, 9), abs=0.11)
    assert skew_angle(proposal.blanks[1]) == pytest.approx(SKEW, abs=0.1)


def test_a_text_layer_makes_no_drawn_page_of_a_scan(tmp_path: Path) -> None:
    (page,) = blank_pages(over_scan(tmp_path, hidden(), SKEW))
    assert not page.drawn and abs(skew_angle(page.grey)) < 0.1
    assert {"membership", "Occupation"} <= {word.text for word in page.words}


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_pages_are_set_upright_with_their_fields(tmp_path: Path, turn: int) -> None:
    page = form()
    page.widget((10, 26, 90, 9), "Tx", "family name")
    writer = pypdf.PdfWriter(clone_from=write_pdf(tmp_path / "drawn.pdf", page))
    writer.pages[0].rotate(turn)
    writer.write(tmp_path / "turned.pdf")
    proposal = propose_form(tmp_path / "turned.pdf")
    assert (proposal.form.paper.width_mm, proposal.form.paper.height_mm) == pytest.approx((120, 160), abs=0.1)
    assert proposal.form.fields[0].box == pytest.approx((10, 26, 90, 9), abs=0.11)
    box = proposal.blanks[1][round(26 * PX_MM) - 6 : round(26 * PX_MM) + 6, 200:800]
    assert (box.min(axis=0) < 100).all()  # its upper edge is there


def test_what_stands_before_a_pdf_hides_no_field_and_an_odd_one_costs_no_other(tmp_path: Path) -> None:
    page = form()
    for i, label in enumerate(LABELS):
        page.widget((10, 26 + 22 * i, 90, 9), "Tx", label)
    page.fields[2][NameObject("/Rect")] = ArrayObject([TextStringObject("wide")])
    path = write_pdf(tmp_path / "membership.pdf", page)
    path.write_bytes(b"\x1b%-12345X@PJL COMMENT from the printer\r\n" * 200 + path.read_bytes())
    proposal = propose_form(path)
    assert [f.name for f in proposal.form.fields] == [
        "family_name", "first_name", "date_birth", "telephone", "occupation",
    ]  # fmt: skip
    assert (proposal.left_out, len(read_widgets(path).all)) == (1, 5)

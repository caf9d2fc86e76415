"""Pages of a form that differ by nothing but the page number printed on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.blank_form import Blank, draw_field
from inkfield.lab.documents.filling import Filling, printed
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.writer import random_writer
from inkfield.pipeline.templates.identify import recognise_form
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.forms.model import Form, load_form

PAPER = (215.9, 279.4)
BOXES = [[14, 45 + 17 * row, 120, 9] for row in range(12)]


def draw(page: int, dpi: int = 150) -> Blank:
    blank = Blank(*PAPER, dpi)
    blank.text(14, 10, "Quarry Lane Trust", 9)
    blank.text(14, 24, "List of holdings of the beneficiary and of those who act for them", 5)
    blank.polygon([(180, 8), (200, 8), (200, 28)])
    blank.line(14, 33, 200, 33, 0.6)
    for box in BOXES:
        draw_field(blank, {"kind": "text", "box": box}, "Holding, and where it is kept")
    if page:
        blank.text(201, 268, f"QL 7   Page {page} of 3", 3.4, anchor="ra")
    return blank


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Form]:
    folder = tmp_path_factory.mktemp("holdings")
    fields = [f"  - {{name: h{page}_{row}, page: {page}, kind: text, box: {box}}}" for page in (1, 2, 3)
              for row, box in enumerate(BOXES)]  # fmt: skip
    pages = [f"  - {{number: {page}, blank: {page}.png}}" for page in (1, 2, 3)]
    for page in (1, 2, 3):
        draw(page).image.save(folder / f"{page}.png")
    head = ["name: holdings", "version: 1", "title: Holdings", "paper: {width_mm: 215.9, height_mm: 279.4}"]
    (folder / "holdings.yaml").write_text("\n".join([*head, "pages:", *pages, "fields:", *fields]) + "\n")
    return {f"holdings/{page}": sheet for page, sheet in load_form(folder / "holdings.yaml").sheets().items()}


def filled(page: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, page])
    paper = printed(np.asarray(draw(page, 300).image), None)
    filling = Filling(paper, rng, random_writer(rng, UNSEEN_HANDS))
    for box in BOXES[: 3 + 2 * page]:
        filling.line("Elm Street 12, Northgate", box)
    return cv2.cvtColor(scan(paper, rng), cv2.COLOR_BGR2GRAY)


@pytest.mark.parametrize("page", [2])
def test_the_page_number_tells_them_apart(sheets: dict[str, Form], page: int) -> None:
    upright = filled(page, 1)
    for grey in (upright, np.ascontiguousarray(upright[::-1, ::-1])):
        match = recognise_form(grey, 300, sheets)
        assert match is not None and match.form == f"holdings/{page}"
    small = cv2.resize(filled(page, 2), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    match = recognise_form(small, 150, sheets)
    assert match is not None and match.form == f"holdings/{page}"


def test_a_page_without_its_number_is_none_of_them(sheets: dict[str, Form]) -> None:
    assert recognise_form(filled(0, 1), 300, sheets) is None


def test_two_forms_with_one_blank_are_still_read(sheets: dict[str, Form]) -> None:
    twins = {
        "one/1": sheets["holdings/1"],
        "other/1": sheets["holdings/1"].model_copy(update={"name": "other"}),
    }
    match = recognise_form(filled(1, 3), 300, twins)
    assert match is not None and match.form in twins

"""The form enrolment: its file, its two blanks, and its rendered scans, read as one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from PIL import Image

from inkfield.lab.documents import enrolment_blank
from inkfield.lab.documents.enrolment_page import member_number, render_enrolment
from inkfield.lab.evaluate.evaluate_forms import judge_page, read_filled, table
from inkfield.pipeline.fields.kinds.codes import has_check_digit
from inkfield.pipeline.page import PageReader
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.forms.model import FORMS_FOLDER, load_form


def test_file_and_pictures_are_what_the_code_writes() -> None:
    assert (FORMS_FOLDER / "enrolment.yaml").read_text(encoding="utf-8") == enrolment_blank.form_file()
    for page in enrolment_blank.PAGES:
        stored = np.asarray(Image.open(FORMS_FOLDER / f"enrolment.{page}.png")).astype(int)
        drawn = np.asarray(enrolment_blank.draw(page).image).astype(int)
        assert stored.shape == drawn.shape and np.abs(stored - drawn).mean() < 1.0


@pytest.mark.parametrize("page", enrolment_blank.PAGES)
def test_every_field_has_paper_to_write_on(page: int) -> None:
    sheet = load_form(FORMS_FOLDER / "enrolment.yaml").sheets()[page]
    blank = np.asarray(enrolment_blank.draw(page).image)
    scale = blank.shape[1] / sheet.paper.width_mm
    cells = [cell.box for field in sheet.fields for row in field.table_cells() for cell in row]
    plain = [field for field in sheet.fields if field.kind != "table"]
    places = [[o.box for o in field.options] or field.character_boxes() or [field.box] for field in plain]
    for box in [*(box for boxes in places for box in boxes), *cells]:
        assert box is not None
        x, y, width, height = box
        part = blank[round((y + 0.7) * scale) : round((y + height - 0.7) * scale),
                     round((x + 0.7) * scale) : round((x + width - 0.7) * scale)]  # fmt: skip
        assert part.size and (part > 200).mean() > 0.9


def test_an_enrolment_by_an_unseen_hand_is_read_as_one() -> None:
    mali = [hand for hand in UNSEEN_HANDS if hand.stem == "mali"]
    images, truth = render_enrolment(np.random.default_rng(11), mali)
    reading = read_filled(PageReader(None, "default"), images)
    judged = list(judge_page(0, load_form(FORMS_FOLDER / "enrolment.yaml"), truth, reading))
    assert reading.form == "enrolment" and reading.reason is None
    assert sum(field.exact for field in judged) >= 0.85 * len(judged), table(judged)
    assert not [field for field in judged if field.accepted and not field.exact]


def test_what_is_rendered_keeps_its_own_rules() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        assert has_check_digit(member_number(rng), "luhn")
    _, truth = render_enrolment(np.random.default_rng(2))
    assert date.fromisoformat(truth["hired"]) <= date.fromisoformat(truth["date_signed"])
    assert truth["member_number"] == truth["member_number_again"]

from pathlib import Path

import numpy as np
from PIL import Image

from inkfield.lab.documents import claim_blank
from inkfield.schemas.forms.model import FORMS_FOLDER, load_form


def test_the_form_file_is_what_the_code_writes() -> None:
    assert (FORMS_FOLDER / "claim.yaml").read_text(encoding="utf-8") == claim_blank.form_file()


def test_the_blank_picture_is_what_the_code_draws() -> None:
    drawn = np.asarray(claim_blank.draw_blank()).astype(int)
    stored = np.asarray(Image.open(FORMS_FOLDER / "claim.png")).astype(int)
    assert stored.shape == drawn.shape
    assert np.abs(stored - drawn).mean() < 1.0


def test_the_blank_picture_is_small() -> None:
    assert (FORMS_FOLDER / "claim.png").stat().st_size < 150_000


def test_every_field_has_paper_to_write_on() -> None:
    form = load_form(Path(FORMS_FOLDER) / "claim.yaml")
    blank = np.asarray(claim_blank.draw_blank())
    scale = claim_blank.DPI / 25.4
    for field in form.fields:
        if field.box is None or field.kind == "table":
            continue
        for x, y, width, height in field.character_boxes() or (field.box,):
            part = blank[
                round((y + 1) * scale) : round((y + height - 1) * scale),
                round((x + 1) * scale) : round((x + width - 1) * scale),
            ]
            assert part.size and (part > 200).mean() > 0.95, field.name

"""The forms cms1500 and prescription: their files, their blanks, their rendered scans, and how these are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from inkfield.lab.documents import cms1500_blank, prescription_blank
from inkfield.lab.documents.claim_page import render_claim
from inkfield.lab.documents.cms1500_page import render_cms1500
from inkfield.lab.documents.prescription_page import registration_number, render_prescription
from inkfield.lab.evaluate.evaluate_forms import judge_page, table
from inkfield.pipeline.fields.kinds.codes import has_check_digit
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.pipeline.templates.identify import recognise_form
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.forms.model import FORMS_FOLDER, load_form, load_forms
from inkfield.schemas.readings import PageReading

TODAY = date(2026, 7, 1)
MALI = [hand for hand in UNSEEN_HANDS if hand.stem == "mali"]
BLANKS = {"cms1500": cms1500_blank.draw()[0].image, "prescription": prescription_blank.draw().image}


@lru_cache(maxsize=1)
def reader() -> PageReader:
    return PageReader(None, "default")


def read(image: np.ndarray) -> PageReading:
    return reader().read(Page("rendered", 1, image, 300.0), TODAY)[0]


@pytest.fixture(scope="module")
def claim() -> tuple[np.ndarray, dict[str, Any]]:
    return render_cms1500(np.random.default_rng(21), MALI, typed=False)


@pytest.fixture(scope="module")
def prescription() -> tuple[np.ndarray, dict[str, Any]]:
    return render_prescription(np.random.default_rng(7), MALI)


@pytest.mark.parametrize(
    ("name", "text"),
    [("cms1500", cms1500_blank.form_file()), ("prescription", prescription_blank.form_file())],
)
def test_file_and_picture_are_what_the_code_writes(name: str, text: str) -> None:
    assert (FORMS_FOLDER / f"{name}.yaml").read_text(encoding="utf-8") == text
    stored = np.asarray(Image.open(FORMS_FOLDER / f"{name}.png")).astype(int)
    drawn = np.asarray(BLANKS[name]).astype(int)
    assert stored.shape == drawn.shape and np.abs(stored - drawn).mean() < 1.0


@pytest.mark.parametrize("name", ["cms1500", "prescription"])
def test_every_field_has_paper_to_write_on(name: str) -> None:
    form, blank = load_form(FORMS_FOLDER / f"{name}.yaml"), np.asarray(BLANKS[name])
    scale = blank.shape[1] / form.paper.width_mm
    for field in form.fields:
        places = [option.box for option in field.options] or field.character_boxes() or (field.box,)
        for x, y, width, height in places if field.kind != "table" else ():
            part = blank[
                round((y + 0.7) * scale) : round((y + height - 0.7) * scale),
                round((x + 0.7) * scale) : round((x + width - 0.7) * scale),
            ]
            assert part.size and (part > 200).mean() > 0.9, field.name


def test_the_places_are_those_of_the_printed_form() -> None:
    """Ten characters an inch, six lines an inch: a service line every third of an inch, box 1a at column 50."""
    form = load_form(FORMS_FOLDER / "cms1500.yaml")
    services = form.field("services").table_cells()
    tops = [row[0].box[1] for row in services if row[0].box]
    assert len(services) == 6
    assert np.allclose(np.diff(tops), 25.4 / 3, atol=0.01)
    assert form.field("insured_id").box[0] == pytest.approx(8.4 + 49 * 2.54, abs=1.0)  # type: ignore[index]


def test_a_claim_by_an_unseen_hand_is_read(claim: tuple[np.ndarray, dict[str, Any]]) -> None:
    image, truth = claim
    reading = read(image)
    judged = list(judge_page(0, load_forms()["cms1500"], truth, reading))
    assert reading.form == "cms1500"
    assert sum(field.exact for field in judged) >= 0.85 * len(judged), table(judged)
    assert not [field for field in judged if field.accepted and not field.exact]
    assert all(field.exact for field in judged if field.kind == "choice")
    found = {field.name: field.value for field in reading.fields}
    assert found["total_charge"] == Decimal(truth["total_charge"])
    assert found["patient_birth_date"] == date.fromisoformat(truth["patient_birth_date"])


def test_a_prescription_by_an_unseen_hand_is_read(prescription: tuple[np.ndarray, dict[str, Any]]) -> None:
    image, truth = prescription
    reading = read(image)
    judged = list(judge_page(0, load_forms()["prescription"], truth, reading))
    assert reading.form == "prescription"
    assert sum(field.exact for field in judged) >= 0.75 * len(judged), table(judged)
    assert not [field for field in judged if field.accepted and not field.exact]


@pytest.mark.parametrize("seed", [3, 5])
def test_a_drug_that_is_not_listed_waits_for_a_person(seed: int) -> None:
    image, truth = render_prescription(np.random.default_rng(seed), MALI)
    form = load_forms()["prescription"]
    assert truth["drug"] not in form.known_values(form.field("drug"))
    (drug,) = [field for field in read(image).fields if field.name == "drug"]
    assert drug.status == "review"


def test_no_form_is_taken_for_another(
    claim: tuple[np.ndarray, dict[str, Any]], prescription: tuple[np.ndarray, dict[str, Any]]
) -> None:
    own = render_claim(np.random.default_rng(3), MALI)[0]
    for name, image in (("cms1500", claim[0]), ("prescription", prescription[0]), ("claim", own)):
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        others = {key: form for key, form in reader().registered.items() if form.name != name}
        assert recognise_form(grey, 300, reader().registered).form == f"{name}/1"  # type: ignore[union-attr]
        assert recognise_form(grey, 300, others) is None


def test_what_is_rendered_keeps_its_own_rules() -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        number = registration_number(rng)
        assert has_check_digit(number, "dea")
    _, truth = render_cms1500(np.random.default_rng(5), MALI, typed=True)
    assert sum(Decimal(row["charge"]) for row in truth["services"]) == Decimal(truth["total_charge"])
    assert all(has_check_digit(row["provider_npi"], "npi") for row in truth["services"])

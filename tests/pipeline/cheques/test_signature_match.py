"""Signatures of one hand look alike; the score is advice, and only a limit in the form makes it a reason."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.sheet import Sheet
from inkfield.lab.documents.writer import all_hands, random_writer
from inkfield.lab.evaluate.measure_signatures import signature
from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.crops import clean, field_crops
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.cheques.signature.similarity import best_similarity, load_specimens, similarity
from inkfield.pipeline.cheques.signature.specimens import compare_signature
from inkfield.pipeline.fields.signature import pen_strokes
from inkfield.pipeline.judgement.decision import quality_reasons
from inkfield.schemas.forms.model import FormError, Limit, load_form, load_forms
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import ReasonCode
from tests.support.cheque_paper import draw_cheque

ACCOUNT = "911010049001545"


def test_one_hand_is_more_alike_than_two() -> None:
    rng = np.random.default_rng(4)
    hands = all_hands()
    first, second = (random_writer(rng, [hands[i]]) for i in (0, 5))
    specimens = [signature("Asha Gupta", first, rng) for _ in range(3)]
    genuine = best_similarity(signature("Asha Gupta", first, rng), specimens)
    imitated = best_similarity(signature("Asha Gupta", second, rng), specimens)
    other = best_similarity(signature("Ravindra Pillai", second, rng), specimens)
    assert genuine > 0.7
    assert other < genuine - 0.1
    assert imitated < genuine


def test_the_score_is_symmetric_and_does_not_depend_on_size() -> None:
    rng = np.random.default_rng(5)
    writer = random_writer(rng)
    one, two = (signature("Mary Stone", writer, rng) for _ in range(2))
    assert similarity(one, two) == pytest.approx(similarity(two, one), abs=1e-6)
    assert similarity(one, cv2.resize(one, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)) > 0.9


def test_no_ink_no_likeness() -> None:
    blank = np.full((80, 200), 255, np.uint8)
    assert similarity(blank, blank) == 0.0
    assert similarity(np.empty((0, 0), np.uint8), blank) == 0.0
    assert best_similarity(blank, []) == 0.0


def test_print_under_the_signature_goes() -> None:
    rng = np.random.default_rng(6)
    crop = signature("Mary Stone", random_writer(rng), rng)
    sheet = Sheet(80, 26)
    sheet.text(12, 25, "Please sign above", 2.3)
    printed = np.minimum(crop, sheet.pixels().mean(2).astype(np.uint8))
    below = slice(round(22.4 * 300 / 25.4), None)
    assert (pen_strokes(printed, 300 / 25.4)[below] < 150).sum() < 0.2 * (printed[below] < 150).sum()


def test_only_digits_name_a_folder(tmp_path: Path) -> None:
    (tmp_path / "12").mkdir()
    assert cv2.imwrite(str(tmp_path / "12" / "a.png"), np.full((20, 30), 255, np.uint8))
    assert len(load_specimens(tmp_path, "12")) == 1
    assert load_specimens(tmp_path / "12", "..") == []
    assert load_specimens(tmp_path, "13") == load_specimens(tmp_path, "") == []


@pytest.fixture(scope="module")
def cheque() -> Cheque:
    return find_cheques(draw_cheque(200))[0]


def _fields(signed: bool) -> list[FieldReading]:
    return [
        FieldReading("account_number", "code", ACCOUNT, ACCOUNT, 0.99, "accepted"),
        FieldReading("signature", "signature", "", signed, 0.99, "accepted"),
    ]


def test_a_cheque_gets_its_score_and_a_limit_makes_it_a_reason(tmp_path: Path, cheque: Cheque) -> None:
    form = load_forms()["cheque_in"]
    assert compare_signature(cheque, form, _fields(True)) == {}
    form = form.model_copy(update={"specimens": str(tmp_path)})
    assert compare_signature(cheque, form, _fields(True)) == {}
    (tmp_path / ACCOUNT).mkdir()
    crop = field_crops(clean(cheque.image, cheque.layout), cheque.layout)["signature"]
    assert cv2.imwrite(str(tmp_path / ACCOUNT / "own.png"), pen_strokes(crop, cheque.layout.scale))
    assert compare_signature(cheque, form, _fields(False)) == {}
    assert compare_signature(cheque, form, _fields(True))["signature_score"] > 0.9

    rng = np.random.default_rng(8)
    other = signature("Ravindra Pillai", random_writer(rng), rng)
    assert cv2.imwrite(str(tmp_path / ACCOUNT / "own.png"), other)
    found = compare_signature(cheque, form, _fields(True))
    assert found["signature_score"] < 0.4
    assert quality_reasons(form, found) == []
    limited = form.model_copy(update={"quality": {"signature_score": Limit(min=0.4)}})
    assert ReasonCode.UNLIKE_SPECIMENS in [reason.code for reason in quality_reasons(limited, found)]


def test_the_folder_of_specimens_has_to_be_there(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    text = (
        "name: small\nversion: 1\ntitle: T\nlayout: cheque\npaper: {width_mm: 202, height_mm: 92}\n"
        "specimens: signatures\nfields:\n  - {name: signature, kind: signature}\n"
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FormError, match="signatures"):
        load_form(file)
    (tmp_path / "signatures").mkdir()
    assert load_form(file).specimens_path() == tmp_path / "signatures"

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.templates.identify import recognise_form
from inkfield.schemas.forms.model import load_forms
from tests.support.claim_forms import CLAIM, filled, laid, letter

FORMS = {"claim": CLAIM}


@pytest.mark.parametrize(
    ("dpi", "degrees", "scale", "shift"),
    [
        (150, 10, 1.0, (20, 10)),
        (150, -10, 0.92, (0, 0)),
        (200, 3, 1.08, (-30, 40)),
        (300, -1.5, 1.0, (60, -60)),
    ],
)
def test_a_filled_form_is_told_however_it_lies(
    dpi: float, degrees: float, scale: float, shift: tuple[float, float]
) -> None:
    page, _ = laid(filled(dpi), degrees, scale, shift)
    match = recognise_form(page, dpi, FORMS)
    assert match is not None
    assert match.form == "claim"
    assert match.turned == 0
    assert match.score > 0.8


@pytest.mark.parametrize(("turn", "turned"), [(1, 270), (2, 180), (3, 90)])
def test_upside_down_and_sideways_are_reported(turn: int, turned: int) -> None:
    page = np.ascontiguousarray(np.rot90(filled(150), turn))
    match = recognise_form(page, 150, FORMS)
    assert match is not None
    assert match.turned == turned


@pytest.mark.parametrize("side", ["top", "bottom", "left", "right"])
def test_the_scanner_may_cut_off_fifteen_hundredths(side: str) -> None:
    page = filled(150)
    rows, columns = (int(0.15 * size) for size in page.shape)
    part = {
        "top": page[rows:],
        "bottom": page[:-rows],
        "left": page[:, columns:],
        "right": page[:, :-columns],
    }[side]
    assert recognise_form(np.ascontiguousarray(part), 150, FORMS) is not None


def test_bilevel_and_noisy_scans() -> None:
    page = filled(200)
    noise = np.random.default_rng(3).normal(0, 14, page.shape)
    noisy = np.clip(page * 0.8 + noise, 0, 255).astype(np.uint8)
    assert recognise_form(noisy, 200, FORMS) is not None
    bilevel = np.where(page < 140, 0, 255).astype(np.uint8)
    assert recognise_form(bilevel, 200, FORMS) is not None


@pytest.mark.parametrize("dpi", [0, 72, 600])
def test_what_the_file_says_of_its_resolution_may_be_wrong(dpi: float) -> None:
    assert recognise_form(filled(150), dpi, FORMS) is not None


def _sister_form() -> np.ndarray:
    """The same head and foot, other fields between them: another form of the same insurer."""
    page = filled(150)
    page[400:1600] = page[400:1600][::-1, ::-1]
    return page


def _head_only() -> np.ndarray:
    page = filled(150)
    page[210:] = 255
    return page


@pytest.mark.parametrize(
    "page",
    [
        letter(),
        np.full((1754, 1240), 255, np.uint8),
        np.random.default_rng(0).integers(0, 255, (1754, 1240), dtype=np.uint8),
        np.ascontiguousarray(filled(150)[:, ::-1]),
        _sister_form(),
        _head_only(),
        np.full((20, 20), 255, np.uint8),
    ],
    ids=["letter", "white", "noise", "mirrored", "sister form", "head only", "tiny"],
)
def test_other_pages_are_no_form(page: np.ndarray) -> None:
    assert recognise_form(page, 150, FORMS) is None


def test_no_forms_and_forms_without_a_blank() -> None:
    assert recognise_form(filled(150), 150, {}) is None
    assert recognise_form(filled(150), 150, {"cheque_in": load_forms()["cheque_in"]}) is None


def test_the_same_page_gives_the_same_answer() -> None:
    page = cv2.GaussianBlur(filled(150), (0, 0), 1.0)
    first, second = (recognise_form(page, 150, FORMS) for _ in range(2))
    assert first is not None
    assert second is not None
    assert np.array_equal(first.homography, second.homography)

"""The image quality tests of cheques fail on what they are named for, and pass a clean scan."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.pipeline.cheques.alteration.foreign_ink import LIMITS as FOREIGN_LIMITS
from inkfield.pipeline.cheques.alteration.foreign_ink import foreign_ink
from inkfield.pipeline.cheques.alteration.ink_colour import LIMITS as COLOUR_LIMITS
from inkfield.pipeline.cheques.alteration.ink_colour import two_pens
from inkfield.pipeline.cheques.alteration.pen_change import pen_change
from inkfield.pipeline.cheques.alteration.pen_strokes import pen_strokes
from inkfield.pipeline.cheques.paper.image_quality import measure_cheque
from inkfield.pipeline.judgement.decision import quality_reasons
from inkfield.schemas.forms.model import load_forms

FORM = load_forms()["cheque_in"]


@pytest.fixture(scope="module")
def clean() -> np.ndarray:
    return render_cheque(np.random.default_rng(3), today=date(2026, 6, 30))[0]


def _reasons(image: np.ndarray, dpi: float = 300.0, to_scan: np.ndarray | None = None) -> str:
    figures = measure_cheque(image, dpi, np.eye(3) if to_scan is None else to_scan, FORM.paper)
    assert all(np.isfinite(value) for value in figures.values())
    return "; ".join(map(str, quality_reasons(FORM, figures)))


def test_a_clean_scan_passes(clean: np.ndarray) -> None:
    assert _reasons(clean) == ""


def test_where_the_printed_ground_changes_there_is_no_streak(clean: np.ndarray) -> None:
    banded = clean.astype(np.int16)
    banded[300:500] -= 40
    banded[700:] -= 50
    assert "streaks" not in _reasons(np.clip(banded, 0, 255).astype(np.uint8))


def test_faults_have_their_names(clean: np.ndarray) -> None:
    height, width = clean.shape[:2]
    torn = clean.copy()
    cv2.fillPoly(torn, [np.array([[width - 140, 0], [width, 0], [width, 120]])], (10, 10, 10))
    streaked = clean.copy()
    streaked[:, 700:703] = 60
    streaked[:, 1500:1502] = 250
    streaked[:, 1100:1103] = 40
    higher = cv2.copyMakeBorder(clean, 0, height // 4, 0, 0, cv2.BORDER_CONSTANT, value=(240, 240, 240))
    turned = cv2.getRotationMatrix2D((0, 0), 11, 1.0)
    for name, reasons in (
        ("torn or folded corner", _reasons(torn)),
        ("streaks", _reasons(streaked)),
        ("piggyback", _reasons(higher)),
        ("undersize image", _reasons(clean[: height // 2])),
        ("too dark", _reasons((clean * 0.3).astype(np.uint8))),
        ("too light", _reasons((clean * 0.06 + 238).astype(np.uint8))),
        ("out of focus", _reasons(cv2.GaussianBlur(clean, (0, 0), 9))),
        ("resolution too low", _reasons(clean, to_scan=np.diag([0.3, 0.3, 1.0]))),
        ("skewed image", _reasons(clean, to_scan=np.vstack([turned, [0, 0, 1]]))),
    ):
        assert name in reasons, (name, reasons)


def test_any_picture_has_figures() -> None:
    for picture in (np.zeros((80, 200), np.uint8), np.full((300, 700, 3), 255, np.uint8)):
        _reasons(picture)


def _written(pens: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    page = np.full((120, 900, 3), (225, 235, 240), np.uint8)
    rng = np.random.default_rng(4)
    for k in range(12):
        pen = np.array(pens[k * len(pens) // 12]) + rng.integers(-4, 5, 3)
        cv2.putText(page, "385624"[k % 6], (20 + 70 * k, 90), 0, 2.4, tuple(int(v) for v in pen), 7)
    cleaned = np.where(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY) < 190, 30, 255).astype(np.uint8)
    return page, cleaned


def test_two_pens_are_told_from_one() -> None:
    assert two_pens([_written([BLUE])], 11.8) < COLOUR_LIMITS.two_pens
    assert two_pens([_written([BLUE, BLACK])], 11.8) > COLOUR_LIMITS.two_pens
    page, cleaned = _written([BLACK])
    assert two_pens([(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), cleaned)], 11.8) == 0.0
    assert two_pens([], 11.8) == 0.0


def test_a_small_figure_squeezed_in_with_another_pen_is_seen() -> None:
    page, cleaned = _written([BLACK])
    assert foreign_ink([(page, cleaned)], 11.8) < FOREIGN_LIMITS.foreign_mm2
    for picture, ink in ((page, BLUE_PEN), (cleaned, 30)):
        cv2.putText(picture, "3", (8, 70), 0, 0.5, ink, 6)  # joins the first figure
    assert foreign_ink([(page, cleaned)], 11.8) > FOREIGN_LIMITS.foreign_mm2
    assert foreign_ink([(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), cleaned)], 11.8) == 0.0
    assert foreign_ink([], 11.8) == 0.0


def test_a_figure_in_another_blue_is_seen_and_one_pen_that_presses_harder_is_not() -> None:
    blue, violet, pale = (150, 70, 30), (140, 50, 70), (162, 95, 60)
    page, cleaned = _written([blue])
    for ink, seen in ((violet, True), (pale, False)):
        altered, strokes = page.copy(), cleaned.copy()
        for picture, colour in ((altered, ink), (strokes, 30)):
            cv2.putText(picture, "3", (8, 70), 0, 0.5, colour, 6)
        assert (foreign_ink([(altered, strokes)], 11.8) >= FOREIGN_LIMITS.foreign_mm2) == seen


def test_a_rule_and_a_caption_are_no_second_pen() -> None:
    violet = (90, 40, 90)
    page, cleaned = (cv2.copyMakeBorder(p, 0, 0, 0, 400, cv2.BORDER_REPLICATE) for p in _written([BLUE]))
    for picture, ink in ((page, violet), (cleaned, 30)):
        cv2.rectangle(picture, (0, 8), (1299, 12), ink, -1)
        cv2.putText(picture, "DOLLARS", (1150, 90), 0, 0.9, ink, 3)
    assert two_pens([(page, cleaned)], 11.8) > COLOUR_LIMITS.two_pens
    assert two_pens([(page, pen_strokes(cleaned, 11.8))], 11.8) < COLOUR_LIMITS.two_pens
    raised, ink = (cv2.copyMakeBorder(p, 0, 0, 0, 400, cv2.BORDER_REPLICATE) for p in _written([BLUE, BLACK]))
    assert two_pens([(raised, pen_strokes(ink, 11.8))], 11.8) > COLOUR_LIMITS.two_pens
    blank = np.full((60, 300), 255, np.uint8)
    assert (pen_strokes(blank, 11.8) == blank).all()


BLUE_PEN = (160, 80, 40)
BLUE, BLACK = (150, 60, 30), (40, 36, 36)


def test_words_and_figures_that_change_together_are_told_from_those_that_do_not() -> None:
    one, raised, end = _written([BLUE]), _written([BLUE, BLACK, BLACK]), _written([BLACK, BLACK, BLUE])
    assert pen_change([raised], [raised], 11.8) > 1
    assert pen_change([raised], [one], 11.8) < 1
    assert pen_change([one], [one], 11.8) < 1
    # One goes from blue to black, the other from black to blue: not one hand's addition at the front.
    assert pen_change([raised], [end], 11.8) < 1
    assert pen_change([], [raised], 11.8) == 0.0


@pytest.mark.parametrize("stored", (cv2.COLOR_BGR2GRAY, None))
def test_on_a_grey_scan_a_much_lighter_pen_is_told(stored: int | None) -> None:
    """A grey scan may have one channel or three equal ones."""

    def scanned(pens: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
        page, cleaned = _written(pens)
        grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
        return (grey if stored else cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)), cleaned

    pencil = (120, 120, 120)
    one, raised = scanned([BLACK]), scanned([pencil, BLACK, BLACK])
    assert pen_change([raised], [raised], 11.8) > 1
    assert pen_change([raised], [one], 11.8) < 1
    assert pen_change([one], [one], 11.8) < 1

"""The way of a page: its stages in order, each timed, and the place of everything on the scan."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pytest

from inkfield.pipeline.cheques.read_cheque import CHEQUE
from inkfield.pipeline.image.geometry import quarter_turn, rotation
from inkfield.pipeline.image.orientation import rotate_upright
from inkfield.pipeline.image.straighten import STRAIGHTEN
from inkfield.pipeline.image.view import View
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.page import load_page_reader
from inkfield.pipeline.records import Page, Picture, no_trace
from inkfield.pipeline.stages import Stage, StageClock, run
from inkfield.pipeline.templates.read import FORM
from tests.support.checkout import EXAMPLES
from tests.support.paper import text_page

TODAY = date(2026, 6, 30)


def stages_of(page: Page) -> list[list[str]]:
    readings = load_page_reader(None, "default").read(page, TODAY)
    assert all(0 <= stage.seconds < 60 for reading in readings for stage in reading.stages)
    return [[stage.name for stage in reading.stages] for reading in readings]


def test_a_page_of_text_goes_through_the_stages_of_its_route() -> None:
    (stages,) = stages_of(Page("letter", 1, text_page(), 200.0))
    route = [stage.name for stage in STRAIGHTEN]
    assert stages == ["page as scanned", *route, "lines", "words", "result"], (
        "a letter has no labelled values"
    )


def test_a_form_goes_through_others() -> None:
    (page,) = open_pages(EXAMPLES / "claim-1.pdf")
    (stages,) = stages_of(page)
    assert stages == ["page as scanned", *(stage.name for stage in FORM), "result"]


def test_each_cheque_of_a_scan_has_its_own_stages() -> None:
    page = next(iter(open_pages(EXAMPLES / "cheques.pdf")))
    found = stages_of(page)
    assert len(found) >= 1
    route = ["upright and level", *(stage.name for stage in CHEQUE), "result"]
    assert all(stages[-len(route) :] == route for stages in found)


def test_the_clock_counts_the_stage_and_not_the_showing() -> None:
    clock = StageClock(lambda name, picture: burn(0.2))
    burn(0.05)
    clock("first", nothing)
    clock("second", nothing)
    first, second, rest = clock.take()
    assert 0.04 < first.seconds < 0.15 and second.seconds < 0.05 and rest.seconds < 0.05
    assert [stage.name for stage in clock.take()] == ["result"]


def test_pictures_are_drawn_only_where_somebody_looks() -> None:
    drawn = []

    def draw(state: int) -> np.ndarray:
        drawn.append(state)
        return nothing()

    stages = [
        Stage("one more", lambda state, by: state + by, draw),
        Stage("the same", lambda state, by: state),
    ]
    assert run(stages, 1, 2, no_trace) == 3 and not drawn
    seen: list[tuple[str, bool]] = []

    def look(name: str, picture: Picture | None) -> None:
        seen.append((name, picture is not None and picture().size == 1))

    assert run(stages, 1, 2, look) == 3 and drawn == [3]
    assert seen == [("one more", True), ("the same", False)]


def nothing() -> np.ndarray:
    return np.zeros((1, 1), np.uint8)


def burn(seconds: float) -> None:
    """Uses the CPU, by its own clock, which does not care what else the machine does."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_view_leads_back_to_the_scan(turn: int) -> None:
    scan = np.zeros((300, 200), np.uint8)
    scan[40:50, 120:130] = 255
    view = View(scan, 300.0)
    view = view.moved(rotate_upright(view.image, turn), quarter_turn(view.image.shape, turn))
    view = view.moved(np.kron(view.image, np.ones((2, 2), np.uint8)), np.diag([2.0, 2.0, 1.0]), 600.0)
    y, x = (float(np.mean(at)) + 0.5 for at in np.nonzero(view.image))
    back = view.to_scan @ [x, y, 1.0]
    assert np.allclose(back[:2] / back[2], (125, 45), atol=1.0)
    assert view.dpi == 600.0


def test_turning_there_and_back_leads_to_the_same_place() -> None:
    view = View(np.zeros((100, 80), np.uint8), 300.0)
    there = view.moved(view.image, rotation(view.image.shape, 7.0))
    back = there.moved(view.image, rotation(view.image.shape, -7.0))
    assert np.allclose(back.to_scan, np.eye(3), atol=1e-9)


def test_nobody_need_look() -> None:
    clock = StageClock(no_trace)
    assert [stage.name for stage in clock.take()] == ["result"]

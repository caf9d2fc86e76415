from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.templates.identify import Match, recognise_form
from inkfield.pipeline.templates.register import Registration, register
from tests.support.claim_forms import CLAIM, filled, laid

HALF = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])  # from edges to middles of pixels


def registered(page: np.ndarray, dpi: float) -> Registration:
    match = recognise_form(page, dpi, {"claim": CLAIM})
    assert match is not None
    return register(page, CLAIM, match)


def worst_mm(found: Registration, moved_by: np.ndarray, dpi: float) -> float:
    """Greatest distance on the whole paper between where points are and where the registration puts them."""
    scale = dpi / 25.4
    truth = np.linalg.inv(HALF) @ moved_by @ HALF @ np.diag([scale, scale, 1])
    grid = np.stack(np.meshgrid(np.linspace(0, 210, 8), np.linspace(0, 297, 8)), -1).reshape(1, -1, 2)
    apart = cv2.perspectiveTransform(grid, truth) - cv2.perspectiveTransform(grid, found.homography)
    return float(np.hypot(*apart[0].T).max() / scale)


@pytest.mark.parametrize(
    ("dpi", "degrees", "scale"),
    [(150, 10, 0.95), (200, -7, 1.05), (300, 0.7, 1.0), (150, 178, 1.0), (400, 1, 1)],
)
def test_exact_to_a_tenth_of_a_millimetre_on_the_whole_paper(
    dpi: float, degrees: float, scale: float
) -> None:
    page, moved_by = laid(filled(dpi), degrees, scale, (12.0, -9.0))
    assert worst_mm(registered(page, dpi), moved_by, dpi) < 0.15


def test_exact_where_the_scanner_cut_a_part_off() -> None:
    page, moved_by = laid(filled(150), 4, 1.0, (0.0, 0.0))
    cut = np.ascontiguousarray(page[260:])
    moved_by = np.array([[1, 0, 0], [0, 1, -260], [0, 0, 1.0]]) @ moved_by
    assert worst_mm(registered(cut, 150), moved_by, 150) < 0.3


def test_exact_under_the_perspective_of_a_camera() -> None:
    page = filled(150)
    height, width = page.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + np.array([[40, 30], [-20, 15], [-50, -40], [15, -10]], np.float32)
    moved_by = cv2.getPerspectiveTransform(corners, seen)
    photo = cv2.warpPerspective(page, moved_by, (width, height), borderValue=(200,))
    assert worst_mm(registered(photo, 150), moved_by, 150) < 0.5


def test_boxes_and_cuts_show_the_field() -> None:
    page, _ = laid(filled(200), 5, 1.0, (0.0, 0.0))
    found = registered(page, 200)
    box = CLAIM.field("total").box
    assert box is not None
    x, y, width, height = found.to_page(box)
    assert abs(width - 66 * 200 / 25.4) < 20  # a turned box is a little wider
    assert page[y : y + height, x : x + width].min() < 100
    field = found.cut(page, box, 300)
    assert field.shape == (round(11 * 300 / 25.4), round(66 * 300 / 25.4))
    # Its printed frame lies along the cut's edges.
    assert np.median(field[:2]) < 160
    assert np.median(field[8:-8, 8:-8]) > 200


def test_colour_pages_stay_colour() -> None:
    page = filled(150)
    found = registered(page, 150)
    assert found.warp(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), 100).shape == (1169, 827, 3)


def test_what_was_cut_off_is_known_and_white() -> None:
    page = np.ascontiguousarray(filled(150)[: round(297 * 0.86 * 150 / 25.4)])
    found = registered(page, 150)
    signature, name = CLAIM.field("signature").box, CLAIM.field("patient_name").box
    assert signature is not None
    assert name is not None
    assert found.visible(name) == 1.0
    assert found.visible((12, 270, 100, 20)) == 0.0
    assert 0.0 < found.visible(signature) < 1.0
    assert found.cut(page, (12, 270, 100, 20)).min() == 255


def test_a_page_without_print_keeps_the_rough_fit() -> None:
    rough = Match("claim", 1.0, np.diag([5.9, 5.9, 1.0]))
    found = register(np.full((1754, 1240), 255, np.uint8), CLAIM, rough)
    assert np.array_equal(found.homography, rough.homography)
    assert np.isnan(found.residual_mm)

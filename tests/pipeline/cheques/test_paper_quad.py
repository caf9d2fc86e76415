"""Papers on a bed or a desk are found and laid flat; a paper that fills its picture is left alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkfield.pipeline.cheques.paper.find_papers import find_papers
from inkfield.pipeline.cheques.paper.level_perspective import levelling


def _paper(width: int = 900, height: int = 400) -> np.ndarray:
    paper = np.full((height, width, 3), 238, np.uint8)
    for row in range(60, height - 40, 60):
        cv2.line(paper, (40, row), (width - 60, row), (40, 40, 40), 2)
    return paper


def _on_desk(corners: list[tuple[int, int]], size: tuple[int, int] = (1600, 1100)) -> np.ndarray:
    paper = _paper()
    height, width = paper.shape[:2]
    source = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    homography = cv2.getPerspectiveTransform(source, np.float32(corners))
    return cv2.warpPerspective(paper, homography, size, borderValue=(70, 60, 50))


@pytest.mark.parametrize(
    "corners",
    [
        [(200, 200), (1300, 210), (1310, 700), (190, 690)],
        [(250, 150), (1350, 260), (1300, 760), (190, 640)],
        [(300, 200), (1250, 240), (1400, 760), (180, 700)],
    ],
)
def test_the_corners_are_found(corners: list[tuple[int, int]]) -> None:
    (paper,) = find_papers(_on_desk(corners))
    height, width = paper.image.shape[:2]
    found = cv2.perspectiveTransform(
        np.float32([[[0, 0], [width, 0], [width, height], [0, height]]]), paper.to_scan
    )
    assert np.abs(found[0] - np.float32(corners)).max() < 25
    assert paper.image[5:-5, 5:-5].mean() > 200  # no desk left


def test_two_papers_from_top_to_bottom() -> None:
    bed = np.full((1400, 1200, 3), 40, np.uint8)
    bed[80:480, 150:1050] = _paper()
    bed[800:1200, 100:1000] = _paper()
    tops = [paper.to_scan[1, 2] / paper.to_scan[2, 2] for paper in find_papers(bed)]
    assert tops == pytest.approx([80, 800], abs=15)


def test_nothing_to_find() -> None:
    for picture in (
        _paper(),
        np.zeros((900, 1600, 3), np.uint8),
        np.full((30, 20), 9, np.uint8),
        np.random.default_rng(1).integers(0, 255, (700, 1500, 3)).astype(np.uint8),
    ):
        assert find_papers(picture) == []


def test_a_tinted_area_of_a_printed_paper_is_no_paper() -> None:
    picture = np.full((700, 1500, 3), 250, np.uint8)
    picture[120:480] = (235, 220, 190)
    for x in range(60, 1400, 260):
        for y in (60, 590, 650):
            cv2.putText(picture, "A0123", (x, y), 0, 1.1, (20, 20, 20), 3)
    assert find_papers(picture) == []


def test_lines_that_fan_out_are_levelled() -> None:
    grey = cv2.cvtColor(_on_desk([(0, 30), (1599, 0), (1599, 1099), (0, 1040)]), cv2.COLOR_BGR2GRAY)
    homography = levelling(grey)
    assert homography is not None
    level = cv2.warpPerspective(grey, homography, (1600, 1100), borderValue=(238,))
    profile = (level < 120).mean(1)
    assert profile.max() > 0.75  # a line lies in one row


def test_a_picture_without_lines_has_nothing_to_level() -> None:
    assert levelling(np.full((400, 900), 250, np.uint8)) is None

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.image.binarize import binarize, otsu
from inkfield.pipeline.image.ruled_lines import RuledLine, find_ruled_lines, remove_ruled_lines
from inkfield.recognizers.synthesis.fonts import BUNDLED
from tests.support.paper import draw_line, text_page

PAPER = 240


def crop(width: int = 900, height: int = 160) -> np.ndarray:
    return np.full((height, width), PAPER, np.uint8)


@pytest.mark.parametrize("drop", [0, 6, -12, 25])
def test_level_and_skewed_rules_are_found_whole(drop: int) -> None:
    image = crop()
    draw_line(image, (20, 80), (880, 80 + drop), 3, 60)
    rules = find_ruled_lines(otsu(image), 300)
    assert len(rules) == 1
    rule = rules[0]
    assert rule.horizontal and abs(rule.start - 20) < 15 and abs(rule.stop - 880) < 15
    assert abs(rule.centres[0] - 80) < 2.5 and abs(rule.centres[-1] - 80 - drop) < 2.5
    assert len(rule.centres) == rule.stop - rule.start
    assert remove_ruled_lines(image, otsu(image), rules).min() > PAPER - 40


def test_curved_rule() -> None:
    image = crop(1200)
    x = np.arange(20, 1180)
    y = 80 + 9 * np.sin(x / 1180 * np.pi)
    cv2.polylines(image, [np.stack([x, y], 1).round().astype(np.int32)], False, (60.0,), 3)
    rules = find_ruled_lines(otsu(image), 300)
    assert len(rules) == 1
    assert remove_ruled_lines(image, otsu(image), rules).min() > PAPER - 60


def test_dotted_rule() -> None:
    image = crop()
    for x in range(20, 880, 9):
        cv2.circle(image, (x, 100), 2, (50.0,), -1)
    rules = find_ruled_lines(otsu(image), 300)
    assert len(rules) == 1
    assert remove_ruled_lines(image, otsu(image), rules).min() > PAPER - 60


def test_micro_print_rule() -> None:
    image = crop()
    for x in range(20, 860, 70):
        cv2.putText(image, "BANKLTD", (x, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.28, (40.0,), 1)
    rules = [rule for rule in find_ruled_lines(otsu(image), 300) if rule.horizontal]
    assert len(rules) == 1
    assert (remove_ruled_lines(image, otsu(image), rules) < 150).sum() < 0.1 * (image < 150).sum()


def test_stroke_through_a_rule_stays_whole() -> None:
    image = crop()
    draw_line(image, (20, 80), (880, 80), 3, 60)
    bare = crop()
    for x in (200, 400, 600):
        draw_line(image, (x, 40), (x + 20, 120), 5, 60)
        draw_line(bare, (x, 40), (x + 20, 120), 5, 60)
    clean = remove_ruled_lines(image, otsu(image), find_ruled_lines(otsu(image), 300))
    count, _, stats, _ = cv2.connectedComponentsWithStats((clean < 150).astype(np.uint8))
    assert count - 1 == 3
    assert stats[1:, cv2.CC_STAT_HEIGHT].min() > 75
    assert np.abs(clean.astype(int) - bare).mean() < 1.0


def test_a_stroke_that_lies_on_a_rule_for_a_while_stays_whole() -> None:
    """The bow of a figure that bulges onto its box's side: without it a 6 is a 5."""
    bow = np.full((400, 300), 250, np.uint8)
    cv2.ellipse(bow, (186, 200), (36, 90), 0, 90, 270, 25, 5, cv2.LINE_AA)
    image = bow.copy()
    draw_line(image, (150, 20), (150, 380), 3, 60)
    side = RuledLine(False, 20, 381, np.full(361, 150, np.float32), 3.0)
    removed = remove_ruled_lines(image, otsu(image), [side])
    stroke = bow < 100
    assert (removed[stroke] < 150).mean() > 0.97
    assert (removed[20:90, 140:160] > 200).all() and (removed[310:380, 140:160] > 200).all()


def test_box_is_taken_away_around_figures() -> None:
    image = crop(500, 140)
    cv2.rectangle(image, (10, 10), (490, 130), (50.0,), 3)
    cv2.putText(image, "4420", (120, 100), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (40.0,), 4)
    ink = otsu(image)
    rules = find_ruled_lines(ink, 300)
    assert [rule.horizontal for rule in rules].count(True) == 2
    assert [rule.horizontal for rule in rules].count(False) == 2
    clean = remove_ruled_lines(image, ink, rules)
    frame = np.ones(image.shape, bool)
    frame[20:120, 20:480] = False
    assert (clean[frame] < 150).sum() < 20
    assert np.array_equal(clean[30:110, 100:400], image[30:110, 100:400])


def test_sides_of_small_boxes_on_a_page() -> None:
    page = text_page(dpi=300, lines=3)
    for x in range(600, 1240, 80):
        cv2.rectangle(page, (x, 2000), (x + 80, 2070), (60.0,), 2)
    rules = find_ruled_lines(otsu(page), 300)
    assert sum(rule.horizontal for rule in rules) == 2
    assert sum(not rule.horizontal for rule in rules) == 9


def test_print_has_no_rules() -> None:
    page = text_page(dpi=300, size_mm=4)
    ink = binarize(page, 300)
    clean = remove_ruled_lines(page, ink, find_ruled_lines(ink, 300))
    assert (clean < 120).sum() > 0.995 * (page < 120).sum()


def test_empty() -> None:
    assert find_ruled_lines(np.zeros((50, 50), bool), 300) == []
    assert find_ruled_lines(np.zeros((0, 0), bool), 300) == []
    image = crop()
    assert remove_ruled_lines(image, otsu(image), []) is image


@pytest.mark.parametrize("size", range(24, 60, 4))
@pytest.mark.parametrize("number", ["151022942812665", "12211221122112"])
def test_the_feet_of_a_typed_number_are_no_rule(number: str, size: int) -> None:
    page = Image.new("L", (1000, 200), 255)
    font = ImageFont.truetype(str(BUNDLED / "tinos.ttf"), size)
    ImageDraw.Draw(page).text((60, 70), number, font=font, fill=0)
    assert find_ruled_lines(np.array(page) < 128, 300.0) == []

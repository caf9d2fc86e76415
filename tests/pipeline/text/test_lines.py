from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.text.lines import segment_lines
from tests.support.paper import draw_line, noisy, text_page


@pytest.mark.parametrize("lines, size", [(1, 4.0), (8, 7.0), (30, 4.0)])
def test_every_line_is_found_once_in_order(lines: int, size: float) -> None:
    page = noisy(text_page(lines, 150, size))
    found = segment_lines(page, 150)
    assert len(found) == lines
    tops = [line.box[1] for line in found]
    assert tops == sorted(tops)
    for line in found:
        x, y, w, h = line.box
        assert x >= 0 and y >= 0 and x + w <= page.shape[1] and y + h <= page.shape[0]
        assert line.image.dtype == np.uint8 and line.image.ndim == 2
        assert w > 300 and h < 2.2 * size / 25.4 * 150
        assert np.median(line.image) > 200 > 120 > line.image.min()


def test_ruled_paper() -> None:
    page = text_page(12, 150, 6)
    bare = len(segment_lines(page, 150))
    for y in range(118, 1700, 137):
        draw_line(page, (40, y), (1200, y), 2, 150)
    assert len(segment_lines(page, 150)) == bare == 12


def test_the_rule_that_writing_stands_on_stays_in_what_is_read_and_another_does_not() -> None:
    """Letters whose feet lie on the rule lose them with it."""
    page = text_page(3, 150, 6)
    plain = segment_lines(page, 150)
    x, y, width, height = plain[1].box
    foot = y + round(0.75 * height)
    draw_line(page, (40, foot), (1200, foot), 2, 120)
    draw_line(page, (40, y + 3 * height), (1200, y + 3 * height), 2, 120)
    draw_line(page, (x + width + 60, y - 200), (x + width + 60, y + 200), 2, 120)
    line = segment_lines(page, 150)[1]
    gaps = [(crop < 200).any(axis=0).mean() for crop in (line.image, line.bare, plain[1].image)]
    assert gaps[0] > 0.97
    assert gaps[1] == pytest.approx(gaps[2], abs=0.03)
    assert line.box == pytest.approx(plain[1].box, abs=4)


def test_two_columns_are_not_run_together() -> None:
    image = Image.new("L", (1240, 800), 245)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=26)
    for row in range(6):
        draw.text((60, 60 + row * 100), "a left hand column", font=font, fill=30)
        draw.text((760, 60 + row * 100), "and a right hand one", font=font, fill=30)
    found = segment_lines(np.array(image), 150)
    assert len(found) == 12
    assert [line.box[0] < 400 for line in found] == [True, False] * 6


def test_other_lines_are_painted_out_of_a_crop() -> None:
    page = text_page(2, 150, 9)
    page = np.vstack([page[60:150], page[865:990]])  # two lines close together
    found = segment_lines(page, 150)
    assert len(found) == 2
    ink = sum(int((line.image < 128).sum()) for line in found)
    assert ink == pytest.approx(int((page < 128).sum()), rel=0.1)


@pytest.mark.parametrize("shape", [(0, 0), (3, 3), (400, 300)])
def test_blank_has_no_lines(shape: tuple[int, int]) -> None:
    assert segment_lines(np.full(shape, 255, np.uint8), 300) == []


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(20, 160), st.integers(20, 160))
def test_any_picture_gives_boxes_inside_it(seed: int, width: int, height: int) -> None:
    rng = np.random.default_rng(seed)
    page = np.where(rng.random((height, width)) < 0.05, 20, 240).astype(np.uint8)
    for line in segment_lines(page, 100):
        x, y, w, h = line.box
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height and w > 0 and h > 0

"""Boxes of full text lie on the page as scanned, whichever way, however crooked and however small it was scanned."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from lxml import html
from PIL import Image, ImageDraw, ImageFont

from inkfield.flows.reports.explain import write_explanation
from inkfield.flows.reports.export_text import as_alto, as_json
from inkfield.flows.reports.whole_text import read_whole_text
from inkfield.pipeline.image.geometry import clipped, map_box, quarter_turn, rotation
from inkfield.pipeline.image.orientation import rotate_upright
from inkfield.schemas.readings import Box, DocumentReading
from tests.support.paper import SENTENCES

ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
KNOWN = "harbour"
LETTERS, SMALL = 46, 15
"""Size of the font in pixels: letters that are read as they are, and such as the page is enlarged for."""


def scan_with_known_word(turn: int, skew: float, size: int) -> tuple[np.ndarray, Box]:
    """A grey page of print, crooked by ``skew`` degrees and turned clockwise; and where its known word lies on it."""
    font = ImageFont.load_default(size=size)
    shape = (size * 30, size * 36)
    page, word = (Image.new("L", shape[::-1], tone) for tone in (245, 0))
    for row, sentence in enumerate(SENTENCES * 2):
        place = (3.0 * size, (4 + 1.9 * row) * size)
        ImageDraw.Draw(page).text(place, sentence, font=font, fill=40)
        if KNOWN in sentence and row < len(SENTENCES):
            before = sentence[: sentence.index(KNOWN)]
            left = place[0] + ImageDraw.Draw(page).textlength(before, font=font)
            ImageDraw.Draw(word).text((left, place[1]), KNOWN, font=font, fill=255)
    turning = rotation(shape, -skew)[:2]
    crooked = cv2.warpAffine(np.array(page), turning, shape[::-1], borderValue=(245.0,))
    mask = cv2.warpAffine(np.array(word), turning, shape[::-1])
    x, y, width, height = cv2.boundingRect((rotate_upright(mask, turn) > 127).astype(np.uint8))
    return rotate_upright(crooked, turn), (int(x), int(y), int(width), int(height))


def check_place(box: Box, word: Box, size: int) -> None:
    """The box holds the word but for a sixth of its letters' height, and no more than a line's height beside it."""
    near, far = size / 6, 1.0 * size
    assert box[0] <= word[0] + near and box[1] <= word[1] + near
    assert box[0] + box[2] >= word[0] + word[2] - near and box[1] + box[3] >= word[1] + word[3] - near
    assert box[0] >= word[0] - far and box[1] >= word[1] - far
    assert box[2] <= word[2] + 2 * far and box[3] <= word[3] + 2 * far


def check_reading(reading: DocumentReading, image: np.ndarray, word: Box, size: int) -> None:
    page = reading.pages[0]
    assert (page.height, page.width) == image.shape[:2]
    found = [(line, w) for line in page.lines for w in line.words if w.text == KNOWN]
    assert len(found) == 2
    line, first = min(found, key=lambda pair: abs(pair[1].box[0] - word[0]) + abs(pair[1].box[1] - word[1]))
    check_place(first.box, word, size)
    assert line.box[0] <= word[0] + size / 6 and line.box[0] + line.box[2] >= word[0] + word[2] - size / 6
    assert line.box[1] <= word[1] + size / 6 and line.box[1] + line.box[3] >= word[1] + word[3] - size / 6


@pytest.mark.parametrize(
    ("turn", "skew", "size"),
    [
        (0, 0.0, LETTERS),
        (90, 0.0, LETTERS),
        (180, 0.0, LETTERS),
        (270, 0.0, LETTERS),
        (0, 3.0, LETTERS),
        (0, 0.0, SMALL),
        (270, 3.0, SMALL),
    ],
)
def test_a_word_is_found_where_it_lies_on_the_scan(turn: int, skew: float, size: int, tmp_path: Path) -> None:
    image, word = scan_with_known_word(turn, skew, size)
    cv2.imwrite(str(tmp_path / "page.png"), image)
    check_reading(read_whole_text(tmp_path / "page.png", language="none"), image, word, size)


def test_every_output_tells_the_place_on_the_scan(tmp_path: Path) -> None:
    image, word = scan_with_known_word(90, -3.0, SMALL)
    cv2.imwrite(str(tmp_path / "page.png"), image)
    reading = write_explanation(tmp_path / "page.png", tmp_path / "page.html")  # reads as `process` does
    check_reading(reading, image, word, SMALL)
    height, width = image.shape
    page = json.loads(as_json(reading))["pages"][0]
    assert (page["width"], page["height"]) == (width, height)
    alto = ET.fromstring(as_alto(reading)).find(f".//{{{ALTO}}}Page")
    assert alto is not None and (alto.get("WIDTH"), alto.get("HEIGHT")) == (str(width), str(height))
    places = [
        tuple(int(string.get(name, "")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        for string in alto.iter(f"{{{ALTO}}}String")
        if string.get("CONTENT") == KNOWN
    ]
    assert sorted(places) == sorted(
        w.box for line in reading.pages[0].lines for w in line.words if w.text == KNOWN
    )
    shown = html.fromstring((tmp_path / "page.html").read_text())
    drawn = [
        tuple(int(rect.get(name)) for name in ("x", "y", "width", "height"))
        for rect in shown.xpath("//figure[contains(@class, 'scan')]//rect")
    ]
    assert sorted(drawn) == sorted(line.box for line in reading.pages[0].lines)
    assert shown.xpath("//figure[contains(@class, 'scan')]//svg")[0].get("viewbox") == f"0 0 {width} {height}"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_takes_its_boxes_along(turn: int) -> None:
    image = np.zeros((60, 90), np.uint8)
    image[10:30, 40:70] = 255
    there = map_box((40, 10, 30, 20), quarter_turn(image.shape, turn))
    assert there == cv2.boundingRect(rotate_upright(image, turn))


@pytest.mark.parametrize(
    ("box", "part"),
    [
        ((-5, -5, 10, 10), (0, 0, 5, 5)),
        ((90, 50, 30, 30), (90, 50, 10, 10)),
        ((200, 200, 5, 5), (99, 59, 1, 1)),
        ((-20, 3, 5, 5), (0, 3, 1, 5)),
        ((1, 2, 3, 4), (1, 2, 3, 4)),
    ],
)
def test_a_box_is_kept_on_its_page(box: Box, part: Box) -> None:
    assert clipped(box, (60, 100)) == part

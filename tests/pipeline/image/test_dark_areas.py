from __future__ import annotations

from difflib import SequenceMatcher

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.dark_areas import lift_dark_areas
from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import no_trace
from inkfield.pipeline.text.read_text import read_text_page
from inkfield.recognizers.recognizer import load_recognizer
from tests.support.paper import SENTENCES

READER = FieldReader(load_recognizer())
DPI = 200


def blank() -> Image.Image:
    return Image.new("RGB", (1654, 1400), (255, 255, 255))


def write(
    page: Image.Image, at: tuple[float, float], text: str, size: int = 32, tone: int = 15
) -> tuple[int, int]:
    """Writes a line with the top left corner of its ink at a place; returns the ink's width and height."""
    font = ImageFont.load_default(size=size)
    left, top, right, bottom = font.getbbox(text)
    ImageDraw.Draw(page).text((at[0] - left, at[1] - top), text, (tone, tone, tone), font)
    return int(right - left), int(bottom - top)


def read(page: Image.Image, dpi: float = DPI) -> str:
    bgr = cv2.cvtColor(np.asarray(page), cv2.COLOR_RGB2BGR)
    return "\n".join(line.text for line in read_text_page(View(bgr, dpi), READER, no_trace))


def holds(text: str, words: str) -> bool:
    """Whether a line has the words, but for a letter or two."""
    window = len(words)
    return any(
        SequenceMatcher(None, words, line[start : start + window]).ratio() > 0.7
        for line in text.splitlines()
        for start in range(max(1, len(line) - window + 1))
    )


@pytest.mark.parametrize("height", [34, 60, 130])
@pytest.mark.parametrize("colour", [(68, 114, 196), (20, 20, 20), (230, 120, 20)])
def test_white_heading_of_a_table_is_read(height: int, colour: tuple[int, int, int]) -> None:
    page = blank()
    write(page, (150, 100), "Larkmoor Supplies")
    ImageDraw.Draw(page).rectangle([140, 300, 1500, 300 + height], fill=colour)
    for column, head in enumerate(("Invoice date", "Due date", "Charges")):
        write(page, (160 + 400 * column, 300 + (height - 25) / 2), head, tone=255)
    write(page, (160, 330 + height), "LM 4410")
    write(page, (560, 330 + height), "120.50")
    text = read(page)
    for words in ("Larkmoor Supplies", "Invoice date", "Due date", "Charges", "120.50"):
        assert holds(text, words)


def test_bars_that_lie_on_each_other_are_judged_each_by_itself() -> None:
    page = blank()
    draw = ImageDraw.Draw(page)
    draw.rectangle([140, 300, 1500, 360], fill=(68, 114, 196))
    draw.rectangle([140, 361, 1500, 421], fill=(244, 184, 60))
    write(page, (600, 315), "Expense report", tone=255)
    write(page, (160, 376), "Merchant name")
    write(page, (900, 376), "Amount")
    text = read(page)
    assert holds(text, "Expense report") and holds(text, "Merchant name") and holds(text, "Amount")


@pytest.mark.parametrize("gap", [4, 14, 27])
@pytest.mark.parametrize("side", ["above", "below", "left", "right"])
def test_caption_beside_a_dark_picture_is_read(side: str, gap: int) -> None:
    page = blank()
    left, top, right, bottom = 450, 300, 1150, 900
    ImageDraw.Draw(page).rectangle([left, top, right, bottom], fill=(36, 36, 36))
    ImageDraw.Draw(page).rectangle([left + 80, top + 80, left + 120, bottom - 80], fill=(120, 120, 120))
    words = "Plan of the mill"
    width, height = write(blank(), (0, 0), words)
    places = {
        "above": (left, top - gap - height),
        "below": (left, bottom + gap + 1),
        "left": (left - gap - width, 600),
        "right": (right + gap + 1, 600),
    }
    write(page, places[side], words)
    write(page, (450, 1200), SENTENCES[3])
    text = read(page)
    assert holds(text, words) and holds(text, SENTENCES[3])


def test_shadow_over_writing_is_no_picture() -> None:
    page = blank()
    for row, sentence in enumerate(SENTENCES):
        write(page, (150, 150 + 90 * row), sentence)
    shaded = np.asarray(page).copy()
    shaded[:, :800] = (shaded[:, :800] * 0.5).astype(np.uint8)
    text = read(Image.fromarray(shaded))
    assert all(holds(text, sentence) for sentence in SENTENCES)


def test_page_without_dark_areas_comes_back_itself() -> None:
    page = np.full((1000, 700), 250, np.uint8)
    cv2.putText(page, "Total 45.20", (80, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20,), 3)
    assert lift_dark_areas(page, 100, READER.recognizer) is page


def test_large_dark_title_stays() -> None:
    page = blank()
    write(page, (100, 150), "BOOK", size=260)
    write(page, (150, 700), SENTENCES[0])
    assert "BOOK" in read(page).replace("\n", "")

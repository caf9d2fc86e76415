from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.image.deskew import deskew
from inkfield.pipeline.image.orientation import find_letters, rotate_upright, upright_angle
from inkfield.recognizers.recognizer import load_recognizer
from tests.support.paper import noisy, text_page

TURNS = [0, 90, 180, 270]


def found(image: np.ndarray) -> int:
    return upright_angle(image, find_letters(image), load_recognizer())


def printed(
    size: tuple[int, int], lines: list[str], at: tuple[int, int], letters: int, pitch: float = 1.5
) -> np.ndarray:
    """White paper, (width, height) pixels, with some lines of print."""
    page = Image.new("L", size, 255)
    for index, line in enumerate(lines):
        place = at[0], at[1] + round(index * letters * pitch)
        ImageDraw.Draw(page).text(place, line, 20, ImageFont.load_default(size=letters))
    return np.asarray(page)


def with_code(dpi: int) -> np.ndarray:
    """A page of few small lines above a large square code."""
    page = printed(
        (round(8.5 * dpi), 11 * dpi),
        ["Membership 4", "Account summary", "Reference LM2048"],
        (dpi, dpi),
        dpi // 9,
    )
    code = cv2.QRCodeEncoder.create().encode("the quick brown fox jumps over the lazy dog, and again")
    side = round(1.9 * dpi)
    page = page.copy()
    page[3 * dpi : 3 * dpi + side, dpi : dpi + side] = cv2.resize(
        code, (side, side), interpolation=cv2.INTER_NEAREST
    )
    return page


def receipt() -> np.ndarray:
    """Large print in short lines on grey, slightly crooked paper before something darker."""
    page = printed((1000, 1500), ["Mill Bakery", "12 Mill Lane", "2 Rye loaf    7.80", "1 Filter coffee   3.10",
                                  "Tax   0.87", "Total   11.77"], (90, 120), 84, 1.8)  # fmt: skip
    light = np.clip(page.astype(np.float32) * np.linspace(0.85, 0.6, page.shape[1]), 0, 255).astype(np.uint8)
    matrix = cv2.getRotationMatrix2D((500, 750), 2.0, 0.9)
    return cv2.warpAffine(light, matrix, (1000, 1500), borderValue=(90,))


def wide_table() -> np.ndarray:
    """A table 2.2 times as wide as high under a heading of capitals of one height."""
    page = printed((1540, 700), ["EXPENSE REPORT B", "REPORT NUMBER 77310"], (20, 10), 30, 1.3).copy()
    rows = ("Item", "Date", "Merchant", "Amount"), ("Chairs", "6/12/2026", "Merchant One", "2310.00")
    for row, cells in enumerate((*rows, ("Lunch", "6/13/2026", "Merchant Two", "85.00"))):
        y = 160 + 110 * row
        cv2.rectangle(page, (60, y), (1480, y + 110), (150,), 2)
        for column, cell in enumerate(cells):
            page[y + 20 : y + 90, 80 + 350 * column : 400 + 350 * column] = printed(
                (320, 70), [cell], (0, 10), 34
            )
    return page


def short_letter() -> np.ndarray:
    lines = ["The claims office writes to you about your", "policy and asks for the bills"]
    return printed((2480, 3508), lines, (330, 420), 46)


def one_word() -> np.ndarray:
    return printed((1240, 1754), ["Payable"], (500, 800), 40)


def strip() -> np.ndarray:
    return printed((830, 200), ["Ah hodi; Ly"], (70, 30), 92)


PAGES = {f.__name__: f for f in (receipt, wide_table, short_letter, one_word, strip)}


@pytest.mark.parametrize("angle", TURNS)
@pytest.mark.parametrize("skew", [0.0, 3.0])
def test_page_is_found_upright_again(angle: int, skew: float) -> None:
    page = noisy(deskew(text_page(), skew))
    turned = rotate_upright(page, angle)
    assert found(turned) == (360 - angle) % 360


@pytest.mark.parametrize("angle", TURNS)
@pytest.mark.parametrize("kind", [*PAGES, "code at 200 dpi", "code at 300 dpi"])
def test_what_is_written_tells_where_the_look_of_it_does_not(kind: str, angle: int) -> None:
    page = PAGES[kind]() if kind in PAGES else with_code(int(kind.split()[2]))
    assert found(np.ascontiguousarray(rotate_upright(page, angle))) == (360 - angle) % 360


@pytest.mark.parametrize(
    "image", [np.full((600, 400), 255, np.uint8), np.zeros((5, 5), np.uint8), np.zeros((0, 0), np.uint8)]
)
def test_undecided_is_left_as_it_is(image: np.ndarray) -> None:
    assert found(image) == 0


@pytest.mark.parametrize("seed", range(4))
def test_grain_alone_is_not_turned(seed: int) -> None:
    assert found(noisy(np.full((900, 700), 200, np.uint8), 12.0, seed)) == 0


def test_figures_alone_are_not_turned() -> None:
    page = np.full((900, 700), 250, np.uint8)
    page[100:110, 100:104] = 0
    assert found(page) == 0


def test_rotation_is_clockwise_and_checked() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert rotate_upright(image, 90)[0, 1] == image[0, 0]
    with pytest.raises(ValueError):
        rotate_upright(image, 45)

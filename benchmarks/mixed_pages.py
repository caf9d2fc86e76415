"""Upright pages of many kinds, as a back office gets them: letters, tables, receipts, strips, codes, photos, forms.

Each renderer takes a generator and gives a picture, uint8 grey or BGR, that a person would call upright. They draw on
the project's own fonts, texts, hands and paper, so that no data set is needed; ``composed`` takes real lines where
there are some.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont

from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.lab.documents.cheque_us_page import render_us_cheque
from inkfield.lab.documents.claim_page import render_claim
from inkfield.lab.documents.photo import photograph
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import PX
from inkfield.lab.documents.writer import random_writer, write
from inkfield.recognizers.synthesis.fonts import available_fonts
from inkfield.recognizers.synthesis.texts import random_text

Rng = np.random.Generator
PROSE = {"prose": 0.6, "address": 0.1, "name": 0.1, "date": 0.1, "phone": 0.05, "amount": 0.05}
SYSTEM_FONTS = Path("/usr/share/fonts")
COLOURS = (
    (68, 114, 196),
    (20, 20, 20),
    (192, 40, 40),
    (30, 120, 60),
    (90, 90, 90),
    (112, 48, 160),
    (230, 120, 20),
)


@lru_cache(maxsize=1)
def print_fonts() -> tuple[Path | None, ...]:
    """Typefaces of the repository and of the system; None stands for the one that comes with Pillow."""
    usual = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSansMono", "LiberationSans-Regular",
             "LiberationSerif-Regular", "Arial", "FreeSans")  # fmt: skip
    there = sorted(p for p in SYSTEM_FONTS.rglob("*.ttf") if p.stem in usual) if SYSTEM_FONTS.exists() else []
    return (None, *available_fonts("typed"), *there)


def print_font(rng: Rng, size: float) -> ImageFont.FreeTypeFont:
    fonts = print_fonts()
    path = fonts[int(rng.integers(len(fonts)))]
    if path is None:
        return ImageFont.load_default(size=size)  # type: ignore[return-value]
    return ImageFont.truetype(str(path), size)


def text(rng: Rng, least: int = 12, most: int = 60) -> str:
    """Running text of a letter, of a length in characters."""
    found = random_text(rng, PROSE)
    while len(found) < least:
        found += " " + random_text(rng, PROSE)
    return found[:most].rsplit(" ", 1)[0] if len(found) > most else found


def grain(page: np.ndarray, rng: Rng) -> np.ndarray:
    """What a scanner leaves: now and then nothing (a page from a computer), else noise, blur, skew or two levels."""
    if rng.random() < 0.3:
        return page
    angle = float(np.clip(rng.normal(0, 0.7), -2, 2))
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    border = (250.0,) * (3 if page.ndim == 3 else 1)
    page = cv2.warpAffine(page, matrix, (width, height), borderValue=border, flags=cv2.INTER_AREA)
    if rng.random() < 0.2:
        grey = page if page.ndim == 2 else cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
        return np.where(grey > 150, 255, 0).astype(np.uint8)
    page = cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.3, 0.8)))
    noise = rng.standard_normal(page.shape[:2], dtype=np.float32) * float(rng.uniform(0.5, 4))
    noisy = page + (noise if page.ndim == 2 else noise[..., None])
    return np.clip(noisy, 0, 255).astype(np.uint8)


def paper(rng: Rng, dpi: float, width_mm: float = 210, height_mm: float = 297) -> Image.Image:
    tone = int(rng.integers(238, 256))
    size = round(width_mm / 25.4 * dpi), round(height_mm / 25.4 * dpi)
    return Image.new("RGB", size, (tone, tone, max(225, tone - int(rng.integers(0, 14)))))


def bgr(image: Image.Image) -> np.ndarray:
    return cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)


def lines_on(draw: ImageDraw.ImageDraw, rng: Rng, dpi: float, count: int, x_mm: float, y_mm: float) -> float:
    """Prints lines of one size; returns where the next one would stand, in mm."""
    size = float(rng.uniform(2.4, 5.5))
    font = print_font(rng, size / 25.4 * dpi)
    capitals = rng.random() < 0.1
    for _ in range(count):
        line = text(rng, 10, int(230 / size))
        draw.text(
            (x_mm / 25.4 * dpi, y_mm / 25.4 * dpi), line.upper() if capitals else line, (20, 20, 25), font
        )
        y_mm += size * float(rng.uniform(1.3, 1.6))
    return y_mm


def letter(rng: Rng) -> np.ndarray:
    """A typed letter of 12 to 45 lines."""
    dpi = float(rng.choice([150, 150, 200, 300]))
    page = paper(rng, dpi)
    draw = ImageDraw.Draw(page)
    y = lines_on(draw, rng, dpi, int(rng.integers(3, 6)), 20, 18)
    while y < rng.uniform(110, 270):
        y = lines_on(draw, rng, dpi, int(rng.integers(4, 12)), 20, y + 6)
    return grain(bgr(page), rng)


def short_letter(rng: Rng) -> np.ndarray:
    """One to four typed lines somewhere on a page."""
    dpi = float(rng.choice([150, 150, 200, 300]))
    page = paper(rng, dpi)
    lines_on(
        ImageDraw.Draw(page),
        rng,
        dpi,
        int(rng.integers(1, 5)),
        float(rng.uniform(12, 50)),
        float(rng.uniform(15, 220)),
    )
    return grain(bgr(page), rng)


def strip(rng: Rng) -> np.ndarray:
    """One printed or written line on a strip of its own."""
    words = text(rng, 6, int(rng.integers(10, 50)))
    if rng.random() < 0.5:
        size = float(rng.uniform(24, 60))
        font = print_font(rng, size)
        width = int(font.getlength(words)) + int(rng.uniform(20, 300))
        page = Image.new("RGB", (width, int(size * rng.uniform(1.5, 3.2))), (252, 252, 252))
        ImageDraw.Draw(page).text((int(rng.uniform(8, 40)), int(size * 0.2)), words, (15, 15, 20), font)
        return bgr(page)
    sheet = np.full((round(18 * PX), round(190 * PX), 3), 248, np.float32)
    width_mm = write(sheet, words, 6, 12, rng, random_writer(rng, hands()), 2.6, 175)
    return np.clip(sheet[:, : round((width_mm + 14) * PX)], 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def hands() -> list[Path]:
    return available_fonts("hand", "AC")


def handwriting(rng: Rng, count: int) -> np.ndarray:
    """Handwritten lines on plain or ruled paper."""
    sheet = np.full((round(297 * PX), round(210 * PX), 3), float(rng.integers(240, 255)), np.float32)
    pitch = float(rng.uniform(8, 12))
    if rng.random() < 0.4:
        for y in np.arange(30, 285, pitch):
            row = round(y * PX)
            sheet[row : row + 2] = (215, 190, 150)
    writer = random_writer(rng, hands())
    size = float(rng.uniform(1.9, 2.9))
    first = 30 + pitch * int(rng.integers(0, max(1, min(12, int(255 / pitch) - count))))
    for index in range(min(count, int((285 - first) / pitch))):
        write(
            sheet,
            text(rng, 15, 62),
            18 + float(rng.normal(0, 1.5)),
            first + index * pitch - 0.6,
            rng,
            writer,
            size,
            178,
        )
    if rng.random() < 0.25:
        return scan(sheet, rng)
    return np.clip(sheet, 0, 255).astype(np.uint8)


def written_page(rng: Rng) -> np.ndarray:
    return handwriting(rng, int(rng.integers(7, 24)))


def written_note(rng: Rng) -> np.ndarray:
    return handwriting(rng, int(rng.integers(1, 5)))


def receipt(rng: Rng) -> np.ndarray:
    """A till receipt in large print, flat or photographed."""
    dpi = 300.0
    rows = int(rng.integers(6, 18))
    size = float(rng.uniform(3.0, 5.2))
    width_mm = float(rng.uniform(57, 80))
    height_mm = 22 + rows * size * 1.9 + float(rng.uniform(0, 40))
    page = paper(rng, dpi, width_mm, height_mm)
    draw = ImageDraw.Draw(page)
    font = print_font(rng, size / 25.4 * dpi)
    y, right = 6.0, width_mm - 5
    draw.text(
        (5 / 25.4 * dpi, y / 25.4 * dpi),
        random_text(rng, "name"),
        (25, 25, 25),
        print_font(rng, 6 / 25.4 * dpi),
    )
    y += 10
    for index in range(rows):
        item = text(rng, 3, 14) if index > 2 else text(rng, 8, 20)
        draw.text((5 / 25.4 * dpi, y / 25.4 * dpi), item, (30, 30, 30), font)
        if index > 3:
            draw.text(
                (right / 25.4 * dpi, y / 25.4 * dpi),
                f"{rng.uniform(0.5, 90):.2f}",
                (30, 30, 30),
                font,
                anchor="ra",
            )
        y += size * float(rng.choice([1.35, 1.35, 1.9]))
    flat = bgr(page)
    return photograph(flat.astype(np.float32), rng) if rng.random() < 0.7 else grain(flat, rng)


def table(rng: Rng) -> np.ndarray:
    """A table with a heading, often wider than high, ruled or with coloured bars."""
    columns, rows = int(rng.integers(3, 7)), int(rng.integers(3, 14))
    size = float(rng.uniform(16, 40))
    pitch = size * float(rng.uniform(1.5, 2.4))
    width = int(columns * size * rng.uniform(7, 10))
    height = int((rows + 4) * pitch)
    page = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    font = print_font(rng, size)
    draw.text((size, size * 0.4), text(rng, 8, 24).upper(), (10, 10, 10), print_font(rng, size * 1.1))
    colour = COLOURS[int(rng.integers(len(COLOURS)))]
    barred, ruled = rng.random() < 0.5, rng.random() < 0.5
    top, left, right = 2 * pitch, size, width - size
    across = (right - left) / columns
    for row in range(rows):
        y = top + row * pitch
        if row == 0 and barred:
            draw.rectangle([left, y, right, y + pitch], fill=colour)
        elif ruled:
            draw.rectangle([left, y, right, y + pitch], outline=(150, 150, 150))
        for column in range(columns):
            if row == 0 or column == 0:
                cell = text(rng, 4, 12).title()
            else:
                cell = random_text(rng, ("figures", "date", "amount", "name")[column % 4])[:12]
            tone = (255, 255, 255) if row == 0 and barred else (25, 25, 25)
            while font.getlength(cell) > across - size * 0.6 and len(cell) > 1:
                cell = cell[:-1]
            draw.text((left + column * across + size * 0.3, y + (pitch - size) / 2), cell, tone, font)
    return grain(bgr(page), rng)


def code_page(rng: Rng) -> np.ndarray:
    """Few lines of small print beside a square code or a bar code."""
    dpi = float(rng.choice([200, 300]))
    page = paper(rng, dpi)
    draw = ImageDraw.Draw(page)
    y = lines_on(draw, rng, dpi, int(rng.integers(2, 6)), 15, float(rng.uniform(12, 40)))
    side = int(rng.uniform(22, 60) / 25.4 * dpi)
    if rng.random() < 0.7:
        modules = cv2.QRCodeEncoder.create().encode(random_text(rng, "prose")[: int(rng.integers(10, 60))])
        code = cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST)
    else:
        bars = np.repeat(rng.integers(0, 2, 60).astype(np.uint8) * 255, max(2, side // 30))
        code = np.repeat(bars[None], side // 3, axis=0)
    at = (int(rng.uniform(10, 120) / 25.4 * dpi), int((y + rng.uniform(4, 60)) / 25.4 * dpi))
    page.paste(Image.fromarray(code), at)
    return grain(bgr(page), rng)


@lru_cache(maxsize=1)
def photos() -> list[np.ndarray]:
    pictures = [skimage.data.astronaut(), skimage.data.camera(), skimage.data.coffee(), skimage.data.rocket(),
                skimage.data.chelsea(), skimage.data.coins(), skimage.data.brick(), skimage.data.moon()]  # fmt: skip
    return [p if p.ndim == 3 else np.dstack([p] * 3) for p in pictures]


def photo_page(rng: Rng) -> np.ndarray:
    """A photo with a caption and a few lines."""
    dpi = float(rng.choice([150, 150, 200, 300]))
    page = paper(rng, dpi)
    draw = ImageDraw.Draw(page)
    y = lines_on(draw, rng, dpi, int(rng.integers(1, 6)), 25, float(rng.uniform(15, 40)))
    picture = photos()[int(rng.integers(len(photos())))]
    width = int(rng.uniform(70, 150) / 25.4 * dpi)
    height = int(width * picture.shape[0] / picture.shape[1])
    at = (int(25 / 25.4 * dpi), int((y + 3) / 25.4 * dpi))
    page.paste(Image.fromarray(picture).resize((width, height)), at)
    below = (at[1] + height) * 25.4 / dpi + 3
    lines_on(draw, rng, dpi, int(rng.integers(1, 4)), 25, below)
    return grain(bgr(page), rng)


def screenshot(rng: Rng) -> np.ndarray:
    """Small letters of a screen at 72 to 96 dpi."""
    size = int(rng.integers(11, 17))
    lines = int(rng.integers(4, 24))
    page = Image.new("RGB", (int(rng.integers(600, 1100)), int((lines + 3) * size * 1.5)), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    font = print_font(rng, size)
    for index in range(lines):
        draw.text((20, size * (1 + index * 1.5)), text(rng, 12, int(1000 / size)), (20, 20, 20), font)
    return bgr(page)


def claim(rng: Rng) -> np.ndarray:
    return render_claim(rng)[0]


def cheque(rng: Rng) -> np.ndarray:
    return render_cheque(rng)[0] if rng.random() < 0.5 else render_us_cheque(rng)[0]


KINDS: dict[str, Callable[[Rng], np.ndarray]] = {
    "letter": letter,
    "short letter": short_letter,
    "strip": strip,
    "handwritten page": written_page,
    "handwritten note": written_note,
    "receipt": receipt,
    "table": table,
    "page with a code": code_page,
    "photo with lines": photo_page,
    "screenshot": screenshot,
    "claim form": claim,
    "cheque": cheque,
}


def composed(lines: Sequence[np.ndarray], rng: Rng) -> np.ndarray:
    """A page of real handwritten lines (grey, dark on light, all by one hand) set below each other on even paper."""
    page = np.full((2200, 1700), 250, np.uint8)
    pitch = int(rng.integers(64, 100))
    y, left = int(rng.integers(80, 700)), int(rng.integers(60, 200))
    for line in lines:
        height = int(rng.integers(44, 60))
        width = min(1700 - left - 20, round(line.shape[1] * height / line.shape[0]))
        if y + height > 2180:
            break
        small = cv2.resize(line, (width, height), interpolation=cv2.INTER_AREA)
        place = page[y : y + height, left : left + width]
        # The crop's own paper becomes that of the page.
        lifted = np.clip(small.astype(np.float32) * (250 / max(1.0, float(np.percentile(small, 80)))), 0, 250)
        place[:] = np.minimum(place, lifted.astype(np.uint8))
        y += pitch
    return page

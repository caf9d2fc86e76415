"""Pages rendered for the tests of the image stages: text, shading, noise, rules."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SENTENCES = (
    "The claim was filed by the holder of the policy",
    "Payment due within thirty days of the invoice",
    "Bright lights flashed above the quiet harbour",
    "Please keep this half of the sheet for your files",
    "Half the flood had filled the building by daybreak",
    "Both children liked the taste of fresh bread",
)


def text_page(lines: int = 30, dpi: int = 150, size_mm: float = 5.0) -> np.ndarray:
    """Grey uint8 A4 page with ``lines`` lines of print, left-aligned."""
    width, height = round(210 / 25.4 * dpi), round(297 / 25.4 * dpi)
    image = Image.new("L", (width, height), 245)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=size_mm / 25.4 * dpi)
    step = (height - 2 * dpi // 2) / max(lines, 1)
    for index in range(lines):
        draw.text(
            (dpi * 0.7, dpi * 0.5 + index * step), SENTENCES[index % len(SENTENCES)], font=font, fill=40
        )
    return np.array(image)


def noisy(grey: np.ndarray, deviation: float = 6.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.clip(grey + rng.normal(0, deviation, grey.shape), 0, 255).astype(np.uint8)


def shaded(grey: np.ndarray, darkest: float = 0.5) -> np.ndarray:
    """Brightness falls off from left to right down to ``darkest``."""
    return (grey * np.linspace(1, darkest, grey.shape[1])).astype(np.uint8)


def words_line(words: list[str], gap: int = 40, dpi: int = 300) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """A line of print with wide gaps, and the column span of each word."""
    font = ImageFont.load_default(size=50)
    image = Image.new("L", (2400, 100), 245)
    draw = ImageDraw.Draw(image)
    x, spans = 30.0, []
    for word in words:
        draw.text((x, 15), word, font=font, fill=30)
        left, _, right, _ = draw.textbbox((x, 15), word, font=font)
        spans.append((int(left), int(right)))
        x = right + gap
    return np.array(image)[:, : int(x) + 30], spans


def draw_line(grey: np.ndarray, start: tuple[int, int], stop: tuple[int, int], thick: int, tone: int) -> None:
    cv2.line(grey, start, stop, (float(tone),), thick)

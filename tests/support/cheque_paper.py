"""Cheques in the CTS-2010 layout drawn for the tests, in the two ways in which banks print their labels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkfield.pipeline.cheques.micr.e13b_shapes import LIMITS as E13B
from inkfield.pipeline.cheques.micr.e13b_shapes import draw_micr

MICR = "C083654C 500025033A 290062C 31"
PAPER_MM = (202.0, 92.0)
RULES_MM = (25.2, 34.2, 42.8)


@dataclass(frozen=True)
class Print:
    """Where a bank prints what, in mm. ``labels_on_rule``: PAY stands above the rule's beginning, not before it."""

    labels_on_rule: bool = False
    date_left: float = 154.2
    date_pitch: float = 5.0
    divided_box: bool = False
    tint: tuple[int, int, int] = (225, 245, 250)


PLAIN = Print()
ON_RULE = Print(labels_on_rule=True, date_left=151.0, date_pitch=5.65, divided_box=True, tint=(215, 240, 205))


@dataclass(frozen=True)
class Writing:
    """What is filled in."""

    payee: str = "Asha Gupta"
    words: str = "Twelve Thousand Five Hundred"
    figures: str = "12,500/-"
    date: str = "15032026"


FILLED = Writing()


def draw_cheque(
    dpi: float = 200,
    style: Print = PLAIN,
    micr: str = MICR,
    ink: tuple[int, int, int] = (110, 40, 30),
    writing: Writing = FILLED,
) -> np.ndarray:
    """A filled-in cheque, BGR uint8, with grain."""
    scale = dpi / 25.4
    size = round(PAPER_MM[0] * scale), round(PAPER_MM[1] * scale)
    picture = Image.new("RGB", size, style.tint[::-1])
    draw = ImageDraw.Draw(picture)
    thin = max(1, round(0.25 * scale))

    def line(x0: float, y0: float, x1: float, y1: float) -> None:
        draw.line([(x0 * scale, y0 * scale), (x1 * scale, y1 * scale)], fill=(40, 40, 40), width=thin)

    def text(
        x: float, base: float, content: str, height: float, colour: tuple[int, int, int] = (30, 30, 30)
    ) -> None:
        font = ImageFont.load_default(size=height * scale)
        draw.text((x * scale, base * scale), content, font=font, fill=colour, anchor="ls")

    text(22, 10, "BANK OF SOMEWHERE", 5)
    text(70, 13, "14 Station Road, Hyderabad 500001", 2.6)
    begin = 8.5 if style.labels_on_rule else 19.0
    ends = (194.5 if style.labels_on_rule else 156.0, 144.0, 131.0)
    for y, end in zip(RULES_MM, ends, strict=True):
        line(begin if y != RULES_MM[0] or style.labels_on_rule else 12.6, y, end, y)
    text(8.8 if style.labels_on_rule else 7.0, RULES_MM[0] - 0.8, "PAY", 2.9)
    text(8.8 if style.labels_on_rule else 7.0, RULES_MM[1] - 0.8, "RUPEES", 2.9)
    text(176 if style.labels_on_rule else 158, RULES_MM[0] - 0.8, "OR BEARER", 2.9)
    _box(line, 144.5, 33.8, 195.4, 42.8)
    if style.divided_box:
        line(154.8, 33.8, 154.8, 42.8)
    _rupee(line, 148.0, 36.5)
    for k in range(9):
        line(style.date_left + k * style.date_pitch, 7.1, style.date_left + k * style.date_pitch, 12.8)
    line(style.date_left, 7.1, style.date_left + 8 * style.date_pitch, 7.1)
    line(style.date_left, 12.8, style.date_left + 8 * style.date_pitch, 12.8)
    text(style.date_left - 7.5, 10, "DATE", 2.4)
    _box(line, 12, 45, 66, 51)
    line(26.5, 45, 26.5, 51)
    text(14, 49, "A/C NO.", 2.6)
    text(33, 49.3, "911010049001545", 3.0)
    text(170, 74, "Please sign above", 2.2)
    pen = ink[::-1]
    text(40, 24.6, writing.payee, 5.2, pen)
    text(40, 33.4, writing.words, 5.0, pen)
    text(157.5, 41.2, writing.figures, 5.6, pen)
    for k, digit in enumerate(writing.date):
        text(style.date_left + k * style.date_pitch + 1.2, 12.1, digit, 4.2, pen)
    points = [(160, 68), (164, 58), (168, 70), (172, 60), (180, 69), (188, 61)]
    draw.line([(x * scale, y * scale) for x, y in points], fill=pen, width=max(2, round(0.5 * scale)))
    return grained(print_micr(np.array(picture)[:, :, ::-1], micr, dpi))


def print_micr(
    picture: np.ndarray, micr: str, dpi: float, right_mm: float = 146.8, top_mm: float = 83.8
) -> np.ndarray:
    """The picture (BGR or grey) with a MICR line printed in its clear band."""
    scale = dpi / 25.4
    mask = draw_micr(spread(micr), dpi)
    x, y = round(right_mm * scale) - mask.shape[1], round(top_mm * scale)
    printed = picture.copy()
    clear = slice(max(0, y - round(3 * scale)), None)
    printed[clear] = 246
    part = printed[y : y + mask.shape[0], x : x + mask.shape[1]]
    darker = 1 - mask.astype(float) / 255 * 0.86
    part[:] = (part * (darker[..., None] if picture.ndim == 3 else darker)).astype(np.uint8)
    return printed


def spread(micr: str) -> str:
    """The line's positions: a wide gap is two empty ones."""
    return micr.replace(" ", "  ")


def foot(micr: str, dpi: float, noise: float = 4.0) -> np.ndarray:
    """A grey cheque, bare but for its MICR line."""
    scale = dpi / 25.4
    paper = np.full((round(PAPER_MM[1] * scale), round(PAPER_MM[0] * scale)), 240, np.uint8)
    right = 28 + len(spread(micr)) * E13B.pitch_inch * 25.4
    return grained(print_micr(paper, micr, dpi, right_mm=right), noise)


def grained(picture: np.ndarray, noise: float = 4.0) -> np.ndarray:
    grain = np.random.default_rng(7).normal(0, noise, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def turned(picture: np.ndarray, degrees: float) -> np.ndarray:
    """The picture turned anticlockwise about its middle, size kept."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    border = (245.0,) * (3 if picture.ndim == 3 else 1)
    return cv2.warpAffine(picture, matrix, (width, height), borderValue=border)


def _box(line, x0: float, y0: float, x1: float, y1: float) -> None:  # type: ignore[no-untyped-def]
    for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
        line(*edge)


def _rupee(line, x: float, y: float) -> None:  # type: ignore[no-untyped-def]
    """The rupee sign, 2.4 x 3.5 mm: two bars, a bow and a leg."""
    line(x, y, x + 2.4, y)
    line(x, y + 1.0, x + 2.4, y + 1.0)
    line(x + 1.6, y, x + 1.6, y + 1.7)
    line(x + 1.6, y + 1.7, x, y + 1.9)
    line(x, y + 1.9, x + 1.9, y + 3.5)

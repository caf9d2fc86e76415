"""Single digits in character boxes, as cropping and cleaning leave them, drawn to train `models.digit_network`.

Digits of real hands (MNIST), of hands' fonts in ballpoint and of typed fonts are kept as masks; each cell is set anew
from them, with what is left of the box's sides, a neighbour's tail, and the wear of scanning.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.synthesis.digits import can_write, render_digits
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS, fonts_for
from inkfield.recognizers.synthesis.pen import render_ink

_TALL = 40
"""Height of the digits of a bank, in pixels."""


@dataclass(frozen=True)
class DigitBank:
    """Masks uint8 of single digits, 0 none to 255 full ink, and which digit each is."""

    masks: tuple[np.ndarray, ...]
    digits: np.ndarray

    def __len__(self) -> int:
        return len(self.masks)


def draw_bank(count: int, rng: np.random.Generator, held_out: bool = False) -> DigitBank:
    """``count`` digits: two thirds of real hands, if fetched, the others by fonts; ``held_out`` by hands that training
    never sees."""
    written = list(UNSEEN_HANDS) if held_out else fonts_for("0123456789", "hand")
    typed = fonts_for("0123456789", "typed")
    real = can_write("0")
    masks: list[np.ndarray] = []
    digits: list[int] = []
    while len(masks) < count:
        digit, draw = int(rng.integers(10)), rng.random()
        if real and draw < 0.65:
            mask = render_digits(str(digit), rng, _TALL, held_out).mask
        else:
            fonts = written if draw < 0.93 else typed
            font = fonts[int(rng.integers(len(fonts)))]
            mask = render_ink(str(digit), rng, font, _TALL * 0.62, float(rng.normal(0.05, 0.15))).mask
        if min(mask.shape) > 2:  # a font without this digit leaves nothing
            masks.append(mask)
            digits.append(digit)
    return DigitBank(tuple(masks), np.array(digits))


def draw_cell(bank: DigitBank, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """A cell, grey uint8 with dark ink on white, about 20 to 90 px high, and its digit."""
    number = int(rng.integers(len(bank)))
    height = int(rng.uniform(20, 90))
    width = int(height * rng.uniform(0.7, 1.25))
    ink = np.zeros((height, width), np.uint8)
    size = height * float(np.clip(rng.normal(0.62, 0.14), 0.3, 0.95))
    at = (width * rng.normal(0.5, 0.13), height * rng.normal(0.5, 0.1))
    _set(ink, bank.masks[number], size, at, rng)
    if rng.random() < 0.25:
        _neighbour(ink, bank, size, rng)
    if rng.random() < 0.2:
        _side(ink, rng)
    return _scan(ink, rng), int(bank.digits[number])


def _set(
    ink: np.ndarray, mask: np.ndarray, size: float, at: tuple[float, float], rng: np.random.Generator
) -> None:
    """Lays a digit, ``size`` pixels high and a little turned, sheared and stretched, with its middle at a point."""
    scale = size / mask.shape[0]
    turn, shear = rng.normal(0, 0.09), rng.normal(0, 0.15)
    stretch = scale * np.exp(rng.normal(0, 0.14))
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, -shear * scale], [0, scale]])
    middle = np.array([mask.shape[1] / 2, mask.shape[0] / 2])
    shift = np.array(at) - matrix @ middle
    # Small pictures of large masks: without it thin strokes would fall between the pixels.
    if scale < 0.7:
        mask = cv2.GaussianBlur(mask, (0, 0), 0.4 / scale)
    laid = cv2.warpAffine(mask, np.column_stack([matrix, shift]), ink.shape[::-1], flags=cv2.INTER_LINEAR)
    np.maximum(ink, laid, out=ink)


def _neighbour(ink: np.ndarray, bank: DigitBank, size: float, rng: np.random.Generator) -> None:
    """What pokes in of the digit beside: a tenth to a quarter of the cell's width at most."""
    height, width = ink.shape
    layer = np.zeros_like(ink)
    _set(
        layer, bank.masks[int(rng.integers(len(bank)))], size, (width / 2, height * rng.normal(0.5, 0.1)), rng
    )
    columns = np.flatnonzero(layer.max(0) > 60)
    if columns.size == 0:
        return
    reach = int(width * rng.uniform(0.04, 0.22))
    if rng.random() < 0.5:
        tail = layer[:, max(0, columns[-1] + 1 - reach) : columns[-1] + 1]
        np.maximum(ink[:, : tail.shape[1]], tail, out=ink[:, : tail.shape[1]])
    else:
        tail = layer[:, columns[0] : columns[0] + reach]
        np.maximum(ink[:, width - tail.shape[1] :], tail, out=ink[:, width - tail.shape[1] :])


def _side(ink: np.ndarray, rng: np.random.Generator) -> None:
    """What cleaning left of a side of the box: a piece of a thin line."""
    height, width = ink.shape
    thick = max(1, round(height * rng.uniform(0.01, 0.04)))
    tone = (int(rng.uniform(90, 255)),)
    first, last = sorted(rng.uniform(-0.2, 1.2, 2))
    if rng.random() < 0.6:
        x = int(width * (rng.uniform(0, 0.06) if rng.random() < 0.5 else rng.uniform(0.94, 1)))
        cv2.line(ink, (x, int(first * height)), (x, int(last * height)), tone, thick)
    else:
        y = int(height * (rng.uniform(0, 0.06) if rng.random() < 0.5 else rng.uniform(0.94, 1)))
        cv2.line(ink, (int(first * width), y), (int(last * width), y), tone, thick)


def _scan(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink on white paper as a scanner sees it: paler or darker, blurred, grained, and packed as JPEG."""
    ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.2, 1.0) * max(1.0, ink.shape[0] / 60))
    picture = 255 - ink.astype(np.float32) * rng.uniform(0.45, 0.98)
    picture += rng.normal(0, rng.uniform(0, 7), picture.shape)
    grey = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(35, 92))])[1]
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))
    return grey

"""Figures in real hands: strings set from MNIST digits (LeCun, Cortes and Burges), signs drawn by pen strokes."""

from __future__ import annotations

import re
from functools import lru_cache

import cv2
import numpy as np

from inkfield.recognizers.synthesis.figure_strokes import can_stroke, stroke_sign
from inkfield.recognizers.synthesis.fonts import fetched_folder
from inkfield.recognizers.synthesis.pen import DrawnInk

SIGNS = ",./-= "
"""What can stand between digits in a string of figures."""


_NOUGHTS_TOGETHER, _ENDS_TOGETHER, _STROKED = 0.25, 0.6, 0.6
"""Shares of hands that write noughts in one go and an amount's end in one, and of signs drawn as a pen does."""
_TRAINING = 60000
"""The first images of MNIST are its training part; the hands of the others are never trained on."""


@lru_cache(maxsize=2)
def _digits(held_out: bool) -> dict[int, np.ndarray] | None:
    path = fetched_folder() / "mnist.npz"
    if not path.exists():
        return None
    part = slice(_TRAINING, None) if held_out else slice(_TRAINING)
    with np.load(path) as data:
        images, labels = data["images"][part], data["labels"][part]
    return {digit: images[labels == digit] for digit in range(10)}


def can_write(text: str) -> bool:
    """Whether the digits were fetched and ``text`` is made of digits and signs, with at least one digit."""
    return (
        _digits(False) is not None
        and set(text) <= set("0123456789" + SIGNS)
        and any(c.isdigit() for c in text)
    )


def render_digits(text: str, rng: np.random.Generator, height: float, held_out: bool = False) -> DrawnInk:
    """A string of figures, each digit by some real hand, evened to one pen; ``height`` of a digit in pixels.

    ``held_out`` takes the digits of hands that training never sees, for validation and calibration.

    Raises ValueError for a text that `can_write` refuses.
    """
    if not can_write(text):
        raise ValueError("the text is no string of figures, or the digits were not fetched")
    pen = height * (0.03 + 0.08 * rng.beta(1.5, 2.2))  # half the width of a stroke
    # Mostly written in one go; the wide ones stand in the cells of a form.
    gap = height * (rng.uniform(-0.02, 0.28) if rng.random() < 0.8 else rng.uniform(0.3, 1.1))
    bank = _digits(held_out)
    assert bank is not None
    pieces = [_piece(token, rng, height, pen, bank, vary=not held_out) for token in _tokens(text, rng)]
    width = int(sum(p.shape[1] + gap + 0.2 * height for p in pieces) + 4 * height)
    line = np.zeros((int(height * 3), width), np.uint8)
    x = height
    for piece in pieces:
        top = int(line.shape[0] / 2 - piece.shape[0] / 2 + rng.normal(0, 0.04 * height))
        left = int(x)
        place = line[top : top + piece.shape[0], left : left + piece.shape[1]]
        np.maximum(place, piece[: place.shape[0], : place.shape[1]], out=place)
        x += piece.shape[1] + gap + rng.normal(0, 0.04 * height)
    rows, columns = np.flatnonzero(line.max(1) > 40), np.flatnonzero(line.max(0) > 40)
    cut = line[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return DrawnInk(np.ascontiguousarray(cut), line.shape[0] / 2 + height / 2 - float(rows[0]))


def _tokens(text: str, rng: np.random.Generator) -> list[str]:
    """What is written in one go: mostly single characters; by some hands noughts in a row, and the end of an amount."""
    together = r"0{2,3}|" * (rng.random() < _NOUGHTS_TOGETHER) + r"/-|" * (rng.random() < _ENDS_TOGETHER)
    return re.findall(together + ".", text)


def _piece(
    character: str,
    rng: np.random.Generator,
    height: float,
    pen: float,
    bank: dict[int, np.ndarray],
    vary: bool,
) -> np.ndarray:
    """One digit or sign, the digit's middle in the middle of its canvas."""
    if can_stroke(character) and (len(character) > 1 or rng.random() < _STROKED):
        return stroke_sign(character, rng, height, pen)
    if not character.isdigit():
        return _sign(character, rng, height, pen)
    digit = bank[int(character)][int(rng.integers(len(bank[int(character)])))]
    columns = np.flatnonzero(digit.max(0) > 60)
    rows = np.flatnonzero(digit.max(1) > 60)
    digit = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = height / 20 * rng.uniform(0.85, 1.12)
    stretch = rng.uniform(0.85, 1.15)
    size = (max(2, int(digit.shape[1] * scale * stretch)), max(2, int(digit.shape[0] * scale)))
    large = cv2.resize(digit, size, interpolation=cv2.INTER_CUBIC)
    if vary:
        large = _varied(large, rng)
    # Thinned or thickened to the line's pen: the distance from the stroke's edge, cut where the pen ends.
    inside = cv2.distanceTransform((large > 110).astype(np.uint8), cv2.DIST_L2, 3)
    outside = cv2.distanceTransform((large <= 110).astype(np.uint8), cv2.DIST_L2, 3)
    own = float(np.percentile(inside[inside > 0], 80)) if inside.any() else 1.0
    # No thinner than its own thin places bear, or pieces of the digit would be gone.
    depth = inside - outside + (max(pen, 0.6 * own) - own)
    # Clipped first: a distance to what is not there is as large as floats go.
    ink = (np.clip(depth, -0.79, 0.8) * 160 + 127).astype(np.uint8)
    pad = int(max(0.0, height * 1.4 - ink.shape[0]) / 2)
    return np.pad(ink, ((pad, pad), (2, 2)))


def _varied(digit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same digit as its writer might have made it next time: turned, sheared, and displaced by a smooth field
    (Simard et al. 2003), each by less than what would make another digit of it."""
    height, width = digit.shape
    pad = max(2, height // 4)
    tall, wide = height + 2 * pad, width + 2 * pad
    turn, shear = np.clip(rng.normal(0, [0.06, 0.11]), -0.15, 0.28)
    ys, xs = np.mgrid[0:tall, 0:wide].astype(np.float32)
    ys -= tall / 2
    xs -= wide / 2
    sway = height * rng.uniform(0, 0.035)
    fields = [
        cv2.resize(
            rng.normal(0, sway, (5, 5)).astype(np.float32), (wide, tall), interpolation=cv2.INTER_CUBIC
        )
        for _ in range(2)
    ]
    from_x = xs + np.float32(shear + turn) * ys + fields[0] + np.float32(width / 2)
    from_y = ys - np.float32(turn) * xs + fields[1] + np.float32(height / 2)
    moved = cv2.remap(digit, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    rows, columns = np.flatnonzero(moved.max(1) > 60), np.flatnonzero(moved.max(0) > 60)
    if not rows.size:
        return digit
    return moved[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _sign(character: str, rng: np.random.Generator, height: float, pen: float) -> np.ndarray:
    tall, middle = int(height * 1.4), int(height * 0.7)
    base = int(middle + height * 0.5)
    width = (
        {" ": 0.45, ",": 0.25, ".": 0.22, "/": 0.5, "-": 0.5, "=": 0.5}[character]
        * height
        * rng.uniform(0.7, 1.3)
    )
    canvas = np.zeros((tall, max(4, int(width))), np.uint8)
    thick = max(1, round(pen * 2))
    right = canvas.shape[1] - 1
    tilt = int(rng.normal(0, 0.06) * height)
    match character:
        case ",":
            drop = int(height * rng.uniform(0.12, 0.35))
            cv2.line(
                canvas,
                (right * 2 // 3, base - drop // 2),
                (right // 4, base + drop // 2),
                (255,),
                thick,
                cv2.LINE_AA,
            )
        case ".":
            cv2.circle(canvas, (right // 2, base - thick), max(1, thick * 2 // 3), (255,), -1, cv2.LINE_AA)
        case "/":
            lean = int(right * rng.uniform(0.2, 1.0))
            top = int(middle - height * rng.uniform(0.4, 0.68))
            cv2.line(
                canvas,
                (lean, max(0, top)),
                (right - lean if lean < right / 2 else 0, min(tall - 1, base)),
                (255,),
                thick,
                cv2.LINE_AA,
            )
        case "-":
            y = middle + int(rng.uniform(-0.1, 0.15) * height)
            cv2.line(canvas, (0, y), (right, y + tilt), (255,), thick, cv2.LINE_AA)
        case "=":
            apart = int(max(0.22 * height, 1.9 * thick) * rng.uniform(1.0, 1.3))
            for y in (middle - apart // 2, middle + apart // 2):
                cv2.line(canvas, (0, y), (right, y + tilt), (255,), thick, cv2.LINE_AA)
    return canvas

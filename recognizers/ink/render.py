"""Lines of rendered ink on paper, as a recogniser meets them: rules, boxes, neighbours, shading, scanner."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from recognizers.ink.digits import can_write, render_digits
from recognizers.ink.fonts import available_fonts
from recognizers.ink.pen import Ink, render_ink

_TYPED = 0.22
"""Share of lines that a machine wrote."""
_GRADES = ("A", "A", "A", "C", "B")


def render_line(
    text: str, rng: np.random.Generator, kind: str | None = None, held_out: bool = False
) -> np.ndarray:
    """One line of ``text``: grey uint8, about 40 to 110 px high, dark ink on light paper.

    ``kind`` is "hand" or "typed"; None draws one. Figures are mostly set from real digits; ``held_out`` takes
    those of hands that training never sees.
    """
    if kind is None:
        kind = "typed" if rng.random() < _TYPED else "hand"
    ink = _ink(text, rng, kind, held_out)
    page, top, left = _paper(ink, rng)
    _print_on(page, ink, top, rng)
    tone = float(rng.uniform(0.0, 0.55 if kind == "hand" else 0.35)) * float(page.mean())
    height, width = ink.mask.shape
    place = page[top : top + height, left : left + width]
    share = ink.mask.astype(np.float32) / 255 * float(rng.uniform(0.75, 1.0))
    place[...] = place * (1 - share) + tone * share
    return _scan(page, rng)


def _ink(text: str, rng: np.random.Generator, kind: str, held_out: bool) -> Ink:
    x_height = float(rng.uniform(14, 30))
    if kind == "typed":
        return render_ink(text, rng, _pick(available_fonts("typed"), rng), x_height)
    if can_write(text) and rng.random() < 0.7:
        return render_digits(text, rng, x_height * 1.5, held_out)
    font = _pick(available_fonts("hand", _GRADES[int(rng.integers(len(_GRADES)))]), rng)
    return render_ink(text, rng, font, x_height, slant=float(rng.normal(0.05, 0.16)))


def _pick(fonts: list[Path], rng: np.random.Generator) -> Path:
    return fonts[int(rng.integers(len(fonts)))]


def _paper(ink: Ink, rng: np.random.Generator) -> tuple[np.ndarray, int, int]:
    """Paper around the ink (float32), and the ink's row and column on it."""
    top, bottom, left, right = (int(v) for v in rng.integers(3, 16, 4))
    height, width = ink.mask.shape[0] + top + bottom, ink.mask.shape[1] + left + right
    page = np.full((height, width), rng.uniform(185, 255), np.float32)
    if rng.random() < 0.4:
        slope = np.linspace(-1, 1, width, dtype=np.float32)[None] * rng.uniform(-18, 18)
        page += slope
    if rng.random() < 0.25:
        grid = rng.normal(0, rng.uniform(3, 14), (max(2, height // 6), max(2, width // 6))).astype(np.float32)
        page += cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)
    return page, top, left


def _print_on(page: np.ndarray, ink: Ink, top: int, rng: np.random.Generator) -> None:
    """What is printed under the writing, and what the lines above and below leave in the crop."""
    height, width = page.shape
    base = int(top + ink.baseline)
    if rng.random() < 0.3:
        y = min(height - 2, base + int(rng.integers(-3, 9)))
        _rule(page, y, rng)
    if rng.random() < 0.08:
        x = int(rng.integers(0, width))
        cv2.line(
            page,
            (x, 0),
            (x + int(rng.integers(-2, 3)), height),
            _grey(rng.uniform(40, 170)),
            int(rng.integers(1, 3)),
        )
    if rng.random() < 0.2:
        for _ in range(int(rng.integers(1, 4))):
            x, y = int(rng.integers(0, width)), int(rng.choice([0, height - 1]))
            reach = int(height * rng.uniform(0.05, 0.18))
            end = (x + int(rng.integers(-8, 9)), y + (reach if y == 0 else -reach))
            cv2.line(page, (x, y), end, _grey(rng.uniform(30, 140)), int(rng.integers(1, 4)), cv2.LINE_AA)


def _rule(page: np.ndarray, y: int, rng: np.random.Generator) -> None:
    """A whole, dashed or mostly erased rule."""
    width = page.shape[1]
    tone, thick = _grey(rng.uniform(40, 190)), int(rng.integers(1, 3))
    style = rng.random()
    step = width if style < 0.5 else int(rng.integers(4, 14))
    for x in range(0, width, step):
        if style < 0.8 or rng.random() < 0.3:
            cv2.line(
                page,
                (x, y),
                (min(width, x + max(1, step * 6 // 10 if style >= 0.5 else step)), y),
                tone,
                thick,
            )


def _grey(tone: float) -> tuple[float]:
    """A tone as OpenCV takes it."""
    return (float(tone),)


def _scan(page: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Resolution, focus, noise and JPEG of a scanner."""
    if rng.random() < 0.35:
        scale = rng.uniform(0.4, 0.9)
        size = (max(8, int(page.shape[1] * scale)), max(8, int(page.shape[0] * scale)))
        page = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.4:
        page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < 0.4:
        page = page + rng.normal(0, rng.uniform(1, 10), page.shape).astype(np.float32)
    grey: np.ndarray = np.clip(page, 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))])
        grey = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    if rng.random() < 0.12:
        grey = np.where(grey < np.percentile(grey, 70) - 40, 0, 255).astype(np.uint8)
    return grey

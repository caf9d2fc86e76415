"""Signs of written amounts as pen strokes: commas, noughts written in one go, and the "/-" that closes an amount.

People write these larger and wilder than any font has them: commas as long as a 1, three noughts as one line of
loops, a slash from above the figures to below them with a dash that begins on it.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

Stroke = np.ndarray
"""Points float (n, 2) of x, y in heights of a digit; y = 0 is the middle of the digits, 0.5 their baseline, y down."""

_HALF = 1.2
"""Half the height of a canvas, in heights of a digit: what reaches further is cut off."""


def can_stroke(token: str) -> bool:
    """Whether there are strokes for a part of a string of figures."""
    return token in _STROKES or (len(token) > 1 and set(token) == {"0"})


def stroke_sign(token: str, rng: np.random.Generator, height: float, pen: float) -> np.ndarray:
    """Ink uint8 of what `can_stroke` allows, the middle of the digits in its middle; ``pen``: half its width, px."""
    drawn = _STROKES[token](rng) if token in _STROKES else _noughts(len(token), rng)
    strokes = [_unsteady(stroke, rng) for stroke in drawn]
    points = np.concatenate(strokes)
    left, right = points[:, 0].min(), points[:, 0].max()
    thick = max(1, round(2 * pen))
    canvas = np.zeros((round(2 * _HALF * height), round((right - left) * height) + 2 * thick + 2), np.uint8)
    for stroke in strokes:
        at = (stroke - (left, -_HALF)) * height + (thick + 1, 0)
        cv2.polylines(canvas, [np.round(at * 16).astype(np.int32)], False, (255,), thick, cv2.LINE_AA, 4)
    return canvas


def _unsteady(stroke: Stroke, rng: np.random.Generator) -> Stroke:
    """The stroke with a smooth tremor."""
    knots = rng.normal(0, 0.012, (max(2, len(stroke) // 5), 2))
    along = np.linspace(0, len(knots) - 1, len(stroke))
    shift = np.stack([np.interp(along, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)], axis=1)
    shifted: Stroke = stroke + shift
    return shifted


def _bent(start: tuple[float, float], end: tuple[float, float], bulge: float) -> Stroke:
    """A line from start to end, bent sideways by ``bulge`` of its length."""
    t = np.linspace(0, 1, 12)[:, None]
    a, b = np.array(start), np.array(end)
    side = np.array([a[1] - b[1], b[0] - a[0]])
    line: Stroke = a + (b - a) * t + side * bulge * 4 * t * (1 - t)
    return line


def _comma(rng: np.random.Generator) -> list[Stroke]:
    top, foot = 0.5 - rng.uniform(-0.05, 0.4), 0.5 + rng.uniform(0.08, 0.4)
    lean = rng.uniform(-0.08, 0.3)
    return [_bent((lean, top), (0.0, foot), float(rng.normal(0, 0.12)))]


def _slash(rng: np.random.Generator) -> list[Stroke]:
    top, foot = -rng.uniform(0.4, 0.95), 0.5 + rng.uniform(-0.1, 0.35)
    return [_bent((rng.uniform(-0.06, 0.5), top), (0.0, foot), float(rng.normal(0, 0.04)))]


def _slash_and_dash(rng: np.random.Generator) -> list[Stroke]:
    """A slash with its dash: from the slash itself or a little apart, level, rising or bent."""
    (slash,) = _slash(rng)
    y = rng.uniform(-0.3, 0.3)
    on_slash = float(np.interp(y, slash[:, 1], slash[:, 0]))
    start = on_slash + (rng.uniform(-0.05, 0.08) if rng.random() < 0.5 else rng.uniform(0.1, 0.5))
    end = start + rng.uniform(0.25, 1.2)
    return [slash, _bent((start, y), (end, y + rng.normal(0, 0.08)), float(rng.normal(0, 0.1)))]


def _noughts(count: int, rng: np.random.Generator) -> list[Stroke]:
    """Loops from their tops against the clock, each tied to the next by a line that dips a little."""
    wide, high = rng.uniform(0.14, 0.3), rng.uniform(0.22, 0.45)
    pitch, low = 2 * wide + rng.uniform(0.02, 0.3), 0.5 - high
    lean, dip = rng.normal(0.1, 0.12), rng.uniform(0.0, 0.5) * high
    parts: list[Stroke] = []
    for k in range(count):
        a, b = wide * rng.uniform(0.85, 1.15), high * rng.uniform(0.85, 1.1)
        turn = -np.pi / 2 - np.linspace(0, 2 * np.pi + rng.uniform(-0.3, 0.7), 24)
        x, y = k * pitch + a * np.cos(turn), low + b * np.sin(turn)
        parts.append(np.stack([x - lean * (y - 0.5), y], axis=1))
        if k < count - 1:
            parts.append(np.array([[(k + 0.5) * pitch, low - high + dip]]))
    return [np.concatenate(parts)]


_STROKES: dict[str, Callable[[np.random.Generator], list[Stroke]]] = {
    ",": _comma,
    "/": _slash,
    "/-": _slash_and_dash,
}

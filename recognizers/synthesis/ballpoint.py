"""Writes with a ballpoint: the strokes of a font's letters, moved about and drawn with a pen of one width.

Joined scripts keep their joins; in other hands some letters run into the next, as hasty writing does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from inkfield.recognizers.synthesis.strokes import glyph_strokes

_SHIFT = 4  # fractional bits of the points given to OpenCV
_FINE = 2  # drawn at twice the size, so that pens differ by half a pixel


@dataclass(frozen=True)
class Letter:
    """One letter at its place: strokes float32 (n, 2) in pixels, and whether it may be tied to the next."""

    strokes: list[np.ndarray]
    is_small: bool


def write_strokes(
    words: list[list[tuple[str, Path]]],
    rng: np.random.Generator,
    x_height: float,
    slant: float,
    *,
    joined: bool,
    join: float,
    pen: float,
    size_jitter: float,
    wave: float,
    drift: float,
    letter_space: float,
    word_space: float,
    width: float = 1.0,
    small_capitals: float = 1.0,
) -> tuple[np.ndarray, float] | None:
    """Words, given as (character, font) pairs, as an uint8 mask with the baseline's row; None without ink.

    ``pen``, ``wave``, ``drift`` and the spaces are in x-heights, ``join`` is the share of letters tied to the
    next in a hand that does not join, ``slant`` is in radians. ``width`` stretches letters and spaces;
    ``small_capitals`` is the size of capitals inside a word of capitals, against its first.
    """
    letters = _place(words, rng, joined, size_jitter, letter_space, word_space, small_capitals)
    if not any(letter.strokes for letter in letters):
        return None
    strokes = [stroke for letter in letters for stroke in letter.strokes]
    strokes += _joins(letters, rng, 1.0 if joined else join, 0.7 if joined else 0.9)
    bent = _bend([stroke * np.array([width, 1.0], np.float32) for stroke in strokes], rng, slant, wave, drift)
    return _draw([stroke * x_height for stroke in bent], rng, pen * x_height, x_height)


def _place(
    words: list[list[tuple[str, Path]]],
    rng: np.random.Generator,
    joined: bool,
    size_jitter: float,
    letter_space: float,
    word_space: float,
    small_capitals: float,
) -> list[Letter]:
    """All letters on a straight baseline, in x-heights, each of its own size and height."""
    letters: list[Letter] = []
    x = 0.0
    jitter = size_jitter * (0.4 if joined else 1.0)
    for word in words:
        word_size = float(np.clip(rng.normal(1.0, 0.05), 0.85, 1.15))
        rise = rng.normal(0.0, 0.04)
        small = small_capitals if all(character.isupper() for character, _ in word) else 1.0
        for place, (character, font) in enumerate(word):
            glyph = glyph_strokes(font, character)
            size = word_size * (small if place else 1.0)
            tall, wide = size * np.exp(rng.normal(0.0, jitter, 2))
            if joined:
                wide = size  # the advance and the joins belong together
            move = np.array([x, rise + rng.normal(0.0, 0.6 * jitter)], np.float32)
            scale = np.array([wide, tall], np.float32)
            letters.append(Letter([s * scale + move for s in glyph.strokes], character.islower()))
            x += (
                glyph.advance * wide
                + letter_space * (0.25 if joined else 1.0)
                + rng.normal(0.0, 0.4 * jitter)
            )
        letters.append(Letter([], False))
        x += max(0.35, word_space * rng.uniform(0.7, 1.4))
    return letters


def _joins(letters: list[Letter], rng: np.random.Generator, share: float, reach: float) -> list[np.ndarray]:
    """Ties from the end of a small letter to the nearest start in the next one, at most ``reach`` away."""
    ties = []
    for one, other in pairwise(letters):
        if not (one.is_small and other.is_small and one.strokes and other.strokes) or rng.random() > share:
            continue
        ends = np.array([p for s in one.strokes for p in (s[0], s[-1])])
        starts = np.array([p for s in other.strokes for p in (s[0], s[-1])])
        # Letters are left near the baseline at their right and entered from the left.
        leave = ends[np.argmax(ends[:, 0] + 0.5 * ends[:, 1])]
        away = np.hypot(*(starts - leave).T)
        enter = starts[np.argmin(away)]
        if away.min() < reach and enter[0] > leave[0] - 0.2:
            sag = np.array([0.0, 0.12 * away.min()], np.float32)
            ties.append(np.stack([leave, (leave + enter) / 2 + sag, enter]).astype(np.float32))
    return ties


def _bend(
    strokes: list[np.ndarray], rng: np.random.Generator, slant: float, wave: float, drift: float
) -> list[np.ndarray]:
    """Displaces all points by a smooth random field, lets the baseline wander and leans the letters."""
    points = np.vstack(strokes)
    left, top = points.min(0)
    right, bottom = points.max(0)
    columns, rows = int((right - left) / 0.8) + 3, int((bottom - top) / 1.0) + 3
    field = rng.standard_normal((rows, columns, 2)).astype(np.float32) * np.float32(wave)
    # Long slow waves belong to the arm, not to the fingers.
    slow = cv2.resize(
        rng.standard_normal((1, columns // 6 + 3)).astype(np.float32),
        (columns, 1),
        interpolation=cv2.INTER_CUBIC,
    )
    field[:, :, 1] += slow * np.float32(drift)
    at_x = ((points[:, 0] - left) / 0.8)[:, None].astype(np.float32)
    at_y = (points[:, 1] - top)[:, None].astype(np.float32)
    # remap takes pictures of at most 32,767 points: lines of that length do not occur, but tests may try.
    moved = [
        cv2.remap(
            field, at_x[i : i + 30000], at_y[i : i + 30000], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        for i in range(0, len(points), 30000)
    ]
    points = points + np.vstack(moved)[:, 0, :]
    points[:, 0] -= np.float32(np.tan(slant)) * points[:, 1]
    return np.split(points, np.cumsum([len(s) for s in strokes])[:-1])


def _draw(
    strokes: list[np.ndarray], rng: np.random.Generator, pen: float, x_height: float
) -> tuple[np.ndarray, float]:
    """Draws strokes in pixels with a pen ``pen`` pixels wide whose pressure changes from stroke to stroke."""
    margin = pen + 3
    points = np.vstack(strokes)
    low, high = points.min(0) - margin, points.max(0) + margin
    width, height = (int(v) for v in np.ceil(high - low))
    fine = np.zeros((height * _FINE, width * _FINE), np.uint8)
    pressure = np.clip(rng.normal(1.0, 0.1, len(strokes)), 0.7, 1.35)
    by_width: dict[int, list[np.ndarray]] = {}
    for stroke, press in zip(strokes, pressure, strict=True):
        line = ((stroke - low) * (_FINE << _SHIFT)).astype(np.int32)
        by_width.setdefault(max(1, round(pen * _FINE * press)), []).append(line)
    for thickness, lines in by_width.items():
        cv2.polylines(fine, lines, False, (255,), thickness, cv2.LINE_AA, _SHIFT)
    mask = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    return _flow(mask, rng, x_height), float(-low[1])


def _flow(mask: np.ndarray, rng: np.random.Generator, x_height: float) -> np.ndarray:
    """Ink that flows unevenly: paler stretches, and in a few hands gaps where the ball skips."""
    amount = rng.uniform(0.0, 0.35) if rng.random() < 0.85 else rng.uniform(0.5, 0.9)
    step = x_height * rng.uniform(0.25, 0.8)
    grid = rng.random((int(mask.shape[0] / step) + 2, int(mask.shape[1] / step) + 2)).astype(np.float32)
    pale = cv2.resize(grid, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_LINEAR)
    # Cubed, so that most of the line is full ink and only some places are pale.
    share = 1.0 - np.float32(amount) * pale * pale * pale
    return (mask * share).astype(np.uint8)

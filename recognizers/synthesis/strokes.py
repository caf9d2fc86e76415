"""Glyphs as pen strokes: the middle lines of a font's letters, so that any pen can write them.

The glyph is thinned (Zhang and Suen 1984, by scikit-image) and its skeleton followed from end to end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from skimage.morphology import skeletonize

from inkfield.recognizers.synthesis.fonts import load_font, x_height_ratio

_TRACED = (
    36  # x-height in pixels at which glyphs are thinned: finer costs time, coarser loses the small loops
)
_SPUR = 0.22  # x-heights; shorter twigs at a crossing come from thinning, not from the pen
_STEP = 3  # every third pixel of a skeleton is enough for a smooth line

Point = tuple[int, int]


@dataclass(frozen=True)
class Glyph:
    """Strokes as float32 (n, 2) arrays of x, y in x-heights; the pen starts at 0, 0 on the baseline, y down."""

    strokes: tuple[np.ndarray, ...]
    advance: float


@lru_cache(maxsize=20000)
def glyph_strokes(font: Path, character: str) -> Glyph:
    """The strokes of one character of a font, and how far the pen moves on, in x-heights."""
    size = max(8, round(_TRACED / x_height_ratio(font)))
    drawn, (left, top) = load_font(font, size).getmask2(character, mode="L", anchor="ls")
    advance = load_font(font, size).getlength(character) / _TRACED
    width, height = drawn.size
    if not width or not height:
        return Glyph((), advance)
    mask = np.asarray(drawn, dtype=np.uint8).reshape(height, width)
    thin = skeletonize(np.pad(mask > 110, 1))
    offset = np.array([left - 1, top - 1], np.float32)
    strokes = [(_smooth(path) + offset) / np.float32(_TRACED) for path in trace(thin, _SPUR * _TRACED)]
    return Glyph(tuple(strokes), advance)


def trace(skeleton: np.ndarray, spur: float = 0.0) -> list[list[Point]]:
    """Follows a skeleton (bool, one pixel wide): paths of (row, column) between ends and crossings.

    Twigs shorter than ``spur`` pixels that leave a crossing and end in nothing are dropped; lone pixels stay.
    """
    pixels = {(int(r), int(c)) for r, c in zip(*np.nonzero(skeleton), strict=True)}
    around = {p: _neighbours(p, pixels) for p in pixels}
    walked: set[tuple[Point, Point]] = set()
    paths: list[list[Point]] = []
    # First from ends and crossings; what is left after that are closed loops, which may start anywhere.
    starts = [p for p in sorted(pixels) if len(around[p]) != 2]
    for start in [*starts, *sorted(pixels)]:
        if not around[start]:
            if start in starts and [start] not in paths:
                paths.append([start])
            continue
        for second in around[start]:
            if (start, second) in walked or (len(around[start]) == 2 and _is_walked(start, around, walked)):
                continue
            path = _walk(start, second, around, walked)
            ends = sorted((len(around[path[0]]), len(around[path[-1]])))
            if not (ends[0] == 1 and ends[1] > 2 and len(path) < spur):
                paths.append(path)
    return paths


def _neighbours(pixel: Point, pixels: set[Point]) -> list[Point]:
    """Eight neighbours, without the diagonal ones that a straight neighbour already leads to."""
    r, c = pixel
    straight = [p for p in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)) if p in pixels]
    diagonal = [
        p
        for p in ((r - 1, c - 1), (r - 1, c + 1), (r + 1, c - 1), (r + 1, c + 1))
        if p in pixels and (r, p[1]) not in pixels and (p[0], c) not in pixels
    ]
    return straight + diagonal


def _is_walked(pixel: Point, around: dict[Point, list[Point]], walked: set[tuple[Point, Point]]) -> bool:
    return any((pixel, n) in walked for n in around[pixel])


def _walk(
    start: Point, second: Point, around: dict[Point, list[Point]], walked: set[tuple[Point, Point]]
) -> list[Point]:
    """From ``start`` over ``second`` on to the next end or crossing, or around a loop."""
    path = [start, second]
    walked |= {(start, second), (second, start)}
    while len(around[path[-1]]) == 2 and path[-1] != start:
        here = path[-1]
        following = next((n for n in around[here] if n != path[-2]), None)
        if following is None or (here, following) in walked:
            break
        walked |= {(here, following), (following, here)}
        path.append(following)
    return path


def _smooth(path: list[Point]) -> np.ndarray:
    """A path as float32 (n, 2) of x, y, without the stairs of the pixel grid."""
    points = np.array(path, np.float32)[:, ::-1]
    if len(points) == 1:  # a dot is a short stroke, or nothing would be drawn
        return points + np.array([[-0.7, -0.3], [0.7, 0.3]], np.float32)
    for _ in range(3):
        if len(points) > 4:
            points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
    return np.vstack([points[:-1:_STEP], points[-1:]])

"""Draws text with a font as a hand would: an ink mask, without paper or colour.

Most hands write with a ballpoint, see `ballpoint`. The others keep the font's own thick and thin strokes, as
felt tips and fountain pens do: glyphs are drawn once by FreeType, and what makes the writing look human is
then done to the whole line: letters of unlike size, a drifting baseline, a smooth random displacement of the
plane (Simard et al. 2003, "Best practices for convolutional neural networks"), and a changing pressure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from inkfield.recognizers.synthesis.ballpoint import write_strokes
from inkfield.recognizers.synthesis.fonts import (
    available_fonts,
    bundled_fonts,
    capital_ratio,
    families,
    has_glyph,
    load_font,
    x_height_ratio,
)

_WORD_SPACE = (0.55, 1.5)  # x-heights between two words of one hand


@dataclass(frozen=True)
class DrawnInk:
    """Ink on nothing: ``mask`` uint8 (height, width), 0 none to 255 full; ``baseline`` is a row of it."""

    mask: np.ndarray
    baseline: float


@dataclass(frozen=True)
class Hand:
    """How one writer deforms a font. Lengths are in x-heights, so that one hand writes at any size."""

    word_space: float
    letter_space: float
    letter_jitter: float  # of size and height of single letters, in hands that do not join them
    wave: float  # amplitude of the displacement
    drift: float  # amplitude of the baseline's wander
    pressure: float  # 0.5 as the font has it; less is a thicker pen
    pressure_change: float
    ballpoint: float = 0.0  # width of the pen; 0 keeps the strokes of the font
    join: float = 0.0  # share of letters that a ballpoint ties to the next, where the font does not
    width: float = 1.0  # stretch of a ballpoint's letters
    small_capitals: float = 1.0  # size of a ballpoint's capitals inside a word of capitals, against its first


TYPEWRITER = Hand(0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0)
_BALLPOINTS = 0.75  # share of hands that write with one


def random_hand(rng: np.random.Generator) -> Hand:
    """A writer, steady or hasty, with a fine or a thick pen."""
    haste = rng.beta(1.6, 2.6)
    return Hand(
        word_space=rng.uniform(*_WORD_SPACE),
        letter_space=rng.normal(0.0, 0.04) + (rng.uniform(0.05, 0.3) if rng.random() < 0.12 else 0.0),
        letter_jitter=0.02 + 0.12 * haste,
        wave=0.02 + 0.13 * haste,
        drift=0.05 + 0.15 * haste,
        pressure=rng.uniform(0.34, 0.68),
        pressure_change=rng.uniform(0.0, 0.14),
        ballpoint=0.08 + 0.17 * rng.beta(1.6, 2.0) if rng.random() < _BALLPOINTS else 0.0,
        join=haste * rng.uniform(0.2, 0.9) if rng.random() < 0.4 else 0.0,
        width=float(np.exp(rng.normal(0.05, 0.2))),
        small_capitals=rng.uniform(0.6, 0.9) if rng.random() < 0.35 else 1.0,
    )


@lru_cache(maxsize=512)
def joins_letters(font: Path) -> bool:
    """Whether a font is a joined script: "nunum" comes out as one or two strokes."""
    drawn = load_font(font, 100).getmask("nunum")
    picture = np.asarray(drawn, dtype=np.uint8).reshape(drawn.size[1], drawn.size[0])
    return bool(cv2.connectedComponents((picture > 90).astype(np.uint8))[0] - 1 <= 2)


def render_ink(
    text: str,
    rng: np.random.Generator,
    font: Path,
    x_height: float,
    slant: float = 0.0,
    hand: Hand | None = None,
) -> DrawnInk:
    """``text`` on one line in the hand ``hand`` (a random one if None), cut to the ink.

    ``x_height`` is the height of a small x in pixels; ``slant`` is in radians, positive leans right.
    Characters that the font lacks are taken from another font of its kind; what no font has is left out.
    A text without ink gives a mask of one empty pixel. Same ``rng`` state, same ink.
    """
    if hand is None:
        hand = random_hand(rng) if is_hand(font) else TYPEWRITER
    if hand.ballpoint:
        return _write(text, rng, font, x_height, slant, hand)
    line, baseline = _set_line(text, rng, font, x_height, hand)
    if line is None:
        return DrawnInk(np.zeros((1, 1), np.uint8), 0.0)
    if hand.wave or hand.drift or slant:
        line, baseline = _bend(line, baseline, rng, x_height, slant, hand)
    if hand is not TYPEWRITER:
        line = _press(line, rng, x_height, hand)
    return _crop(line, baseline)


def is_hand(font: Path) -> bool:
    """Whether the table of fonts calls this one a hand; unknown fonts are taken for hands."""
    family = families().get(font.stem)
    return family is None or family.kind == "hand"


def _written_x_height(font: Path, x_height: float) -> float:
    """The wanted x-height, or less where a script's capitals would be out of all proportion."""
    return min(x_height, 2.6 * x_height * x_height_ratio(font) / capital_ratio(font))


def _write(
    text: str, rng: np.random.Generator, font: Path, x_height: float, slant: float, hand: Hand
) -> DrawnInk:
    """The line in ballpoint."""
    words = [
        [(c, f) for run, f in _runs(word, font, split_letters=True) for c in run] for word in text.split(" ")
    ]
    drawn = write_strokes(
        words,
        rng,
        _written_x_height(font, x_height),
        slant,
        joined=joins_letters(font),
        join=hand.join,
        pen=hand.ballpoint,
        size_jitter=hand.letter_jitter * 0.8,
        wave=hand.wave,
        drift=hand.drift,
        letter_space=hand.letter_space,
        word_space=hand.word_space,
        width=hand.width,
        small_capitals=hand.small_capitals,
    )
    return DrawnInk(np.zeros((1, 1), np.uint8), 0.0) if drawn is None else _crop(*drawn)


def _set_line(
    text: str, rng: np.random.Generator, font: Path, x_height: float, hand: Hand
) -> tuple[np.ndarray | None, float]:
    """All letters at their places on a straight baseline: uint8 mask and the baseline's row."""
    size = _written_x_height(font, x_height) / x_height_ratio(font)
    joined = joins_letters(font)
    typed = hand is TYPEWRITER
    placed: list[tuple[np.ndarray, float, float]] = []
    x = 0.0
    for word in text.split(" "):
        scale = 1.0 if typed else float(np.clip(rng.normal(1.0, 0.04), 0.88, 1.12))
        rise = 0.0 if typed else rng.normal(0.0, 0.03) * x_height
        for run in _runs(word, font, split_letters=not typed and not joined):
            jitter = hand.letter_jitter if len(run[0]) == 1 else 0.0
            run_size = _whole_size(size * scale * (1.0 + rng.normal(0.0, jitter * 0.6) if jitter else 1.0))
            drawn, left, top, advance = _draw(run[0], run[1], run_size)
            if drawn is not None:
                y = top + rise + (rng.normal(0.0, jitter * 0.5) * x_height if jitter else 0.0)
                placed.append((drawn, x + left, y))
            x += advance + hand.letter_space * x_height * len(run[0]) * (0.25 if joined else 1.0)
            if jitter:
                x += rng.normal(0.0, jitter * 0.4) * x_height
        x += _space(font, size, x_height, hand, rng)
    if not placed:
        return None, 0.0
    return _compose(placed)


def _space(font: Path, size: float, x_height: float, hand: Hand, rng: np.random.Generator) -> float:
    """Width of one space in pixels."""
    if hand is TYPEWRITER:
        return _draw(" ", font, _whole_size(size))[3]
    return max(0.35, hand.word_space * rng.uniform(0.7, 1.35)) * x_height


def _whole_size(size: float) -> int:
    """Whole pixels, in steps of 5 %, so that glyphs once drawn are met again."""
    step = round(np.log(max(size, 4.0)) / np.log(1.05))
    return int(np.clip(round(1.05**step), 4, 400))


def _runs(word: str, font: Path, split_letters: bool) -> list[tuple[str, Path]]:
    """A word as pieces that one font draws in one go."""
    runs: list[tuple[str, Path]] = []
    for character in word:
        usable = font if has_glyph(font, character) else _substitute(font, character)
        if usable is None:
            continue
        if runs and not split_letters and runs[-1][1] == usable:
            runs[-1] = (runs[-1][0] + character, usable)
        else:
            runs.append((character, usable))
    return runs


@lru_cache(maxsize=4096)
def _substitute(font: Path, character: str) -> Path | None:
    """Another font, of the same kind if there is one, that has the character."""
    first, second = ("hand", "typed") if is_hand(font) else ("typed", "hand")
    pools = (bundled_fonts(first), available_fonts(first), bundled_fonts(second), available_fonts(second))  # type: ignore[arg-type]
    return next((p for pool in pools for p in pool if has_glyph(p, character)), None)


@lru_cache(maxsize=20000)
def _draw(text: str, path: Path, size: int) -> tuple[np.ndarray | None, float, float, float]:
    """Mask uint8 of a run, its left and top relative to the pen on the baseline, and its advance in pixels."""
    font = load_font(path, size)
    mask, (left, top) = font.getmask2(text, mode="L", anchor="ls")
    advance = font.getlength(text)
    width, height = mask.size
    if not width or not height:
        return None, 0.0, 0.0, advance
    return np.asarray(mask, dtype=np.uint8).reshape(height, width), left, top, advance


def _compose(placed: list[tuple[np.ndarray, float, float]]) -> tuple[np.ndarray, float]:
    left = int(min(x for _, x, _ in placed)) - 1
    top = int(min(y for _, _, y in placed)) - 1
    right = max(int(x) + m.shape[1] for m, x, _ in placed) + 2
    bottom = max(int(y) + m.shape[0] for m, _, y in placed) + 2
    line = np.zeros((bottom - top, right - left), np.uint8)
    for mask, x, y in placed:
        row, column = round(y) - top, round(x) - left
        place = line[row : row + mask.shape[0], column : column + mask.shape[1]]
        np.maximum(place, mask[: place.shape[0], : place.shape[1]], out=place)
    return line, float(-top)


def _smooth_noise(rng: np.random.Generator, rows: int, columns: int, shape: tuple[int, int]) -> np.ndarray:
    """Smooth float32 noise of about unit deviation: a coarse random grid, enlarged to ``shape``."""
    grid = rng.standard_normal((max(rows, 2), max(columns, 2))).astype(np.float32)
    return cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def _bend(
    line: np.ndarray, baseline: float, rng: np.random.Generator, x_height: float, slant: float, hand: Hand
) -> tuple[np.ndarray, float]:
    """Slants the line, lets its baseline wander and displaces the letters a little."""
    reach = (hand.wave * 2.5 + hand.drift * 2.5) * x_height
    shear = float(np.tan(slant))
    left = int(max(0.0, -shear * baseline, shear * (line.shape[0] - baseline)) + reach) + 2
    right = int(max(0.0, shear * baseline, -shear * (line.shape[0] - baseline)) + reach) + 2
    pad = int(reach) + 2
    height, width = line.shape[0] + 2 * pad, line.shape[1] + left + right
    # A cell as wide as half a letter and half as high: neighbouring letters differ, strokes stay smooth.
    letters = width / (0.9 * x_height)
    levels = height / (1.2 * x_height)
    shape = (height, width)
    dx = _smooth_noise(rng, int(levels) + 2, int(letters) + 2, shape) * (hand.wave * x_height)
    dy = _smooth_noise(rng, int(levels) + 2, int(letters) + 2, shape) * (hand.wave * 0.8 * x_height)
    wander = _smooth_noise(rng, 2, int(letters / 6) + 2, (2, width))[:1] * (hand.drift * x_height)
    rows = np.arange(height, dtype=np.float32)[:, None] - pad
    columns = np.arange(width, dtype=np.float32)[None, :] - left
    map_x = columns + shear * (rows - np.float32(baseline)) + dx
    map_y = rows + dy + wander
    bent = cv2.remap(line, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0,))
    return bent, baseline + pad


def _press(line: np.ndarray, rng: np.random.Generator, x_height: float, hand: Hand) -> np.ndarray:
    """Makes strokes thicker or thinner by the pen's pressure, which changes along the line.

    Blurred ink is cut at a threshold: the lower the threshold, the wider the stroke that is left.
    """
    radius = max(0.05 * x_height, 0.6)
    soft = cv2.GaussianBlur(line, (0, 0), radius)
    inked = soft[soft > 40]
    if not inked.size:
        return line
    # Thin fonts never reach full ink once blurred: measure against what they do reach.
    full = float(np.partition(inked, int(inked.size * 0.7))[int(inked.size * 0.7)])
    change = _smooth_noise(rng, 2, int(line.shape[1] / (1.5 * x_height)) + 2, (line.shape[0], line.shape[1]))
    threshold = (hand.pressure + hand.pressure_change * change) * full
    np.clip(threshold, 0.22 * full, 0.7 * full, out=threshold)
    edge = 0.2 * full  # below the smallest threshold, so that bare paper stays bare
    return np.clip((soft - threshold) * (127.0 / edge) + 127.0, 0, 255).astype(np.uint8)


def _crop(line: np.ndarray, baseline: float) -> DrawnInk:
    rows = np.flatnonzero(line.max(axis=1) > 40)
    columns = np.flatnonzero(line.max(axis=0) > 40)
    if not rows.size or not columns.size:
        return DrawnInk(np.zeros((1, 1), np.uint8), 0.0)
    cut = line[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return DrawnInk(np.ascontiguousarray(cut), baseline - float(rows[0]))

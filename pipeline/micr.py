"""Reads the E-13B line at the foot of a cheque by its optical shape.

Every position of the band is compared with the drawn symbols by normalised correlation; a dynamic programme
chooses the symbols, at least a pitch apart, that explain the band best. Nothing is trained.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np

from pipeline.records import Box
from recognizers.micr_font import MODULE_INCH, PITCH_INCH, ROWS, SYMBOLS, draw_symbol

_DPI = 240.0
"""Resolution at which the band is read: 3 px a module."""
_BAND_INCH = 0.9
"""How far above the lower edge the line may stand; the standard's clear band is 0.625 inch."""
_LEAST = 0.5
"""Correlation below which a place is no symbol."""


@dataclass(frozen=True)
class MicrSymbol:
    """One symbol, its box on the image, and the probability that it is right."""

    symbol: str
    box: Box
    confidence: float


@dataclass(frozen=True)
class MicrReading:
    """The line as text, with one space for a wide gap. ``confidence`` is that of the whole line."""

    text: str
    symbols: tuple[MicrSymbol, ...]
    confidence: float
    box: Box | None


@dataclass(frozen=True)
class IndianMicr:
    """The parts of a CTS-2010 line: 6 + 9 + 6 + 2 digits."""

    cheque_number: str
    city_bank_branch: str
    account: str
    transaction_code: str


def read_micr(image: np.ndarray, dpi: float) -> MicrReading:
    """The MICR line of an upright, level cheque (BGR or grey uint8). Empty text when there is none."""
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    top = max(0, grey.shape[0] - int(_BAND_INCH * dpi))
    scale = _DPI / dpi
    band = cv2.resize(grey[top:], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = _ink(band)
    row = _text_row(ink)
    if row is None:
        return MicrReading("", (), 0.0, None)
    scores = _scores(ink, row)
    chosen = _choose(scores.max(0))
    if len(chosen) < 4:
        return MicrReading("", (), 0.0, None)
    height, width = ROWS * MODULE_INCH * _DPI, 7 * MODULE_INCH * _DPI
    symbols = []
    for x in chosen:
        best, second = np.sort(scores[:, x])[::-1][:2]
        box = (int(x / scale), top + int(row / scale), math.ceil(width / scale), math.ceil(height / scale))
        symbols.append(
            MicrSymbol(SYMBOLS[int(scores[:, x].argmax())], box, _sure(float(best), float(best - second)))
        )
    text = _spaced(symbols, dpi)
    sure = float(np.prod([s.confidence for s in symbols]))
    boxes = np.array([s.box for s in symbols])
    left, upper = boxes[:, :2].min(0)
    right, lower = (boxes[:, :2] + boxes[:, 2:]).max(0)
    return MicrReading(
        text, tuple(symbols), sure, (int(left), int(upper), int(right - left), int(lower - upper))
    )


def parse_indian_micr(text: str) -> IndianMicr | None:
    """The parts of ``C083654C 500025033A 290062C 31``; None for a line of another structure."""
    match = re.fullmatch(r"C(\d{6})C ?(\d{9})A ?(\d{6})C ?(\d{2})", text)
    return IndianMicr(*match.groups()) if match else None


def routing_is_valid(routing: str) -> bool:
    """Check digit of a US routing number: weights 3, 7, 1 add up to a multiple of ten (ABA)."""
    if not re.fullmatch(r"\d{9}", routing):
        return False
    return sum(w * int(d) for w, d in zip((3, 7, 1) * 3, routing, strict=True)) % 10 == 0


def _ink(band: np.ndarray) -> np.ndarray:
    """float32 0..1, how much darker a pixel is than the paper around, full at the print's own darkness."""
    paper = cv2.GaussianBlur(cv2.dilate(band, np.ones((15, 15), np.uint8)), (0, 0), 8)
    dark = np.clip(paper.astype(np.float32) - band, 0, None)
    full = max(float(np.percentile(dark, 98.5)), 40.0)
    # Paper grain and pale pattern go: correlation does not see how faint a shape is.
    return np.clip((dark / full - 0.35) / 0.5, 0, 1)


def _text_row(ink: np.ndarray) -> int | None:
    """Top row of the band of rows that is one symbol high and holds the most ink, with little above and below."""
    height = round(ROWS * MODULE_INCH * _DPI)
    profile = (ink > 0.5).sum(1).astype(float)
    if len(profile) < height + 4:
        return None
    total = np.convolve(profile, np.ones(height), "valid")
    padded = np.pad(profile, 4)
    outside = np.array(
        [padded[i : i + 4].sum() + padded[i + height + 4 : i + height + 8].sum() for i in range(len(total))]
    )
    # Writing that hangs into the band is ink too, but it does not stop at the band's edges.
    row = int(np.argmax(total - 3 * outside))
    return row if total[row] > 60 else None


@lru_cache(maxsize=1)
def _templates() -> tuple[np.ndarray, ...]:
    """The symbols at reading resolution, blurred as print is, with the empty margin to their left neighbour."""
    margin = round((PITCH_INCH - 7 * MODULE_INCH) * _DPI) - 1
    return tuple(
        cv2.GaussianBlur(
            np.pad(draw_symbol(s, _DPI).astype(np.float32) / 255, ((2, 2), (margin, 1))), (0, 0), 0.8
        )
        for s in SYMBOLS
    )


def _scores(ink: np.ndarray, row: int) -> np.ndarray:
    """Correlation of each symbol with each column, float (14, width): the best within 3 px up and down."""
    height = _templates()[0].shape[0]
    lead = _templates()[0].shape[1] - round(7 * MODULE_INCH * _DPI) - 1
    top = row - 2 - 3
    padded = np.pad(ink, ((8, 8), (lead, 60)))
    strip = np.ascontiguousarray(padded[top + 8 : top + 8 + height + 6], dtype=np.float32)
    scores = [cv2.matchTemplate(strip, t, cv2.TM_CCOEFF_NORMED).max(0)[: ink.shape[1]] for t in _templates()]
    return np.nan_to_num(np.array(scores), nan=-1.0, posinf=-1.0, neginf=-1.0)


def _choose(best: np.ndarray) -> list[int]:
    """Columns of the symbols: the set, at least 0.9 pitches apart, with the greatest sum over the threshold."""
    apart = int(0.9 * PITCH_INCH * _DPI)
    total = np.zeros(len(best) + 1)
    taken = np.zeros(len(best), bool)
    for x, score in enumerate(best):
        with_it = (score - _LEAST) + total[max(0, x - apart + 1)]
        taken[x] = score > _LEAST and with_it > total[x]
        total[x + 1] = with_it if taken[x] else total[x]
    chosen = []
    x = len(best) - 1
    while x >= 0:
        if taken[x]:
            chosen.append(x)
            x -= apart
        else:
            x -= 1
    return _longest_run(chosen[::-1])


def _longest_run(chosen: list[int]) -> list[int]:
    """The longest stretch without a gap of more than eight positions: strays far from the line are no part of it."""
    if not chosen:
        return []
    gap = 8 * PITCH_INCH * _DPI
    groups = np.split(np.array(chosen), np.flatnonzero(np.diff(chosen) > gap) + 1)
    return [int(x) for x in max(groups, key=len)]


def _sure(score: float, margin: float) -> float:
    """Probability that a symbol is right, from its correlation and its lead over the runner-up."""
    return 1 / (1 + math.exp(-(20 * (score - 0.55) + 30 * margin)))


def _spaced(symbols: list[MicrSymbol], dpi: float) -> str:
    text = symbols[0].symbol
    for previous, symbol in pairwise(symbols):
        if symbol.box[0] - previous.box[0] > 1.5 * PITCH_INCH * dpi:
            text += " "
        text += symbol.symbol
    return text

"""Reads a CMC-7 line at the foot of a cheque by the intervals between its bars (ISO 1004-2).

At each place of the straightened line every symbol is fitted: seven bars at its intervals, as dark as they like in
each row (the digit's shape is for people), none of them missing. The symbol that explains the most of the ink
stands there; a dynamic programme chooses the places. At 200 dpi neighbouring bars are little more than two pixels
apart and no threshold parts them: the fit needs none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from inkfield.pipeline.cheques.micr.cmc7_shapes import LIMITS as CMC7
from inkfield.pipeline.cheques.micr.cmc7_shapes import SYMBOLS, bar_places
from inkfield.pipeline.cheques.micr.line import STRIP_DPI, MicrLine, find_lines
from inkfield.pipeline.cheques.micr.reading import NOTHING, MicrReading, MicrSymbol, choose, spaced
from inkfield.pipeline.image.geometry import map_box
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class Cmc7ReaderLimits:
    """How bars are fitted, and from when they are a line of CMC-7."""

    px: float = limit(
        16.0,
        "px a mm",
        "guess",
        "Resolution in px a mm (406 dpi) at which bars are fitted: half a pixel of misplacement is "
        "nothing to them",
    )
    rows: int = limit(12, "rows", "guess", "In which the ink of each bar is fitted")
    margin_mm: float = limit(
        0.45, "mm", "guess", "Empty paper at either side of a symbol; its neighbour is 0.8 mm away"
    )
    smooth_mm: float = limit(
        0.25,
        "mm",
        "guess",
        "What is wider than this (writing, a stain, a shade) is no bar and is filtered out, from ink "
        "and bars alike",
    )
    blur_mm: float = limit(
        0.08, "mm", "guess", "What printer and scanner make of a bar's edge, standard deviation of a Gaussian"
    )
    faint: float = limit(0.35, "share", "guess", "Of the mean bar's ink, under which a bar counts as missing")
    missing: float = limit(0.15, "score", "guess", "That one missing bar takes off")
    zooms: tuple[float, ...] = limit(
        (1.0, 0.96, 1.04, 0.92, 1.08),
        "times",
        "guess",
        "Tried in turn: the pitch is measured by E-13B's proportions, and fonts differ in height",
    )
    least: float = limit(0.4, "score", "guess", "Under which a place is no symbol")
    like: float = limit(
        0.58,
        "score",
        "rendered",
        "Median of a line from which it is worth to try other zooms: E-13B and writing, fitted as "
        "bars, come to 0.57 at the most",
    )
    surely: float = limit(0.75, "score", "guess", "Median of a line from which no more zooms are tried")
    line: float = limit(0.62, "score", "rendered", "Median score of a line of CMC-7")
    fewest: int = limit(8, "symbols", "guess", "Of a line")
    sure_enough: float = limit(0.5, "probability", "guess", "Of a line, from which no other row is looked at")
    full_percentile: float = limit(99.5, "%", "guess", "Of the foot's pixels: how dark print is")
    least_full: float = limit(
        30.0, "grey levels", "guess", "By which the darkest print is darker than paper at least"
    )
    off_pitch: float = limit(
        0.12, "pitches", "guess", "From a whole number of pitches, within which symbols stand right"
    )
    on_pitch: float = limit(0.75, "share", "guess", "Of a line's symbols that stand right")
    score_weight: int = limit(15, "log odds", "guess", "For each unit of a symbol's score")
    even_score: float = limit(0.5, "score", "guess", "At which a symbol is as likely right as wrong")
    lead_weight: int = limit(40, "log odds", "guess", "For each unit by which a symbol leads the runner-up")
    even_lead: float = limit(0.05, "score", "guess", "At which a lead says nothing")
    least_ink: float = limit(0.002, "variation", "guess", "A column, under which shares mean nothing")


LIMITS = Cmc7ReaderLimits()


@dataclass(frozen=True)
class _Templates:
    """The bars of each symbol, float32 (symbols, bars, width), their products (bars, bars), and the inverse."""

    bars: np.ndarray
    products: np.ndarray
    inverse: np.ndarray


def read_cmc7(band: np.ndarray, dpi: float) -> MicrReading:
    """The CMC-7 line in the foot of an upright cheque (grey uint8), level within 4 degrees; empty text without one.

    Boxes are in pixels of the band. ``dpi`` may be wrong by a tenth.
    """
    dark = _darkness(band)
    scale = STRIP_DPI / dpi
    coarse = cv2.resize(dark, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    # Bars joined to one blob a symbol, over the gap in the middle of S III too, but not to the neighbour's.
    blobs = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((9, 5), np.uint8))
    best, most = NOTHING, 0.0
    for line in find_lines(blobs)[:2]:
        for zoom in LIMITS.zooms:
            reading, weight, median = _read_strip(*_straighten(dark, line, scale, zoom))
            if weight > most:
                best, most = reading, weight
            if not LIMITS.like < median < LIMITS.surely:
                break
        if most > 0 and best.confidence > LIMITS.sure_enough:
            break
    return best


def _darkness(band: np.ndarray) -> np.ndarray:
    """How much darker than the paper around, float32, 1 at the darkness of the darkest print."""
    paper = cv2.GaussianBlur(cv2.dilate(band, np.ones((15, 15), np.uint8)), (0, 0), 8)
    dark = np.clip(paper.astype(np.float32) - band, 0, None)
    # A short line of bars covers one pixel in a hundred.
    full = max(float(np.percentile(dark, LIMITS.full_percentile)), LIMITS.least_full)
    return np.clip(dark / full, 0, 1.5)


def _straighten(dark: np.ndarray, line: MicrLine, scale: float, zoom: float) -> tuple[np.ndarray, np.ndarray]:
    """The level strip of a line, float32 (``rows``, width) with ``px`` columns a mm; the matrix (3, 3) back to
    ``dark``.

    The matrix is for rows of the strip's full height. ``line`` is in pixels of ``dark`` times ``scale``.
    """
    fine = LIMITS.px * CMC7.pitch_mm / (line.pitch * zoom)
    height, width = round((line.height + 2) * fine), int(dark.shape[1] * scale * fine)
    top = line.base - line.height - 1
    back = np.array([[1 / fine, -line.slope / fine, 0], [line.slope / fine, 1 / fine, top], [0, 0, 1.0]])
    back = np.diag([1 / scale, 1 / scale, 1]) @ back
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(dark, back[:2], (width, height), flags=flags)
    back = back @ np.diag([1, height / LIMITS.rows, 1])
    return cv2.resize(strip, (width, LIMITS.rows), interpolation=cv2.INTER_AREA), back


def _read_strip(strip: np.ndarray, back: np.ndarray) -> tuple[MicrReading, float, float]:
    """The reading of a strip of `_straighten`, how much speaks for it, and the median of its symbols' scores."""
    scores = _scores(strip)
    best = scores.max(0)
    chosen = choose(best, CMC7.pitch_mm * LIMITS.px, LIMITS.least)
    if len(chosen) < LIMITS.fewest:
        return NOTHING, 0.0, 0.0
    median = float(np.median(best[chosen]))
    places = np.array(chosen, float)
    if not _is_line(places, best[chosen]):
        return NOTHING, 0.0, median
    left, width = round(LIMITS.margin_mm * LIMITS.px), round((_width() - 2 * LIMITS.margin_mm) * LIMITS.px)
    symbols = []
    for x in chosen:
        first, second = np.sort(scores[:, x])[::-1][:2]
        box = map_box((x + left, 0, width, LIMITS.rows), back)
        symbols.append(
            MicrSymbol(SYMBOLS[int(scores[:, x].argmax())], box, _sure(float(first), float(first - second)))
        )
    boxes = np.array([s.box for s in symbols])
    (x0, y0), (x1, y1) = boxes[:, :2].min(0), (boxes[:, :2] + boxes[:, 2:]).max(0)
    reading = MicrReading(
        spaced(symbols, places, CMC7.pitch_mm * LIMITS.px),
        tuple(symbols),
        float(np.prod([s.confidence for s in symbols])),
        (int(x0), int(y0), int(x1 - x0), int(y1 - y0)),
        "CMC-7",
    )
    return reading, float((best[chosen] - LIMITS.least).sum()), median


def _is_line(places: np.ndarray, scores: np.ndarray) -> bool:
    """Whether the symbols are CMC-7 for certain and stand at its pitch; other print and writing is neither."""
    steps = np.diff(places) / (CMC7.pitch_mm * LIMITS.px)
    on_pitch = float((np.abs(steps - np.round(steps)) < LIMITS.off_pitch).mean())
    return float(np.median(scores)) > LIMITS.line and on_pitch > LIMITS.on_pitch


def _sure(score: float, margin: float) -> float:
    """Probability that a symbol is right, from its score and its lead over the runner-up."""
    return 1 / (
        1
        + math.exp(
            -(
                LIMITS.score_weight * (score - LIMITS.even_score)
                + LIMITS.lead_weight * (margin - LIMITS.even_lead)
            )
        )
    )


def _width() -> float:
    """Width in mm of the window in which a symbol is fitted; all symbols are equally wide."""
    return float(bar_places("0")[-1]) + CMC7.bar_mm + 2 * LIMITS.margin_mm


def _filtered(rows: np.ndarray) -> np.ndarray:
    """Rows without what is wider than a bar."""
    smooth: np.ndarray = cv2.GaussianBlur(rows, (0, 0), sigmaX=LIMITS.smooth_mm * LIMITS.px, sigmaY=0.01)
    return rows - smooth


@lru_cache(maxsize=1)
def _templates() -> _Templates:
    """Bars with blurred edges, filtered as the ink is."""
    beyond = round(4 * LIMITS.smooth_mm * LIMITS.px)
    columns = (np.arange(-beyond, round(_width() * LIMITS.px) + beyond) + 0.5) / LIMITS.px
    edge = np.vectorize(lambda x: math.erf(x / (LIMITS.blur_mm * math.sqrt(2))))
    symbols = []
    for symbol in SYMBOLS:
        away = columns - (bar_places(symbol) + LIMITS.margin_mm + CMC7.bar_mm / 2)[:, None]
        bars = (edge(away + CMC7.bar_mm / 2) - edge(away - CMC7.bar_mm / 2)).astype(np.float32) / 2
        symbols.append(_filtered(bars)[:, beyond:-beyond])
    drawn = np.stack(symbols)
    products = drawn @ drawn.transpose(0, 2, 1)
    return _Templates(drawn, products, np.linalg.inv(products))


def _scores(strip: np.ndarray) -> np.ndarray:
    """Share of the ink's variation right of each column that each symbol explains, float (symbols, width).

    Least squares with one unknown a bar and row, those below zero set to zero; less `missing` for a bar that
    hardly any row has.
    """
    templates = _templates()
    count, _, width = templates.bars.shape
    padded = np.pad(_filtered(strip), ((0, 0), (0, width)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, 1)[:, : strip.shape[1]]
    total = np.einsum("rcw,rcw->c", windows, windows)
    inked = np.flatnonzero(
        total > LIMITS.least_ink * width * LIMITS.rows
    )  # where next to nothing varies, shares mean nothing
    scores = np.zeros((count, strip.shape[1]), np.float32)
    some = windows[:, inked].reshape(-1, width)
    for symbol in range(count):
        seen = some @ templates.bars[symbol].T
        ink = np.maximum(seen @ templates.inverse[symbol], 0)
        gain = np.einsum("nb,nb->n", 2 * seen - ink @ templates.products[symbol], ink)
        explained = gain.reshape(LIMITS.rows, -1).sum(0)
        by_bar = ink.reshape(LIMITS.rows, -1, CMC7.bars).sum(0)
        usual = by_bar.mean(1, keepdims=True) + 1e-6
        missing = np.clip(1 - by_bar / (LIMITS.faint * usual), 0, 1).sum(1)
        scores[symbol, inked] = explained / np.maximum(total[inked], 1e-6) - LIMITS.missing * missing
    return scores

"""Reads the line at the foot of a cheque by its optical shape: E-13B here, CMC-7 by `cmc7`.

Every position of the band is compared with the drawn symbols by normalised correlation; a dynamic programme
chooses the symbols, at least a pitch apart, that explain the band best. Nothing is trained.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from inkfield.pipeline.cheques.micr.cmc7 import read_cmc7
from inkfield.pipeline.cheques.micr.e13b_shapes import LIMITS as E13B
from inkfield.pipeline.cheques.micr.e13b_shapes import SYMBOLS, draw_symbol
from inkfield.pipeline.cheques.micr.line import STRIP_DPI as _DPI
from inkfield.pipeline.cheques.micr.line import STRIP_MARGIN, find_lines, straighten
from inkfield.pipeline.cheques.micr.reading import NOTHING, MicrReading, MicrSymbol, choose, moved, spaced
from inkfield.pipeline.cheques.paper.dark_border import paper_box
from inkfield.pipeline.image.geometry import map_box, to_grey
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class E13bReaderLimits:
    """From when print is a line of E-13B, and how sure its symbols are."""

    band_inch: float = limit(
        0.9,
        "inch",
        "guess",
        "How far above the lower edge the line may stand; the standard's clear band is 0.625 inch",
    )
    band_share: float = limit(
        0.3,
        "share",
        "guess",
        "How much of a picture's height counts as its foot where its resolution is not known well",
    )
    least: float = limit(0.5, "correlation", "guess", "Correlation below which a place is no symbol")
    fewest: int = limit(4, "symbols", "guess", "Of a line")
    unread: float = limit(
        0.2, "share", "guess", "What a place with ink but no symbol leaves of the line's confidence"
    )
    plenty: float = limit(
        5.0,
        "correlation",
        "guess",
        "Weight (sum of correlations over the threshold) that no other row than a MICR line's comes to",
    )
    certain: float = limit(
        0.5,
        "probability",
        "guess",
        "Confidence of a line of E-13B under which it is looked whether the line is one of CMC-7",
    )
    most_dashes: float = limit(
        3.0,
        "ratio",
        "guess",
        "Of digits to dashes in a line: halftone dots and ornaments look like dashes, and like little else",
    )
    full_percentile: float = limit(98.5, "%", "guess", "Of the foot's pixels: how dark print is")
    least_full: float = limit(
        40.0, "grey levels", "guess", "By which the darkest print is darker than paper at least"
    )
    grain: float = limit(
        0.35, "share", "guess", "Of the print's darkness, under which it is paper grain and pale pattern"
    )
    full_range: float = limit(0.5, "share", "guess", "Of the print's darkness, from there to full ink")
    least_varied: float = limit(
        0.01, "variance", "guess", "Of a window, under which correlation means nothing"
    )
    ghost: float = limit(0.6, "share", "guess", "Of the usual ink of a symbol, under which it is a ghost")
    surely: float = limit(
        0.85, "correlation", "guess", "Median of a line's symbols, from which its pitch is not asked"
    )
    perhaps: float = limit(
        0.55, "correlation", "guess", "Median of a line's symbols, from which its pitch decides"
    )
    off_pitch: float = limit(
        0.12, "pitches", "guess", "From a whole number of pitches, within which symbols stand right"
    )
    on_pitch: float = limit(0.75, "share", "guess", "Of a line's symbols that stand right")
    stray: float = limit(
        0.65, "correlation", "guess", "Of a symbol off either end, under which it is a stray"
    )
    stray_under: float = limit(0.1, "correlation", "guess", "Under the line's median, the same")
    apart: float = limit(1.5, "pitches", "guess", "From the line, from which a symbol is off its end")
    score_weight: int = limit(20, "log odds", "guess", "For each unit of a symbol's correlation")
    even_score: float = limit(0.55, "correlation", "guess", "At which a symbol is as likely right as wrong")
    lead_weight: int = limit(30, "log odds", "guess", "For each unit by which a symbol leads the runner-up")
    wide_gap: float = limit(3.5, "pitches", "guess", "From which a gap says nothing of the pitch")
    off_grid: float = limit(
        0.25, "pitches", "guess", "Off both its neighbours, from which a symbol is doubtful"
    )
    off_grid_sure: float = limit(0.3, "share", "guess", "Of its confidence, that such a symbol keeps")
    damaged: float = limit(
        0.12, "share", "guess", "Of the usual ink of a symbol, from which an empty place holds a damaged one"
    )


LIMITS = E13bReaderLimits()


def read_micr(image: np.ndarray, dpi: float) -> MicrReading:
    """The MICR line at the foot of an upright cheque (BGR or grey uint8); level within 4 degrees.

    ``dpi`` may be wrong by a third (a tenth for CMC-7): the size of the print is measured. Empty text when there is no
    line. ``font`` of the reading tells in which of the two it is printed.
    """
    grey = to_grey(image)
    left, upper, width, height = paper_box(grey)
    above = upper + max(0, height - max(int(LIMITS.band_inch * dpi), int(LIMITS.band_share * height)))
    band = grey[above : upper + height, left : left + width]
    if min(band.shape) < 8:
        return NOTHING
    scale = _DPI / dpi
    ink = _ink(cv2.resize(band, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    best, most = NOTHING, 0.0
    for line in find_lines(ink):
        flat, back = straighten(ink, line)
        # From the straightened strip to the band at reading resolution, to the band, to the picture.
        back = (
            np.array([[1, 0, left], [0, 1, above], [0, 0, 1.0]]) @ np.diag([1 / scale, 1 / scale, 1]) @ back
        )
        reading, weight = _read_strip(flat, back)
        if weight > most:
            best, most = reading, weight
        if weight > LIMITS.plenty:
            break
    if best.confidence < LIMITS.certain:
        # Bars look somewhat like E-13B's digits, but never surely; E-13B never looks like bars at their intervals.
        barred = read_cmc7(band, dpi)
        if barred.text:
            return moved(barred, left, above)
    return best


def _read_strip(strip: np.ndarray, back: np.ndarray) -> tuple[MicrReading, float]:
    """Reads a level strip of `straighten`; the weight tells how much speaks for its being a MICR line."""
    scores = _scores(strip)
    chosen = _without_ghosts(choose(scores.max(0), E13B.pitch_inch * _DPI, LIMITS.least), scores, strip)
    chosen = _without_strays(chosen, scores.max(0))
    right = np.array(chosen, float)
    if len(chosen) < LIMITS.fewest or not _is_line(right, scores.max(0)[chosen]):
        return NOTHING, 0.0
    sure = _on_grid(right)
    height, width = E13B.rows * E13B.module_inch * _DPI, E13B.columns * E13B.module_inch * _DPI
    symbols = []
    for x, true_place in zip(chosen, sure, strict=True):
        best, second = np.sort(scores[:, x])[::-1][:2]
        box = map_box((x, STRIP_MARGIN, math.ceil(width), math.ceil(height)), back)
        confidence = _sure(float(best), float(best - second)) * true_place
        symbols.append(MicrSymbol(SYMBOLS[int(scores[:, x].argmax())], box, confidence))
    digits = sum(symbol.symbol.isdigit() for symbol in symbols)
    dashes = sum(symbol.symbol == "D" for symbol in symbols)
    if digits < LIMITS.fewest or dashes > digits / LIMITS.most_dashes:
        return NOTHING, 0.0  # halftone dots and ornaments look like dashes, and like little else
    boxes = np.array([s.box for s in symbols])
    (x0, y0), (x1, y1) = boxes[:, :2].min(0), (boxes[:, :2] + boxes[:, 2:]).max(0)
    reading = MicrReading(
        spaced(symbols, right, E13B.pitch_inch * _DPI),
        tuple(symbols),
        float(np.prod([s.confidence for s in symbols])) * LIMITS.unread ** _unread(right, strip),
        (int(x0), int(y0), int(x1 - x0), int(y1 - y0)),
    )
    return reading, float(sum(scores[:, x].max() - LIMITS.least for x in chosen))


def _ink(band: np.ndarray) -> np.ndarray:
    """float32 0..1, how much darker a pixel is than the paper around, full at the print's own darkness."""
    paper = cv2.GaussianBlur(cv2.dilate(band, np.ones((15, 15), np.uint8)), (0, 0), 8)
    dark = np.clip(paper.astype(np.float32) - band, 0, None)
    full = max(float(np.percentile(dark, LIMITS.full_percentile)), LIMITS.least_full)
    # Paper grain and pale pattern go: correlation does not see how faint a shape is.
    return np.clip((dark / full - LIMITS.grain) / LIMITS.full_range, 0, 1)


@lru_cache(maxsize=1)
def _templates() -> tuple[np.ndarray, ...]:
    """The symbols at reading resolution, blurred as print is, with the empty margin to their left neighbour."""
    margin = round((E13B.pitch_inch - 7 * E13B.module_inch) * _DPI) - 1
    return tuple(cv2.GaussianBlur(np.pad(mask, ((2, 2), (margin, 1))), (0, 0), 0.8) for mask in _masks())


@lru_cache(maxsize=1)
def _masks() -> tuple[np.ndarray, ...]:
    """The ink of the symbols at reading resolution, float32 0..1."""
    return tuple(draw_symbol(s, _DPI).astype(np.float32) / 255 for s in SYMBOLS)


def _scores(strip: np.ndarray) -> np.ndarray:
    """Correlation of each symbol with each column, float (14, width): the best within 3 px up and down."""
    height, width = _templates()[0].shape
    lead = width - round(E13B.columns * E13B.module_inch * _DPI) - 1
    rows = strip[STRIP_MARGIN - 5 : STRIP_MARGIN + height + 1]
    padded = np.pad(rows, ((0, 0), (lead, 60))).astype(np.float32)
    found = np.array([cv2.matchTemplate(padded, t, cv2.TM_CCOEFF_NORMED) for t in _templates()])
    # Where next to nothing varies, correlation means nothing.
    mean, square = (
        cv2.boxFilter(picture, -1, (width, height), anchor=(0, 0)) for picture in (padded, padded**2)
    )
    varied = (square - mean**2)[: found.shape[1], : found.shape[2]] > LIMITS.least_varied
    scores = np.where(varied & np.isfinite(found), found, -1.0).max(1)
    return scores[:, : strip.shape[1]]


def _without_ghosts(chosen: list[int], scores: np.ndarray, strip: np.ndarray) -> list[int]:
    """Without places where grain or a neighbour's edge looks like a symbol, but is not printed like the others."""
    if not chosen:
        return []
    masks = _masks()
    height, width = masks[0].shape
    padded = np.pad(strip, ((0, 0), (0, width)))
    printed = []
    for x in chosen:
        mask = masks[int(scores[:, x].argmax())]
        rows = range(max(0, STRIP_MARGIN - 3), STRIP_MARGIN + 4)
        ink = max(float((padded[y : y + height, x : x + width] * mask).sum()) for y in rows)
        printed.append(ink / float(mask.sum()))
    least = LIMITS.ghost * float(np.median(printed))
    return [x for x, share in zip(chosen, printed, strict=True) if share >= least]


def _is_line(right: np.ndarray, best: np.ndarray) -> bool:
    """Whether symbols are like E-13B and stand at its pitch: print in another type is neither, mostly."""
    off = _off_grid(right)
    return float(np.median(best)) > LIMITS.surely or (
        float(np.median(best)) > LIMITS.perhaps and float((off < LIMITS.off_pitch).mean()) > LIMITS.on_pitch
    )


def _without_strays(chosen: list[int], best: np.ndarray) -> list[int]:
    """Without single doubtful symbols off either end: pieces of a frame or of writing, not print."""
    limit = min(LIMITS.stray, float(np.median(best[chosen])) - LIMITS.stray_under) if chosen else 0.0
    apart = LIMITS.apart * E13B.pitch_inch * _DPI
    while len(chosen) > 1 and chosen[1] - chosen[0] > apart and best[chosen[0]] < limit:
        chosen = chosen[1:]
    while len(chosen) > 1 and chosen[-1] - chosen[-2] > apart and best[chosen[-1]] < limit:
        chosen = chosen[:-1]
    return chosen


def _sure(score: float, margin: float) -> float:
    """Probability that a symbol is right, from its correlation and its lead over the runner-up."""
    return 1 / (
        1 + math.exp(-(LIMITS.score_weight * (score - LIMITS.even_score) + LIMITS.lead_weight * margin))
    )


def _off_grid(right: np.ndarray) -> np.ndarray:
    """For each step from symbol to symbol how far, in pitches, it is from a whole number; 0 for wide gaps."""
    steps = np.diff(right) / (E13B.pitch_inch * _DPI)
    return np.abs(steps - np.round(steps)) * (steps < LIMITS.wide_gap)


def _on_grid(right: np.ndarray) -> np.ndarray:
    """For each symbol 1, or 0.3 where it stands off the pitch of both its neighbours."""
    off = _off_grid(right)
    nearest = np.minimum(np.concatenate([[np.inf], off]), np.concatenate([off, [np.inf]]))
    return np.where(nearest > LIMITS.off_grid, LIMITS.off_grid_sure, 1.0)


def _unread(right: np.ndarray, strip: np.ndarray) -> int:
    """How many empty positions, in gaps and next to either end, hold ink: of a symbol too damaged to be read."""
    pitch, width = E13B.pitch_inch * _DPI, round(E13B.columns * E13B.module_inch * _DPI)
    ink = strip[STRIP_MARGIN : STRIP_MARGIN + round(E13B.rows * E13B.module_inch * _DPI)].sum(0)
    usual = float(np.median([ink[int(x) : int(x) + width].sum() for x in right]))
    places = [right[0] - pitch, right[-1] + pitch]
    for before, step in zip(right[:-1], np.diff(right), strict=True):
        count = round(step / pitch)
        places += [before + step * k / count for k in range(1, count)] if count > 1 else []
    # Neighbours reach a little into the place.
    inside = [ink[max(0, int(x) + 4) : max(0, int(x) + width - 3)].sum() for x in places]
    return sum(share > LIMITS.damaged * usual for share in inside)

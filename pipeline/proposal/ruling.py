"""What is drawn on a blank: its ink, level and upright rules, shaded areas. All at PX_MM pixels a millimetre.

Method: morphological openings along a line keep rules and nothing else that is as short as letters; what stands within
a printed word is letters. A shaded area's edges are rules, too: white boxes on a tinted page have no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.proposal.blank import PX_MM, BlankPage
from inkfield.pipeline.proposal.words import PrintedWord

_INK = 45
"""Grey levels by which ink is darker than what lies around it."""
_BLACK = 100
_TINT, _SCAN_TINT = 10, 24
"""Grey levels by which a shaded area is darker than the paper, on drawn and on scanned pages."""
_LEVEL_MM, _UPRIGHT_MM, _TICK_MM = 3.5, 3.8, 1.4
"""Least length of level and upright rules; of upright ones that stand on a level rule (the ticks of combs)."""
_DOT_MM, _DOT_GAP_MM, _DOTTED_MM = 0.7, 1.5, 8.0
"""Dots of a dotted line are smaller, nearer to each other, and make a line of this length."""
_DASH_GAP_MM, _DASHED_MM = 1.0, 2.4
"""The same for upright dashes."""
_JOIN_MM = 0.6
_FEW_BARS, _BARS_MM, _BAR_LOOSE = 5, 5.0, 3
"""More rules that end where a rule ends (to so many pixels), so near above and below it, are bars."""
_STROKE = 11
"""Pixels: wider than the strokes of print in a shaded area, and narrower than the frame that it may be."""


@dataclass(frozen=True)
class LevelRule:
    """A level rule: from ``left`` to ``right``, its upper edge ``top`` and its lower ``bottom``, in pixels."""

    left: int
    right: int
    top: int
    bottom: int
    dotted: bool = False


@dataclass(frozen=True)
class UprightRule:
    """An upright rule: ``left`` and ``right`` edge, from ``top`` to ``bottom``, in pixels. ``dashed`` ones part
    characters, or the groups of a number."""

    left: int
    right: int
    top: int
    bottom: int
    dashed: bool = False


@dataclass(frozen=True)
class Ruling:
    """``ink`` and ``shaded`` are bool (height, width)."""

    ink: np.ndarray
    shaded: np.ndarray
    level: list[LevelRule]
    upright: list[UprightRule]


def find_ruling(page: BlankPage) -> Ruling:
    """Everything drawn on the page."""
    bright = cv2.morphologyEx(page.grey, cv2.MORPH_CLOSE, np.ones((_STROKE, _STROKE), np.uint8))
    ink = (bright.astype(np.int16) - page.grey > _INK) | (page.grey < _BLACK)
    paper = float(np.percentile(page.grey, 95))
    tinted = (bright < paper - (_TINT if page.drawn else _SCAN_TINT)).astype(np.uint8)
    shaded = cv2.morphologyEx(tinted, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))
    edges = cv2.morphologyEx(shaded, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    mask = ink.astype(np.uint8) | edges
    lettered = _lettered(page.words, mask.shape)
    level = _without_bars(_joined(_level(mask, lettered) + _dotted(ink.astype(np.uint8))))
    return Ruling(ink, shaded > 0, level, _upright(mask, lettered, level) + _dashed(ink.astype(np.uint8)))


def _level(mask: np.ndarray, lettered: np.ndarray) -> list[LevelRule]:
    length = round(_LEVEL_MM * PX_MM)
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return [
        LevelRule(x, x + w, y, y + h)
        for x, y, w, h in _components(runs)
        if not _is_letter(lettered, x, y, w, h) and h < w
    ]


def _dotted(mask: np.ndarray) -> list[LevelRule]:
    return [
        LevelRule(x, x + w, y, y + h, dotted=True)
        for x, y, w, h in _chains(mask, _DOT_GAP_MM)
        if w >= _DOTTED_MM * PX_MM and h <= _DOT_MM * PX_MM
    ]


def _dashed(mask: np.ndarray) -> list[UprightRule]:
    return [
        UprightRule(y, y + h, x, x + w, dashed=True)
        for x, y, w, h in _chains(np.ascontiguousarray(mask.T), _DASH_GAP_MM)
        if w >= _DASHED_MM * PX_MM and h <= _DOT_MM * PX_MM
    ]


def _chains(mask: np.ndarray, gap_mm: float) -> list[tuple[int, int, int, int]]:
    """Boxes of rows of dots and dashes with no wider gaps."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    most = _DOT_MM * PX_MM
    small = (stats[:, 3] <= most) & (stats[:, 2] <= 3 * most)
    small[0] = False
    dots = small[labels].astype(np.uint8)
    chained = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((1, round(gap_mm * PX_MM)), np.uint8))
    return _components(chained)


def _joined(rules: list[LevelRule]) -> list[LevelRule]:
    """Rules on one level that nearly touch are one."""
    reach = round(_JOIN_MM * PX_MM)
    joined: list[LevelRule] = []
    for rule in sorted(rules, key=lambda rule: rule.left):
        for index, other in enumerate(joined):
            if rule.top <= other.bottom and rule.bottom >= other.top and rule.left - other.right <= reach:
                joined[index] = LevelRule(
                    other.left, max(rule.right, other.right), min(rule.top, other.top),
                    max(rule.bottom, other.bottom), rule.dotted and other.dotted,
                )  # fmt: skip
                break
        else:
            joined.append(rule)
    return sorted(joined, key=lambda rule: (rule.top, rule.left))


def _without_bars(rules: list[LevelRule]) -> list[LevelRule]:
    """Without the bars of a barcode that stands on its side: many of one length, close to each other."""

    def near(rule: LevelRule) -> int:
        return sum(
            abs(other.left - rule.left) <= _BAR_LOOSE and abs(other.right - rule.right) <= _BAR_LOOSE
            and abs(other.top - rule.top) < _BARS_MM * PX_MM
            for other in rules
        )  # fmt: skip

    return [rule for rule in rules if near(rule) <= _FEW_BARS]


def _upright(mask: np.ndarray, lettered: np.ndarray, level: Sequence[LevelRule]) -> list[UprightRule]:
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((round(_TICK_MM * PX_MM), 1), np.uint8))
    feet = np.zeros(mask.shape, bool)
    for rule in level:
        feet[max(0, rule.top - 4) : rule.bottom + 4, rule.left : rule.right] = True
    found = []
    for x, y, w, h in _components(runs):
        if w > h or _is_letter(lettered, x, y, w, h):
            continue
        stands = feet[y + h - 1, x : x + w].any()
        if h >= _UPRIGHT_MM * PX_MM or stands:
            found.append(UprightRule(x, x + w, y, y + h))
    return found


def _components(mask: np.ndarray) -> list[tuple[int, int, int, int]]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]


def _lettered(words: Sequence[PrintedWord], shape: tuple[int, ...]) -> np.ndarray:
    """Where words are printed, bool, without the outer rows of their boxes, in which rules may run."""
    lettered = np.zeros(shape[:2], bool)
    for word in words:
        inset = 0.12 * word.height
        top, bottom = round((word.top + inset) * PX_MM), round((word.bottom - inset) * PX_MM)
        lettered[max(0, top) : bottom, max(0, round(word.left * PX_MM)) : round(word.right * PX_MM)] = True
    return lettered


def _is_letter(lettered: np.ndarray, x: int, y: int, width: int, height: int) -> bool:
    return bool(lettered[y : y + height, x : x + width].mean() > 0.6)

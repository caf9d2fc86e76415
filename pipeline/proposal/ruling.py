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
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class RulingLimits:
    """What is a rule."""

    ink: int = limit(45, "grey levels", "guess", "By which ink is darker than what lies around it")
    black: int = limit(100, "grey levels", "guess", "Under which ink is black")
    tint: int = limit(
        10, "grey levels", "guess", "By which a shaded area is darker than the paper on drawn pages"
    )
    scan_tint: int = limit(24, "grey levels", "guess", "The same on scanned pages")
    level_mm: float = limit(3.5, "mm", "guess", "Length of the shortest level rule")
    upright_mm: float = limit(3.8, "mm", "guess", "Length of the shortest upright rule")
    tick_mm: float = limit(
        1.4,
        "mm",
        "guess",
        "Length of the shortest upright rule that stands on a level one: the ticks of combs",
    )
    dot_mm: float = limit(0.7, "mm", "guess", "Size of the dots of a dotted line")
    dot_gap_mm: float = limit(1.5, "mm", "guess", "Between the dots of a dotted line")
    dotted_mm: float = limit(8.0, "mm", "guess", "Length of the shortest dotted line")
    dash_gap_mm: float = limit(1.0, "mm", "guess", "Between upright dashes")
    dashed_mm: float = limit(2.4, "mm", "guess", "Length of the shortest line of upright dashes")
    join_mm: float = limit(0.6, "mm", "guess", "Gap in a rule that does not end it")
    few_bars: int = limit(5, "rules", "guess", "That end at one place, beyond which they are bars of a code")
    bars_mm: float = limit(5.0, "mm", "guess", "Above and below a rule, within which such bars lie")
    bar_loose: int = limit(3, "px", "guess", "By which the ends of such bars differ")
    stroke: int = limit(
        11,
        "px",
        "guess",
        "Wider than the strokes of print in a shaded area, and narrower than the frame that it may be",
    )


LIMITS = RulingLimits()


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
    bright = cv2.morphologyEx(page.grey, cv2.MORPH_CLOSE, np.ones((LIMITS.stroke, LIMITS.stroke), np.uint8))
    ink = (bright.astype(np.int16) - page.grey > LIMITS.ink) | (page.grey < LIMITS.black)
    paper = float(np.percentile(page.grey, 95))
    tinted = (bright < paper - (LIMITS.tint if page.drawn else LIMITS.scan_tint)).astype(np.uint8)
    shaded = cv2.morphologyEx(tinted, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))
    edges = cv2.morphologyEx(shaded, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    mask = ink.astype(np.uint8) | edges
    lettered = _lettered(page.words, mask.shape)
    level = _without_bars(_joined(_level(mask, lettered) + _dotted(ink.astype(np.uint8))))
    return Ruling(ink, shaded > 0, level, _upright(mask, lettered, level) + _dashed(ink.astype(np.uint8)))


def _level(mask: np.ndarray, lettered: np.ndarray) -> list[LevelRule]:
    length = round(LIMITS.level_mm * PX_MM)
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return [
        LevelRule(x, x + w, y, y + h)
        for x, y, w, h in _components(runs)
        if not _is_letter(lettered, x, y, w, h) and h < w
    ]


def _dotted(mask: np.ndarray) -> list[LevelRule]:
    return [
        LevelRule(x, x + w, y, y + h, dotted=True)
        for x, y, w, h in _chains(mask, LIMITS.dot_gap_mm)
        if w >= LIMITS.dotted_mm * PX_MM and h <= LIMITS.dot_mm * PX_MM
    ]


def _dashed(mask: np.ndarray) -> list[UprightRule]:
    return [
        UprightRule(y, y + h, x, x + w, dashed=True)
        for x, y, w, h in _chains(np.ascontiguousarray(mask.T), LIMITS.dash_gap_mm)
        if w >= LIMITS.dashed_mm * PX_MM and h <= LIMITS.dot_mm * PX_MM
    ]


def _chains(mask: np.ndarray, gap_mm: float) -> list[tuple[int, int, int, int]]:
    """Boxes of rows of dots and dashes with no wider gaps."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    most = LIMITS.dot_mm * PX_MM
    small = (stats[:, 3] <= most) & (stats[:, 2] <= 3 * most)
    small[0] = False
    dots = small[labels].astype(np.uint8)
    chained = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((1, round(gap_mm * PX_MM)), np.uint8))
    return _components(chained)


def _joined(rules: list[LevelRule]) -> list[LevelRule]:
    """Rules on one level that nearly touch are one."""
    reach = round(LIMITS.join_mm * PX_MM)
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
            abs(other.left - rule.left) <= LIMITS.bar_loose and abs(other.right - rule.right) <= LIMITS.bar_loose
            and abs(other.top - rule.top) < LIMITS.bars_mm * PX_MM
            for other in rules
        )  # fmt: skip

    return [rule for rule in rules if near(rule) <= LIMITS.few_bars]


def _upright(mask: np.ndarray, lettered: np.ndarray, level: Sequence[LevelRule]) -> list[UprightRule]:
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((round(LIMITS.tick_mm * PX_MM), 1), np.uint8))
    feet = np.zeros(mask.shape, bool)
    for rule in level:
        feet[max(0, rule.top - 4) : rule.bottom + 4, rule.left : rule.right] = True
    found = []
    for x, y, w, h in _components(runs):
        if w > h or _is_letter(lettered, x, y, w, h):
            continue
        stands = feet[y + h - 1, x : x + w].any()
        if h >= LIMITS.upright_mm * PX_MM or stands:
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

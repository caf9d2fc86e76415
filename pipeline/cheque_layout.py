"""Where the fields of a CTS-2010 cheque lie, on any bank's paper.

There is no template per bank. The standard (RBI, CTS-2010) fixes the paper (202 x 92 mm) and roughly the places;
the exact ones are found from what every bank prints: three long rules (payee, two of words), the amount
box at their right end, the row of eight date boxes, the account number's box.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from pipeline.records import Box, Region

PAPER_MM = (202.0, 92.0)


@dataclass(frozen=True)
class Band:
    """A level printed line: its row and from which to which column it runs, in pixels."""

    row: int
    left: int
    right: int


@dataclass(frozen=True)
class ChequeLayout:
    """Regions by name, the eight date cells from left to right, and pixels per millimetre.

    ``labels`` tells for a region how far in mm a printed label may reach into it from the left and from the
    right: some banks print PAY before the rule, some above its beginning.
    """

    regions: dict[str, Region]
    labels: dict[str, tuple[float, float]]
    date_cells: tuple[Box, ...]
    scale: float


def printed_mask(grey: np.ndarray, scale: float) -> np.ndarray:
    """Ink and print as a uint8 0/1 mask: clearly darker than the brightness around (box mean over 4 mm)."""
    window = int(4 * scale) | 1
    local = cv2.blur(grey, (window, window))
    return (grey.astype(np.int16) < local.astype(np.int16) - 14).astype(np.uint8)


def find_cheque_fields(grey: np.ndarray) -> ChequeLayout | None:
    """Finds the fields on an upright, level cheque that fills the picture (grey uint8, any resolution).

    None when the printed rules or the amount box of a cheque are not there.
    """
    scale = grey.shape[1] / PAPER_MM[0]
    mask = printed_mask(grey, scale)
    rules = _three_rules(mask, scale)
    if rules is None:
        return None
    amount_box = _amount_box(mask, scale, rules)
    date = _date_box(mask, scale, rules)
    if amount_box is None or date is None:
        return None
    amount, box_left = amount_box
    payee, words_1, words_2 = rules
    account = _account_box(mask, scale, rules)
    boxes = {
        "payee": ("name", _above(payee, int(9.0 * scale), int(2.6 * scale))),
        # Words run on above the amount box, over its rule and to its right edge, never beyond.
        "legal_amount_1": (
            "amount_words",
            _up_to(
                _above(
                    Band(words_1.row, words_1.left, grey.shape[1]),
                    int(words_1.row - payee.row - 0.9 * scale),
                    int(2.6 * scale),
                ),
                amount[0] + amount[2],
            ),
        ),
        "legal_amount_2": (
            "amount_words",
            _up_to(_above(words_2, int(words_2.row - words_1.row - 0.6 * scale), int(1.6 * scale)), box_left),
        ),
        "courtesy_amount": ("amount", amount),
        "date": ("date", date),
        "account_number": ("code", account),
        "signature": ("signature", _signature(amount, scale, grey.shape)),
    }
    regions = {name: Region(name, kind, _clip(box, grey.shape)) for name, (kind, box) in boxes.items()}
    labels = {
        "payee": (_label_left(mask, payee, scale, 14), _label_right(mask, payee, scale, 42)),
        "legal_amount_1": (_label_left(mask, words_1, scale, 26), 0.0),
        "legal_amount_2": (0.0, 30.0),
    }
    return ChequeLayout(regions, labels, _cells(date, 8), scale)


def _label_left(mask: np.ndarray, rule: Band, scale: float, reach: float) -> float:
    """``reach`` when the label stands above the rule's beginning, 0 when it stands before the rule."""
    left = max(0, rule.left - int(4.5 * scale))
    before = mask[rule.row - int(4 * scale) : rule.row, left : max(left, rule.left - int(0.7 * scale))]
    return 0.0 if before.size and before.mean() > 0.08 else reach


def _label_right(mask: np.ndarray, rule: Band, scale: float, reach: float) -> float:
    """``reach`` when what is printed at the right (or bearer) stands above the rule's end, 0 when behind it."""
    behind = mask[
        rule.row - int(4 * scale) : rule.row, rule.right + int(0.7 * scale) : rule.right + int(20 * scale)
    ]
    return 0.0 if behind.size and behind.mean() > 0.04 else reach


def _three_rules(mask: np.ndarray, scale: float) -> tuple[Band, Band, Band] | None:
    """The payee rule and the two rules of words: the best triple of long level lines 7 to 11 mm apart."""
    left, right = int(45 * scale), int(125 * scale)
    rows = _rows(mask, scale, (15, 55), left, right, 0.55)
    best, found = 0.0, None
    for i, first in enumerate(rows):
        for j in range(i + 1, len(rows)):
            gap_1 = (rows[j][0] - first[0]) / scale
            if not 6.0 <= gap_1 <= 12.0:
                continue
            for third in rows[j + 1 :]:
                gap_2 = (third[0] - rows[j][0]) / scale
                # Two gaps of one size, as every bank prints them: the rest of the paper has no such triple.
                score = first[1] + rows[j][1] + third[1] - abs(gap_1 - gap_2) * 0.3
                if 6.0 <= gap_2 <= 12.0 and score > best:
                    best, found = score, (first[0], rows[j][0], third[0])
    if found is None:
        return None
    bands = [_extent(mask, scale, row, (left + right) // 2) for row in found]
    return bands[0], bands[1], bands[2]


def _rows(
    mask: np.ndarray, scale: float, between: tuple[float, float], left: int, right: int, least: float
) -> list[tuple[int, float]]:
    """Rows (row, coverage) of level lines between two heights in mm, that cover ``least`` of left..right.

    Dotted and micro-printed rules are closed first; a line may wander by 0.4 mm.
    """
    top, bottom = int(between[0] * scale), min(int(between[1] * scale), mask.shape[0])
    strip = mask[top:bottom, left:right]
    closed = cv2.morphologyEx(strip, cv2.MORPH_CLOSE, np.ones((1, max(3, int(0.8 * scale))), np.uint8))
    long = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, max(5, int(5 * scale))), np.uint8))
    thick = max(2, int(0.5 * scale))
    coverage = cv2.dilate(long, np.ones((thick, 1), np.uint8)).mean(1)
    sharp = coverage.copy()
    rows = []
    while sharp.size and sharp.max() >= least:
        peak = int(sharp.argmax())
        group = np.flatnonzero(coverage[max(0, peak - thick * 2) : peak + thick * 2] >= 0.9 * sharp[peak])
        rows.append((top + max(0, peak - thick * 2) + int(group.mean()), float(sharp[peak])))
        sharp[max(0, peak - int(3 * scale)) : peak + int(3 * scale)] = 0
    return sorted(rows)


def _extent(mask: np.ndarray, scale: float, row: int, seed: int) -> Band:
    """How far a level line runs both ways from a column on it; gaps of up to 2 mm are closed."""
    half = max(1, int(0.5 * scale))
    line = mask[max(0, row - half) : row + half + 1].max(0)
    closed = cv2.morphologyEx(line[None], cv2.MORPH_CLOSE, np.ones((1, int(2 * scale)), np.uint8))[0]
    empty_left = np.flatnonzero(closed[:seed] == 0)
    empty_right = np.flatnonzero(closed[seed:] == 0)
    left = int(empty_left[-1]) + 1 if empty_left.size else 0
    right = seed + int(empty_right[0]) if empty_right.size else mask.shape[1]
    return Band(row, left, right)


def _amount_box(mask: np.ndarray, scale: float, rules: tuple[Band, Band, Band]) -> tuple[Box, int] | None:
    """The inside of the amount box, right of its currency sign; and the left edge of the box itself."""
    _, words_1, words_2 = rules
    around = (words_1.row / scale - 5, words_2.row / scale + 6)
    rows = _rows(mask, scale, around, int(155 * scale), int(186 * scale), 0.6)
    best: tuple[float, int, int] | None = None
    for i, (top, cover_1) in enumerate(rows):
        for bottom, cover_2 in rows[i + 1 :]:
            height = (bottom - top) / scale
            score = cover_1 + cover_2 - abs(height - 8.5) * 0.1
            if 5.5 <= height <= 14 and (best is None or score > best[0]):
                best = (score, top, bottom)
    if best is None:
        return None
    _, top, bottom = best
    upper, lower = (_extent(mask, scale, row, int(170 * scale)) for row in (top, bottom))
    verticals = _columns(mask, scale, top, bottom, int(130 * scale), int(200 * scale))
    left = min((v for v in verticals if 135 * scale < v < 165 * scale), default=max(upper.left, lower.left))
    left = max(left, int(134 * scale))
    inner = [v for v in verticals if left + 4 * scale < v < left + 16 * scale]
    right = max((v for v in verticals if v > 180 * scale), default=min(upper.right, lower.right))
    start = inner[0] if inner else left + int(5.8 * scale)
    return (start, top, right - start, bottom - top), left


def _columns(mask: np.ndarray, scale: float, top: int, bottom: int, left: int, right: int) -> list[int]:
    """Columns of upright printed lines that run from top to bottom."""
    inset = max(1, int(0.7 * scale))
    strip = mask[top + inset : bottom - inset, left : min(right, mask.shape[1])]
    if strip.size == 0:
        return []
    closed = cv2.morphologyEx(strip, cv2.MORPH_CLOSE, np.ones((max(3, int(0.6 * scale)), 1), np.uint8))
    thick = cv2.dilate(closed, np.ones((1, max(2, int(0.25 * scale))), np.uint8))
    full = np.flatnonzero(thick.mean(0) > 0.9)
    groups = np.split(full, np.flatnonzero(np.diff(full) > int(0.6 * scale)) + 1) if full.size else []
    return [left + int(group.mean()) for group in groups if len(group) < 1.6 * scale]


def _date_box(mask: np.ndarray, scale: float, rules: tuple[Band, Band, Band]) -> Box | None:
    """The row of eight date cells at the top right: two level lines about 40 mm long, 4 to 8 mm apart."""
    rows = _rows(mask, scale, (2, rules[0].row / scale - 3), int(160 * scale), int(186 * scale), 0.7)
    best: tuple[float, Box] | None = None
    for i, (top, cover_1) in enumerate(rows):
        for bottom, cover_2 in rows[i + 1 :]:
            height = (bottom - top) / scale
            if not 3.5 <= height <= 9:
                continue
            upper, lower = (_extent(mask, scale, row, int(172 * scale)) for row in (top, bottom))
            left, right = max(upper.left, lower.left), min(upper.right, lower.right)
            width = (right - left) / scale
            if 30 <= width <= 56:
                score = cover_1 + cover_2 - abs(width - 42) * 0.02
                if best is None or score > best[0]:
                    best = (score, (left, top, right - left, bottom - top))
    return best[1] if best else None


def _account_box(mask: np.ndarray, scale: float, rules: tuple[Band, Band, Band]) -> Box:
    """Where the account number stands: right of the label in its box, and on to where a stamp may run.

    Without a box the usual place is taken; the reader looks for the digits in it.
    """
    base = rules[2].row
    rows = _rows(mask, scale, (base / scale + 1, base / scale + 20), int(30 * scale), int(58 * scale), 0.6)
    for i, (top, _) in enumerate(rows):
        for bottom, _ in rows[i + 1 :]:
            if 4.5 <= (bottom - top) / scale <= 11:
                verticals = _columns(mask, scale, top, bottom, int(8 * scale), int(100 * scale))
                label_end = [v for v in verticals if 18 * scale < v < 40 * scale]
                left = label_end[0] if label_end else int(24 * scale)
                margin = int(3.5 * scale)
                return left, top - margin, int(78 * scale), bottom - top + 2 * margin
    return int(24 * scale), base + int(2 * scale), int(78 * scale), int(14 * scale)


def _signature(amount: Box, scale: float, shape: tuple[int, ...]) -> Box:
    top = amount[1] + amount[3] + int(5 * scale)
    left = int(140 * scale)
    return left, top, shape[1] - left, int(28 * scale)


def _above(rule: Band, height: int, below: int) -> Box:
    return rule.left, rule.row - height, rule.right - rule.left, height + below


def _up_to(box: Box, right: int) -> Box:
    x, y, width, height = box
    return x, y, min(width, right - x), height


def _cells(box: Box, count: int) -> tuple[Box, ...]:
    x, y, width, height = box
    edges = [x + round(width * i / count) for i in range(count + 1)]
    return tuple((a, y, b - a, height) for a, b in pairwise(edges))


def _clip(box: Box, shape: tuple[int, ...]) -> Box:
    x, y, width, height = box
    left, top = max(0, x), max(0, y)
    return left, top, min(shape[1], x + width) - left, min(shape[0], y + height) - top

"""Where the fields of a CTS-2010 cheque lie, on any bank's paper.

There is no template per bank. The standard (RBI, CTS-2010) fixes the paper (202 x 92 mm) and roughly the places;
the exact ones are found from what every bank prints: three long rules (payee, two of words), the amount
box at their right end, the row of eight date boxes, the account number's box. What cannot be found on a cheque
whose MICR line reads as one of India's is taken at its usual distance from that line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from inkfield.pipeline.cheques.date_cells import equal_cells, find_date_cells, find_plain_cells
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.micr.e13b import read_micr
from inkfield.pipeline.cheques.micr.e13b_shapes import LIMITS as E13B
from inkfield.pipeline.cheques.micr.indian_line import is_indian_micr
from inkfield.pipeline.cheques.micr.reading import NOTHING, MicrReading, moved
from inkfield.pipeline.cheques.paper.dark_border import paper_box
from inkfield.pipeline.cheques.paper.printed_lines import (
    Band,
    extent,
    level_rows,
    printed_mask,
    thin_lines,
    upright_lines,
)
from inkfield.pipeline.records import Region
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class Cts2010LayoutLimits:
    """Where the fields of a CTS-2010 cheque are, and from when they are found."""

    paper_mm: tuple[float, float] = limit((202.0, 92.0), "mm", "standard", "Width and height of the paper")
    above_micr_mm: tuple[float, float, float] = limit(
        (58.6, 49.9, 41.4),
        "mm",
        "dev cheques",
        "Usual distances of the payee's rule and the two rules of words from the upper edge of the MICR line",
    )
    micr_above_foot_mm: float = limit(
        7.0,
        "mm",
        "standard",
        "From the middle of the MICR line to the paper's lower edge (ANSI X9.100-160: the clear band "
        "is 5/8 inch high)",
    )
    margin_mm: float = limit(
        5.0,
        "mm",
        "guess",
        "What may be kept above a cheque that lies on a larger sheet: its width, and so its height, "
        "is known to 3 %",
    )
    rule_mm: tuple[float, float] = limit(
        (12.0, 143.0), "mm", "dev cheques", "Usual left and right end of the rules"
    )
    box_mm: tuple[float, float] = limit(
        (144.5, 195.5), "mm", "dev cheques", "Usual left and right side of the amount's box"
    )
    date_mm: tuple[float, float, float] = limit(
        (152.5, 41.5, 6.0), "mm", "dev cheques", "Usual left edge, width and height of the date boxes"
    )
    date_above_payee_mm: float = limit(
        18.2, "mm", "dev cheques", "Usual distance of the date boxes from the payee's rule"
    )
    account_right_mm: float = limit(
        112.0, "mm", "guess", "A stamped account number may run past its box, as far as this"
    )
    least_rule: float = limit(0.55, "share", "guess", "Of a rule that is printed")
    rules_between_mm: tuple[float, float] = limit(
        (13.0, 56.0), "mm", "guess", "From the paper's upper edge, between which the three rules lie"
    )
    least_gap_mm: float = limit(6.0, "mm", "guess", "Between two of the three rules")
    most_gap_mm: float = limit(12.0, "mm", "guess", "Between two of the three rules")
    uneven_weight: float = limit(
        0.3, "share", "guess", "Of coverage, for each mm by which the two gaps differ"
    )
    usual_box_mm: float = limit(8.5, "mm", "dev cheques", "Height of the amount's box")
    box_weight: float = limit(0.1, "share", "guess", "Of coverage, for each mm that it is higher or lower")
    lowest_box_mm: float = limit(5.5, "mm", "guess", "Height of the amount's box")
    highest_box_mm: float = limit(14.0, "mm", "guess", "Height of the amount's box")
    dark: float = limit(0.62, "share", "guess", "Of the paper, under which a pixel is of the rupee sign")
    paper_percentile: int = limit(80, "%", "guess", "Of the box's pixels: the paper")
    bar: float = limit(0.7, "share", "guess", "Of the sign's width, that its bars cover")
    lowest_account_mm: float = limit(4.5, "mm", "guess", "Height of the account number's box")
    highest_account_mm: float = limit(11.0, "mm", "guess", "Height of the account number's box")
    least_pitch: float = limit(
        0.85, "times", "guess", "The pitch of MICR symbols, by which the scale is measured"
    )
    most_pitch: float = limit(
        1.15, "times", "guess", "The pitch of MICR symbols, by which the scale is measured"
    )
    fewest_steps: int = limit(8, "steps", "guess", "Between MICR symbols, by which the scale is measured")
    near_usual_mm: float = limit(4.0, "mm", "guess", "From its usual place, within which a rule is believed")


LIMITS = Cts2010LayoutLimits()


Rules = tuple[Band, Band, Band]


def find_cheque_fields(grey: np.ndarray, micr: MicrReading | None = None) -> ChequeLayout | None:
    """Finds the fields on an upright, level cheque that fills the picture (grey uint8, any resolution).

    ``micr`` is the line at the foot if it has been read already. None when it is no cheque: neither its printed
    rules and boxes are there nor a MICR line of the Indian structure.
    """
    return fields_and_line(grey, micr)[0]


def fields_and_line(
    grey: np.ndarray, micr: MicrReading | None = None
) -> tuple[ChequeLayout | None, MicrReading]:
    """As `find_cheque_fields`, and the line at the foot, which decides the standard."""
    x, y, width, height = paper_box(grey)
    paper = grey[y : y + height, x : x + width]
    if min(paper.shape) < 100:
        return None, NOTHING
    if micr is None or paper.shape != grey.shape:
        micr = read_micr(paper, width / LIMITS.paper_mm[0] * 25.4)
    layout = _find(paper, micr)
    return _moved(layout, x, y) if layout and (x or y) else layout, micr


def _find(grey: np.ndarray, micr: MicrReading) -> ChequeLayout | None:
    scale = grey.shape[1] / LIMITS.paper_mm[0]
    if is_foreign_micr(micr):
        return None
    mask = printed_mask(grey, scale)
    rules = _three_rules(mask, scale, LIMITS.least_rule)
    amount_box = _amount_box(mask, grey, scale, rules) if rules else None
    cells = find_date_cells(mask, scale, rules[0].row) if rules else None
    complete = rules is not None and amount_box is not None and cells is not None
    if not is_indian_micr(micr) and (not complete or _is_foreign_cheque(grey)):
        return None
    if rules is None or amount_box is None or cells is None:
        scale = _micr_scale(micr, scale)
        if rules is None or not _plausible(rules, micr, scale):
            rules = _expected_rules(mask, scale, micr)
            amount_box = _amount_box(mask, grey, scale, rules)
        amount_box = amount_box or _expected_box(rules, scale, micr)
        cells = (
            find_date_cells(mask, scale, rules[0].row)
            or find_plain_cells(mask, scale, rules[0].row)
            or _expected_cells(rules, scale, micr)
        )
    return _layout(grey, mask, scale, rules, amount_box, cells, micr)


def only_cheque(image: np.ndarray) -> tuple[np.ndarray, int, MicrReading]:
    """The rows of a level picture (BGR or grey) as wide as a cheque that are the cheque's own, those around its MICR
    line or all where there is none; the first of them; and the line, told on these rows."""
    scale = image.shape[1] / LIMITS.paper_mm[0]
    micr = read_micr(image, scale * 25.4)
    if micr.box is None or not is_indian_micr(micr):
        return image, 0, micr
    middle = micr.box[1] + micr.box[3] / 2
    bottom = min(image.shape[0], round(middle + LIMITS.micr_above_foot_mm * scale))
    top = max(0, bottom - round((LIMITS.paper_mm[1] + LIMITS.margin_mm) * scale))
    return image[top:bottom], top, moved(micr, 0, -top)


def _layout(
    grey: np.ndarray,
    mask: np.ndarray,
    scale: float,
    rules: Rules,
    amount_box: tuple[Box, int],
    cells: tuple[Box, ...],
    micr: MicrReading,
) -> ChequeLayout:
    payee, words_1, words_2 = rules
    amount, box_left = amount_box
    box_right = amount[0] + amount[2]
    # Writing may begin a little before its rule.
    lefts = [max(0, band.left - int(0.5 * scale)) for band in rules]
    boxes = {
        "payee": ("name", _span(lefts[0], payee.right, payee.row, 9.0, 2.6, scale)),
        # Words run on above the amount box, over its rule and to its right edge, never beyond.
        "legal_amount_1": (
            "amount_words",
            _span(lefts[1], box_right, words_1.row, (words_1.row - payee.row) / scale - 0.9, 2.6, scale),
        ),
        "legal_amount_2": (
            "amount_words",
            _span(
                lefts[2],
                min(words_2.right, box_left),
                words_2.row,
                (words_2.row - words_1.row) / scale - 0.6,
                1.6,
                scale,
            ),
        ),
        "courtesy_amount": ("amount", amount),
        "date": ("date", _around(cells)),
        "account_number": ("code", _account_box(mask, scale, words_2.row)),
        "signature": ("signature", _signature(amount, scale, grey.shape)),
    }
    if micr.box is not None:
        boxes["micr"] = ("micr", micr.box)
    regions = {name: Region(name, kind, _clip(box, grey.shape)) for name, (kind, box) in boxes.items()}
    lines = dict(zip(("payee", "legal_amount_1", "legal_amount_2"), rules, strict=True))
    return ChequeLayout(regions, {}, cells, scale, lines, micr)


def _three_rules(mask: np.ndarray, scale: float, least: float) -> Rules | None:
    """The payee rule and the two rules of words: the best triple of long level lines 6 to 12 mm apart."""
    rows = level_rows(mask, scale, LIMITS.rules_between_mm, int(45 * scale), int(125 * scale), least)
    best, found = 0.0, None
    for i, first in enumerate(rows):
        for j in range(i + 1, len(rows)):
            gap_1 = (rows[j][0] - first[0]) / scale
            if not LIMITS.least_gap_mm <= gap_1 <= LIMITS.most_gap_mm:
                continue
            for third in rows[j + 1 :]:
                gap_2 = (third[0] - rows[j][0]) / scale
                # Two gaps of one size, as every bank prints them: the rest of the paper has no such triple.
                score = first[1] + rows[j][1] + third[1] - abs(gap_1 - gap_2) * LIMITS.uneven_weight
                if LIMITS.least_gap_mm <= gap_2 <= LIMITS.most_gap_mm and score > best:
                    best, found = score, (first[0], rows[j][0], third[0])
    return _bands(mask, scale, found) if found else None


def _bands(mask: np.ndarray, scale: float, rows: tuple[int, int, int]) -> Rules:
    lines = thin_lines(mask, scale)
    payee, words_1, words_2 = (extent(lines, scale, row, int(85 * scale), 6.0) for row in rows)
    return payee, words_1, words_2


def _amount_box(mask: np.ndarray, grey: np.ndarray, scale: float, rules: Rules) -> tuple[Box, int] | None:
    """The inside of the amount box, right of its currency sign; and the left edge of the box itself."""
    _, words_1, words_2 = rules
    around = (words_1.row / scale - 5, words_2.row / scale + 6)
    rows = level_rows(mask, scale, around, int(155 * scale), int(186 * scale), 0.6)
    best: tuple[float, int, int] | None = None
    for i, (top, cover_1) in enumerate(rows):
        for bottom, cover_2 in rows[i + 1 :]:
            height = (bottom - top) / scale
            score = cover_1 + cover_2 - abs(height - LIMITS.usual_box_mm) * LIMITS.box_weight
            if LIMITS.lowest_box_mm <= height <= LIMITS.highest_box_mm and (best is None or score > best[0]):
                best = (score, top, bottom)
    if best is None:
        return None
    _, top, bottom = best
    verticals = upright_lines(mask, scale, top, bottom)
    left = min((v for v in verticals if 133 * scale < v < 165 * scale), default=int(LIMITS.box_mm[0] * scale))
    right = _right_side(thin_lines(mask, scale), scale, top, bottom, verticals)
    inner = [v for v in verticals if left + 4 * scale < v < left + 16 * scale]
    start = inner[0] if inner else _behind_currency(grey, scale, left, top, bottom)
    return (start, top, right - start, bottom - top), left


def _right_side(lines: np.ndarray, scale: float, top: int, bottom: int, verticals: list[int]) -> int:
    """The right side of the amount box: the first upright line behind which both level lines have ended.

    They run on behind the upright stroke of an amount's slash, and never reach a barcode's edge.
    """
    half = max(1, int(0.4 * scale))

    def runs(row: int, first: float, last: float) -> bool:
        part = lines[max(0, row - half) : row + half + 1, int(first) : int(last) + 1]
        return part.size > 0 and float(part.max(0).mean()) > 0.4

    for v in verticals:
        ended = not any(runs(row, v + 0.4 * scale, v + 0.95 * scale) for row in (top, bottom))
        if (
            ended
            and v > 178 * scale
            and all(runs(row, v - 1.5 * scale, v - 0.4 * scale) for row in (top, bottom))
        ):
            return v
    ends = [extent(lines, scale, row, int(170 * scale), 0.9).right for row in (top, bottom)]
    usual = min(int(LIMITS.box_mm[1] * scale), lines.shape[1] - 1)
    likely = [end for end in ends if 183 * scale < end < 199 * scale]
    return min(likely, key=lambda end: abs(end - usual)) if likely else usual


def _behind_currency(grey: np.ndarray, scale: float, left: int, top: int, bottom: int) -> int:
    """The column behind the printed currency sign in a box without a line behind it.

    The sign is a component 2 to 5.5 mm high with two bars across its upper half (a rupee sign has them, no
    digit has). Without one in the box the usual place is taken.
    """
    inset = max(1, int(0.7 * scale))
    part = grey[top + inset : bottom - inset, left + inset : left + int(13 * scale)]
    if part.size == 0:
        return left
    dark = (part < LIMITS.dark * float(np.percentile(part, LIMITS.paper_percentile))).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    for i in np.argsort(stats[:, 0]):
        x, y, width, height, _ = (int(v) for v in stats[i])
        if i == 0 or not (1.3 * scale <= width <= 5 * scale and 2 * scale <= height <= 5.5 * scale):
            continue
        share = (names[y : y + height // 2, x : x + width] == i).mean(1)
        bars = np.flatnonzero(np.diff(np.concatenate([[0], share > LIMITS.bar, [0]]).astype(int)) == 1)
        if len(bars) >= 2:
            return left + inset + x + width + int(0.3 * scale)
    return left + int(5.8 * scale)


def _account_box(mask: np.ndarray, scale: float, base: int) -> Box:
    """Where the account number stands: right of the label in its box, and on to where a stamp may run.

    ``base`` is the row of the last rule of words: a stamp may reach over it. Without a box the usual place is taken;
    the reader looks for the digits in it.
    """
    rows = level_rows(
        mask, scale, (base / scale + 1, base / scale + 20), int(30 * scale), int(58 * scale), 0.6
    )
    left, bottom = int(24 * scale), base + int(14 * scale)
    for (top, _), (low, _) in pairwise(rows):
        if LIMITS.lowest_account_mm <= (low - top) / scale <= LIMITS.highest_account_mm:
            ends = [v for v in upright_lines(mask, scale, top, low) if 17 * scale < v < 40 * scale]
            left = ends[0] if ends else left
            bottom = low + int(1.4 * scale)
            break
    top = base - int(2.2 * scale)
    return left, top, int(LIMITS.account_right_mm * scale) - left, bottom - top


def _signature(amount: Box, scale: float, shape: tuple[int, ...]) -> Box:
    top = amount[1] + amount[3] + int(5 * scale)
    left = int(140 * scale)
    # A barcode may stand at the paper's edge, never under the amount box.
    right = min(shape[1], amount[0] + amount[2] + int(1.5 * scale))
    return left, top, right - left, int(30 * scale)


# --- what the MICR line tells ------------------------------------------------------------------------------


def is_foreign_micr(micr: MicrReading) -> bool:
    """Whether the line is one of another country: with a pair of transit symbols, as in the US; India's has one."""
    return micr.text.count("A") >= 2


def _is_foreign_cheque(grey: np.ndarray) -> bool:
    """Whether a picture shows a personal cheque of the US (6 inches wide), upright or upside down."""
    turned = np.ascontiguousarray(grey[::-1, ::-1])
    return any(is_foreign_micr(read_micr(side, grey.shape[1] / 6)) for side in (grey, turned))


def _micr_scale(micr: MicrReading, scale: float) -> float:
    """Pixels a mm by the pitch of the symbols, which is printed true to 0.1 mm."""
    lefts = [symbol.box[0] + symbol.box[2] for symbol in micr.symbols]
    steps = np.diff(lefts)
    pitch = E13B.pitch_inch * 25.4 * scale
    close = steps[(steps > LIMITS.least_pitch * pitch) & (steps < LIMITS.most_pitch * pitch)]
    return float(close.mean()) / (E13B.pitch_inch * 25.4) if close.size > LIMITS.fewest_steps else scale


def _plausible(rules: Rules, micr: MicrReading, scale: float) -> bool:
    if micr.box is None:
        return True
    return all(
        abs((micr.box[1] - rule.row) / scale - above) < LIMITS.near_usual_mm
        for rule, above in zip(rules, LIMITS.above_micr_mm, strict=True)
    )


def _expected_rules(mask: np.ndarray, scale: float, micr: MicrReading) -> Rules:
    """The three rules at their usual distance from the MICR line, moved to the best level line near there."""
    assert micr.box is not None
    lines = thin_lines(mask, scale)
    bands = []
    for above in LIMITS.above_micr_mm:
        row = micr.box[1] - int(above * scale)
        near = level_rows(
            mask, scale, (row / scale - 2.5, row / scale + 2.5), int(25 * scale), int(140 * scale), 0.2
        )
        if near:
            row = max(near, key=lambda found: found[1])[0]
            found = extent(lines, scale, row, int(85 * scale), 12.0)
            if found.right - found.left > 60 * scale:
                bands.append(found)
                continue
        bands.append(Band(row, int(LIMITS.rule_mm[0] * scale), int(LIMITS.rule_mm[1] * scale)))
    return bands[0], bands[1], bands[2]


def _expected_box(rules: Rules, scale: float, micr: MicrReading) -> tuple[Box, int]:
    shift = _shift(micr, scale)
    left, right = (int(mm * scale) + shift for mm in LIMITS.box_mm)
    start = left + int(5.8 * scale)
    top, bottom = rules[1].row, rules[2].row
    return (start, top, right - start, bottom - top), left


def _expected_cells(rules: Rules, scale: float, micr: MicrReading) -> tuple[Box, ...]:
    left, width, height = (int(mm * scale) for mm in LIMITS.date_mm)
    top = max(0, rules[0].row - int(LIMITS.date_above_payee_mm * scale))
    return equal_cells((left + _shift(micr, scale), top, width, height))


def _shift(micr: MicrReading, scale: float) -> int:
    """How far right of its usual place the MICR line ends: a picture cut at the left or with a margin."""
    if micr.box is None:
        return 0
    return micr.box[0] + micr.box[2] - int(146.8 * scale)


# --- boxes -------------------------------------------------------------------------------------------------


def _span(left: int, right: int, row: int, above_mm: float, below_mm: float, scale: float) -> Box:
    """From ``above_mm`` above a rule's row to ``below_mm`` below it."""
    top = row - int(above_mm * scale)
    return left, top, max(1, right - left), row + int(below_mm * scale) - top


def _around(boxes: tuple[Box, ...]) -> Box:
    x, y, _, height = boxes[0]
    return x, y, boxes[-1][0] + boxes[-1][2] - x, height


def _clip(box: Box, shape: tuple[int, ...]) -> Box:
    x, y, width, height = box
    left, top = max(0, x), max(0, y)
    return left, top, max(0, min(shape[1], x + width) - left), max(0, min(shape[0], y + height) - top)


def _moved(layout: ChequeLayout, dx: int, dy: int) -> ChequeLayout:
    """The layout of a part of the picture, told on the whole picture."""

    def move(box: Box) -> Box:
        return box[0] + dx, box[1] + dy, box[2], box[3]

    regions = {name: Region(name, r.kind, move(r.box)) for name, r in layout.regions.items()}
    lines = {name: Band(b.row + dy, b.left + dx, b.right + dx) for name, b in layout.lines.items()}
    cells = tuple(move(box) for box in layout.date_cells)
    return ChequeLayout(
        regions,
        layout.labels,
        cells,
        layout.scale,
        lines,
        moved(layout.micr, dx, dy),
        tuple(row + dy for row in layout.other_rules),
    )

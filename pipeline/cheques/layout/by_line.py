"""Where the fields lie on a cheque that is known by its line at the foot, by what its standard keeps to.

The line tells scale and foot. Above it a plan says which rules stand in which order and where they usually do; the ones
that are printed are found near there, the box of the amount at their right, the date over or under it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

import cv2
import numpy as np

from inkfield.pipeline.cheques.currency_sign import find_currency_sign
from inkfield.pipeline.cheques.date_cells import equal_cells
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.layout.measured_paper import MeasuredPaper, pitch_scale
from inkfield.pipeline.cheques.micr.e13b import read_micr
from inkfield.pipeline.cheques.micr.reading import NOTHING, MicrReading
from inkfield.pipeline.cheques.paper.dark_border import paper_box
from inkfield.pipeline.cheques.paper.level_perspective import levelled
from inkfield.pipeline.cheques.paper.printed_lines import (
    Band,
    extent,
    level_rows,
    printed_mask,
    thin_lines,
    upright_lines,
)
from inkfield.pipeline.cheques.standard import Look
from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.records import Region
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Kind
from inkfield.schemas.readings import Box

MM = 25.4


@dataclass(frozen=True)
class ByLineLimits:
    """Where rules, the box of the amount and the date lie on a cheque whose line is read."""

    widths_mm: tuple[float, ...] = limit(
        (175.0, 152.4, 203.0), "mm", "standard",
        "Widths of paper that the line is looked for by: French, personal and business cheques; E-13B is read at any",
    )  # fmt: skip
    sure: float = limit(0.9, "probability", "guess", "Of a line, from which on no other width is tried")
    px_mm: float = limit(11.8, "px/mm", "guess", "Resolution to which a cheque is brought: 300 dpi")
    coarse: float = limit(1.15, "zoom", "guess", "Up to which a picture stays as it is")
    fine: float = limit(0.8, "zoom", "guess", "Down to which a picture stays as it is")
    gap_mm: tuple[float, float] = limit(
        (5.5, 13.0), "mm", "guess", "Between two rules that follow each other"
    )
    off_weight: float = limit(0.02, "per mm", "guess", "That a rule loses away from its usual place")
    uneven_weight: float = limit(0.15, "per mm", "guess", "That rules lose for uneven gaps between them")
    rule_cover: float = limit(0.45, "share", "guess", "Of its length, that a rule is seen")
    box_mm: tuple[float, float] = limit((5.5, 14.5), "mm", "guess", "Height of the box of an amount")
    usual_box_mm: float = limit(8.5, "mm", "guess", "Usual height of that box")
    box_cover: float = limit(0.6, "share", "guess", "Of its length, that a level side of the box is seen")
    side_cover: float = limit(
        0.85, "share", "guess", "Of its height, that an upright side of the box is seen"
    )
    right_side: float = limit(0.3, "score", "guess", "That a box with a right side is ahead of one without")
    height_weight: float = limit(0.1, "per mm", "guess", "That a box loses for another height than usual")
    box_off_weight: float = limit(0.03, "per mm", "guess", "That a box loses away from its usual place")
    entry_mm: tuple[float, float] = limit(
        (36.0, 20.0), "mm", "guess",
        "Captions on the lines end before the first, from the paper's left edge, and begin behind the second, from "
        "the end of the lines: POUNDS, only",
    )  # fmt: skip
    caption_mm: float = limit(
        14.0, "mm", "guess",
        "From the beginning of a line, where a caption may stand",
    )  # fmt: skip
    fewest_letters: int = limit(5, "letters", "guess", "That such a caption has there at least")
    cell_wide_mm: tuple[float, float] = limit((2.8, 7.0), "mm", "guess", "Width of a box of a date")
    cell_high_mm: tuple[float, float] = limit((3.4, 9.0), "mm", "guess", "Height of a box of a date")
    cell_empty: float = limit(0.55, "share", "guess", "Of a box of a date, that is empty paper at least")
    cells_seen: int = limit(6, "boxes", "guess", "Of the eight of a date, that must be seen")
    date_mm: tuple[float, float] = limit((15.0, 75.0), "mm", "guess", "Length of the rule under a date")
    usual_date_mm: float = limit(36.0, "mm", "guess", "Usual length of that rule")
    date_cover: float = limit(0.6, "share", "guess", "Of its length, that this rule is seen")
    date_off_weight: float = limit(
        0.03, "per mm", "guess",
        "That this rule loses away from its usual place",
    )  # fmt: skip
    date_length_weight: float = limit(
        0.004, "per mm", "guess", "That this rule loses for another length than usual"
    )
    writing_high_mm: float = limit(8.5, "mm", "guess", "How far above the highest rule writing reaches")
    line_gap_mm: float = limit(0.7, "mm", "guess", "That the room over a rule keeps from the rule above")
    tails_mm: float = limit(2.4, "mm", "guess", "How far under its rule writing reaches")
    date_reach_mm: tuple[float, float] = limit(
        (7.5, 2.2), "mm", "guess",
        "How far above and under its rule a date reaches",
    )  # fmt: skip
    rules_off_mm: float = limit(
        11.0, "mm", "guess",
        "By which rules lie above or under their usual places at most",
    )  # fmt: skip
    clear_mm: float = limit(8.0, "mm", "guess", "Over the line at the foot, where no rule is")
    rules_seen: tuple[float, float] = limit(
        (0.22, 0.6), "share", "guess",
        "Of the paper's width, between which rules are looked for",
    )  # fmt: skip
    broken_mm: float = limit(8.0, "mm", "guess", "Of writing over a rule, that does not end it")
    rules_reach: tuple[float, float, float] = limit(
        (0.3, 0.5, 0.4), "share", "guess",
        "Of the paper's width: where a rule begins and ends at the latest and at the earliest, and where it surely is",
    )  # fmt: skip
    caption_reach_mm: tuple[float, float] = limit(
        (3.0, 0.5), "mm", "guess",
        "Above and under a rule, where its caption is looked for",
    )  # fmt: skip
    letters_mm: tuple[float, float] = limit((0.8, 2.4), "mm", "guess", "Height of a caption's letters")
    feet_mm: float = limit(0.4, "mm", "guess", "By which the feet of a caption's letters stray")
    sign_mm: float = limit(
        8.0, "mm", "guess",
        "Before and in the box, where the currency sign is looked for",
    )  # fmt: skip
    no_box_mm: float = limit(9.0, "mm", "guess", "Height of the place of figures without a box")
    no_box_at: tuple[float, float, float] = limit(
        (0.6, 0.7, 0.9), "share", "guess",
        "Of the paper's width, without a box: where the currency sign may begin, where figures begin, where the sign "
        "is no more",
    )  # fmt: skip
    frame_mm: float = limit(0.5, "mm", "guess", "Of the frame of a box, beside which writing is looked for")
    before_box_mm: float = limit(0.6, "mm", "guess", "Before the box or its sign, where the lines end")
    edge_mm: float = limit(3.0, "mm", "guess", "From the paper's right edge, where nothing is written")
    box_off_mm: tuple[float, float] = limit(
        (13.0, 11.0), "mm", "guess",
        "Above the first rule and under the last, where the amount's box may lie",
    )  # fmt: skip
    box_anywhere_mm: tuple[float, float] = limit(
        (2.0, 18.0), "mm", "guess",
        "From the upper edge and over the line at the foot, where a box is looked for whose place is not known",
    )  # fmt: skip
    box_seen: tuple[float, float, float] = limit(
        (0.8, 0.92, 0.86), "share", "guess",
        "Of the paper's width: between which the level sides of the box are seen, and where they surely are",
    )  # fmt: skip
    box_gap_mm: float = limit(0.9, "mm", "guess", "Of a gap in a side of the box, that does not end it")
    corner_mm: float = limit(1.0, "mm", "guess", "By which the sides of a box miss each other")
    box_left: tuple[float, float] = limit(
        (0.58, 0.84), "share", "guess",
        "Of the paper's width, between which the box begins",
    )  # fmt: skip
    cells_from: float = limit(
        0.5, "share", "guess",
        "Of the paper's width, from which on the boxes of a date are looked for",
    )  # fmt: skip
    cells_alike_mm: float = limit(
        1.2, "mm", "guess",
        "By which the boxes of a date differ in place and height",
    )  # fmt: skip
    head_mm: float = limit(5.0, "mm", "guess", "Under the upper edge, where no date stands")
    date_apart_mm: float = limit(3.0, "mm", "guess", "Between the rule of a date and what lies next to it")
    date_foot_mm: tuple[float, float] = limit(
        (11.0, 13.0), "mm", "guess",
        "Over the line at the foot, where no date stands: anywhere, and under the box",
    )  # fmt: skip
    usual_date: float = limit(
        0.25, "share", "guess",
        "Of the paper's height, where a date over the box usually stands",
    )  # fmt: skip
    usual_date_below_mm: float = limit(
        8.0, "mm", "guess",
        "Under the box, where a date usually stands there",
    )  # fmt: skip
    date_from: tuple[float, float, float, float, float] = limit(
        (0.56, 0.64, 0.72, 0.8, 0.86), "share", "guess",
        "Of the paper's width, at which the rule of a date is looked for",
    )  # fmt: skip
    date_seen: float = limit(0.08, "share", "guess", "Of the paper's width, over which that rule is seen")
    date_gap_mm: float = limit(3.0, "mm", "guess", "Of writing over that rule, that does not end it")
    no_date_from: float = limit(
        0.62, "share", "guess",
        "Of the paper's width, where a date begins of which no rule is seen",
    )  # fmt: skip
    date_over_mm: tuple[float, float] = limit(
        (2.0, 8.0), "mm", "guess",
        "That is left to the paper's edge, and by which a date runs beyond its rule",
    )  # fmt: skip
    signature_from: float = limit(0.55, "share", "guess", "Of the paper's width, where a signature begins")
    signature_mm: tuple[float, float] = limit(
        (2.5, 1.5), "mm", "guess",
        "That a signature keeps from the last rule and from the line at the foot",
    )  # fmt: skip


LIMITS = ByLineLimits()

DatePlace = Literal["above", "below", "anywhere"]


@dataclass(frozen=True)
class Plan:
    """What a standard says of places.

    ``rules`` from top to bottom: the region that stands on each, and its usual height as a share of the way from the
    paper's upper edge to the line at the foot. ``box``: the same for the middle of the amount's box. ``date``: over the
    amount's box, under it, or not known. ``signs``: of the currency. ``captioned``: the rules before which a caption
    may stand.
    """

    rules: tuple[tuple[str, float], ...]
    box: float
    date: DatePlace
    signs: str
    captioned: frozenset[str] = frozenset({"payee"})


@dataclass(frozen=True)
class _Paper(MeasuredPaper):
    """The same with the picture, grey uint8."""

    grey: np.ndarray

    def mm(self, length: float) -> int:
        return round(length * self.scale)


def read_line(grey: np.ndarray) -> MicrReading:
    """The line at the foot of a picture that a cheque of any width fills, in either font."""
    best = NOTHING
    for width in LIMITS.widths_mm:
        found = read_micr(grey, grey.shape[1] / width * MM)
        if (len(found.symbols) * found.confidence) > len(best.symbols) * best.confidence:
            best = found
        if best.confidence > LIMITS.sure or (best.text and best.font == "E-13B"):
            break
    return best


def look_by_line(image: np.ndarray, larger: bool, plan: Plan) -> Look:
    """A picture (BGR or grey uint8) that a cheque fills, level and at 300 dpi, with its line and the fields above it.

    ``layout`` is None where no line is read. Of a picture that is ``larger`` the line tells the cheque's foot, not its
    head.
    """
    first = read_line(to_grey(image))
    zoom = LIMITS.px_mm / pitch_scale(first, image.shape[1] / LIMITS.widths_mm[0])
    zoom = 1.0 if LIMITS.fine < zoom < LIMITS.coarse else zoom
    level, to_level = levelled(image, zoom)
    grey = to_grey(level)
    micr = read_line(grey)
    if micr.box is None:
        return Look(level, to_level, micr, None)
    return Look(level, to_level, micr, _fields(_measure(grey, micr), micr, plan))


def _measure(grey: np.ndarray, micr: MicrReading) -> _Paper:
    left, top, width, height = paper_box(grey)
    scale = pitch_scale(micr, width / LIMITS.widths_mm[0])
    mask = printed_mask(grey, scale)
    foot = micr.box[1] if micr.box else top + height
    return _Paper(mask, thin_lines(mask, scale), scale, left, top, left + width, foot, grey)


def _fields(paper: _Paper, micr: MicrReading, plan: Plan) -> ChequeLayout:
    rows = _rule_rows(paper, plan)
    box, before = _amount(paper, rows, plan)
    lines = {}
    for (name, _), row in zip(plan.rules, rows, strict=True):
        lines[name] = _run(paper, row, before)
    cells = _date_cells(paper, box, plan)
    date = None if cells else _date_rule(paper, box, rows, plan)
    last = max(max(rows), box[1] + box[3], date.row if date and plan.date == "below" else 0)
    regions: dict[str, tuple[Kind, Box]] = {}
    above = {name: paper.mm(LIMITS.writing_high_mm) for name in lines}
    for upper, lower in pairwise(lines):
        above[lower] = lines[lower].row - lines[upper].row - paper.mm(LIMITS.line_gap_mm)
    for name, band in lines.items():
        kind: Kind = "name" if name == "payee" else "amount_words"
        regions[name] = (kind, _over(band, above[name], paper.mm(LIMITS.tails_mm), paper))
    regions["courtesy_amount"] = ("amount", box)
    if cells:
        regions["date"] = ("date", _around(cells))
    elif date is not None:
        high, low = map(paper.mm, LIMITS.date_reach_mm)
        regions["date"] = ("date", _over(date, high, low, paper))
    regions["signature"] = ("signature", _signature(paper, last))
    if micr.box is not None:
        regions["micr"] = ("micr", micr.box)
    clipped = {name: Region(name, kind, _clip(region, paper)) for name, (kind, region) in regions.items()}
    others = () if date is None else (date.row,)
    captioned = frozenset(
        name for name in plan.captioned if name == "payee" or _print_before(paper, lines[name])
    )
    end = min(band.right for band in lines.values()) / paper.scale
    return ChequeLayout(
        clipped, {}, cells, paper.scale, lines, micr, others,
        captioned=captioned, bare=frozenset(lines) - captioned,
        raised=plan.captioned - {"payee"}, entry_mm=(LIMITS.entry_mm[0], end - LIMITS.entry_mm[1]),
    )  # fmt: skip


def _rule_rows(paper: _Paper, plan: Plan) -> tuple[int, ...]:
    """The rows of the plan's rules: as many long level lines in even steps, near their usual heights."""
    usual = [paper.height(share) for _, share in plan.rules]
    between = (
        min(usual) / paper.scale - LIMITS.rules_off_mm,
        min(max(usual) / paper.scale + LIMITS.rules_off_mm, paper.foot / paper.scale - LIMITS.clear_mm),
    )
    left, right = map(paper.across, LIMITS.rules_seen)
    found = level_rows(paper.mask, paper.scale, between, left, right, LIMITS.rule_cover)
    best: tuple[float, tuple[int, ...]] | None = None
    for some in combinations(found, len(usual)):
        rows = tuple(row for row, _ in some)
        gaps = [(b - a) / paper.scale for a, b in pairwise(rows)]
        if not all(LIMITS.gap_mm[0] <= gap <= LIMITS.gap_mm[1] for gap in gaps):
            continue
        off = sum(abs(row - at) for row, at in zip(rows, usual, strict=True)) / paper.scale
        uneven = max(gaps) - min(gaps) if gaps else 0.0
        score = sum(cover for _, cover in some) - LIMITS.off_weight * off - LIMITS.uneven_weight * uneven
        if best is None or score > best[0]:
            best = (score, rows)
    return best[1] if best else tuple(usual)


def _run(paper: _Paper, row: int, before: int) -> Band:
    """From where to where a rule runs, over writing that breaks it; never into the amount's box nor beyond it."""
    band = extent(paper.lines, paper.scale, row, paper.across(LIMITS.rules_reach[2]), LIMITS.broken_mm)
    left, right, _ = map(paper.across, LIMITS.rules_reach)
    return Band(row, max(paper.left, min(band.left, left)), min(max(band.right, right), before))


def _print_before(paper: _Paper, band: Band) -> bool:
    """Whether a caption stands at the beginning of a line: letters as low as print whose feet are on one row. Writing
    stands a little over its rule."""
    above, below = map(paper.mm, LIMITS.caption_reach_mm)
    top, foot = band.row - above, band.row + below
    part = paper.mask[top:foot, band.left : band.left + paper.mm(LIMITS.caption_mm)]
    _, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    height, feet = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_TOP] + stats[1:, cv2.CC_STAT_HEIGHT]
    printed = (height > paper.mm(LIMITS.letters_mm[0])) & (height < paper.mm(LIMITS.letters_mm[1]))
    printed &= np.abs(feet - (band.row - top)) <= paper.mm(LIMITS.feet_mm)
    return int(printed.sum()) >= LIMITS.fewest_letters


def _amount(paper: _Paper, rows: tuple[int, ...], plan: Plan) -> tuple[Box, int]:
    """Where the figures stand, behind the currency sign; and the column before which the lines end."""
    box = _amount_box(paper, rows, plan)
    if box is not None:
        x, y, width, height = box
        sign_wide = paper.mm(LIMITS.sign_mm)
        areas = [
            (x - sign_wide, y - paper.mm(1), sign_wide + paper.mm(0.5), height + paper.mm(2)),
            (x, y, sign_wide, height),
        ]
    else:
        middle = paper.height(plan.box)
        height = paper.mm(LIMITS.no_box_mm)
        x, y = paper.across(LIMITS.no_box_at[1]), middle - height // 2
        width = paper.right - paper.mm(LIMITS.edge_mm) - x
        sign_from = paper.across(LIMITS.no_box_at[0])
        wide = paper.across(LIMITS.no_box_at[2]) - sign_from
        areas = [(sign_from, y - paper.mm(3), wide, height + paper.mm(6))]
    found = (find_currency_sign(paper.grey, area, paper.scale, plan.signs) for area in areas)
    sign = next((sign for sign in found if sign is not None), None)
    if sign is None:
        return (x + paper.mm(LIMITS.frame_mm), y, width - paper.mm(0.8), height), x - paper.mm(
            LIMITS.before_box_mm
        )
    left, top, wide, high = sign
    if box is None:
        y = top + high // 2 - height // 2
    start = left + wide + paper.mm(0.4) if left + wide > x or box is None else x + paper.mm(LIMITS.frame_mm)
    before = min(x, left) if box is not None else left
    return (start, y, x + width - paper.mm(0.3) - start, height), before - paper.mm(LIMITS.before_box_mm)


def _amount_box(paper: _Paper, rows: tuple[int, ...], plan: Plan) -> Box | None:
    """The box with an upright side at its left that lies at the right end of the rules."""
    usual = paper.height(plan.box)
    between = (min(rows) / paper.scale - LIMITS.box_off_mm[0], max(rows) / paper.scale + LIMITS.box_off_mm[1])
    if plan.date == "anywhere":
        between = (
            paper.top / paper.scale + LIMITS.box_anywhere_mm[0],
            paper.foot / paper.scale - LIMITS.box_anywhere_mm[1],
        )
    level = level_rows(
        paper.mask,
        paper.scale,
        between,
        paper.across(LIMITS.box_seen[0]),
        paper.across(LIMITS.box_seen[1]),
        LIMITS.box_cover,
    )
    best: tuple[float, Box] | None = None
    for (top, cover_1), (bottom, cover_2) in combinations(level, 2):
        high = (bottom - top) / paper.scale
        if not LIMITS.box_mm[0] <= high <= LIMITS.box_mm[1]:
            continue
        sides = upright_lines(paper.mask, paper.scale, top, bottom, LIMITS.side_cover)
        ends = [
            extent(paper.lines, paper.scale, row, paper.across(LIMITS.box_seen[2]), LIMITS.box_gap_mm)
            for row in (top, bottom)
        ]
        left = _side([band.left for band in ends], sides, paper.mm(LIMITS.corner_mm))
        right = _side([band.right for band in ends], sides, paper.mm(LIMITS.corner_mm))
        if left is None or not paper.across(LIMITS.box_left[0]) < left < paper.across(LIMITS.box_left[1]):
            continue
        off = abs((top + bottom) / 2 - usual) / paper.scale
        score = cover_1 + cover_2 + LIMITS.right_side * (right is not None)
        score = score - LIMITS.height_weight * abs(high - LIMITS.usual_box_mm) - LIMITS.box_off_weight * off
        if best is None or score > best[0]:
            right = right or paper.right - paper.mm(LIMITS.edge_mm)
            best = (score, (left, top, right - left, bottom - top))
    return best[1] if best else None


def _side(ends: list[int], uprights: list[int], near: int) -> int | None:
    """The side of a box: where an upright line stands at an end of its level lines, or where both of them end."""
    at_end = [v for v in uprights if min(abs(v - end) for end in ends) <= near]
    if at_end:
        return at_end[0]
    return ends[0] if abs(ends[0] - ends[1]) <= near else None


def _date_cells(paper: _Paper, box: Box, plan: Plan) -> tuple[Box, ...]:
    """The eight boxes of a date that is written in boxes, from left to right; none where there are none."""
    low = box[1] if plan.date == "above" else paper.foot
    high = box[1] + box[3] if plan.date == "below" else paper.top
    part = (
        slice(max(0, high), max(0, low - paper.mm(1))),
        slice(paper.across(LIMITS.cells_from), paper.right),
    )
    closed = cv2.morphologyEx(paper.mask[part], cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats((closed == 0).astype(np.uint8), connectivity=4)
    holes = []
    for x, y, width, height, area in stats[1:count]:
        wide, tall = width / paper.scale, height / paper.scale
        fits = LIMITS.cell_wide_mm[0] <= wide <= LIMITS.cell_wide_mm[1]
        fits = fits and LIMITS.cell_high_mm[0] <= tall <= LIMITS.cell_high_mm[1]
        if fits and area > LIMITS.cell_empty * width * height:
            holes.append((int(x) + part[1].start, int(y) + part[0].start, int(width), int(height)))
    alike = paper.mm(LIMITS.cells_alike_mm)
    best: list[Box] = []
    for _, y, _, height in holes:
        row = sorted(h for h in holes if abs(h[1] - y) < alike and abs(h[3] - height) < alike)
        if len(row) > len(best):
            best = row
    return tuple(best) if len(best) == 8 else _even_cells(paper, best)


def _even_cells(paper: _Paper, some: list[Box]) -> tuple[Box, ...]:
    """Eight equal cells, of which a digit's strokes have hidden one or two that lie between others."""
    if len(some) < LIMITS.cells_seen:
        return ()
    pitch = float(np.percentile(np.diff([x for x, *_ in some]), 20))
    cells = round((some[-1][0] - some[0][0]) / pitch) + 1
    if cells != 8:
        return ()
    x, y, width, height = some[0]
    return equal_cells((x, y, round(7 * pitch) + width, height), 8)


def _date_rule(paper: _Paper, box: Box, rows: tuple[int, ...], plan: Plan) -> Band:
    """The rule under the date: a short one over the amount's box or under it; its usual place where none is seen."""
    if plan.date == "above":
        between = (
            paper.top + paper.mm(LIMITS.head_mm),
            min(box[1], rows[0]) - paper.mm(LIMITS.date_apart_mm),
        )
        usual = paper.height(LIMITS.usual_date)
    elif plan.date == "anywhere":
        between = (paper.top + paper.mm(LIMITS.head_mm), paper.foot - paper.mm(LIMITS.date_foot_mm[0]))
        usual = max(rows)
    else:
        between = (
            max(box[1] + box[3], rows[-2] if len(rows) > 1 else rows[0]) + paper.mm(LIMITS.date_apart_mm),
            paper.foot - paper.mm(LIMITS.date_foot_mm[1]),
        )
        usual = box[1] + box[3] + paper.mm(LIMITS.usual_date_below_mm)
    best: tuple[float, Band] | None = None
    for left in LIMITS.date_from:
        spans = (between[0] / paper.scale, between[1] / paper.scale)
        for row, cover in level_rows(
            paper.lines,
            paper.scale,
            spans,
            paper.across(left),
            paper.across(left + LIMITS.date_seen),
            LIMITS.date_cover,
        ):
            band = extent(
                paper.lines, paper.scale, row, paper.across(left + LIMITS.date_seen / 2), LIMITS.date_gap_mm
            )
            length = (band.right - band.left) / paper.scale
            score = cover - LIMITS.date_off_weight * abs(row - usual) / paper.scale
            score = score - LIMITS.date_length_weight * abs(length - LIMITS.usual_date_mm)
            if LIMITS.date_mm[0] <= length <= LIMITS.date_mm[1] and (best is None or score > best[0]):
                best = (score, band)
    if best is None:
        return Band(usual, paper.across(LIMITS.no_date_from), paper.right - paper.mm(LIMITS.edge_mm))
    band = best[1]
    return Band(
        band.row,
        band.left,
        min(paper.right - paper.mm(LIMITS.date_over_mm[0]), band.right + paper.mm(LIMITS.date_over_mm[1])),
    )


def _signature(paper: _Paper, last: int) -> Box:
    top, left = last + paper.mm(LIMITS.signature_mm[0]), paper.across(LIMITS.signature_from)
    return (
        left,
        top,
        paper.right - paper.mm(LIMITS.edge_mm) - left,
        paper.foot - paper.mm(LIMITS.signature_mm[1]) - top,
    )


def _over(band: Band, above: int, below: int, paper: _Paper) -> Box:
    left = band.left - paper.mm(LIMITS.frame_mm)
    return left, band.row - above, band.right - left, above + below


def _around(cells: tuple[Box, ...]) -> Box:
    left, top = min(c[0] for c in cells), min(c[1] for c in cells)
    right, bottom = max(c[0] + c[2] for c in cells), max(c[1] + c[3] for c in cells)
    return left, top, right - left, bottom - top


def _clip(box: Box, paper: _Paper) -> Box:
    x, y, width, height = box
    left, top = max(0, x), max(0, y)
    bottom = min(paper.foot - paper.mm(0.4), y + height) if y < paper.foot else y + height
    right = min(paper.grey.shape[1], x + width)
    return left, top, max(1, right - left), max(1, bottom - top)

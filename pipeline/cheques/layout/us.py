"""Where the fields of a US cheque lie, on any bank's paper.

There is no template per bank. What every printer keeps to (ANSI X9.100-160 for the foot, custom for the rest): the
MICR line at the foot, whose pitch tells the scale; above it the rules of memo and signature; the rule of the words,
which DOLLARS ends; over it the payee's rule, with the dollar sign and the amount to its right; the date's rule at the
upper right, and over that the cheque's number. Rules that are too faint to be seen are taken where the writing
stands, or else at their usual height.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.currency_sign import find_currency_sign
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.layout.measured_paper import MeasuredPaper, pitch_scale
from inkfield.pipeline.cheques.micr.e13b import read_micr
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.pipeline.cheques.micr.us_line import is_us_micr
from inkfield.pipeline.cheques.paper.dark_border import paper_box
from inkfield.pipeline.cheques.paper.printed_lines import (
    Band,
    extent,
    level_rows,
    pieces,
    printed_mask,
    thin_lines,
    upright_lines,
    upright_profile,
)
from inkfield.pipeline.image.geometry import crop
from inkfield.pipeline.records import Region
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box

MM = 25.4


@dataclass(frozen=True)
class UsLayoutLimits:
    """Where the fields of a US cheque are, and from when they are found."""

    widths_inch: tuple[float, float] = limit(
        (6.0, 8.25), "inch", "standard", "Personal cheques, and business cheques (8 to 8.5 inches)"
    )
    payee: float = limit(
        0.49,
        "share",
        "dev cheques",
        "Usual height of the payee's rule: of the way from the paper's upper edge to the MICR line",
    )
    words: float = limit(0.625, "share", "dev cheques", "Usual height of the words' rule, the same")
    date: float = limit(0.315, "share", "dev cheques", "Usual height of the date's rule, the same")
    first_entry_mm: float = limit(
        24.0, "mm", "rendered", "From the paper's left edge, before which no entry begins on the payee's rule"
    )
    gap_mm: tuple[float, float] = limit(
        (5.5, 14.0), "mm", "dev cheques", "Between the payee's rule and that of the words"
    )
    sure_line: float = limit(
        0.9, "probability", "guess", "Of a line, from which the width of a business cheque is not tried"
    )
    business: float = limit(
        2.33, "ratio", "guess", "Of width to height, from which a cheque is a business cheque"
    )
    off_weight: float = limit(0.02, "share", "guess", "Of coverage, for each mm off the usual places")
    lowest_letter_mm: float = limit(1.3, "mm", "guess", "Of the caption before the payee")
    highest_letter_mm: float = limit(3.8, "mm", "guess", "Of the caption before the payee")
    widest_letter_mm: float = limit(4.5, "mm", "guess", "Of the caption before the payee")
    letter_gap_mm: float = limit(1.3, "mm", "guess", "Between two letters of a caption")
    uneven: float = limit(0.13, "share", "guess", "Of their height, by which letters of a caption differ")
    off_line_mm: float = limit(0.25, "mm", "guess", "By which letters of a caption stand off their line")
    fewest_letters: int = limit(4, "letters", "guess", "Of a caption")
    caption_mm: float = limit(4.0, "mm", "guess", "From the first to the last letter of a caption at least")
    date_off_weight: float = limit(
        0.03, "share", "guess", "Of coverage, for each mm off the date's usual height"
    )
    date_length_weight: float = limit(
        0.004, "share", "guess", "Of coverage, for each mm by which the date's rule is longer or shorter"
    )
    date_mm: float = limit(34.0, "mm", "guess", "Usual length of the date's rule")
    date_lengths_mm: tuple[float, float] = limit((17.0, 62.0), "mm", "guess", "Of the date's rule")
    date_label_mm: float = limit(
        9.0, "mm", "dev cheques", "From the date's rule, that a label before it begins"
    )
    date_high_mm: float = limit(6.0, "mm", "guess", "Over its rule, that a date reaches")
    date_foot_mm: float = limit(0.8, "mm", "guess", "Over the middle of its rule, from where ink is a date's")
    date_near_mm: float = limit(
        0.5, "mm", "guess", "Both ways from the end of a rule, that a figure runs across it"
    )
    date_least_mm: float = limit(4.0, "mm", "guess", "Of ink along a rule that a date stands on")
    date_gap_mm: float = limit(
        8.0, "mm", "guess", "Between two parts of a date, and to the seen end of a rule"
    )
    rule_gap_mm: float = limit(
        7.0, "mm", "rendered", "In the date's rule or the memo's, that a letter which reaches below it leaves"
    )
    box_side_mm: float = limit(5.5, "mm", "guess", "Least height of the box of the figures")
    box_corner_mm: float = limit(1.2, "mm", "guess", "From the end of its head, within which its side is")
    box_side_share: float = limit(0.8, "share", "guess", "Of that height that a side is seen")


LIMITS = UsLayoutLimits()


def read_us_micr(grey: np.ndarray) -> MicrReading:
    """The line at the foot of a picture that a personal or a business cheque fills."""
    best = MicrReading("", (), 0.0, None)
    for inches in LIMITS.widths_inch:
        found = read_micr(grey, grey.shape[1] / inches)
        if (is_us_micr(found), len(found.symbols), found.confidence) > (
            is_us_micr(best), len(best.symbols), best.confidence
        ):  # fmt: skip
            best = found
        if is_us_micr(best) and best.confidence > LIMITS.sure_line:
            break
    return best


def find_us_fields(grey: np.ndarray, micr: MicrReading) -> ChequeLayout | None:
    """Finds the fields on an upright, level US cheque that fills the picture (grey uint8, some 1600 px wide,
    halftone screens blurred away: every row of them would be a dotted line).

    ``micr`` is `read_us_micr`'s. None when it is no such cheque: no MICR line of that structure, nor the rules of
    payee and words with a dollar sign between.
    """
    paper = _measure(grey, micr)
    payee, words = _two_rules(paper)
    seen = payee is not None and words is not None
    if not is_us_micr(micr) and not seen:
        return None
    payee, words = _settled(paper, grey, payee, words)
    sign = find_currency_sign(grey, _sign_area(paper, payee), paper.scale)
    if not is_us_micr(micr) and (sign is None or micr.text.count("C") >= 3):
        return None
    words = Band(words.row, words.left, min(words.right, _printed_word(paper, grey, words.row)))
    if sign is not None:
        payee = Band(payee.row, payee.left, min(payee.right, sign[0] - round(0.8 * paper.scale)))
    memo, signature = _low_rules(paper, words)
    date, before_date = _date_line(paper, grey, payee)
    regions = {
        "payee": ("name", _above(payee.left, payee.right, payee.row, 9.0, 2.6, paper)),
        "legal_amount_1": ("amount_words", _above(words.left, words.right, words.row,
                           min(9.5, (words.row - payee.row) / paper.scale - 0.6), 2.6, paper)),
        "courtesy_amount": ("amount", _amount_box(paper, payee, words, sign)),
        "date": ("date", _above(date.left, date.right, date.row, 8.0, 2.4, paper)),
        "check_number": ("code", _number_box(paper, date)),
        "memo": ("text", _above(memo.left, memo.right, memo.row, 8.5, 2.2, paper)),
        "signature": ("signature", _above(signature.left, signature.right, signature.row, 15.0, 1.5, paper)),
    }  # fmt: skip
    if micr.box is not None:
        regions["micr"] = ("micr", micr.box)
    # DOLLARS stands behind the rule of the words, or above its end.
    over = 24.0 if words.right > paper.across(0.82) else 0.0
    labels = {
        "payee": (16.0, 0.0),
        "date": (before_date, 0.0),
        "memo": (10.0, 0.0),
        "legal_amount_1": (0.0, over),
    }
    lines = {"payee": payee, "legal_amount_1": words, "memo": memo}
    return ChequeLayout(
        {name: Region(name, kind, _clip(box, grey.shape, paper)) for name, (kind, box) in regions.items()},
        labels, (), paper.scale, lines, micr, (date.row, signature.row), small_print=True,
        raised=frozenset({"payee"}),
    )  # fmt: skip


def _measure(grey: np.ndarray, micr: MicrReading) -> MeasuredPaper:
    left, top, width, height = paper_box(grey)
    usual = LIMITS.widths_inch[0] if width / max(1, height) < LIMITS.business else LIMITS.widths_inch[1]
    scale = width / (usual * MM)
    if micr.box is not None:
        scale = pitch_scale(micr, scale)
    foot = micr.box[1] if micr.box is not None else round(top + height - 9.5 * scale)
    mask = printed_mask(grey, scale)
    return MeasuredPaper(mask, thin_lines(mask, scale), scale, left, top, left + width, foot)


def _rows(
    paper: MeasuredPaper, low: float, high: float, left: float, right: float, least: float
) -> list[tuple[int, float]]:
    """Level lines between two shares of the height that cover ``least`` of the width between two shares."""
    between = paper.height(low) / paper.scale, paper.height(high) / paper.scale
    return level_rows(paper.mask, paper.scale, between, paper.across(left), paper.across(right), least)


def _two_rules(paper: MeasuredPaper) -> tuple[Band | None, Band | None]:
    """The payee's rule and that of the words, each where it is seen."""
    rows = _rows(paper, 0.3, 0.8, 0.2, 0.62, 0.45)
    best, found = 0.0, None
    for i, (upper, cover_1) in enumerate(rows):
        for lower, cover_2 in rows[i + 1 :]:
            gap = (lower - upper) / paper.scale
            off = abs(upper - paper.height(LIMITS.payee)) + abs(lower - paper.height(LIMITS.words))
            score = cover_1 + cover_2 - LIMITS.off_weight * off / paper.scale
            if LIMITS.gap_mm[0] <= gap <= LIMITS.gap_mm[1] and score > best:
                best, found = score, (upper, lower)
    if found is None:
        return None, None
    seed = paper.across(0.4)
    payee, words = (_run(paper, row, seed) for row in found)
    return payee, words


def _run(paper: MeasuredPaper, row: int, seed: int) -> Band:
    """From where to where a rule runs: to the left over all writing that breaks it, to the right only to its end."""
    left = extent(paper.lines, paper.scale, row, seed, 10.0).left
    right = seed
    # Writing may hide the rule for a while; what is printed behind its end are letters: short pieces.
    for piece in pieces(paper.lines, paper.scale, row, 1.2):
        if piece.left < right + 22 * paper.scale and piece.right - piece.left > 5 * paper.scale:
            right = max(right, piece.right)
    return Band(row, left, right)


def _settled(
    paper: MeasuredPaper, grey: np.ndarray, payee: Band | None, words: Band | None
) -> tuple[Band, Band]:
    """Both rules: as seen, or where writing stands near their usual height. Their ends are kept to what is usual."""
    usual = paper.height(LIMITS.payee), paper.height(LIMITS.words)
    rows = [band.row if band else None for band in (payee, words)]
    if payee is None or words is None:
        rows = list(_feet(grey, paper, usual))
    left, right = paper.across(0.12), paper.across(0.74)
    first = payee or Band(rows[0] or usual[0], left, right)
    second = words or Band(rows[1] or usual[1], paper.across(0.045), paper.across(0.76))
    first_entry = paper.left + round(LIMITS.first_entry_mm * paper.scale)
    return (
        # Writing may hide the beginning of a rule; a label that comes with it is told by its look.
        Band(first.row, min(first.left, first_entry), max(first.right, paper.across(0.55))),
        # Whatever is seen of it, the words begin at the left margin.
        Band(second.row, min(second.left, paper.across(0.05)), max(second.right, paper.across(0.62))),
    )


def _printed_word(paper: MeasuredPaper, grey: np.ndarray, row: int) -> int:
    """Left edge of the last printed word (DOLLARS) on a rule; the paper's edge without one."""
    left, top = paper.across(0.5), row - round(5 * paper.scale)
    box = (left, top, paper.right - left, row + round(2.5 * paper.scale) - top)
    printed = _printed_words(paper, grey, box)
    return printed[-1][0] - round(0.6 * paper.scale) if printed else paper.right


def _printed_words(paper: MeasuredPaper, grey: np.ndarray, box: Box) -> list[tuple[int, int]]:
    """From where to where each printed word in a part of the paper runs, from left to right.

    Printed capitals are as high as each other and stand on one line. Some hands write so as well (seven): whether a
    word is print its look tells.
    """
    # Here and not above: it brings torch, which what only lists the standards has no need of.
    from inkfield.pipeline.cheques.printed_captions import written_score

    part = np.ascontiguousarray(crop(paper.mask, box))
    count, names, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    runs = _level_runs(stats, paper.scale)
    if not runs:
        return []
    ink = np.where(part > 0, crop(grey, box), 255).astype(np.uint8)
    look = written_score(ink, names, count, paper.scale)
    ends = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    return [
        (box[0] + int(stats[run, cv2.CC_STAT_LEFT].min()), box[0] + int(ends[run].max()))
        for run in runs
        if float(np.median(look[run])) < 0
    ]


def _level_runs(stats: np.ndarray, scale: float) -> list[np.ndarray]:
    """The runs of components of one height on one line, from left to right, that are long enough for a caption: their
    numbers. ``stats`` are OpenCV's, the background first."""
    x, y, width, height = stats[:, :4].T
    keep = (
        (height > LIMITS.lowest_letter_mm * scale)
        & (height < LIMITS.highest_letter_mm * scale)
        & (width < LIMITS.widest_letter_mm * scale)
    )
    keep[0] = False
    runs: list[list[int]] = []
    for i in np.flatnonzero(keep)[np.argsort(x[keep], kind="stable")]:
        word = runs[-1] if runs else []
        if (
            not word
            or x[i] - (x[word] + width[word]).max() > LIMITS.letter_gap_mm * scale
            or abs(int(height[i]) - float(np.median(height[word]))) > LIMITS.uneven * height[i] + 1
            or abs(int(y[i] + height[i]) - float(np.median((y + height)[word]))) > LIMITS.off_line_mm * scale
        ):
            runs.append([])
        runs[-1].append(int(i))
    return [
        np.array(word)
        for word in runs
        if len(word) >= LIMITS.fewest_letters and np.ptp(x[word]) > LIMITS.caption_mm * scale
    ]


def _feet(grey: np.ndarray, paper: MeasuredPaper, usual: tuple[int, int]) -> tuple[int, int]:
    """Rows on which the writing of payee and words stands: where the ink of a line ends, near the usual rows.

    Of all pairs of such rows that are a usual distance apart the one with the most ink above its rows counts.
    """
    part = paper.mask[:, paper.across(0.16) : paper.across(0.6)]
    profile = np.convolve(part.sum(1), np.ones(3) / 3, "same")
    body, below = round(2.5 * paper.scale), round(1.5 * paper.scale)
    total = np.concatenate([[0], np.cumsum(profile)])

    def mean(first: np.ndarray, count: int) -> np.ndarray:
        first = np.clip(first, 0, len(profile) - count)
        return (total[first + count] - total[first]) / count

    rows = np.arange(len(profile))
    step = mean(rows - body, body) - mean(rows, below)
    reach = round(5.0 * paper.scale)
    best = (-1.0, usual)
    for upper in range(max(0, usual[0] - reach), usual[0] + reach):
        low, high = upper + round(6.5 * paper.scale), upper + round(11.5 * paper.scale)
        if high >= len(step) or upper >= len(step):
            continue
        lower = low + int(step[low:high].argmax())
        score = float(step[upper] + step[lower])
        if score > best[0]:
            best = (score, (upper, lower))
    return best[1]


def _sign_area(paper: MeasuredPaper, payee: Band) -> Box:
    """Where the dollar sign is looked for: about the height of the payee's line, to the right."""
    left = max(paper.across(0.6), payee.right - round(2 * paper.scale))
    top = payee.row - round(9 * paper.scale)
    return left, top, paper.across(0.9) - left, round(13 * paper.scale)


def _amount_box(paper: MeasuredPaper, payee: Band, words: Band, sign: Box | None) -> Box:
    """Where the figures stand: behind the dollar sign, in their box where one is printed."""
    scale = paper.scale
    if sign is not None:
        left, middle = sign[0] + sign[2] + round(0.3 * scale), sign[1] + sign[3] // 2
    else:
        left, middle = payee.right + round(1.0 * scale), payee.row - round(2.5 * scale)
    # Next to the last word of the line below, which may be DOLLARS, figures do not reach farther down.
    top, bottom = (
        middle - round(6.5 * scale),
        min(middle + round(5.5 * scale), words.row - round(1.5 * scale)),
    )
    right = paper.right - round(2.0 * scale)
    # No figure is as high as a side of the box.
    sides = upright_lines(
        paper.mask, scale, middle - round(4.3 * scale), middle + round(4.3 * scale), 0.9, 0.9
    )
    frame = [side for side in sides if side > left + 16 * scale and side > paper.across(0.86)]
    if frame:
        right = min(frame[0] - round(0.4 * scale), right)
    return left, top, right - left, bottom - top


def _date_line(paper: MeasuredPaper, grey: np.ndarray, payee: Band) -> tuple[Band, float]:
    """The line of the date, a short one in the upper right quarter, and mm from its beginning within which a label may
    begin."""
    low = (payee.row - paper.top) / max(1, paper.foot - paper.top)
    best: tuple[float, Band] | None = None
    for left in (0.56, 0.64, 0.72, 0.8):
        for row, cover in _rows(paper, 0.08, low - 0.07, left, left + 0.1, 0.6):
            band = extent(paper.lines, paper.scale, row, paper.across(left + 0.05), LIMITS.rule_gap_mm)
            length = (band.right - band.left) / paper.scale
            score = (
                cover
                - LIMITS.date_off_weight * abs(row - paper.height(LIMITS.date)) / paper.scale
                - LIMITS.date_length_weight * abs(length - LIMITS.date_mm)
            )
            usual = LIMITS.date_lengths_mm[0] <= length <= LIMITS.date_lengths_mm[1]
            if usual and (best is None or score > best[0]) and not _is_side_of_box(paper, band):
                best = (score, band)
    if best is None:
        band = _date_writing(paper, payee)
        return band, (band.right - band.left) / paper.scale
    band, before = _from_hidden_beginning(paper, grey, best[1])
    # Long dates run on behind their rule.
    right = min(paper.right - round(2 * paper.scale), band.right + round(12 * paper.scale))
    return Band(band.row, band.left, right), before


def _from_hidden_beginning(paper: MeasuredPaper, grey: np.ndarray, band: Band) -> tuple[Band, float]:
    """The date's rule from where its writing begins, where that hides the rule: then only the rule's empty end is seen,
    with nothing written over it, or with a figure across its left end. And mm as for `_date_line`."""
    scale = paper.scale
    top, foot = (
        max(0, band.row - round(LIMITS.date_high_mm * scale)),
        band.row - round(LIMITS.date_foot_mm * scale),
    )
    inked = paper.mask[top:foot].any(axis=0)
    near = round(LIMITS.date_near_mm * scale)
    empty = int(inked[band.left : band.right].sum()) < LIMITS.date_least_mm * scale
    # A label ends before the rule begins, a figure runs across its end.
    if not empty and not inked[max(0, band.left - near) : band.left + near].all():
        return band, LIMITS.date_label_mm
    first = max(0, band.right - round(LIMITS.date_lengths_mm[1] * scale))
    printed = _printed_words(paper, grey, (first, top, band.left - first, band.row + near - top))
    first = max([first, *(right + near for _, right in printed)])
    left = band.left
    for column in np.flatnonzero(inked[first : band.left])[::-1] + first:
        if left - column > LIMITS.date_gap_mm * scale:
            break
        left = int(column)
    return Band(band.row, left, band.right), 0.0 if printed else LIMITS.date_label_mm


def _is_side_of_box(paper: MeasuredPaper, band: Band) -> bool:
    """Whether upright lines go down from both ends of a rule, or up: it is the head or the foot of a box."""
    high, near = round(LIMITS.box_side_mm * paper.scale), round(LIMITS.box_corner_mm * paper.scale)
    for top in (band.row, band.row - high):
        profile = upright_profile(paper.mask, paper.scale, max(0, top), max(0, top) + high)
        ends = (profile[max(0, end - near) : end + near] for end in (band.left, band.right))
        if all(part.size and part.max() > LIMITS.box_side_share for part in ends):
            return True
    return False


def _date_writing(paper: MeasuredPaper, payee: Band) -> Band:
    """Where the date stands on paper that shows no rule for it: the lowest line of ink over the amount."""
    left, right = paper.across(0.56), paper.right - round(2.5 * paper.scale)
    top, bottom = paper.height(0.1), payee.row - round(8.0 * paper.scale)
    inked = paper.mask[top:bottom, left:right].sum(1) > 0.8 * paper.scale
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(int)))
    bands = [
        (a, b)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if 2 * paper.scale < b - a < 9 * paper.scale
    ]
    if not bands:
        return Band(paper.height(LIMITS.date), left, right)
    return Band(top + int(bands[-1][1]), left, right)


def _number_box(paper: MeasuredPaper, date: Band) -> Box:
    """Where the cheque's number is printed: the upper right corner, above the date."""
    top, left = paper.top + round(1.5 * paper.scale), paper.across(0.74)
    bottom = max(top + round(6 * paper.scale), date.row - round(5.5 * paper.scale))
    return left, top, paper.right - left, bottom - top


def _low_rules(paper: MeasuredPaper, words: Band) -> tuple[Band, Band]:
    """The rules of memo and signature, side by side above the MICR line."""
    low = (words.row - paper.top) / max(1, paper.foot - paper.top) + 0.08
    usual = paper.foot - round(2.6 * paper.scale)
    found: list[Band | None] = []
    for left, right, seed in ((0.13, 0.33, 0.25), (0.6, 0.85, 0.72)):
        rows = _rows(paper, low, 0.995, left, right, 0.55)
        if rows:
            row = min(rows, key=lambda r: abs(r[0] - usual) - 8 * r[1] * paper.scale)[0]
            found.append(extent(paper.lines, paper.scale, row, paper.across(seed), LIMITS.rule_gap_mm))
        else:
            found.append(None)
    memo, signature = found
    row = memo.row if memo else signature.row if signature else usual
    memo = memo or Band(row, paper.across(0.07), paper.across(0.44))
    row = signature.row if signature else memo.row
    signature = signature or Band(row, paper.across(0.5), paper.across(0.97))
    middle = paper.across(0.5)
    right = max(paper.across(0.38), min(memo.right + round(4 * paper.scale), middle))
    return (
        Band(memo.row, min(memo.left, paper.across(0.12)), right),
        Band(signature.row, max(right, paper.across(0.42)), paper.across(0.97)),
    )


def _above(left: int, right: int, row: int, above_mm: float, below_mm: float, paper: MeasuredPaper) -> Box:
    top = row - round(above_mm * paper.scale)
    left = left - round(0.5 * paper.scale)
    return left, top, max(1, right - left), row + round(below_mm * paper.scale) - top


def _clip(box: Box, shape: tuple[int, ...], paper: MeasuredPaper) -> Box:
    x, y, width, height = box
    left, top = max(0, x), max(0, y)
    bottom = min(shape[0], y + height)
    if y < paper.foot - paper.scale and bottom > paper.foot - round(0.4 * paper.scale):
        bottom = paper.foot - round(0.4 * paper.scale)
    return left, top, max(0, min(shape[1], x + width) - left), max(0, bottom - top)

"""Text lines: a page of handwriting or print becomes lines in reading order.

Method: the ink density is smoothed with a wide, low Gaussian, at a scale that follows the local letter
height, so that every line becomes a ridge (Li, Zheng, Doermann and Jaeger 2008; Bukhari, Shafait and Breuel
2009). Ridges are linked to line curves; connected components go to the curve that runs through their body
(Arivazhagan, Srinivasan and Srihari 2007); components that tie two lines together are cut half-way between
them. Each line's crop is straightened along its curve, and what belongs to other lines is painted with
paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.binarize import binarize
from inkfield.pipeline.image.ruled_lines import (
    RuledLine,
    find_ruled_lines,
    remove_ruled_lines,
    ruled_line_mask,
)
from inkfield.pipeline.image.specks import remove_specks
from inkfield.pipeline.records import LineCrop
from inkfield.recognizers.limits import limit

MM = 25.4


@dataclass(frozen=True)
class LineLimits:
    """Where lines run, and what ink belongs to which."""

    work_dpi: float = limit(
        100.0, "dpi", "guess", "Curves are found at this resolution; masks and crops keep the page's own"
    )
    heights_mm: tuple[float, ...] = limit(
        (1.6, 2.4, 3.6, 5.4, 8.0),
        "mm",
        "guess",
        "Letter heights for which the smoothing is computed; each place takes the nearest",
    )
    lowest_mm: float = limit(0.5, "mm", "guess", "Of a component that may be writing")
    highest_mm: float = limit(30.0, "mm", "guess", "Of a component that may be writing")
    least_mm: float = limit(
        0.4, "mm", "guess", "Side of a square whose area a component of writing has at least"
    )
    shortest_dash_mm: float = limit(1.0, "mm", "guess", "Of a dash")
    highest_dash_mm: float = limit(3.0, "mm", "guess", "Of a dash")
    solid: float = limit(
        0.7,
        "share",
        "guess",
        "Of its box that is filled, from which a large component is a block and no writing",
    )
    block_mm: float = limit(6.0, "mm", "guess", "Height and width of a block")
    lowest_letter_mm: float = limit(1.0, "mm", "guess", "Of a component that tells how high letters are")
    usual_mm: float = limit(2.5, "mm", "guess", "Letter height of a page where no component tells it")
    highest_letter: float = limit(
        2.2,
        "ratio",
        "guess",
        "To the middle height: components that tie lines together say nothing about letters",
    )
    near_across_mm: float = limit(
        14.0, "mm", "guess", "Deviation, along the line, within which letters are alike in height"
    )
    near_down_mm: float = limit(
        2.5, "mm", "guess", "Deviation, across the lines, within which letters are alike in height"
    )
    page_weight: float = limit(
        0.02, "share", "guess", "Of the densest place, with which the page's middle height counts everywhere"
    )
    smooth_along: float = limit(
        3.9,
        "letter heights",
        "guess",
        "Width of the two box filters along the line: together of deviation 1.6",
    )
    smooth_across: float = limit(0.28, "letter heights", "guess", "Deviation of the filter across the line")
    some: float = limit(0.01, "share", "guess", "Of ink, under which a place is not counted")
    faintest: float = limit(0.12, "share", "guess", "Of the strong ridges, under which there is none")
    strong_percentile: int = limit(90, "%", "guess", "Of the places with ink: how strong ridges are")
    shortest_ridge: float = limit(0.8, "letter heights", "guess", "Of a piece of ridge")
    reach: float = limit(
        0.5, "letter heights", "guess", "Up or down, within which two pieces of ridge are one"
    )
    beside: float = limit(
        0.5, "share", "guess", "Of a piece that lies beside a longer one, from which it is its shadow"
    )
    overlap: float = limit(1.0, "letter heights", "guess", "Of two pieces that continue each other")
    widest_gap: float = limit(4.0, "letter heights", "guess", "Between two pieces of one line")
    widest_gap_mm: float = limit(
        12.0, "mm", "guess", "Between two pieces of one line, however small its letters"
    )
    drift: float = limit(0.02, "slope", "guess", "Of a line, in the gap between two pieces")
    gap_cost: float = limit(
        0.2, "ratio", "guess", "Of a pixel of gap to a pixel up or down, for which piece a line goes on with"
    )
    least_common: float = limit(0.5, "share", "guess", "Of a ridge that runs along another, to be its shadow")
    surely_shadow: float = limit(
        0.55, "letter heights", "guess", "Between a line and what is always its shadow"
    )
    likely_shadow: float = limit(
        0.8,
        "letter heights",
        "guess",
        "Between a line and a ridge that is its shadow where it is weaker or much shorter",
    )
    weaker: float = limit(
        0.8, "share", "guess", "Of the line's strength, under which such a ridge is its shadow"
    )
    shorter: float = limit(
        0.3, "share", "guess", "Of the line's length, under which such a ridge is its shadow"
    )
    far_shadow: float = limit(
        1.2,
        "letter heights",
        "guess",
        "Between a line and a ridge that is its shadow where it is much weaker and much shorter",
    )
    much_weaker: float = limit(
        0.6, "share", "guess", "Of the line's strength, under which a farther ridge is its shadow"
    )
    much_shorter: float = limit(
        0.3, "share", "guess", "Of the line's length, under which a farther ridge is its shadow"
    )
    core_votes: int = limit(
        2, "votes", "guess", "Of a pixel in the core of a line, beside the one of any pixel near it"
    )
    second_line: float = limit(
        0.25, "share", "guess", "Of the ink in the cores, from which a component that ties two lines is cut"
    )
    tall: float = limit(1.6, "letter heights", "guess", "Of a component that ties two lines")
    beyond: float = limit(1.5, "letter heights", "guess", "That a line reaches beyond its ends")
    zone: float = limit(1.6, "letter heights", "guess", "That a line reaches up and down")
    core: float = limit(0.35, "letter heights", "guess", "Half the height of a line's core")
    least_ink_mm: float = limit(0.8, "mm", "guess", "Side of a square whose area a line's ink has at least")
    lowest_line_mm: float = limit(1.0, "mm", "guess", "Of a line, where it is short, too")
    shortest_line_mm: float = limit(2.0, "mm", "guess", "Of a line, where it is low, too")
    margin_mm: float = limit(0.4, "mm", "guess", "Around a line's ink in its crop")
    halo_mm: float = limit(0.25, "mm", "guess", "Around other lines' ink that is painted over with it")
    rule_near: float = limit(
        0.8,
        "letter heights",
        "validation lines",
        "Between writing and the rule that stays beneath it. Of 14 hands of CSAFE on drawn rules 13.7 % of the "
        "characters are wrong without the rules, 12.3 with those within 0.15, 11.2 from 0.8 on; 9.9 on no page at all",
    )
    rule_touched: float = limit(
        0.05,
        "share",
        "guess",
        "Of a rule near writing that writing touches, from which it stands on it: feet of letters are some 0.2",
    )
    paper_percentile: int = limit(80, "%", "guess", "Of a crop's pixels: the paper that fills its edges")
    straight: float = limit(4.0, "letter heights", "guess", "Width up to which a line is not straightened")
    bent: float = limit(
        15.0, "letter heights", "guess", "Width from which a line may be a curve, of degree 3"
    )
    level: float = limit(0.15, "letter heights", "guess", "By which a line bends that is left as it is")
    broken: float = limit(2.5, "letter heights", "guess", "By which a line bends that is none")
    least_ink: int = limit(
        40,
        "grey levels",
        "guess",
        "By which ink is darker than the paper, where a straightened crop is trimmed",
    )
    margin: float = limit(0.1, "letter heights", "guess", "Above and below a straightened line")
    beside_share: float = limit(
        0.8, "share", "guess", "Of a line's width that the next begins after, to stand beside it"
    )
    same_row: float = limit(
        0.5,
        "share",
        "guess",
        "Of the lower line's height, within which the middles of lines side by side lie",
    )


LIMITS = LineLimits()


@dataclass
class Curve:
    """Where a line runs, at working resolution: ``rows`` float32, one for each column from ``start``;
    ``height`` is the local component height, ``strength`` the mean of the smoothed ink along the curve."""

    start: int
    rows: np.ndarray
    height: float
    strength: float

    @property
    def stop(self) -> int:
        return self.start + len(self.rows)


def segment_lines(grey: np.ndarray, dpi: float) -> list[LineCrop]:
    """The lines of a deskewed grey uint8 page, top to bottom, those side by side left to right.

    Each has its box in page pixels and a grey crop (dark ink on light paper, straightened). Rules are taken out, but
    for those that writing stands on. [] for a page without writing.
    """
    if grey.size == 0 or min(grey.shape) < 8:
        return []
    ink, page = binarize(grey, dpi), grey
    rules = find_ruled_lines(ink, dpi)
    if rules:
        grey = remove_ruled_lines(page, ink, rules)
        # What was painted over is paper now; no need to binarize once more.
        ink &= grey == page
    ink = remove_specks(ink, dpi)
    if not ink.any():
        return []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    shrink = max(1.0, dpi / LIMITS.work_dpi)
    text = text_components(stats, dpi)
    heights = height_map(stats, text, grey.shape, shrink, dpi)
    shape = heights.shape[1], heights.shape[0]
    body = (text[labels]).astype(np.uint8)
    density = cv2.resize(body * 255, shape, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    curves = without_shadows(join(ridges(smoothed(density, heights, dpi / shrink), heights), dpi / shrink))
    if not curves:
        return []
    owner = assign(ink, labels, count, curves, shape, stats)
    letter = float(np.median([curve.height for curve in curves])) * shrink
    ruled = with_rules_under_writing(grey, page, owner, rules, letter)
    return reading_order(cut(ruled, grey, ink, owner, curves, shape, dpi))


def with_rules_under_writing(
    cleaned: np.ndarray, page: np.ndarray, owner: np.ndarray, rules: list[RuledLine], letter: float
) -> np.ndarray:
    """The cleaned page (grey uint8), near writing with the level rules that it stands on; ``owner`` as of `assign`.

    Letters whose feet lie on a rule lose them with it, and the network was trained on lines with their rules. A border
    that writing only comes near to stays out. ``letter`` is the height of letters in pixels.
    """
    level = [rule for rule in rules if rule.horizontal and not rule.dotted]
    if not level:
        return cleaned
    side = 2 * round(LIMITS.rule_near * letter) + 1
    writing = owner > 0
    near = cv2.dilate(writing.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    under = [rule for rule in level if touched(rule, writing, near) >= LIMITS.rule_touched]
    return np.where(near & ruled_line_mask(page.shape, under), page, cleaned) if under else cleaned


def touched(rule: RuledLine, writing: np.ndarray, near: np.ndarray) -> float:
    """Share of a level rule that writing touches, of what lies near writing."""
    columns, middle = np.arange(rule.start, rule.stop), np.round(rule.centres).astype(int)
    beside = int(np.ceil(rule.thickness / 2)) + 2
    above, below = (np.clip(middle + way * beside, 0, len(writing) - 1) for way in (-1, 1))
    met = writing[above, columns] | writing[below, columns]
    return float(met.sum() / max(1, near[np.clip(middle, 0, len(near) - 1), columns].sum()))


def text_components(stats: np.ndarray, dpi: float) -> np.ndarray:
    """Bool per component: may be writing (0.5 mm to 30 mm high, no solid blocks, no page-long frames)."""
    pixel = dpi / MM
    w, h, area = stats[:, 2], stats[:, 3], stats[:, 4]
    fits = (
        (h > LIMITS.lowest_mm * pixel)
        & (h < LIMITS.highest_mm * pixel)
        & (area > (LIMITS.least_mm * pixel) ** 2)
    )
    fits |= (w > LIMITS.shortest_dash_mm * pixel) & (h < LIMITS.highest_dash_mm * pixel)  # dashes
    solid = (area > LIMITS.solid * w * h) & (h > LIMITS.block_mm * pixel) & (w > LIMITS.block_mm * pixel)
    fits &= ~solid
    fits[0] = False
    return fits


def height_map(
    stats: np.ndarray, text: np.ndarray, shape: tuple[int, ...], shrink: float, dpi: float
) -> np.ndarray:
    """Letter height in working pixels at each place of the reduced page, float32."""
    height, width = max(1, round(shape[0] / shrink)), max(1, round(shape[1] / shrink))
    pixel = dpi / MM
    use = text & (stats[:, 3] > LIMITS.lowest_letter_mm * pixel)
    if not use.any():
        return np.full((height, width), LIMITS.usual_mm * pixel / shrink, np.float32)
    x = (stats[use, 0] + stats[use, 2] / 2) / shrink
    y = (stats[use, 1] + stats[use, 3] / 2) / shrink
    h = stats[use, 3].astype(np.float64)
    weight = stats[use, 2].astype(np.float64)
    order = np.argsort(h)
    middle = float(h[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)])
    # Components that tie lines together, and flourishes, say nothing about letters.
    h = np.minimum(h, LIMITS.highest_letter * middle) / shrink
    grid = 8.0
    size = (int(np.ceil(width / grid)) + 1, int(np.ceil(height / grid)) + 1)
    total = np.zeros(size[::-1], np.float32)
    number = np.zeros(size[::-1], np.float32)
    np.add.at(total, ((y / grid).astype(int), (x / grid).astype(int)), h * weight)
    np.add.at(number, ((y / grid).astype(int), (x / grid).astype(int)), weight)
    across, down = (
        LIMITS.near_across_mm / MM * LIMITS.work_dpi / grid,
        LIMITS.near_down_mm / MM * LIMITS.work_dpi / grid,
    )
    near = cv2.GaussianBlur(number, (0, 0), sigmaX=across, sigmaY=down)
    sums = cv2.GaussianBlur(total, (0, 0), sigmaX=across, sigmaY=down)
    faint = LIMITS.page_weight * float(near.max())
    local = (sums + faint * middle / shrink) / (near + faint)
    return cv2.resize(local, (width, height), interpolation=cv2.INTER_LINEAR)


def smoothed(density: np.ndarray, heights: np.ndarray, dpi: float) -> np.ndarray:
    """Ink density smoothed along lines, each place at the scale of its letter height. float32."""
    scales = np.array(LIMITS.heights_mm) / MM * dpi
    level = np.searchsorted(np.sqrt(scales[1:] * scales[:-1]), heights.ravel()).reshape(heights.shape)
    result = np.zeros_like(density)
    for index in np.flatnonzero(np.bincount(level.ravel())):
        h = float(scales[index])
        # Two box filters along the line (together of deviation 1.6 h) are Gaussian enough, and cheap.
        wide = (max(3, round(LIMITS.smooth_along * h) | 1), 1)
        layer = cv2.blur(cv2.blur(density, wide), wide)
        layer = cv2.GaussianBlur(layer, (1, 2 * round(h) + 1), sigmaX=0, sigmaY=LIMITS.smooth_across * h)
        np.copyto(result, layer, where=level == index)
    return result


def ridges(field: np.ndarray, heights: np.ndarray) -> list[Curve]:
    """Pieces of ridge: places brighter than those above and below, linked along neighbouring columns."""
    up = np.zeros_like(field)
    down = np.zeros_like(field)
    up[1:], down[:-1] = field[:-1], field[1:]
    strong = field[::3, ::3]
    strong = strong[strong > LIMITS.some]
    if not strong.size:
        return []
    floor = LIMITS.faintest * float(np.percentile(strong, LIMITS.strong_percentile))
    crest = ((field >= up) & (field > down) & (field > floor)).astype(np.uint8)
    # Neighbouring columns differ by at most a row; thickening by one row makes such steps touch.
    thick = cv2.dilate(crest, np.ones((3, 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=8)
    curves = []
    for label in range(1, count):
        x, y, w, h, _ = stats[label]
        part = (labels[y : y + h, x : x + w] == label) & (crest[y : y + h, x : x + w] > 0)
        weight = part * field[y : y + h, x : x + w]
        total = weight.sum(axis=0)
        rows = (weight * np.arange(h, dtype=np.float32)[:, None]).sum(axis=0) / np.maximum(total, 1e-6) + y
        good = total > 0
        if not good.any():
            continue
        columns = np.arange(w)
        rows = np.interp(columns, columns[good], rows[good]).astype(np.float32)
        local = float(np.median(heights[np.clip(rows.astype(int), 0, heights.shape[0] - 1), x + columns]))
        if w >= LIMITS.shortest_ridge * local:
            curves.append(Curve(int(x), rows, local, float(field[y : y + h, x : x + w][part].mean())))
    return curves


def join(pieces: list[Curve], dpi: float) -> list[Curve]:
    """Ridge pieces that continue each other become one curve; short ones beside a longer one are dropped."""
    pieces = sorted(pieces, key=lambda piece: -len(piece.rows))
    lines: list[Curve] = []
    extents: list[tuple[float, float]] = []
    for piece in pieces:
        best, best_cost = -1, 0.0
        shadow = False
        low, high = float(piece.rows.min()), float(piece.rows.max())
        for index, line in enumerate(lines):
            reach = LIMITS.reach * max(piece.height, line.height)
            if low > extents[index][1] + 2 * reach or high < extents[index][0] - 2 * reach:
                continue
            overlap = min(piece.stop, line.stop) - max(piece.start, line.start)
            if overlap > 0:
                x0, x1 = max(piece.start, line.start), min(piece.stop, line.stop)
                apart = np.abs(
                    piece.rows[x0 - piece.start : x1 - piece.start]
                    - line.rows[x0 - line.start : x1 - line.start]
                )
                if float(np.median(apart)) < reach and overlap > LIMITS.beside * len(piece.rows):
                    shadow = True
                    break
                if overlap > LIMITS.overlap * piece.height:
                    continue
            gap = max(0, -overlap)
            if gap > max(LIMITS.widest_gap * piece.height, LIMITS.widest_gap_mm / MM * dpi):
                continue
            miss = abs(end_row(line, piece) - end_row(piece, line))
            if miss > reach + LIMITS.drift * gap:
                continue
            cost = miss + LIMITS.gap_cost * gap
            if best < 0 or cost < best_cost:
                best, best_cost = index, cost
        if shadow:
            continue
        if best < 0:
            lines.append(piece)
            extents.append((low, high))
        else:
            lines[best] = merge(lines[best], piece)
            extents[best] = float(lines[best].rows.min()), float(lines[best].rows.max())
    return lines


def end_row(line: Curve, other: Curve) -> float:
    """Row of a curve's end that faces the other, averaged over two letter heights."""
    many = max(1, int(2 * line.height))
    facing_right = other.start + other.stop > line.start + line.stop
    return float(np.mean(line.rows[-many:] if facing_right else line.rows[:many]))


def merge(a: Curve, b: Curve) -> Curve:
    """One curve over both, straight in the gap between them."""
    start, stop = min(a.start, b.start), max(a.stop, b.stop)
    xs = np.concatenate([np.arange(a.start, a.stop), np.arange(b.start, b.stop)])
    rows = np.concatenate([a.rows, b.rows])
    order = np.argsort(xs, kind="stable")
    filled = np.interp(np.arange(start, stop), xs[order], rows[order]).astype(np.float32)
    size = len(a.rows) + len(b.rows)
    height = (a.height * len(a.rows) + b.height * len(b.rows)) / size
    strength = (a.strength * len(a.rows) + b.strength * len(b.rows)) / size
    return Curve(start, filled, height, strength)


def without_shadows(lines: list[Curve]) -> list[Curve]:
    """Drops the faint ridges that rows of accents, dots and descenders make beside a line.

    A line's own ridge is the strongest within 0.8 letter heights (letters with their ascenders); beyond
    that, up to 1.2 heights, only a ridge much weaker and much shorter than the line counts as its shadow.
    """
    kept: list[Curve] = []
    for line in sorted(lines, key=lambda line: -line.strength * len(line.rows)):
        if not any(is_shadow(line, other) for other in kept):
            kept.append(line)
    return kept


def is_shadow(line: Curve, of: Curve) -> bool:
    x0, x1 = max(line.start, of.start), min(line.stop, of.stop)
    if x1 - x0 < LIMITS.least_common * len(line.rows):
        return False
    apart = float(
        np.median(
            np.abs(line.rows[x0 - line.start : x1 - line.start] - of.rows[x0 - of.start : x1 - of.start])
        )
    )
    height = max(line.height, of.height)
    weaker, shorter = line.strength / of.strength, len(line.rows) / len(of.rows)
    if apart < LIMITS.surely_shadow * height:
        return True
    if apart < LIMITS.likely_shadow * height:
        return weaker < LIMITS.weaker or shorter < LIMITS.shorter
    return (
        apart < LIMITS.far_shadow * height and weaker < LIMITS.much_weaker and shorter < LIMITS.much_shorter
    )


def assign(
    ink: np.ndarray,
    labels: np.ndarray,
    count: int,
    curves: list[Curve],
    shape: tuple[int, int],
    stats: np.ndarray,
) -> np.ndarray:
    """int32 (height, width): 1 + index of the line that each ink pixel belongs to, 0 for none.

    A component goes whole to the line that holds most of its ink; one with a good part of its ink in the
    core of two lines or more is cut between them.
    """
    nearest, core = zones(curves, shape)
    y, x = np.nonzero(ink)
    low_y = (y * (shape[1] / ink.shape[0])).astype(np.int64)
    low_x = (x * (shape[0] / ink.shape[1])).astype(np.int64)
    line = nearest[low_y, low_x].astype(np.int64)
    inner = core[low_y, low_x]
    component = labels[y, x].astype(np.int64)
    lines = len(curves) + 1
    table = np.bincount(component * lines + line, minlength=count * lines).reshape(count, lines)
    # Ink in the core of a line says more than ink that merely lies nearer to it than to the next.
    held = np.bincount(component * lines + np.where(inner, line, 0), minlength=count * lines).reshape(
        count, lines
    )
    votes = table + LIMITS.core_votes * held
    votes[:, 0] = 0
    best = votes.argmax(axis=1)
    best[votes.max(axis=1) == 0] = 0
    held[:, 0] = 0
    held.sort(axis=1)
    second = held[:, -2] if lines > 1 else np.zeros(count)
    heights = np.array([0.0, *(curve.height for curve in curves)]) * ink.shape[0] / shape[1]
    split = (second > LIMITS.second_line * held[:, -1]) & (stats[:, 3] > LIMITS.tall * heights[best])
    owner = np.zeros(ink.shape, np.int32)
    owner[y, x] = np.where(split[component] & (line > 0), line, best[component])
    return owner


def zones(curves: list[Curve], shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """At working resolution: 1 + index of the nearest curve within reach (int32), and whether in its core."""
    width, height = shape
    nearest = np.zeros((height, width), np.int32)
    distance = np.full((height, width), np.inf, np.float32)
    core = np.zeros((height, width), bool)
    for index, curve in enumerate(curves):
        beyond = int(LIMITS.beyond * curve.height)
        start, stop = max(0, curve.start - beyond), min(width, curve.stop + beyond)
        rows = np.interp(np.arange(start, stop), np.arange(curve.start, curve.stop), curve.rows)
        reach = LIMITS.zone * curve.height
        top, bottom = max(0, int(rows.min() - reach)), min(height, int(rows.max() + reach) + 1)
        away = np.abs(np.arange(top, bottom)[:, None] - rows[None, :]).astype(np.float32)
        view = distance[top:bottom, start:stop]
        closer = (away < view) & (away <= reach)
        view[closer] = away[closer]
        nearest[top:bottom, start:stop][closer] = index + 1
        core[top:bottom, start:stop][closer] = away[closer] < LIMITS.core * curve.height
    return nearest, core


def cut(
    ruled: np.ndarray,
    bare: np.ndarray,
    ink: np.ndarray,
    owner: np.ndarray,
    curves: list[Curve],
    shape: tuple[int, int],
    dpi: float,
) -> list[LineCrop]:
    """Crops the lines out of the page, as it is to be read and without any rule (one array where there is none).

    Lines with next to no ink are dropped.
    """
    pixel = dpi / MM
    scale = bare.shape[0] / shape[1]
    boxes = owner_boxes(owner, len(curves))
    lines = []
    for index, curve in enumerate(curves):
        box = boxes[index]
        if box is None:
            continue
        x0, y0, x1, y1 = box
        mine = owner[y0:y1, x0:x1] == index + 1
        if int(mine.sum()) < (LIMITS.least_ink_mm * pixel) ** 2 or (
            y1 - y0 < LIMITS.lowest_line_mm * pixel and x1 - x0 < LIMITS.shortest_line_mm * pixel
        ):
            continue
        margin = max(2, round(LIMITS.margin_mm * pixel))
        left, top = max(0, x0 - margin), max(0, y0 - margin)
        right, bottom = min(bare.shape[1], x1 + margin), min(bare.shape[0], y1 + margin)
        inside = slice(top, bottom), slice(left, right)
        own = owner[inside] == index + 1
        size = max(3, round(LIMITS.halo_mm * pixel) | 1)
        halo = cv2.dilate((ink[inside] & ~own).astype(np.uint8), np.ones((size, size), np.uint8)) > 0
        theirs = halo & ~own
        columns = np.arange(left, right) / scale
        rows = np.interp(columns, np.arange(curve.start, curve.stop), curve.rows) * scale - top
        crop = straightened(without(bare[inside], theirs), rows, curve.height * scale)
        read = crop
        if not np.array_equal(ruled[inside], bare[inside]):
            read = straightened(without(ruled[inside], theirs), rows, curve.height * scale)
        lines.append(LineCrop((left, top, right - left, bottom - top), read, crop))
    return lines


def without(crop: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """The crop with what belongs to other lines (bool) painted over with its paper."""
    if not theirs.any():
        return crop
    painted = crop.copy()
    painted[theirs] = int(np.percentile(crop[::3, ::3], LIMITS.paper_percentile))
    return painted


def owner_boxes(owner: np.ndarray, count: int) -> list[tuple[int, int, int, int] | None]:
    """Box (x0, y0, x1, y1) of each line's ink, None for a line without."""
    y, x = np.nonzero(owner)
    which = owner[y, x] - 1
    x0, y0 = np.full(count, owner.shape[1]), np.full(count, owner.shape[0])
    x1, y1 = np.zeros(count, int), np.zeros(count, int)
    np.minimum.at(x0, which, x)
    np.minimum.at(y0, which, y)
    np.maximum.at(x1, which, x + 1)
    np.maximum.at(y1, which, y + 1)
    return [(int(x0[i]), int(y0[i]), int(x1[i]), int(y1[i])) if x1[i] else None for i in range(count)]


def straightened(crop: np.ndarray, rows: np.ndarray, height: float) -> np.ndarray:
    """Shifts columns so that the line's curve, smoothed, runs level; as is when it bends by little.

    ``rows`` holds the curve's row in each column of the crop. Higher than the crop where the shifts need it.
    """
    width = crop.shape[1]
    if width < LIMITS.straight * height:
        return crop
    x = np.arange(width) / width
    # The ridge wanders with ascenders and descenders: only its low order trend is the line's.
    trend = np.polyval(np.polyfit(x, rows, 3 if width > LIMITS.bent * height else 1), x)
    shift = trend - np.median(trend)
    if float(np.ptp(shift)) < LIMITS.level * height or float(np.ptp(shift)) > LIMITS.broken * height:
        return crop
    above, below = int(np.ceil(max(0.0, -shift.min()))), int(np.ceil(max(0.0, shift.max())))
    paper = int(np.percentile(crop[::3, ::3], LIMITS.paper_percentile))
    total = crop.shape[0] + above + below
    map_x = np.broadcast_to(np.arange(width, dtype=np.float32), (total, width))
    map_y = (np.arange(total, dtype=np.float32)[:, None] - below + shift[None, :]).astype(np.float32)
    moved = cv2.remap(crop, np.ascontiguousarray(map_x), map_y, cv2.INTER_LINEAR, borderValue=(paper,))
    used = np.flatnonzero((moved < paper - LIMITS.least_ink).any(axis=1))
    if not len(used):
        return moved
    margin = max(2, int(LIMITS.margin * height))
    return moved[max(0, used[0] - margin) : used[-1] + 1 + margin]


def reading_order(lines: list[LineCrop]) -> list[LineCrop]:
    """Top to bottom; lines that lie side by side (their middles within each other's height) left to right."""
    lines = sorted(lines, key=lambda line: line.box[1] + line.box[3] / 2)
    rows: list[list[LineCrop]] = []
    for line in lines:
        middle = line.box[1] + line.box[3] / 2
        if rows:
            first = rows[-1][0]
            y, h = first.box[1], first.box[3]
            beside = all(
                line.box[0] >= other.box[0] + LIMITS.beside_share * other.box[2]
                or line.box[0] + LIMITS.beside_share * line.box[2] <= other.box[0]
                for other in rows[-1]
            )
            if beside and abs(middle - (y + h / 2)) < LIMITS.same_row * min(h, line.box[3]):
                rows[-1].append(line)
                continue
        rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box[0])]

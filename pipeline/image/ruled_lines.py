"""Ruled lines: rules, boxes and dotted or micro-printed guide lines are found and taken out of a picture.

Finding: thin horizontal (or vertical) runs of ink are linked into smooth, long, thin chains, which may be
slightly skewed or curved (directional single-connected chains, after Zheng, Li and Doermann 2005). Dotted
and micro-printed rules are chains of components too low to be writing. Removing: the rule's pixels take the
paper's brightness found just above and below them; where a stroke meets the rule from above and from below,
the quadrilateral between both contacts is ink and stays (after Arvind, Pati and Ramakrishnan 2007; Abd-
Almageed, Kumar and Doermann 2009), and so does what is clearly darker than the rule itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from inkfield.recognizers.limits import limit

MM = 25.4


@dataclass(frozen=True)
class RuledLineLimits:
    """What a printed rule looks like, and what of a pen's ink stays where it is taken out."""

    thickest_mm: float = limit(0.7, "mm", "guess", "Of a solid rule")
    dotted_mm: float = limit(
        0.95,
        "mm",
        "dev cheques",
        "Height of dots and micro print: on cheques 0.5 to 0.9 mm; the smallest writing is higher",
    )
    stout: float = limit(
        2.0, "px", "dev cheques", "By which a rule is thicker on one side where a stroke lies on it"
    )
    along: int = limit(6, "px", "dev cheques", "That a stroke lies along a rule at least")
    shortest_side_mm: float = limit(
        4.0, "mm", "guess", "Of the upright side of a box that both ends of stand on level rules"
    )
    near_mm: float = limit(0.4, "mm", "guess", "Between the end of such a side and the level rule")
    printed: float = limit(0.5, "share", "guess", "Of a level rule that is printed, dashes and all")
    printed_upright: float = limit(0.75, "share", "guess", "Of a vertical rule that is printed")
    carried_on_mm: float = limit(
        1.5, "mm", "guess", "That a rule is carried on at its ends while there is ink"
    )
    fine_dpi: float = limit(250.0, "dpi", "guess", "From which dots are looked for at half the resolution")
    shortest_dotted_mm: float = limit(10.0, "mm", "guess", "Of a dotted rule")
    printed_dotted: float = limit(0.6, "share", "guess", "Of a dotted rule that has dots")
    beside_mm: float = limit(0.45, "mm", "guess", "Beside a rule, where there is paper")
    one_side: float = limit(0.3, "share", "guess", "Of a rule that has ink beside it, on its emptier side")
    other_side_dotted: float = limit(
        0.5, "share", "guess", "Of a dotted rule that has ink beside it, on its fuller side"
    )
    other_side: float = limit(
        0.65, "share", "guess", "Of a solid rule that has ink beside it, on its fuller side"
    )
    both_sides_dotted: float = limit(
        0.6, "share", "guess", "Of a dotted rule that has ink beside it, both sides added"
    )
    both_sides: float = limit(
        0.9, "share", "guess", "Of a solid rule that has ink beside it, both sides added"
    )
    on_another: float = limit(0.5, "share", "guess", "Of a chain's length on a rule, from which both are one")
    square: float = limit(0.035, "slope", "guess", "From the square, within which the side of a box stands")
    as_thin: float = limit(
        1.3, "times", "guess", "The thickest level rule, that the side of a box is thick at most"
    )
    shortest_mm: float = limit(12.0, "mm", "guess", "Of a rule on a page")
    shortest_in_crop_mm: float = limit(5.0, "mm", "guess", "Of a rule in a small crop")
    across_crop: float = limit(0.45, "share", "guess", "Of a small crop's width that a level rule runs")
    down_crop: float = limit(0.75, "share", "guess", "Of a small crop's height that a vertical rule runs")
    least_piece_mm: float = limit(3.0, "mm", "guess", "Of the pieces of which a rule is made")
    widest_gap_mm: float = limit(12.0, "mm", "guess", "Between two pieces of a level rule")
    widest_gap_upright_mm: float = limit(4.0, "mm", "guess", "Between two pieces of a vertical rule")
    dash_gap_mm: float = limit(0.3, "mm", "guess", "Of dashes and dropouts that are closed")
    letter_gap_mm: float = limit(
        0.4, "mm", "guess", "Upwards between parts of one letter, before it is asked how high it is"
    )
    low_share: float = limit(0.25, "share", "guess", "Of a dotted rule that is made of low pieces")
    dot_gap_mm: float = limit(0.9, "mm", "guess", "Between two dots of a rule")
    least_dots_mm: float = limit(3.0, "mm", "guess", "Of a row of dots")
    off_line_mm: float = limit(0.18, "mm", "guess", "Between two pieces of a rule, up or down")
    off_slope: float = limit(0.015, "slope", "guess", "The same for each pixel of gap between them")
    overlap_mm: float = limit(1.0, "mm", "guess", "Of two pieces of a rule")
    bent: float = limit(0.12, "slope", "guess", "That a piece of a rule rises or falls at most")
    heading_mm: float = limit(25.0, "mm", "guess", "At the end of a chain, by which its direction is told")
    least_heading_mm: float = limit(5.0, "mm", "guess", "Of a chain that has a direction")
    straight_mm: float = limit(20.0, "mm", "guess", "Of a rule up to which it is a straight line")
    curved_mm: float = limit(
        60.0, "mm", "guess", "Of a rule up to which it is a parabola, a curve of degree 4 beyond"
    )
    trim: float = limit(
        2.5, "deviations", "guess", "From the curve (median), beyond which a point is left out"
    )
    rough_percentile: int = limit(
        80, "%", "guess", "Of the distances from the curve, by which a rule is judged"
    )
    rough_dotted_mm: float = limit(0.25, "mm", "guess", "Of a dotted rule from its curve")
    rough_mm: float = limit(0.12, "mm", "guess", "Of a solid rule from its curve")
    page_mm: float = limit(
        12.0, "mm", "guess", "Shortest rule that is looked for, from which the picture is a page"
    )
    short_mm: float = limit(
        30.0, "mm", "guess", "Of a rule on a page, under which it must be a very good one"
    )
    very_straight_mm: float = limit(0.07, "mm", "guess", "Of such a rule from its curve")
    very_whole: float = limit(0.85, "share", "guess", "Of such a rule that is printed")
    steepest: float = limit(0.2, "slope", "guess", "Of any rule")
    reach: int = limit(3, "px", "guess", "Beside a rule that are looked at when it is taken out")
    own_percentile: int = limit(15, "%", "guess", "Of a rule's own pixels: how dark it is itself")
    fewest_free: int = limit(
        20, "px", "guess", "Of a rule that no stroke touches, by which its darkness is told"
    )
    pen_darker: int = limit(25, "grey levels", "guess", "Than the rule itself, from which a pen went over it")
    least_pen: int = limit(
        40, "grey levels", "guess", "By which a pen's ink over a rule is darker than paper"
    )
    lean: float = limit(1.7, "slope", "guess", "Of a stroke that goes through a rule: up to 60 degrees")


LIMITS = RuledLineLimits()


@dataclass(frozen=True)
class RuledLine:
    """One printed line. ``start`` and ``stop`` are columns (rows for a vertical rule); ``centres`` float32
    holds the row (column) of the middle at each pixel from start to stop; ``thickness`` is in pixels."""

    horizontal: bool
    start: int
    stop: int
    centres: np.ndarray
    thickness: float
    dotted: bool = False


Chain = tuple[int, int, np.ndarray, float, bool]
"""A rule still without its direction: start, stop, centres, thickness, dotted."""


def find_ruled_lines(ink: np.ndarray, dpi: float) -> list[RuledLine]:
    """Rules in a bool ink mask (page or crop), horizontal ones first, longest first.

    A rule is at least 12 mm long, or 45 % of the width (75 % of the height) of a smaller crop but never
    under 5 mm. Upright sides of boxes may be as short as 4 mm when both ends lie on horizontal rules.
    """
    if ink.size == 0 or min(ink.shape) < 4:
        return []
    mask = ink.astype(np.uint8)
    level = rules_one_way(mask, dpi, True, shortest_mm(mask, dpi, True))
    turned = np.ascontiguousarray(mask.T)
    longer = shortest_mm(turned, dpi, False)
    upright = rules_one_way(turned, dpi, False, min(LIMITS.shortest_side_mm, longer) if level else longer)
    near = LIMITS.near_mm * dpi / MM
    upright = [
        rule
        for rule in upright
        if rule.stop - rule.start >= longer * dpi / MM
        or (
            meets(rule, rule.start, level, near)
            and meets(rule, rule.stop - 1, level, near)
            and square(rule, level)
        )
    ]
    return level + upright


def rules_one_way(mask: np.ndarray, dpi: float, horizontal: bool, shortest: float) -> list[RuledLine]:
    """Rules along the rows of a uint8 mask (transposed for vertical ones): solid ones, then dotted ones
    elsewhere."""
    rules = [
        RuledLine(horizontal, *chain)
        for chain in chains(
            mask, dpi, False, shortest, LIMITS.printed if horizontal else LIMITS.printed_upright
        )
        if alone(mask, chain, dpi)
    ]
    if (
        not horizontal
    ):  # guide lines for writing lie level; upright rows of dots are moiré of a printed pattern
        rules = [lengthened(mask, rule, LIMITS.carried_on_mm * dpi / MM) for rule in rules]
        return sorted(rules, key=lambda rule: rule.start - rule.stop)
    # Dots need no fine picture: half the resolution does, at a quarter of the cost.
    half = dpi >= LIMITS.fine_dpi
    low, low_dpi = mask, dpi / 2 if half else dpi
    if half:
        even = mask[: mask.shape[0] // 2 * 2, : mask.shape[1] // 2 * 2]
        low = even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2]
    pieces = low_pieces(low, low_dpi / MM)
    for start, stop, centres, thickness, _ in chains(
        low, low_dpi, True, max(LIMITS.shortest_dotted_mm, shortest), LIMITS.printed_dotted
    ):
        if not follows(pieces, start, stop, centres, thickness):
            continue
        if half:
            start, stop, thickness = 2 * start, 2 * stop, 2 * thickness - 1
            centres = (np.repeat(centres, 2) * 2 + 0.5).astype(np.float32)
        chain = (start, stop, centres, thickness, True)
        if alone(mask, chain, dpi) and not any(same(chain, rule) for rule in rules):
            rules.append(RuledLine(horizontal, *chain))
    rules = [lengthened(mask, rule, LIMITS.carried_on_mm * dpi / MM) for rule in rules]
    return sorted(rules, key=lambda rule: rule.start - rule.stop)


def lengthened(mask: np.ndarray, rule: RuledLine, most: float) -> RuledLine:
    """The rule with its ends carried on while there is ink, at most ``most`` pixels: corners and crossings
    of two rules are too thick to be seen as either."""
    start, stop = rule.start, rule.stop
    first, last = round(float(rule.centres[0])), round(float(rule.centres[-1]))
    while start > 0 and rule.start - start < most and mask[min(max(0, first), len(mask) - 1), start - 1]:
        start -= 1
    while stop < mask.shape[1] and stop - rule.stop < most and mask[min(max(0, last), len(mask) - 1), stop]:
        stop += 1
    centres = np.pad(rule.centres, (rule.start - start, stop - rule.stop), mode="edge")
    return replace(rule, start=start, stop=stop, centres=centres)


def alone(mask: np.ndarray, chain: Chain, dpi: float) -> bool:
    """Whether a rule has paper on both sides along most of it. A row of letters has not: its feet, bars and
    head strokes are thin and level, too, but hang on the letters' bodies."""
    start, stop, centres, thickness, dotted = chain
    every = slice(None, None, max(1, (stop - start) // 600))
    columns = np.arange(start, stop)[every]
    middle = np.round(centres[every]).astype(int)
    off = int(np.ceil(thickness / 2))
    far = off + max(3, round(LIMITS.beside_mm * dpi / MM))
    share = []
    for sign in (-1, 1):
        rows = np.clip(middle + sign * np.arange(off + 2, far + 1)[:, None], 0, mask.shape[0] - 1)
        share.append(float(mask[rows, columns].any(axis=0).mean()))
    return (
        min(share) < LIMITS.one_side
        and max(share) < (LIMITS.other_side_dotted if dotted else LIMITS.other_side)
        and sum(share) < (LIMITS.both_sides_dotted if dotted else LIMITS.both_sides)
    )


def same(chain: Chain, rule: RuledLine) -> bool:
    """Whether a chain lies on a rule for half of its length or more."""
    first, last = max(chain[0], rule.start), min(chain[1], rule.stop)
    if last - first < LIMITS.on_another * (chain[1] - chain[0]):
        return False
    apart = (
        chain[2][first - chain[0] : last - chain[0]] - rule.centres[first - rule.start : last - rule.start]
    )
    return float(np.median(np.abs(apart))) < 0.5 * (chain[3] + rule.thickness) + 2


def square(rule: RuledLine, level: list[RuledLine]) -> bool:
    """Whether a vertical rule stands square on the horizontal ones and is as thin: a handwritten 1 that
    fills its box does not."""
    rises = [(float(other.centres[-1]) - float(other.centres[0])) / len(other.centres) for other in level]
    lean = (float(rule.centres[-1]) - float(rule.centres[0])) / len(rule.centres)
    thickest = max(other.thickness for other in level)
    return (
        abs(lean + float(np.median(rises))) < LIMITS.square
        and rule.thickness <= LIMITS.as_thin * thickest + 1
    )


def meets(rule: RuledLine, row: int, level: list[RuledLine], near: float) -> bool:
    """Whether a vertical rule's end at ``row`` lies on a horizontal rule, within ``near`` pixels."""
    column = float(rule.centres[min(max(0, row - rule.start), len(rule.centres) - 1)])
    for other in level:
        if other.start - near <= column <= other.stop + near:
            at = int(np.clip(column - other.start, 0, len(other.centres) - 1))
            if abs(float(other.centres[at]) - row) <= near + other.thickness:
                return True
    return False


def shortest_mm(mask: np.ndarray, dpi: float, horizontal: bool) -> float:
    """Upright strokes of letters are straight, too: a vertical rule must be longer than letters are high,
    or run through most of a crop's height."""
    side = mask.shape[1] / dpi * MM
    return float(
        min(
            LIMITS.shortest_mm,
            max(LIMITS.shortest_in_crop_mm, (LIMITS.across_crop if horizontal else LIMITS.down_crop) * side),
        )
    )


def chains(mask: np.ndarray, dpi: float, dotted: bool, shortest: float, whole: float) -> list[Chain]:
    """Horizontal rules of a uint8 0/1 mask, at least ``shortest`` mm long, printed over a share of
    ``whole``."""
    pixel = dpi / MM
    # The pieces of a longer rule are longer: the fewer strokes are taken for pieces, the faster and the
    # safer.
    least = (
        LIMITS.least_piece_mm
        if dotted
        else min(LIMITS.least_piece_mm, shortest / (5 if whole < 0.7 else 2.5))
    ) * pixel
    pieces = dotted_pieces(mask, pixel) if dotted else solid_pieces(mask, pixel, least)
    thick = max(3.0, (LIMITS.dotted_mm if dotted else LIMITS.thickest_mm) * pixel)
    found = []
    for group in link(
        thin_segments(pieces, least, thick),
        pixel,
        LIMITS.widest_gap_mm if whole < 0.7 else LIMITS.widest_gap_upright_mm,
    ):
        chain = fit(group, pixel, shortest, dotted, whole)
        if chain is not None:
            found.append(chain)
    return found


def solid_pieces(mask: np.ndarray, pixel: float, least: float) -> np.ndarray:
    """Thin level runs: ink that belongs to a horizontal run of ``least`` pixels and to no high vertical run.

    A skewed rule is a staircase; the mask is thickened by a row so that steps of it still make long runs.
    """
    # Dashes and scan dropouts: gaps under 0.3 mm are closed.
    closed = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, np.ones((1, max(3, round(LIMITS.dash_gap_mm * pixel) | 1)), np.uint8)
    )
    # Vertical runs higher than a rule are strokes or solid areas.
    highest = max(4, round(LIMITS.thickest_mm * pixel) + 1)
    thin = cv2.subtract(closed, cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((highest, 1), np.uint8)))
    thicker = cv2.dilate(thin, np.ones((3, 1), np.uint8))
    run = max(6, round(least * 0.6))
    return cv2.bitwise_and(thin, cv2.morphologyEx(thicker, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)))


def low_pieces(mask: np.ndarray, pixel: float) -> np.ndarray:
    """The ink of components that are too low to be writing: dots, dashes, micro print. uint8 0/1."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined_upwards(mask, pixel), connectivity=8)
    low = stats[:, cv2.CC_STAT_HEIGHT] <= highest_dot(pixel)
    low[0] = False
    dots: np.ndarray = (low[labels] & (mask > 0)).astype(np.uint8)
    return dots


def joined_upwards(mask: np.ndarray, pixel: float) -> np.ndarray:
    """What belongs to one letter is joined before it is asked how high it is: vertical runs through small gaps."""
    return cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, np.ones((max(3, round(LIMITS.letter_gap_mm * pixel) | 1), 1), np.uint8)
    )


def highest_dot(pixel: float) -> int:
    """Height in pixels up to which a component counts as part of a dotted or micro-printed rule."""
    return max(4, round(LIMITS.dotted_mm * pixel) + 1)


def follows(pieces: np.ndarray, start: int, stop: int, centres: np.ndarray, thickness: float) -> bool:
    """Whether a dotted rule is made of low pieces along a quarter of its length: the feet of a typed number stand
    as level, but they hang on figures."""
    rows = np.round(centres).astype(int)[: stop - start]
    reach = max(1, int(thickness / 2))
    near = np.clip(rows + np.arange(-reach, reach + 1)[:, None], 0, pieces.shape[0] - 1)
    return float(pieces[near, np.arange(start, stop)].any(axis=0).mean()) >= LIMITS.low_share


def dotted_pieces(mask: np.ndarray, pixel: float) -> np.ndarray:
    """Bands of ink too low for writing, with writing-high ink taken away first, closed along the line."""
    highest = highest_dot(pixel)
    # Where writing runs through the micro print they are one component: its low columns still count.
    high = cv2.morphologyEx(joined_upwards(mask, pixel), cv2.MORPH_OPEN, np.ones((highest, 1), np.uint8))
    dots = low_pieces(mask, pixel) | cv2.subtract(mask, high)
    gap = max(3, round(LIMITS.dot_gap_mm * pixel) | 1)
    band = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((3, gap), np.uint8))
    band = cv2.morphologyEx(
        band, cv2.MORPH_OPEN, np.ones((1, max(8, round(LIMITS.least_dots_mm * pixel))), np.uint8)
    )
    tall = cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones((highest + 2, 1), np.uint8))
    return cv2.subtract(band, tall)


Segment = tuple[int, int, np.ndarray, float]
"""Start, stop, middle row of each column, thickness."""


def link(segments: list[Segment], pixel: float, widest: float) -> list[list[Segment]]:
    """Groups segments, left to right, that continue each other across gaps of up to ``widest`` mm."""
    segments = sorted(segments, key=lambda segment: segment[0])
    groups: list[list[Segment]] = []
    ends = np.empty((len(segments), 3))  # of each group: last column, row there, slope
    near = max(3, int(pixel))
    for segment in segments:
        best = -1
        if groups:
            stop, row, slope = ends[: len(groups)].T
            gap = segment[0] - stop
            miss = np.abs(row + slope * gap - float(segment[2][:near].mean()))
            allowed = max(1.5, LIMITS.off_line_mm * pixel) + LIMITS.off_slope * np.maximum(0, gap)
            miss[(gap > widest * pixel) | (gap < -LIMITS.overlap_mm * pixel) | (miss > allowed)] = np.inf
            best = int(np.argmin(miss))
            if np.isinf(miss[best]):
                best = -1
        if best < 0:
            best = len(groups)
            groups.append([])
        groups[best].append(segment)
        ends[best] = heading(groups[best], pixel)
    return groups


def thin_segments(pieces: np.ndarray, least: float, thick: float) -> list[Segment]:
    """The components of a uint8 0/1 mask that are at least ``least`` px long and on average at most ``thick`` high."""
    # A component's outline takes a tenth of the time of labels for all pixels of a page.
    outlines, family = cv2.findContours(pieces, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    segments = []
    for i, outline in enumerate(outlines):
        x, y, w, h = cv2.boundingRect(outline)
        is_hole = family[0][i][3] >= 0
        if is_hole or w < least or h > thick + LIMITS.bent * w:
            continue
        filled = cv2.drawContours(np.zeros((h, w), np.uint8), [outline], 0, (1,), -1, offset=(-x, -y))
        part = filled & pieces[y : y + h, x : x + w]
        height = part.sum(axis=0)
        thickness = float(height.mean())
        if thickness > thick:
            continue
        rows = np.arange(h, dtype=np.float32)
        middle = rows @ part / np.maximum(1, height) + y
        segments.append((x, x + w, middle.astype(np.float32), thickness))
    return segments


def heading(group: list[Segment], pixel: float) -> tuple[float, float, float]:
    """Last column of a chain, its row there, and its slope over the last 25 mm."""
    near = max(3, int(pixel))
    stop, row = group[-1][1], float(group[-1][2][-near:].mean())
    first = group[-1]
    for segment in reversed(group):
        if stop - segment[0] > LIMITS.heading_mm * pixel:
            break
        first = segment
    across = stop - first[0] - near
    if across < LIMITS.least_heading_mm * pixel:
        return stop, row, 0.0
    return stop, row, (row - float(first[2][:near].mean())) / across


def fit(group: list[Segment], pixel: float, shortest: float, dotted: bool, whole: float) -> Chain | None:
    """A chain as one smooth curve (a polynomial, degree by length), or None when it is short, gappy or
    rough."""
    start, stop = group[0][0], max(segment[1] for segment in group)
    length = stop - start
    covered = sum(segment[1] - segment[0] for segment in group)
    if length < shortest * pixel or covered < whole * length:
        return None
    x = np.concatenate([np.arange(segment[0], segment[1]) for segment in group]).astype(np.float64)
    y = np.concatenate([segment[2] for segment in group]).astype(np.float64)
    every = max(1, len(x) // 500)
    x, y = x[::every], y[::every]
    degree = 1 if length < LIMITS.straight_mm * pixel else 2 if length < LIMITS.curved_mm * pixel else 4
    unit = (x - start) / max(1, length)
    keep = np.ones(len(x), bool)
    for _ in range(3):
        if int(keep.sum()) < degree + 2:
            return None
        curve = np.polyfit(unit[keep], y[keep], degree)
        rest = np.abs(np.polyval(curve, unit) - y)
        keep = rest <= max(1.0, LIMITS.trim * float(np.median(rest)))
    rough = float(np.percentile(rest, LIMITS.rough_percentile))
    if rough > max(1.2, (LIMITS.rough_dotted_mm if dotted else LIMITS.rough_mm) * pixel):
        return None
    # On a page a short rule must be a very good one: a flat connecting stroke of a pen is nearly as straight.
    if not dotted and shortest >= LIMITS.page_mm and length < LIMITS.short_mm * pixel:
        even = float(np.percentile(rest, 90)) <= max(0.8, LIMITS.very_straight_mm * pixel)
        if not even or covered < LIMITS.very_whole * length:
            return None
    slope = abs(np.polyval(curve, 1.0) - np.polyval(curve, 0.0)) / max(1, length)
    if slope > LIMITS.steepest:
        return None
    thickness = float(np.average([s[3] for s in group], weights=[s[1] - s[0] for s in group]))
    centres = np.polyval(curve, np.arange(length) / max(1, length)).astype(np.float32)
    return start, stop, centres, thickness, dotted


# --- removing ---------------------------------------------------------------------------------------------


def remove_ruled_lines(grey: np.ndarray, ink: np.ndarray, rules: list[RuledLine]) -> np.ndarray:
    """Grey uint8 image without the rules. ``ink`` is the bool mask in which they were found, same shape."""
    if not rules:
        return grey
    result = grey.copy()
    for horizontal in (True, False):
        some = [rule for rule in rules if rule.horizontal is horizontal]
        if not some:
            continue
        # Other rules crossing this one are no strokes: each is removed in a picture without the others.
        strokes = ink & ~ruled_line_mask(
            ink.shape, [rule for rule in rules if rule.horizontal is not horizontal]
        )
        view, mask = (result, strokes) if horizontal else (result.T, strokes.T)
        for rule in some:
            erase(view, mask, rule)
    return result


def ruled_line_mask(shape: tuple[int, ...], rules: list[RuledLine]) -> np.ndarray:
    """Bool mask (height, width) of the pixels that rules cover."""
    mask = np.zeros(shape, bool)
    for rule in rules:
        view = mask if rule.horizontal else mask.T
        half = int(np.ceil(rule.thickness / 2)) + 1
        rows = np.round(rule.centres).astype(int)[None, :] + np.arange(-half, half + 1)[:, None]
        columns = np.broadcast_to(np.arange(rule.start, rule.stop), rows.shape)
        inside = (rows >= 0) & (rows < view.shape[0])
        view[rows[inside], columns[inside]] = True
    return mask


def erase(grey: np.ndarray, ink: np.ndarray, rule: RuledLine) -> None:
    """Takes one horizontal rule out of ``grey`` (in place; a transposed view serves for vertical ones)."""
    half = int(np.ceil(rule.thickness / 2)) + 1
    reach = half + LIMITS.reach
    height = grey.shape[0]
    rows = np.round(rule.centres).astype(int)[None, :] + np.arange(-reach, reach + 1)[:, None]
    columns = np.broadcast_to(np.arange(rule.start, rule.stop), rows.shape)
    inside = (rows >= 0) & (rows < height)
    rows = np.clip(rows, 0, height - 1)
    # A band straightened along the rule: band[reach] is its middle row.
    band = grey[rows, columns].astype(np.float32)
    drawn = ink[rows, columns] & inside
    line = np.zeros(band.shape, bool)
    line[reach - half : reach + half + 1] = True
    above, below = drawn[reach - half - 1], drawn[reach + half + 1]
    keep = crossing(above, below, half)
    # The pen over the rule: clearly darker than the rule's own ink is along its length.
    core = band[reach]
    free = ~(above | below)
    own = (
        float(np.percentile(core[free], LIMITS.own_percentile))
        if int(free.sum()) > LIMITS.fewest_free
        else float(core.min())
    )
    paper = paper_beside(band, drawn, reach, half)
    pen = (band < own - LIMITS.pen_darker) & drawn & (band < paper - LIMITS.least_pen)
    kept = lying_along(drawn, rule.thickness)
    kept[reach - half : reach + half + 1] |= keep
    erased = line & inside & ~kept & ~pen
    grey[rows[erased], columns[erased]] = np.broadcast_to(paper, band.shape)[erased].astype(np.uint8)


def lying_along(drawn: np.ndarray, thickness: float) -> np.ndarray:
    """Bool mask of the ink of strokes that lie on a rule for a while: there it is thicker than itself.

    ``drawn`` is the ink of a band straightened along the rule, (2 * reach + 1, columns), the rule in its middle row.
    What leaves the band is a stroke that crosses the rule or stands on it.
    """
    reach = len(drawn) // 2
    solid_up = np.logical_and.accumulate(drawn[reach::-1], axis=0)
    solid_down = np.logical_and.accumulate(drawn[reach:], axis=0)
    up, down = solid_up.sum(0), solid_down.sum(0)
    inked = up > 0
    if inked.any():  # a rule's mean thickness counts the strokes upon it, its median here does not
        thickness = min(thickness, float(np.median((up + down - 1)[inked])))
    stout = (np.maximum(up, down) >= thickness / 2 + LIMITS.stout) & (up <= reach) & (down <= reach)
    for start, stop in runs(stout):
        if stop - start < LIMITS.along:
            stout[start:stop] = False
    solid = np.vstack([solid_up[:0:-1], solid_down])
    mask: np.ndarray = solid & stout
    return mask


def paper_beside(band: np.ndarray, drawn: np.ndarray, reach: int, half: int) -> np.ndarray:
    """Paper brightness along a rule (columns,), from ink-free pixels above and below, smoothed."""
    outer = np.ones(band.shape[0], bool)
    outer[reach - half - 1 : reach + half + 2] = False
    free = (~drawn[outer]).astype(np.float32)
    light = (band[outer] * free).sum(axis=0).reshape(1, -1)
    number = free.sum(axis=0).reshape(1, -1)
    window = (min(31, 2 * (band.shape[1] // 2) + 1), 1)
    light = cv2.blur(light, window, borderType=cv2.BORDER_REFLECT)
    number = cv2.blur(number, window, borderType=cv2.BORDER_REFLECT)
    seen = number > 0.1
    overall = 0.0 if seen.all() else float(np.percentile(band, 85))
    return np.where(seen, light / np.maximum(number, 0.1), overall).ravel()


def crossing(above: np.ndarray, below: np.ndarray, half: int) -> np.ndarray:
    """Bool (2 * half + 1, columns): pixels of the rule's band that belong to strokes going through it.

    A run of ink touching from above and a run touching from below belong together when a stroke leaning up
    to 60 degrees can join them. A run that touches on one side only is a stroke resting on the rule: it
    keeps the rows up to the middle, for its foot lies in the rule.
    """
    depth = 2 * half + 1
    keep = np.zeros((depth, len(above)), bool)
    tops, bottoms = runs(above), runs(below)
    lean = int(LIMITS.lean * depth)
    joined_tops: set[int] = set()
    joined_bottoms: set[int] = set()
    for i, (a0, a1) in enumerate(tops):
        for j, (b0, b1) in enumerate(bottoms):
            if b0 > a1 + lean:
                break
            if b1 < a0 - lean:
                continue
            joined_tops.add(i)
            joined_bottoms.add(j)
            for row in range(depth):
                part = (row + 1) / (depth + 1)
                left, right = a0 + (b0 - a0) * part, a1 + (b1 - a1) * part
                keep[row, max(0, int(left)) : int(np.ceil(right))] = True
    for i, (a0, a1) in enumerate(tops):
        if i not in joined_tops:
            keep[: half + 1, a0:a1] = True
    for j, (b0, b1) in enumerate(bottoms):
        if j not in joined_bottoms:
            keep[half:, b0:b1] = True
    return keep


def runs(row: np.ndarray) -> list[tuple[int, int]]:
    """Starts and stops of the True runs of a bool row."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def longest_run(row: np.ndarray) -> tuple[int, int]:
    """Start and stop of the longest True run of a bool row, the first of equal ones; (0, 0) where nothing is True."""
    return max(runs(row), key=lambda run: run[1] - run[0], default=(0, 0))

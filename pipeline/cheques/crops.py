"""The writing of one cheque field, alone: pattern, rules, printed labels and the neighbours' strokes taken out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from inkfield.pipeline.cheques.cell_sides import cell_sides
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.printed_captions import printed_before, written_score
from inkfield.pipeline.cheques.strokes import owners
from inkfield.pipeline.fields.cells import own_strokes, wide_cell
from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.geometry import crop
from inkfield.pipeline.image.label_means import mean_by_label
from inkfield.pipeline.image.own_strokes import keep_own
from inkfield.pipeline.image.ruled_lines import RuledLine, find_ruled_lines, remove_ruled_lines
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class CropLimits:
    """What ink of a cheque is a pen's, and whose."""

    ink: int = limit(
        70,
        "grey levels",
        "guess",
        "A pixel is ink when it is this much darker than the white that background suppression leaves",
    )
    faint: int = limit(
        45,
        "grey levels",
        "guess",
        "The same for telling whose a stroke is: where the pen ran dry, its pieces still hang together",
    )
    long_mm: float = limit(35.0, "mm", "guess", "Length from which a level line is a printed rule")
    near_mm: float = limit(
        1.5, "mm", "guess", "Of a shorter one from a rule of the layout, within which it is printed, too"
    )
    side_share: float = limit(
        0.5, "share", "guess", "Of the amount's region, that the head or the foot of its box runs through"
    )
    side_off: float = limit(
        0.25, "share", "guess", "Of the region's height, that such a side stands from the middle at least"
    )
    stroke_mm: tuple[float, float] = limit(
        (1.5, 0.42),
        "mm",
        "guess",
        "Height and width from which ink in the account number's region is a stroke: printed lines "
        "are thinner",
    )
    other_print_mm: float = limit(
        6.0, "mm", "guess", "A gap between print and print that belongs to something else"
    )
    least_word_mm: float = limit(
        3.5,
        "mm",
        "guess",
        "Width of ink under which a line of words holds none: what a stamp, the line above or a rule of "
        "tiny letters left there was read as a word",
    )
    least_height_mm: float = limit(1.0, "mm", "guess", "Height of ink that counts there")
    print_mm: float = limit(
        2.35,
        "mm",
        "dev cheques",
        "Letters of printed labels are lower than this; writing has some stroke that is higher in its "
        "first letters",
    )
    margin: float = limit(
        0.1, "share", "guess", "Of a crop's height, around figures for the network of lines"
    )
    frame_edge_mm: float = limit(
        0.6, "mm", "guess", "From the right edge of a crop, within which a frame comes in"
    )
    frame_mm: float = limit(3.0, "mm", "guess", "Across such a frame")
    top_frame_mm: float = limit(8.0, "mm", "guess", "Length of a frame that comes in from above")
    tick_mm: float = limit(1.5, "mm", "guess", "Height of a tick that comes in from above")
    speck_mm2: float = limit(0.03, "mm2", "guess", "Area of a speck in a label")
    rule_rest_mm: float = limit(0.8, "mm", "guess", "Height of what is left of a rule in a label")
    label_gap_mm: float = limit(2.2, "mm", "guess", "That a label ends at")
    raised_mm: tuple[float, float] = limit(
        (3.2, 9.0), "mm", "rendered", "Over its rule, between which the letters of a label above it end"
    )
    date_label_gap_mm: float = limit(
        2.5, "mm", "dev cheques", "Between the label before a date and the date: both may be of one size"
    )
    raised_label_mm: float = limit(7.0, "mm", "guess", "Width of ink of the shortest such label")
    label_mm: float = limit(14.0, "mm", "guess", "Beyond where a label may begin, that it reaches")
    cell_inset_mm: float = limit(0.3, "mm", "guess", "Of a date cell above and below, where its lines were")
    cell_side_mm: float = limit(0.5, "mm", "guess", "From a date cell's side, within which its remains lie")
    cell_speck_mm2: float = limit(0.02, "mm2", "guess", "Area of a speck in a date cell")
    least_row_mm: float = limit(0.15, "mm", "guess", "Of ink in a row that belongs to a line of print")
    lowest_line_mm: float = limit(1.4, "mm", "guess", "Height of a line of print or writing")
    highest_line_mm: float = limit(8.0, "mm", "guess", "Height of a line of print or writing")
    line_margin_mm: float = limit(0.3, "mm", "guess", "Above and below such a line")
    tall_percentile: int = limit(80, "%", "guess", "Of the components' heights: how high figures are")
    low: float = limit(0.5, "share", "guess", "Of the figures' height, under which a component is none")
    side: float = limit(
        0.8, "share", "guess", "Of the figures' height, up to which a bar is what remains of a side"
    )


LIMITS = CropLimits()


def clean(image: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """The whole cheque (BGR or grey uint8) as grey: pattern and rules gone, paper 255."""
    grey = suppress_background(image)
    ink = grey < 255 - LIMITS.ink
    rules = [rule for rule in find_ruled_lines(ink, layout.scale * 25.4) if _is_printed(rule, layout)]
    cleaned = remove_ruled_lines(grey, ink, rules + cell_sides(grey, ink, layout))
    _remove_faint_box(cleaned, layout)
    if "account_number" in layout.regions:
        _restore_stamp(cleaned, grey, ink, layout)
    return cleaned


def _restore_stamp(cleaned: np.ndarray, grey: np.ndarray, ink: np.ndarray, layout: ChequeLayout) -> None:
    """Brings back, in place, upright strokes of a stamped account number that went with a side of its box.

    They stand upon that side as straight as it is, and are told from it by their width alone.
    """
    part = crop(ink.view(np.uint8), layout.regions["account_number"].box)
    if part.size == 0:
        return
    # Where a stroke has fewer than four pixels, lines are as wide.
    width = max(4, math.ceil(LIMITS.stroke_mm[1] * layout.scale))
    stroke = (round(LIMITS.stroke_mm[0] * layout.scale), width)
    solid = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones(stroke, np.uint8))
    own = cv2.dilate(solid, np.ones((3, 3), np.uint8)) > 0
    np.copyto(
        crop(cleaned, layout.regions["account_number"].box),
        crop(grey, layout.regions["account_number"].box),
        where=own,
    )


def _is_printed(rule: RuledLine, layout: ChequeLayout) -> bool:
    """Whether a rule is the paper's: the bars of capitals stand in a row like dashes, but on no printed rule."""
    if not rule.horizontal or rule.stop - rule.start > LIMITS.long_mm * layout.scale:
        return True
    if _is_side_of_amount(rule, layout.regions["courtesy_amount"].box):
        return True
    row = float(np.median(rule.centres))
    rows = [band.row for band in layout.lines.values()]
    for name in ("courtesy_amount", "date", "account_number"):
        if name in layout.regions:
            _, top, _, height = layout.regions[name].box
            rows += [top, top + height]
    rows += layout.other_rules
    return min(abs(row - known) for known in rows) < LIMITS.near_mm * layout.scale


def _whiten(part: np.ndarray, names: np.ndarray, stats: np.ndarray, i: int) -> None:
    """Paints one component and its soft edge white."""
    x, y, width, height = (int(v) for v in stats[i, :4])
    rows, columns = slice(max(0, y - 2), y + height + 2), slice(max(0, x - 2), x + width + 2)
    own = cv2.dilate((names[rows, columns] == i).astype(np.uint8), np.ones((5, 5), np.uint8))
    others = (names[rows, columns] != i) & (names[rows, columns] != 0)
    part[rows, columns][(own > 0) & ~others] = 255


def _is_side_of_amount(rule: RuledLine, region: Box) -> bool:
    """Whether a level rule is the head or the foot of the amount's box, which may stand well inside its region: it runs
    through half of the region, away from its middle, where the figures stand."""
    x, y, width, height = region
    inside = min(rule.stop, x + width) - max(rule.start, x)
    off = abs(float(np.median(rule.centres)) - (y + height / 2))
    return inside > LIMITS.side_share * width and LIMITS.side_off * height < off < height / 2


def _remove_faint_box(cleaned: np.ndarray, layout: ChequeLayout) -> None:
    """Takes out, in place, a box around the amount that is printed too faintly to count as ink: cut to its box, the
    writing of figures would be taken for small."""
    part = crop(cleaned, layout.regions["courtesy_amount"].box)
    ink = part < 255 - LIMITS.faint
    rules = find_ruled_lines(ink, layout.scale * 25.4)
    region = (0, 0, part.shape[1], part.shape[0])
    level = [rule for rule in rules if rule.horizontal and _is_side_of_amount(rule, region)]
    if level:
        part[:] = remove_ruled_lines(part, ink, level + [rule for rule in rules if not rule.horizontal])


_REACH_MM = {
    "payee": (1.5, 1.5),
    "memo": (1.0, 0.5),
    "date": (0.5, 0.5),
    "legal_amount_1": (1.2, 0.5),
    "account_number": (1.0, 2.0),
}
"""How far above and below its region a field's own strokes are followed. Not as far as they go: a crop is scaled to
its height, and a long slash or loop would make all the rest small."""


def field_crops(cleaned: np.ndarray, layout: ChequeLayout) -> dict[str, np.ndarray]:
    """The writing of every field by name: grey uint8, each stroke only in the field that it belongs to.

    ``cleaned`` is the result of `clean`, which has the layout's size. Strokes (connected components) are followed
    a little over the edges of a region, so that descenders are whole and those of the line above are not there.
    Where strokes of two lines have grown together, each line has its part.
    """
    ink = (cleaned < 255 - LIMITS.faint).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    fields = [name for name in layout.regions if name != "micr"]
    owner, joined = owners(names, stats, layout, fields)
    rules = [band.row for name, band in layout.lines.items() if name != "memo"]
    written = written_score(cleaned, names, len(stats), layout.scale, rules) if layout.small_print else None
    crops = {}
    for k, name in enumerate(fields, start=1):
        box = crop_box(layout, name)
        part, local = crop(cleaned, box).copy(), crop(names, box)
        if part.size:
            top, height = layout.regions[name].box[1] - box[1], layout.regions[name].box[3]
            inside = np.zeros(part.shape, bool)
            inside[top : top + height] = True
            keep_own(part, local, owner == k, joined, inside)
        if part.size and layout.small_print and name != "signature":
            _drop_frame(part, layout.scale, at_top=name == "check_number")
        reach, _ = layout.labels.get(name, (0.0, 0.0))
        if part.size and name in layout.raised and layout.small_print:
            _drop_raised_label(part, layout.lines[name].row - box[1], layout.scale, reach)
        if part.size and reach:
            look = None if written is None else written[local]
            # Once more for print that is fainter than the pen's ink.
            for level in (LIMITS.ink, LIMITS.faint):
                _drop_small_print(part, layout.scale, reach, level, look, name == "date")
        crops[name] = part
    return crops


def holds_words(part: np.ndarray, scale: float) -> bool:
    """Whether the ink of a line's crop is wide enough for a word, without what is lower than a small letter: remains
    of a rule that is printed in dots or tiny letters."""
    ink = (part < 255 - LIMITS.ink).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    tall = stats[:, cv2.CC_STAT_HEIGHT] >= LIMITS.least_height_mm * scale
    tall[0] = False
    return int(tall[names].any(axis=0).sum()) >= LIMITS.least_word_mm * scale


def with_margin(part: np.ndarray) -> np.ndarray:
    """White around a crop: writing that reaches its edge gets the margin that the network knows."""
    if not part.size:
        return part
    margin = max(2, round(LIMITS.margin * part.shape[0]))
    return cv2.copyMakeBorder(part, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(255,))


def _drop_frame(part: np.ndarray, scale: float, at_top: bool) -> None:
    """Whitens what comes in over the crop's right or upper edge: a printed frame, a tick at the end of a rule."""
    count, names, stats, _ = cv2.connectedComponentsWithStats(
        (part < 255 - LIMITS.ink).astype(np.uint8), connectivity=8
    )
    width = part.shape[1]
    for i in range(1, count):
        x, y, wide, high, _ = (int(v) for v in stats[i])
        at_right = x + wide >= width - LIMITS.frame_edge_mm * scale and wide < LIMITS.frame_mm * scale
        if at_right or (
            at_top and y <= 1 and (wide > LIMITS.top_frame_mm * scale or high < LIMITS.tick_mm * scale)
        ):
            _whiten(part, names, stats, i)


def _drop_raised_label(part: np.ndarray, rule: int, scale: float, reach: float) -> None:
    """Whitens a label over the beginning of its rule (a row of the crop): letters as low as print that end well above
    the rule, and so many of them that they are no dots and bars of what is written on it."""
    ink = (part < 255 - LIMITS.ink).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height = (stats[:, k] / scale for k in range(4))
    over = rule / scale - (top + height)
    low, high = LIMITS.raised_mm
    label = (over > low) & (over < high) & (height < LIMITS.print_mm) & (left < reach + LIMITS.label_mm)
    label[0] = False
    if width[label].sum() > LIMITS.raised_label_mm:
        for i in np.flatnonzero(label):
            _whiten(part, names, stats, int(i))


def _drop_small_print(
    part: np.ndarray,
    scale: float,
    reach: float,
    level: int,
    written: np.ndarray | None = None,
    of_date: bool = False,
) -> None:
    """Whitens a printed label at the left: what stands before the first gap of 0.9 mm that all of its letters end at,
    if they begin within ``reach`` mm, are as small as print and, where ``written`` tells of every pixel how much rather
    it was written than printed (nats), look like print. ``level`` grey levels under white is ink.

    Before a date the size and a wide gap are enough: what is left when a part of a date is taken away is no date.
    """
    ink = (part < 255 - level).astype(np.uint8)
    count, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    starts = {i: _begins(names, stats[i], i, scale) for i in range(1, count)}
    order = sorted(starts, key=lambda i: starts[i])
    label: list[int] = []
    end = 0
    for i in order:
        x, _, wide, high, area = (int(v) for v in stats[i])
        if area < LIMITS.speck_mm2 * scale**2:
            label.append(i)
            continue
        if high < LIMITS.rule_rest_mm * scale and wide > 2 * high:
            label.append(i)  # what is left of the rule
            continue
        starts_far = x > (reach * scale if not end else end + LIMITS.label_gap_mm * scale)
        if starts_far or high > LIMITS.print_mm * scale or x + wide > (reach + LIMITS.label_mm) * scale:
            break
        label.append(i)
        end = max(end, x + wide)
    following = [
        starts[i] for i in order[len(label) :] if stats[i, cv2.CC_STAT_HEIGHT] >= LIMITS.rule_rest_mm * scale
    ]
    apart = bool(following) and min(following) - end > LIMITS.date_label_gap_mm * scale
    if written is not None and not (of_date and apart):
        means = mean_by_label(names.ravel(), written.ravel())
        label = order[: printed_before(stats[order] / scale, means[order], len(label))]
    if label and len(label) < len(order):  # else it is somebody's very small hand
        for i in label:
            _whiten(part, names, stats, i)
        _whiten_before(part, min(starts[i] for i in order[len(label) :]), names)


def _whiten_before(part: np.ndarray, entry: int, names: np.ndarray) -> None:
    """Whitens what of a label is too faint to count as ink, before the column in which the entry begins."""
    near = cv2.dilate((names > 0).astype(np.uint8), np.ones((5, 5), np.uint8))[:, :entry] > 0
    part[:, :entry][~near] = 255


def _begins(names: np.ndarray, box: np.ndarray, i: int, scale: float) -> int:
    """The column in which a component begins; one higher than print with its upper half: what is left of the rule that
    it stands on runs under the label."""
    x, y, wide, high = (int(v) for v in box[:4])
    if high <= LIMITS.print_mm * scale:
        return x
    return x + int((names[y : y + high // 2, x : x + wide] == i).any(axis=0).argmax())


def date_cell_crops(cleaned: np.ndarray, layout: ChequeLayout) -> tuple[np.ndarray, ...]:
    """Each date cell with what pokes out of it sideways, grey uint8, remains of the lines between cells whitened."""
    inset = max(1, round(LIMITS.cell_inset_mm * layout.scale))
    cells = []
    for x, y, width, height in layout.date_cells:
        part, left, right = wide_cell(cleaned, (x, y + inset, width, height - 2 * inset))
        count, names, stats, _ = cv2.connectedComponentsWithStats(
            (part < 255 - LIMITS.ink).astype(np.uint8), connectivity=8
        )
        near = LIMITS.cell_side_mm * layout.scale + inset
        for i in range(1, count):
            first, _, wide, high, area = (int(v) for v in stats[i])
            beside = any(side - near <= first and first + wide <= side + near for side in (left, right))
            if area < LIMITS.cell_speck_mm2 * layout.scale**2 or (beside and high > 2 * wide):
                _whiten(part, names, stats, i)
        cells.append(own_strokes(part, left, right, inset))
    return tuple(cells)


def crop_box(layout: ChequeLayout, name: str) -> Box:
    """The box on the cheque that `field_crops` cuts a field from."""
    x, y, width, height = layout.regions[name].box
    above, below = (round(mm * layout.scale) for mm in _REACH_MM.get(name, (0.0, 0.0)))
    top = max(0, y - above)
    return x, top, width, y + height + below - top


def text_bands(part: np.ndarray, scale: float) -> list[np.ndarray]:
    """The lines of print or writing in a crop: bands of rows that hold ink, 1.4 to 8 mm high, top to bottom."""
    inked = (part < 255 - LIMITS.ink).sum(1) > LIMITS.least_row_mm * scale
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(int)))
    bands = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if LIMITS.lowest_line_mm <= (bottom - top) / scale <= LIMITS.highest_line_mm:
            margin = int(LIMITS.line_margin_mm * scale)
            bands.append(part[max(0, top - margin) : bottom + margin])
    return bands


def tall_only(band: np.ndarray) -> np.ndarray:
    """A band of figures without what is lower than half of them (specks, dashes), and without a bar that is lower than
    they are and stands off at either end: what remains of the side of a box would be a 1."""
    count, names, stats, _ = cv2.connectedComponentsWithStats(
        (band < 255 - LIMITS.ink).astype(np.uint8), connectivity=8
    )
    part = band.copy()
    if count > 1:
        tall = float(np.percentile(stats[1:, cv2.CC_STAT_HEIGHT], LIMITS.tall_percentile))
        for i in range(1, count):
            if stats[i, cv2.CC_STAT_HEIGHT] < LIMITS.low * tall or _is_side(stats[1:], i - 1, tall):
                _whiten(part, names, stats, i)
    return part


def _is_side(stats: np.ndarray, i: int, tall: float) -> bool:
    """Whether the component is a bar lower than the figures, further from all others than a figure is high."""
    x, _, width, height, _ = stats[i]
    others = np.delete(stats, i, 0)
    others = others[others[:, cv2.CC_STAT_HEIGHT] >= LIMITS.low * tall]
    if height > LIMITS.side * tall or width > height / 3 or not len(others):
        return False
    ends = others[:, cv2.CC_STAT_LEFT] + others[:, cv2.CC_STAT_WIDTH]
    gaps = np.maximum(others[:, cv2.CC_STAT_LEFT] - (x + width), x - ends)
    return bool(gaps.min() > tall)


def groups_apart(band: np.ndarray, scale: float, fewest: int) -> list[np.ndarray]:
    """The parts of a band of figures between gaps of 6 mm, those of at least ``fewest`` figures; the whole band where
    no part has so many. Figures of one number stand closer, in groups or stamped: what is beyond is other print."""
    inked = np.flatnonzero((band < 255 - LIMITS.ink).any(axis=0))
    if not inked.size:
        return [band]
    cuts = np.flatnonzero(np.diff(inked) > LIMITS.other_print_mm * scale)
    edges = [0, *((inked[i] + inked[i + 1]) // 2 for i in cuts), band.shape[1]]
    parts = [band[:, left:right] for left, right in pairwise(edges)]
    return [part for part in parts if len(parts) == 1 or _figures(part) >= fewest] or [band]


def _figures(part: np.ndarray) -> int:
    """How many components a part has."""
    return cv2.connectedComponents((part < 255 - LIMITS.ink).astype(np.uint8), connectivity=8)[0] - 1

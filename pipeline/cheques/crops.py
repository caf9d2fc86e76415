"""The writing of one cheque field, alone: pattern, rules, printed labels and the neighbours' strokes taken out."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np

from inkfield.pipeline.cheques.cell_sides import cell_sides
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.strokes import owners
from inkfield.pipeline.fields.cells import own_strokes, wide_cell
from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.geometry import crop
from inkfield.pipeline.image.own_strokes import keep_own
from inkfield.pipeline.image.ruled_lines import Rule, find_rules, remove_rules
from inkfield.schemas.readings import Box

_INK = 70
"""A pixel is ink when it is this much darker than the white that background suppression leaves."""
_FAINT = 45
"""The same for telling whose a stroke is: where the pen ran dry, its pieces still hang together."""
_LONG_MM, _NEAR_MM = 35.0, 1.5
"""A level line so long is a printed rule; a shorter one where it is so near to a rule of the layout."""
_STROKE_MM = (1.5, 0.42)
"""Height and width from which ink in the account number's region is a stroke: printed lines are thinner."""
_OTHER_PRINT_MM = 6.0
"""A gap between print and print that belongs to something else."""
_LEAST_WORD_MM = 3.5
"""Width of ink under which a line of words holds none: what a stamp or the line above left there was read as a word."""
_PRINT_MM = 2.35
"""Letters of printed labels are lower than this; writing has some stroke that is higher in its first letters."""


def clean(image: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """The whole cheque (BGR or grey uint8) as grey: pattern and rules gone, paper 255."""
    grey = suppress_background(image)
    ink = grey < 255 - _INK
    rules = [rule for rule in find_rules(ink, layout.scale * 25.4) if _is_printed(rule, layout)]
    cleaned = remove_rules(grey, ink, rules + cell_sides(grey, ink, layout))
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
    width = max(4, math.ceil(_STROKE_MM[1] * layout.scale))
    stroke = (round(_STROKE_MM[0] * layout.scale), width)
    solid = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones(stroke, np.uint8))
    own = cv2.dilate(solid, np.ones((3, 3), np.uint8)) > 0
    np.copyto(
        crop(cleaned, layout.regions["account_number"].box),
        crop(grey, layout.regions["account_number"].box),
        where=own,
    )


def _is_printed(rule: Rule, layout: ChequeLayout) -> bool:
    """Whether a rule is the paper's: the bars of capitals stand in a row like dashes, but on no printed rule."""
    if not rule.horizontal or rule.stop - rule.start > _LONG_MM * layout.scale:
        return True
    row = float(np.median(rule.centres))
    rows = [band.row for band in layout.lines.values()]
    for name in ("courtesy_amount", "date", "account_number"):
        if name in layout.regions:
            _, top, _, height = layout.regions[name].box
            rows += [top, top + height]
    rows += layout.other_rules
    return min(abs(row - known) for known in rows) < _NEAR_MM * layout.scale


def _whiten(part: np.ndarray, names: np.ndarray, stats: np.ndarray, i: int) -> None:
    """Paints one component and its soft edge white."""
    x, y, width, height = (int(v) for v in stats[i, :4])
    rows, columns = slice(max(0, y - 2), y + height + 2), slice(max(0, x - 2), x + width + 2)
    own = cv2.dilate((names[rows, columns] == i).astype(np.uint8), np.ones((5, 5), np.uint8))
    others = (names[rows, columns] != i) & (names[rows, columns] != 0)
    part[rows, columns][(own > 0) & ~others] = 255


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
    ink = (cleaned < 255 - _FAINT).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    fields = [name for name in layout.regions if name != "micr"]
    owner, joined = owners(names, stats, layout, fields)
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
        if part.size and reach:
            _drop_small_print(part, layout.scale, reach)
        crops[name] = part
    return crops


def holds_words(part: np.ndarray, scale: float) -> bool:
    """Whether the ink of a line's crop is wide enough for a word."""
    return int((part < 255 - _INK).any(axis=0).sum()) >= _LEAST_WORD_MM * scale


def with_margin(part: np.ndarray) -> np.ndarray:
    """White around a crop: writing that reaches its edge gets the margin that the network knows."""
    if not part.size:
        return part
    margin = max(2, round(0.1 * part.shape[0]))
    return cv2.copyMakeBorder(part, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(255,))


def _drop_frame(part: np.ndarray, scale: float, at_top: bool) -> None:
    """Whitens what comes in over the crop's right or upper edge: a printed frame, a tick at the end of a rule."""
    count, names, stats, _ = cv2.connectedComponentsWithStats(
        (part < 255 - _INK).astype(np.uint8), connectivity=8
    )
    width = part.shape[1]
    for i in range(1, count):
        x, y, wide, high, _ = (int(v) for v in stats[i])
        at_right = x + wide >= width - 0.6 * scale and wide < 3.0 * scale
        if at_right or (at_top and y <= 1 and (wide > 8 * scale or high < 1.5 * scale)):
            _whiten(part, names, stats, i)


def _drop_small_print(part: np.ndarray, scale: float, reach: float) -> None:
    """Whitens a printed label at the left: what stands before the first gap of 0.9 mm that all of its letters end at,
    if they begin within ``reach`` mm and are as small as print."""
    ink = (part < 255 - _INK).astype(np.uint8)
    count, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    starts = {i: _begins(names, stats[i], i, scale) for i in range(1, count)}
    order = sorted(starts, key=lambda i: starts[i])
    label: list[int] = []
    end = 0
    for i in order:
        x, _, wide, high, area = (int(v) for v in stats[i])
        if area < 0.03 * scale**2:
            label.append(i)
            continue
        if high < 0.8 * scale and wide > 2 * high:
            label.append(i)  # what is left of the rule
            continue
        starts_far = x > (reach * scale if not end else end + 2.2 * scale)
        if starts_far or high > _PRINT_MM * scale or x + wide > (reach + 14) * scale:
            break
        label.append(i)
        end = max(end, x + wide)
    if len(label) < len(order):  # else it is somebody's very small hand
        for i in label:
            _whiten(part, names, stats, i)


def _begins(names: np.ndarray, box: np.ndarray, i: int, scale: float) -> int:
    """The column in which a component begins; one higher than print with its upper half: what is left of the rule that
    it stands on runs under the label."""
    x, y, wide, high = (int(v) for v in box[:4])
    if high <= _PRINT_MM * scale:
        return x
    return x + int((names[y : y + high // 2, x : x + wide] == i).any(axis=0).argmax())


def date_cell_crops(cleaned: np.ndarray, layout: ChequeLayout) -> tuple[np.ndarray, ...]:
    """Each date cell with what pokes out of it sideways, grey uint8, remains of the lines between cells whitened."""
    inset = max(1, round(0.3 * layout.scale))
    cells = []
    for x, y, width, height in layout.date_cells:
        part, left, right = wide_cell(cleaned, (x, y + inset, width, height - 2 * inset))
        count, names, stats, _ = cv2.connectedComponentsWithStats(
            (part < 255 - _INK).astype(np.uint8), connectivity=8
        )
        near = 0.5 * layout.scale + inset
        for i in range(1, count):
            first, _, wide, high, area = (int(v) for v in stats[i])
            beside = any(side - near <= first and first + wide <= side + near for side in (left, right))
            if area < 0.02 * layout.scale**2 or (beside and high > 2 * wide):
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
    inked = (part < 255 - _INK).sum(1) > 0.15 * scale
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(int)))
    bands = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if 1.4 <= (bottom - top) / scale <= 8:
            margin = int(0.3 * scale)
            bands.append(part[max(0, top - margin) : bottom + margin])
    return bands


def tall_only(band: np.ndarray) -> np.ndarray:
    """A band of figures without what is lower than half of them (specks, dashes), and without a bar that is lower than
    they are and stands off at either end: what remains of the side of a box would be a 1."""
    count, names, stats, _ = cv2.connectedComponentsWithStats(
        (band < 255 - _INK).astype(np.uint8), connectivity=8
    )
    part = band.copy()
    if count > 1:
        tall = float(np.percentile(stats[1:, cv2.CC_STAT_HEIGHT], 80))
        for i in range(1, count):
            if stats[i, cv2.CC_STAT_HEIGHT] < 0.5 * tall or _is_side(stats[1:], i - 1, tall):
                _whiten(part, names, stats, i)
    return part


def _is_side(stats: np.ndarray, i: int, tall: float) -> bool:
    """Whether the component is a bar lower than the figures, further from all others than a figure is high."""
    x, _, width, height, _ = stats[i]
    others = np.delete(stats, i, 0)
    others = others[others[:, cv2.CC_STAT_HEIGHT] >= 0.5 * tall]
    if height > 0.8 * tall or width > height / 3 or not len(others):
        return False
    ends = others[:, cv2.CC_STAT_LEFT] + others[:, cv2.CC_STAT_WIDTH]
    gaps = np.maximum(others[:, cv2.CC_STAT_LEFT] - (x + width), x - ends)
    return bool(gaps.min() > tall)


def groups_apart(band: np.ndarray, scale: float, fewest: int) -> list[np.ndarray]:
    """The parts of a band of figures between gaps of 6 mm, those of at least ``fewest`` figures; the whole band where
    no part has so many. Figures of one number stand closer, in groups or stamped: what is beyond is other print."""
    inked = np.flatnonzero((band < 255 - _INK).any(axis=0))
    if not inked.size:
        return [band]
    cuts = np.flatnonzero(np.diff(inked) > _OTHER_PRINT_MM * scale)
    edges = [0, *((inked[i] + inked[i + 1]) // 2 for i in cuts), band.shape[1]]
    parts = [band[:, left:right] for left, right in pairwise(edges)]
    return [part for part in parts if len(parts) == 1 or _figures(part) >= fewest] or [band]


def _figures(part: np.ndarray) -> int:
    """How many components a part has."""
    return cv2.connectedComponents((part < 255 - _INK).astype(np.uint8), connectivity=8)[0] - 1

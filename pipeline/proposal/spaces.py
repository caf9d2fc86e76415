"""Places to write on a blank: the free room above a level rule, in a box or on a line, and combs of small boxes.

Every field stands on a level rule. The rule is parted where upright rules meet it from above; above each part the
largest free rectangle is looked for that stands on it. A part with upright rules, or with a rule above that ends where
it ends, is a box; any other is a line to write on. Where print stands at the foot of a box, its highest free strip is
taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from inkfield.pipeline.image.ruled_lines import longest_run
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.pipeline.proposal.ruling import LevelRule, Ruling, UprightRule
from inkfield.schemas.forms.check import overlap
from inkfield.schemas.readings import Box

_LEAST_HEIGHT, _ENOUGH_HEIGHT = 3.0, 4.3
"""mm: less is no place to write; more than enough makes no rectangle better."""
_LEAST_WIDTH = 4.0
_CELL_WIDTHS, _WIDE_CELL, _MANY_CELLS = (2.4, 10.5), 8.0, 4
"""mm: boxes for one character each. Wide ones are that only where there are many."""
_CELLS_ALIKE = 0.18
"""Share by which the widths, and the heights, of the boxes of one comb differ."""
_HIGHEST_LINE, _HIGHEST_BOX = 8.0, 120.0
_HIGHEST_TICKED = 5.5
"""mm: between two ticks on a line; a label above takes more from some of them than from others."""
_HIGHEST_BAND = 20.0
"""mm: between two rules without sides."""
_TALL_MM = 3.8
"""An upright rule shorter than this has to touch the level one: it may be a letter."""
_GUIDE_MM, _BOX_MM = 6.0, 2.5
"""A dotted rule ends so near to the sides of its box, which reach so far above and below it."""
_GROUPS = 3
"""Dashes that make no more parts than this part the groups of a number."""
_LOOSE = 6
"""Pixels by which a rule may miss the end of another."""
_ROUND = 40
"""Pixels that a rounded corner of a box takes of its sides."""
_SHADED = 0.3
_PATCH_HIGH, _PATCH_WIDE, _PATCH_FULL, _PATCH_EDGES = (4.0, 30.0), 6.0, 0.95, 0.2
"""mm, and shares: a shaded rectangle to write in."""
_STRIP = 5.0
"""mm: least height of a free strip over print."""


@dataclass(frozen=True)
class Space:
    """A place to write: ``box`` (x, y, width, height) in pixels. ``cell`` is the printed box around it, from rule to
    rule; None for a line to write on. ``full`` is the share of its width that is free. ``cells``: boxes of a comb."""

    box: Box
    cell: Box | None
    full: float = 1.0
    cells: int = 0


def find_spaces(ruling: Ruling, taken: Sequence[Box]) -> list[Space]:
    """The spaces of a page. ``taken`` are its checkboxes: no places to write, but things in the way."""
    blocked = ruling.ink.copy()
    for x, y, width, height in taken:
        blocked[y : y + height, x : x + width] = True
    guides = [rule for rule in ruling.level if rule.dotted and _is_guide(rule, ruling.upright)]
    for rule in guides:
        blocked[rule.top : rule.bottom, rule.left : rule.right] = False
    ruling = replace(ruling, level=[rule for rule in ruling.level if rule not in guides])
    whole = _Page(ruling, ruling.upright, blocked)
    solid = [post for post in ruling.upright if not post.dashed]
    without = blocked.copy()
    for post in ruling.upright:
        if post.dashed:
            without[post.top : post.bottom, post.left - 1 : post.right + 1] = False
    undashed = _Page(ruling, solid, without)
    found: list[Space] = []
    for rule in ruling.level:
        spaces = list(_combs(whole.spaces(rule)))
        if whole.has_dashes(rule) and not any(space.cells > _GROUPS for space in spaces):
            spaces = list(
                _combs(undashed.spaces(rule))
            )  # dashes that part the groups of a number, not its digits
        found += spaces
    return _apart([*(space for space in found if _is_paper(space, ruling)), *_patches(ruling)])


def _patches(ruling: Ruling) -> Iterator[Space]:
    """Empty shaded rectangles that stand alone. Shaded boxes of a grid are not to be written in."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ruling.shaded.astype(np.uint8), connectivity=4)
    for x, y, width, height, area in stats[1:].tolist():
        high, wide = height / PX_MM, width / PX_MM
        if (
            not _PATCH_HIGH[0] <= high <= _PATCH_HIGH[1]
            or wide < _PATCH_WIDE
            or area < _PATCH_FULL * width * height
        ):
            continue
        inner = ruling.ink[y + 4 : y + height - 4, x + 4 : x + width - 4]
        around = ruling.ink[max(0, y - 6) : y + height + 6, max(0, x - 6) : x + width + 6]
        if not inner.any() and around.mean() < _PATCH_EDGES and not _in_grid((x, y, width, height), ruling):
            yield Space((x, y, width, height), (x, y, width, height))


def _in_grid(box: Box, ruling: Ruling) -> bool:
    """Whether rules along the sides of a box go on beyond it."""
    x, y, width, height = box
    level = any(
        min(abs(rule.top - y), abs(rule.bottom - y - height)) <= _LOOSE
        and rule.left < x + width and rule.right > x and rule.right - rule.left > width + 4 * _LOOSE
        for rule in ruling.level
    )  # fmt: skip
    return level or any(
        min(abs(post.left - x), abs(post.right - x - width)) <= _LOOSE
        and post.top < y + height and post.bottom > y and post.bottom - post.top > height + 4 * _LOOSE
        for post in ruling.upright
    )  # fmt: skip


class _Page:
    """A page on which spaces are looked for, with some of its upright rules. ``blocked`` (bool) is where nothing can be
    written."""

    def __init__(self, ruling: Ruling, upright: Sequence[UprightRule], blocked: np.ndarray) -> None:
        self.level = ruling.level
        self.upright = upright
        self.blocked = blocked
        rows = np.arange(blocked.shape[0], dtype=np.int32)[:, None]
        self.last = np.maximum.accumulate(np.where(blocked, rows, -1), axis=0)
        """The last blocked row above each pixel, or its own."""

    def spaces(self, rule: LevelRule) -> list[Space]:
        """One space for each part of a rule, where there is room."""
        spaces = [_space(rule, part, self) for part in _parts(rule, self.upright)]
        return [space for space in spaces if space is not None]

    def has_dashes(self, rule: LevelRule) -> bool:
        """Whether dashed rules stand on a rule."""
        return any(post.dashed for post in _posts(rule, self.upright))


@dataclass(frozen=True)
class _Part:
    left: int
    right: int
    walls: tuple[bool, bool]
    top: int
    """Where the higher of its walls begins."""


def _posts(rule: LevelRule, upright: Sequence[UprightRule]) -> list[UprightRule]:
    """The upright rules that stand on a level one."""
    reach = round(1.3 * PX_MM)
    return [
        post
        for post in upright
        if rule.left - _LOOSE <= post.right and post.left <= rule.right + _LOOSE
        and post.bottom >= rule.top - (_LOOSE if post.dashed or post.bottom - post.top > _TALL_MM * PX_MM else 2)
        and post.top < rule.top - reach
    ]  # fmt: skip


def _parts(rule: LevelRule, upright: Sequence[UprightRule]) -> Iterator[_Part]:
    """The stretches of a rule between the upright rules that stand on it."""
    posts = sorted((post.left, post.right, post.top) for post in _posts(rule, upright))
    left, walled, high = rule.left, False, rule.top
    for first, last, top in posts:
        if first - left > _LOOSE:
            yield _Part(left, first, (walled, True), min(high, top))
        left, walled, high = max(left, last), True, top
    if rule.right - left > _LOOSE:
        yield _Part(left, rule.right, (walled, False), high)


def _space(rule: LevelRule, part: _Part, page: _Page) -> Space | None:
    if part.right - part.left < _CELL_WIDTHS[0] * PX_MM:
        return None
    foot = rule.top - 2
    inset = 2
    if foot < 3:
        return None
    free = foot - page.last[foot - 1, part.left + inset : part.right - inset]
    ceiling = _ceiling(rule, part, page.level)
    closed = ceiling is not None and (any(part.walls) or _ends_alike(ceiling, part))
    narrow = all(part.walls) and part.right - part.left <= _CELL_WIDTHS[1] * PX_MM
    ticked = narrow and ceiling is not None and part.top > (ceiling.bottom + rule.top) // 2
    if closed and ceiling is not None and not ticked:
        most = foot - ceiling.bottom + 1
        cell: Box | None = (part.left, ceiling.bottom, part.right - part.left, rule.top - ceiling.bottom)
    else:
        most, cell = round((_HIGHEST_TICKED if narrow else _HIGHEST_LINE) * PX_MM), None
    if not any(part.walls) and _is_lid(rule, part, page.upright):
        return None
    if cell is not None and not any(part.walls) and most > _HIGHEST_BAND * PX_MM:
        return None
    run = _best_run(np.minimum(free, most))
    if run is None or (run[1] - run[0]) < 0.5 * len(free):
        strip = _strip(cell, page.blocked) if cell is not None else None
        if strip is not None or run is None:
            return strip
    start, stop, height = run
    box = (part.left + inset + start, foot - height, stop - start, height)
    full = (stop - start) / max(1, part.right - part.left - 2 * inset)
    return Space(box, cell, full)


def _is_lid(rule: LevelRule, part: _Part, upright: Sequence[UprightRule]) -> bool:
    """Whether upright rules hang down from both ends: the upper edge of a box, not a line to write on."""
    reach = round(1.3 * PX_MM)
    hanging = [
        post for post in upright if abs(post.top - rule.top) <= _ROUND and post.bottom > rule.bottom + reach
    ]
    return all(any(abs(post.left - end) <= _ROUND for post in hanging) for end in (part.left, part.right))


def _is_guide(rule: LevelRule, upright: Sequence[UprightRule]) -> bool:
    """Whether a dotted rule stands in a box, to write along: not the foot of a place, but in the middle of one."""
    near, reach = round(_GUIDE_MM * PX_MM), round(_BOX_MM * PX_MM)

    def walled(end: int) -> bool:
        return any(
            abs(post.left - end) < near and post.top < rule.top - reach and post.bottom > rule.bottom + reach
            for post in upright
            if not post.dashed
        )

    return walled(rule.left) and walled(rule.right)


def _best_run(free: np.ndarray) -> tuple[int, int, int] | None:
    """Start, stop and height of the best rectangle under the profile ``free`` (pixels); None where all is too low."""
    best, best_value = None, 0.0
    whole = len(free)
    for level in range(round(_LEAST_HEIGHT * PX_MM), round(_ENOUGH_HEIGHT * PX_MM) + 1, 2):
        start, stop = longest_run(free >= level)
        width = stop - start
        if width >= min(_LEAST_WIDTH * PX_MM, 0.8 * whole) and width * level > best_value:
            best, best_value = (start, stop), float(width * level)
    if best is None:
        return None
    return (*best, int(free[best[0] : best[1]].min()))


def _ceiling(rule: LevelRule, part: _Part, level: Sequence[LevelRule]) -> LevelRule | None:
    """The nearest rule above that covers most of the part."""
    above = [
        other
        for other in level
        if other.bottom < rule.top - round(1.3 * PX_MM)
        and rule.top - other.bottom < _HIGHEST_BOX * PX_MM
        and min(other.right, part.right) - max(other.left, part.left) > 0.8 * (part.right - part.left)
    ]
    return max(above, key=lambda other: other.bottom, default=None)


def _ends_alike(ceiling: LevelRule, part: _Part) -> bool:
    return abs(ceiling.left - part.left) <= 2 * _LOOSE and abs(ceiling.right - part.right) <= 2 * _LOOSE


def _strip(cell: Box, blocked: np.ndarray) -> Space | None:
    """The highest strip over the whole width of a box that is free, where print stands at its foot."""
    x, y, width, height = cell
    if width < 2 * _LEAST_WIDTH * PX_MM:
        return None
    inner = blocked[y + 3 : y + height - 3, x + 4 : x + width - 4]
    if not inner.size:
        return None
    start, stop = longest_run(~inner.any(axis=1))
    if stop - start < max(_STRIP * PX_MM, 0.35 * height):
        return None
    return Space((x + 3, y + 3 + start, width - 6, stop - start), cell)


def _combs(spaces: list[Space]) -> Iterator[Space]:
    """Neighbours of one narrow width on one rule are a comb; the others as they are, if they are wide enough."""
    group: list[Space] = []
    for space in [*spaces, None]:
        if space is not None and group and _continues(group, space):
            group.append(space)
            continue
        yield from _comb(group)
        group = [space] if space is not None else []


def _continues(group: list[Space], space: Space) -> bool:
    first, before = group[0], group[-1]
    width = _width(first)
    return (
        _is_narrow(first) and _is_narrow(space)
        and abs(_width(space) - width) <= max(3, _CELLS_ALIKE * width)
        and _left(space) - (_left(before) + _width(before)) < 10
        and abs(space.box[1] + space.box[3] - before.box[1] - before.box[3]) <= 3
        and abs(space.box[3] - before.box[3]) <= _CELLS_ALIKE * before.box[3]
    )  # fmt: skip


def _left(space: Space) -> int:
    return space.cell[0] if space.cell else space.box[0]


def _width(space: Space) -> int:
    return space.cell[2] if space.cell else space.box[2]


def _is_narrow(space: Space) -> bool:
    low, high = _CELL_WIDTHS
    return space.full > 0.75 and low * PX_MM <= _width(space) <= high * PX_MM


def _comb(group: list[Space]) -> Iterator[Space]:
    if len(group) < (2 if not group or _width(group[0]) <= _WIDE_CELL * PX_MM else _MANY_CELLS):
        yield from (space for space in group if space.box[2] >= _LEAST_WIDTH * PX_MM)
        return
    left = min(_left(space) for space in group)
    right = max(_left(space) + _width(space) for space in group)
    bottom = max(space.box[1] + space.box[3] for space in group)
    # Ticks stand lower than the box that they part.
    top = min(space.box[1] for space in group)
    cell = group[0].cell and (left, min(s.cell[1] for s in group if s.cell), right - left, group[0].cell[3])
    yield Space((left, top, right - left, bottom - top), cell, 1.0, len(group))


def _is_paper(space: Space, ruling: Ruling) -> bool:
    x, y, width, height = space.box
    return bool(ruling.shaded[y + 2 : y + height - 1, x : x + width].mean() < _SHADED)


def _apart(spaces: list[Space]) -> list[Space]:
    """Without those that lie mostly in another: of two rules close to each other one is enough."""
    kept: list[Space] = []
    for space in sorted(spaces, key=_worth, reverse=True):
        if all(overlap(space.box, other.box) < 0.3 for other in kept):
            kept.append(space)
    return sorted(kept, key=lambda space: (space.box[1], space.box[0]))


def _worth(space: Space) -> tuple[bool, int]:
    return space.cells > 0, space.box[2] * min(space.box[3], 60)

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
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.check import overlap
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class SpacesLimits:
    """Which free room is a place to write."""

    least_height: float = limit(3.0, "mm", "guess", "Height of the lowest place to write")
    enough_height: float = limit(4.3, "mm", "guess", "Height from which on more makes no rectangle better")
    least_width: float = limit(4.0, "mm", "guess", "Width of the narrowest place to write")
    cell_widths: tuple[float, float] = limit(
        (2.4, 10.5), "mm", "guess", "Width of a box for one character: least and most"
    )
    wide_cell: float = limit(
        8.0, "mm", "guess", "Width from which on boxes are for one character only where there are many"
    )
    many_cells: int = limit(4, "boxes", "guess", "That are many")
    cells_alike: float = limit(
        0.18, "share", "guess", "By which the widths, and the heights, of the boxes of one comb differ"
    )
    highest_line: float = limit(8.0, "mm", "guess", "Of room over a line")
    highest_box: float = limit(120.0, "mm", "guess", "Of room in a box")
    highest_ticked: float = limit(
        5.5,
        "mm",
        "guess",
        "Of room between two ticks on a line; a label above takes more from some of them than from others",
    )
    highest_band: float = limit(20.0, "mm", "guess", "Of room between two rules without sides")
    tall_mm: float = limit(
        3.8, "mm", "guess", "Under which an upright rule has to touch the level one: it may be a letter"
    )
    guide_mm: float = limit(6.0, "mm", "guess", "Between the end of a dotted rule and the side of its box")
    box_mm: float = limit(2.5, "mm", "guess", "That these sides reach above and below it")
    groups: int = limit(3, "parts", "guess", "Made by dashes that part the groups of a number, at most")
    loose: int = limit(6, "px", "guess", "By which a rule may miss the end of another")
    round: int = limit(40, "px", "guess", "That a rounded corner of a box takes of its sides")
    shaded: float = limit(0.3, "share", "guess", "Of a place, that is shaded where it is not for writing")
    patch_high: tuple[float, float] = limit(
        (4.0, 30.0), "mm", "guess", "Height of a shaded rectangle to write in: least and most"
    )
    patch_wide: float = limit(6.0, "mm", "guess", "Width of the narrowest such rectangle")
    patch_full: float = limit(0.95, "share", "guess", "Of such a rectangle, that is shaded")
    patch_edges: float = limit(
        0.2, "share", "guess", "Of the edges of such a rectangle, that rules may cover"
    )
    strip: float = limit(5.0, "mm", "guess", "Height of the lowest free strip over print")


LIMITS = SpacesLimits()


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
        if whole.has_dashes(rule) and not any(space.cells > LIMITS.groups for space in spaces):
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
            not LIMITS.patch_high[0] <= high <= LIMITS.patch_high[1]
            or wide < LIMITS.patch_wide
            or area < LIMITS.patch_full * width * height
        ):
            continue
        inner = ruling.ink[y + 4 : y + height - 4, x + 4 : x + width - 4]
        around = ruling.ink[max(0, y - 6) : y + height + 6, max(0, x - 6) : x + width + 6]
        if (
            not inner.any()
            and around.mean() < LIMITS.patch_edges
            and not _in_grid((x, y, width, height), ruling)
        ):
            yield Space((x, y, width, height), (x, y, width, height))


def _in_grid(box: Box, ruling: Ruling) -> bool:
    """Whether rules along the sides of a box go on beyond it."""
    x, y, width, height = box
    level = any(
        min(abs(rule.top - y), abs(rule.bottom - y - height)) <= LIMITS.loose
        and rule.left < x + width and rule.right > x and rule.right - rule.left > width + 4 * LIMITS.loose
        for rule in ruling.level
    )  # fmt: skip
    return level or any(
        min(abs(post.left - x), abs(post.right - x - width)) <= LIMITS.loose
        and post.top < y + height and post.bottom > y and post.bottom - post.top > height + 4 * LIMITS.loose
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
    reach, tall = round(1.3 * PX_MM), LIMITS.tall_mm * PX_MM
    return [
        post
        for post in upright
        if rule.left - LIMITS.loose <= post.right and post.left <= rule.right + LIMITS.loose
        and post.bottom >= rule.top - (LIMITS.loose if post.dashed or post.bottom - post.top > tall else 2)
        and post.top < rule.top - reach
    ]  # fmt: skip


def _parts(rule: LevelRule, upright: Sequence[UprightRule]) -> Iterator[_Part]:
    """The stretches of a rule between the upright rules that stand on it."""
    posts = sorted((post.left, post.right, post.top) for post in _posts(rule, upright))
    left, walled, high = rule.left, False, rule.top
    for first, last, top in posts:
        if first - left > LIMITS.loose:
            yield _Part(left, first, (walled, True), min(high, top))
        left, walled, high = max(left, last), True, top
    if rule.right - left > LIMITS.loose:
        yield _Part(left, rule.right, (walled, False), high)


def _space(rule: LevelRule, part: _Part, page: _Page) -> Space | None:
    if part.right - part.left < LIMITS.cell_widths[0] * PX_MM:
        return None
    foot = rule.top - 2
    inset = 2
    if foot < 3:
        return None
    free = foot - page.last[foot - 1, part.left + inset : part.right - inset]
    ceiling = _ceiling(rule, part, page.level)
    closed = ceiling is not None and (any(part.walls) or _ends_alike(ceiling, part))
    narrow = all(part.walls) and part.right - part.left <= LIMITS.cell_widths[1] * PX_MM
    ticked = narrow and ceiling is not None and part.top > (ceiling.bottom + rule.top) // 2
    if closed and ceiling is not None and not ticked:
        most = foot - ceiling.bottom + 1
        cell: Box | None = (part.left, ceiling.bottom, part.right - part.left, rule.top - ceiling.bottom)
    else:
        most, cell = round((LIMITS.highest_ticked if narrow else LIMITS.highest_line) * PX_MM), None
    if not any(part.walls) and _is_lid(rule, part, page.upright):
        return None
    if cell is not None and not any(part.walls) and most > LIMITS.highest_band * PX_MM:
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
        post
        for post in upright
        if abs(post.top - rule.top) <= LIMITS.round and post.bottom > rule.bottom + reach
    ]
    return all(
        any(abs(post.left - end) <= LIMITS.round for post in hanging) for end in (part.left, part.right)
    )


def _is_guide(rule: LevelRule, upright: Sequence[UprightRule]) -> bool:
    """Whether a dotted rule stands in a box, to write along: not the foot of a place, but in the middle of one."""
    near, reach = round(LIMITS.guide_mm * PX_MM), round(LIMITS.box_mm * PX_MM)

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
    for level in range(round(LIMITS.least_height * PX_MM), round(LIMITS.enough_height * PX_MM) + 1, 2):
        start, stop = longest_run(free >= level)
        width = stop - start
        if width >= min(LIMITS.least_width * PX_MM, 0.8 * whole) and width * level > best_value:
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
        and rule.top - other.bottom < LIMITS.highest_box * PX_MM
        and min(other.right, part.right) - max(other.left, part.left) > 0.8 * (part.right - part.left)
    ]
    return max(above, key=lambda other: other.bottom, default=None)


def _ends_alike(ceiling: LevelRule, part: _Part) -> bool:
    return (
        abs(ceiling.left - part.left) <= 2 * LIMITS.loose
        and abs(ceiling.right - part.right) <= 2 * LIMITS.loose
    )


def _strip(cell: Box, blocked: np.ndarray) -> Space | None:
    """The highest strip over the whole width of a box that is free, where print stands at its foot."""
    x, y, width, height = cell
    if width < 2 * LIMITS.least_width * PX_MM:
        return None
    inner = blocked[y + 3 : y + height - 3, x + 4 : x + width - 4]
    if not inner.size:
        return None
    start, stop = longest_run(~inner.any(axis=1))
    if stop - start < max(LIMITS.strip * PX_MM, 0.35 * height):
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
        and abs(_width(space) - width) <= max(3, LIMITS.cells_alike * width)
        and _left(space) - (_left(before) + _width(before)) < 10
        and abs(space.box[1] + space.box[3] - before.box[1] - before.box[3]) <= 3
        and abs(space.box[3] - before.box[3]) <= LIMITS.cells_alike * before.box[3]
    )  # fmt: skip


def _left(space: Space) -> int:
    return space.cell[0] if space.cell else space.box[0]


def _width(space: Space) -> int:
    return space.cell[2] if space.cell else space.box[2]


def _is_narrow(space: Space) -> bool:
    low, high = LIMITS.cell_widths
    return space.full > 0.75 and low * PX_MM <= _width(space) <= high * PX_MM


def _comb(group: list[Space]) -> Iterator[Space]:
    if len(group) < (2 if not group or _width(group[0]) <= LIMITS.wide_cell * PX_MM else LIMITS.many_cells):
        yield from (space for space in group if space.box[2] >= LIMITS.least_width * PX_MM)
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
    return bool(ruling.shaded[y + 2 : y + height - 1, x : x + width].mean() < LIMITS.shaded)


def _apart(spaces: list[Space]) -> list[Space]:
    """Without those that lie mostly in another: of two rules close to each other one is enough."""
    kept: list[Space] = []
    for space in sorted(spaces, key=_worth, reverse=True):
        if all(overlap(space.box, other.box) < 0.3 for other in kept):
            kept.append(space)
    return sorted(kept, key=lambda space: (space.box[1], space.box[0]))


def _worth(space: Space) -> tuple[bool, int]:
    return space.cells > 0, space.box[2] * min(space.box[3], 60)
